//! Connections beyond `max_connections`: none keeps the control API from others.

use crate::harness::http2_frames::{HEADERS, Http2Connection};
use crate::harness::*;

const UPLOAD: &str = "/api/v2/uploads/x";

/// A server whose only place is taken by the connection.
fn full_server() -> (Server, Connection) {
    let server = configured(|config| {
        config.max_connections = 1;
        config.proxy_passthrough = true;
    });
    let held = server.connect();
    (server, held)
}

fn health(server: &Server) {
    assert_eq!(server.get("/_mock/health").fetch().status(), 200);
}

#[test]
fn one_call_is_answered_on_each_connection() {
    let (server, _held) = full_server();
    let mut connection = server.connect();
    let answer = connection.exchange("GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!((answer.status(), answer.header("connection")), (200, Some("close")));
    assert!(connection.is_closed());
}

#[test]
fn a_connection_ends_whatever_it_carries_unless_its_request_waits() {
    let (server, held) = full_server();
    let mut waiting = server.connect();
    waiting.send(format!("GET {UPLOAD} HTTP/1.1\r\nHost: x\r\n{AGENT}\r\n").as_bytes());
    let mut slow = server.connect();
    slow.send(b"POST /_mock/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000\r\n\r\n");
    let mut head = server.connect();
    head.send(b"GET /_mock/health HTTP/1.1\r\n");
    let mut tunnel = server.connect();
    let opened = tunnel.exchange("CONNECT acme.zendesk.com:443 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(opened.status(), 200);
    let mut tunnel = Http2Connection::on(tunnel, &[]);
    let mut pings = Http2Connection::open(server.mock.address(), &[]);
    pings.request("POST", "/_mock/faults", &[], false);
    while slow.is_sent(b" ") {
        health(&server);
        tunnel.ping();
        pings.ping();
    }
    tunnel.ping_until_closed();
    pings.ping_until_closed();
    head.read_to_end();
    drop(held);
    assert_eq!(waiting.read_response().status(), 404);
}

#[test]
fn all_requests_of_a_connection_get_its_place() {
    let (server, held) = full_server();
    let mut client = Http2Connection::open(server.mock.address(), &[]);
    for _ in 0..2 {
        client.request("GET", UPLOAD, &[("authorization", "Bearer x")], true);
    }
    assert!(client.ping().1);
    health(&server);
    drop(held);
    let mut answers = 0;
    while answers < 2 {
        let frame = client.read().expect("the connection is open");
        answers += usize::from(frame.kind == HEADERS);
    }
}

#[test]
fn a_tunnel_to_another_server_waits_for_a_place() {
    let (server, held) = full_server();
    let other = crate::harness::server();
    let mut tunnel = server.connect();
    let to = other.mock.address();
    tunnel.send(format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n").as_bytes());
    health(&server);
    drop(held);
    assert_eq!(tunnel.read_head().status(), 200);
}

#[test]
fn a_connection_that_gets_a_place_has_the_time_of_others() {
    let server = configured(|config| config.max_connections = 3);
    let upload = server.upload("large.bin", vec![7; 40_000_000]);
    let path = text(&upload["attachment"]["content_url"])[server.mock.url().len()..].to_owned();
    let download = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let short = "GET /api/v2/uploads/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n";
    let held = [(); 3].map(|()| server.connect());
    let mut idle = server.connect();
    idle.send(short.as_bytes());
    let mut paused = server.connect();
    paused.send(download.as_bytes());
    let mut http2 = Http2Connection::open(server.mock.address(), &[]);
    http2.request("GET", UPLOAD, &[("authorization", "Bearer x")], true);
    health(&server);
    drop(held);
    assert_eq!(idle.read_response().status(), 404);
    assert_eq!(paused.read_head().status(), 200);
    while http2.read().expect("an answer").kind != HEADERS {}
    // Waits twice for the 2 s after which silent connections beyond `max_connections` are closed,
    // by connections to another server.
    let (clock, _held) = full_server();
    for _ in 0..2 {
        clock.connect().read_to_end();
    }
    assert_eq!(idle.exchange(short).status(), 404);
    assert!(paused.try_read(40_000_000).is_some());
    assert!(http2.ping().1);
}
