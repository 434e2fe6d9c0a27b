//! Reads the properties of JSON objects that clients send. Errors name wrong types.

use serde_json::{Map, Value};

use crate::core::clock::Timestamp;
use crate::core::id::Id;
use crate::core::iso_date::IsoDate;
use crate::http::exchange::problem::Problem;

pub type JsonMap = Map<String, Value>;

/// How many custom fields, tags or upload tokens a request may bring.
pub const MOST_ITEMS: usize = 1_000;
/// How much of a value a reason shows, in characters.
const LONGEST_SHOWN: usize = 100;
pub const TOO_MANY: &str = "must have at most 1000 items";

fn wrong<T>(attribute: &str, must: &'static str) -> Result<T, Problem> {
    Err(Problem::WrongType { attribute: attribute.to_owned(), must })
}

/// `None` is missing or null.
pub fn object<'a>(from: &'a JsonMap, name: &str) -> Result<Option<&'a JsonMap>, Problem> {
    match from.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => wrong(name, "must be an object"),
    }
}

/// A text that may be null. `None` is missing.
pub fn text<'a>(from: &'a JsonMap, name: &str) -> Result<Option<Option<&'a str>>, Problem> {
    match from.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(text)) => Ok(Some(Some(text))),
        Some(_) => wrong(name, "must be a string"),
    }
}

/// `None` is missing or null.
pub fn present_text<'a>(from: &'a JsonMap, name: &str) -> Result<Option<&'a str>, Problem> {
    Ok(text(from, name)?.flatten())
}

/// An id that may be null, as a number or in digits. `None` is missing.
pub fn id(from: &JsonMap, name: &str) -> Result<Option<Option<Id>>, Problem> {
    match from.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(value) => match whole_number(value).and_then(Id::new) {
            Some(id) => Ok(Some(Some(id))),
            None => wrong(name, "must be an integer"),
        },
    }
}

/// A number, or one in digits.
pub fn whole_number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(digits) => digits.parse().ok(),
        _ => None,
    }
}

/// A boolean, or what Zendesk's library takes for one: `1`, `0`, and the four as texts
/// (`zendesk/stronger_parameters`, boolean_constraint.rb, 2026-11). `None` is missing or null.
pub fn flag(from: &JsonMap, name: &str) -> Result<Option<bool>, Problem> {
    let flag = match from.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Bool(flag)) => Some(*flag),
        Some(Value::String(text)) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        // In Ruby, 1 equals 1.0.
        Some(Value::Number(number)) => match number.as_f64() {
            Some(1.0) => Some(true),
            Some(0.0) => Some(false),
            _ => None,
        },
        Some(Value::Array(_) | Value::Object(_)) => None,
    };
    match flag {
        Some(flag) => Ok(Some(flag)),
        None => wrong(name, "must be either true or false"),
    }
}

/// The items of a list without nulls, which Rails leaves out of the JSON that it reads.
fn items(list: &[Value]) -> impl Iterator<Item = &Value> {
    list.iter().filter(|item| !item.is_null())
}

/// Texts in a list, or one text that `split` makes a list of. `None` is missing.
pub fn texts(
    from: &JsonMap,
    name: &str,
    split: impl FnOnce(&str) -> Vec<String>,
) -> Result<Option<Vec<String>>, Problem> {
    match from.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Vec::new())),
        Some(Value::String(text)) => Ok(Some(split(text))),
        Some(Value::Array(list)) => {
            let texts = items(list).map(|item| match item {
                Value::String(text) => Ok(text.clone()),
                _ => wrong(name, "must be an array of strings"),
            });
            texts.collect::<Result<_, _>>().map(Some)
        }
        Some(_) => wrong(name, "must be an array"),
    }
}

/// The objects in a list, which is empty if it is missing or null.
pub fn objects<'a>(from: &'a JsonMap, name: &str) -> Result<Vec<&'a JsonMap>, Problem> {
    match from.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => {
            let objects = items(list).map(|item| match item {
                Value::Object(object) => Ok(object),
                _ => wrong(name, "must be an array of objects"),
            });
            objects.collect()
        }
        Some(_) => wrong(name, "must be an array"),
    }
}

