//! `/api/v2/attachments/{id}`: what is known of a file.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::core::account::AttachmentEdit;
use crate::core::journal::ObjectRef;
use crate::fidelity::Differs;
use crate::http::exchange::extract::{Caller, Ids, Sent};
use crate::http::exchange::json::Record;
use crate::http::support::error::SupportError;
use crate::http::support::json_input;
use crate::http::support::objects::AttachmentJson;

#[derive(Serialize)]
struct Envelope<'a> {
    attachment: AttachmentJson<'a>,
}

/// `GET /api/v2/attachments/{id}`
pub async fn show(Caller(context): Caller, Ids([id]): Ids<1>) -> Result<Response, SupportError> {
    let found = context.account.find_attachment(id)?;
    context.touch(ObjectRef::Attachment(id));
    let attachment = AttachmentJson::found(&found, &context.urls);
    Ok(Record(Envelope { attachment }).into_response())
}

/// `PUT /api/v2/attachments/{id}`: lets a file be downloaded in spite of malware, or not any more.
pub async fn update(
    Caller(context): Caller,
    Ids([id]): Ids<1>,
    Sent(body): Sent,
) -> Result<Response, SupportError> {
    let mut edit = AttachmentEdit::default();
    if let Value::Object(body) = &body
        && let Some(attachment) = json_input::object(body, "attachment")?
    {
        edit.malware_access_override = json_input::flag(attachment, "malware_access_override")?;
    }
    let attachment = context.account.edit_attachment(id, edit)?;
    context.touch(ObjectRef::Attachment(id));
    let attachment = AttachmentJson::new(&attachment, &context.urls);
    Ok(Record(Envelope { attachment }).into_response())
}

/// `DELETE /api/v2/attachments/{id}`
pub async fn delete(
    Caller(context): Caller,
    Ids([id]): Ids<1>,
) -> Result<StatusCode, SupportError> {
    context.account.delete_attachment(id)?;
    context.differs(Differs::DeletionAtOnce);
    context.differs(Differs::RedactionToken);
    context.touch(ObjectRef::Attachment(id));
    Ok(StatusCode::NO_CONTENT)
}
