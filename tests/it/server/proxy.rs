//! The server as a proxy: tunnels, absolute targets, and Zendesk's own hosts.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::json;
use zendesk_mock::{Downloads, ServerConfig};

use crate::harness::child::{ServerProcess, command, run};
use crate::harness::images::Reservation;
use crate::harness::tls::client_config;
use crate::harness::*;

const BUCKET: &str = "aus-uploaded-assets-production.s3-accelerate.amazonaws.com";

fn connect(connection: &mut Connection, authority: &str) -> RawResponse {
    connection.exchange(&format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n"))
}

/// A connection over TLS in a tunnel to the host.
fn tunnel(server: &Server, host: &str) -> Connection {
    let mut connection = server.connect();
    let opened = connect(&mut connection, &format!("{host}:443"));
    assert_eq!(opened.status(), 200, "{opened}");
    connection.start_tls(host, client_config(server.mock.ca_pem())).expect("a handshake")
}

fn upload(connection: &mut Connection, host: &str) -> serde_json::Value {
    let answer = connection.exchange(&format!(
        "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: {host}\r\n{AGENT}Content-Length: 5\r\n\r\nhello"
    ));
    assert_eq!(answer.status(), 201, "{answer}");
    assert_eq!(answer.header("x-zendesk-mock-account"), Some("acme"));
    answer.json()["upload"]["attachment"].take()
}

#[test]
fn a_tunnel_to_an_account_ends_here() {
    let server = server();
    let mut connection = tunnel(&server, "acme.zendesk.com");
    let attachment = upload(&mut connection, "acme.zendesk.com");
    let url = text(&attachment["content_url"]);
    let path = url.strip_prefix("https://acme.zendesk.com").expect("the client's origin");
    let file =
        connection.exchange(&format!("GET {path} HTTP/1.1\r\nHost: acme.zendesk.com\r\n\r\n"));
    assert_eq!(file.body, b"hello");
    let entries = server.mock.account("acme").expect("an account").requests();
    assert_eq!(entries.len(), 2, "a tunnel is no request: {entries:?}");
}

#[test]
fn a_tunnel_without_a_server_name_has_the_certificate_of_its_host() {
    let server = server();
    let mut connection = server.connect();
    assert_eq!(connect(&mut connection, "acme.zendesk.com:443").status(), 200);
    let mut config = client_config(server.mock.ca_pem());
    config.enable_sni = false;
    let connection = connection.start_tls("acme.zendesk.com", config);
    upload(&mut connection.expect("a handshake"), "acme.zendesk.com");
}

#[test]
fn a_tunnel_may_carry_plain_http() {
    let server = server();
    let mut connection = server.connect();
    assert_eq!(connect(&mut connection, "acme.zendesk.com:80").status(), 200);
    let attachment = upload(&mut connection, "acme.zendesk.com");
    assert!(text(&attachment["url"]).starts_with("http://acme.zendesk.com/api/"));
}

#[test]
fn the_connection_to_the_proxy_may_be_tls_too() {
    let server = server();
    let pem = server.mock.ca_pem();
    let mut connection = Connection::open_tls(server.mock.address(), "localhost", pem);
    assert_eq!(connect(&mut connection, "acme.zendesk.com:443").status(), 200);
    let inner = connection.start_tls("acme.zendesk.com", client_config(pem));
    upload(&mut inner.expect("a handshake"), "acme.zendesk.com");
}

#[test]
fn an_absolute_target_of_an_account_is_answered() {
    let server = server();
    let answer = server.exchange(
        format!(
            "POST http://acme.zendesk.com/api/v2/uploads?filename=a.txt HTTP/1.1\r\n\
             Host: acme.zendesk.com\r\n{AGENT}Content-Length: 1\r\n\r\na"
        )
        .as_bytes(),
    );
    assert_eq!(answer.header("x-zendesk-mock-account"), Some("acme"));
    let own = server.mock.address();
    for origin in [format!("http://{own}"), format!("http://localhost:{}", own.port())] {
        let health = format!("GET {origin}/_mock/health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(server.exchange(health.as_bytes()).status(), 200, "{origin}");
    }
}

#[test]
fn an_absolute_target_has_its_own_scheme() {
    let server = server();
    for (target, origin) in [
        ("https://acme.zendesk.com", "https://acme.zendesk.com"),
        ("https://acme.zendesk.com:443", "https://acme.zendesk.com"),
        ("http://acme.zendesk.com:80", "http://acme.zendesk.com"),
    ] {
        let answer = server.exchange(
            format!(
                "POST {target}/api/v2/uploads?filename=a.txt HTTP/1.1\r\n\
                 Host: acme.zendesk.com\r\n{AGENT}Content-Length: 1\r\n\r\na"
            )
            .as_bytes(),
        );
        let answer = answer.json();
        let url = text(&answer["upload"]["attachment"]["url"]);
        assert!(url.starts_with(&format!("{origin}/api/")), "{target}: {url}");
    }
    for (target, part) in [
        ("ftp://acme.zendesk.com/", "the proxy knows no ftp"),
        ("https://example.com/", "the proxy does not lead to https://example.com:"),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
        let refused = server.exchange(request.as_bytes());
        assert_eq!(refused.status(), 403, "{target}: {refused}");
        let reason = refused.header("x-zendesk-mock-reason").expect("a reason");
        assert!(reason.starts_with(part), "{reason}");
    }
}

#[test]
fn other_destinations_are_refused_with_a_reason() {
    let server = server();
    for authority in [
        "example.com:443",
        "10.0.0.1:443",
        "[fd00::1]:443",
        "localhost:9",
        "127.0.0.1:9",
        "db:5432",
    ] {
        let refused = connect(&mut server.connect(), authority);
        assert_eq!(refused.status(), 403, "{authority}: {refused}");
        let reason = refused.header("x-zendesk-mock-reason").expect("a reason");
        assert!(reason.starts_with(&format!("the proxy does not lead to {authority}")), "{reason}");
        let entries = server.account.requests();
        let entry = entries.last().expect("an entry");
        assert_eq!((&*entry.method, entry.target.as_str()), ("CONNECT", authority));
        assert_eq!(entry.reason.as_deref(), Some(reason));
    }
    for url in ["http://example.com/", "http://localhost:9/_mock/reset", "http://10.0.0.1/api/v2/a"]
    {
        let refused = server.exchange(format!("GET {url} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        assert_eq!(refused.status(), 403, "{url}: {refused}");
    }
}

#[test]
fn a_tunnel_that_cannot_be_is_refused() {
    let server = server();
    let mut with_body = server.connect();
    let refused = with_body.exchange(
        "CONNECT acme.zendesk.com:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    );
    assert_eq!(refused.status(), 403, "{refused}");
    assert!(refused.header("x-zendesk-mock-reason").expect("a reason").contains("no body"));

    let mut nested = tunnel(&server, "acme.zendesk.com");
    let refused = connect(&mut nested, "acme.zendesk.com:443");
    assert_eq!(refused.status(), 403, "{refused}");
    assert!(refused.header("x-zendesk-mock-reason").expect("a reason").contains("outside"));
}

#[test]
fn a_silent_tunnel_is_closed_in_time() {
    let server = configured(|config| config.idle_timeout = Duration::from_millis(200));
    let mut connection = server.connect();
    assert_eq!(connect(&mut connection, "acme.zendesk.com:443").status(), 200);
    assert!(connection.is_closed_or_reset());
}

#[test]
fn files_are_on_zendesk_s_own_hosts_if_asked_for() {
    let server = configured(|config| {
        config.real_hosts = true;
        config.account.downloads = Downloads::Redirect;
    });
    let mut connection = tunnel(&server, "acme.zendesk.com");
    let body = json!({"content_type": "image/png", "file_size": 5}).to_string();
    let reserved = connection.exchange(&format!(
        "POST /api/v2/guide/user_images/uploads HTTP/1.1\r\nHost: acme.zendesk.com\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    let reserved = Reservation::from_json(reserved.json());
    assert_eq!(reserved.host(), BUCKET);
    // The bucket is the host: its name is not in the path.
    assert!(reserved.path().starts_with("/1/"), "{}", reserved.url);
    let mut bucket = tunnel(&server, BUCKET);
    let put = |signature: &str| {
        format!(
            "PUT {}{signature} HTTP/1.1\r\nHost: {BUCKET}\r\nContent-Disposition: {}\r\n\
             x-amz-server-side-encryption: AES256\r\nContent-Length: 5\r\n\r\nimage",
            reserved.target(),
            reserved.disposition
        )
    };
    let refused = bucket.exchange(&put("0"));
    assert_eq!((refused.status(), refused.header("server")), (403, Some("AmazonS3")), "{refused}");
    let stored = bucket.exchange(&put(""));
    assert_eq!(stored.status(), 200, "{stored}");

    let attachment = upload(&mut connection, "acme.zendesk.com");
    let url = text(&attachment["content_url"]);
    let path = url.strip_prefix("https://acme.zendesk.com").expect("the origin");
    let redirect =
        connection.exchange(&format!("GET {path} HTTP/1.1\r\nHost: acme.zendesk.com\r\n\r\n"));
    let location = redirect.header("location").expect("a location");
    let path = location.strip_prefix("https://p1.zdusercontent.com").expect("the host");
    let mut files = tunnel(&server, "p1.zdusercontent.com");
    let get = |credentials: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: p1.zdusercontent.com\r\n{credentials}\r\n")
    };
    assert_eq!(files.exchange(&get("")).body, b"hello");
    assert_eq!(files.exchange(&get(AGENT)).status(), 403, "credentials stay with Zendesk");
}

#[test]
fn other_hosts_are_reached_under_passthrough() {
    let other = server();
    let server = configured(|config| config.proxy_passthrough = true);
    let mut connection = server.connect();
    assert_eq!(connect(&mut connection, &other.mock.address().to_string()).status(), 200);
    upload(&mut connection, "acme.zendesk.com");
    assert_eq!(other.mock.account("acme").expect("an account").requests().len(), 1);
    // Port 9 (discard) is unused.
    let refused = connect(&mut server.connect(), "127.0.0.1:9");
    assert_eq!(refused.status(), 502);
    let reason = refused.header("x-zendesk-mock-reason").expect("a reason");
    assert!(reason.starts_with("the proxy cannot connect to 127.0.0.1:9"), "{reason}");
}

#[test]
fn a_server_on_all_addresses_is_reached_at_each() {
    let server = ServerProcess::start(&["--host", "0.0.0.0"]);
    let port = server.address.port();
    let address = (Ipv4Addr::LOCALHOST, port).into();
    // All addresses of 127.0.0.0/8 are those of this machine.
    for host in ["127.0.0.1", "0.0.0.0", "127.1.2.3"] {
        let mut connection = Connection::open(address);
        assert_eq!(connect(&mut connection, &format!("{host}:{port}")).status(), 200, "{host}");
        let health = connection.exchange("GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(health.status(), 200, "{host}");
    }
    for other in [format!("127.1.2.3:{}", port ^ 1), format!("192.0.2.1:{port}")] {
        let refused = connect(&mut Connection::open(address), &other);
        assert_eq!(refused.status(), 403, "{other}");
    }
}

#[test]
fn a_silent_tunnel_to_another_server_is_closed_with_a_log_line() {
    let other = server();
    let server = ServerProcess::start(&["--proxy-passthrough", "--idle-timeout=200ms"]);
    let mut connection = Connection::open(server.address);
    assert_eq!(connect(&mut connection, &other.mock.address().to_string()).status(), 200);
    assert!(connection.is_closed_or_reset());
    let line = server.child.stderr_line();
    assert!(line.contains("WARN a connection is closed: its tunnel stays silent"), "{line}");
}

#[test]
fn passthrough_needs_a_loopback_address() {
    let ended = run(command(&["--port=0", "--host=0.0.0.0", "--proxy-passthrough"]));
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("--proxy-passthrough") && ended.stderr.contains("127.0.0.1"));
    let config = ServerConfig { proxy_passthrough: true, ..ServerConfig::default() };
    assert_eq!(config.validate(), Ok(()));
}

#[test]
fn a_refused_tunnel_is_logged_with_its_host() {
    let server = ServerProcess::start(&[]);
    assert_eq!(connect(&mut Connection::open(server.address), "example.com:443").status(), 403);
    let line = server.child.stderr_line();
    assert!(line.contains("WARN CONNECT example.com:443 403"), "{line}");
}
