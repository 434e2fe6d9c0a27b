//! The OpenAPI document of the control API, made from the table of its calls and the types of
//! their inputs and answers.

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::http::control::answer_examples::add_examples;
use crate::http::control::control_row::{CallDescription, ControlRow, Schemas};
use crate::http::control::error::ControlError;
use crate::http::exchange::route::PUBLIC_CALLS;

pub fn document(calls: &[ControlRow]) -> Value {
    let mut schemas = Schemas::new();
    let refused = schemas.answers.subschema_for::<ControlError<'_>>();
    let refused = json!({
        "description": "Refused",
        "content": {"application/json": {"schema": refused}},
    });
    let mut paths = Map::new();
    let mut described = Vec::new();
    for call in calls {
        described.push((call, (call.describe)(&mut schemas)));
    }
    let components = schemas.into_components();
    for (call, CallDescription { input, example, needs_body, mut responses }) in described {
        let ControlRow { row, method, path, summary, .. } = call;
        responses["default"] = refused.clone();
        let operation_id = row.name().replace("::", "_");
        add_examples(&operation_id, &mut responses);
        let mut operation = json!({
            "operationId": operation_id,
            "summary": summary,
            "responses": responses,
        });
        let example: Value = serde_json::from_str(example).unwrap_or_default();
        let mut parameters = path_parameters(path);
        if *method == Method::GET {
            parameters.extend(query_parameters(&input, &components, &example));
        } else if !example.is_null() {
            let required = needs_body || resolve(&input, &components)["required"].is_array();
            let content = json!({"schema": input, "example": example});
            operation["requestBody"] =
                json!({"required": required, "content": {"application/json": content}});
        }
        operation["parameters"] = Value::Array(parameters);
        if PUBLIC_CALLS.contains(path) {
            operation["security"] = json!([]);
        }
        let operations = paths.entry(*path).or_insert_with(|| json!({}));
        operations[method.as_str().to_lowercase()] = operation;
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
        // The server has a control token or none.
        "security": [{}, {"controlToken": []}],
        "components": {
            "schemas": components,
            "securitySchemes": {"controlToken": {
                "type": "http",
                "scheme": "bearer",
                "description": "The token that --control-token gives to the server.",
            }},
        },
    })
}

/// The parameters in a path, such as `{name}`.
fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        let schema = match name {
            "id" | "number" => json!({"type": "integer", "minimum": 0, "maximum": u64::MAX}),
            _ => json!({"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"}),
        };
        json!({"name": name, "in": "path", "required": true, "schema": schema})
    };
    names.map(parameter).collect()
}

/// The fields of an input as parameters of a query.
fn query_parameters(input: &Value, components: &Map<String, Value>, example: &Value) -> Vec<Value> {
    let fields = resolve(input, components)["properties"].as_object();
    let parameter = |(name, schema): (&String, &Value)| {
        let mut parameter = json!({"name": name, "in": "query", "schema": schema});
        parameter["description"] = schema["description"].clone();
        if let Some(example) = example.get(name) {
            parameter["example"] = example.clone();
        }
        parameter
    };
    fields.into_iter().flatten().map(parameter).collect()
}

/// The schema, or the one that it refers to.
fn resolve<'a>(schema: &'a Value, components: &'a Map<String, Value>) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
    name.and_then(|name| components.get(name)).unwrap_or(schema)
}

/// The names of the fields that a call takes.
#[cfg(test)]
pub fn field_names(document: &Value, method: &Method, path: &str) -> Vec<String> {
    let operation = &document["paths"][path][method.as_str().to_lowercase()];
    let parameters = operation["parameters"].as_array().expect("parameters");
    let in_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
    let in_query = in_query.filter_map(|parameter| parameter["name"].as_str());
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let components = document["components"]["schemas"].as_object().expect("schemas");
    let in_body = resolve(body, components)["properties"].as_object();
    let in_body = in_body.into_iter().flat_map(Map::keys).map(String::as_str);
    in_query.chain(in_body).map(str::to_owned).collect()
}
