//! The three steps of a user image, as tests take them.

use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::harness::sigv4::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Signing};
use crate::harness::{Agent as _, Reading as _, Server};

pub const RESERVE: &str = "/api/v2/guide/user_images/uploads";
pub const PUBLISH: &str = "/api/v2/guide/user_images";

/// The first bytes of a PNG of 1 × 1: as much as tells what it is.
pub const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// The same of a GIF.
pub const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";

/// What the first step answered.
#[derive(Debug, Clone)]
pub struct Reserved {
    pub token: String,
    pub url: String,
    pub disposition: String,
    pub content_type: String,
}

impl Reserved {
    /// Reads the answer to the first step.
    pub fn read(mut answer: Value) -> Self {
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

    /// The URL without scheme, host and port: as it stands in a request line.
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

    /// What step 1 should have signed, to be signed here, as it is or changed.
    pub fn signing(&self) -> Signing<'_> {
        Signing {
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
pub fn reserve(server: &Server, content_type: &str, file_size: u64) -> Reserved {
    let body = json!({ "content_type": content_type, "file_size": file_size });
    let response = server.post(RESERVE).body(body.to_string()).sent();
    assert_eq!(response.status(), 200, "reservation of {content_type}, {file_size} bytes");
    Reserved::read(response.into_json())
}

/// Step 2, with the three headers that step 1 gave.
pub fn put(server: &Server, reserved: &Reserved, bytes: impl Into<Vec<u8>>) -> RequestBuilder {
    server
        .put(&reserved.url)
        .header("Content-Disposition", &reserved.disposition)
        .header("Content-Type", &reserved.content_type)
        .header("X-Amz-Server-Side-Encryption", "AES256")
        .body(bytes.into())
}

/// Step 2, successfully.
pub fn store(server: &Server, reserved: &Reserved, bytes: impl Into<Vec<u8>>) {
    let response = put(server, reserved, bytes).sent();
    assert_eq!(response.status(), 200, "{:?}", response.text());
}

/// Step 3.
pub fn publish(server: &Server, token: &str) -> Response {
    let body = json!({ "token": token, "brand_id": "10016" });
    server.post(PUBLISH).body(body.to_string()).sent()
}

/// Step 3, successfully: the path of the image.
pub fn published(server: &Server, token: &str) -> String {
    let response = publish(server, token);
    assert_eq!(response.status(), 201, "publication of {token}");
    let answer = response.into_json();
    answer["user_image"]["path"].as_str().expect("a path").to_owned()
}
