//! Connections that fail before there is a request: each is closed in time, with one log line, and
//! disturbs no other.

use std::time::Duration;

use crate::harness::child::{ServerProcess, measure};
use crate::harness::tls::client_config;
use crate::harness::*;

/// A record of the handshake with these bytes.
fn handshake_record(version: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a short record").to_be_bytes();
    [&[0x16, 3, version], &length[..], bytes].concat()
}

/// A ClientHello without extensions, which offers this version at most.
fn client_hello(version: u8) -> Vec<u8> {
    let body = [&[3, version][..], &[7; 32], &[0], &[0, 2, 0xc0, 0x09], &[1, 0]].concat();
    let length = u8::try_from(body.len()).expect("a short message");
    handshake_record(1, &[&[1, 0, 0, length], &body[..]].concat())
}

/// A ClientHello that announces 16 MB, and records of it.
fn oversized_hello() -> Vec<u8> {
    let mut records = handshake_record(1, &[1, 0xff, 0xff, 0xff]);
    for _ in 0..100 {
        records.extend(handshake_record(1, &[0; 16_000]));
    }
    records
}

const LIMIT: &str = "--idle-timeout=300ms";

#[test]
fn a_failed_handshake_is_closed_in_time_with_one_log_line() {
    let other = server();
    let server = ServerProcess::start(&[LIMIT]);
    let health = || {
        let health = reqwest::blocking::get(server.url("/_mock/health")).expect("an answer");
        assert_eq!(health.status(), 200);
    };
    for (what, start) in [
        ("a half-open handshake", handshake_record(1, &[1, 0, 1, 0, 3, 3])),
        ("the start of a record", vec![0x16]),
        ("TLS 1.1", client_hello(2)),
        ("a hello without extensions", client_hello(3)),
        ("an oversized hello", oversized_hello()),
        ("garbage", vec![0x16; 100_000]),
    ] {
        let ((), took) = measure(|| {
            let mut connection = Connection::open(server.address);
            connection.try_send(&start);
            connection.read_to_end();
        });
        assert!(took < Duration::from_secs(10), "{what}: {took:?}");
        health();
        let line = server.child.stderr_line();
        assert!(line.contains("WARN a connection is closed: its TLS handshake"), "{what}: {line}");
    }
    let untrusted =
        Connection::open(server.address).start_tls("a.test", client_config(other.mock.ca_pem()));
    assert!(untrusted.is_err());
    let line = server.child.stderr_line();
    assert!(line.contains("its client does not trust the CA"), "{line}");
}

#[test]
fn a_connection_that_breaks_the_rules_of_http2_is_closed_with_one_log_line() {
    let server = ServerProcess::start(&[]);
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for (what, rest) in [
        ("garbage", &[0xff; 64][..]),
        // A frame of DATA for stream 0.
        ("a frame of no stream", &[0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    ] {
        let mut connection = Connection::open(server.address);
        connection.try_send(&[preface, rest].concat());
        connection.read_to_end();
        let line = server.child.stderr_line();
        assert!(line.contains("WARN a connection is closed: http2 error: "), "{what}: {line}");
    }
}

#[test]
fn many_names_are_served_and_few_certificates_are_kept() {
    let server = server();
    let config = client_config(server.mock.ca_pem());
    let mut first = Connection::open(server.mock.address())
        .start_tls("first.test", config.clone())
        .expect("a handshake");
    for number in 0..300 {
        let name = format!("n{number}.test");
        let connection = Connection::open(server.mock.address()).start_tls(&name, config.clone());
        assert!(connection.is_ok(), "{name}");
    }
    let answer = first.exchange("GET /_mock/health HTTP/1.1\r\nHost: first.test\r\n\r\n");
    assert_eq!(answer.status(), 200, "the connection outlives the certificate");
}
