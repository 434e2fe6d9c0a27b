//! The binary: start, seed and signals.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use crate::harness::child::{Child, ServerProcess, command, measure, run};
use crate::harness::{AGENT, Connection, text};

/// The name of the environment variable of a flag.
fn variable(flag: &str) -> String {
    format!("ZENDESK_MOCK_{}", flag.to_uppercase().replace('-', "_"))
}

fn date(server: &ServerProcess) -> String {
    let health = reqwest::blocking::get(server.url("/_mock/health")).expect("a response");
    health.headers()["date"].to_str().expect("text").to_owned()
}

#[test]
fn it_prints_its_address_and_a_working_curl_command() {
    let server = ServerProcess::start(&[]);
    let url = server.url("");
    let [first, second] = &server.announced;
    assert_eq!(first, &format!("zendesk-mock {} listening on {url}", env!("CARGO_PKG_VERSION")));
    assert!(server.address.port() != 0 && server.address.ip().is_loopback());
    let curl = second.strip_prefix("try: curl ").expect("a curl line");
    // The request that the printed command describes.
    let words: Vec<_> = curl.split(' ').collect();
    assert_eq!(words[..2], ["-u", "me@example.com/token:secret"]);
    let target = words.last().expect("a URL").trim_matches('\'');
    assert!(target.starts_with(&url), "{target}");
    let answer = reqwest::blocking::Client::new()
        .post(target)
        .basic_auth("me@example.com/token", Some("secret"))
        .header("content-type", "application/binary")
        .body("hello")
        .send()
        .expect("a response");
    assert_eq!(answer.status(), 201);
}

#[test]
fn a_flag_outweighs_the_environment_variable() {
    let flag = ServerProcess::start(&["--frozen-at", "2026-01-01T00:00:00Z"]);
    assert_eq!(date(&flag), "Thu, 01 Jan 2026 00:00:00 GMT");

    let mut environment = command(&[]);
    environment.env("ZENDESK_MOCK_PORT", "0");
    environment.env("ZENDESK_MOCK_FROZEN_AT", "2027-01-01T00:00:00Z");
    assert_eq!(date(&ServerProcess::spawn(environment)), "Fri, 01 Jan 2027 00:00:00 GMT");

    let mut both = command(&["--port=0", "--frozen-at=2028-01-01T00:00:00Z"]);
    both.env("ZENDESK_MOCK_FROZEN_AT", "2027-01-01T00:00:00Z");
    assert_eq!(date(&ServerProcess::spawn(both)), "Sat, 01 Jan 2028 00:00:00 GMT");
}

#[test]
fn a_switch_takes_an_optional_value_and_a_variable() {
    let faithful = |arguments: &[&str], environment: Option<&str>| {
        let mut command = command(&[&["--port=0"], arguments].concat());
        if let Some(value) = environment {
            command.env("ZENDESK_MOCK_FAITHFUL", value);
        }
        let server = ServerProcess::spawn(command);
        let client = reqwest::blocking::Client::new();
        let agent = |request: reqwest::blocking::RequestBuilder| {
            request.bearer_auth("x").send().expect("an answer")
        };
        let upload = agent(client.post(server.url("/api/v2/uploads?filename=a")).body("x"));
        let upload: serde_json::Value =
            serde_json::from_str(&upload.text().expect("a body")).expect("JSON");
        let token = text(&upload["upload"]["token"]);
        // Under `faithful`, showing an upload is 404.
        agent(client.get(server.url(&format!("/api/v2/uploads/{token}")))).status() == 404
    };
    assert!(!faithful(&[], None));
    assert!(faithful(&["--faithful"], None));
    assert!(!faithful(&["--faithful=false"], Some("true")));
    assert!(faithful(&[], Some("1")));
    assert!(faithful(&[], Some("true")));
    assert!(!faithful(&[], Some("false")));
}

/// A flag, invalid values, and a part of the error message.
const REFUSED: &[(&str, &[&str], &str)] = &[
    ("host", &["nowhere", "127.0.0.1:80"], "IP address"),
    ("port", &["70000", "http"], "0 to 65535"),
    ("public-url", &["desk.test", "https://desk.test/path"], "https://desk.example.test"),
    ("trust-forwarded", &["perhaps"], "true or false"),
    ("domains", &[".test"], "zendesk.com"),
    ("max-accounts", &["0", "1000001"], "number"),
    ("max-connections", &["0"], "at least 1"),
    ("body-timeout", &["0s", "later"], "time"),
    ("max-memory", &["lots"], "50MiB"),
    ("auth", &["some"], "any, none, strict"),
    ("credentials", &["no-colon"], "Bearer TOKEN"),
    ("cors", &["maybe"], "open, faithful, off"),
    ("rate-limit", &["0", "-1", "many"], "or off"),
    ("endpoint-limits", &["100", "enterprise"], "off, standard, high-volume, sandbox"),
    ("faithful", &["perhaps"], "true or false"),
    ("upload-ttl", &["soon", "0s"], "time"),
    ("max-upload-size", &["0", "big"], "size"),
    ("too-large-status", &["500"], "413, 422"),
    ("max-files-per-upload", &["0"], "at least 1"),
    ("max-filename-length", &["0"], "at least 1"),
    ("unknown-type", &["guess"], "accept, reject"),
    ("bad-token-on-ticket", &["shrug"], "reject, ignore"),
    ("private-attachments", &["perhaps"], "true or false"),
    ("downloads", &["proxy"], "direct, redirect"),
    ("download-ttl", &["0s", "soon"], "time"),
    ("download-url", &["files.test", "http://files.test/path"], "https://files.example.test"),
    ("malformed-json-status", &["500"], "422, 400"),
    ("upload-content-type", &["xml"], "accept, json, text"),
    ("image-ttl", &["0s", "169h", "long"], "time"),
    ("max-image-size", &["0", "big"], "size"),
    ("image-types", &["text/plain", "image/PNG"], "image/webp"),
    ("bucket-size-check", &["none"], "max, declared, off"),
    ("image-type-check", &["magic"], "declared, sniff, off"),
    ("image-reuse", &["once"], "conflict, repeat"),
    ("bad-image-token-status", &["500"], "404, 400"),
    ("access-key-id", &["a/b", "a b"], "printable ASCII"),
    ("secret-access-key", &["a b"], "printable ASCII"),
    ("frozen-at", &["noon"], "2026-01-01T00:00:00Z"),
    ("seed-data", &["no/such/file"], "takes a seed as JSON"),
    ("log", &["loud"], "off, error, warn, info, debug"),
    ("log-format", &["xml"], "text, json"),
];

