//! Why a document cannot be used.

use std::path::PathBuf;

use crate::config::field_error::FieldError;
use crate::core::account::settings::SettingError;
use crate::core::blobs::OutOfMemory;

/// Why a document cannot be used. Nothing has been changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// A field cannot be used.
    #[error("{0}")]
    Field(FieldError),
    /// The memory budget has no room.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
    /// The file cannot be read.
    #[error("{path} cannot be read: {why}", path = .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// The reason that the system gives.
        why: String,
    },
}

impl SeedError {
    pub(super) fn field(at: &str, problem: impl Into<String>) -> Self {
        FieldError::new(at, problem).into()
    }

    pub(super) fn missing(at: &str) -> Self {
        Self::field(at, "must be there")
    }

    /// The same error, with the place of the part that it was found in.
    pub(crate) fn within(self, part: &str) -> Self {
        match self {
            Self::Field(error) => Self::Field(error.within(part)),
            error => error,
        }
    }
}

impl From<FieldError> for SeedError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<SettingError> for SeedError {
    fn from(error: SettingError) -> Self {
        Self::field(error.setting, error.accepts).within("settings")
    }
}
