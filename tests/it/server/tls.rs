//! TLS on the port of plain HTTP: certificates, URLs, and the authority behind them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::json;

use crate::harness::child::{ServerProcess, command, run};
use crate::harness::images::Reservation;
use crate::harness::tls::client_config;
use crate::harness::*;

fn open_tls(server: &Server, name: &str) -> Connection {
    Connection::open_tls(server.mock.address(), name, server.mock.ca_pem())
}

#[test]
fn one_port_speaks_plain_http_and_tls() {
    let server = server();
    for name in ["localhost", "127.0.0.1", "acme.zendesk.com", "acme.localhost", "a.test", "desk"] {
        let mut connection = open_tls(&server, name);
        for _ in 0..2 {
            let request = format!("GET /_mock/health HTTP/1.1\r\nHost: {name}\r\n\r\n");
            let answer = connection.exchange(&request);
            assert_eq!(answer.status(), 200, "{name}: {answer}");
        }
    }
    assert_eq!(server.get("/_mock/health").fetch().status(), 200);
}

#[test]
fn a_client_without_a_server_name_reaches_an_address() {
    let server = server();
    let mut config = client_config(server.mock.ca_pem());
    config.enable_sni = false;
    let connection = Connection::open(server.mock.address()).start_tls("127.0.0.1", config);
    let answer = connection
        .expect("a handshake")
        .exchange("GET /_mock/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    assert_eq!(answer.status(), 200);
}

#[test]
fn a_session_is_resumed() {
    let server = server();
    let config = client_config(server.mock.ca_pem());
    for _ in 0..3 {
        let connection = Connection::open(server.mock.address());
        let mut connection = connection.start_tls("a.test", config.clone()).expect("a handshake");
        let answer = connection.exchange("GET /_mock/health HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assert_eq!(answer.status(), 200);
    }
}

#[test]
fn urls_have_the_scheme_and_host_of_the_client_without_its_default_port() {
    let server = server();
    for (tls, host, origin) in [
        (true, "acme.zendesk.com", "https://acme.zendesk.com"),
        (true, "acme.zendesk.com:443", "https://acme.zendesk.com"),
        (true, "acme.zendesk.com:8443", "https://acme.zendesk.com:8443"),
        (false, "acme.zendesk.com:80", "http://acme.zendesk.com"),
        (false, "acme.zendesk.com:443", "http://acme.zendesk.com:443"),
    ] {
        let mut connection =
            if tls { open_tls(&server, "acme.zendesk.com") } else { server.connect() };
        let upload = format!(
            "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: {host}\r\n{AGENT}Content-Length: 5\r\n\r\nhello"
        );
        let answer = connection.exchange(&upload);
        assert_eq!(answer.header("x-zendesk-mock-account"), Some("acme"));
        let attachment = answer.json()["upload"]["attachment"].take();
        let content_url = text(&attachment["content_url"]);
        assert!(content_url.starts_with(&format!("{origin}/attachments/")), "{content_url}");
        let location = answer.header("location").expect("a location");
        assert!(location.starts_with(&format!("{origin}/api/v2/")), "{location}");
        let path = content_url.strip_prefix(origin).expect("the origin");
        let file = connection.exchange(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(file.body, b"hello", "{host}");
    }
}

/// S3 drops the default port before it verifies, whichever side of the signature has it.
#[test]
fn a_presigned_put_is_verified_with_and_without_the_default_port() {
    let server = server();
    for (reserving, storing) in
        [("acme.zendesk.com", "acme.zendesk.com:443"), ("acme.zendesk.com:443", "acme.zendesk.com")]
    {
        let mut connection = open_tls(&server, "acme.zendesk.com");
        let body = json!({"content_type": "image/png", "file_size": 5}).to_string();
        let reserved = connection.exchange(&format!(
            "POST /api/v2/guide/user_images/uploads HTTP/1.1\r\nHost: {reserving}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        let reserved = Reservation::from_json(reserved.json());
        assert!(reserved.url.starts_with("https://acme.zendesk.com/"), "{}", reserved.url);
        let stored = connection.exchange(&format!(
            "PUT {} HTTP/1.1\r\nHost: {storing}\r\nContent-Disposition: {}\r\n\
             x-amz-server-side-encryption: AES256\r\nContent-Length: 5\r\n\r\nimage",
            reserved.target(),
            reserved.disposition
        ));
        assert_eq!(stored.status(), 200, "{stored}");
    }
}

#[test]
fn a_redirected_download_leaves_the_host_and_not_the_scheme() {
    let server = configured(|config| config.account.downloads = zendesk_mock::Downloads::Redirect);
    let mut connection = open_tls(&server, "localhost");
    let answer = connection.exchange(&format!(
        "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: localhost:1234\r\n{AGENT}Content-Length: 5\r\n\r\nhello"
    ));
    let upload = answer.json();
    let url = text(&upload["upload"]["attachment"]["content_url"]);
    let path = url.strip_prefix("https://localhost:1234").expect("the origin");
    let redirect =
        connection.exchange(&format!("GET {path} HTTP/1.1\r\nHost: localhost:1234\r\n\r\n"));
    let location = redirect.header("location").expect("a location");
    assert!(location.starts_with("https://127.0.0.1:1234/attachment/"), "{location}");
}

#[test]
fn a_name_outside_of_the_domains_is_refused() {
    let server = configured(|config| config.domains = vec!["example.test".to_owned()]);
    let connect = |name: &str| {
        let config = client_config(server.mock.ca_pem());
        Connection::open(server.mock.address()).start_tls(name, config)
    };
    assert!(connect("acme.example.test").is_ok());
    let refused = connect("acme.zendesk.com").err().expect("an alert").to_string();
    assert!(refused.contains("AccessDenied"), "{refused}");
}

#[test]
fn the_control_api_returns_the_certificate_that_clients_trust() {
    let server = server();
    let answer = server.get("/_mock/ca.pem").fetch();
    assert_eq!(
        (answer.status().as_u16(), answer.header("content-type").as_str()),
        (200, "application/x-pem-file")
    );
    let pem = answer.text().expect("a body");
    assert_eq!(pem, server.mock.ca_pem());
    assert!(!pem.contains("PRIVATE"));
    let other = server_with(|builder| builder);
    assert_ne!(other.mock.ca_pem(), pem, "each server has its own");
    let page = server.request(Method::GET, "/_mock/ca.pem").header("origin", "https://x.example");
    assert_eq!(page.fetch().status(), 403);
}

/// A directory that is removed at the end of the test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("zendesk-mock-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_authority_is_kept_in_a_directory() {
    let directory = Directory::new("kept");
    let start = || configured(|config| config.ca_dir = Some(directory.path("ca")));
    let first = start();
    let kept = fs::read_to_string(directory.path("ca/ca.pem")).expect("a certificate");
    assert_eq!(first.mock.ca_pem(), kept);
    drop(first);
    let second = start();
    assert_eq!(second.mock.ca_pem(), kept);
    open_tls(&second, "acme.zendesk.com");

    let files = fs::read_dir(directory.path("ca")).expect("a directory");
    assert_eq!(files.count(), 2, "no partial files");
    fs::remove_file(directory.path("ca/ca.pem")).expect("the certificate");
    Connection::open_tls(start().mock.address(), "a.test", &kept);
}

#[cfg(unix)]
#[test]
fn a_kept_key_is_secret() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = Directory::new("secret");
    let key = directory.path("ca-key.pem");
    let ca_dir = directory.0.to_str().expect("text");
    let server = ServerProcess::start(&["--ca-dir", ca_dir, "--log", "debug"]);
    let mode = || fs::metadata(&key).expect("a key").permissions();
    assert_eq!(mode().mode() & 0o777, 0o600);
    let secret = fs::read_to_string(&key).expect("a key");
    let secret = secret.lines().nth(1).expect("the key itself").to_owned();
    server.child.signal("TERM");
    let exit = server.child.wait();
    assert!(!exit.stderr.contains(&secret) && !exit.stdout.contains(&secret));

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("permissions");
    let refused = run(command(&["--port", "0", "--ca-dir", ca_dir]));
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("run chmod 600"), "{}", refused.stderr);
}

fn write_key(path: &Path, text: &str) {
    fs::write(path, text).expect("a key");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("its permissions");
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let directory = Directory::new("mixed");
    let other = server();
    let path = directory.path("ca.pem");
    fs::write(&path, other.mock.ca_pem()).expect("a certificate");
    let start = || {
        let config = |config: &mut zendesk_mock::ServerConfig| {
            config.ca_dir = Some(directory.0.clone());
        };
        zendesk_mock::ZendeskMock::builder().configure(config).start()
    };
    let refused = || {
        let error = start().expect_err("another's certificate").to_string();
        assert!(
            error.contains("ca.pem is not a certificate of this program for ca-key"),
            "{error}"
        );
    };
    refused();
    let key_path = directory.path("ca-key.pem");
    assert!(!key_path.exists(), "a refused start leaves no key");
    let own = configured(|config| config.ca_dir = Some(directory.path("own")));
    let own_path = directory.path("own/ca.pem");
    let key = fs::read_to_string(directory.path("own/ca-key.pem")).expect("a key");
    fs::write(&own_path, format!("{}{key}", own.mock.ca_pem())).expect("a certificate");
    let config = |config: &mut zendesk_mock::ServerConfig| {
        config.ca_dir = Some(directory.path("own"));
    };
    let with_key = zendesk_mock::ZendeskMock::builder().configure(config).start();
    assert!(with_key.is_err(), "a key beside the certificate would be handed out");
    // The authority of another program, with its key.
    let key = rcgen::KeyPair::generate().expect("a key");
    let foreign = rcgen::CertificateParams::new([]).and_then(|params| params.self_signed(&key));
    fs::write(&path, foreign.expect("a certificate").pem()).expect("a certificate");
    write_key(&key_path, &key.serialize_pem());
    refused();
    write_key(&key_path, "no key");
    let error = start().expect_err("no key").to_string();
    assert!(error.contains("holds no private key"), "{error}");
}

#[test]
fn the_certificate_is_written_at_the_start() {
    let directory = Directory::new("file");
    let path = directory.path("ca.pem");
    let server = configured(|config| config.ca_file = Some(path.clone()));
    assert_eq!(fs::read_to_string(&path).expect("a certificate"), server.mock.ca_pem());
    let missing = directory.path("no/such/ca.pem");
    let exit = run(command(&["--port", "0", "--ca-file", missing.to_str().expect("text")]));
    assert_eq!(exit.code, Some(2));
    assert!(exit.stderr.contains("--ca-file takes the path of a file"), "{}", exit.stderr);
    let (ca_dir, key) = (directory.path("ca"), directory.path("ca/ca-key.pem"));
    fs::create_dir(&ca_dir).expect("a directory");
    let text = |path: &Path| path.to_str().expect("text").to_owned();
    let (ca_dir, key) = (text(&ca_dir), text(&key));
    let exit = run(command(&["--port", "0", "--ca-dir", &ca_dir, "--ca-file", &key]));
    assert_eq!(exit.code, Some(2));
    assert!(exit.stderr.contains("outside of ca_dir"), "{}", exit.stderr);
    let link = directory.path("link.pem");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    let server = configured(|config| config.ca_file = Some(link.clone()));
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&path).expect("a certificate"), server.mock.ca_pem());
}

