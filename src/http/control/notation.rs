//! How the values of inputs are written.

use std::borrow::Cow;

use schemars::{Schema, json_schema};
use serde_json::Value;

use crate::config::values::{Notated, Notation};
use crate::core::accounts::{AccountName, NAME_RULE};
use crate::core::journal::JournalStatus;

/// The longest text in a filter, in characters. Errors repeat it.
const LONGEST_TEXT: usize = 1_000;

/// A text of a filter.
#[derive(Debug)]
pub struct ShortText(pub String);

pub type FilterText = Notated<ShortText>;

impl Notation for ShortText {
    fn accepts() -> Cow<'static, str> {
        format!("a text of at most {LONGEST_TEXT} characters").into()
    }

    fn from_text(text: &str) -> Option<Self> {
        (text.chars().count() <= LONGEST_TEXT).then(|| Self(text.to_owned()))
    }

    fn to_text(&self) -> String {
        self.0.clone()
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "maxLength": LONGEST_TEXT})
    }
}

impl Notation for AccountName {
    fn accepts() -> Cow<'static, str> {
        format!("a name of {NAME_RULE}").into()
    }

    fn refusal(text: &str) -> String {
        format!("takes {}: {}", Self::accepts(), Self::explain(text))
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$"})
    }
}

impl Notation for JournalStatus {
    fn accepts() -> Cow<'static, str> {
        "a status such as 201, or a class such as \"4xx\"".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        match text.strip_suffix("xx") {
            Some(class) => {
                class.parse().ok().filter(|class| (1..=5).contains(class)).map(Self::Class)
            }
            None => {
                let status = text.parse().ok().filter(|status| (100..600).contains(status));
                status.map(Self::Exactly)
            }
        }
    }

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Number(status) => Self::from_text(&status.to_string()),
            value => Self::from_text(value.as_str()?),
        }
    }

    fn schema() -> Schema {
        json_schema!({"anyOf": [
            {"type": "integer", "minimum": 100, "maximum": 599},
            {"type": "string", "pattern": "^[1-5](xx|[0-9][0-9])$"},
        ]})
    }
}
