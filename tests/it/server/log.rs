//! The log on standard error: one line for each request, with the reason of a refusal.

use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::Value;

use crate::harness::child::ServerProcess;
use crate::harness::images::*;
use crate::harness::sigv4::PresignInput;
use crate::harness::*;

struct Logged {
    server: ServerProcess,
    client: Client,
}

impl Logged {
    fn start(arguments: &[&str]) -> Self {
        Self { server: ServerProcess::start(arguments), client: Client::new() }
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.server.url(path))
    }

    fn reserve(&self) -> Reservation {
        let body = r#"{"content_type":"image/png","file_size":1}"#;
        let response = self.post(RESERVE).body(body).fetch();
        let line = self.server.child.stderr_line();
        assert!(!line.contains("WARN"), "{line}");
        Reservation::from_json(response.into_json())
    }

    /// The log line of a refused request.
    #[track_caller]
    fn refusal(&self, request: RequestBuilder, status: u16) -> String {
        let response: Response = request.fetch();
        assert_eq!(response.status(), status);
        self.server.child.stderr_line()
    }

    /// The reason in the JSON log line of a refused request.
    #[track_caller]
    fn reason(&self, request: RequestBuilder, status: u16) -> String {
        let line = self.refusal(request, status);
        let mut line: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        match line["reason"].take() {
            Value::String(reason) => reason,
            other => panic!("reason is {other} in {line}"),
        }
    }

    fn put(&self, url: &str, disposition: &str) -> RequestBuilder {
        self.client.put(url).header("Content-Disposition", disposition).body(PNG)
    }
}

fn json() -> Logged {
    Logged::start(&["--log-format", "json"])
}

#[track_caller]
fn assert_contains(why: &str, parts: &[&str]) {
    for part in parts {
        assert!(why.contains(part), "{part:?} is not in {why:?}");
    }
}

#[track_caller]
fn assert_contains_any(why: &str, parts: &[&str]) {
    assert!(parts.iter().any(|part| why.contains(part)), "none of {parts:?} is in {why:?}");
}

/// Checks that the remaining log is the line of stopping.
#[track_caller]
fn assert_only_stopping(rest: &str) {
    assert!(rest.lines().count() == 1 && rest.contains("stopping"), "{rest:?}");
}

/// The words of a line with a time of day before them, which is not compared.
#[track_caller]
fn words(line: &str) -> Vec<&str> {
    let (time, rest) = line.split_once(' ').expect("words");
    let is_time = time.len() == 8 && time.split(':').all(|part| part.parse::<u8>().is_ok());
    assert!(is_time, "{line:?}");
    rest.split(' ').collect()
}

#[test]
fn each_request_has_one_text_line() {
    let logged = Logged::start(&[]);
    let path = "/@acme/api/v2/uploads?filename=a.txt&token=";
    let answered = logged.post(path).agent().body("hello").fetch();
    assert_eq!(answered.status(), 201);
    let id = answered.header("x-request-id");
    let line = logged.server.child.stderr_line();
    let words = words(&line);
    assert_eq!(words[..5], ["POST", "/@acme/api/v2/uploads", "201", "5", "B"], "{line}");
    assert_eq!([words[5], words[7], words[8]], ["in", "kB", "out"], "{line}");
    assert!(words[9].parse::<f64>().is_ok() && words[10] == "ms", "{line}");
    assert_eq!(words[11..], ["acme", &id[..8]], "{line}");
    assert!(line.len() <= 80, "{line}");

    let line = logged.refusal(logged.post("/api/v2/uploads?filename=a.txt").body("hello"), 401);
    assert_contains(&line, &[" WARN POST /api/v2/uploads 401 5 B in ", " default "]);
    assert_contains(&line, &[": no credentials; auth = none would accept that"]);
    assert!(!line.contains('\u{1b}'), "no colours without a terminal: {line:?}");
    logged.server.child.signal("TERM");
    assert_only_stopping(&logged.server.child.wait().stderr);
}

#[test]
fn a_line_has_the_time_of_an_account_that_has_left_the_real_one() {
    let logged = Logged::start(&["--frozen-at", START]);
    let answered = logged.client.get(logged.server.url("/api/v2/brands")).agent().fetch();
    assert_eq!(answered.status(), 200);
    let line = logged.server.child.stderr_line();
    assert!(line.ends_with(&format!(" at {START}")), "{line}");
}

#[test]
fn control_calls_are_logged_and_health_checks_only_for_debugging() {
    for (level, count) in [("info", 0), ("debug", 1)] {
        let logged = Logged::start(&["--log", level]);
        for path in ["/_mock/health", "/_mock/clock"] {
            let answered = logged.client.get(logged.server.url(path)).fetch();
            assert_eq!(answered.status(), 200);
        }
        let mut health = 0;
        while !logged.server.child.stderr_line().contains(" GET /_mock/clock 200 ") {
            health += 1;
        }
        assert_eq!(health, count, "{level}");
    }
}

