//! `/_mock/attachments/{id}`: what only Zendesk itself decides of a file.

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::error::ControlError;
use super::input::{Field, Input, Kind};
use crate::core::account::AttachmentEdit;
use crate::core::attachments::ScanResult;
use crate::http::answer::Json;
use crate::http::extract::{Context, Path};
use crate::http::wire::{AttachmentJson, parse_scan_result};

const SCAN_RESULTS: &[&str] =
    &["not_scanned", "malware_not_found", "malware_found", "failed_to_scan"];

/// What the scan of a file came to.
pub const SCAN_RESULT: Field = Field::optional(
    "malware_scan_result",
    Kind::OneOf(SCAN_RESULTS),
    "what its malware scan came to",
);
/// Whether a file is part of the text of its comment.
pub const INLINE: Field =
    Field::optional("inline", Kind::Flag, "whether it is part of the text of its comment");

#[derive(Serialize)]
struct Envelope<'a> {
    attachment: AttachmentJson<'a>,
}

/// `PUT /_mock/attachments/{id}`
pub async fn edit(
    context: Context,
    Path(id): Path,
    input: Input,
) -> Result<Response, ControlError> {
    let scan_result = input.text(&SCAN_RESULT)?.map(scan_result).transpose()?;
    let inline = input.flag(&INLINE)?;
    let id = id.parse().map_err(|_| ControlError::field("id", "takes the id of an attachment"))?;
    let edit = AttachmentEdit { scan_result, inline, ..AttachmentEdit::default() };
    let attachment = context.account.edit_attachment(id, edit)?;
    let attachment = AttachmentJson::new(&attachment, &context.urls);
    Ok(Json(Envelope { attachment }).into_response())
}

fn scan_result(name: &str) -> Result<ScanResult, ControlError> {
    parse_scan_result(name).ok_or_else(|| SCAN_RESULT.refused())
}
