//! `/api/v2/tickets/{id}/comments` and `…/audits`: what was said and done, and redaction.

use axum::extract::RawQuery;
use axum::http::HeaderValue;
use axum::http::header::LAST_MODIFIED;
use axum::response::{IntoResponse, Response};

use crate::core::account::{Happened, Said, Sender};
use crate::core::journal::ObjectRef;
use crate::fidelity::Differs;
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::{Client, PathIds};
use crate::http::exchange::json::{self, Named, TaggedJson};
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::objects::{AuditJson, CommentJson};
use crate::http::support::pagination::{Paging, Place};

/// `GET /api/v2/tickets/{id}/comments`
pub async fn list(
    context: Context,
    recorder: Recorder,
    PathIds([ticket]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    let with_inline = paging.other("include_inline_images") == Some("true");
    let page = context.account.list_comments(ticket, false, paging.order(), paging.window())?;
    paging.record(&recorder);
    let urls = &context.urls;
    let items =
        page.items.iter().map(|said| CommentJson::listed(said, with_inline, urls)).collect();
    let place = |said: &Said| Place::Time(said.comment.created_at, said.comment.id);
    let path = format!("tickets/{ticket}/comments");
    let latest = page.items.iter().map(|said| said.comment.created_at).max();
    let modified = latest
        .and_then(|at| HeaderValue::try_from(httpdate::fmt_http_date(at.into())).ok())
        .map(|at| [(LAST_MODIFIED, at)]);
    let listing = paging.listing("comments", &page, place, items, &path, urls);
    Ok((modified, json::list(&listing, &context.account)?).into_response())
}

/// `GET /api/v2/tickets/{id}/audits`
pub async fn list_audits(
    context: Context,
    recorder: Recorder,
    PathIds([ticket]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    let page = context.account.list_audits(ticket, paging.order(), paging.window())?;
    paging.record(&recorder);
    let urls = &context.urls;
    let items = page.items.iter().map(|happened| AuditJson::new(happened, urls)).collect();
    let place = |happened: &Happened| Place::Time(happened.audit.created_at, happened.audit.id);
    let path = format!("tickets/{ticket}/audits");
    let listing = paging.listing("audits", &page, place, items, &path, urls);
    Ok(json::list(&listing, &context.account)?)
}

/// `PUT /api/v2/tickets/{id}/comments/{id}/attachments/{id}/redact`. It answers what the file was, as
/// recorded; the next read shows what it is. What is sent with it does not matter.
pub async fn redact(
    context: Context,
    recorder: Recorder,
    PathIds([ticket, comment, attachment]): PathIds<3>,
    Client(client): Client,
) -> Result<Response, Refusal> {
    let login = context.login();
    let sender = Sender { login: Some(&login), client: client.as_deref() };
    recorder.touch(ObjectRef::Ticket(ticket));
    recorder.touch(ObjectRef::Attachment(attachment));
    let was = context.account.redact_attachment(ticket, comment, attachment, sender)?;
    recorder.differs(Differs::RedactionToken);
    let attachment = AttachmentJson::new(&was, &context.urls);
    Ok(TaggedJson(Named("attachment", attachment)).into_response())
}
