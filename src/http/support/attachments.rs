//! `/api/v2/attachments/{id}`: the metadata of a file.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::core::account::AttachmentEdit;
use crate::core::journal::{EventKind, ObjectRef};
use crate::fidelity::KnownDifference;
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::PathIds;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_body::JsonBody;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::json_input;

/// `GET /api/v2/attachments/{id}`
pub async fn show(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
) -> Result<Response, Refusal> {
    let found = context.account.find_attachment(id)?;
    recorder.record_object(EventKind::Read, ObjectRef::Attachment(id));
    let attachment = AttachmentJson::found(&found, &context.urls);
    Ok(TaggedJson(NamedValue("attachment", attachment)).into_response())
}

/// `PUT /api/v2/attachments/{id}`: allows downloads in spite of malware, or forbids them.
pub async fn update(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    let mut edit = AttachmentEdit::default();
    if let Value::Object(body) = &body
        && let Some(attachment) = json_input::object(body, "attachment")?
    {
        edit.malware_access_override = json_input::flag(attachment, "malware_access_override")?;
    }
    let attachment = context.account.edit_attachment(id, edit)?;
    recorder.record_object(EventKind::Changed, ObjectRef::Attachment(id));
    let attachment = AttachmentJson::new(&attachment, &context.urls);
    Ok(TaggedJson(NamedValue("attachment", attachment)).into_response())
}

/// `DELETE /api/v2/attachments/{id}`
pub async fn delete(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
) -> Result<StatusCode, Refusal> {
    context.account.delete_attachment(id)?;
    recorder.record_difference(KnownDifference::DeletionAtOnce);
    recorder.record_difference(KnownDifference::RedactionKeepsUrl);
    recorder.record_object(EventKind::Deleted, ObjectRef::Attachment(id));
    Ok(StatusCode::NO_CONTENT)
}
