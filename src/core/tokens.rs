//! The tokens that a client gets for files, and the steps that they wait for.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use strum::{IntoStaticStr, VariantNames};

use crate::core::account::settings::{AccountSettings, Reuse, TypeCheck};
use crate::core::ids::{BucketKey, UploadToken};

/// A token that a client gets for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenRef {
    /// An upload token.
    Upload(UploadToken),
    /// The token of an object that a presigned URL reserves, such as an image.
    Object(ObjectToken),
}

/// The token of an object in the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ObjectToken {
    /// The family that the object belongs to.
    pub family: &'static Family,
    /// Its key in the bucket.
    pub key: BucketKey,
}

/// A family of endpoints that reserves objects in the bucket. Each has its rules in a static of its
/// own file.
#[derive(Debug)]
pub struct Family {
    /// A unique name, as in `image/1` and "the image is empty".
    pub(crate) name: &'static str,
    /// The name that tells it from other objects, as in "no user image has this token".
    pub(crate) full_name: &'static str,
    /// The content types that can be reserved, in lower case.
    pub(crate) types: fn(&AccountSettings) -> &[String],
    pub(crate) types_setting: &'static str,
    /// The largest object that can be declared or stored, in bytes.
    pub(crate) max_size: fn(&AccountSettings) -> u64,
    pub(crate) max_size_setting: &'static str,
    pub(crate) lifetime: fn(&AccountSettings) -> Duration,
    pub(crate) lifetime_setting: &'static str,
    pub(crate) rules: fn(&AccountSettings) -> PublishingRules,
    /// What a client does to publish a stored object.
    pub(crate) how_to_publish: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub struct PublishingRules {
    pub type_check: TypeCheck,
    pub reuse: Reuse,
}

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

impl TokenRef {
    /// `upload`, or the name of the family, such as `image`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Upload(_) => "upload",
            Self::Object(token) => token.family.name,
        }
    }

    /// What a client does to take a step.
    pub(crate) fn hint(&self, step: MissingStep) -> &'static str {
        match (step, self) {
            (MissingStep::Publish, Self::Object(token)) => token.family.how_to_publish,
            (MissingStep::Store, _) => "PUT the bytes to upload.url",
            (MissingStep::Attach | MissingStep::Publish, _) => {
                "name the token in comment.uploads of a ticket or request"
            }
        }
    }
}

impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Family {}

impl Hash for Family {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Display for TokenRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload(token) => token.fmt(f),
            Self::Object(token) => token.key.fmt(f),
        }
    }
}
