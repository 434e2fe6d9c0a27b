//! Refusals that differ from Zendesk's.

use crate::core::file_checks::FailedCheck;
use crate::core::tickets::TicketError;
use crate::core::uploads::UploadError;
use crate::fidelity::KnownDifference;
use crate::http::exchange::problem::Problem;
use crate::http::support::json_input::TOO_MANY;

/// In what a refusal is known to differ from Zendesk's.
pub fn find_difference(problem: &Problem) -> Option<KnownDifference> {
    Some(match problem {
        Problem::FileTooLarge { .. } => KnownDifference::UploadLimit,
        Problem::FileCheck(FailedCheck::EmptyContentType) => KnownDifference::EmptyContentType,
        Problem::FileCheck(FailedCheck::UndecodableText) => KnownDifference::UndecodableText,
        Problem::JsonMalformed(_) => KnownDifference::MalformedJson,
        Problem::EndpointLimited { .. } => KnownDifference::EndpointRefusal,
        Problem::Upload(UploadError::TooManyFiles { .. }) => KnownDifference::FilesPerUpload,
        Problem::Ticket(TicketError::NotShown) => KnownDifference::HiddenRequest,
        Problem::Ticket(TicketError::DescriptionOfFiles | TicketError::CommentOfFiles) => {
            KnownDifference::AttachmentOnlyComment
        }
        Problem::Ticket(TicketError::CopyMalformed { .. }) => KnownDifference::MalformedCopies,
        Problem::Ticket(TicketError::BadToken(_)) => KnownDifference::BadTokenRefused,
        Problem::Ticket(TicketError::NothingToRedact(_)) => KnownDifference::RedactionRules,
        Problem::JsonTooLarge { .. }
        | Problem::WrongType { must: TOO_MANY, .. }
        | Problem::Ticket(
            TicketError::CommentTooLong { .. } | TicketError::TooManyCustomFields { .. },
        ) => KnownDifference::TextLimits,
        _ => return None,
    })
}
