//! How values are written in JSON, flags and variables, once for each type.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::core::clock::Timestamp;

/// A length of time: `"90s"`, `"60m"`, `"72h"`, `"7d"`, `"PT1H"`, or seconds as a number.
pub type TimeValue = Notated<Duration>;
/// An instant: `"2026-01-01T00:00:00Z"`.
#[allow(dead_code)]
pub type InstantValue = Notated<Timestamp>;

/// The text and the JSON of a type.
pub trait Notation: Sized {
    /// The kind of value in the usage of a flag, such as `TIME`.
    fn name() -> Cow<'static, str>;

    /// What is accepted, as in "takes true or false".
    fn accepts() -> Cow<'static, str>;

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
        T::from_text(text).map(Self).ok_or_else(|| format!("takes {}", T::accepts()))
    }
}

impl<T: Notation> fmt::Display for Notated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_text())
    }
}

impl<'de, T: Notation> Deserialize<'de> for Notated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = T::from_json(&Value::deserialize(deserializer)?);
        value.map(Self).ok_or_else(|| D::Error::custom(format!("takes {}", T::accepts())))
    }
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

impl Notation for Duration {
    fn name() -> Cow<'static, str> {
        "TIME".into()
    }

    fn accepts() -> Cow<'static, str> {
        "a time such as \"90s\", \"60m\" or \"72h\", or a number of seconds".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        if let Ok(seconds) = text.parse() {
            return Some(Self::from_secs(seconds));
        }
        let span: Span = text.parse().ok()?;
        span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?.try_into().ok()
    }

    fn to_text(&self) -> String {
        match SignedDuration::try_from(*self) {
            Ok(time) => format!("{time:#}"),
            Err(_) => self.as_secs().to_string(),
        }
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Number(seconds) => Self::try_from_secs_f64(seconds.as_f64()?).ok(),
            value => Self::from_text(value.as_str()?),
        }
    }

    fn schema() -> Schema {
        json_schema!({"type": ["string", "number"], "minimum": 0, "examples": ["90s", "72h", 30]})
    }
}

impl Notation for u64 {
    fn name() -> Cow<'static, str> {
        "SIZE".into()
    }

    fn accepts() -> Cow<'static, str> {
        "a size such as 2000000, \"2MB\" (2,000,000 bytes) or \"50MiB\" (52,428,800 bytes)".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse::<ByteSize>().ok().map(|size| size.as_u64())
    }

    /// The largest unit of which it is a multiple.
    fn to_text(&self) -> String {
        const UNITS: [(u64, &str); 6] = [
            (1 << 30, "GiB"),
            (1 << 20, "MiB"),
            (1 << 10, "KiB"),
            (1_000_000_000, "GB"),
            (1_000_000, "MB"),
            (1_000, "kB"),
        ];
        let unit = UNITS.iter().find(|(unit, _)| *self > 0 && self.is_multiple_of(*unit));
        unit.map_or_else(|| self.to_string(), |(unit, name)| format!("{}{name}", self / unit))
    }

    fn from_json(value: &Value) -> Option<Self> {
        value.as_u64().or_else(|| Self::from_text(value.as_str()?))
    }

    fn to_json(&self) -> Value {
        json!(self)
    }

    fn schema() -> Schema {
        json_schema!({"type": ["integer", "string"], "minimum": 0, "examples": ["50MiB", "2MB", 100]})
    }
}

impl Notation for Timestamp {
    fn name() -> Cow<'static, str> {
        "INSTANT".into()
    }

    fn accepts() -> Cow<'static, str> {
        "an instant from 1970 on, such as \"2026-01-01T00:00:00Z\"".into()
    }

    fn from_text(text: &str) -> Option<Self> {
        // The dates of HTTP begin in 1970.
        text.parse().ok().filter(|at| *at >= Self::UNIX_EPOCH)
    }

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(Notated(Duration::from_secs(90)).to_string(), "1m 30s");
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
            assert_eq!(size.to_string(), text);
        }
    }

    #[test]
    fn a_refusal_says_what_is_accepted() {
        let refused = serde_json::from_value::<TimeValue>(json!(true)).expect_err("no time");
        assert!(refused.to_string().starts_with("takes a time such as"), "{refused}");
    }
}
