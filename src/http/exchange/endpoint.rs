//! What a service says of the requests and responses of a handler, for the OpenAPI document of the
//! emulated endpoints.

use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// A handler, as it is documented.
#[derive(Debug, Clone)]
pub struct EndpointDescription {
    /// The path of the handler, as the route table has it.
    pub handler: &'static str,
    pub summary: &'static str,
    /// The parameters apart from those in the path.
    pub parameters: Vec<Value>,
    pub request_body: Option<Value>,
    /// The responses that are no refusals, by their status.
    pub responses: Map<String, Value>,
}

impl EndpointDescription {
    pub fn new(handler: &'static str, summary: &'static str) -> Self {
        let (parameters, responses) = (Vec::new(), Map::new());
        Self { handler, summary, parameters, request_body: None, responses }
    }

    pub fn with_parameters(mut self, parameters: impl IntoIterator<Item = Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// Takes a body of one of these types, or of any.
    pub fn takes(mut self, types: &[&str], schema: &Value) -> Self {
        self.request_body = Some(json!({"required": true, "content": content(types, schema)}));
        self
    }

    pub fn takes_json(self, schema: &Value) -> Self {
        self.takes(&["application/json"], schema)
    }

    /// A body that may be left out.
    pub fn may_take_json(self, schema: &Value) -> Self {
        let mut endpoint = self.takes_json(schema);
        endpoint.request_body = endpoint.request_body.map(|mut body| {
            body["required"] = false.into();
            body
        });
        endpoint
    }

    /// An example of the JSON body.
    pub fn with_example(mut self, example: Value) -> Self {
        if let Some(body) = &mut self.request_body {
            body["content"]["application/json"]["example"] = example;
        }
        self
    }

    /// Answers with a body of one of these types.
    pub fn answers_as(mut self, status: u16, types: &[&str], schema: &Value) -> Self {
        let response = json!({"description": "Success", "content": content(types, schema)});
        self.responses.insert(status.to_string(), response);
        self
    }

    pub fn answers(self, status: u16, schema: &Value) -> Self {
        self.answers_as(status, &["application/json"], schema)
    }

    /// Answers without a body.
    pub fn answers_empty(mut self, status: u16, description: &str) -> Self {
        self.responses.insert(status.to_string(), json!({"description": description}));
        self
    }
}

/// The same schema for each media type.
fn content(types: &[&str], schema: &Value) -> Map<String, Value> {
    types.iter().map(|name| ((*name).to_owned(), json!({"schema": schema}))).collect()
}

/// A generator of schemas whose definitions are among the components of a document.
pub fn schema_generator(contract: Contract) -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.contract = contract;
    settings.into_generator()
}

/// A parameter of a query.
pub fn query(name: &str, description: &str) -> Value {
    query_as(name, description, &json!({"type": "string"}))
}

pub fn query_as(name: &str, description: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "query", "description": description, "schema": schema})
}

/// The schema of a text that is not blank.
pub fn text() -> Value {
    json!({"type": "string", "pattern": "\\S"})
}

/// The same parameter, without which a request is refused.
pub fn required(mut parameter: Value) -> Value {
    parameter["required"] = true.into();
    parameter
}

/// The schema of a value under its name, as `NamedValue` writes it.
pub fn named<T: JsonSchema>(schemas: &mut SchemaGenerator, name: &str) -> Value {
    object(&[(name, schemas.subschema_for::<T>().into())])
}

/// The schema of an object that has all of these properties.
pub fn object(properties: &[(&str, Value)]) -> Value {
    let required: Vec<_> = properties.iter().map(|(name, _)| *name).collect();
    let properties: Map<_, _> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "required": required, "properties": properties})
}
