//! `/api/v2/attachments/{id}`: what is known of a file.

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::answer::Json;
use super::error::{Problem, SupportError};
use super::extract::{Caller, Path};
use super::wire::AttachmentJson;

#[derive(Serialize)]
struct Envelope<'a> {
    attachment: AttachmentJson<'a>,
}

/// `GET /api/v2/attachments/{id}`
pub async fn show(Caller(context): Caller, Path(id): Path) -> Result<Response, SupportError> {
    let digits = id.bytes().all(|byte| byte.is_ascii_digit()).then_some(&*id);
    let Some(id) = digits.and_then(|digits| digits.parse().ok()) else {
        return Err(Problem::NotAnId(id).into());
    };
    let found = context.account.find_attachment(id)?;
    let attachment = AttachmentJson::found(&found, &context.urls);
    Ok(Json(Envelope { attachment }).into_response())
}
