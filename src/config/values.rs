//! How values are written in JSON, flags and variables, once for each type.

use std::borrow::Cow;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::config::nearest::word_hint;
use crate::core::clock::Timestamp;

/// A length of time: `"90s"`, `"60m"`, `"72h"`, `"7d"`, `"PT1H"`, or seconds as a number.
pub type TimeValue = Notated<Duration>;
/// An instant: `"2026-01-01T00:00:00Z"`.
pub type InstantValue = Notated<Timestamp>;

/// What is wrong with a number in a text.
pub const WITHOUT_QUOTATION_MARKS: &str = ", without quotation marks";

/// The text and the JSON of a type.
pub trait Notation: Sized {
    /// The kind of value in the usage of a flag, such as `TIME`.
    fn name() -> Cow<'static, str> {
        "VALUE".into()
    }

    /// What is accepted, as in "takes true or false".
    fn accepts() -> Cow<'static, str>;

    /// The words among what is accepted.
    fn words() -> Vec<&'static str> {
        Vec::new()
    }

    /// What is wrong with a text that cannot be read.
    fn refusal(text: &str) -> String {
        format!("takes {}{}", Self::accepts(), word_hint(text, &Self::words()))
    }

    /// Reads the value of a flag or a variable.
    fn from_text(text: &str) -> Option<Self>;

    /// Writes what [`from_text`](Self::from_text) reads.
    fn to_text(&self) -> String;

    fn from_json(value: &Value) -> Option<Self> {
        Self::from_text(value.as_str()?)
    }

    fn to_json(&self) -> Value {
        self.to_text().into()
    }

    /// The JSON schema of what [`from_json`](Self::from_json) reads.
    fn schema() -> Schema;
}

/// A value in its [`Notation`], as part of what serde reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notated<T>(pub T);

impl<T: Notation> FromStr for Notated<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        T::from_text(text).map(Self).ok_or_else(|| T::refusal(text))
    }
}

impl<'de, T: Notation> Deserialize<'de> for Notated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        T::from_json(&value).map(Self).ok_or_else(|| D::Error::custom(refusal::<T>(&value)))
    }
}

/// What is wrong with a JSON value that cannot be read.
fn refusal<T: Notation>(value: &Value) -> String {
    let Value::String(text) = value else { return format!("takes {}", T::accepts()) };
    let bare: Option<Value> = serde_json::from_str(text).ok();
    let is_quoted = bare.is_some_and(|bare| T::from_json(&bare).is_some());
    T::refusal(text) + if is_quoted { WITHOUT_QUOTATION_MARKS } else { "" }
}

impl<T: Notation> Serialize for Notated<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.to_json().serialize(serializer)
    }
}

impl<T: Notation> JsonSchema for Notated<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::accepts()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T: Notation>(value: Value) -> Option<T> {
        serde_json::from_value(value).ok().map(|Notated(value)| value)
    }

    #[test]
    fn times_are_read_in_the_usual_forms() {
        let hours = |hours: u64| Some(Duration::from_secs(hours * 3600));
        for (value, time) in [
            (json!("72h"), hours(72)),
            (json!("3d"), hours(72)),
            (json!("1h 60m"), hours(2)),
            (json!("PT1H"), hours(1)),
            (json!("3600"), hours(1)),
            (json!(3600), hours(1)),
            (json!(0.5), Some(Duration::from_millis(500))),
            (json!("-1s"), None),
            (json!(-1), None),
            (json!("soon"), None),
            (json!(null), None),
        ] {
            assert_eq!(read(value.clone()), time, "{value}");
        }
        assert_eq!(Duration::from_secs(90).to_text(), "1m 30s");
    }

    #[test]
    fn sizes_are_read_in_the_usual_forms() {
        for (value, size) in [
            (json!(2_000_000), Some(2_000_000)),
            (json!("2000000"), Some(2_000_000)),
            (json!("2MB"), Some(2_000_000)),
            (json!("2 MB"), Some(2_000_000)),
            (json!("50MiB"), Some(50 << 20)),
            (json!("50Mi"), Some(50 << 20)),
            (json!("1.5k"), Some(1_500)),
            (json!(-1), None),
            (json!("lots"), None),
        ] {
            assert_eq!(read::<u64>(value.clone()), size, "{value}");
        }
        for text in ["0", "7", "3kB", "4KiB", "2MB", "50MiB", "1GiB"] {
            let size: Notated<u64> = text.parse().expect("a size");
            assert_eq!(size.0.to_text(), text);
        }
    }

    #[test]
    fn a_refusal_says_what_is_accepted() {
        let refused = serde_json::from_value::<TimeValue>(json!(true)).expect_err("no time");
        assert!(refused.to_string().starts_with("takes a time such as"), "{refused}");
        let quoted = serde_json::from_value::<Notated<bool>>(json!("true")).expect_err("a text");
        assert_eq!(quoted.to_string(), "takes true or false, without quotation marks");
    }
}
