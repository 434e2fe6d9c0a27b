//! Pages of tickets, whichever list they are of.

use std::sync::Arc;

use axum::response::Response;

use crate::core::account::TicketSort;
use crate::core::paging::{Page, Window};
use crate::core::tickets::Ticket;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::json_list;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::objects::ticket::TicketJson;
use crate::http::support::page::PageJson;
use crate::http::support::pagination::{ListRules, Paging};

/// As documented. `group`, `assignee` and `requester` sort by id.
pub(super) static TICKET_RULES: ListRules = ListRules {
    order: Some("nice_id"),
    sorts: &["id", "updated_at", "status"],
    sort_bys: &[
        "assignee",
        "created_at",
        "group",
        "id",
        "requester",
        "status",
        "subject",
        "updated_at",
    ],
    is_reversed_alone: false,
    includes: &["users", "comment_count", "dates"],
};

/// What a list of tickets is sorted by.
pub(super) fn sort_of(paging: &Paging) -> TicketSort {
    paging.sort().and_then(|name| name.parse().ok()).unwrap_or_default()
}

pub(super) fn window_by_sort(paging: &Paging) -> Window<(i64, u64)> {
    paging.window_by_key().map(|CursorKey { value, id }| (value.unwrap_or_default(), id))
}

/// The key of a ticket in a list that is sorted.
fn key_by_sort(sort: TicketSort, ticket: &Ticket) -> CursorKey {
    let (value, id) = sort.key(ticket);
    CursorKey { value: (sort != TicketSort::Id).then_some(value), id }
}

/// A page of the list at a path. Tickets have `fields` in lists by offset alone, as recorded.
pub(super) async fn answer_page(
    paging: &Paging,
    path: &str,
    page: &Page<Arc<Ticket>>,
    sort: TicketSort,
    context: &RequestContext,
) -> Result<Response, Refusal> {
    let users = context.account.users_if(paging.includes_any("users"), || {
        page.items.iter().flat_map(|one| people_of(one))
    });
    let urls = &context.urls;
    let page = PageJson::new(
        paging,
        urls,
        ("tickets", path),
        page,
        |ticket| key_by_sort(sort, ticket),
        |ticket| {
            let json = if paging.is_by_offset() { TicketJson::new } else { TicketJson::listed };
            json(ticket, urls).including(ticket, |name| paging.includes_any(name))
        },
    )
    .with_users(users.as_deref(), urls);
    Ok(json_list::list(&page, context).await?)
}

/// The users that a ticket names.
pub(super) fn people_of(ticket: &Ticket) -> impl Iterator<Item = u64> {
    let people = [ticket.requester_id, ticket.submitter_id].into_iter().chain(ticket.assignee_id);
    people.chain(ticket.collaborator_ids())
}
