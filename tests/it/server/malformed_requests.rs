//! Malformed and extreme requests: the server neither hangs nor crashes, and keeps nothing.

use std::time::Duration;

use crate::harness::*;

fn server_with_timeout() -> Server {
    configured(|config| config.idle_timeout = Duration::from_millis(500))
}

/// Sends bytes, and returns the status of the first response, if there is one.
fn status_after(server: &Server, bytes: &[u8]) -> Option<u16> {
    let mut connection = server.connect();
    connection.try_send(bytes);
    let answer = String::from_utf8_lossy(&connection.read_to_end()).into_owned();
    let status = answer.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
    assert!(answer.is_empty() || status.is_some(), "not HTTP: {answer}");
    status
}

/// Checks that an ordinary upload works and that nothing else uses memory.
fn assert_unharmed(server: &Server) {
    server.wait_until("the memory is free", || server.mock.memory_used() == 0);
    let upload = server.upload("a.txt", "hello");
    assert_eq!(server.download(&upload["attachment"]), b"hello");
    server.account.reset();
}

#[test]
fn garbage_instead_of_http_is_refused() {
    let server = server_with_timeout();
    let every_byte: Vec<u8> = (0..=255).collect();
    for garbage in [
        &every_byte[..],
        &[0; 4096],
        b"\r\n\r\n\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"{\"json\": true}\r\n\r\n",
    ] {
        let status = status_after(&server, garbage);
        assert!(status.is_none_or(|status| (400..600).contains(&status)), "{status:?} {garbage:?}");
    }
    assert_unharmed(&server);
}

/// The answers are frames and alerts of these protocols.
#[test]
fn another_protocol_that_stops_is_closed() {
    let server = server_with_timeout();
    for start in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        b"PRI",
        b"P",
        b"\x16",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        &[0x16; 100_000],
    ] {
        let mut connection = server.connect();
        connection.try_send(start);
        connection.read_to_end();
    }
    assert_unharmed(&server);
}

#[test]
fn an_oversized_head_is_refused() {
    let server = server_with_timeout();
    let long = "x".repeat(2 * 1024 * 1024);
    let many = "X-Many: 1\r\n".repeat(10_000);
    for request in [
        format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET /?{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nAuthorization: Basic {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
        long,
    ] {
        let status = status_after(&server, request.as_bytes());
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?}");
    }
    assert_unharmed(&server);
}

#[test]
fn a_head_of_30_kb_is_accepted() {
    let server = server();
    let response = server
        .post("/api/v2/uploads?filename=a.txt")
        .agent()
        .header("x-large", "x".repeat(30_000))
        .body("a")
        .fetch();
    assert_eq!(response.status(), 201);
}

#[test]
fn null_bytes_in_a_head_are_refused() {
    let server = server_with_timeout();
    for request in [
        format!(
            "POST /api/v2/uploads?filename=a\0.txt HTTP/1.1\r\nHost: a\r\n{AGENT}Content-Length: 1\r\n\r\na"
        ),
        format!(
            "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: \0\r\n{AGENT}Content-Length: 1\r\n\r\na"
        ),
        format!(
            "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\n\0: a\r\n{AGENT}Content-Length: 1\r\n\r\na"
        ),
    ] {
        assert_eq!(status_after(&server, request.as_bytes()), Some(400), "{request:?}");
    }
    assert_unharmed(&server);
}

#[test]
fn bad_percent_encoding_is_404_or_kept_as_text() {
    let server = server();
    for path in [
        "/api/v2/uploads/%",
        "/api/v2/uploads/%zz",
        "/api/v2/uploads/%FF%FE",
        "/api/v2/uploads/%00",
        "/attachments/token/%/",
        "/attachments/token/%C3/",
        "/%",
        "/@%/api/v2/uploads/x",
        "/hc/user_images/%FF.png",
    ] {
        assert_eq!(server.get(path).agent().fetch().status(), 404, "{path}");
    }
    for (name, stored) in [("100%.txt", "100%.txt"), ("%zz.txt", "%zz.txt"), ("a%2.txt", "a%2.txt")]
    {
        assert_eq!(server.upload(name, "a")["attachment"]["file_name"], stored);
    }
}

#[test]
fn raw_bytes_in_a_name_are_accepted_or_refused() {
    let server = server_with_timeout();
    for name in [&b"\xc3\xa9.txt"[..], b"\xff\xfe.txt", b"a\"b.txt", b"a<b>.txt"] {
        let mut request = b"POST /api/v2/uploads?filename=".to_vec();
        request.extend(name);
        request.extend(
            format!(" HTTP/1.1\r\nHost: a\r\n{AGENT}Content-Length: 1\r\n\r\na").as_bytes(),
        );
        let status = status_after(&server, &request);
        assert!(matches!(status, Some(201 | 400)), "{status:?} {name:?}");
    }
    server.account.reset();
    assert_unharmed(&server);
}

#[test]
fn ten_thousand_chunks_of_one_byte_are_stored() {
    let server = server();
    let mut request = format!(
        "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: {}\r\n{AGENT}Transfer-Encoding: chunked\r\n\r\n",
        server.mock.address()
    );
    request.push_str(&"1\r\nx\r\n".repeat(10_000));
    request.push_str("0\r\n\r\n");
    let answer = server.exchange(request.as_bytes());
    assert_eq!(answer.status(), 201);
    let attachment = answer.json()["upload"]["attachment"].take();
    assert!(server.download(&attachment) == vec![b'x'; 10_000]);
    assert_eq!(server.mock.memory_used(), 10_000 + OVERHEAD + TOKEN_OVERHEAD);
    server.account.reset();
    assert_unharmed(&server);
}

#[test]
fn badly_framed_bodies_are_not_stored() {
    let server = server_with_timeout();
    for framing in [
        "Content-Length: -1\r\n\r\nhello",
        "Content-Length: five\r\n\r\nhello",
        "Content-Length: 99999999999999999999999\r\n\r\nhello",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
        "Transfer-Encoding: gzip\r\n\r\nhello",
    ] {
        let request =
            format!("POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: a\r\n{AGENT}{framing}");
        let status = status_after(&server, request.as_bytes());
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?} {framing:?}");
        assert_unharmed(&server);
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = server();
    let mut connection = server.connect();
    let names = ["a.txt", "b.txt", "c.txt"];
    for name in names {
        connection.send(
            format!("POST /api/v2/uploads?filename={name} HTTP/1.1\r\nHost: a\r\n{AGENT}Content-Length: 5\r\n\r\nhello")
                .as_bytes(),
        );
    }
    for name in names {
        let answer = connection.read_response();
        assert_eq!(answer.json()["upload"]["attachment"]["file_name"], name);
    }
}

#[test]
fn a_hundred_silent_connections_block_no_other() {
    let server = server();
    let silent: Vec<_> = (0..100).map(|_| server.connect()).collect();
    let mut half = server.connect();
    half.send(b"POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nContent-Le");
    assert_unharmed(&server);
    drop(silent);
}
