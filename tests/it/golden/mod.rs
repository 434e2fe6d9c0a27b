//! Golden answers in `fixtures/answers`: whole responses, without redaction. Names and time are
//! seeded.

mod bucket;
mod deleted_tickets;
mod search;
mod side_conversations;
mod support_refusals;
mod tickets;
mod uploads;
mod user_images;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use zendesk_mock::{AccountHandle, BucketSizeCheck, Cors, UnknownType};

use crate::harness::*;

const UNICODE_NAME: &str = include_str!("../../../fixtures/files/unicode-name.txt");
const WIDE_PNG: &[u8] = include_bytes!("../../../fixtures/files/wide.png");
const DAMAGED_PNG: &[u8] = include_bytes!("../../../fixtures/files/damaged.png");
const DOT_PNG: &[u8] = include_bytes!("../../../fixtures/files/dot.png");
const PORTRAIT_JPEG: &[u8] = include_bytes!("../../../fixtures/files/portrait.jpeg");
const PIXEL_GIF: &[u8] = include_bytes!("../../../fixtures/files/pixel.gif");
const STRIP_WEBP: &[u8] = include_bytes!("../../../fixtures/files/strip.webp");
const STRIP_LOSSLESS_WEBP: &[u8] = include_bytes!("../../../fixtures/files/strip-lossless.webp");
const BLOCK_BMP: &[u8] = include_bytes!("../../../fixtures/files/block.bmp");

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "answers"].iter().collect()
}

#[test]
fn every_golden_answer_is_compared() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .expect("the golden answers")
        .map(|entry| entry.expect("an answer").file_name().to_string_lossy().into_owned())
        .collect();
    let sources = [
        include_str!("bucket.rs"),
        include_str!("deleted_tickets.rs"),
        include_str!("search.rs"),
        include_str!("side_conversations.rs"),
        include_str!("support_refusals.rs"),
        include_str!("tickets.rs"),
        include_str!("uploads.rs"),
        include_str!("user_images.rs"),
    ];
    let compared: BTreeSet<String> = sources
        .iter()
        .flat_map(|source| source.split("golden("))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
        .map(|(name, _)| format!("{name}.snap"))
        .filter(|file| {
            file.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
        })
        .collect();
    assert_eq!(files, compared);
}

/// Compares an answer with the golden one of this name.
fn golden(name: &str, answer: &RawResponse) {
    let is_refused = answer.status() >= 400;
    assert_eq!(answer.header("x-zendesk-mock-reason").is_some(), is_refused, "{name}: {answer}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let shown = match std::str::from_utf8(&answer.body) {
        Ok(_) => answer.to_string(),
        // Bytes that are not UTF-8 are escaped.
        Err(_) => {
            format!("{}{}", answer.head.replace("\r\n", "\n"), answer.body.escape_ascii())
        }
    };
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

const RESERVE: &str = "/api/v2/guide/user_images/uploads";
const PUBLISH: &str = "/api/v2/guide/user_images";

/// The account of all requests here.
fn acme(server: &Server) -> AccountHandle {
    server.mock.account("acme").expect("an account")
}

/// A request to `acme.zendesk.com`, header by header.
struct Request(String);

fn request(method: &str, target: &str) -> Request {
    Request(format!("{method} {target} HTTP/1.1\r\n")).header("Host", "acme.zendesk.com")
}

impl Request {
    fn header(self, name: &str, value: &str) -> Self {
        Self(format!("{}{name}: {value}\r\n", self.0))
    }

    /// As `agent@example.com/token:secret`.
    fn agent(self) -> Self {
        self.header("Authorization", "Basic YWdlbnRAZXhhbXBsZS5jb20vdG9rZW46c2VjcmV0")
    }

    fn end(self) -> Vec<u8> {
        format!("{}\r\n", self.0).into_bytes()
    }

    fn body(self, body: &[u8]) -> Vec<u8> {
        let head = self.header("Content-Length", &body.len().to_string()).end();
        [&head, body].concat()
    }

    fn json(self, body: &Value) -> Vec<u8> {
        self.header("Content-Type", "application/json").body(body.to_string().as_bytes())
    }
}

/// Uploads a file, and returns its `upload`.
fn upload(server: &Server, encoded_name: &str, body: &[u8]) -> Value {
    let target = format!("/api/v2/uploads?filename={encoded_name}");
    let answer = server.exchange(&request("POST", &target).agent().body(body));
    assert_eq!(answer.status(), 201, "{answer}");
    answer.json()["upload"].take()
}

/// A request for the `content_url` of an attachment, without credentials.
fn download_request(attachment: &Value) -> Vec<u8> {
    request("GET", &path_of(&attachment["content_url"])).end()
}

/// Reserves the 78 bytes of `dot.png`, and returns the `upload`.
fn reserve(server: &Server) -> Value {
    let body = json!({"content_type": "image/png", "file_size": 78});
    let answer = server.exchange(&request("POST", RESERVE).json(&body));
    assert_eq!(answer.status(), 200, "{answer}");
    answer.json()["upload"].take()
}

/// Reserves and stores `dot.png`, and returns the `upload`.
fn reserve_and_store(server: &Server) -> Value {
    let reservation = reserve(server);
    assert_eq!(server.exchange(&put(&reservation).body(DOT_PNG)).status(), 200);
    reservation
}

fn publish(server: &Server, token: &Value) -> RawResponse {
    let body = json!({"token": token, "brand_id": "10016"});
    server.exchange(&request("POST", PUBLISH).json(&body))
}

/// The PUT for a reservation.
fn put(reservation: &Value) -> Request {
    put_without(reservation, "")
}

/// [`put`] without one header.
fn put_without(reservation: &Value, omitted: &str) -> Request {
    let headers = reservation["headers"].as_object().expect("headers");
    headers
        .iter()
        .filter(|(name, _)| *name != omitted)
        .fold(request("PUT", &path_of(&reservation["url"])), |put, (name, value)| {
            put.header(name, text(value))
        })
}

fn path_of(url: &Value) -> String {
    let url = text(url);
    let path = url.strip_prefix("http://acme.zendesk.com");
    path.unwrap_or_else(|| panic!("{url} is not of this account")).to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
