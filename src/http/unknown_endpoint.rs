//! Refuses paths and methods that no route has, and says what there is.

mod nearest_path;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;

use crate::fidelity::ZendeskRoute;
use crate::http::control::unknown_call::explain_near_miss;
use crate::http::exchange::context::AppState;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;

/// The methods of the path of a request, if it has some. It is among the request's extensions.
#[derive(Debug, Clone)]
pub struct AllowedMethods(pub HeaderValue);

const ROOT: &str = "/api/v2/";

/// Other APIs and pages of Zendesk.
const OTHER_PRODUCTS: [&str; 24] = [
    "/access",
    "/agent",
    "/api/chat",
    "/api/services",
    "/api/sunshine",
    "/api/v2/apps",
    "/api/v2/business_hours",
    "/api/v2/calls",
    "/api/v2/chat",
    "/api/v2/channels/voice",
    "/api/v2/embeddable",
    "/api/v2/gather",
    "/api/v2/guide/permission_groups",
    "/api/v2/integrations",
    "/api/v2/object_layouts",
    "/api/v2/objects",
    "/api/v2/voice",
    "/api/v2/webhooks",
    "/api/v2/zis",
    "/embeddable",
    "/guide-media",
    "/hc",
    "/oauth",
    "/sc",
];

/// Zendesk decides this before it asks for credentials.
pub async fn unknown_endpoint(
    State(app): State<Arc<AppState>>,
    recorder: Recorder,
    request: Request,
) -> Refusal {
    let (method, path) = (request.method(), request.uri().path());
    let documented = ZendeskRoute::find(path);
    let methods = request.extensions().get::<AllowedMethods>();
    let why = match (documented, methods) {
        (Some(route), _) if methods.is_none() || route.has_method(method.as_str()) => {
            route.explain(method.as_str())
        }
        (_, Some(AllowedMethods(methods))) => {
            let methods = String::from_utf8_lossy(methods.as_bytes()).replace(',', ", ");
            format!("this path has no {method}; it has {methods}")
        }
        (_, None) => explain_near_miss(method, path).unwrap_or_else(|| {
            let meant = nearest_path::find(path, &app.patterns);
            if let Some(meant) = &meant {
                recorder.record_hint(&format!("did you mean {meant}?"));
            }
            explain(path, meant.is_some(), &app.patterns)
        }),
    };
    Problem::NotEmulated(why).into()
}

fn explain(path: &str, has_hint: bool, patterns: &[&'static str]) -> String {
    let is_below = |root: &str| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let emulated = families(patterns).join(", ");
    if has_hint {
        "there is no such path".to_owned()
    } else if OTHER_PRODUCTS.into_iter().any(is_below) {
        format!("Zendesk has this API, but this path is not emulated; below {ROOT} are: {emulated}")
    } else {
        format!("there is no such path; below {ROOT} are emulated: {emulated}")
    }
}

/// What is emulated below [`ROOT`]: for each first segment, the segments that all of its paths have.
fn families(patterns: &[&'static str]) -> Vec<String> {
    let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in patterns.iter().filter_map(|pattern| pattern.strip_prefix(ROOT)) {
        let literals: Vec<_> =
            path.split('/').take_while(|segment| !segment.starts_with('{')).collect();
        let common = families.entry(literals[0]).or_insert_with(|| literals.clone());
        let same = common.iter().zip(&literals).take_while(|(one, other)| one == other).count();
        common.truncate(same);
    }
    families.into_values().map(|segments| segments.join("/")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_not_emulated_or_not_there() {
        for (path, start) in [
            ("/api/sunshine/objects", "Zendesk has this API"),
            ("/hc/en-us", "Zendesk has this API"),
            ("/guide-media/01X", "Zendesk has this API"),
            ("/api/v2/nothing", "there is no such path"),
            ("/hcx", "there is no such path"),
        ] {
            let why = explain(path, false, &[]);
            assert!(why.starts_with(start), "{path}: {why}");
        }
    }

    #[test]
    fn families_are_what_paths_have_in_common() {
        let patterns = [
            "/api/v2/tickets",
            "/api/v2/tickets/{id}",
            "/api/v2/guide/user_images/uploads",
            "/api/v2/guide/user_images",
            "/api/v2/imports/tickets/create_many",
            "/api/v2/imports/tickets",
            "/api/v2/comment_redactions/{comment}",
            "/attachments/token/{token}",
        ];
        let expected = ["comment_redactions", "guide/user_images", "imports/tickets", "tickets"];
        assert_eq!(families(&patterns), expected);
    }
}
