//! What a request did, and to which objects.

use std::fmt;

use strum::{IntoStaticStr, VariantNames};

use crate::core::clock::Timestamp;
use crate::core::ids::{PublishedName, UploadToken};
use crate::core::tokens::{Family, ObjectToken, TokenRef};

/// One thing that a request did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalEvent {
    /// What was done.
    pub kind: EventKind,
    /// What it was done to.
    pub object: ObjectRef,
    /// The token that was used for it, issued or deleted.
    pub token: Option<TokenRef>,
    /// When the token expires, if it was issued.
    pub expires_at: Option<Timestamp>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case", const_into_str)]
#[non_exhaustive]
pub enum EventKind {
    /// A token was issued; that of an upload together with its first file.
    Issued,
    /// An upload got another file.
    Appended,
    /// The bytes of an image arrived in the bucket.
    Stored,
    /// An image got its path.
    Published,
    /// A ticket got a file, or the files of an upload token.
    Attached,
    /// A file was downloaded by its URL.
    Downloaded,
    /// A ticket, a file, or an upload with its files was deleted.
    Deleted,
    /// A file was emptied.
    Redacted,
    /// A token expired before it was used. No request did it, so no entry has it.
    Expired,
    /// A ticket was created.
    Created,
    /// A ticket or a file was changed.
    Changed,
    /// An object was read, or named by a request that left it as it was.
    Read,
}

/// An object that a request names. It is written as `ticket/1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectRef {
    /// An upload, by its token.
    Upload(UploadToken),
    /// An attachment, by its id.
    Attachment(u64),
    /// A thumbnail. It is written as an attachment.
    Thumbnail {
        /// The id of the thumbnail.
        id: u64,
        /// The id of its attachment.
        of: u64,
    },
    /// A ticket or request, by its id.
    Ticket(u64),
    /// A reserved object, such as an image, by its token. It is written as `image-token/…`.
    Reserved(ObjectToken),
    /// A published object, by its name and extension. It is written as `image/….png`.
    Published(&'static Family, PublishedName, &'static str),
}

impl JournalEvent {
    /// An event without a token.
    pub fn new(kind: EventKind, object: ObjectRef) -> Self {
        Self { kind, object, token: None, expires_at: None }
    }

    /// An event of a token.
    pub fn with_token(kind: EventKind, token: TokenRef, object: ObjectRef) -> Self {
        Self { token: Some(token), ..Self::new(kind, object) }
    }

    /// The issue of a token.
    pub fn issued(token: TokenRef, object: ObjectRef, expires_at: Timestamp) -> Self {
        let expires_at = Some(expires_at);
        Self { expires_at, ..Self::with_token(EventKind::Issued, token, object) }
    }

    /// The objects that it names: the token, then the object. A ticket does not name the tokens
    /// that it attaches, as it names their files.
    pub fn objects(&self) -> impl Iterator<Item = ObjectRef> {
        let token = self.token.filter(|_| self.kind != EventKind::Attached).map(ObjectRef::from);
        token.filter(|token| *token != self.object).into_iter().chain([self.object])
    }
}

impl From<TokenRef> for ObjectRef {
    fn from(token: TokenRef) -> Self {
        match token {
            TokenRef::Upload(token) => Self::Upload(token),
            TokenRef::Object(token) => Self::Reserved(token),
        }
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload(token) => write!(f, "upload/{token}"),
            Self::Attachment(id) | Self::Thumbnail { id, .. } => write!(f, "attachment/{id}"),
            Self::Ticket(id) => write!(f, "ticket/{id}"),
            Self::Reserved(ObjectToken { family, key }) => write!(f, "{}-token/{key}", family.name),
            Self::Published(family, name, extension) => {
                write!(f, "{}/{name}.{extension}", family.name)
            }
        }
    }
}
