//! What serde refuses in a JSON document, as the path of a field and a problem.

use std::fmt;

use serde::Deserializer;
use serde::de::DeserializeOwned;

use crate::config::nearest::{did_you_mean, word_hint};
use crate::config::settings::place_of_setting;
use crate::config::values::WITHOUT_QUOTATION_MARKS;

/// The longest path in an error, in characters. A client chooses the names in it.
const LONGEST_PATH: usize = 200;

/// The problem of a field that is missing.
pub const IS_REQUIRED: &str = "is required";

/// A field that cannot be used. The problem does not quote the value: it may be a password, and it
/// may be long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// As in `tickets[0].comments[1].body`. Empty for the whole document.
    pub path: String,
    /// What is wrong, and perhaps what to write instead.
    pub problem: String,
}

impl FieldError {
    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }

    /// The same error, with the path of the part that it was found in.
    pub(crate) fn within(self, part: &str) -> Self {
        let path = match (part, &*self.path) {
            ("", _) => self.path,
            (_, "") => part.to_owned(),
            (part, path) => format!("{part}.{path}"),
        };
        Self { path, ..self }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.path.is_empty() { "" } else { ": " };
        write!(f, "{}{separator}{}", self.path, self.problem)
    }
}

/// Reads a JSON document.
///
/// # Errors
/// The first field that cannot be used. Malformed JSON has no path.
pub fn read_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, FieldError> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| describe(&error))?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(read)
}

/// Reads a part of another document.
///
/// # Errors
/// As [`read_json`].
pub fn read_value<'de, T, V>(value: V) -> Result<T, FieldError>
where
    T: DeserializeOwned,
    V: Deserializer<'de, Error = serde_json::Error>,
{
    serde_path_to_error::deserialize(value).map_err(|error| describe(&error))
}

/// Reads a query, in which all values are texts.
///
/// # Errors
/// The first parameter that cannot be used.
pub fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, FieldError> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
        .map_err(|error| describe_data(error.path(), &error.inner().to_string()))
}

fn malformed(error: &serde_json::Error) -> FieldError {
    FieldError::new("", format!("malformed JSON: {error}"))
}

fn describe(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldError {
    if error.inner().is_data() {
        describe_data(error.path(), &error.inner().to_string())
    } else {
        malformed(error.inner())
    }
}

fn describe_data(path: &serde_path_to_error::Path, message: &str) -> FieldError {
    let path: String = path.to_string().chars().take(LONGEST_PATH).collect();
    // serde's path of the whole document is a dot.
    let path = if path == "." { String::new() } else { path };
    let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before);
    if let Some(name) = message.strip_prefix("missing field `") {
        return FieldError::new(name.trim_end_matches('`'), IS_REQUIRED).within(&path);
    }
    // What was found is a value of the client, except for the name of a field.
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        if message.ends_with("`, there are no fields") {
            return FieldError::new(path, "unknown field; none is taken here");
        }
        return FieldError::new(path, in_plain_words(message));
    };
    let valid: Vec<_> = expected.split('`').skip(1).step_by(2).collect();
    if let Some(word) = found.strip_prefix("unknown variant `") {
        let hint = word_hint(word.trim_end_matches('`'), &valid);
        return FieldError::new(path, format!("takes {expected}{hint}"));
    }
    let Some(name) = found.strip_prefix("unknown field `") else {
        let quoted = if found.starts_with("invalid type: string") && is_bare(expected) {
            WITHOUT_QUOTATION_MARKS
        } else {
            ""
        };
        return FieldError::new(path, format!("takes {}{quoted}", in_plain_words(expected)));
    };
    let name = name.trim_end_matches('`');
    let hint = place_of_setting(name, &valid).unwrap_or_else(|| did_you_mean(name, &valid));
    let error = FieldError::new(path, format!("unknown field{hint}"));
    // The path ends before a value that serde buffers to find out its kind.
    if error.path.ends_with(name) || error.path.len() + name.len() > LONGEST_PATH {
        return error;
    }
    FieldError::new(name, error.problem).within(&error.path)
}

/// Whether serde expects a value that JSON writes without quotation marks.
fn is_bare(expected: &str) -> bool {
    in_plain_words(expected).contains("number") || expected == "a boolean"
}

/// serde names a few of its expectations by types of Rust.
fn in_plain_words(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 on",
        "a nonzero u64" | "a nonzero usize" => "a whole number from 1 on",
        "f32" | "f64" => "a number",
        "a string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        // The errors of texts in a query.
        "invalid digit found in string"
        | "cannot parse integer from empty string"
        | "number too large to fit in target type" => "takes a whole number from 0 on",
        "provided string was not `true` or `false`" => "takes true or false",
        expected if expected.starts_with("struct ") => "an object",
        expected => expected,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only refusals are tested")]
    struct Outer {
        inner: Vec<Inner>,
        tagged: Option<Tagged>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only refusals are tested")]
    struct Inner {
        count: u64,
        status: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(tag = "type", deny_unknown_fields)]
    #[expect(dead_code, reason = "only refusals are tested")]
    enum Tagged {
        One { field_name: String },
    }

    #[test]
    fn a_refusal_names_the_field_and_the_nearest_one_without_its_value() {
        for (json, refusal) in [
            (
                r#"{"inner": [{"count": 1, "stauts": "secret"}]}"#,
                "inner[0].stauts: unknown field; did you mean `status`?",
            ),
            (
                r#"{"inner": [{"count": 1, "zebra": 1}]}"#,
                "inner[0].zebra: unknown field; valid: count, status",
            ),
            (
                r#"{"inner": [{"count": "1"}]}"#,
                "inner[0].count: takes a whole number from 0 on, without quotation marks",
            ),
            (
                r#"{"inner": [{"count": "secret, expected x"}]}"#,
                "inner[0].count: takes a whole number from 0 on, without quotation marks",
            ),
            (r#"{"inner": [{}]}"#, "inner[0].count: is required"),
            (
                r#"{"inner": [], "tagged": {"type": "One", "fieldname": 1}}"#,
                "tagged.fieldname: unknown field; did you mean `field_name`?",
            ),
            (r#"{"inner": [], "tagged": {"type": "secret"}}"#, "tagged.type: takes `One`"),
            (
                r#"{"inner": [], "tagged": {"type": "Onee"}}"#,
                "tagged.type: takes `One`; did you mean \"One\" instead of \"Onee\"?",
            ),
            (r#"{"inner": ["secret"]}"#, "inner[0]: takes an object"),
            ("3", "takes an object"),
        ] {
            let refused = read_json::<Outer>(json.as_bytes()).expect_err(json);
            assert_eq!(refused.to_string(), refusal, "{json}");
            let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
            assert_eq!(read_value::<Outer, _>(&value).expect_err(json), refused, "{json}");
        }
        let cut = read_json::<Outer>(b"{\"inner\": [").expect_err("it is cut");
        assert!(cut.to_string().starts_with("malformed JSON: EOF"), "{cut}");
        assert_eq!(cut.path, "");
    }
}
