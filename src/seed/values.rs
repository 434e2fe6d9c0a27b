//! Values of the document that are written in more than one way, or that have bounds.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::values::InstantValue;
use crate::core::clock::Timestamp;
use crate::core::ids::PublishedName;
use crate::core::tickets::values::AuditValue;

/// The largest id that every JSON reader can hold.
const LARGEST_ID: u64 = (1 << 53) - 1;

/// Reads an optional id.
///
/// # Errors
/// A number that is no id.
pub fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let id = Option::<u64>::deserialize(deserializer)?;
    if id.is_some_and(|id| !(1..=LARGEST_ID).contains(&id)) {
        return Err(D::Error::custom("takes a whole number from 1 to 9007199254740991"));
    }
    Ok(id)
}

/// Reads an id.
///
/// # Errors
/// As [`id`].
fn some_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    id(deserializer)?.ok_or_else(|| D::Error::custom("takes an id"))
}

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

/// A user, by an id or as a request names one.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "takes an id, an address, or an object with `name` and `email`"
)]
pub enum SeedPerson {
    Id(u64),
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
    Comment {
        #[serde(deserialize_with = "some_id")]
        id: u64,
    },
    /// A property was set when the ticket was made.
    Create {
        #[serde(deserialize_with = "some_id")]
        id: u64,
        field_name: String,
        value: AuditValue,
    },
    /// A property was set later.
    Change {
        #[serde(deserialize_with = "some_id")]
        id: u64,
        field_name: String,
        value: AuditValue,
        previous_value: AuditValue,
    },
    /// A file was emptied.
    #[serde(rename = "AttachmentRedactionEvent")]
    AttachmentRedaction {
        #[serde(deserialize_with = "some_id")]
        id: u64,
        attachment_id: u64,
        comment_id: u64,
    },
}

impl SeedEvent {
    pub fn id(&self) -> u64 {
        match *self {
            Self::Comment { id }
            | Self::Create { id, .. }
            | Self::Change { id, .. }
            | Self::AttachmentRedaction { id, .. } => id,
        }
    }
}
