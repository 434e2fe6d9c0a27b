//! What can go wrong inside, as callers tell it apart. No status codes: `http` gives those.

/// Why an account did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The upload token was never issued, was deleted, or has expired.
    #[error("no upload has this token: never issued, deleted, or past its life")]
    UnknownUpload,
    /// The upload token was attached to a ticket.
    #[error("this upload token was attached to ticket {ticket}")]
    UploadAttached {
        /// The ticket.
        ticket: u64,
    },
    /// The upload token belongs to an earlier comment of the same import.
    #[error("an earlier comment of the same ticket takes this upload token")]
    UploadTaken,
    /// A ticket names an upload token that cannot be attached.
    #[error("upload token {token:?} cannot be attached: {cause}; bad_token_on_ticket is reject")]
    BadToken {
        /// The token as it was sent.
        token: String,
        /// Why not.
        cause: Box<Error>,
    },
    /// The file holds malware, and nobody lets it be downloaded in spite of that.
    #[error("malware was found in this file, and malware_access_override is off")]
    MalwareFound,
    /// No ticket has this id.
    #[error("no ticket has this id: never made, or deleted")]
    UnknownTicket,
    /// The ticket has no comment with this id.
    #[error("the ticket has no comment with this id")]
    UnknownComment,
    /// No brand has this id.
    #[error("no brand has this id: brands come from the account's seed")]
    UnknownBrand,
    /// No user has this id.
    #[error("no user has this id: users appear when they call or when a ticket names them")]
    UnknownUser,
    /// The ticket is closed.
    #[error("the ticket is closed, and nothing changes a closed ticket")]
    TicketClosed,
    /// A ticket that says nothing.
    #[error("a ticket needs a description: comment.body, comment.html_body or description")]
    DescriptionBlank,
    /// A ticket with too many custom fields.
    #[error("a ticket has at most {max} custom fields")]
    TooManyCustomFields {
        /// Custom fields that one ticket may have.
        max: usize,
    },
    /// A comment that says too much.
    #[error("a comment has at most {max} characters")]
    CommentTooLong {
        /// Characters that it may have.
        max: usize,
    },
    /// A comment that says nothing.
    #[error("a comment needs a body, also when it brings uploads")]
    CommentBlank,
    /// A request that is nobody's.
    #[error("an anonymous request needs a requester with an email or a name")]
    RequesterMissing,
    /// An idempotency key that came with something else before.
    #[error("the same Idempotency-Key came with other parameters in the last two hours")]
    IdempotencyKeyReused,
    /// No attachment has this id, or it has expired with its upload.
    #[error("no attachment has this id: never made, deleted, or expired with its upload")]
    UnknownAttachment,
    /// No file has this URL token, or it has expired with its upload.
    #[error("no file has this URL token: never made, deleted, or expired with its upload")]
    UnknownContent,
    /// The upload holds as many files as it may.
    #[error("max_files_per_upload is {max}, and the upload holds as many")]
    TooManyFiles {
        /// Files that one upload may hold.
        max: usize,
    },
    /// The store has no room for more bytes.
    #[error("the store is full: max_memory is {limit} bytes")]
    OutOfMemory {
        /// The budget, in bytes.
        limit: u64,
    },
    /// There are as many accounts as there may be.
    #[error("max_accounts is {max}, and as many have appeared")]
    TooManyAccounts {
        /// Accounts that one server may hold.
        max: usize,
    },
    /// There is an account of this name.
    #[error("there is an account of this name")]
    AccountExists,
    /// There is no account of this name.
    #[error("there is no account of this name")]
    UnknownAccount,
    /// The default account is always there.
    #[error("the default account cannot be deleted; reset it instead")]
    AccountNeeded,
    /// There are as many faults as there may be.
    #[error("an account has at most {max} faults; remove those that are done")]
    TooManyFaults {
        /// Rules that one account may have.
        max: usize,
    },
    /// As many scan results are waiting for files as may be.
    #[error("at most {max} scan results can wait for files")]
    TooManyScans {
        /// Scan results that can wait.
        max: usize,
    },
    /// There are as many snapshots as there may be.
    #[error("an account has at most {max} snapshots; delete those that are not needed")]
    TooManySnapshots {
        /// Snapshots that one account may have.
        max: usize,
    },
    /// No snapshot has this name.
    #[error("no snapshot has this name: never taken, or deleted")]
    UnknownSnapshot,
    /// No fault has this id.
    #[error("no fault has this id: never made, or removed")]
    UnknownFault,
    /// Images of this type are not taken.
    #[error("content_type {content_type:?} is not among image_types")]
    ImageTypeNotAllowed {
        /// The declared type.
        content_type: String,
    },
    /// The image is larger than it may be, as declared or as stored.
    #[error("the image has {size} bytes; max_image_size is {max}")]
    ImageTooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        max: u64,
    },
    /// The image has no bytes, as declared or as stored.
    #[error("the image is empty")]
    ImageEmpty,
    /// The image token was never issued, or has expired.
    #[error("no user image has this token: never reserved, or past its life")]
    UnknownImageToken,
    /// The image was reserved, but its bytes never arrived.
    #[error("the image was reserved but nothing was stored: the PUT is missing or was refused")]
    ImageNotStored,
    /// The stored image is not of the reserved type.
    #[error("reserved as {reserved} but stored as {stored}")]
    ImageTypeDiffers {
        /// The type declared at the reservation.
        reserved: String,
        /// The type of what was stored.
        stored: String,
    },
    /// The image was published before.
    #[error("the image token was used before")]
    ImageAlreadyPublished,
    /// No published image has this path.
    #[error("no published image has this path")]
    UnknownImage,
}
