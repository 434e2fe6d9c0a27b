//! `/_mock/openapi.json`: the control API as a document, made from the table of its calls.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::http::control::input::Field;
use crate::http::control::{CALLS, Call, Outcome};
use crate::http::exchange::json::Json;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// `GET /_mock/openapi.json`
pub async fn show() -> Response {
    Json(&*DOCUMENT).into_response()
}

fn document() -> Value {
    let mut paths = Map::new();
    for call in CALLS {
        let path = paths.entry(call.path).or_insert_with(|| json!({}));
        path[call.method] = json!({
            "summary": call.about,
            "parameters": parameters(call),
            "responses": responses(call.outcome),
        });
        if !call.input.is_empty() && !call.is_get() {
            path[call.method]["requestBody"] =
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

/// What is answered: when it is done, and when it is not.
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

/// The parameters in a path, such as `{name}`, and those of a GET, which go into its query.
fn parameters(call: &Call) -> Vec<Value> {
    let in_path = call
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let kind = if ["id", "number"].contains(&name) { "integer" } else { "string" };
            json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}})
        });
    let in_query = call.input.iter().filter(|_| call.is_get()).map(|field| {
        json!({"name": field.name, "in": "query", "description": field.about, "schema": field.kind.schema()})
    });
    in_path.chain(in_query).collect()
}

fn schema(fields: &[Field]) -> Value {
    if let [whole] = fields
        && whole.name.is_empty()
    {
        return whole.kind.schema();
    }
    let required: Vec<_> =
        fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut properties = Map::new();
    for field in fields {
        let mut schema = field.kind.schema();
        schema["description"] = json!(field.about);
        properties.insert(field.name.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "required": required})
}
