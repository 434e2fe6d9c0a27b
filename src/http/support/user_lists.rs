//! `/api/v2/users`: lists of users, and of their tickets.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::Response;

use crate::core::account::{TicketRelation, UserFilter};
use crate::core::paging::{self, Page};
use crate::core::users::{Role, User};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json_list;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::objects::user::UserJson;
use crate::http::support::page::{PageJson, WholeListJson};
use crate::http::support::pagination::Paging;
use crate::http::support::search::run_search;
use crate::http::support::ticket_pages::{TICKET_RULES, sort_of, window_by_sort};
use crate::http::support::{id_list, ticket_pages};

/// The fewest characters of a name that is completed, as documented.
const SHORTEST_NAME: usize = 2;

/// `GET /api/v2/users`, all or those of a `role` or of several `role[]`, with an `external_id`, or
/// with the custom role `permission_set`, which no user has here.
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    paging.record(&recorder);
    let wanted = paging.others.iter().filter(|(name, _)| name == "role" || name == "role[]");
    let wanted: Vec<_> = wanted.filter(|(_, role)| !role.is_empty()).collect();
    // Other names are those of custom roles, as documented, which no user has here.
    let roles: Vec<Role> = wanted.iter().filter_map(|(_, role)| role.parse().ok()).collect();
    let has_custom_role = paging.other("permission_set").is_some_and(|id| !id.is_empty());
    let filter = UserFilter {
        roles: if has_custom_role { Some(vec![]) } else { (!wanted.is_empty()).then_some(roles) },
        external_id: paging.other("external_id").map(ToOwned::to_owned),
    };
    let page = context.account.list_users(&filter, paging.order(), paging.window());
    answer_page(&paging, "users", &page, &context).await
}

/// `GET /api/v2/users/show_many?ids=…` or `?external_ids=…`: the users that exist, in the order
/// of their ids, as recorded.
pub async fn show_many(
    context: Arc<RequestContext>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let users = match id_list::read_external(query.as_deref())? {
        Some(wanted) => {
            let is_wanted = |user: &User| wanted.iter().any(|id| user.has_external_id(id));
            run_search(&context, || context.account.select_users(is_wanted)).await
        }
        None => {
            let mut ids = id_list::read(query.as_deref())?;
            ids.sort_unstable();
            ids.dedup();
            context.account.find_users(&ids)
        }
    };
    let users = users.iter().map(|user| UserJson::new(user, &context.urls)).collect();
    Ok(json_list::list(&WholeListJson::new("users", users), &context).await?)
}

/// `GET /api/v2/users/autocomplete?name=…`: the users of whose name or address a word begins so.
pub async fn autocomplete(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    let wanted = paging.other("name").unwrap_or_default().trim().to_lowercase();
    if wanted.chars().count() < SHORTEST_NAME {
        let must = "must have at least 2 characters";
        return Err(Problem::WrongType { attribute: "name".to_owned(), must }.into());
    }
    paging.record(&recorder);
    recorder.record_difference(KnownDifference::Autocompletion);
    let begins = |text: &str| {
        let text = text.to_lowercase();
        text.starts_with(&wanted) || text.split_whitespace().any(|word| word.starts_with(&wanted))
    };
    let is_found = |user: &User| begins(&user.name) || user.email.as_deref().is_some_and(begins);
    let found = run_search(&context, || context.account.select_users(is_found)).await;
    answer_found(&paging, "users/autocomplete", found, &context).await
}

/// A page of the users that a search found.
pub async fn answer_found(
    paging: &Paging,
    path: &str,
    found: Vec<Arc<User>>,
    context: &RequestContext,
) -> Result<Response, Refusal> {
    let id = |user: &Arc<User>| user.id;
    let page = paging::cut(found.as_slice(), id, paging.order(), paging.window());
    // A large page may wait for its turn, and the others are not needed meanwhile.
    drop(found);
    answer_page(paging, path, &page, context).await
}

/// A page of the users of a list that has this path.
pub async fn answer_page(
    paging: &Paging,
    path: &str,
    page: &Page<Arc<User>>,
    context: &RequestContext,
) -> Result<Response, Refusal> {
    let urls = &context.urls;
    let page = PageJson::new(
        paging,
        urls,
        ("users", path),
        page,
        |user| CursorKey::by_id(user.id),
        |user| UserJson::new(user, urls),
    );
    Ok(json_list::list(&page, context).await?)
}

/// `GET /api/v2/users/{id}/tickets/requested`
pub async fn list_requested(
    context: Arc<RequestContext>,
    recorder: Recorder,
    user: PathIds<1>,
    query: RawQuery,
) -> Result<Response, Refusal> {
    list_tickets(TicketRelation::Requested, &context, &recorder, user, query).await
}

/// `GET /api/v2/users/{id}/tickets/assigned`
pub async fn list_assigned(
    context: Arc<RequestContext>,
    recorder: Recorder,
    user: PathIds<1>,
    query: RawQuery,
) -> Result<Response, Refusal> {
    list_tickets(TicketRelation::Assigned, &context, &recorder, user, query).await
}

/// `GET /api/v2/users/{id}/tickets/ccd`
pub async fn list_copied(
    context: Arc<RequestContext>,
    recorder: Recorder,
    user: PathIds<1>,
    query: RawQuery,
) -> Result<Response, Refusal> {
    list_tickets(TicketRelation::Copied, &context, &recorder, user, query).await
}

async fn list_tickets(
    relation: TicketRelation,
    context: &RequestContext,
    recorder: &Recorder,
    PathIds([user]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &TICKET_RULES)?;
    let (sort, order, window) = (sort_of(&paging), paging.order(), window_by_sort(&paging));
    let page = context.account.list_tickets_of(user, relation, sort, order, window)?;
    paging.record(recorder);
    recorder.record_difference(KnownDifference::IdsUnchecked);
    let path = match relation {
        TicketRelation::Requested => format!("users/{user}/tickets/requested"),
        TicketRelation::Assigned => format!("users/{user}/tickets/assigned"),
        TicketRelation::Copied => format!("users/{user}/tickets/ccd"),
    };
    ticket_pages::answer_page(&paging, &path, &page, sort, context).await
}
