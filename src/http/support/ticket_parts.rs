//! Parts of a ticket that have endpoints of their own: tags, collaborators, one audit; and the
//! tickets that an agent used last.

use std::sync::Arc;

use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::core::account::TicketChange;
use crate::core::journal::{EventKind, ObjectRef};
use crate::core::paging;
use crate::core::tickets::properties::Property;
use crate::core::tickets::tags::TagChanges;
use crate::core::tickets::{Ticket, TicketError};
use crate::core::users::User;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Client, PathIds};
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_body::{JsonBody, read_json};
use crate::http::exchange::json_list;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::json_input::{self, JsonMap};
use crate::http::support::objects::audit::AuditJson;
use crate::http::support::objects::ticket::TicketJson;
use crate::http::support::page::WholeListJson;
use crate::http::support::pagination::Paging;
use crate::http::support::ticket_input::safe_since;
use crate::http::support::ticket_properties::{read_tags, split_tags};
use crate::http::support::tickets::unchecked;
use crate::http::support::user_lists::answer_page;

/// How many recent tickets there are, as documented.
const MOST_RECENT: usize = 5;

/// `GET /api/v2/tickets/recent`
pub async fn list_recent(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
) -> Result<Response, Refusal> {
    let user = client.sender().login.and_then(|login| context.account.user_id(login));
    let recent = user.map(|user| context.account.recent_tickets(user, MOST_RECENT));
    recorder.record_difference(KnownDifference::RecentTickets);
    recorder.record_difference(KnownDifference::IdsUnchecked);
    let recent = recent.unwrap_or_default();
    let tickets = recent.iter().map(|ticket| TicketJson::new(ticket, &context.urls)).collect();
    Ok(json_list::list(&WholeListJson::new("tickets", tickets), &context).await?)
}

/// `GET /api/v2/tickets/{id}/audits/{id}`
pub async fn show_audit(
    context: Arc<RequestContext>,
    PathIds([ticket, audit]): PathIds<2>,
) -> Result<Response, Refusal> {
    let audit = context.account.find_audit(ticket, audit)?;
    let audit = AuditJson::new(&audit, &context.urls);
    Ok(TaggedJson(NamedValue("audit", audit)).into_response())
}

/// `GET /api/v2/tickets/{id}/collaborators`
pub async fn list_collaborators(
    context: Arc<RequestContext>,
    recorder: Recorder,
    ticket: PathIds<1>,
    query: RawQuery,
) -> Result<Response, Refusal> {
    list_copied("collaborators", Ticket::collaborator_ids, &context, &recorder, ticket, query).await
}

/// `GET /api/v2/tickets/{id}/email_ccs`
pub async fn list_email_ccs(
    context: Arc<RequestContext>,
    recorder: Recorder,
    ticket: PathIds<1>,
    query: RawQuery,
) -> Result<Response, Refusal> {
    let ids = |ticket: &Ticket| ticket.email_cc_ids.clone();
    list_copied("email_ccs", ids, &context, &recorder, ticket, query).await
}

/// `GET /api/v2/tickets/{id}/followers`
pub async fn list_followers(
    context: Arc<RequestContext>,
    recorder: Recorder,
    ticket: PathIds<1>,
    query: RawQuery,
) -> Result<Response, Refusal> {
    let ids = |ticket: &Ticket| ticket.follower_ids.clone();
    list_copied("followers", ids, &context, &recorder, ticket, query).await
}

/// Lists the users with these ids of a ticket.
async fn list_copied(
    name: &str,
    ids: impl FnOnce(&Ticket) -> Vec<u64>,
    context: &RequestContext,
    recorder: &Recorder,
    PathIds([ticket]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    let mut ids = ids(&*context.account.find_ticket(ticket)?);
    paging.record(recorder);
    ids.sort_unstable();
    let users = context.account.find_users(&ids);
    let id = |user: &Arc<User>| user.id;
    let page = paging::cut(users.as_slice(), id, paging.order(), paging.window());
    answer_page(&paging, &format!("tickets/{ticket}/{name}"), &page, context).await
}

/// `GET /api/v2/tickets/{id}/tags`
pub async fn list_tags(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket]): PathIds<1>,
) -> Result<Response, Refusal> {
    let found = context.account.find_ticket(ticket)?;
    recorder.record_object(EventKind::Read, ObjectRef::Ticket(ticket));
    Ok(TaggedJson(NamedValue("tags", &found.tags)).into_response())
}

