//! `/api/v2/users`: the callers, and the users that tickets name.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::core::user_query::UserQuery;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::objects::user::UserJson;
use crate::http::support::pagination::{NO_CURSORS, Paging};
use crate::http::support::search::{ensure_dates, record_unknown, run_search};
use crate::http::support::user_lists::answer_found;

/// `GET /api/v2/users/me`: with the token for `X-CSRF-Token` for every caller, as recorded.
pub async fn me(context: Arc<RequestContext>, recorder: Recorder) -> Result<Response, Refusal> {
    let token = context.authenticity_token();
    recorder.record_difference(KnownDifference::OneCsrfToken);
    let caller = match context.login() {
        Some(login) => Some(context.account.caller(&login)?),
        None => None,
    };
    let user = match &caller {
        Some(caller) => {
            if !caller.is_seeded {
                recorder.record_difference(KnownDifference::CallersBecomeAdmins);
            }
            UserJson::new(caller, &context.urls)
        }
        None => {
            recorder.record_difference(KnownDifference::AnonymousUser);
            UserJson::anonymous()
        }
    };
    Ok(TaggedJson(NamedValue("user", user.with_authenticity_token(&token))).into_response())
}

/// `GET /api/v2/users/{id}`
pub async fn show(
    context: Arc<RequestContext>,
    PathIds([id]): PathIds<1>,
) -> Result<Response, Refusal> {
    let user = context.account.find_user(id)?;
    Ok(TaggedJson(NamedValue("user", UserJson::new(&user, &context.urls))).into_response())
}

/// `GET /api/v2/users/search?query=…` or `?external_id=…`
pub async fn search(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &NO_CURSORS)?;
    paging.record(&recorder);
    // An empty query finds none.
    let mut wanted = UserQuery::parse(paging.other("query").unwrap_or_default());
    if let Some(id) = paging.other("external_id").filter(|id| !id.is_empty()) {
        wanted = wanted.with_external_id(id);
    }
    ensure_dates(wanted.bad_date(context.admission.now))?;
    record_unknown("user", wanted.unknown_keywords(), &recorder);
    let found = run_search(&context, || context.account.search_users(&wanted)).await;
    answer_found(&paging, "users/search", found, &context).await
}
