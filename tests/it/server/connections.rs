//! More connections than there are places, long heads, and bodies that do not end.

use std::net::SocketAddr;
#[cfg(target_os = "linux")]
use std::process::Stdio;
use std::time::Duration;

use super::budget::with_memory;
#[cfg(target_os = "linux")]
use crate::harness::child::{ServerProcess, command};
use crate::harness::*;

fn with_places(count: usize) -> Server {
    configured(|config| config.max_connections = count)
}

/// Opens an event stream, and reads the head of its response.
fn open_stream(address: SocketAddr) -> (Connection, u16) {
    let mut connection = Connection::open(address);
    connection.send(b"GET /_mock/journal/events HTTP/1.1\r\nHost: x\r\n\r\n");
    let status = connection.read_head().status();
    (connection, status)
}

#[test]
fn the_control_api_answers_while_idle_connections_hold_all_places() {
    let server = with_places(3);
    let held: Vec<_> = (0..3).map(|_| server.connect()).collect();
    for _ in 0..3 {
        let mut connection = server.connect();
        connection.send(b"GET /_mock/health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(connection.read_response().status(), 200);
    }
    drop(held);
}

#[test]
fn other_requests_wait_for_a_place() {
    let server = with_places(1);
    let held = server.connect();
    let mut waiting = server.connect();
    waiting.send(b"GET /api/v2/uploads/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n");
    assert_eq!(server.get("/_mock/health").fetch().status(), 200);
    drop(held);
    assert_eq!(waiting.read_response().status(), 404);
}

#[test]
fn a_request_that_finds_no_place_is_503() {
    let server = configured(|config| {
        config.max_connections = 1;
        config.idle_timeout = Duration::from_secs(5);
    });
    let mut held = server.connect();
    // It keeps its place: its body pauses for less than idle_timeout.
    held.send(b"POST /api/v2/uploads?filename=a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    // As many wait as may, and one more does not.
    let request = b"GET /api/v2/uploads/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n";
    let open = |_| {
        let mut connection = server.connect();
        connection.send(request);
        connection
    };
    let mut all: Vec<_> = (0..65).map(open).collect();
    let answers: Vec<_> = all.iter_mut().map(|connection| connection.read_response()).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status() == 503).collect();
    assert!(!refused.is_empty());
    for answer in refused {
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(answer.header("retry-after"), Some("1"));
        let why = answer.header("x-zendesk-mock-reason").expect("a reason");
        assert!(why.contains("max_connections"), "{why}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_limit_of_open_files_bounds_the_places_and_the_event_streams() {
    for (setting, places) in [("--log=info", 140), ("--proxy-passthrough", 70)] {
        let server = command(&["--port=0", setting]);
        let mut limited = std::process::Command::new("sh");
        limited.args(["-c", "ulimit -n 300; exec \"$0\" \"$@\""]);
        limited.arg(server.get_program()).args(server.get_args()).env_clear();
        limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let server = ServerProcess::spawn(limited);
        let mut lines = std::iter::repeat_with(|| server.child.stderr_line());
        let line = lines.find(|line| line.contains("ulimit")).expect("a line");
        assert!(line.ends_with(&format!("leaves {places}")), "{setting}: {line}");
        let streams: Vec<_> = (0..places / 2).map(|_| open_stream(server.address)).collect();
        assert!(streams.iter().all(|(_, status)| *status == 200));
        assert_eq!(open_stream(server.address).1, 503);
    }
}

#[test]
fn event_streams_leave_half_of_the_places() {
    let server = with_places(4);
    let (first, status) = open_stream(server.mock.address());
    assert_eq!(status, 200);
    let (_second, status) = open_stream(server.mock.address());
    assert_eq!(status, 200);
    let (_, status) = open_stream(server.mock.address());
    assert_eq!(status, 503);
    let refused = server.get("/_mock/journal/events").fetch();
    assert!(refused.header("x-zendesk-mock-reason").contains("max_connections"));
    drop(first);
    server.wait_until("a place is free", || open_stream(server.mock.address()).1 == 200);
}

/// A request whose head has this many bytes.
fn with_head(length: usize) -> Vec<u8> {
    let (start, end) = ("GET /_mock/health HTTP/1.1\r\nHost: x\r\nX-Long: ", "\r\n\r\n");
    let fill = "x".repeat(length - start.len() - end.len());
    [start, &fill, end].concat().into_bytes()
}

#[test]
fn a_head_has_at_most_64_kib() {
    let server = server();
    for (length, status) in [(65_536, 200), (65_537, 431), (80_000, 431), (200_000, 431)] {
        let mut connection = server.connect();
        connection.try_send(&with_head(length));
        assert_eq!(connection.read_response().status(), status, "{length}");
    }
}

#[test]
fn a_request_has_at_most_100_headers() {
    let server = server();
    for (count, status) in [(100, 200), (101, 431)] {
        // One is the host.
        let headers = "X-A: x\r\n".repeat(count - 1);
        let request = format!("GET /_mock/health HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        assert_eq!(server.exchange(request.as_bytes()).status(), status, "{count}");
    }
}

#[test]
fn a_target_that_is_too_long_is_414() {
    let server = server();
    for (length, status) in [(65_000, 404), (65_535, 414)] {
        let request = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(length - 1));
        let mut connection = server.connect();
        connection.try_send(request.as_bytes());
        assert_eq!(connection.read_response().status(), status, "{length}");
    }
}

#[test]
fn json_that_does_not_end_is_charged() {
    let server = with_memory(1024 * 1024);
    let unfinished = || {
        let mut connection = server.connect();
        let head = format!(
            "POST /api/v2/tickets HTTP/1.1\r\nHost: x\r\n{AGENT}Content-Length: 65000\r\n\r\n{{"
        );
        connection.try_send(&[head.as_bytes(), &[b' '; 60_000]].concat());
        connection
    };
    // 16 MiB have room beside the budget.
    let held: Vec<_> = (0..160).map(|_| unfinished()).collect();
    server.wait_until("the budget is full", || server.mock.memory_used() > 900_000);
    assert!(server.mock.memory_used() <= 1024 * 1024);
    assert_eq!(server.post("/_mock/clock/freeze").body("{}").fetch().status(), 200);
    drop(held);
    server.wait_until("the memory is free", || server.mock.memory_used() == 0);
    server.create_ticket(&serde_json::json!({"comment": {"body": "x"}}));
}