#[test]
fn servers_that_start_at_once_share_one_authority() {
    let directory = Directory::new("at-once");
    let path = directory.path("ca");
    let start = || configured(|config| config.ca_dir = Some(path.clone()));
    let servers: Vec<_> = std::thread::scope(|scope| {
        let servers: Vec<_> = (0..6).map(|_| scope.spawn(start)).collect();
        servers.into_iter().map(|server| server.join().expect("it starts")).collect()
    });
    // Signatures differ, and the key does not.
    let trusted = client_config(&fs::read_to_string(path.join("ca.pem")).expect("a certificate"));
    for server in servers {
        let connection = server.connect().start_tls("acme.test", trusted.clone());
        assert!(connection.is_ok(), "a client that trusts the file trusts each server");
    }
}

#[test]
fn failed_handshakes_are_logged_and_not_all_of_them() {
    let server = ServerProcess::start(&[]);
    let other = configured(|_| ());
    let config = client_config(other.mock.ca_pem());
    for _ in 0..100 {
        let connection = Connection::open(server.address).start_tls("a.test", config.clone());
        assert!(connection.is_err(), "the client trusts another authority");
    }
    let client = reqwest::blocking::Client::new();
    assert_eq!(client.get(server.url("/_mock/health")).fetch().status(), 200);
    server.child.signal("TERM");
    let log = server.child.wait().stderr;
    let lines = log.matches("does not trust the CA of this server").count();
    assert!((1..100).contains(&lines), "{log}");
}
