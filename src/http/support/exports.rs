//! `/api/v2/incremental`: tickets and their events that changed since a time.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::core::account::{AuditDetail, ExportSpan, ExportedTicket};
use crate::core::journal::{EventKind, ObjectRef};
use crate::core::users::User;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::json_list;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::json_input::unix_time;
use crate::http::support::objects::export::{CursorExportJson, TimeExportJson};
use crate::http::support::objects::ticket::TicketJson;
use crate::http::support::objects::ticket_event::TicketEventJson;
use crate::http::support::page::users_json;
use crate::http::support::pagination::{self, read_number};
use crate::http::support::ticket_pages::people_of;

/// The most items on a page, which is also the default, as documented and recorded.
pub const LARGEST: usize = 1_000;

/// What a query asks of an export.
struct ExportQuery {
    start: Option<i64>,
    cursor: Option<String>,
    per_page: usize,
    /// The rest of the query, which links repeat.
    others: Vec<(String, String)>,
}

/// `GET /api/v2/incremental/tickets?start_time=…`
pub async fn list_tickets(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let asks_for_users = pagination::asks_for("users", query.as_deref(), &recorder);
    let query = ExportQuery::read(query.as_deref())?;
    let span = query.span(&context)?;
    let tickets = context.account.export_tickets(span, query.has_deleted());
    query.record_deletions(span, &context, &recorder);
    let second = |exported: &ExportedTicket| exported.place().0;
    let page = cut_by_time(&tickets, second, query.per_page);
    record_tickets(page, &recorder);
    let items = page.iter().map(|exported| json(exported, &context)).collect();
    let next = tickets.get(page.len()).or(page.last()).map(second);
    let is_last = page.len() == tickets.len();
    let users = users_of(page, asks_for_users, &context);
    let page = |next_page| {
        let page = TimeExportJson::new("tickets", items, next_page, next, is_last);
        page.with_users(users.as_deref().map(|users| users_json(users, &context.urls)))
    };
    answer_by_time("tickets", next, page, &query, &context).await
}

/// `GET /api/v2/incremental/tickets/cursor?start_time=…` or `?cursor=…`
pub async fn list_tickets_by_cursor(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    const PATH: &str = "incremental/tickets/cursor";
    let asks_for_users = pagination::asks_for("users", query.as_deref(), &recorder);
    let query = ExportQuery::read(query.as_deref())?;
    let (start, after) = match &query.cursor {
        Some(cursor) => {
            let (second, id) = read_cursor(cursor)?;
            (second, id)
        }
        None => (query.span(&context)?.start, 0),
    };
    let span = ExportSpan { start, end: end(&context) };
    let mut tickets = context.account.export_tickets(span, query.has_deleted());
    query.record_deletions(span, &context, &recorder);
    tickets.retain(|exported| exported.place() > (start, after));
    let page = &tickets[..tickets.len().min(query.per_page)];
    record_tickets(page, &recorder);
    let cursor = match page.last() {
        Some(last) => Some(write_cursor(last.place())),
        None => query.cursor.clone(),
    };
    let after_url = cursor.as_ref().map(|cursor| query.link(PATH, ("cursor", cursor), &context));
    let items = page.iter().map(|exported| json(exported, &context)).collect();
    let is_last = page.len() == tickets.len();
    let users = users_of(page, asks_for_users, &context);
    let page = CursorExportJson::new("tickets", items, after_url, cursor, is_last)
        .with_users(users.as_deref().map(|users| users_json(users, &context.urls)));
    Ok(json_list::list(&page, &context).await?)
}

/// `GET /api/v2/incremental/ticket_events?start_time=…`, with `include=comment_events` also the
/// comments and their attachments.
pub async fn list_ticket_events(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let with_comments = pagination::asks_for("comment_events", query.as_deref(), &recorder);
    let query = ExportQuery::read(query.as_deref())?;
    let audits = context.account.export_audits(query.span(&context)?);
    let second = |detail: &AuditDetail| detail.audit.recorded_at.as_second();
    let page = cut_by_time(&audits, second, query.per_page);
    for detail in page {
        recorder.record_object(EventKind::Read, ObjectRef::Ticket(detail.audit.ticket_id));
    }
    let json = |detail| TicketEventJson::new(detail, with_comments, &context.urls);
    let items = page.iter().map(json).collect();
    let next = audits.get(page.len()).or(page.last()).map(second);
    let is_last = page.len() == audits.len();
    let page = |next_page| TimeExportJson::new("ticket_events", items, next_page, next, is_last);
    answer_by_time("ticket_events", next, page, &query, &context).await
}

/// A page ends with the last item of a second, as recorded.
fn cut_by_time<T>(items: &[T], second: impl Fn(&T) -> i64, per_page: usize) -> &[T] {
    let Some(last) = items.get(per_page - 1) else { return items };
    let same = items[per_page..].iter().take_while(|item| second(item) == second(last)).count();
    &items[..per_page + same]
}

