//! Why a ticket cannot be created, found or changed.

use crate::core::attachments::AttachmentError;
use crate::core::blobs::OutOfMemory;
use crate::core::id::IdsExhausted;
use crate::core::uploads::BadTokenError;
use uuid::Uuid;

/// Why a ticket cannot be created, found or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    #[error("no ticket has this id: never made, or deleted")]
    Unknown,
    #[error(
        "no deleted ticket has this id: never deleted, restored, deleted permanently or more than \
         deleted_ticket_ttl ago, or evicted because the store was full"
    )]
    NotDeleted,
    #[error("an end user sees only requests that it made or gets a copy of, and this is another")]
    NotShown,
    #[error("the ticket has no comment with this id")]
    UnknownComment,
    #[error("the ticket has no audit with this id")]
    UnknownAudit,
    #[error("the ticket has no side conversation with this id")]
    UnknownSideConversation,
    #[error(
        "no file of side conversations has the id {0}; send the id that \
         tickets/side_conversations/attachments answers"
    )]
    UnknownSideFile(Uuid),
    #[error("the ticket is closed, and nothing changes a closed ticket")]
    Closed,
    #[error("updated_stamp is not the ticket's updated_at, and safe_update is true; read it again")]
    UpdateConflict,
    #[error("the redaction names nothing that the comment has: {0}")]
    NothingToRedact(&'static str),
    #[error("a ticket needs a description: comment.body, comment.html_body or description")]
    DescriptionBlank,
    #[error(
        "a ticket needs a description, also when its comment brings uploads; see \
         attachment_only_comment"
    )]
    DescriptionOfFiles,
    #[error("a comment needs a body or an html_body")]
    CommentBlank,
    #[error("a comment needs a body, also when it brings uploads; see attachment_only_comment")]
    CommentOfFiles,
    #[error("a comment has at most {max} characters")]
    CommentTooLong { max: usize },
    #[error("a ticket has at most {max} custom fields")]
    TooManyCustomFields { max: usize },
    #[error("an anonymous request needs a requester with an email or a name")]
    RequesterMissing,
    #[error("the requester {name:?} is suspended; end that, or name another one")]
    RequesterSuspended { name: String },
    #[error("the requester's {email:?} is no address: expected a name, @ and a domain")]
    RequesterMalformed { email: String },
    #[error("no user has the requester's address, and a new user needs a name: requester.name")]
    RequesterUnnamed,
    #[error("{email:?}, which is to get copies, is no address: expected a name, @ and a domain")]
    CopyMalformed { email: String },
    #[error("the same Idempotency-Key came with other parameters in the last two hours")]
    IdempotencyKeyReused,
    #[error(transparent)]
    BadToken(#[from] BadTokenError),
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
    #[error(transparent)]
    IdsExhausted(#[from] IdsExhausted),
}
