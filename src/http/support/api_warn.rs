//! `X-Zendesk-Api-Warn`: names what was sent and is not used, as recorded in 2023.

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::fidelity::Differs;
use crate::http::exchange::recorder::Recorder;
use crate::http::support::json_input::{self, Shape};

/// Bytes of names in the header, about. Clients refuse heads that are much larger.
const LONGEST: usize = 2_048;

/// Documented properties that are not kept here. Zendesk takes them without a warning.
const ELSEWHERE: [&str; 22] = [
    "additional_collaborators",
    "additional_tags",
    "attribute_value_ids",
    "collaborator_ids",
    "collaborators",
    "custom_status_id",
    "email_cc_ids",
    "email_ccs",
    "follower_ids",
    "followers",
    "macro_id",
    "macro_ids",
    "metadata",
    "recipient",
    "remove_tags",
    "safe_update",
    "satisfaction_rating",
    "sharing_agreement_ids",
    "submitter_id",
    "updated_stamp",
    "via",
    "via_followup_source_id",
];

const API_WARN: HeaderName = HeaderName::from_static("x-zendesk-api-warn");

/// What a route is called in the header.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// The family of routes.
    pub controller: &'static str,
    /// What it does.
    pub action: &'static str,
}

/// Names on an answer, or a refusal, what `sent` holds besides the `shape` that its route knows.
pub fn warned(
    action: Action,
    sent: &Value,
    shape: Shape,
    answer: impl IntoResponse,
    recorder: &Recorder,
) -> Response {
    let mut response = answer.into_response();
    let unknown = json_input::unknown(sent, shape);
    if !unknown.is_empty()
        && let Ok(value) = HeaderValue::try_from(told(action, &unknown))
    {
        response.headers_mut().insert(API_WARN, value);
    }
    let is_real = |name: &String| {
        let name = name.rsplit('.').next().unwrap_or_default();
        ELSEWHERE.contains(&name)
    };
    if unknown.iter().any(is_real) {
        recorder.differs(Differs::NotKept);
    }
    response
}

fn told(Action { controller, action }: Action, unknown: &[String]) -> String {
    // A header is ASCII; other letters are told by their number.
    let quoted = unknown
        .iter()
        .map(|name| format!("\"{}\"", name.escape_default().to_string().replace("\\'", "'")));
    let mut length = 0;
    let names: Vec<_> = quoted
        .take_while(|name| {
            length += name.len();
            length <= LONGEST
        })
        .collect();
    format!(
        "{{:allowed_parameters=>{{:controller=>\"{controller}\", :action=>\"{action}\", \
         :unpermitted_keys=>[{}], :invalid_values=>[]}}}}",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_the_recorded_one() {
        let update = Action { controller: "tickets", action: "update" };
        assert_eq!(
            told(update, &["ticket.id".to_owned()]),
            "{:allowed_parameters=>{:controller=>\"tickets\", :action=>\"update\", :unpermitted_keys=>[\"ticket.id\"], :invalid_values=>[]}}"
        );
    }

    #[test]
    fn a_name_cannot_leave_its_quotes_or_its_line() {
        let update = Action { controller: "tickets", action: "update" };
        let told = told(update, &["a\"\r\nb'é".to_owned()]);
        assert!(told.contains(r#"["a\"\r\nb'\u{e9}"]"#), "{told}");
    }

    #[test]
    fn a_header_is_short_however_much_there_is_to_tell() {
        let update = Action { controller: "tickets", action: "update" };
        let names: Vec<_> = (0..50).map(|n| format!("{n}{}", "é".repeat(1_000))).collect();
        assert!(told(update, &names).len() < 3_000);
    }
}
