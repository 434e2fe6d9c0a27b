//! `/_mock/attachments/{id}` and `/_mock/malware`: properties of files that only Zendesk decides.

use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::values::{Notated, TimeValue};
use crate::core::account::{Account, AttachmentEdit, ScanError, ScanOf};
use crate::core::attachments::AttachmentError;
use crate::core::malware::{Scan, ScanResult};
use crate::http::control::answer::Reply;
use crate::http::control::call::{Call, Fields, NoFields};
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::problem::Problem;

/// What to change of a file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileChange {
    /// The result of its malware scan.
    malware_scan_result: Option<Notated<ScanResult>>,
    /// Whether it is part of the text of its comment.
    inline: Option<bool>,
}

impl Fields for FileChange {
    const EXAMPLE: &'static str = r#"{"malware_scan_result": "malware_found"}"#;
    const NEEDS_BODY: bool = true;
}

/// The result of a scan.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("not" = {"required": ["attachment", "next"]}))]
pub struct NewScan {
    /// The result of the scan.
    malware_scan_result: Notated<ScanResult>,
    /// The id of a stored file.
    attachment: Option<u64>,
    /// How many of the next files; without it and `attachment`: 1.
    next: Option<NonZeroUsize>,
    /// The delay, on the account's clock; without it: at once.
    after: Option<TimeValue>,
}

impl Fields for NewScan {
    const EXAMPLE: &'static str = r#"{"malware_scan_result": "malware_found", "next": 1}"#;
}

#[derive(Serialize, JsonSchema)]
pub struct ChangedFile<'a> {
    /// The attachment, as in Zendesk's answers.
    #[schemars(with = "Value")]
    attachment: AttachmentJson<'a>,
}

pub async fn edit(call: Call<FileChange>) -> Reply<ChangedFile<'static>> {
    let FileChange { malware_scan_result, inline } = &call.input;
    let scan_result = malware_scan_result.map(|result| result.0);
    let edit = AttachmentEdit { scan_result, inline: *inline, ..AttachmentEdit::default() };
    let id = call.number("id")?;
    let attachment =
        call.account().edit_attachment(id, edit).map_err(|error| missing(&call, id, error))?;
    call.answer(ChangedFile { attachment: AttachmentJson::new(&attachment, &call.context.urls) })
        .await
}

pub async fn scan(call: Call<NewScan>) -> Reply<NoFields> {
    let NewScan { malware_scan_result, attachment, next, after } = &call.input;
    let after = after.as_ref().map(|after| after.0).unwrap_or_default();
    let scan = Scan { result: malware_scan_result.0, after };
    let of = match (*attachment, *next) {
        (Some(id), None) => ScanOf::Attachment(id),
        (Some(_), Some(_)) => {
            return Err(Problem::field("next", "cannot go together with attachment").into());
        }
        (None, next) => ScanOf::Next(next.map_or(1, NonZeroUsize::get)),
    };
    call.account().schedule_scan(of, scan).map_err(|error| match (error, of) {
        (ScanError::Attachment(error), ScanOf::Attachment(id)) => missing(&call, id, error),
        (error, _) => error.into(),
    })?;
    call.answer(NoFields {}).await
}

fn missing<I>(call: &Call<I>, id: u64, error: AttachmentError) -> Problem {
    call.missing(error, |account: &Account| account.find_attachment(id).is_ok())
}
