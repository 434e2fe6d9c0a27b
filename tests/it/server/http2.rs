//! HTTP/2: negotiated over TLS, and with prior knowledge on plain HTTP.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::client::conn::http2::{Builder, SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::harness::images::Reservation;
use crate::harness::tls::{client_config, run_async};
use crate::harness::*;

type Client = SendRequest<axum::body::Body>;

async fn client(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Client {
    let (client, connection) =
        handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("a connection");
    tokio::spawn(connection);
    client
}

async fn plain(server: &Server) -> Client {
    client(TcpStream::connect(server.mock.address()).await.expect("connects")).await
}

async fn over_tls(server: &Server, name: &str) -> Client {
    let mut config = client_config(server.mock.ca_pem());
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(server.mock.address()).await.expect("connects");
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let stream = stream.expect("a handshake");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    client(stream).await
}

type Parts = hyper::http::response::Parts;

async fn send(client: &mut Client, request: Request) -> (Parts, Bytes) {
    let request = request.body(axum::body::Body::from(Bytes::new())).expect("a request");
    send_with(client, request).await
}

type Request = hyper::http::request::Builder;

async fn send_with(
    client: &mut Client,
    request: hyper::Request<axum::body::Body>,
) -> (Parts, Bytes) {
    let (parts, body) = client.send_request(request).await.expect("a response").into_parts();
    let body = axum::body::to_bytes(axum::body::Body::new(body), usize::MAX).await;
    (parts, body.expect("a body"))
}

fn post(url: &str, body: impl Into<axum::body::Body>) -> hyper::Request<axum::body::Body> {
    Request::new()
        .method("POST")
        .uri(url)
        .header("authorization", "Basic YWdlbnRAZXhhbXBsZS5jb20vdG9rZW46c2VjcmV0")
        .body(body.into())
        .expect("a request")
}

#[test]
fn an_upload_over_http2_is_downloaded() {
    let server = server();
    run_async(async {
        for (mut client, origin) in [
            (plain(&server).await, "http://acme.zendesk.com"),
            (over_tls(&server, "acme.zendesk.com").await, "https://acme.zendesk.com"),
        ] {
            let upload = post(&format!("{origin}/api/v2/uploads?filename=a.txt"), "hello");
            let (parts, body) = send_with(&mut client, upload).await;
            assert_eq!((parts.status.as_u16(), parts.version), (201, hyper::Version::HTTP_2));
            assert_eq!(parts.headers["x-zendesk-mock-account"], "acme");
            let upload: Value = serde_json::from_slice(&body).expect("JSON");
            let url = text(&upload["upload"]["attachment"]["content_url"]);
            assert!(url.starts_with(&format!("{origin}/attachments/")), "{url}");
            let (_, file) = send(&mut client, Request::new().uri(url)).await;
            assert_eq!(file, "hello");
        }
    });
    let entries = server.mock.account("acme").expect("an account").requests();
    assert_eq!(entries[0].target, "/api/v2/uploads?filename=a.txt");
}

#[test]
fn a_presigned_put_over_http2_is_verified() {
    let server = server();
    run_async(async {
        let mut client = over_tls(&server, "acme.zendesk.com").await;
        let body = json!({"content_type": "image/png", "file_size": 5}).to_string();
        let url = "https://acme.zendesk.com/api/v2/guide/user_images/uploads";
        let (_, reserved) = send_with(&mut client, post(url, body)).await;
        let reserved = Reservation::from_json(serde_json::from_slice(&reserved).expect("JSON"));
        let put = Request::new()
            .method("PUT")
            .uri(&reserved.url)
            .header("content-disposition", &reserved.disposition)
            .header("x-amz-server-side-encryption", "AES256")
            .header("content-length", "5")
            .body("image".into())
            .expect("a request");
        let (parts, body) = send_with(&mut client, put).await;
        assert_eq!(parts.status, 200, "{body:?}");
    });
}

/// async-http-client 3.0.9 does so in a tunnel.
#[test]
fn a_client_that_negotiates_http2_may_speak_http1() {
    let server = server();
    let mut config = client_config(server.mock.ca_pem());
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut tunnel = server.connect();
    let opened = tunnel.exchange("CONNECT acme.zendesk.com:443 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(opened.status(), 200);
    for connection in [tunnel, server.connect()] {
        let mut connection =
            connection.start_tls("acme.zendesk.com", config.clone()).expect("a handshake");
        for _ in 0..2 {
            let answer = connection.exchange(&format!(
                "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: acme.zendesk.com\r\n\
                 {AGENT}Content-Length: 5\r\n\r\nhello"
            ));
            assert_eq!(answer.status(), 201, "{answer}");
        }
    }
}

#[test]
fn a_host_that_differs_from_the_target_is_refused() {
    let server = server();
    run_async(async {
        let mut client = plain(&server).await;
        let request = Request::new().uri("http://a.test/_mock/health");
        let (parts, _) = send(&mut client, request.header("host", "b.test")).await;
        assert_eq!(parts.status, 400);
    });
}

#[test]
fn a_cut_ends_the_request_and_not_the_connection() {
    let server = server();
    let fault = zendesk_mock::Fault::cut(zendesk_mock::Phase::Before).once();
    server.account.add_fault(fault).expect("a fault");
    run_async(async {
        let mut client = plain(&server).await;
        let upload = || post("http://localhost/api/v2/uploads?filename=a.txt", "hello");
        client.send_request(upload()).await.expect_err("the request is cut");
        let (parts, _) = send_with(&mut client, upload()).await;
        assert_eq!(parts.status, 201);
    });
}

#[test]
fn a_large_upload_is_received_while_others_are_answered() {
    let server = server();
    run_async(async {
        let mut client = over_tls(&server, "localhost").await;
        let large = vec![7; 20 * 1024 * 1024];
        let upload = post("https://localhost/api/v2/uploads?filename=a.bin", large.clone());
        let mut other = client.clone();
        let (upload, health) = tokio::join!(
            send_with(&mut client, upload),
            send(&mut other, Request::new().uri("https://localhost/_mock/health"))
        );
        assert_eq!((upload.0.status.as_u16(), health.0.status.as_u16()), (201, 200));
        let upload: Value = serde_json::from_slice(&upload.1).expect("JSON");
        let url = text(&upload["upload"]["attachment"]["content_url"]);
        let (_, file) = send(&mut client, Request::new().uri(url)).await;
        assert!(file == large, "the file differs");
    });
}

#[test]
fn an_idle_connection_is_closed_in_time() {
    let server = configured(|config| config.idle_timeout = Duration::from_millis(100));
    run_async(async {
        let mut client = plain(&server).await;
        send(&mut client, Request::new().uri("http://localhost/_mock/health")).await;
        while !client.is_closed() {
            tokio::task::yield_now().await;
        }
    });
}

/// CVE-2023-44487: requests that are reset at once cost the server more than the client.
#[test]
fn a_connection_that_resets_its_requests_is_closed() {
    let server = server();
    let mut connection = server.connect();
    connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    connection.send(&[0, 0, 0, 4, 0, 0, 0, 0, 0]);
    // :method GET, :scheme http, :path /, all of them from the static table.
    let mut flood = Vec::new();
    for stream in (1..20_000_u32).step_by(2) {
        let id = stream.to_be_bytes();
        flood.extend([&[0, 0, 3, 1, 5], &id[..], &[0x82, 0x86, 0x84]].concat());
        flood.extend([&[0, 0, 4, 3, 0], &id[..], &[0, 0, 0, 8]].concat());
    }
    connection.try_send(&flood);
    connection.read_to_end();
    assert_eq!(server.get("/_mock/health").fetch().status(), 200);
}

/// Each character of the comment takes six in JSON, and the answer has it several times.
#[test]
fn a_large_answer_that_is_no_list_is_charged_until_it_is_read() {
    const LIMIT: u64 = 8 * 1024 * 1024;
    let server = configured(|config| config.max_memory = LIMIT);
    let ticket = json!({"ticket": {"comment": {"body": "\u{1}".repeat(60_000)}}});
    let created = server.post("/api/v2/tickets").agent().json(&ticket).fetch();
    assert_eq!(created.status(), 201);
    let audit = created.into_json()["audit"]["id"].clone();
    let path = format!("/api/v2/tickets/1/audits/{audit}");
    let length = server.get(&path).agent().fetch().bytes().expect("a body").len() as u64;
    assert!(length > 1_000_000, "{length} bytes");
    server.wait_until("that answer is freed", || server.mock.memory_used() < LIMIT / 8);
    let before = server.mock.memory_used();
    run_async(async {
        let stream = TcpStream::connect(server.mock.address()).await.expect("connects");
        // This client takes the heads of answers, and nothing of their bodies.
        let reads_nothing = Builder::new(TokioExecutor::new())
            .initial_stream_window_size(0)
            .handshake(TokioIo::new(stream));
        let (mut client, connection) = reads_nothing.await.expect("a connection");
        tokio::spawn(connection);
        let mut ask = async |method: &str, path: &str, body: &'static str| {
            let mut request = post(&format!("http://localhost{path}"), body);
            *request.method_mut() = method.parse().expect("a method");
            client.send_request(request).await.expect("a head")
        };
        let mut unread = Vec::new();
        for number in 1..=(LIMIT - before) / length {
            let answer = ask("GET", &path, "").await;
            assert_eq!(answer.status(), 200);
            unread.push(answer);
            assert_eq!(server.mock.memory_used(), before + number * length);
        }
        assert_eq!(ask("GET", &path, "").await.status(), 503);
        // The answer to a request that changes something has room beside the budget.
        let update = r#"{"ticket":{"subject":"new"}}"#;
        let updated = ask("PUT", "/api/v2/tickets/1", update).await;
        assert_eq!(updated.status(), 200);
        let reserve = async || {
            let usage = Request::new().uri("http://localhost/_mock/usage");
            let (_, usage) = send(&mut plain(&server).await, usage).await;
            let usage: Value = serde_json::from_slice(&usage).expect("JSON");
            usage["reserve"].as_u64().expect("a number")
        };
        let held = reserve().await;
        assert!(held > 100_000, "{held}");
        // A refusal that repeats a long text is as large.
        let requester = json!({"name": "a", "email": "x".repeat(200_000)});
        let ticket = json!({"ticket": {"comment": {"body": "a"}, "requester": requester}});
        let refused = ask("POST", "/api/v2/tickets", ticket.to_string().leak()).await;
        assert_eq!(refused.status(), 422);
        let more = reserve().await - held;
        assert!(more > 200_000, "{more}");
    });
    server.wait_until("the answers are freed", || {
        server.mock.memory_used() < before + length
            && server.get_json("/_mock/usage")["reserve"] == 0
    });
    assert_eq!(server.get(&path).agent().fetch().status(), 200);
}
