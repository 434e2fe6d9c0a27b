//! The bytes that a request brought, for as long as somebody keeps them.
//!
//! An entry keeps none itself. The journal keeps small bodies, which go when newer ones need the room;
//! the store keeps files, which go when they are deleted or expire. So an entry that somebody holds on
//! to holds no body.

use std::fmt::Write as _;

use crate::core::blobs::{Blob, WeakBlob};
use crate::core::media;

/// The largest body that the journal keeps itself, in bytes.
pub const LARGEST: usize = 64 * 1024;

/// The body of a request, or the file in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// There was none.
    #[default]
    None,
    /// The journal keeps it, or did.
    Small(WeakBlob),
    /// It is a file, which the account keeps, or did.
    File(WeakBlob),
    /// It did not arrive to its end.
    Broken,
    /// It is no file, and is larger than what the journal keeps.
    Large,
    /// It was small, and there was no room.
    NoRoom,
}

/// Why bytes cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// There were none.
    #[error("the request had no body")]
    None,
    /// Newer ones took their place.
    #[error("the body is not kept any more: it made room for newer ones")]
    Dropped,
    /// The file is gone.
    #[error("the file is not stored any more: deleted, replaced or past its life")]
    Gone,
    /// They did not all arrive.
    #[error("the body did not arrive to its end")]
    Broken,
    /// They are no file, and too many.
    #[error(
        "the body was not stored as a file, and of others only those of at most 64 KiB are kept"
    )]
    Large,
    /// There was no room.
    #[error("the body was not kept: the journals had no room for it")]
    NoRoom,
}

impl Body {
    /// All of the bytes.
    ///
    /// # Errors
    /// Why they are not there.
    pub fn bytes(&self) -> Result<Vec<u8>, NotKept> {
        Ok(self.find()?.chunks().concat())
    }

    /// Their SHA-256, in hexadecimal digits. It is computed now.
    ///
    /// # Errors
    /// Why they are not there.
    pub fn sha256(&self) -> Result<String, NotKept> {
        Ok(sha256(&self.find()?))
    }

    /// The type that the first bytes stand for, if it is one of an image.
    ///
    /// # Errors
    /// Why they are not there.
    pub fn sniffed_type(&self) -> Result<Option<&'static str>, NotKept> {
        Ok(media::type_by_content(&self.find()?))
    }

    /// How many bytes a kept body has, or had.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Small(known) | Self::File(known) => Some(known.len()),
            Self::None | Self::Broken | Self::Large | Self::NoRoom => None,
        }
    }

    /// Why it is not there, if it is not.
    #[must_use]
    pub fn missing(&self) -> Option<NotKept> {
        match self {
            Self::Small(known) => (!known.is_there()).then_some(NotKept::Dropped),
            Self::File(known) => (!known.is_there()).then_some(NotKept::Gone),
            Self::None => Some(NotKept::None),
            Self::Broken => Some(NotKept::Broken),
            Self::Large => Some(NotKept::Large),
            Self::NoRoom => Some(NotKept::NoRoom),
        }
    }

    /// The bytes as they are kept.
    pub(crate) fn find(&self) -> Result<Blob, NotKept> {
        match self {
            Self::Small(known) => known.upgrade().ok_or(NotKept::Dropped),
            Self::File(known) => known.upgrade().ok_or(NotKept::Gone),
            missing => Err(missing.missing().unwrap_or(NotKept::None)),
        }
    }
}

/// The SHA-256 of bytes, in hexadecimal digits.
#[must_use]
pub fn sha256(blob: &Blob) -> String {
    let mut text = String::with_capacity(64);
    for byte in blob.sha256() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
