//! What users found Zendesk to check of a file since about 2025.

use crate::core::account::settings::AccountSettings;
use crate::core::attachments::NewFile;
use crate::core::media;
use crate::core::signatures::{self, NameMismatch};

/// A check that a file does not pass. Whether that refuses it is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FailedCheck {
    #[error("Content-Type is sent without a value; leave it out, or name a type")]
    EmptyContentType,
    #[error("the file name has no extension; add one, as in notes.txt")]
    MissingExtension,
    #[error("{0}; correct the name or the file")]
    WrongExtension(NameMismatch),
    #[error("the file is declared as text, and it is not in UTF-8; encode it, or declare no text")]
    UndecodableText,
}

impl FailedCheck {
    /// Whether a file that does not pass is refused.
    pub fn is_refused(self, settings: &AccountSettings) -> bool {
        let verdict = match self {
            Self::EmptyContentType => settings.empty_content_type,
            Self::MissingExtension => settings.missing_extension,
            Self::WrongExtension(_) => settings.wrong_extension,
            Self::UndecodableText => settings.undecodable_text,
        };
        verdict.rejects(settings.upload_checks)
    }

    /// The setting of this check alone.
    pub fn setting(self) -> &'static str {
        match self {
            Self::EmptyContentType => "empty_content_type",
            Self::MissingExtension => "missing_extension",
            Self::WrongExtension(_) => "wrong_extension",
            Self::UndecodableText => "undecodable_text",
        }
    }
}

pub fn check_name(file_name: &str) -> Result<(), FailedCheck> {
    media::extension(file_name).map(drop).ok_or(FailedCheck::MissingExtension)
}

pub fn check_content(file: &NewFile) -> Result<(), FailedCheck> {
    signatures::compare(&file.file_name, &file.blob).map_err(FailedCheck::WrongExtension)
}

/// Reads all of the file if text that is not in UTF-8 is refused, and else only its beginning.
pub fn check_text(file: &NewFile, settings: &AccountSettings) -> Result<(), FailedCheck> {
    let failed = FailedCheck::UndecodableText;
    let essence = media::essence(&file.content_type);
    let is_text = essence.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("text/"));
    let is_refused = failed.is_refused(settings);
    let is_utf8 = if is_refused { signatures::is_utf8 } else { signatures::begins_as_utf8 };
    if !is_text || is_utf8(&file.blob) { Ok(()) } else { Err(failed) }
}
