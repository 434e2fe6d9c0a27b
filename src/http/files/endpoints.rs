//! The endpoints that serve files, for the OpenAPI document.

use serde_json::json;

use crate::http::exchange::endpoint::{EndpointDescription, query, required};

/// Describes all handlers of files.
pub fn describe() -> Vec<EndpointDescription> {
    let served = |endpoint: EndpointDescription| {
        let file = json!({"type": "string", "format": "binary"});
        let range = json!({
            "name": "Range", "in": "header", "description": "The bytes that are wanted",
            "schema": {"type": "string", "pattern": "^bytes=[0-9]{1,9}-$"},
        });
        endpoint
            .with_parameters([range])
            .answers_as(200, &["*/*"], &file)
            .answers_as(206, &["*/*"], &file)
            .answers_empty(304, "The client has the file")
            .answers_empty(416, "The file has none of these bytes")
    };
    let attachment =
        EndpointDescription::new("files::attachment", "Downloads a file, or redirects to it")
            .with_parameters([query("name", "The name of the file, which is ignored")])
            .answers_empty(302, "A temporary URL is in Location");
    vec![
        served(attachment),
        served(EndpointDescription::new("files::signed", "Downloads a file by a temporary URL"))
            .with_parameters([required(query("token", "The signature"))]),
        served(EndpointDescription::new("files::user_image", "Shows a published image")),
    ]
}
