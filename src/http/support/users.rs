//! `/api/v2/users`: who calls, and who has been named.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use crate::core::paging;
use crate::core::users::User;
use crate::fidelity::Differs;
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json::{self, Named, TaggedJson};
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::objects::UserJson;
use crate::http::support::pagination::{Paging, Place};

/// `GET /api/v2/users/me`: with the token for `X-CSRF-Token`, whoever calls, as recorded.
pub async fn me(context: Context, recorder: Recorder) -> Result<Response, Refusal> {
    let token = context.authenticity_token();
    recorder.differs(Differs::OneCsrfToken);
    let caller = match context.credentials.login() {
        Some(login) => Some(context.account.caller(&login)?),
        None => None,
    };
    let user = match &caller {
        Some(caller) => {
            recorder.differs(Differs::EveryoneAdmin);
            UserJson::new(caller, &context.urls)
        }
        None => {
            recorder.differs(Differs::Nobody);
            UserJson::anonymous()
        }
    };
    Ok(TaggedJson(Named("user", user.with_authenticity_token(&token))).into_response())
}

/// `GET /api/v2/users/{id}`
pub async fn show(context: Context, PathIds([id]): PathIds<1>) -> Result<Response, Refusal> {
    let user = context.account.find_user(id)?;
    Ok(TaggedJson(Named("user", UserJson::new(&user, &context.urls))).into_response())
}

/// `GET /api/v2/users/search?query=…`
pub async fn search(
    context: Context,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    paging.record(&recorder);
    // Nobody here has an external_id, and who is looked for by nothing is not found.
    let wanted = searched(paging.other("query").unwrap_or_default());
    let found = if wanted.is_empty() { Vec::new() } else { context.account.search_users(wanted) };
    let id = |user: &Arc<User>| user.id;
    let page = paging::cut(found.as_slice(), id, paging.order(), paging.window());
    let urls = &context.urls;
    let items = page.items.iter().map(|user| UserJson::new(user, urls)).collect();
    let place = |user: &Arc<User>| Place::Id(user.id);
    let listing = paging.listing("users", &page, place, items, "users/search", urls);
    Ok(json::list(&listing, &context.account)?)
}

/// What a query looks for: the documented keywords before it say where, and here it is looked for everywhere.
fn searched(query: &str) -> &str {
    let query = query.trim();
    let wanted = ["user:", "email:", "name:"]
        .iter()
        .find_map(|keyword| query.strip_prefix(keyword))
        .unwrap_or(query);
    wanted.trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_may_say_where_to_look_and_quote_what_to_look_for() {
        for query in ["me@x.org", "email:me@x.org", "user:\"me@x.org\"", " email:\"me@x.org\" "] {
            assert_eq!(searched(query), "me@x.org");
        }
    }
}
