//! The binary: start, seed and signals.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::harness::child::{ServerProcess, command, measure, run};
use crate::harness::*;

#[test]
fn it_prints_its_address_and_how_to_begin() {
    let server = ServerProcess::start(&[]);
    let client = reqwest::blocking::Client::new();
    let url = server.url("");
    let [first, page, control, accounts, docs, curl] = &server.announced;
    assert_eq!(first, &format!("zendesk-mock {} listening on {url}", env!("CARGO_PKG_VERSION")));
    assert!(server.address.port() != 0 && server.address.ip().is_loopback());

    let page = page.strip_prefix("page: ").expect("a URL");
    assert_eq!(client.get(page).send().expect("a response").status(), 200);
    assert!(control.starts_with(&format!("control API: {url}/_mock, ")), "{control}");
    let document = control.rsplit(' ').next().expect("a URL");
    assert_eq!(client.get(document).send().expect("a response").status(), 200);

    let account = accounts.strip_prefix("accounts: ").and_then(|rest| rest.split_once(','));
    let account = account.expect("a URL").0.replace("NAME", "acme");
    let shown = client.get(account + "/_mock/account").fetch();
    assert_eq!(shown.status(), 200);
    assert!(shown.into_json().to_string().contains("\"acme\""));
    assert!(docs.starts_with("docs: https://"), "{docs}");

    let curl = curl.strip_prefix("try: curl ").expect("a curl line");
    // The request that the printed command describes.
    let words: Vec<_> = curl.split(' ').collect();
    assert_eq!(words[..2], ["-u", "me@example.com/token:secret"]);
    let target = words.last().expect("a URL").trim_matches('\'');
    assert!(target.starts_with(&url), "{target}");
    let answer = client
        .post(target)
        .basic_auth("me@example.com/token", Some("secret"))
        .header("content-type", "application/binary")
        .body("hello")
        .fetch();
    assert_eq!(answer.status(), 201);

    server.child.signal("TERM");
    assert_eq!(server.child.wait().stdout, "", "nothing more");
}

#[test]
fn a_seed_is_loaded_before_the_server_is_ready() {
    let get = |server: &ServerProcess, target: &str| {
        let mut connection = Connection::open(server.address);
        let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\n{AGENT}\r\n");
        connection.send(request.as_bytes());
        connection.read_response()
    };
    let mut in_environment = command(&["--port=0"]);
    let document = r#"{"tickets": [{"comments": [{"body": "hello"}]}]}"#;
    in_environment.env("ZENDESK_MOCK_SEED_DATA", document);
    let server = ServerProcess::spawn(in_environment);
    assert_eq!(get(&server, "/api/v2/tickets/1").status(), 200);

    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/seed");
    let server = ServerProcess::start(&["--seed-data", directory]);
    assert_eq!(get(&server, "/api/v2/attachments/201").json()["attachment"]["size"], 9);
    let logged = server.child.stderr_line();
    assert!(logged.contains("seeded account=default objects=13"), "{logged}");

    let ended = run(command(&["--port=0", "--seed-data", r#"{"users": [{"id": 0}]}"#]));
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("seed_data: users[0].id: takes"), "{ended:?}");
    for document in [
        r#"{"users": [{"email": "a@b.c", "password": "hunter2"}"#,
        r#"{"users": [{"email": "a@b.c", "api_tokens": "hunter2"}]}"#,
        r#"'{"users": [{"password": "hunter2"}]}'"#,
        r#"{"accounts": {"default": {}}}"#,
        r#"{"accounts": {"acme": {}, "ACME": {}}}"#,
    ] {
        let ended = run(command(&["--port=0", "--seed-data", document]));
        assert!(ended.code != Some(0) && !ended.stderr.contains("hunter2"), "{ended:?}");
        assert!(ended.stderr.contains("seed"), "{ended:?}");
    }
}

#[test]
fn a_port_in_use_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let ended = run(command(&["--port", &address.port().to_string()]));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "", "nothing is announced");
    assert!(ended.stderr.contains(&address.to_string()), "{ended:?}");
    assert!(ended.stderr.contains("port"), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
}

fn assert_ends_within_a_second(signal: &str) {
    let idle = ServerProcess::start(&[]);
    idle.child.signal(signal);
    let (ended, took) = measure(|| idle.child.wait());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(took < Duration::from_secs(1), "idle: {took:?}");

    let busy = ServerProcess::start(&[]);
    let hanging = [busy.start_upload(), busy.start_upload(), busy.start_upload()];
    busy.child.signal(signal);
    let (ended, took) = measure(|| busy.child.wait());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(took < Duration::from_secs(1), "while requests hang: {took:?}");
    drop(hanging);
}

#[test]
fn sigterm_ends_it_within_a_second_while_requests_hang() {
    assert_ends_within_a_second("TERM");
}

#[test]
fn sigint_ends_it_within_a_second_while_requests_hang() {
    assert_ends_within_a_second("INT");
}

/// As `/dev/null` is one, which a server of root could replace.
#[test]
#[cfg(unix)]
fn a_pipe_or_a_device_is_written_to_and_stays() {
    use std::os::unix::fs::FileTypeExt as _;

    let path = |flag: &str| {
        std::env::temp_dir().join(format!("zendesk-mock{flag}-{}", std::process::id()))
    };
    for (flag, part) in [("--ready-file", "\"port\":"), ("--ca-file", "BEGIN CERTIFICATE")] {
        let path = path(flag);
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo runs").success());
        let reader = std::thread::spawn({
            let path = path.clone();
            move || std::fs::read_to_string(path).expect("text")
        });
        let server = ServerProcess::start(&[flag, path.to_str().expect("text")]);
        let read = reader.join().expect("it reads");
        assert!(read.contains(part), "{flag}: {read}");
        let found = std::fs::metadata(&path).expect("it is there");
        assert!(found.file_type().is_fifo(), "{flag}");
        drop(server);
        std::fs::remove_file(path).expect("it is there");
    }
}

#[test]
fn a_ready_file_says_where_the_server_is() {
    let path = std::env::temp_dir().join(format!("zendesk-mock-ready-{}", std::process::id()));
    std::fs::write(&path, "of an earlier server").expect("a writable directory");
    let server = ServerProcess::start(&["--ready-file", path.to_str().expect("text")]);
    let written = std::fs::read_to_string(&path).expect("the file is there before the first line");
    let ready: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    let expected = json!({
        "url": server.url(""), "port": server.address.port(), "pid": server.child.id()
    });
    assert_eq!(ready, expected);
    let taken = server.address.port().to_string();
    let ended = run(command(&["--port", &taken, "--ready-file", path.to_str().expect("text")]));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!path.exists(), "a server that does not start leaves no file");
}

#[test]
fn a_server_stops_when_its_standard_input_is_closed() {
    let mut piped = command(&["--port=0", "--exit-on-stdin-close"]);
    piped.stdin(Stdio::piped());
    let mut server = ServerProcess::spawn(piped);
    let health = reqwest::blocking::get(server.url("/_mock/health")).expect("a response");
    assert_eq!(health.status(), 200);
    server.child.close_stdin();
    assert_eq!(server.child.wait().code, Some(0));
}
