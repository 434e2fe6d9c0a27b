//! Refuses comments without text, for which their files may stand.

use crate::core::account::settings::{AccountSettings, AttachmentOnlyComment};
use crate::core::ids::UploadToken;
use crate::core::tickets::{NewComment, TicketError};

/// Refuses a first comment without text, which files may stand for.
pub fn ensure_described(first: &NewComment, settings: &AccountSettings) -> Result<(), TicketError> {
    let (blank, of_files) = (TicketError::DescriptionBlank, TicketError::DescriptionOfFiles);
    ensure_text(first, settings, blank, of_files)
}

/// Refuses a later comment without text, which files may stand for.
pub fn ensure_text_or_files(
    comment: &NewComment,
    settings: &AccountSettings,
) -> Result<(), TicketError> {
    ensure_text(comment, settings, TicketError::CommentBlank, TicketError::CommentOfFiles)
}

fn ensure_text(
    comment: &NewComment,
    settings: &AccountSettings,
    blank: TicketError,
    of_files: TicketError,
) -> Result<(), TicketError> {
    match settings.attachment_only_comment {
        _ if !comment.text.is_blank() => Ok(()),
        _ if comment.uploads.is_empty() => Err(blank),
        AttachmentOnlyComment::Reject => Err(of_files),
        AttachmentOnlyComment::Accept => Ok(()),
    }
}

/// Refuses comments of a new ticket that have neither a text nor a file. Bad tokens can be ignored.
pub fn ensure_none_empty(
    comments: &[NewComment],
    tokens: &[Vec<UploadToken>],
) -> Result<(), TicketError> {
    let is_empty =
        |(comment, tokens): (&NewComment, &Vec<_>)| comment.text.is_blank() && tokens.is_empty();
    match comments.iter().zip(tokens).position(is_empty) {
        None => Ok(()),
        Some(0) => Err(TicketError::DescriptionOfFiles),
        Some(_) => Err(TicketError::CommentBlank),
    }
}
