//! Tokens that expired unused. No request is there to record that, so the account does.

use strum::{IntoStaticStr, VariantNames};

use crate::core::clock::Timestamp;
use crate::core::journal::event::TokenRef;

/// The step that an open token waits for, or that an expired one never got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantNames, strum::Display)]
#[strum(serialize_all = "kebab-case", const_into_str)]
#[non_exhaustive]
pub enum MissingStep {
    /// A ticket or request attaches the upload token.
    Attach,
    /// A PUT stores the bytes of the image.
    Store,
    /// The image is published.
    Publish,
}

impl MissingStep {
    /// What a client does to take the step.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Attach => "name the token in comment.uploads of a ticket or request",
            Self::Store => "PUT the bytes to upload.url",
            Self::Publish => "POST the token to /api/v2/guide/user_images",
        }
    }
}

/// A token that expired unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpiredToken {
    pub token: TokenRef,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub missing: MissingStep,
}
