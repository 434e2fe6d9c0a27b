//! `/api/v2/search`: tickets and users by what this server keeps of them.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::core::account::{FoundObject, RequestScope};
use crate::core::clock::Timestamp;
use crate::core::paging::Page;
use crate::core::search::query::SearchQuery;
use crate::core::search::terms::Term;
use crate::core::tickets::values::TicketStatus;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::Client;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_list;
use crate::http::exchange::long_work::LONG;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::objects::request::RequestJson;
use crate::http::support::objects::search_result::SearchResultJson;
use crate::http::support::page::PageJson;
use crate::http::support::pagination::{NO_CURSORS, Paging, Style};

/// How many results a client can read, as documented.
const MOST_RESULTS: usize = 1_000;
const LARGEST_PAGE: usize = 100;
/// How much of a value a refusal shows, in characters.
const LONGEST_SHOWN: usize = 100;

/// `GET /api/v2/search`
pub async fn search(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = read_paging(query.as_deref())?;
    let wanted = read_query(paging.other("query"), &context, &recorder)?;
    let order_by = paging.other("sort_by").or(wanted.order_by.as_deref()).unwrap_or_default();
    let sort = paging.other("sort_order").or(wanted.sort.as_deref()).unwrap_or("desc");
    let sort = |found: &mut [FoundObject]| {
        found.sort_by_key(|one| key(one, order_by));
        if sort != "asc" {
            found.reverse();
        }
    };
    let found = find(&wanted, &context, &client, sort).await;
    let page = cut(found, &paging);
    let urls = &context.urls;
    let page = PageJson::new(
        &paging,
        urls,
        ("results", "search"),
        &page,
        |_| CursorKey::by_id(0),
        |one| SearchResultJson::new(one, urls),
    );
    Ok(json_list::list(&page.with_facets(), &context).await?)
}

/// `GET /api/v2/search/count`
pub async fn count(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let text = query::value(query.as_deref().unwrap_or_default(), "query");
    let wanted = read_query(text.as_deref(), &context, &recorder)?;
    let count = find(&wanted, &context, &client, |_| ()).await.len();
    Ok(TaggedJson(NamedValue("count", count)).into_response())
}

/// `GET /api/v2/requests/search`: the requests of the client.
pub async fn search_requests(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = read_paging(query.as_deref())?;
    // Filters may come without a query.
    let wanted = SearchQuery::parse(paging.other("query").unwrap_or_default());
    ensure_dates(wanted.bad_date(context.admission.now))?;
    record(&wanted, &recorder);
    recorder.record_difference(KnownDifference::IdsUnchecked);
    let is_copied = paging.other("cc_id") == Some("true");
    let scope = if is_copied { RequestScope::Copied } else { RequestScope::Made };
    let user = client.sender().login.and_then(|login| context.account.user_id(login));
    let user = user.unwrap_or_default();
    let search = || context.account.search_requests(&wanted, user, scope);
    let mut found = run_search(&context, search).await;
    if let Some(statuses) = paging.other("status") {
        let statuses: Vec<TicketStatus> =
            statuses.split(',').filter_map(|status| status.trim().parse().ok()).collect();
        found.retain(|ticket| statuses.contains(&ticket.status));
    }
    if let Some(organization) = paging.other("organization_id") {
        found.retain(|ticket| {
            ticket.organization_id.is_some_and(|id| id.to_string() == organization)
        });
    }
    found.reverse();
    let page = cut(found, &paging);
    let urls = &context.urls;
    let page = PageJson::new(
        &paging,
        urls,
        ("requests", "requests/search"),
        &page,
        |ticket| CursorKey::by_id(ticket.id),
        |ticket| RequestJson::new(ticket, urls),
    );
    Ok(json_list::list(&page, &context).await?)
}

/// Reads a page by offset, the only ones of searches.
fn read_paging(text: Option<&str>) -> Result<Paging, Problem> {
    let paging = Paging::read_by(text, &NO_CURSORS)?;
    if let Style::Offset { page, per_page } = paging.style
        && (page - 1).saturating_mul(per_page.unwrap_or(LARGEST_PAGE)) >= MOST_RESULTS
    {
        return Err(Problem::SearchTooDeep { max: MOST_RESULTS });
    }
    Ok(paging)
}

