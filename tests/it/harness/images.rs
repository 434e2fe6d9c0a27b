//! The three steps of a user image.

use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::harness::sigv4::{ACCESS_KEY_ID, PresignInput, SECRET_ACCESS_KEY};
use crate::harness::{RequestExt as _, ResponseExt as _, Server};

pub const RESERVE: &str = "/api/v2/guide/user_images/uploads";
pub const PUBLISH: &str = "/api/v2/guide/user_images";

/// The signature and header of a PNG of 1 × 1: enough to recognise it.
pub const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// The header of a GIF of 1 × 1.
pub const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";

/// The answer to step 1.
#[derive(Debug, Clone)]
pub struct Reservation {
    pub token: String,
    pub url: String,
    pub disposition: String,
    pub content_type: String,
}

impl Reservation {
    pub fn from_json(mut answer: Value) -> Self {
        let mut text = |pointer: &str| match answer.pointer_mut(pointer).map(Value::take) {
            Some(Value::String(text)) => text,
            other => panic!("{pointer} is {other:?}"),
        };
        Self {
            token: text("/upload/token"),
            url: text("/upload/url"),
            disposition: text("/upload/headers/Content-Disposition"),
            content_type: text("/upload/headers/Content-Type"),
        }
    }

    /// The URL without scheme, host and port: the target of a request line.
    pub fn target(&self) -> &str {
        let (_, rest) = self.url.split_once("://").expect("a scheme");
        &rest[rest.find('/').expect("a path")..]
    }

    pub fn path(&self) -> &str {
        self.target().split_once('?').expect("a query").0
    }

    pub fn query(&self) -> &str {
        self.target().split_once('?').expect("a query").1
    }

    /// The host and port of the URL.
    pub fn host(&self) -> &str {
        let (_, rest) = self.url.split_once("://").expect("a scheme");
        rest.split_once('/').expect("a path").0
    }

    /// What step 1 has signed, for tests that sign it with changes.
    pub fn presign_input(&self) -> PresignInput<'_> {
        PresignInput {
            access_key_id: ACCESS_KEY_ID,
            secret_access_key: SECRET_ACCESS_KEY,
            method: "PUT",
            host: self.host(),
            path: self.path(),
            content_type: &self.content_type,
            disposition: &self.disposition,
            date: "20260101T000000Z",
            expires: "3600",
        }
    }
}

/// Step 1.
pub fn reserve(server: &Server, content_type: &str, file_size: u64) -> Reservation {
    let body = json!({ "content_type": content_type, "file_size": file_size });
    let response = server.post(RESERVE).body(body.to_string()).fetch();
    assert_eq!(response.status(), 200, "reservation of {content_type}, {file_size} bytes");
    Reservation::from_json(response.into_json())
}

/// Step 2, with the three headers that step 1 returned.
pub fn put_request(
    server: &Server,
    reserved: &Reservation,
    bytes: impl Into<Vec<u8>>,
) -> RequestBuilder {
    server
        .put(&reserved.url)
        .header("Content-Disposition", &reserved.disposition)
        .header("Content-Type", &reserved.content_type)
        .header("X-Amz-Server-Side-Encryption", "AES256")
        .body(bytes.into())
}

/// Step 2, successfully.
pub fn store(server: &Server, reserved: &Reservation, bytes: impl Into<Vec<u8>>) {
    let response = put_request(server, reserved, bytes).fetch();
    assert_eq!(response.status(), 200, "{:?}", response.text());
}

/// Steps 1 and 2 for [`PNG`].
pub fn reserve_and_store(server: &Server) -> Reservation {
    let reserved = reserve(server, "image/png", PNG.len() as u64);
    store(server, &reserved, PNG);
    reserved
}

/// Step 3.
pub fn try_publish(server: &Server, token: &str) -> Response {
    let body = json!({ "token": token, "brand_id": "10016" });
    server.post(PUBLISH).body(body.to_string()).fetch()
}

/// Step 3, successfully: the path of the image.
pub fn publish(server: &Server, token: &str) -> String {
    let response = try_publish(server, token);
    assert_eq!(response.status(), 201, "publication of {token}");
    let answer = response.into_json();
    answer["user_image"]["path"].as_str().expect("a path").to_owned()
}
