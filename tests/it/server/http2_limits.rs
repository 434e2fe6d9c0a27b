//! The bounds of connections that speak HTTP/2, against clients that ignore or use them up.

use std::time::Duration;

use hyper::client::conn::http2::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use zendesk_mock::{Fault, Operation};

use crate::harness::http2_frames::{GOAWAY, Http2Connection, INITIAL_WINDOW_SIZE};
use crate::harness::tls::run_async;
use crate::harness::*;

/// An error of HTTP/2.
const FLOW_CONTROL_ERROR: u8 = 3;

/// Starts an upload. Returns its stream.
fn start_upload(client: &mut Http2Connection) -> u32 {
    let credentials = [("authorization", "Bearer x")];
    client.request("POST", "/api/v2/uploads?filename=a", &credentials, false)
}

#[test]
fn bodies_that_are_not_read_are_bounded_for_each_connection() {
    let server = server();
    let stalls = Fault::delay(Duration::from_secs(60)).on(Operation::Upload);
    server.account.add_fault(stalls).expect("a fault");
    let mut client = Http2Connection::open(server.mock.address(), &[]);
    // The first window of a connection is smaller, until the server raises it.
    assert!(client.ping().1);
    for _ in 0..2 {
        let stream = start_upload(&mut client);
        assert!(client.try_send_body(stream, &[b'x'; 56 * 1024]));
    }
    assert!(client.ping().1, "112 KiB are taken");
    let stream = start_upload(&mut client);
    client.try_send_body(stream, b"x");
    let (frames, is_open) = client.ping();
    assert!(!is_open, "one byte more breaks the rules");
    let end = frames.iter().find(|frame| frame.kind == GOAWAY).expect("a GOAWAY");
    assert_eq!(end.payload[7], FLOW_CONTROL_ERROR, "{frames:?}");
}

#[test]
fn a_request_has_at_most_100_headers() {
    let server = server();
    run_async(async {
        let stream = TcpStream::connect(server.mock.address()).await.expect("connects");
        let connected = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (mut client, connection) = connected.expect("a connection");
        tokio::spawn(connection);
        for (count, status) in [(100, 200), (101, 431), (100, 200)] {
            let mut request = hyper::Request::get("http://localhost/_mock/health");
            for number in 0..count {
                request = request.header(format!("x-{number}"), "x");
            }
            let request = request.body(axum::body::Body::empty()).expect("a request");
            let answer = client.send_request(request).await.expect("a response");
            assert_eq!(answer.status(), status, "{count}");
        }
    });
}

/// A server, and the path of a file that it has.
fn server_with_file() -> (Server, String) {
    let server = configured(|config| config.idle_timeout = Duration::from_millis(300));
    let upload = server.upload("a.bin", vec![7; 100_000]);
    let url = text(&upload["attachment"]["content_url"]);
    let path = url[server.mock.url().len()..].to_owned();
    (server, path)
}

#[test]
fn pings_keep_no_connection() {
    let (server, path) = server_with_file();
    let mut idle = Http2Connection::open(server.mock.address(), &[]);
    idle.request("GET", "/_mock/health", &[], true);
    idle.ping_until_closed();
    // The client takes no byte of the answer: its windows are 0.
    let mut stalled = Http2Connection::open(server.mock.address(), &[(INITIAL_WINDOW_SIZE, 0)]);
    stalled.request("GET", &path, &[], true);
    stalled.ping_until_closed();
    let mut paused = Http2Connection::open(server.mock.address(), &[]);
    start_upload(&mut paused);
    paused.ping_until_closed();
}
