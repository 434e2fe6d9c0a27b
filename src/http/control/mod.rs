//! `/_mock/…`: what a test does to the server rather than to Zendesk.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::ORIGIN;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::answer::Json;
use super::error::{Problem, SupportError, refusal};
use super::extract::{Context, Ids, Sent};
use super::json;
use super::wire::{AttachmentJson, parse_scan_result};
use crate::core::account::AttachmentEdit;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// `GET /_mock/health`: the server answers.
pub async fn health() -> Response {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") }).into_response()
}

#[derive(Serialize)]
struct Reset<'a> {
    account: &'a str,
    removed: Removed,
}

#[derive(Serialize)]
struct Removed {
    uploads: usize,
    attachments: usize,
    tickets: usize,
    users: usize,
    image_tokens: usize,
    published_images: usize,
}

/// `POST /_mock/reset`: empties the account that the request is addressed to.
pub async fn reset(context: Context) -> Response {
    let held = context.account.reset();
    Json(Reset {
        account: context.account.name(),
        removed: Removed {
            uploads: held.uploads,
            attachments: held.attachments,
            tickets: held.tickets,
            users: held.users,
            image_tokens: held.image_tokens,
            published_images: held.published_images,
        },
    })
    .into_response()
}

#[derive(Serialize)]
struct Attachment<'a> {
    attachment: AttachmentJson<'a>,
}

/// `PUT /_mock/attachments/{id}`: what only Zendesk itself decides of a file. `malware_scan_result` is what
/// its scan came to; `inline` makes it part of the text of its comment.
pub async fn edit_attachment(
    context: Context,
    Ids([id]): Ids<1>,
    Sent(body): Sent,
) -> Result<Response, SupportError> {
    let Value::Object(body) = &body else {
        let cause = "the body is no object".to_owned();
        return Err(Problem::JsonMalformed { cause, status: 400 }.into());
    };
    let scan_result = match json::present_text(body, "malware_scan_result")? {
        Some(name) => Some(parse_scan_result(name).ok_or_else(|| Problem::WrongType {
            attribute: "malware_scan_result".to_owned(),
            must: "must be not_scanned, malware_not_found, malware_found or failed_to_scan",
        })?),
        None => None,
    };
    let inline = json::flag(body, "inline")?;
    let edit = AttachmentEdit { scan_result, inline, ..AttachmentEdit::default() };
    let attachment = context.account.edit_attachment(id, edit)?;
    let attachment = AttachmentJson::new(&attachment, &context.urls);
    Ok(Json(Attachment { attachment }).into_response())
}

/// Any other path or method below `/_mock`.
pub async fn unknown() -> Response {
    refused(StatusCode::NOT_FOUND, "NotFound", "no such path or method below /_mock")
}

/// Pages of other origins must not empty a developer's server.
pub async fn own_pages_only(context: Context, request: Request, next: Next) -> Response {
    let is_own = |origin: &str| context.urls.is_own_origin(origin, &context.config);
    match request.headers().get(ORIGIN) {
        Some(origin) if !origin.to_str().is_ok_and(is_own) => refused(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "the control API answers no page of another origin",
        ),
        _ => next.run(request).await,
    }
}

#[derive(Serialize)]
struct Refused {
    error: &'static str,
    description: &'static str,
}

fn refused(status: StatusCode, error: &'static str, description: &'static str) -> Response {
    refusal(&description, (status, Json(Refused { error, description })))
}