/// A date that may be null or empty. `None` is missing.
pub fn instant(from: &JsonMap, name: &str) -> Result<Option<Option<Timestamp>>, Problem> {
    match any_instant(from, name)? {
        Some(Some(at)) if at < Timestamp::UNIX_EPOCH => wrong(name, "must not be before 1970"),
        date => Ok(date),
    }
}

/// A date of an import, which is rounded up to 1970, as documented.
pub fn rounded_instant(from: &JsonMap, name: &str) -> Result<Option<Timestamp>, Problem> {
    let date = any_instant(from, name)?.flatten();
    Ok(date.map(|at| at.max(Timestamp::UNIX_EPOCH)))
}

fn any_instant(from: &JsonMap, name: &str) -> Result<Option<Option<Timestamp>>, Problem> {
    let sent = match from.get(name) {
        None => return Ok(None),
        Some(Value::Null) => return Ok(Some(None)),
        Some(Value::String(text)) if text.is_empty() => return Ok(Some(None)),
        Some(sent) => sent,
    };
    match sent.as_str().and_then(IsoDate::parse) {
        Some(date) => Ok(Some(Some(date.at))),
        None => Err(no_date(name, &sent.to_string())),
    }
}

/// The date in a parameter of a query. An empty one is missing.
pub fn instant_in_query(name: &str, sent: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let Some(sent) = sent.filter(|sent| !sent.is_empty()) else { return Ok(None) };
    let date = IsoDate::parse(sent).ok_or_else(|| no_date(name, sent))?;
    Ok(Some(date.at))
}

/// The time in a parameter of a query, in seconds since 1970. Some clients send fractions.
pub fn unix_time(name: &str, sent: &str) -> Result<i64, Problem> {
    let whole = sent.split_once('.').map_or(sent, |(whole, _)| whole);
    match whole.parse() {
        Ok(time @ 0..) => Ok(time),
        _ => wrong(name, "must be an integer"),
    }
}

fn no_date(name: &str, sent: &str) -> Problem {
    let sent = sent.chars().take(LONGEST_SHOWN).collect();
    Problem::NoDate { attribute: name.to_owned(), sent }
}

/// A list that is short enough.
pub fn bounded<T>(name: &str, list: Vec<T>) -> Result<Vec<T>, Problem> {
    if list.len() <= MOST_ITEMS { Ok(list) } else { wrong(name, TOO_MANY) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_come_as_numbers_or_in_digits() {
        let body = json!({
            "a": 1, "b": "2", "c": null, "d": 1.5, "e": "x", "f": -1, "g": 0, "h": u64::MAX,
        });
        let body = body.as_object().expect("an object");
        assert_eq!(id(body, "a").ok(), Some(Some(Id::new(1))));
        assert_eq!(id(body, "b").ok(), Some(Some(Id::new(2))));
        assert_eq!(id(body, "c").ok(), Some(Some(None)));
        assert_eq!(id(body, "missing").ok(), Some(None));
        for wrong in ["d", "e", "f", "g", "h"] {
            assert!(id(body, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn flags_come_as_booleans_digits_or_texts() {
        let read = |sent: Value| flag(json!({ "a": sent }).as_object().expect("an object"), "a");
        for sent in [json!(true), json!("true"), json!("1"), json!(1), json!(1.0)] {
            assert_eq!(read(sent.clone()).ok(), Some(Some(true)), "{sent}");
        }
        for sent in [json!(false), json!("false"), json!("0"), json!(0), json!(0.0)] {
            assert_eq!(read(sent.clone()).ok(), Some(Some(false)), "{sent}");
        }
        assert_eq!(read(json!(null)).ok(), Some(None));
        for sent in ["", "yes", "TRUE", "True", " true", "t", "on", "01"].map(Value::from) {
            assert!(read(sent.clone()).is_err(), "{sent}");
        }
        for sent in [json!(2), json!(-1), json!(0.5), json!([]), json!([true]), json!({})] {
            assert!(read(sent.clone()).is_err(), "{sent}");
        }
    }
}
