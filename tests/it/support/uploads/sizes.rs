//! `/api/v2/uploads` with too many bytes: the client sees the refusal and can reuse the connection.

use std::io::Cursor;

use reqwest::blocking::Body;
use serde_json::{Value, json};

use crate::harness::*;

/// Three times this exceeds the buffers of any socket.
const LIMIT: usize = 4 * 1024 * 1024;

fn limited() -> Server {
    configured(|config| config.account.max_upload_size = LIMIT as u64)
}

fn too_large() -> Value {
    json!({"error": "AttachmentTooLarge", "description": "Attachment exceeds the maximum size allowed"})
}

fn head(framing: &str) -> Vec<u8> {
    format!(
        "POST /api/v2/uploads?filename=a.bin HTTP/1.1\r\nHost: localhost\r\n{AGENT}{framing}\r\n"
    )
    .into_bytes()
}

/// The server has read the refused body to its end, so the connection can be used.
fn assert_reusable(connection: &mut Connection) {
    connection.send(&head("Content-Length: 5\r\n"));
    connection.send(b"hello");
    assert_eq!(connection.read_response().status(), 201);
}

#[test]
fn a_file_of_the_limit_is_stored_and_one_more_byte_is_413() {
    let server = limited();
    let file = vec![7; LIMIT + 1];
    let post = || server.post("/api/v2/uploads?filename=a.bin").agent();
    let announced = post().body(file[..LIMIT].to_vec()).fetch();
    assert_eq!(announced.status(), 201);
    assert_eq!(announced.into_json()["upload"]["attachment"]["size"], LIMIT);
    let chunked = post().body(Body::new(Cursor::new(file[..LIMIT].to_vec()))).fetch();
    assert_eq!(chunked.status(), 201);
    let used = server.mock.memory_used();
    let announced = post().body(file.clone()).fetch();
    assert_eq!(announced.status_and_json(), (413, too_large()));
    let chunked = post().body(Body::new(Cursor::new(file))).fetch();
    assert_eq!(chunked.status_and_json(), (413, too_large()));
    assert_eq!(server.mock.memory_used(), used);
}

#[test]
fn the_default_limit_is_50_mib() {
    let server = server();
    let expecting = |length: u64| {
        server.exchange(&head(&format!("Content-Length: {length}\r\nExpect: 100-continue\r\n")))
    };
    assert_eq!(expecting(52_428_800).status(), 100);
    assert_eq!(expecting(52_428_801).status(), 413);
}

#[test]
fn a_client_that_writes_three_times_the_limit_reads_413() {
    let server = limited();
    let mut connection = server.connect();
    connection.send(&head(&format!("Content-Length: {}\r\n", 3 * LIMIT)));
    connection.send(&vec![7; 3 * LIMIT]);
    let answer = connection.read_response();
    assert_eq!((answer.status(), answer.json()), (413, too_large()));
    assert_eq!(server.mock.memory_used(), 0);
    assert_reusable(&mut connection);
}

#[test]
fn a_client_that_writes_chunks_over_the_limit_reads_413() {
    let server = limited();
    let mut connection = server.connect();
    connection.send(&head("Transfer-Encoding: chunked\r\n"));
    let mut chunk = format!("{:x}\r\n", LIMIT / 4).into_bytes();
    chunk.resize(chunk.len() + LIMIT / 4, 7);
    chunk.extend(b"\r\n");
    for _ in 0..12 {
        connection.send(&chunk);
    }
    connection.send(b"0\r\n\r\n");
    let answer = connection.read_response();
    assert_eq!((answer.status(), answer.json()), (413, too_large()));
    assert_eq!(server.mock.memory_used(), 0);
    assert_reusable(&mut connection);
}

#[test]
fn an_expectation_over_the_limit_is_refused_before_sending() {
    let server = limited();
    let mut connection = server.connect();
    connection.send(&head(&format!("Content-Length: {}\r\nExpect: 100-continue\r\n", 3 * LIMIT)));
    let answer = connection.read_response();
    assert_eq!((answer.status(), answer.json()), (413, too_large()));
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn a_client_that_writes_on_reads_every_other_refusal() {
    let server = limited();
    for (path, credentials, status) in [
        ("/api/v2/uploads?filename=a.bin", "", 401),
        ("/api/v2/uploads", AGENT, 422),
        ("/api/v2/uploads?filename=a.bin&token=unknown", AGENT, 404),
        ("/api/v2/nothing", AGENT, 404),
        ("/@-/api/v2/uploads?filename=a.bin", AGENT, 404),
    ] {
        let mut connection = server.connect();
        connection.send(
            format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\n{credentials}Content-Length: {}\r\n\r\n",
                3 * LIMIT
            )
            .as_bytes(),
        );
        connection.send(&vec![7; 3 * LIMIT]);
        assert_eq!(connection.read_response().status(), status, "{path}");
        assert_reusable(&mut connection);
    }
}

#[test]
fn the_status_follows_too_large_status() {
    let server = configured(|config| {
        config.account.max_upload_size = 10;
        config.account.too_large_status = 422;
    });
    let response =
        server.post("/api/v2/uploads?filename=a.bin").agent().body("eleven bytes").fetch();
    assert_eq!(response.status_and_json(), (422, too_large()));
}

#[test]
fn a_too_large_appended_file_leaves_the_upload_unchanged() {
    let server = configured(|config| config.account.max_upload_size = 10);
    let upload = server.upload("a.txt", "a");
    let token = token(&upload);
    let path = format!("/api/v2/uploads?filename=b.bin&token={token}");
    assert_eq!(server.post(&path).agent().body("eleven bytes").fetch().status(), 413);
    let shown = server.get(&format!("/api/v2/uploads/{token}")).agent().fetch();
    assert_eq!(shown.into_json(), json!({ "upload": upload }));
}
