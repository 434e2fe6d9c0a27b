//! The schemas of JSON bodies, from the properties that routes use.

use serde_json::{Map, Value, json};
use strum::VariantNames;

use crate::core::id::Id;
use crate::core::tickets::values::{Priority, TicketStatus, TicketType};
use crate::http::exchange::endpoint::object;
use crate::http::support::id_list::MOST_ITEMS;
use crate::http::support::json_shape::Shape;

/// The properties that are lists of objects.
const LISTS: [&str; 1] = ["comments"];

/// The schema of a body with the object of a shape under its name.
pub fn body(shape: &Shape) -> Value {
    object(&[(shape.name, inner(shape))])
}

/// The schema of a body with many of these objects.
pub fn many(shape: &Shape, name: &str) -> Value {
    let list = json!({
        "type": "array", "items": inner(shape), "minItems": 1, "maxItems": MOST_ITEMS,
    });
    object(&[(name, list)])
}

/// The object of a shape.
fn inner(shape: &Shape) -> Value {
    let mut properties = Map::new();
    for path in shape.paths() {
        match path.split_once('.') {
            None => {
                properties.insert(path.to_owned(), property(path));
            }
            Some((outer, name)) => {
                let outer_schema = properties
                    .entry(outer)
                    .or_insert_with(|| json!({"type": "object", "properties": {}}));
                outer_schema["properties"][name] = inner_property(name);
            }
        }
    }
    for name in LISTS {
        if let Some(items) = properties.remove(name) {
            properties.insert(name.to_owned(), json!({"type": "array", "items": items}));
        }
    }
    json!({"type": "object", "properties": properties})
}

/// A property of a ticket or a request.
fn property(name: &str) -> Value {
    match name {
        "priority" => words(Priority::VARIANTS, true),
        "type" => words(TicketType::VARIANTS, true),
        "status" => words(TicketStatus::VARIANTS, false),
        "custom_fields" | "fields" => json!({"type": "array", "items": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": id(),
                "value": {
                    "type": ["null", "boolean", "number", "string", "array"],
                    "items": {"type": "string"},
                },
            },
        }}),
        _ => inner_property(name),
    }
}

/// A property whose name says its type.
fn inner_property(name: &str) -> Value {
    match name {
        "safe_update" | "solved" | "public" => json!({"type": "boolean"}),
        "tags" | "additional_tags" | "remove_tags" | "uploads" => {
            json!({"type": "array", "items": {"type": "string"}})
        }
        "collaborator_ids" => json!({"type": "array", "items": id()}),
        "collaborators" | "additional_collaborators" | "email_ccs" | "followers" => {
            let person = json!({"type": "object", "properties": {
                "user_id": id(),
                "user_email": {"type": "string"},
                "user_name": {"type": "string"},
                "action": {"enum": ["put", "delete"]},
            }});
            json!({"type": "array", "items": person})
        }
        "updated_stamp" => json!({"type": ["string", "null"], "format": "date-time"}),
        name if name.ends_with("_at") => json!({"type": ["string", "null"], "format": "date-time"}),
        name if name.ends_with("_id") && name != "external_id" => {
            let mut id = id();
            id["type"] = json!(["integer", "null"]);
            id
        }
        _ => json!({"type": ["string", "null"]}),
    }
}

/// The schema of an id.
pub fn id() -> Value {
    json!({"type": "integer", "minimum": Id::FIRST, "maximum": Id::LARGEST})
}

/// One of these words, or perhaps null.
pub fn words(words: &[&str], is_nullable: bool) -> Value {
    let mut all: Vec<_> = words.iter().map(|word| Value::from(*word)).collect();
    all.extend(is_nullable.then_some(Value::Null));
    json!({"enum": all})
}

/// The schema of an object whose properties may be missing.
pub fn optional(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}
