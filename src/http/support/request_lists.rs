//! `/api/v2/requests`: lists of the requests of the client, or of another user.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::Response;

use crate::core::account::{RequestScope, TicketSort};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Client, PathIds};
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
    answer(RequestScope::Open, "requests/open", &context, &recorder, &client, query)
}

/// `GET /api/v2/requests/solved`
pub async fn list_solved(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
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

/// `GET /api/v2/users/{id}/requests`. End users see of them what they see of requests.
pub async fn list_of_user(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    PathIds([user]): PathIds<1>,
    query: RawQuery,
) -> Result<Response, Refusal> {
    context.account.find_user(user)?;
    let path = format!("users/{user}/requests");
    answer_page(user, RequestScope::Made, &path, &context, &recorder, &client, query)
}

fn answer(
    scope: RequestScope,
    path: &str,
    context: &RequestContext,
    recorder: &Recorder,
    client: &Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    if matches!(scope, RequestScope::Open | RequestScope::Solved) {
        recorder.record_difference(KnownDifference::RequestScopes);
    }
    // A client that calls for the first time has made no request.
    let user = client.sender().login.and_then(|login| context.account.user_id(login));
    answer_page(user.unwrap_or_default(), scope, path, context, recorder, client, query)
}

/// A page of the requests of a user in the list at a path.
fn answer_page(
    user: u64,
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
    let by = client.sender().login;
    let page = context.account.list_requests(user, scope, by, sort, paging.order(), window);
    let urls = &context.urls;
    let page = PageJson::new(
        &paging,
        urls,
        ("requests", path),
        &page,
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