/// Numeric flags, and a part of the error message for a value that is not a number.
const NUMBERS: &[(&str, &str)] = &[
    ("max-accounts", "number"),
    ("max-connections", "number"),
    ("too-large-status", "413"),
    ("max-files-per-upload", "number"),
    ("max-filename-length", "number"),
    ("malformed-json-status", "422"),
    ("bad-image-token-status", "404"),
    ("seed", "number"),
];

/// Starts with an invalid value, as a flag and as a variable. Returns what is missing in the error
/// message.
fn check_refusal(flag: &str, value: &str, accepts: &str) -> Option<String> {
    let free_port: &[&str] = if flag == "port" { &[] } else { &["--port=0"] };
    let as_flag = command(&[free_port, &[&*format!("--{flag}={value}")]].concat());
    let mut as_variable = command(free_port);
    as_variable.env(variable(flag), value);
    [as_flag, as_variable].into_iter().find_map(|command| {
        let shown = format!("{command:?}");
        // `Child::wait` has a timeout in case the server starts.
        let ended = Child::spawn(command).wait();
        let named = ended.stderr.contains(&format!("--{flag}"));
        let good = ended.code == Some(2) && named && ended.stderr.contains(accepts);
        (!good).then(|| format!("{shown} should say {accepts:?}: {ended:?}\n"))
    })
}

#[test]
fn an_invalid_value_is_refused_with_the_valid_ones() {
    let failures: String = REFUSED
        .iter()
        .flat_map(|(flag, values, accepts)| values.iter().map(move |value| (flag, value, accepts)))
        .filter_map(|(flag, value, accepts)| check_refusal(flag, value, accepts))
        .collect();
    assert_eq!(failures, "");
}

#[test]
fn a_value_that_is_not_a_number_is_refused() {
    let failures: String =
        NUMBERS.iter().filter_map(|(flag, accepts)| check_refusal(flag, "x", accepts)).collect();
    assert_eq!(failures, "");
}

#[test]
fn every_setting_is_in_the_tables() {
    let help = run(command(&["--help"])).stdout;
    let flags: Vec<_> = help
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--"))
        .filter_map(|flag| flag.split([' ', '=', '[']).next())
        .collect();
    assert!(flags.len() > 30, "{help}");
    for flag in flags {
        let known = REFUSED.iter().any(|(name, ..)| *name == flag)
            || NUMBERS.iter().any(|(name, _)| *name == flag);
        assert!(known, "--{flag} has no bad value in the tables");
        assert!(help.contains(&variable(flag)), "--{flag} has no variable in {help}");
    }
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
    assert!(ended.stderr.contains("the seed of account default: users[0].id takes"), "{ended:?}");
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
fn auth_strict_needs_credentials() {
    let ended = run(command(&["--port=0", "--auth=strict"]));
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("--credentials") && ended.stderr.contains("strict"), "{ended:?}");
}

#[test]
fn an_unknown_flag_is_refused() {
    let ended = run(command(&["--nonsense"]));
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("--nonsense"), "{ended:?}");
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

#[test]
fn an_unknown_variable_is_reported() {
    let mut misspelt = command(&["--port=0", "--log=off"]);
    misspelt.env("ZENDESK_MOCK_UPLOAD_TLL", "72h").env("ZENDESK_MOCK_SERVICE_HOST", "10.0.0.7");
    let serving = ServerProcess::spawn(misspelt);
    serving.child.signal("TERM");
    let stderr = serving.child.wait().stderr;
    assert!(stderr.contains("ZENDESK_MOCK_UPLOAD_TLL is no setting"), "{stderr}");
    assert!(!stderr.contains("SERVICE_HOST"), "{stderr}");
}

#[test]
fn a_port_variable_of_kubernetes_is_ignored() {
    let mut command = command(&[]);
    command.env("ZENDESK_MOCK_PORT", "tcp://10.0.0.7:8080");
    let child = Child::spawn(command);
    // If the default port is in use, the error message names it.
    let mut line = String::new();
    if let Some(announced) = child.first_line() {
        line = announced;
        child.signal("TERM");
    }
    let ended = child.wait();
    let stderr = line + &ended.stderr;
    assert!(stderr.contains("127.0.0.1:3375"), "{stderr}");
    assert_ne!(ended.code, Some(2), "{stderr}");
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