fn read_query(
    text: Option<&str>,
    context: &RequestContext,
    recorder: &Recorder,
) -> Result<SearchQuery, Problem> {
    let wanted = parse_query(text.unwrap_or_default(), context.admission.now)?;
    record(&wanted, recorder);
    Ok(wanted)
}

pub(super) fn parse_query(text: &str, now: Timestamp) -> Result<SearchQuery, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::InvalidSearch("the parameter query is missing or blank"));
    }
    let wanted = SearchQuery::parse(text);
    ensure_dates(wanted.bad_date(now))?;
    Ok(wanted)
}

/// Refuses a query with a term that compares a date with something else.
pub(super) fn ensure_dates(bad: Option<&Term>) -> Result<(), Problem> {
    let Some(Term { keyword, sent, .. }) = bad else { return Ok(()) };
    let value = sent.chars().take(LONGEST_SHOWN).collect();
    Err(Problem::IllegalSearchDate { keyword: keyword.clone().unwrap_or_default(), value })
}

pub(super) fn record(wanted: &SearchQuery, recorder: &Recorder) {
    recorder.record_difference(KnownDifference::SearchAtOnce);
    if wanted.finds_tickets {
        record_unknown("ticket", wanted.unknown_keywords(), recorder);
    } else if wanted.finds_users {
        record_unknown("user", wanted.unknown_keywords_of_users(), recorder);
    }
}

/// Names the keywords of a query by which no object of this kind is found.
pub(super) fn record_unknown<'a>(
    kind: &str,
    unknown: impl Iterator<Item = &'a str>,
    recorder: &Recorder,
) {
    let unknown: Vec<_> = unknown.take(5).collect();
    if !unknown.is_empty() {
        let unknown = unknown.join(", ");
        recorder.record_hint(&format!("no {kind} of zendesk-mock is found by {unknown}"));
    }
}

pub(super) async fn find(
    wanted: &SearchQuery,
    context: &RequestContext,
    client: &Client,
    sort: impl FnOnce(&mut [FoundObject]),
) -> Vec<FoundObject> {
    let me = client.sender().login.and_then(|login| context.account.user_id(login));
    let search = || {
        let mut found = context.account.search(wanted, me);
        sort(&mut found);
        found
    };
    run_search(context, search).await
}

/// Runs a search of the account. It takes long if there is much to read.
pub(super) async fn run_search<T>(context: &RequestContext, search: impl FnOnce() -> T) -> T {
    let is_long = context.account.searched_bytes() > LONG;
    context.long_work.run_if(is_long, search).await
}

/// What results are sorted by, and then by their time and their id.
fn key(found: &FoundObject, order_by: &str) -> (i64, i64, u64) {
    match found {
        FoundObject::Ticket(ticket) => {
            let created = ticket.created_at.as_second();
            let value = match order_by.trim_end_matches("_at") {
                "updated" => ticket.updated_at.as_second(),
                "priority" => ticket.priority.map_or(-4, |priority| -(priority as i64)),
                "status" => ticket.status as i64,
                "ticket_type" => ticket.kind.map_or(-1, |kind| kind as i64),
                _ => created,
            };
            (value, created, ticket.id)
        }
        FoundObject::User(user) => {
            let created = user.created_at.as_second();
            let is_time = !["priority", "status", "ticket_type"].contains(&order_by);
            (if is_time { created } else { i64::MIN }, created, user.id)
        }
    }
}

fn cut<T>(mut found: Vec<T>, paging: &Paging) -> Page<T> {
    let (page, per_page) = match paging.style {
        Style::Offset { page, per_page } => (page, per_page.unwrap_or(LARGEST_PAGE)),
        Style::Cursor { size, .. } => (1, size),
    };
    let start = (page - 1).saturating_mul(per_page).min(found.len());
    let end = start.saturating_add(per_page).min(found.len());
    let (total, has_more) = (found.len(), end < found.len());
    Page { items: found.drain(start..end).collect(), total, has_more }
}