#[test]
fn a_json_line_has_every_field() {
    let logged = json();
    let (ok, bad) = ("/@acme/api/v2/uploads?filename=a.txt", "/@acme/api/v2/uploads/none");
    let answered = logged.post(ok).agent().body("hello").fetch();
    let id = answered.header("x-request-id");
    let sent = answered.bytes().expect("a body").len();
    let line = logged.server.child.stderr_line();
    let line: Value = serde_json::from_str(&line).expect("JSON");
    assert!(text(&line["timestamp"]).ends_with('Z'), "{line}");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "answered");
    assert_eq!(line["account"], "acme");
    assert_eq!(line["method"], "POST");
    assert_eq!(line["route"], "/api/v2/uploads");
    assert_eq!(line["path"], "/@acme/api/v2/uploads", "as the client sent it");
    assert_eq!(line["status"], 201);
    assert_eq!(line["received"], 5);
    assert_eq!(line["sent"], sent);
    assert_eq!(line["request_id"], *id);
    assert!(line["ms"].is_f64(), "{line}");
    assert!(line["reason"].is_null() && line["account_time"].is_null(), "{line}");
    assert_eq!(logged.client.get(logged.server.url(bad)).agent().fetch().status(), 404);
    let line: Value = serde_json::from_str(&logged.server.child.stderr_line()).expect("JSON");
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["message"], "refused");
    assert_eq!(line["route"], "/api/v2/uploads/{token}");
    assert_eq!(line["status"], 404);
    assert!(line["reason"].is_string(), "{line}");
}

