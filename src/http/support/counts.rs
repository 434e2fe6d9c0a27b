//! `…/count`: how many objects a list has.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};

use crate::core::account::{TicketRelation, TicketSort};
use crate::core::paging::{Order, Window};
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::refusal::Refusal;
use crate::http::support::objects::count::CountJson;

/// `GET /api/v2/tickets/count`
pub async fn tickets(context: Arc<RequestContext>) -> Response {
    answer(context.account.count_tickets(), &context)
}

/// `GET /api/v2/tickets/{id}/comments/count`
pub async fn comments(
    context: Arc<RequestContext>,
    PathIds([ticket]): PathIds<1>,
) -> Result<Response, Refusal> {
    Ok(answer(context.account.find_ticket(ticket)?.comments.len(), &context))
}

/// `GET /api/v2/tickets/{id}/audits/count`
pub async fn audits(
    context: Arc<RequestContext>,
    PathIds([ticket]): PathIds<1>,
) -> Result<Response, Refusal> {
    Ok(answer(context.account.find_ticket(ticket)?.audits.len(), &context))
}

/// `GET /api/v2/users/{id}/tickets/assigned/count`
pub async fn assigned(context: Arc<RequestContext>, user: PathIds<1>) -> Result<Response, Refusal> {
    count_tickets_of(user, TicketRelation::Assigned, &context)
}

/// `GET /api/v2/users/{id}/tickets/ccd/count`
pub async fn copied(context: Arc<RequestContext>, user: PathIds<1>) -> Result<Response, Refusal> {
    count_tickets_of(user, TicketRelation::Copied, &context)
}

fn count_tickets_of(
    PathIds([user]): PathIds<1>,
    relation: TicketRelation,
    context: &RequestContext,
) -> Result<Response, Refusal> {
    let none = Window::Offset { skip: 0, take: 0 };
    let page =
        context.account.list_tickets_of(user, relation, TicketSort::Id, Order::Ascending, none)?;
    Ok(answer(page.total, context))
}

fn answer(value: usize, context: &RequestContext) -> Response {
    let count = CountJson::new(value, context.admission.now);
    TaggedJson(NamedValue("count", count)).into_response()
}
