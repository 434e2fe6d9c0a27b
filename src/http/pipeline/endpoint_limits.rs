//! Which limits of single endpoints count a request, and how an answer tells of them.

use std::borrow::Cow;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use percent_encoding::percent_decode_str;

use crate::core::ids::Token;
use crate::core::limits::endpoint::{Endpoint, LimitStatuses};
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::query;
use crate::http::pipeline::account::Service;

/// The headers of [`LIMITS`](crate::core::limits::endpoint::LIMITS), for pages that want to read them.
pub const HEADERS: [HeaderName; 5] = [
    HeaderName::from_static("zendesk-ratelimit-tickets-index"),
    HeaderName::from_static("zendesk-ratelimit-tickets-index-pagination"),
    HeaderName::from_static("zendesk-ratelimit-ticket-request-create-by-user-and-ip"),
    HeaderName::from_static("zendesk-ratelimit-tickets-update"),
    HeaderName::from_static("zendesk-ratelimit-per-ticket-updates"),
];

/// What a request asks for, as far as a limit counts it. Whether there is such a ticket, and whether the caller
/// is let in, is not known yet.
pub fn endpoint(
    service: Service,
    method: &Method,
    uri: &Uri,
    credentials: &Credentials,
) -> Option<Endpoint> {
    let path = uri.path();
    let reads = *method == Method::GET || *method == Method::HEAD;
    if service == Service::Files {
        let token = path.strip_prefix("/attachments/token/").filter(|_| reads)?;
        let token = decoded(token.strip_suffix('/').unwrap_or(token));
        return Some(Endpoint::Content(Token::parse(&token)));
    }
    if service != Service::Support {
        return None;
    }
    let segments: Vec<_> = path.strip_prefix("/api/v2/")?.split('/').take(8).collect();
    let number = |id: &str| decoded(id).parse::<u64>().ok();
    match (method, &*segments) {
        (&Method::GET | &Method::HEAD, ["tickets"]) => {
            Some(Endpoint::ListTickets(offset_page(uri.query().unwrap_or_default())))
        }
        (&Method::POST, ["tickets"] | ["requests"]) => {
            Some(Endpoint::CreateTicket(credentials.login()))
        }
        (&Method::PUT, ["tickets", id]) => {
            Some(Endpoint::UpdateTicket(credentials.login(), number(id)?))
        }
        (
            &Method::PUT,
            ["requests", id] | ["tickets", id, "comments", _, "attachments", _, "redact"],
        ) => Some(Endpoint::TouchTicket(credentials.login(), number(id)?)),
        _ => None,
    }
}

/// A segment of a path as routes read it.
fn decoded(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

/// The page that is asked for by its number.
fn offset_page(text: &str) -> Option<u64> {
    let has_cursor =
        form_urlencoded::parse(text.as_bytes()).any(|(name, _)| name.starts_with("page["));
    query::value(text, "page").filter(|_| !has_cursor)?.parse().ok()
}

/// Tells of the limits that counted a request, as documented; and how long to wait until all of them have room.
pub fn tell(limit_statuses: &LimitStatuses, headers: &mut HeaderMap) {
    for standing in limit_statuses.iter().flatten() {
        if standing.limit.has_header {
            let (total, left, resets) = (standing.total, standing.remaining, standing.resets);
            let name = HeaderName::try_from(format!("zendesk-ratelimit-{}", standing.limit.name));
            let value =
                HeaderValue::try_from(format!("total={total}; remaining={left}; resets={resets}"));
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.insert(name, value);
            }
        }
    }
    let full = limit_statuses.iter().flatten().filter(|standing| standing.exceeded);
    if let Some(seconds) = full.map(|standing| standing.resets).max() {
        headers.insert(RETRY_AFTER, seconds.into());
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::core::limits::endpoint::{LIMITS, NamedLimit};

    /// The README's table of limits.
    fn limits_table() -> String {
        let mut table =
            "| limit | counts | window | `standard` | `high-volume` | `sandbox` | evidence |\n\
            | --- | --- | --- | ---: | ---: | ---: | --- |\n"
                .to_owned();
        for limit in &LIMITS {
            let NamedLimit { name, counts, standard, high_volume, sandbox, evidence, .. } = limit;
            let window = limit.window();
            // Writing to a String cannot fail.
            let _ = writeln!(
                table,
                "| {name} | {counts} | {window} | {standard} | {high_volume} | {sandbox} | {evidence} |"
            );
        }
        table
    }

    #[test]
    fn the_readme_lists_every_limit() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
        let readme = std::fs::read_to_string(path).expect("a README");
        let (_, rest) = readme.split_once("<!-- limits -->\n").expect("the table's beginning");
        let (table, _) = rest.split_once("<!-- /limits -->").expect("the table's end");
        assert_eq!(table, limits_table(), "README.md should hold this table:\n{}", limits_table());
    }

    #[test]
    fn pages_may_read_the_headers_of_all_limits() {
        let told = LIMITS.iter().filter(|limit| limit.has_header);
        let told: Vec<_> = told.map(|limit| format!("zendesk-ratelimit-{}", limit.name)).collect();
        assert_eq!(told, HEADERS.map(|header| header.as_str().to_owned()));
    }

    #[test]
    fn what_is_asked_for_is_told_by_method_and_path() {
        let of = |method: Method, target: &str| {
            let uri: Uri = target.parse().expect("a target");
            let found = endpoint(Service::of(uri.path()), &method, &uri, &Credentials::Absent);
            found.map(|endpoint| format!("{endpoint:?}"))
        };
        for (method, target, expected) in [
            (Method::GET, "/api/v2/tickets?page=7", "ListTickets(Some(7))"),
            (Method::GET, "/api/v2/tickets?page=7&page%5Bsize%5D=1", "ListTickets(None)"),
            (Method::POST, "/api/v2/requests", "CreateTicket(None)"),
            (Method::PUT, "/api/v2/tickets/7", "UpdateTicket(None, 7)"),
            (Method::PUT, "/api/v2/requests/7", "TouchTicket(None, 7)"),
            (
                Method::PUT,
                "/api/v2/tickets/7/comments/1/attachments/2/redact",
                "TouchTicket(None, 7)",
            ),
            (Method::GET, "/attachments/token/abc/?name=x", "Content(None)"),
            (Method::PUT, "/api/v2/tickets/%37", "UpdateTicket(None, 7)"),
            (
                Method::GET,
                "/attachments/token/%30123456789012345678901234",
                "Content(Some(0123456789012345678901234))",
            ),
        ] {
            assert_eq!(of(method, target).as_deref(), Some(expected), "{target}");
        }
        for (method, target) in [
            (Method::GET, "/api/v2/tickets/7"),
            (Method::PUT, "/api/v2/tickets/x"),
            (Method::POST, "/api/v2/uploads"),
            (Method::POST, "/api/v2/imports/tickets"),
            (Method::OPTIONS, "/attachments/token/abc/"),
            (Method::PUT, "/_mock/attachments/7"),
        ] {
            assert_eq!(of(method, target), None, "{target}");
        }
    }
}