/// `POST /api/v2/tickets/{id}/tags`: replaces all tags.
pub async fn set_tags(
    context: Arc<RequestContext>,
    recorder: Recorder,
    ticket: PathIds<1>,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    let change =
        |tags| TicketChange { properties: vec![Property::Tags(tags)], ..TicketChange::default() };
    let answer = TagCall { context, recorder, client }.change(ticket, &body, None, change)?;
    Ok((StatusCode::CREATED, answer).into_response())
}

/// `PUT /api/v2/tickets/{id}/tags`: adds tags.
pub async fn add_tags(
    context: Arc<RequestContext>,
    recorder: Recorder,
    ticket: PathIds<1>,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    let change = |added| TicketChange {
        tags: TagChanges { added, ..TagChanges::default() },
        ..TicketChange::default()
    };
    TagCall { context, recorder, client }.change(ticket, &body, None, change)
}

/// `DELETE /api/v2/tickets/{id}/tags`: removes the tags in the body or in the parameter `tags`.
pub async fn remove_tags(
    context: Arc<RequestContext>,
    recorder: Recorder,
    ticket: PathIds<1>,
    client: Client,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Refusal> {
    let in_query = query::value(query.as_deref().unwrap_or_default(), "tags");
    let in_query = in_query.map(|tags| split_tags(&tags));
    // Many clients send no body with a DELETE.
    let JsonBody(body, _room) = match read_json(request, &context).await {
        Ok(body) => body,
        Err(_) if in_query.is_some() => JsonBody::default(),
        Err(problem) => return Err(problem.into()),
    };
    let change = |removed| TicketChange {
        tags: TagChanges { removed, ..TagChanges::default() },
        ..TicketChange::default()
    };
    TagCall { context, recorder, client }.change(ticket, &body, in_query, change)
}

/// A call that changes tags, apart from what it changes.
struct TagCall {
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
}

impl TagCall {
    fn change(
        &self,
        PathIds([ticket]): PathIds<1>,
        body: &Value,
        in_query: Option<Vec<String>>,
        change: impl FnOnce(Vec<String>) -> TicketChange,
    ) -> Result<Response, Refusal> {
        let Self { context, recorder, client } = self;
        // A ticket that is unknown or closed is refused before its body is checked.
        context.account.find_ticket(ticket)?.ensure_open()?;
        let nothing = JsonMap::new();
        let sent = body.as_object().unwrap_or(&nothing);
        let missing =
            || Problem::WrongType { attribute: "tags".to_owned(), must: "must be an array" };
        let tags = read_tags(sent, "tags")?.or(in_query).ok_or_else(missing)?;
        let change = TicketChange { safe_since: safe_since(sent, is_safe(sent)?)?, ..change(tags) };
        let sent_tags = Property::Tags(change.tags.added.clone());
        let differences =
            unchecked(&[change.properties.as_slice(), &[sent_tags]].concat(), [].iter());
        let settings = &context.settings;
        let done = context.account.update_ticket(ticket, change, client.sender(), settings)?;
        recorder.record_difference(differences);
        recorder.record_ticket(EventKind::Changed, &done);
        Ok(TaggedJson(NamedValue("tags", &done.ticket.tags)).into_response())
    }
}

/// Whether a change of tags is a safe update. The documented example says so in a text, which may
/// be empty.
fn is_safe(sent: &JsonMap) -> Result<Option<bool>, Problem> {
    match sent.get("safe_update").and_then(Value::as_str) {
        Some("") => Ok(Some(false)),
        _ => json_input::flag(sent, "safe_update"),
    }
}

/// `PUT /api/v2/tickets/{id}/audits/{id}/make_private`: the comment of an audit.
pub async fn make_audit_private(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket, audit]): PathIds<2>,
    client: Client,
) -> Result<Response, Refusal> {
    let found = context.account.find_audit(ticket, audit)?;
    let comment = found.audit.comment().ok_or(TicketError::UnknownComment)?.id;
    context.account.make_comment_private(ticket, comment, client.sender())?;
    recorder.record_object(EventKind::Changed, ObjectRef::Ticket(ticket));
    Ok(TaggedJson(JsonMap::new()).into_response())
}
