//! Refusals of files.

use crate::core::account::settings::AccountSettings;
use crate::core::file_checks::FailedCheck;
use crate::http::exchange::problem::Problem;
use crate::http::support::error::envelope::{Envelope, invalid, plain, too_large};

/// What refuses a file, if the problem is one of a file.
pub fn refusal(problem: &Problem, settings: &AccountSettings) -> Option<(u16, Envelope)> {
    Some(match problem {
        Problem::FilenameMissing(_) => (422, invalid("filename", "cannot be blank", None)),
        Problem::FilenameTooLong { max, .. } => {
            let text = format!("The filename is too long (maximum is {max} characters)");
            (422, plain("AttachmentFilenameTooLong", text))
        }
        Problem::FileEmpty(_) => {
            let text = "Size Size is not included in the list (1..1073741824)";
            (422, invalid("size", text, None))
        }
        Problem::FileTooLarge { .. } => (settings.too_large_status, too_large()),
        Problem::TypeUnknown => {
            let text = "Content type cannot be blank";
            (422, invalid("content_type", text, Some("BlankValue")))
        }
        // The text is that of a user's upload in 2026; the envelope is that of the next one.
        Problem::FileCheck(FailedCheck::MissingExtension) => {
            let text = "The file name must end with an extension, such as .jpg, .png, or another \
                        valid format.";
            (422, invalid("base", text, None))
        }
        // Zendesk's own form reads this field; the text is that of a client's tests.
        Problem::FileCheck(FailedCheck::WrongExtension(_)) => {
            let text = "The file type and file extension do not match. Try again.";
            (422, invalid("base", text, None))
        }
        Problem::FormMalformed(_) | Problem::FileCheck(_) => {
            (422, plain("AttachmentUnprocessable", "The uploaded file could not be processed"))
        }
        _ => return None,
    })
}
