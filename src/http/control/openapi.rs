//! `/_mock/openapi.json`: the control API as a document, made from the table of its calls.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::OPERATIONS;
use super::input::Field;
use crate::http::answer::Json;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// `GET /_mock/openapi.json`
pub async fn show() -> Response {
    Json(&*DOCUMENT).into_response()
}

fn document() -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = json!({
            "summary": operation.about,
            "parameters": parameters(operation.path),
            "responses": {
                "default": {"description": "JSON. A refusal has error and description, and for bad input the field and what it accepts"},
            },
        });
        if !operation.input.is_empty() {
            path[operation.method]["requestBody"] =
                json!({"content": {"application/json": {"schema": schema(operation.input)}}});
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

/// The parameters in a path, such as `{name}`.
fn parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect()
}

fn schema(fields: &[Field]) -> Value {
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
