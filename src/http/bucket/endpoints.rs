//! The endpoint of the bucket for the OpenAPI document.

use serde_json::{Value, json};

use crate::http::exchange::endpoint::EndpointDescription;

/// Describes the handler of the bucket, which refuses a request to a URL that is not presigned.
pub fn describe() -> EndpointDescription {
    let file = json!({"type": "string", "format": "binary"});
    EndpointDescription::new(
        "bucket::object",
        "Stores an object under the presigned URL that reserved it",
    )
    .with_parameters(SIGNED.map(parameter))
    .takes(&["*/*"], &file)
    .answers_empty(200, "Stored")
}

/// The parameters of a presigned URL.
const SIGNED: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];

fn parameter(name: &str) -> Value {
    json!({"name": name, "in": "query", "required": true, "schema": {"type": "string"}})
}
