//! The body of a request, as long as it is kept.
//!
//! An entry keeps no bytes. The journal keeps small bodies until newer ones need the memory; the
//! account keeps files until they are deleted or expire. So a client that holds an entry, such as
//! a slow reader of events, holds no body.

use crate::core::blobs::{Blob, WeakBlob};
use crate::core::media;

/// The largest body that the journal keeps itself, in bytes.
pub const LARGEST: usize = 64 * 1024;

/// The body of a request, or the file in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JournalBody {
    /// The journal keeps it, or kept it.
    Small(WeakBlob),
    /// It is a file that the account keeps, or kept.
    File(WeakBlob),
    /// It never was kept.
    Missing(NotKept),
}

/// Why a body cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotKept {
    /// There was none.
    #[error("the request had no body")]
    None,
    /// It made room for newer ones.
    #[error("the body is not kept any more: it made room for newer ones")]
    Dropped,
    /// The account does not store the file any more.
    #[error("the file is not stored any more: deleted, replaced or past its life")]
    Gone,
    /// It did not arrive completely.
    #[error("the body did not arrive to its end")]
    Broken,
    /// It is no file, and too large for the journal.
    #[error(
        "the body was not stored as a file, and of others only those of at most 64 KiB are kept"
    )]
    Large,
    /// The journals had no room.
    #[error("the body was not kept: the journals had no room for it")]
    NoRoom,
}

impl JournalBody {
    /// The bytes.
    pub fn bytes(&self) -> Result<Vec<u8>, NotKept> {
        Ok(self.find()?.chunks().concat())
    }

    /// The SHA-256 of the bytes, in hexadecimal digits, computed on each call.
    pub fn sha256(&self) -> Result<String, NotKept> {
        Ok(self.find()?.sha256())
    }

    /// The image type that the first bytes show, if they show one.
    pub fn sniffed_type(&self) -> Result<Option<&'static str>, NotKept> {
        Ok(media::type_by_content(&self.find()?))
    }

    /// How many bytes a kept body has, or had.
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Small(known) | Self::File(known) => Some(known.len()),
            Self::Missing(_) => None,
        }
    }

    /// Why it is not kept, if it is not.
    pub fn missing(&self) -> Option<NotKept> {
        self.find().err()
    }

    /// The bytes as they are kept.
    pub(crate) fn find(&self) -> Result<Blob, NotKept> {
        match self {
            Self::Small(known) => known.upgrade().ok_or(NotKept::Dropped),
            Self::File(known) => known.upgrade().ok_or(NotKept::Gone),
            Self::Missing(why) => Err(*why),
        }
    }
}
