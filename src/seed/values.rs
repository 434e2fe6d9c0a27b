//! What stands in the fields of the document: values of more than one kind, and what happened to tickets.

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::config::json::read_time;
use crate::core::clock::Timestamp;

/// A custom field.
#[derive(Debug, Serialize, Deserialize)]
pub struct CustomField {
    /// The id of the field.
    pub id: u64,
    /// Its value.
    pub value: FieldValue,
}

/// The value of a custom field.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "a text, a number, true, false, null or a list of texts")]
pub enum FieldValue {
    /// Nothing.
    Null(()),
    /// A checkbox.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Decimal(f64),
    /// A text.
    Text(String),
    /// Several choices.
    List(Vec<String>),
}

/// One change of a ticket.
#[derive(Debug, Serialize, Deserialize)]
pub struct Audit {
    /// Its id.
    pub id: u64,
    /// When it happened.
    pub created_at: Instant,
    /// The id of who did it.
    pub author_id: u64,
    /// The program that did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// What happened.
    pub events: Vec<Event>,
}

/// One thing that happened, under the names that Zendesk has for it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Event {
    /// Something was said.
    Comment {
        /// The id of the comment.
        id: u64,
    },
    /// A property was set when the ticket was made.
    Create {
        /// Its id.
        id: u64,
        /// The property.
        field_name: String,
        /// Its value.
        value: Told,
    },
    /// A property was set later.
    Change {
        /// Its id.
        id: u64,
        /// The property.
        field_name: String,
        /// Its value.
        value: Told,
        /// What it was.
        previous_value: Told,
    },
    /// A file was emptied.
    #[serde(rename = "AttachmentRedactionEvent")]
    AttachmentRedaction {
        /// Its id.
        id: u64,
        /// The attachment.
        attachment_id: u64,
        /// Its comment.
        comment_id: u64,
    },
}

/// A value as an audit tells it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "a text, null or a list of texts")]
pub enum Told {
    /// There is none.
    Nothing(()),
    /// A text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

/// What a user may do.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything.
    Admin,
    /// To ask for help.
    EndUser,
}

/// Somebody.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "an id, an address, or an object with name and email")]
pub enum Who {
    /// By an id.
    Id(u64),
    /// By an address.
    Email(String),
    /// By both.
    Person {
        /// What it is called.
        #[serde(default)]
        name: Option<String>,
        /// Its address.
        #[serde(default)]
        email: Option<String>,
    },
}

/// Whether an image is published.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "true, false or a ULID")]
pub enum Published {
    /// Whether it is.
    Flag(bool),
    /// Under this name.
    Name(String),
}

/// An instant from 1970 on, where the dates of HTTP begin.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Instant(pub Timestamp);

impl From<Instant> for Timestamp {
    fn from(Instant(at): Instant) -> Self {
        at
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let accepts = "an instant from 1970 on, such as \"2026-01-01T00:00:00Z\"";
        let text = String::deserialize(deserializer)?;
        let at = text.parse().ok().filter(|at| *at >= Timestamp::UNIX_EPOCH);
        at.map(Self).ok_or_else(|| D::Error::custom(format!("bad instant, expected {accepts}")))
    }
}

/// A length of time, as people write it or in seconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Life(pub Duration);

impl<'de> Deserialize<'de> for Life {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let accepts = "a time such as \"90s\", \"60m\" or \"72h\", or a number of seconds";
        read_time(&value)
            .map(Self)
            .ok_or_else(|| D::Error::custom(format!("bad time, expected {accepts}")))
    }
}
