//! `zendesk-mock ready`

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::harness::child::{Child, ServerProcess, command, run};

#[test]
fn ready_succeeds_when_a_server_answers() {
    let server = ServerProcess::start(&[]);
    let port = server.address.port().to_string();
    let ended = run(command(&["ready", "--port", &port]));
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "", ""));
    let mut by_environment = command(&["ready"]);
    by_environment.env("ZENDESK_MOCK_PORT", &port).env("ZENDESK_MOCK_HOST", "0.0.0.0");
    assert_eq!(run(by_environment).code, Some(0), "as in the health check of the image");
}

/// The listener stands in for a server that starts between two requests of `ready`.
#[test]
fn ready_waits_for_a_server_to_start() {
    let late = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = late.local_addr().expect("an address").port().to_string();
    let ready = Child::spawn(command(&["ready", "--wait", "20s", "--port", &port]));
    // The first connection is closed without a response.
    drop(late.accept().expect("a first request"));
    let (mut second, _) = late.accept().expect("a second request");
    let mut start = [0; 22];
    second.read_exact(&mut start).expect("a request");
    assert_eq!(&start, b"GET /_mock/health HTTP");
    second.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").expect("a response");
    // A socket that is closed with unread bytes is reset, so the request is read to its end.
    second.shutdown(std::net::Shutdown::Write).expect("the end of the response");
    second.read_to_end(&mut Vec::new()).expect("the rest of the request");
    assert_eq!(ready.wait().code, Some(0));
}

#[test]
fn ready_fails_when_nothing_listens() {
    // Port 1 (tcpmux) is unused.
    for wait in ["0s", "50ms"] {
        let ended = run(command(&["ready", "--wait", wait, "--port", "1"]));
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains("127.0.0.1:1"), "{ended:?}");
        assert_eq!(ended.stderr.contains("within"), wait != "0s", "{ended:?}");
    }
}

#[test]
fn ready_fails_when_something_else_answers() {
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = other.local_addr().expect("an address").port().to_string();
    let ready = Child::spawn(command(&["ready", "--port", &port]));
    let (mut connection, _) = other.accept().expect("a request");
    connection.write_all(b"HTTP/1.1 404 Not Found\r\n\r\n").expect("a response");
    connection.shutdown(std::net::Shutdown::Write).expect("the end of the response");
    connection.read_to_end(&mut Vec::new()).expect("the request");
    assert_eq!(ready.wait().code, Some(1));
}
