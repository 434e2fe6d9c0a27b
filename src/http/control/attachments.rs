//! `/_mock/attachments/{id}` and `/_mock/malware`: properties of files that only Zendesk decides.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use strum::VariantNames;

use crate::core::account::{AttachmentEdit, ScanOf};
use crate::core::malware::{Scan, ScanResult};
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::Path;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::{Json, Named};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

pub const SCAN_RESULT: Field = Field::optional(
    "malware_scan_result",
    Kind::OneOf(ScanResult::VARIANTS),
    "the result of its malware scan",
);
pub const INLINE: Field =
    Field::optional("inline", Kind::Flag, "whether it is part of the text of its comment");

pub const RESULT: Field = Field::required(
    "malware_scan_result",
    Kind::OneOf(ScanResult::VARIANTS),
    "the result of the scan",
);
pub const ATTACHMENT: Field =
    Field::optional("attachment", Kind::Number, "the id of a stored file");
pub const NEXT: Field = Field::optional(
    "next",
    Kind::Number,
    "how many of the next files; without it and attachment: 1",
);
pub const AFTER: Field =
    Field::optional("after", Kind::Time, "the delay, on the account's clock; without it: at once");

/// `PUT /_mock/attachments/{id}`
pub async fn edit(context: Context, Path(id): Path, input: Input) -> Result<Response, Refusal> {
    let scan_result = input.parsed(&SCAN_RESULT)?;
    let inline = input.flag(&INLINE)?;
    let id = id.parse().map_err(|_| Problem::field("id", "takes the id of an attachment"))?;
    let edit = AttachmentEdit { scan_result, inline, ..AttachmentEdit::default() };
    let attachment = context.account.edit_attachment(id, edit)?;
    let attachment = AttachmentJson::new(&attachment, &context.urls);
    Ok(Json(Named("attachment", attachment)).into_response())
}

/// `POST /_mock/malware`
pub async fn scan(context: Context, input: Input) -> Result<StatusCode, Refusal> {
    let scan = Scan {
        result: input.parsed(&RESULT)?.ok_or_else(|| RESULT.refused())?,
        after: input.time(&AFTER)?.unwrap_or_default(),
    };
    let next = match input.number(&NEXT)? {
        Some(0) => return Err(Problem::field(NEXT.name, "takes a whole number from 1 on").into()),
        next => next.map(usize::try_from).transpose(),
    };
    let of = match (input.number(&ATTACHMENT)?, next.map_err(|_| NEXT.refused())?) {
        (Some(id), None) => ScanOf::Attachment(id),
        (Some(_), Some(_)) => {
            return Err(Problem::field(NEXT.name, "cannot go together with attachment").into());
        }
        (None, next) => ScanOf::Next(next.unwrap_or(1)),
    };
    context.account.schedule_scan(of, scan)?;
    Ok(StatusCode::NO_CONTENT)
}
