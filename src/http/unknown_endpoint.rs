//! Refuses paths and methods that no route has, and says what there is.

use axum::extract::Request;
use axum::http::HeaderValue;

use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

/// The methods of the path of a request, if it has some. It is among the request's extensions.
#[derive(Debug, Clone)]
pub struct AllowedMethods(pub HeaderValue);

const ROOT: &str = "/api/v2/";

/// What is emulated below [`ROOT`].
pub const EMULATED: [&str; 8] = [
    "attachments",
    "brands",
    "guide/user_images",
    "imports/tickets",
    "requests",
    "tickets",
    "uploads",
    "users",
];

/// What Zendesk documents below [`ROOT`], as of 2026-11.
#[rustfmt::skip]
const DOCUMENTED: [&str; 88] = [
    "account", "accounts", "activities", "any_channel", "apps", "approval_requests",
    "attachments", "audit_logs", "autocomplete", "automations", "bookmarks", "brands",
    "business_hours", "calls", "channels", "chat_file_redactions", "chat_redactions", "comments",
    "community", "custom_objects", "custom_roles", "custom_status", "custom_statuses",
    "deleted_tickets", "deleted_users", "deletion_schedules", "dynamic_content", "embeddable",
    "email_notifications", "end_users", "gather", "group_memberships", "group_slas", "groups",
    "guide", "help_center", "imports", "incremental", "integrations", "job_statuses", "locales",
    "macros", "oauth", "object_layouts", "objects", "organization_fields",
    "organization_memberships", "organization_merges", "organization_subscriptions",
    "organizations", "portal", "problems", "push_notification_devices", "queues",
    "recipient_addresses", "relationships", "requests", "resource_collections", "routing",
    "satisfaction_ratings", "satisfaction_reasons", "search", "sessions", "sharing_agreements",
    "skips", "slas", "suspended_tickets", "tags", "target_failures", "targets", "ticket_audits",
    "ticket_content_pins", "ticket_fields", "ticket_forms", "ticket_metric_events",
    "ticket_metrics", "tickets", "trigger_categories", "triggers", "uploads", "user_fields",
    "users", "user_segments", "views", "voice", "webhooks", "workspaces", "zis",
];

/// Other APIs and pages of Zendesk.
const OTHER_PRODUCTS: [&str; 8] = [
    "/agent",
    "/api/chat",
    "/api/services",
    "/api/sunshine",
    "/embeddable",
    "/hc",
    "/oauth",
    "/sc",
];

/// Zendesk decides this before it asks for credentials.
pub async fn unknown_endpoint(request: Request) -> Refusal {
    let (method, path) = (request.method(), request.uri().path());
    let why = match request.extensions().get::<AllowedMethods>() {
        Some(AllowedMethods(methods)) => {
            let methods = String::from_utf8_lossy(methods.as_bytes()).replace(',', ", ");
            format!("this path has no {method}; it has {methods}")
        }
        None => explain(path),
    };
    Problem::NotEmulated(why).into()
}

fn explain(path: &str) -> String {
    let is_below = |root: &str| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_documented = match path.strip_prefix(ROOT) {
        Some(rest) => DOCUMENTED.contains(&rest.split('/').next().unwrap_or_default()),
        None => OTHER_PRODUCTS.into_iter().any(is_below),
    };
    // A base URL without the root.
    let forgets_root = EMULATED.iter().any(|name| is_below(&format!("/{name}")));
    let emulated = EMULATED.join(", ");
    if forgets_root {
        format!("the path lacks /api/v2; use {}{path}", &ROOT[..ROOT.len() - 1])
    } else if is_documented {
        format!("Zendesk has this API, but this path is not emulated; below {ROOT} are: {emulated}")
    } else {
        format!("there is no such path; below {ROOT} are emulated: {emulated}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_not_emulated_misspelt_or_without_its_root() {
        for (path, start) in [
            ("/api/v2/organizations/1", "Zendesk has this API"),
            ("/api/v2/tickets/1/tags", "Zendesk has this API"),
            ("/api/sunshine/objects", "Zendesk has this API"),
            ("/hc/en-us", "Zendesk has this API"),
            ("/api/v2/uplaods", "there is no such path"),
            ("/hcx", "there is no such path"),
            ("/uploads", "the path lacks /api/v2; use /api/v2/uploads"),
        ] {
            assert!(explain(path).starts_with(start), "{path}: {}", explain(path));
        }
    }

    #[test]
    fn what_is_emulated_is_documented() {
        for name in EMULATED {
            let first = name.split('/').next().expect("a segment");
            assert!(DOCUMENTED.contains(&first), "{name}");
        }
    }
}
