//! `/api/v2/requests`: lists of the requests of the client.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::Response;

use crate::core::account::{RequestScope, TicketSort};
use crate::core::paging::Page;
use crate::core::tickets::Ticket;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::Client;
use crate::http::exchange::json_list;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::{CursorKey, Place};
use crate::http::support::objects::request::RequestJson;
use crate::http::support::page::PageJson;
use crate::http::support::pagination::{ListRules, NO_RULES, Paging};

/// As documented.
pub(super) static REQUEST_RULES: ListRules =
    ListRules { sort_bys: &["created_at", "updated_at"], ..NO_RULES };

/// `GET /api/v2/requests`
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    answer(RequestScope::Made, "requests", &context, &recorder, &client, query)
}

/// `GET /api/v2/requests/open`
pub async fn list_open(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    recorder.record_difference(KnownDifference::RequestScopes);
    answer(RequestScope::Open, "requests/open", &context, &recorder, &client, query)
}

/// `GET /api/v2/requests/solved`
pub async fn list_solved(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    recorder.record_difference(KnownDifference::RequestScopes);
    answer(RequestScope::Solved, "requests/solved", &context, &recorder, &client, query)
}

/// `GET /api/v2/requests/ccd`
pub async fn list_copied(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    answer(RequestScope::Copied, "requests/ccd", &context, &recorder, &client, query)
}

fn answer(
    scope: RequestScope,
    path: &str,
    context: &RequestContext,
    recorder: &Recorder,
    client: &Client,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &REQUEST_RULES)?;
    paging.record(recorder);
    recorder.record_difference(KnownDifference::IdsUnchecked);
    let sort: TicketSort = paging.sort().and_then(|name| name.parse().ok()).unwrap_or_default();
    let key = |CursorKey { value, id }| (value.unwrap_or_default(), id);
    let window = paging.window_by_key().map(key);
    // A client that calls for the first time has made no request.
    let user = client.sender().login.and_then(|login| context.account.user_id(login));
    let user = user.unwrap_or_default();
    let page = context.account.list_requests(user, scope, sort, paging.order(), window);
    answer_page(&paging, path, &page, sort, context)
}

/// A page of requests in the list at a path.
fn answer_page(
    paging: &Paging,
    path: &str,
    page: &Page<Arc<Ticket>>,
    sort: TicketSort,
    context: &RequestContext,
) -> Result<Response, Refusal> {
    let urls = &context.urls;
    let page = PageJson::new(
        paging,
        urls,
        ("requests", path),
        page,
        |ticket| match sort {
            TicketSort::Id => Place::Number(ticket.id),
            sort => {
                let (value, id) = sort.key(ticket);
                Place::Sorted(sort.into(), value, id)
            }
        },
        |ticket| RequestJson::new(ticket, urls),
    );
    Ok(json_list::list(&page, &context.account)?)
}
