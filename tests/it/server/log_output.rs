//! Standard error and output that are not read, or closed: the server serves and stops all the same.

use std::net::TcpListener;
use std::time::Duration;

use crate::harness::Connection;
use crate::harness::child::{Child, ServerProcess, command, measure};

/// Sends so many requests that their log lines take more than 2 MB, and reads the responses. The
/// server keeps at most 1 MiB of log lines, besides what it is writing and what a pipe holds.
fn log_two_megabytes(server: &ServerProcess) {
    let request =
        |more| format!("GET /api/v2/{} HTTP/1.1\r\nHost: x\r\n{more}\r\n", "x".repeat(900));
    let requests = request("").repeat(99) + &request("Connection: close\r\n");
    for _ in 0..25 {
        let mut connection = Connection::open(server.address);
        connection.send(requests.as_bytes());
        let responses = String::from_utf8(connection.read_to_end()).expect("text");
        assert_eq!(responses.matches("HTTP/1.1 404").count(), 100);
    }
}

#[test]
fn a_log_that_is_not_read_stops_neither_requests_nor_sigterm() {
    let server = ServerProcess::start_with_unread_log();
    log_two_megabytes(&server);
    server.child.signal("TERM");
    let (ended, took) = measure(|| server.child.wait());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_log_that_is_read_late_says_how_many_lines_are_missing() {
    let mut server = ServerProcess::start_with_unread_log();
    log_two_megabytes(&server);
    server.child.start_reading();
    let mut lines = 0;
    let dropped = loop {
        let line = server.child.stderr_line();
        if let Some((count, rest)) = line.split_once(" log lines were dropped") {
            assert!(rest.contains("standard error"), "{line}");
            let count = count.rsplit(' ').next().expect("a count");
            break count.parse::<u32>().expect("a count");
        }
        lines += 1;
    };
    assert_eq!(lines + dropped, 2_500);
}

#[test]
fn a_second_signal_ends_it_at_once_while_a_request_hangs() {
    for server in [ServerProcess::start(&[]), {
        let server = ServerProcess::start_with_unread_log();
        log_two_megabytes(&server);
        server
    }] {
        let hanging = server.start_upload();
        server.child.signals(&["INT", "TERM"]);
        let ended = server.child.wait();
        assert_eq!(ended.code, Some(1), "not the end after the grace period: {ended:?}");
        drop(hanging);
    }
}

/// A server that logs a line before it prints its address.
fn seeded() -> std::process::Command {
    command(&["--port", "0", "--seed-data", "{}"])
}

/// Both signals and the address are handled after the line about the seed.
fn assert_stops_after_the_seed(child: Child) {
    let line = child.stderr_line();
    assert!(line.contains("seeded"), "{line}");
    child.signal("TERM");
    let ended = child.wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn a_closed_standard_output_does_not_stop_the_start() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = seeded();
    command.stdout(writer);
    assert_stops_after_the_seed(Child::spawn(command));
}

/// Linux's pipes hold 64 KiB.
#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_does_not_stop_the_start() {
    use std::io::Write as _;

    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(&[b'x'; 64 * 1024]).expect("a pipe with room");
    let mut command = seeded();
    command.stdout(writer);
    assert_stops_after_the_seed(Child::spawn(command));
    drop(reader);
}

#[test]
fn a_start_that_fails_does_not_panic_on_a_closed_log() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let child = Child::spawn_with_closed_stderr(command(&["--port", &port]));
    assert_eq!(child.wait().code, Some(1));
}
