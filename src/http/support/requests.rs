//! `/api/v2/requests`: tickets as end users see them, with or without credentials.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::core::account::CommentFilter;
use crate::core::journal::EventKind;
use crate::core::tickets::{Ticket, TicketError};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Client, PathIds};
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_body::JsonBody;
use crate::http::exchange::json_list;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::urls::location;
use crate::http::support::api_warn::warn;
use crate::http::support::comments::COMMENT_RULES;
use crate::http::support::cursor::CursorKey;
use crate::http::support::json_input::instant_in_query;
use crate::http::support::objects::request::{RequestCommentJson, RequestJson};
use crate::http::support::page::PageJson;
use crate::http::support::pagination::Paging;
use crate::http::support::ticket_hints::explain_followup;
use crate::http::support::{ticket_input, ticket_shapes};

/// `POST /api/v2/requests`
pub async fn create(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Response {
    let answer = || {
        let mut new = ticket_input::request(&body)?;
        if acts_as_end_user(&context) {
            // Documented for anonymous requests, and used by agents.
            new.requester = None;
        }
        let names_source = new.followup_source.is_some();
        let (done, _) =
            context.account.create_ticket(new, client.sender(), None, &context.settings)?;
        explain_followup(names_source, &done.ticket, &recorder);
        recorder.record_difference(KnownDifference::IdsUnchecked);
        let location = location(context.urls.object("requests", done.ticket.id));
        recorder.record_ticket(EventKind::Created, &done);
        let request = RequestJson::new(&done.ticket, &context.urls);
        let answer = TaggedJson(NamedValue("request", request));
        Ok::<_, Refusal>((StatusCode::CREATED, location, answer).into_response())
    };
    warn(&ticket_shapes::CREATE_REQUEST, &body, answer(), &recorder)
}

/// `GET /api/v2/requests/{id}`
pub async fn show(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
) -> Result<Response, Refusal> {
    let ticket = find(id, &context)?;
    record_roles(&context, &recorder);
    recorder.record_difference(KnownDifference::IdsUnchecked);
    let request = RequestJson::new(&ticket, &context.urls);
    Ok(TaggedJson(NamedValue("request", request)).into_response())
}

/// `PUT /api/v2/requests/{id}`
pub async fn update(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Response {
    let answer = || {
        // A request that is unknown or closed is refused before its body is checked.
        find(id, &context)?.ensure_open()?;
        let change = ticket_input::request_change(&body)?;
        let done = context.account.update_ticket(id, change, client.sender(), &context.settings)?;
        record_roles(&context, &recorder);
        recorder.record_difference(KnownDifference::IdsUnchecked);
        recorder.record_ticket(EventKind::Changed, &done);
        let request = RequestJson::new(&done.ticket, &context.urls);
        Ok::<_, Refusal>(TaggedJson(NamedValue("request", request)).into_response())
    };
    warn(&ticket_shapes::UPDATE_REQUEST, &body, answer(), &recorder)
}

/// `GET /api/v2/requests/{id}/comments`: the public comments.
pub async fn list_comments(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([request]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &COMMENT_RULES)?;
    find(request, &context)?;
    record_roles(&context, &recorder);
    recorder.record_difference(KnownDifference::RequestsForAll);
    // As documented.
    let filter = CommentFilter {
        is_public: true,
        since: instant_in_query("since", paging.other("since"))?,
        of_agents: match paging.other("role") {
            Some("agent") => Some(true),
            Some("end_user") => Some(false),
            _ => None,
        },
    };
    let page = context.account.list_comments(request, &filter, paging.order(), paging.window())?;
    paging.record(&recorder);
    let urls = &context.urls;
    let path = format!("requests/{request}/comments");
    let users = context.account.users_if(paging.includes_any("users"), || {
        page.items.iter().map(|said| said.comment.author_id)
    });
    let page = PageJson::new(
        &paging,
        urls,
        ("comments", &path),
        &page,
        |said| CursorKey::by_time(said.comment.created_at, said.comment.id),
        |said| RequestCommentJson::new(request, said, urls),
    )
    .with_users(users.as_deref(), urls);
    Ok(json_list::list(&page, &context).await?)
}

/// `GET /api/v2/requests/{id}/comments/{id}`
pub async fn show_comment(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([request, comment]): PathIds<2>,
) -> Result<Response, Refusal> {
    find(request, &context)?;
    record_roles(&context, &recorder);
    let said = context.account.find_public_comment(request, comment)?;
    let comment = RequestCommentJson::new(request, &said, &context.urls);
    Ok(TaggedJson(NamedValue("comment", comment)).into_response())
}

/// The request with this id, if the client may see it.
fn find(id: u64, context: &RequestContext) -> Result<Arc<Ticket>, TicketError> {
    context.account.find_request(id, context.login().as_ref())
}

/// Names the difference of a response to a client that sees every request.
fn record_roles(context: &RequestContext, recorder: &Recorder) {
    if !acts_as_end_user(context) {
        recorder.record_difference(KnownDifference::RequestsForAll);
    }
}

fn acts_as_end_user(context: &RequestContext) -> bool {
    context.login().is_some_and(|login| context.account.is_end_user(&login))
}
