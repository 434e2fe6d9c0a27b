//! Uploads and attachments.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::endpoint::{
    EndpointDescription, named, object, query, query_as, required, text,
};
use crate::http::support::endpoints::bodies::optional;
use crate::http::support::uploads::UploadJson;

pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let upload = named::<UploadJson<'_>>(schemas, "upload");
    let attachment = named::<AttachmentJson<'_>>(schemas, "attachment");
    let edit = optional(json!({"malware_access_override": {"type": "boolean"}}));
    let create = EndpointDescription::new(
        "uploads::create",
        "Stores the body, or the part uploaded_data of a form, in a new upload or in an open one",
    );
    vec![
        with_file(create)
            .with_parameters([
                required(query_as("filename", "The name; a form may have it instead", &text())),
                query("token", "The token of an open upload, to which the file is appended"),
            ])
            .answers_as(201, &["application/json", "text/plain"], &upload),
        EndpointDescription::new(
            "uploads::show",
            "Shows an open upload, which only this server does",
        )
        .answers(200, &upload),
        EndpointDescription::new("uploads::delete", "Deletes an upload and its files")
            .answers_empty(204, "Deleted"),
        EndpointDescription::new("attachments::show", "Shows what is known of a file")
            .answers(200, &attachment),
        EndpointDescription::new(
            "attachments::update",
            "Allows downloads in spite of malware, or forbids them",
        )
        .takes_json(&object(&[("attachment", edit)]))
        .with_example(json!({"attachment": {"malware_access_override": true}}))
        .answers(200, &attachment),
        EndpointDescription::new("attachments::delete", "Deletes a file")
            .answers_empty(204, "Deleted"),
    ]
}

/// Takes a file as the whole body, whatever its type, or in a form.
fn with_file(endpoint: EndpointDescription) -> EndpointDescription {
    let file = json!({"type": "string", "format": "binary", "minLength": 1});
    let form = object(&[("uploaded_data", file.clone())]);
    let mut endpoint = endpoint.takes(&["application/octet-stream"], &file);
    if let Some(Value::Object(body)) = &mut endpoint.request_body {
        body["content"]["multipart/form-data"] = json!({"schema": form});
    }
    endpoint
}
