//! Scalar values of the document, and values of more than one kind.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::values::{Notation as _, TimeValue};
use crate::core::clock::Timestamp;
use crate::core::ids::{FileToken, ImageName, ImageToken, UploadToken};
use crate::core::malware::ScanResult;
use crate::core::tickets::values::{
    self, AuditValue, FieldValue, Priority, TicketStatus, TicketType,
};
use crate::core::users::Role;

/// The largest id that every JSON reader can hold.
pub const LARGEST_ID: u64 = (1 << 53) - 1;

/// A value that is a text in JSON.
pub trait TextValue: Sized {
    const ACCEPTS: &'static str;

    fn parse(text: &str) -> Option<Self>;

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

macro_rules! text_values {
    ($($type:ty: $accepts:literal, $parse:expr, $write:expr;)+) => {
        $(
            impl TextValue for $type {
                const ACCEPTS: &'static str = $accepts;

                fn parse(text: &str) -> Option<Self> {
                    $parse(text)
                }

                fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(&$write(self), f)
                }
            }
        )+
    };
}

text_values! {
    UploadToken: "25 letters and digits", Self::parse, Self::to_string;
    FileToken: "25 letters and digits", Self::parse, Self::to_string;
    ImageToken: "a ULID: 26 letters and digits", Self::parse, Self::to_string;
    ImageName: "a ULID: 26 letters and digits", Self::parse, Self::to_string;
    Timestamp: "an instant from 1970 on, such as \"2026-01-01T00:00:00Z\"", Self::from_text,
        Self::to_string;
    Role: "`admin` or `end-user`", parse_role, write_role;
    TicketStatus: "new, open, pending, hold, solved or closed", parse_word,
        |word: &Self| word.into_str();
    Priority: "urgent, high, normal or low", parse_word, |word: &Self| word.into_str();
    TicketType: "problem, incident, question or task", parse_word, |word: &Self| word.into_str();
    ScanResult: "not_scanned, malware_not_found, malware_found or failed_to_scan",
        parse_word, |word: &Self| word.into_str();
}

fn parse_role(text: &str) -> Option<Role> {
    match text {
        "admin" => Some(Role::Admin),
        "end-user" => Some(Role::EndUser),
        _ => None,
    }
}

fn write_role(role: &Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::EndUser => "end-user",
    }
}

fn parse_word<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// An optional value that is a text, for `#[serde(with)]`.
pub mod text {
    use std::fmt;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::TextValue;

    struct Written<'a, T>(&'a T);

    impl<T: TextValue> fmt::Display for Written<'_, T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.write(f)
        }
    }

    pub fn serialize<T, S>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: TextValue,
        S: Serializer,
    {
        match value {
            Some(value) => serializer.collect_str(&Written(value)),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        T: TextValue,
        D: Deserializer<'de>,
    {
        let text = Option::<String>::deserialize(deserializer)?;
        let parse = |text: String| {
            let accepts = T::ACCEPTS;
            T::parse(&text).ok_or_else(|| D::Error::custom(format!("takes {accepts}")))
        };
        text.map(parse).transpose()
    }
}

/// Reads an optional id.
///
/// # Errors
/// A number that is no id.
pub fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let id = Option::<u64>::deserialize(deserializer)?;
    if id.is_some_and(|id| !is_id(id)) {
        return Err(D::Error::custom(format!("takes {ID}")));
    }
    Ok(id)
}

pub const ID: &str = "a whole number from 1 to 9007199254740991";

#[must_use]
pub fn is_id(id: u64) -> bool {
    (1..=LARGEST_ID).contains(&id)
}

/// Reads an optional length of time, as people write it or in seconds.
///
/// # Errors
/// A value that is no time.
pub fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let time = Option::<TimeValue>::deserialize(deserializer)?;
    Ok(time.map(|time| time.0))
}

/// A user, by an id or as a request names one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "an id, an address, or an object with name and email")]
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
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "true, false or a ULID")]
pub enum Published {
    Flag(bool),
    /// Under this name.
    #[serde(with = "name")]
    Name(ImageName),
}

mod name {
    use serde::de::Error as _;
    use serde::{Deserializer, Serializer};

    use super::{TextValue as _, text};
    use crate::core::ids::ImageName;

    pub fn serialize<S: Serializer>(name: &ImageName, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(name)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ImageName, D::Error> {
        text::deserialize(deserializer)?.ok_or_else(|| D::Error::custom(ImageName::ACCEPTS))
    }
}

/// A custom field of a ticket.
#[derive(Debug, Serialize, Deserialize)]
pub struct SeedCustomField(#[serde(with = "CustomFieldDef")] pub values::CustomField);

#[derive(Serialize, Deserialize)]
#[serde(remote = "values::CustomField")]
struct CustomFieldDef {
    id: u64,
    #[serde(with = "ValueDef")]
    value: FieldValue,
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "FieldValue",
    untagged,
    expecting = "a text, a number, true, false, null or a list of texts"
)]
enum ValueDef {
    Null,
    Flag(bool),
    Integer(i64),
    Decimal(f64),
    Text(String),
    List(Vec<String>),
}

/// One event of an audit, under the names that Zendesk has for it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum SeedEvent {
    /// The comment with this id was added.
    Comment { id: u64 },
    /// A property was set when the ticket was made.
    Create {
        id: u64,
        field_name: String,
        #[serde(with = "ToldDef")]
        value: AuditValue,
    },
    /// A property was set later.
    Change {
        id: u64,
        field_name: String,
        #[serde(with = "ToldDef")]
        value: AuditValue,
        #[serde(with = "ToldDef")]
        previous_value: AuditValue,
    },
    /// A file was emptied.
    #[serde(rename = "AttachmentRedactionEvent")]
    AttachmentRedaction { id: u64, attachment_id: u64, comment_id: u64 },
}

impl SeedEvent {
    #[must_use]
    pub fn id(&self) -> u64 {
        match *self {
            Self::Comment { id }
            | Self::Create { id, .. }
            | Self::Change { id, .. }
            | Self::AttachmentRedaction { id, .. } => id,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AuditValue", untagged, expecting = "a text, null or a list of texts")]
enum ToldDef {
    Nothing,
    Text(String),
    List(Vec<String>),
}
