//! Values of the document that are written in more than one way, or that have bounds.

use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::values::InstantValue;
use crate::core::clock::Timestamp;
use crate::core::id::Id;
use crate::core::ids::PublishedName;
use crate::core::tickets::values::AuditValue;

/// Reads an optional instant.
///
/// # Errors
/// A text that is no instant.
pub fn instant<'de, D>(deserializer: D) -> Result<Option<Timestamp>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::<InstantValue>::deserialize(deserializer)?.map(|at| at.0))
}

/// Reads a list of objects. Serde alone would take a list of the values of an object as well.
///
/// # Errors
/// Any other part.
pub fn objects<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let parts = Vec::<FromObject<T>>::deserialize(deserializer)?;
    Ok(parts.into_iter().map(|part| part.0).collect())
}

/// A value that is read from an object only.
struct FromObject<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for FromObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = FromObject<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(FromObject)
    }
}

/// A user, by an id or as a request names one.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "takes an id, an address, or an object with `name` and `email`"
)]
pub enum SeedPerson {
    Id(Id),
    Email(String),
    Named {
        #[serde(default)]
        name: Option<String>,
        #[serde(default)]
        email: Option<String>,
    },
}

/// Whether an image is published.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "takes true, false or a ULID")]
pub enum Published {
    Flag(bool),
    /// Under this name.
    Name(PublishedName),
}

/// One event of an audit, under the names that Zendesk has for it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum SeedEvent {
    /// The comment with this id was added.
    Comment { id: Id },
    /// A property was set when the ticket was made.
    Create { id: Id, field_name: String, value: AuditValue },
    /// A property was set later.
    Change { id: Id, field_name: String, value: AuditValue, previous_value: AuditValue },
    /// A file was emptied.
    #[serde(rename = "AttachmentRedactionEvent")]
    AttachmentRedaction { id: Id, attachment_id: Id, comment_id: Id },
    /// A part of the text of a comment was removed.
    #[serde(rename = "CommentRedactionEvent")]
    CommentRedaction { id: Id, comment_id: Id },
    /// A comment became private.
    #[serde(rename = "CommentPrivacyChange")]
    CommentPrivacy { id: Id, comment_id: Id },
}

impl SeedEvent {
    pub fn id(&self) -> Id {
        match *self {
            Self::Comment { id }
            | Self::Create { id, .. }
            | Self::Change { id, .. }
            | Self::AttachmentRedaction { id, .. }
            | Self::CommentRedaction { id, .. }
            | Self::CommentPrivacy { id, .. } => id,
        }
    }
}
