//! Downloads: `/attachments/token/…`, the signed URLs of redirects, and published images.

mod content;
mod images;
mod private;
mod ranges;
mod signed_urls;

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::*;

/// The `content_url` of the last file of an upload.
fn file_url(upload: &Value) -> &str {
    text(&upload["attachment"]["content_url"])
}

fn get_range(server: &Server, url: &str, range: &str) -> Response {
    server.get(url).header("range", range).fetch()
}

/// The body of a response with any status.
fn bytes(response: Response) -> Vec<u8> {
    response.bytes().expect("a body").to_vec()
}

/// The body of a response with status 200.
fn file_of(response: Response) -> Vec<u8> {
    assert_eq!(response.status(), 200);
    bytes(response)
}

fn assert_forbidden(response: Response) {
    let message = "You do not have access to this page. Please contact the account owner of this \
                   help desk for further help.";
    let refusal = json!({"error": {"title": "Forbidden", "message": message}});
    assert_eq!(response.status_and_json(), (403, refusal));
}
