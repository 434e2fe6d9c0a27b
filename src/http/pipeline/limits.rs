//! The limits of single endpoints: what they count of a request, and their headers.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::core::account::Admission;
use crate::core::ids::FileToken;
use crate::core::limits::endpoint::{Endpoint, LimitStatuses};
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;
use crate::http::exchange::route::LimitRule;

/// The headers of [`LIMITS`](crate::core::limits::endpoint::LIMITS), for pages to read.
pub const HEADERS: [HeaderName; 5] = [
    HeaderName::from_static("zendesk-ratelimit-tickets-index"),
    HeaderName::from_static("zendesk-ratelimit-tickets-index-pagination"),
    HeaderName::from_static("zendesk-ratelimit-ticket-request-create-by-user-and-ip"),
    HeaderName::from_static("zendesk-ratelimit-tickets-update"),
    HeaderName::from_static("zendesk-ratelimit-per-ticket-updates"),
];

/// What the limits of a route count, before its ticket and its credentials are checked. `parameter`
/// is the first of the path.
pub fn counted(
    rule: LimitRule,
    query: Option<&str>,
    parameter: Option<&str>,
    credentials: &Credentials,
) -> Option<Endpoint> {
    let ticket = || parameter?.parse().ok();
    Some(match rule {
        LimitRule::None => return None,
        LimitRule::ListTickets => Endpoint::ListTickets(offset_page(query.unwrap_or_default())),
        LimitRule::CreateTicket => Endpoint::CreateTicket(credentials.login()),
        LimitRule::UpdateTicket => Endpoint::UpdateTicket(credentials.login(), ticket()?),
        LimitRule::TouchTicket => Endpoint::TouchTicket(credentials.login(), ticket()?),
        LimitRule::Export => Endpoint::Export,
        LimitRule::ListDeleted => Endpoint::ListDeleted(offset_page(query.unwrap_or_default())),
        LimitRule::SearchExport => Endpoint::SearchExport,
        LimitRule::Content => Endpoint::Content(parameter.and_then(FileToken::parse)),
    })
}

/// The number of the page, unless a cursor names it.
fn offset_page(text: &str) -> Option<u64> {
    let has_cursor =
        form_urlencoded::parse(text.as_bytes()).any(|(name, _)| name.starts_with("page["));
    query::value(text, "page").filter(|_| !has_cursor)?.parse().ok()
}

/// The limit that a request exceeds, if it does.
pub fn exceeded(admission: &Admission) -> Option<Problem> {
    if let Some(status) = admission.rate_limit_status.filter(|status| status.exceeded) {
        return Some(Problem::RateLimited { limit: status.limit });
    }
    let status = admission.limit_statuses.iter().flatten().find(|status| status.exceeded)?;
    Some(Problem::EndpointLimited { limit: status.limit, total: status.total })
}

/// Announces the limits that counted a request, as documented, and how long to wait until all of
/// them have room.
pub fn announce(limit_statuses: &LimitStatuses, headers: &mut HeaderMap) {
    for status in limit_statuses.iter().flatten() {
        if status.limit.has_header {
            let (total, left, resets) = (status.total, status.remaining, status.resets);
            let name = HeaderName::try_from(format!("zendesk-ratelimit-{}", status.limit.name));
            let value =
                HeaderValue::try_from(format!("total={total}; remaining={left}; resets={resets}"));
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.insert(name, value);
            }
        }
    }
    let full = limit_statuses.iter().flatten().filter(|status| status.exceeded);
    if let Some(seconds) = full.map(|status| status.resets).max() {
        headers.insert(RETRY_AFTER, seconds.into());
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::core::limits::endpoint::{LIMITS, NamedLimit};

    /// The table of limits.
    fn limits_table() -> String {
        let mut table =
            "| limit | counts | window | `standard` | `high-volume` | `sandbox` | evidence |\n\
            | --- | --- | --- | ---: | ---: | ---: | --- |\n"
                .to_owned();
        for limit in &LIMITS {
            let NamedLimit { name, counts, requests, evidence, .. } = limit;
            let [standard, high_volume, sandbox] = requests;
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
    fn the_docs_list_all_limits() {
        crate::docs_table::assert_table("tickets", "limits", &limits_table());
    }

    #[test]
    fn pages_may_read_the_headers_of_all_limits() {
        let told = LIMITS.iter().filter(|limit| limit.has_header);
        let told: Vec<_> = told.map(|limit| format!("zendesk-ratelimit-{}", limit.name)).collect();
        assert_eq!(told, HEADERS.map(|header| header.as_str().to_owned()));
    }

    #[test]
    fn a_rule_counts_by_page_ticket_and_token() {
        let of = |rule: LimitRule, query: Option<&str>, parameter: Option<&str>| {
            let counted = counted(rule, query, parameter, &Credentials::Absent);
            counted.map(|endpoint| format!("{endpoint:?}"))
        };
        let list = LimitRule::ListTickets;
        assert_eq!(of(list, Some("page=7"), None).as_deref(), Some("ListTickets(Some(7))"));
        let by_cursor = Some("page=7&page%5Bsize%5D=1");
        assert_eq!(of(list, by_cursor, None).as_deref(), Some("ListTickets(None)"));
        let create = of(LimitRule::CreateTicket, None, None);
        assert_eq!(create.as_deref(), Some("CreateTicket(None)"));
        let update = of(LimitRule::UpdateTicket, None, Some("7"));
        assert_eq!(update.as_deref(), Some("UpdateTicket(None, 7)"));
        let touch = of(LimitRule::TouchTicket, None, Some("7"));
        assert_eq!(touch.as_deref(), Some("TouchTicket(None, 7)"));
        assert_eq!(of(LimitRule::UpdateTicket, None, Some("x")), None);
        let content = of(LimitRule::Content, None, Some("abc"));
        assert_eq!(content.as_deref(), Some("Content(None)"));
        let token = "0123456789012345678901234";
        let content = of(LimitRule::Content, None, Some(token));
        assert_eq!(content.as_deref(), Some("Content(Some(0123456789012345678901234))"));
        assert_eq!(of(LimitRule::None, None, Some("7")), None);
    }
}
