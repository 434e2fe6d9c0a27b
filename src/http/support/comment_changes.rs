//! Redactions of comments, and comments that become private.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::core::account::{FileName, Redaction, RedactionResult, TextRedaction};
use crate::core::attachments::AttachmentError;
use crate::core::id::Id;
use crate::core::ids::FileToken;
use crate::core::journal::{EventKind, ObjectRef};
use crate::core::tickets::TicketError;
use crate::core::tickets::text::MarkedText;
use crate::fidelity::KnownDifference;
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Client, PathIds};
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_body::JsonBody;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::json_input::{self, JsonMap};
use crate::http::support::objects::comment::CommentJson;

/// What is before the token in a `content_url`.
const CONTENT_PATH: &str = "/attachments/token/";

/// `PUT /api/v2/tickets/{id}/comments/{id}/attachments/{id}/redact`. The response shows the file as
/// it was, as recorded. The body of the request is ignored.
pub async fn redact_file(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket, comment, attachment]): PathIds<3>,
    client: Client,
) -> Result<Response, Refusal> {
    let files = vec![FileName::Id(attachment)];
    let redaction = Redaction { files, ..Redaction::default() };
    let done = context.account.redact_comment(ticket, comment, &redaction, client.sender())?;
    record(&recorder, ticket, &done);
    let was = done.emptied.first().ok_or(TicketError::Attachment(AttachmentError::Unknown))?;
    let attachment = AttachmentJson::new(was, &context.urls);
    Ok(TaggedJson(NamedValue("attachment", attachment)).into_response())
}

/// `PUT /api/v2/tickets/{id}/comments/{id}/redact`: a word or string.
pub async fn redact_string(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket, comment]): PathIds<2>,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    // A ticket or comment that is unknown or closed is refused before its body is checked.
    let found = context.account.find_ticket(ticket)?;
    found.find_comment(comment)?;
    found.ensure_open()?;
    let secret = match &body {
        Value::Object(body) => json_input::present_text(body, "text")?.unwrap_or_default(),
        _ => "",
    };
    if secret.trim().is_empty() {
        return Err(TicketError::NothingToRedact("text is missing or blank").into());
    }
    let text = Some(TextRedaction::String(secret));
    let redaction = Redaction { text, ..Redaction::default() };
    let done = context.account.redact_comment(ticket, comment, &redaction, client.sender())?;
    recorder.record_difference(KnownDifference::RedactionRules);
    Ok(answer(&done, ticket, &context, &recorder))
}

/// `PUT /api/v2/comment_redactions/{id}`: texts that are marked in `html_body`, and the files at
/// `external_attachment_urls`. The body names the ticket, which may be closed.
pub async fn redact_comment(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([comment]): PathIds<1>,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    let Value::Object(body) = &body else { return Err(missing_ticket().into()) };
    let ticket = json_input::id(body, "ticket_id")?.flatten().map(Id::get);
    let ticket = ticket.ok_or_else(missing_ticket)?;
    context.account.find_ticket(ticket)?.find_comment(comment)?;
    let marked = read_marked(body)?;
    let files = read_urls(body)?;
    if marked.is_none() && files.is_empty() {
        if !body.get("text").is_none_or(Value::is_null) {
            recorder.record_hint(
                "text is ignored; mark it in html_body, or send it to \
                 PUT /api/v2/tickets/{id}/comments/{id}/redact",
            );
        }
        let reason = "html_body and external_attachment_urls are missing or empty";
        return Err(TicketError::NothingToRedact(reason).into());
    }
    let images = marked.iter().flat_map(|marked| &marked.images);
    let redaction = Redaction {
        images: images.filter_map(|url| token_in(url)).collect(),
        text: marked.as_ref().map(TextRedaction::Marked),
        files,
        is_for_closed: true,
    };
    let done = context.account.redact_comment(ticket, comment, &redaction, client.sender())?;
    if redaction.text.is_some() {
        recorder.record_difference(KnownDifference::RedactionRules);
    }
    Ok(answer(&done, ticket, &context, &recorder))
}

/// `PUT /api/v2/tickets/{id}/comments/{id}/make_private`
pub async fn make_private(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket, comment]): PathIds<2>,
    client: Client,
) -> Result<Response, Refusal> {
    let was_public = context.account.make_comment_private(ticket, comment, client.sender())?;
    let kind = if was_public { EventKind::Changed } else { EventKind::Read };
    recorder.record_object(kind, ObjectRef::Ticket(ticket));
    Ok(TaggedJson(JsonMap::new()).into_response())
}

fn missing_ticket() -> Problem {
    Problem::WrongType { attribute: "ticket_id".to_owned(), must: "must be an integer" }
}

fn read_marked(body: &JsonMap) -> Result<Option<MarkedText>, Problem> {
    let Some(html) = json_input::present_text(body, "html_body")? else { return Ok(None) };
    let reason = "html_body has no element redact and no attribute redact";
    let marked = MarkedText::parse(html).ok_or(TicketError::NothingToRedact(reason))?;
    Ok(Some(marked))
}

/// Reads the URLs of files. One that is no `content_url` names no file.
fn read_urls(body: &JsonMap) -> Result<Vec<FileName>, Problem> {
    let name = "external_attachment_urls";
    let urls = json_input::texts(body, name, |url| vec![url.to_owned()])?;
    let urls = json_input::bounded(name, urls.unwrap_or_default())?;
    let files = urls.iter().map(|url| {
        let token = token_in(url).ok_or(AttachmentError::UnknownContent)?;
        Ok(FileName::Token(token))
    });
    files.collect()
}

/// The token in a `content_url`, at whatever host: an account has several.
fn token_in(url: &str) -> Option<FileToken> {
    let (_, rest) = url.split_once(CONTENT_PATH)?;
    FileToken::parse(rest.split(['/', '?', '#']).next()?)
}

fn answer(
    done: &RedactionResult,
    ticket: u64,
    context: &RequestContext,
    recorder: &Recorder,
) -> Response {
    record(recorder, ticket, done);
    let comment = CommentJson::listed(&done.comment, true, &context.urls);
    TaggedJson(NamedValue("comment", comment)).into_response()
}

fn record(recorder: &Recorder, ticket: u64, done: &RedactionResult) {
    recorder.record_object(EventKind::Changed, ObjectRef::Ticket(ticket));
    for file in &done.emptied {
        recorder.record_object(EventKind::Redacted, ObjectRef::Attachment(file.original.id));
        recorder.record_difference(KnownDifference::RedactionKeepsUrl);
    }
}