/// `next` is the time of the first item that is not on the page, or of the last one that is. `page`
/// makes the page with the link to the next one.
async fn answer_by_time<'a, J: Serialize>(
    name: &str,
    next: Option<i64>,
    page: impl FnOnce(Option<String>) -> TimeExportJson<'a, J>,
    query: &ExportQuery,
    context: &RequestContext,
) -> Result<Response, Refusal> {
    let path = format!("incremental/{name}");
    let next_page = next.map(|next| query.link(&path, ("start_time", &next.to_string()), context));
    Ok(json_list::list(&page(next_page), context).await?)
}

/// The users that the tickets of a page name, if the client asked for them.
fn users_of(
    page: &[ExportedTicket],
    are_wanted: bool,
    context: &RequestContext,
) -> Option<Vec<Arc<User>>> {
    let people = || page.iter().flat_map(|exported| people_of(&exported.ticket));
    context.account.users_if(are_wanted, people)
}

fn json<'a>(exported: &'a ExportedTicket, context: &RequestContext) -> TicketJson<'a> {
    let json = TicketJson::new(&exported.ticket, &context.urls);
    match exported.deleted_at {
        Some(at) => json.deleted(at),
        None => json,
    }
}

fn record_tickets(tickets: &[ExportedTicket], recorder: &Recorder) {
    for exported in tickets {
        recorder.record_object(EventKind::Read, ObjectRef::Ticket(exported.ticket.id));
    }
    if tickets.iter().any(|exported| exported.deleted_at.is_some()) {
        recorder.record_difference(KnownDifference::TicketDeletion);
    }
    recorder.record_difference(KnownDifference::IdsUnchecked);
}

/// The first second whose changes are still withheld.
fn end(context: &RequestContext) -> i64 {
    let delay = i64::try_from(context.settings.export_delay.as_secs()).unwrap_or(i64::MAX);
    // A change of this second is not withheld by no delay.
    context.admission.now.as_second().saturating_sub(delay).saturating_add(1)
}

impl ExportQuery {
    fn read(query: Option<&str>) -> Result<Self, Problem> {
        let mut read = Self { start: None, cursor: None, per_page: LARGEST, others: Vec::new() };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "start_time" => {
                    read.start = Some(unix_time("start_time", &value)?);
                }
                "cursor" if !value.is_empty() => read.cursor = Some(value.into_owned()),
                // Links repeat no secret.
                "cursor" | "access_token" => {}
                _ => {
                    if name == "per_page"
                        && let Some(count) = read_number("per_page", &value)?
                    {
                        read.per_page = count.clamp(1, LARGEST);
                    }
                    read.others.push((name.into_owned(), value.into_owned()));
                }
            }
        }
        Ok(read)
    }

    /// Whether the export has deleted tickets, which a parameter leaves out, as documented.
    fn has_deleted(&self) -> bool {
        let excluded = |(name, value): &(String, String)| {
            name == "exclude_deleted" && value.eq_ignore_ascii_case("true")
        };
        !self.others.iter().any(excluded)
    }

    /// Records that Zendesk exports tickets that were deleted permanently, and scrubs them.
    fn record_deletions(&self, span: ExportSpan, context: &RequestContext, recorder: &Recorder) {
        if self.has_deleted() && context.account.has_permanent_deletion(span) {
            recorder.record_difference(KnownDifference::TicketDeletion);
        }
    }

    fn span(&self, context: &RequestContext) -> Result<ExportSpan, Problem> {
        let start = self.start.ok_or_else(|| wrong("start_time", "must be an integer"))?;
        let delay = context.settings.export_delay;
        let end = end(context);
        if start >= end && !delay.is_zero() {
            return Err(Problem::StartTooRecent { delay });
        }
        Ok(ExportSpan { start, end })
    }

    /// The export from another place on, with the client's other parameters sorted by name, as
    /// recorded.
    fn link(&self, path: &str, (name, value): (&str, &str), context: &RequestContext) -> String {
        let mut parameters = self.others.clone();
        parameters.push((name.to_owned(), value.to_owned()));
        parameters.sort();
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        context.urls.list(path, &query)
    }
}

/// The recorded form of a cursor: the second and the id of the last item.
fn write_cursor((second, id): (i64, u64)) -> String {
    STANDARD.encode(format!("{second}.0||{id}|"))
}

fn read_cursor(cursor: &str) -> Result<(i64, u64), Problem> {
    let read = || {
        let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
        let (second, id) = text.strip_suffix('|')?.split_once(".0||")?;
        Some((second.parse().ok()?, id.parse().ok()?))
    };
    read().ok_or_else(|| wrong("cursor", "must be a cursor that an earlier page gave"))
}

fn wrong(attribute: &str, must: &'static str) -> Problem {
    Problem::WrongType { attribute: attribute.to_owned(), must }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_the_recorded_ones() {
        assert_eq!(write_cursor((1_695_052_663, 28)), "MTY5NTA1MjY2My4wfHwyOHw=");
        assert_eq!(read_cursor("MTY5NTA1MjY2My4wfHwyOHw=").ok(), Some((1_695_052_663, 28)));
        for bad in ["", "x", "MTY5NTA1MjY2My4wfHw", "fA=="] {
            assert!(read_cursor(bad).is_err(), "{bad}");
        }
    }
}