#[test]
fn log_off_writes_nothing() {
    let logged = Logged::start(&["--log", "off"]);
    assert_eq!(logged.post("/api/v2/uploads").body("hello").fetch().status(), 401);
    assert_eq!(logged.post(RESERVE).body("{").fetch().status(), 400);
    logged.server.child.signal("TERM");
    let ended = logged.server.child.wait();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn log_warn_writes_only_refusals() {
    let logged = Logged::start(&["--log", "warn"]);
    let health = logged.client.get(logged.server.url("/_mock/health")).fetch();
    assert_eq!(health.status(), 200);
    let line = logged.refusal(logged.post(RESERVE).body("{"), 400);
    assert_contains(&line, &["WARN", RESERVE, "400"]);
}

#[test]
fn client_input_cannot_break_a_text_line() {
    let logged = Logged::start(&[]);
    let reserved = logged.reserve();
    // A line feed, and an escape sequence that colours a terminal.
    let forged = reserved.url.replace("aws4_request", "a%0A%1B%5B31mb");
    let line = logged.refusal(logged.put(&forged, &reserved.disposition), 400);
    assert!(line.contains("X-Amz-Credential") && !line.contains('\u{1b}'), "{line:?}");
    let body = r#"{"content_type":"a\n\u001b[31mb","file_size":1}"#;
    let line = logged.refusal(logged.post(RESERVE).body(body), 400);
    assert!(line.contains("content_type") && !line.contains('\u{1b}'), "{line:?}");
    logged.server.child.signal("TERM");
    assert_only_stopping(&logged.server.child.wait().stderr);
}

/// Control characters of C0 and C1, and those that reorder text or end lines, as JSON escapes.
const HARMFUL: &str =
    r"\u0000\n\u001b[31m\u007f\u0085\u009b\u061c\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069";

#[test]
fn client_input_cannot_hide_or_reorder_parts_of_a_line() {
    for arguments in [&[][..], &["--log-format", "json"]] {
        let logged = Logged::start(arguments);
        let body = format!(r#"{{"ticket": {{"comment": "a", "status": "{HARMFUL}é"}}}}"#);
        let line = logged.refusal(logged.post("/api/v2/tickets").agent().body(body), 422);
        assert!(line.contains("status") && line.contains('é'), "{line:?}");
        let path = logged.server.url("/_mock/accounts/x%C2%9B%E2%80%AE");
        let other = logged.refusal(logged.client.delete(path), 404);
        for c in line.chars().chain(other.chars()) {
            assert!(c == 'é' || (' '..='~').contains(&c), "{line:?} {other:?}");
        }
    }
}

/// As with `2>&1 | head`.
#[test]
fn a_closed_log_does_not_stop_the_server() {
    let logged = Logged { server: ServerProcess::start_with_closed_log(), client: Client::new() };
    for _ in 0..3 {
        let health = logged.client.get(logged.server.url("/_mock/health")).fetch();
        assert_eq!(health.status(), 200);
    }
}

#[test]
fn secrets_are_not_logged() {
    let logged = json();
    let request = logged
        .post("/api/v2/uploads?filename=a.txt&access_token=s3cr3t-in-query")
        .basic_auth("me@example.com/token", Some("s3cr3t"))
        .body("hello");
    assert_eq!(request.fetch().status(), 201);
    let line = logged.server.child.stderr_line();
    assert!(!line.contains("s3cr3t"), "{line}");
}

#[test]
fn the_reason_of_a_refused_put_names_the_difference() {
    let logged = json();
    let reserved = logged.reserve();
    let put = |url: &str| logged.put(url, &reserved.disposition);
    let port = logged.server.address.port();
    let (localhost, acme) = (format!("localhost:{port}"), format!("acme.localhost:{port}"));
    let signed_host = format!("signed {}", reserved.host());
    let received_host = format!("received {localhost}");
    let (before, after) = reserved.url.split_once("X-Amz-Signature=").expect("a signature");
    let forged = format!("{before}X-Amz-Signature=00{}", &after[64..]);
    let large = logged.client.put(&reserved.url).body(vec![0; 2_000_001]);
    for (request, status, parts) in [
        (
            logged.put(&reserved.url, "attachment; filename=\"mine.png\""),
            403,
            vec!["header content-disposition", &*reserved.token, "mine.png"],
        ),
        (
            logged.client.put(&reserved.url).body(PNG),
            403,
            vec!["header content-disposition", &reserved.token, "received nothing"],
        ),
        (
            put(&reserved.url).header("x-amz-server-side-encryption", "aws:kms"),
            403,
            vec!["header x-amz-server-side-encryption", "signed AES256", "received aws:kms"],
        ),
        (
            put(&reserved.url).header("Host", &localhost),
            403,
            vec!["host: ", &signed_host, &received_host],
        ),
        (put(&reserved.url).header("Host", &acme), 403, vec!["host", &acme]),
        (
            logged.client.get(&reserved.url).header("Content-Disposition", &reserved.disposition),
            403,
            vec!["method: signed PUT, received GET"],
        ),
        (
            put(&reserved.url.replace("Expires=3600", "Expires=9999")),
            403,
            vec!["query parameter X-Amz-Expires: signed 3600, received 9999"],
        ),
        (put(&forged), 403, vec!["X-Amz-Signature"]),
        (put(&reserved.url).header("x-amz-acl", "private"), 403, vec!["x-amz-acl"]),
        (put(&reserved.url.replace("X-Amz-Expires=3600&", "")), 400, vec!["X-Amz-Expires"]),
        (
            large.header("Content-Disposition", &reserved.disposition),
            400,
            vec!["2000001", "2000000", "max_image_size", "bucket_size_check"],
        ),
    ] {
        assert_contains(&logged.reason(request, status), &parts);
    }
    let old = PresignInput { date: "20220906T141448Z", ..reserved.presign_input() };
    let expired = logged.server.url(&format!("{}?{}", reserved.path(), old.query()));
    let why = logged.reason(put(&expired), 403);
    assert_contains(&why, &["expired"]);
    assert_contains_any(&why, &["2022-09-06T15:14:48Z", "X-Amz-Expires"]);
    assert_contains_any(&why, &["image_ttl", "reserve"]);
    let unsigned = logged.server.url(reserved.path());
    let why = logged.reason(put(&unsigned), 403);
    assert_contains_any(&why, &["X-Amz-", "query", "presigned", "signature"]);
}

#[test]
fn the_reason_of_a_refused_post_names_the_setting_property_or_step() {
    let logged = json();
    let reserved = logged.reserve();
    let not_stored = format!(r#"{{"token":"{}","brand_id":"1"}}"#, reserved.token);
    for (path, body, status, parts) in [
        ("/api/v2/uploads?filename=a.txt", "hello", 401, &["no credentials", "auth"][..]),
        (RESERVE, r#"{"content_type":"image/png"}"#, 400, &["file_size", "missing"]),
        (PUBLISH, &not_stored, 404, &["reserved", "PUT"]),
        (
            PUBLISH,
            r#"{"token":"none","brand_id":"1"}"#,
            404,
            &["account default never issued this token"],
        ),
    ] {
        assert_contains(&logged.reason(logged.post(path).body(body.to_owned()), status), parts);
    }
}

#[test]
fn an_unknown_path_is_logged() {
    let logged = json();
    let line = logged.refusal(logged.post("/api/v2/nothing"), 404);
    let line: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!((&line["path"], &line["status"]), (&"/api/v2/nothing".into(), &404.into()));
    assert!(line["reason"].is_string());
}

#[test]
fn a_long_reason_is_shortened() {
    let logged = json();
    let requester = serde_json::json!({"name": "a", "email": "x".repeat(200_000)});
    let ticket = serde_json::json!({"ticket": {"comment": {"body": "a"}, "requester": requester}});
    let reason = logged.reason(logged.post("/api/v2/tickets").agent().json(&ticket), 422);
    assert!(reason.len() < 5_000, "{} bytes", reason.len());
}
