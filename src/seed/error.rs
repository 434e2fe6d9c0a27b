//! Why a document cannot be used.

use std::borrow::Cow;
use std::path::PathBuf;

use crate::core::account::settings::SettingError;
use crate::core::blobs::OutOfMemory;

/// Why a document cannot be used. Nothing has been changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    #[error("it is not a JSON object: {0}")]
    Malformed(String),
    #[error("{at} {accepts}")]
    Field {
        /// The place, as in `tickets[0].comments[1].body`.
        at: String,
        accepts: Cow<'static, str>,
    },
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
    #[error("{path} cannot be read: {why}", path = .path.display())]
    File { path: PathBuf, why: String },
}

impl SeedError {
    pub fn field(at: &str, accepts: impl Into<Cow<'static, str>>) -> Self {
        Self::Field { at: at.to_owned(), accepts: accepts.into() }
    }

    pub fn missing(at: &str) -> Self {
        Self::field(at, "must be there")
    }

    /// The same error, with the place of the part that it was found in.
    #[must_use]
    pub fn within(self, part: &str) -> Self {
        match self {
            Self::Field { at, accepts } if at.is_empty() => Self::field(part, accepts),
            Self::Field { at, accepts } => Self::Field { at: format!("{part}.{at}"), accepts },
            error => error,
        }
    }
}

impl From<SettingError> for SeedError {
    fn from(error: SettingError) -> Self {
        Self::field(error.setting, error.accepts).within("settings")
    }
}
