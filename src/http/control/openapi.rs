//! The OpenAPI document of the control API, made from the table of its calls.

use serde_json::{Map, Value, json};

use crate::config::settings::SettingsChange;
use crate::http::control::call::{Call, Outcome};
use crate::http::exchange::input::{Field, Kind, LONGEST_TEXT};

pub fn document(calls: &[Call]) -> Value {
    let mut paths = Map::new();
    for call in calls {
        let path = paths.entry(call.path).or_insert_with(|| json!({}));
        let method = call.method.as_str().to_lowercase();
        path[&method] = json!({
            "summary": call.about,
            "parameters": parameters(call),
            "responses": responses(call.outcome),
        });
        if !call.input.is_empty() && !call.takes_query() {
            path[&method]["requestBody"] =
                json!({"content": {"application/json": {"schema": schema(call.input)}}});
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "zendesk-mock control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What a test does to the server rather than to Zendesk. Every call acts on the account that the request is \
                            addressed to: by a path prefix such as /@acme, by host, or by the mail domain of a Basic user.",
        },
        "paths": paths,
    })
}

/// The responses of a call that succeeds and of one that is refused.
fn responses(outcome: Outcome) -> Value {
    let (status, media) = match outcome {
        Outcome::Told => ("200", Some("application/json")),
        Outcome::Made => ("201", Some("application/json")),
        Outcome::Nothing => ("204", None),
        Outcome::Events => ("200", Some("text/event-stream")),
        Outcome::Bytes => ("200", Some("application/octet-stream")),
    };
    let mut done = json!({"description": "It is done"});
    if let Some(media) = media {
        done["content"] = json!({media: {}});
    }
    let refusal = json!({
        "description": "It is not done; for bad input, by which field and what that accepts",
        "content": {"application/json": {"schema": {
            "type": "object",
            "required": ["error", "description"],
            "properties": {
                "error": {"type": "string"},
                "description": {"type": "string"},
                "field": {"type": "string"},
                "accepts": {"type": "string"},
            },
        }}},
    });
    json!({status: done, "default": refusal})
}

/// The parameters in the path, such as `{name}`, and the input of a GET, which goes into the query.
fn parameters(call: &Call) -> Vec<Value> {
    let in_path = call
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let kind = if ["id", "number"].contains(&name) { "integer" } else { "string" };
            json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}})
        });
    let in_query = call.input.iter().filter(|_| call.takes_query()).map(|field| {
        json!({"name": field.name, "in": "query", "description": field.about, "schema": kind_schema(field.kind)})
    });
    in_path.chain(in_query).collect()
}

fn schema(fields: &[Field]) -> Value {
    if let [whole] = fields
        && whole.name.is_empty()
    {
        return kind_schema(whole.kind);
    }
    let required: Vec<_> =
        fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut properties = Map::new();
    for field in fields {
        let mut schema = kind_schema(field.kind);
        schema["description"] = json!(field.about);
        properties.insert(field.name.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// The JSON schema of what a field accepts.
fn kind_schema(kind: Kind) -> Value {
    match kind {
        Kind::Time => {
            json!({"oneOf": [{"type": "string", "examples": ["90s", "1h"]}, {"type": "number"}]})
        }
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        Kind::Number => json!({"type": "integer", "minimum": 0}),
        Kind::Fraction => json!({"type": "number", "minimum": 0, "maximum": 1}),
        Kind::Status => json!({"type": "integer", "minimum": 400, "maximum": 599}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::AccountName => json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,63}$"}),
        Kind::OneOf(words) => json!({"type": "string", "enum": words}),
        Kind::Settings => schemars::schema_for!(SettingsChange).to_value(),
        Kind::Seed => json!({"type": "object"}),
        Kind::Text => json!({"type": "string", "maxLength": LONGEST_TEXT}),
        Kind::StatusOrClass => {
            json!({"oneOf": [
                {"type": "integer", "minimum": 100, "maximum": 599},
                {"type": "string", "pattern": "^([1-5]xx|[1-5][0-9][0-9])$"},
            ]})
        }
        Kind::Objects => json!({"type": "array", "minItems": 1, "items": {"type": "object"}}),
    }
}
