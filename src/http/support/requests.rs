//! `/api/v2/requests`: tickets as those who ask for help see them, anonymously too.

use axum::extract::RawQuery;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::{Said, Sender};
use crate::core::journal::ObjectRef;
use crate::fidelity::Differs;
use crate::http::exchange::extract::{Caller, Client, Guest, Ids, Sent};
use crate::http::exchange::json::{self, Record};
use crate::http::support::api_warn::{Action, warned};
use crate::http::support::error::SupportError;
use crate::http::support::objects::{RequestCommentJson, RequestJson};
use crate::http::support::pagination::{Paging, Place};
use crate::http::support::ticket_input;

#[derive(Serialize)]
struct Envelope<'a> {
    request: RequestJson<'a>,
}

/// `POST /api/v2/requests`
pub async fn create(Guest(context): Guest, Client(client): Client, Sent(body): Sent) -> Response {
    let action = Action { controller: "requests", action: "create" };
    let answer = || {
        let login = context.credentials.login();
        let sender = Sender { login: login.as_ref(), client: client.as_deref() };
        let new = ticket_input::request(&body)?;
        let (done, _) = context.account.create_ticket(new, sender, None)?;
        context.differs(Differs::IdsUnchecked);
        let location = HeaderValue::try_from(context.urls.request(done.ticket.id))
            .map(|location| [(LOCATION, location)])
            .ok();
        context.touch(ObjectRef::Ticket(done.ticket.id));
        context.touch_files(&done.happened.attachments);
        let request = RequestJson::new(&done.ticket, &context.urls);
        let answer = Record(Envelope { request });
        Ok::<_, SupportError>((StatusCode::CREATED, location, answer).into_response())
    };
    warned(action, &body, ticket_input::REQUEST, answer())
}

/// `GET /api/v2/requests/{id}`
pub async fn show(Caller(context): Caller, Ids([id]): Ids<1>) -> Result<Response, SupportError> {
    let ticket = context.account.find_request(id)?;
    context.differs(Differs::RequestsForAll);
    context.differs(Differs::IdsUnchecked);
    let request = RequestJson::new(&ticket, &context.urls);
    Ok(Record(Envelope { request }).into_response())
}

/// `PUT /api/v2/requests/{id}`
pub async fn update(
    Caller(context): Caller,
    Ids([id]): Ids<1>,
    Client(client): Client,
    Sent(body): Sent,
) -> Response {
    let action = Action { controller: "requests", action: "update" };
    let answer = || {
        let login = context.login();
        let sender = Sender { login: Some(&login), client: client.as_deref() };
        // Whether there is such a request, and whether it can change, matters more than what is said on it.
        context.account.find_request(id)?.ensure_open()?;
        let done =
            context.account.update_ticket(id, ticket_input::request_change(&body)?, sender)?;
        context.differs(Differs::RequestsForAll);
        context.differs(Differs::IdsUnchecked);
        context.touch(ObjectRef::Ticket(done.ticket.id));
        context.touch_files(&done.happened.attachments);
        let request = RequestJson::new(&done.ticket, &context.urls);
        Ok::<_, SupportError>(Record(Envelope { request }).into_response())
    };
    warned(action, &body, ticket_input::REQUEST_CHANGE, answer())
}

/// `GET /api/v2/requests/{id}/comments`: what was said in public.
pub async fn list_comments(
    Caller(context): Caller,
    Ids([request]): Ids<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, SupportError> {
    let paging = Paging::read(query.as_deref())?;
    context.account.find_request(request)?;
    context.differs(Differs::RequestsForAll);
    let page = context.account.list_comments(request, true, paging.order(), paging.window())?;
    paging.note(&context);
    let urls = &context.urls;
    let items =
        page.items.iter().map(|said| RequestCommentJson::new(request, said, urls)).collect();
    let place = |said: &Said| Place::Time(said.comment.created_at, said.comment.id);
    let path = format!("requests/{request}/comments");
    json::list(&paging.listing("comments", &page, place, items, &path, urls), &context.account)
}
