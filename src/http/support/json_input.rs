//! Reading what a client sends as JSON: wrong types are named, and so is what nobody asks for.

use serde_json::{Map, Value};

use crate::http::exchange::problem::Problem;

/// The properties of an object.
pub type Object = Map<String, Value>;

/// How many names a warning tells. More would make a head that clients refuse.
const MOST_NAMES: usize = 50;
/// How many characters of a name it tells.
const LONGEST_NAME: usize = 64;

fn wrong<T>(attribute: &str, must: &'static str) -> Result<T, Problem> {
    Err(Problem::WrongType { attribute: attribute.to_owned(), must })
}

/// The object under a name. `None` if it is missing or null.
pub fn object<'a>(from: &'a Object, name: &str) -> Result<Option<&'a Object>, Problem> {
    match from.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => wrong(name, "must be an object"),
    }
}

/// A text that may be null. `None` if it is missing.
pub fn text<'a>(from: &'a Object, name: &str) -> Result<Option<Option<&'a str>>, Problem> {
    match from.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(text)) => Ok(Some(Some(text))),
        Some(_) => wrong(name, "must be a string"),
    }
}

/// A text. `None` if it is missing or null.
pub fn present_text<'a>(from: &'a Object, name: &str) -> Result<Option<&'a str>, Problem> {
    Ok(text(from, name)?.flatten())
}

/// An id that may be null, as a number or in digits. `None` if it is missing.
pub fn id(from: &Object, name: &str) -> Result<Option<Option<u64>>, Problem> {
    match from.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(value) => match whole_number(value) {
            Some(number) => Ok(Some(Some(number))),
            None => wrong(name, "must be an integer"),
        },
    }
}

fn whole_number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(digits) => digits.parse().ok(),
        _ => None,
    }
}

/// Yes or no. `None` if it is missing or null.
pub fn flag(from: &Object, name: &str) -> Result<Option<bool>, Problem> {
    match from.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => wrong(name, "must be a boolean"),
    }
}

/// Texts in a list, or one text that `split` makes a list of. `None` if they are missing.
pub fn texts(
    from: &Object,
    name: &str,
    split: impl FnOnce(&str) -> Vec<String>,
) -> Result<Option<Vec<String>>, Problem> {
    match from.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Vec::new())),
        Some(Value::String(text)) => Ok(Some(split(text))),
        Some(Value::Array(list)) => {
            let texts = list.iter().map(|item| match item {
                Value::String(text) => Ok(text.clone()),
                _ => wrong(name, "must be an array of strings"),
            });
            texts.collect::<Result<_, _>>().map(Some)
        }
        Some(_) => wrong(name, "must be an array"),
    }
}

/// The objects in a list. Empty if it is missing or null.
pub fn objects<'a>(from: &'a Object, name: &str) -> Result<Vec<&'a Object>, Problem> {
    match from.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => {
            let objects = list.iter().map(|item| match item {
                Value::Object(object) => Ok(object),
                _ => wrong(name, "must be an array of objects"),
            });
            objects.collect()
        }
        Some(_) => wrong(name, "must be an array"),
    }
}

/// What a route knows of an object: the names of its properties, and what is inside of some.
#[derive(Debug, Clone, Copy)]
pub struct Shape(pub &'static [(&'static str, Option<Shape>)]);

/// The names of what nobody asks for, as `ticket.comment.created_at`: what is inside of an unknown
/// object before the object itself, as recorded.
pub fn unknown(value: &Value, shape: Shape) -> Vec<String> {
    let mut names = Vec::new();
    collect("", value, Some(shape), &mut names);
    names
}

fn collect(path: &str, value: &Value, shape: Option<Shape>, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let shortened: String = name.chars().take(LONGEST_NAME).collect();
                let path = if path.is_empty() { shortened } else { format!("{path}.{shortened}") };
                let known =
                    shape.and_then(|Shape(known)| known.iter().find(|(known, _)| known == name));
                match known {
                    // What it holds is the caller's own.
                    Some((_, None)) => {}
                    Some((_, inside)) => collect(&path, value, *inside, names),
                    None => {
                        collect(&path, value, None, names);
                        note(path, names);
                    }
                }
            }
        }
        Value::Array(list) => {
            for item in list {
                collect(path, item, shape, names);
            }
        }
        _ => {}
    }
}

fn note(path: String, names: &mut Vec<String>) {
    if names.len() < MOST_NAMES && !names.contains(&path) {
        names.push(path);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const COMMENT: Shape = Shape(&[("body", None)]);
    const TICKET: Shape = Shape(&[("subject", None), ("comment", Some(COMMENT)), ("custom", None)]);
    const BODY: Shape = Shape(&[("ticket", Some(TICKET))]);

    #[test]
    fn what_nobody_asks_for_is_named_from_the_inside_out() {
        let body = json!({
            "attachment": null,
            "ticket": {"id": 1, "subject": "s", "comment": {"body": "b", "created_at": "x"}, "custom": {"any": 1}}
        });
        assert_eq!(unknown(&body, BODY), ["attachment", "ticket.comment.created_at", "ticket.id"]);
        assert_eq!(unknown(&json!({"ticket": {"id": 1}}), Shape(&[])), ["ticket.id", "ticket"]);
    }

    #[test]
    fn ids_come_as_numbers_or_in_digits() {
        let body = json!({"a": 1, "b": "2", "c": null, "d": 1.5, "e": "x", "f": -1});
        let body = body.as_object().expect("an object");
        assert_eq!(id(body, "a").ok(), Some(Some(Some(1))));
        assert_eq!(id(body, "b").ok(), Some(Some(Some(2))));
        assert_eq!(id(body, "c").ok(), Some(Some(None)));
        assert_eq!(id(body, "missing").ok(), Some(None));
        for wrong in ["d", "e", "f"] {
            assert!(id(body, wrong).is_err(), "{wrong}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            ".*".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 64, 8, |inside| {
            prop_oneof![
                prop::collection::vec(inside.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(".*", inside, 0..8)
                    .prop_map(|map| Value::from(map.into_iter().collect::<Object>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_warning_is_short_whatever_is_sent(value in any_json()) {
            let names = unknown(&value, BODY);
            prop_assert!(names.len() <= MOST_NAMES);
        }
    }
}
