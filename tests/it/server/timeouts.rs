//! Timeouts, and connections that end early.

use std::time::Duration;

use super::budget::{MEGABYTE, partial_upload, post};
use crate::harness::*;

fn server_with_idle_timeout() -> Server {
    configured(|config| config.idle_timeout = Duration::from_millis(500))
}

#[test]
fn a_body_that_stops_arriving_is_408_and_stores_nothing() {
    let server = server_with_idle_timeout();
    let mut chunked = partial_upload(0, 0);
    chunked.truncate(chunked.len() - "Content-Length: 0\r\n\r\n".len());
    chunked.extend(b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    let form = format!(
        "POST /api/v2/uploads?filename=a.bin HTTP/1.1\r\nHost: localhost\r\n{AGENT}Content-Length: 100\r\n\
         Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    );
    for request in
        [partial_upload(1_000, 500), partial_upload(1_000, 0), chunked, form.into_bytes()]
    {
        let mut connection = server.connect();
        connection.send(&request);
        let answer = connection.read_response();
        assert_eq!(answer.status(), 408, "{answer}");
        assert_eq!(answer.json()["error"], "RequestTimeout");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(server.mock.memory_used(), 0);
        assert!(connection.is_closed());
    }
    assert_eq!(post(&server, "", 1_000).status(), 201);
}

#[test]
fn a_refused_body_that_stops_arriving_is_answered_in_time() {
    let server = server_with_idle_timeout();
    for (path, status) in [("/api/v2/uploads", 401), ("/api/v2/nothing", 404)] {
        let mut connection = server.connect();
        connection.send(
            format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhello")
                .as_bytes(),
        );
        assert_eq!(connection.read_response().status(), status, "{path}");
        assert!(connection.is_closed());
    }
}

#[test]
fn a_connection_without_a_complete_head_is_closed() {
    let server = server_with_idle_timeout();
    for begin in ["", "POST /api/v2/uplo", "GET / HTTP/1.1\r\nHost: local"] {
        let mut connection = server.connect();
        connection.send(begin.as_bytes());
        connection.read_to_end();
    }
    assert_eq!(post(&server, "", 1_000).status(), 201);
}

/// The only connection stops reading. The timeout frees it for the next client.
#[test]
fn a_client_that_stops_reading_is_disconnected() {
    let server = configured(|config| {
        config.max_connections = 1;
        config.idle_timeout = Duration::from_millis(500);
    });
    let upload = server.upload("large.bin", vec![7; 40_000_000]);
    let url = text(&upload["attachment"]["content_url"]);
    let path = &url[server.mock.url().len()..];
    let mut stalled = server.connect();
    stalled.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    assert_eq!(server.get("/_mock/health").fetch().status(), 200);
    drop(stalled);
}

#[test]
fn a_disconnected_upload_is_not_charged() {
    let server = server();
    let mut connection = server.connect();
    connection.send(&partial_upload(2 * MEGABYTE, MEGABYTE));
    server.wait_until("half of the body is received", || {
        server.mock.memory_used() >= MEGABYTE as u64
    });
    drop(connection);
    server.wait_until("the memory is free", || server.mock.memory_used() == 0);
    let reset = server.post("/_mock/reset").fetch().into_json();
    assert_eq!(reset["removed"]["uploads"], 0);
}

#[test]
fn a_body_shorter_than_announced_is_not_stored() {
    let server = server();
    let mut connection = server.connect();
    connection.send(&partial_upload(1_000, 500));
    connection.shutdown_write();
    connection.read_to_end();
    server.wait_until("the memory is free", || server.mock.memory_used() == 0);
    let reset = server.post("/_mock/reset").fetch().into_json();
    assert_eq!(reset["removed"]["uploads"], 0);
}
