//! Reads the properties of tickets and requests that clients send.

use serde_json::Value;
use strum::VariantNames as _;

use crate::core::tickets::properties::Property;
use crate::core::tickets::values::{CustomField, FieldValue, Priority, TicketStatus, TicketType};
use crate::http::exchange::problem::Problem;
use crate::http::support::json_input::{self, JsonMap};

/// Reads the properties of a ticket.
pub fn read_ticket(sent: &JsonMap) -> Result<Vec<Property>, Problem> {
    let mut all = read_request(sent)?;
    type FromId = fn(Option<u64>) -> Property;
    let ids: [(&str, FromId); 5] = [
        ("assignee_id", Property::Assignee),
        ("group_id", Property::Group),
        ("organization_id", Property::Organization),
        ("brand_id", Property::Brand),
        ("problem_id", Property::Problem),
    ];
    for (name, property) in ids {
        all.extend(json_input::id(sent, name)?.map(property));
    }
    all.extend(json_input::id(sent, "requester_id")?.flatten().map(Property::Requester));
    let external_id = json_input::text(sent, "external_id")?;
    all.extend(external_id.map(|id| Property::ExternalId(id.map(ToOwned::to_owned))));
    if let Some(status) = json_input::present_text(sent, "status")? {
        let status =
            status.parse().map_err(|_| not_allowed("status", status, TicketStatus::VARIANTS))?;
        all.push(Property::Status(status));
    }
    let words = |text: &str| {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        words.map(ToOwned::to_owned).collect()
    };
    if let Some(tags) = json_input::texts(sent, "tags", words)? {
        all.push(Property::Tags(json_input::bounded("tags", tags)?));
    }
    Ok(all)
}

/// Reads the properties that a request may set.
pub fn read_request(sent: &JsonMap) -> Result<Vec<Property>, Problem> {
    let mut all = Vec::new();
    let subject = json_input::text(sent, "subject")?;
    all.extend(subject.map(|text| Property::Subject(text.map(ToOwned::to_owned))));
    if let Some(text) = json_input::text(sent, "priority")? {
        let text = text.filter(|text| !text.is_empty());
        let known = |text: &str| {
            text.parse::<Priority>().map_err(|_| not_allowed("priority", text, Priority::VARIANTS))
        };
        all.push(Property::Priority(text.map(known).transpose()?));
    }
    if let Some(text) = json_input::text(sent, "type")? {
        let text = text.filter(|text| !text.is_empty());
        let known = |text: &str| {
            text.parse::<TicketType>().map_err(|_| not_allowed("type", text, TicketType::VARIANTS))
        };
        all.push(Property::Type(text.map(known).transpose()?));
    }
    all.extend(json_input::id(sent, "ticket_form_id")?.map(Property::Form));
    all.extend(json_input::instant(sent, "due_at")?.map(Property::DueAt));
    for name in ["custom_fields", "fields"] {
        let fields = custom_fields(sent, name)?;
        all.extend(json_input::bounded(name, fields)?.into_iter().map(Property::Custom));
    }
    Ok(all)
}

/// Custom fields: a list of ids and values, or an object whose names are the ids.
fn custom_fields(sent: &JsonMap, name: &str) -> Result<Vec<CustomField>, Problem> {
    if let Some(Value::Object(by_id)) = sent.get(name) {
        let fields = by_id.iter().map(|(id, value)| match id.parse() {
            Ok(id) => Ok(CustomField { id, value: field(value)? }),
            Err(_) => {
                Err(Problem::WrongType { attribute: "id".into(), must: "must be an integer" })
            }
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

fn not_allowed(field: &'static str, value: &str, allowed: &'static [&'static str]) -> Problem {
    Problem::NotAllowed { field, value: value.chars().take(100).collect(), allowed }
}
