//! Reads the properties of tickets and requests that clients send.

use std::str::FromStr;

use serde_json::Value;
use strum::VariantNames;

use crate::core::id::Id;
use crate::core::tickets::properties::Property;
use crate::core::tickets::values::{CustomField, FieldValue};
use crate::http::exchange::problem::Problem;
use crate::http::support::json_input::{self, JsonMap};

/// Reads the property of this name. `None` is missing.
type ReadProperty = fn(&JsonMap, &'static str) -> Result<Option<Property>, Problem>;

/// The properties that requests and tickets may set, in the order in which audits list them.
const OF_REQUESTS: [(&str, ReadProperty); 5] = [
    ("subject", |sent, name| Ok(text(sent, name)?.map(Property::Subject))),
    ("priority", |sent, name| Ok(optional_word(sent, name)?.map(Property::Priority))),
    ("type", |sent, name| Ok(optional_word(sent, name)?.map(Property::Type))),
    ("ticket_form_id", |sent, name| Ok(id(sent, name)?.map(Property::Form))),
    ("due_at", |sent, name| Ok(json_input::instant(sent, name)?.map(Property::DueAt))),
];
const CUSTOM_FIELDS: [&str; 2] = ["custom_fields", "fields"];
/// Those that only tickets may set.
const OF_TICKETS: [(&str, ReadProperty); 9] = [
    ("assignee_id", |sent, name| Ok(id(sent, name)?.map(Property::Assignee))),
    ("group_id", |sent, name| Ok(id(sent, name)?.map(Property::Group))),
    ("organization_id", |sent, name| Ok(id(sent, name)?.map(Property::Organization))),
    ("brand_id", |sent, name| Ok(id(sent, name)?.map(Property::Brand))),
    ("problem_id", |sent, name| Ok(id(sent, name)?.map(Property::Problem))),
    ("requester_id", |sent, name| Ok(id(sent, name)?.flatten().map(Property::Requester))),
    ("external_id", |sent, name| Ok(text(sent, name)?.map(Property::ExternalId))),
    ("status", |sent, name| {
        let status = json_input::present_text(sent, name)?;
        status.map(|status| word(name, status).map(Property::Status)).transpose()
    }),
    ("tags", |sent, name| Ok(read_tags(sent, name)?.map(Property::Tags))),
];

/// The names of all of them.
pub const REQUEST_NAMES: &[&[&str]] = &[&names(&OF_REQUESTS), &CUSTOM_FIELDS];
pub const TICKET_NAMES: &[&[&str]] = &[&names(&OF_REQUESTS), &CUSTOM_FIELDS, &names(&OF_TICKETS)];

const fn names<const N: usize>(
    properties: &[(&'static str, ReadProperty); N],
) -> [&'static str; N] {
    let mut names = [""; N];
    let mut place = 0;
    while place < N {
        names[place] = properties[place].0;
        place += 1;
    }
    names
}

/// Reads the properties of a ticket.
pub fn read_ticket(sent: &JsonMap) -> Result<Vec<Property>, Problem> {
    let mut all = read_request(sent)?;
    for (name, read) in OF_TICKETS {
        all.extend(read(sent, name)?);
    }
    Ok(all)
}

/// Reads the properties that a request may set.
pub fn read_request(sent: &JsonMap) -> Result<Vec<Property>, Problem> {
    let mut all = Vec::new();
    for (name, read) in OF_REQUESTS {
        all.extend(read(sent, name)?);
    }
    for name in CUSTOM_FIELDS {
        let fields = custom_fields(sent, name)?;
        all.extend(json_input::bounded(name, fields)?.into_iter().map(Property::Custom));
    }
    Ok(all)
}

/// Tags in a list, or in a text with spaces or commas between.
pub fn read_tags(sent: &JsonMap, name: &str) -> Result<Option<Vec<String>>, Problem> {
    let tags = json_input::texts(sent, name, split_tags)?;
    tags.map(|tags| json_input::bounded(name, tags)).transpose()
}

/// One more than a list may have is enough to refuse it.
pub fn split_tags(text: &str) -> Vec<String> {
    let words = text.split([' ', ',']).filter(|word| !word.is_empty());
    words.take(json_input::MOST_ITEMS + 1).map(ToOwned::to_owned).collect()
}

fn text(sent: &JsonMap, name: &str) -> Result<Option<Option<String>>, Problem> {
    Ok(json_input::text(sent, name)?.map(|text| text.map(ToOwned::to_owned)))
}

/// An id that may be null. `None` is missing.
fn id(sent: &JsonMap, name: &str) -> Result<Option<Option<u64>>, Problem> {
    Ok(json_input::id(sent, name)?.map(|id| id.map(Id::get)))
}

/// A word that may be empty or null. `None` is missing.
fn optional_word<T: FromStr + VariantNames>(
    sent: &JsonMap,
    name: &'static str,
) -> Result<Option<Option<T>>, Problem> {
    let Some(text) = json_input::text(sent, name)? else { return Ok(None) };
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| word(name, text)).transpose().map(Some)
}

fn word<T: FromStr + VariantNames>(field: &'static str, value: &str) -> Result<T, Problem> {
    value.parse().map_err(|_| Problem::NotAllowed {
        field,
        value: value.chars().take(100).collect(),
        allowed: T::VARIANTS,
    })
}

/// Custom fields: a list of ids and values, or an object whose names are the ids.
fn custom_fields(sent: &JsonMap, name: &str) -> Result<Vec<CustomField>, Problem> {
    if let Some(Value::Object(by_id)) = sent.get(name) {
        let fields = by_id.iter().map(|(id, value)| match id.parse().ok().and_then(Id::new) {
            Some(id) => Ok(CustomField { id, value: field(value)? }),
            None => Err(Problem::WrongType { attribute: "id".into(), must: "must be an integer" }),
        });
        return fields.collect();
    }
    let fields = json_input::objects(sent, name)?.into_iter().map(|sent| {
        let missing = || Problem::WrongType { attribute: "id".into(), must: "must be an integer" };
        let id = json_input::id(sent, "id")?.flatten().ok_or_else(missing)?;
        Ok(CustomField { id, value: field(sent.get("value").unwrap_or(&Value::Null))? })
    });
    fields.collect()
}

fn field(value: &Value) -> Result<FieldValue, Problem> {
    let wrong = || Problem::WrongType {
        attribute: "value".to_owned(),
        must: "must be a string, a number, a boolean, null or an array of strings",
    };
    Ok(match value {
        Value::Null => FieldValue::Null,
        Value::Bool(flag) => FieldValue::Flag(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => FieldValue::Integer(number),
            None => FieldValue::Decimal(number.as_f64().ok_or_else(wrong)?),
        },
        Value::String(text) => FieldValue::Text(text.clone()),
        Value::Array(list) => {
            let texts = list.iter().map(|item| item.as_str().map(ToOwned::to_owned));
            FieldValue::List(texts.collect::<Option<_>>().ok_or_else(wrong)?)
        }
        Value::Object(_) => return Err(wrong()),
    })
}
