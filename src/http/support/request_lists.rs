//! `/api/v2/requests`: lists of the requests of the client, or of another user.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::Response;

use crate::core::account::RequestScope;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Client, PathIds};
use crate::http::exchange::json_list;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::objects::request::RequestJson;
use crate::http::support::page::PageJson;
use crate::http::support::pagination::{BY_ID, ListRules, Paging};
use crate::http::support::ticket_pages::{sort_of, window_by_sort};

/// As documented.
pub(super) static REQUEST_RULES: ListRules =
    ListRules { order: Some("nice_id"), sort_bys: &["created_at", "updated_at"], ..BY_ID };

/// `GET /api/v2/requests`
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    answer(RequestScope::Made, "requests", &context, &recorder, &client, query).await
}

/// `GET /api/v2/requests/open`
pub async fn list_open(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    answer(RequestScope::Open, "requests/open", &context, &recorder, &client, query).await
}

/// `GET /api/v2/requests/solved`
pub async fn list_solved(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    answer(RequestScope::Solved, "requests/solved", &context, &recorder, &client, query).await
}

/// `GET /api/v2/requests/ccd`
pub async fn list_copied(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    query: RawQuery,
) -> Result<Response, Refusal> {
    answer(RequestScope::Copied, "requests/ccd", &context, &recorder, &client, query).await
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
    answer_page(user, RequestScope::Made, &path, &context, &recorder, &client, query).await
}

async fn answer(
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
    answer_page(user.unwrap_or_default(), scope, path, context, recorder, client, query).await
}

/// A page of the requests of a user in the list at a path.
async fn answer_page(
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
    let (sort, window) = (sort_of(&paging), window_by_sort(&paging));
    let by = client.sender().login;
    let page = context.account.list_requests(user, scope, by, sort, paging.order(), window);
    let urls = &context.urls;
    let page = PageJson::new(
        &paging,
        urls,
        ("requests", path),
        &page,
        |ticket| CursorKey::by_id(ticket.id),
        |ticket| RequestJson::new(ticket, urls),
    );
    Ok(json_list::list(&page, context).await?)
}
