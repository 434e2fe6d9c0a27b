//! The endpoints of the Guide gateway for the OpenAPI document.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use crate::http::exchange::endpoint::{EndpointDescription, named, object, text};
use crate::http::exchange::presigned::PresignedUploadJson;
use crate::http::guide::error::Errors;
use crate::http::guide::user_images::ImageJson;

/// Describes all handlers of the Guide gateway.
pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let reservation = object(&[
        ("content_type", text()),
        ("file_size", json!({"type": "integer", "minimum": 1})),
    ]);
    let brand = json!({"anyOf": [text(), {"type": "number"}]});
    let published = object(&[("token", text()), ("brand_id", brand)]);
    vec![
        EndpointDescription::new(
            "user_images::reserve",
            "Reserves an image, and returns where it is PUT",
        )
        .takes_json(&reservation)
        .with_example(json!({"content_type": "image/png", "file_size": 1024}))
        .answers(200, &named::<PresignedUploadJson<'_>>(schemas, "upload")),
        EndpointDescription::new("user_images::publish", "Publishes an image that was PUT")
            .takes_json(&published)
            .answers(201, &named::<ImageJson<'_>>(schemas, "user_image")),
    ]
}

/// The schema of a refusal.
pub fn refusal(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<Errors>().into()
}
