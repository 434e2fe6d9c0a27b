//! `/_mock/…`: the control API. Here: health, reset, access from web pages, and bad input.

mod accounts;
mod clock;
mod control_token;
mod emulated_openapi;
mod faults;
mod fidelity;
mod files;
mod journal;
mod leaks;
mod malware;
mod openapi;
mod seed;
mod settings;
mod snapshots;
mod strictness;
mod tickets;
mod tokens;
mod usage;

use reqwest::Method;
use serde_json::json;

use crate::harness::images::*;
use crate::harness::*;

const RESET: &str = "/_mock/reset";

fn fill(server: &Server) {
    let token = token(&server.upload("a.txt", "hello")).to_owned();
    server.upload(&format!("b.txt&token={token}"), "hello");
    server.upload("c.txt", "hello");
    reserve(server, "image/png", 1);
    let stored = reserve(server, "image/png", 1);
    store(server, &stored, PNG);
    publish(server, &stored.token);
}

#[test]
fn health_has_status_and_version() {
    let response = server().get("/_mock/health").fetch();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(
        response.into_json(),
        json!({"account": "default", "status": "ok", "version": env!("CARGO_PKG_VERSION")})
    );
}

#[test]
fn health_ignores_credentials() {
    let server = configured(|config| {
        config.account.auth = zendesk_mock::Auth::Strict;
        config.credentials = vec![zendesk_mock::Credential::Bearer("known".to_owned())];
    });
    assert_eq!(server.get("/_mock/health").fetch().status(), 200);
    assert_eq!(server.get("/_mock/health").bearer_auth("unknown").fetch().status(), 200);
    assert_eq!(server.post(RESET).fetch().status(), 200);
}

#[test]
fn a_reset_returns_what_it_removed_and_leaves_nothing() {
    let server = server();
    fill(&server);
    let response = server.post(RESET).fetch();
    assert_eq!(response.status(), 200);
    let removed = json!({
        "account": "default",
        "removed": {
            "uploads": 2, "attachments": 3, "tickets": 0, "users": 0, "image_tokens": 2, "published_images": 1,
        },
    });
    assert_eq!(response.into_json(), removed);
    assert_eq!(server.mock.memory_used(), 0);
    let nothing = json!({
        "account": "default",
        "removed": {
            "uploads": 0, "attachments": 0, "tickets": 0, "users": 0, "image_tokens": 0, "published_images": 0,
        },
    });
    assert_eq!(server.post(RESET).fetch().into_json(), nothing);
}

#[test]
fn a_page_of_another_origin_is_403_and_changes_nothing() {
    let server = server();
    server.upload("a.txt", "hello");
    let port = server.mock.address().port();
    for origin in [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        // The same port at another name, the same name at another port, another scheme.
        format!("http://localhost:{port}"),
        "http://127.0.0.1".to_owned(),
        format!("https://127.0.0.1:{port}"),
    ] {
        for request in [server.post(RESET), server.get("/_mock/health")] {
            let response = request.header("Origin", &origin).fetch();
            assert_eq!(response.status(), 403, "{origin}");
            assert_eq!(response.header("access-control-allow-origin"), "", "{origin}");
            assert!(response.into_json()["error"].is_string());
        }
    }
    assert_eq!(server.post(RESET).fetch().into_json()["removed"]["uploads"], 1);
}

/// A name that an attacker leads here is its own origin for a browser, which may show no sign of it.
#[test]
fn a_foreign_host_name_is_403_and_says_which_are_ours() {
    let server = configured(|config| config.trust_forwarded = true);
    let port = server.mock.address().port();
    let get = |host: &str| server.get("/_mock/journal").header("Host", host);
    for host in [format!("evil.example:{port}"), "localhost.evil.example".to_owned()] {
        let (status, refusal) = get(&host).fetch_json();
        assert_eq!((status, &refusal["error"]), (403, &json!("Forbidden")), "{host}");
        let why = text(&refusal["description"]);
        assert!(
            why.contains(&host) && why.contains("below zendesk.com, localhost, test; --domains "),
            "{why}"
        );
        // A page can send this header.
        let talked = get(&host).header("X-Forwarded-Host", "localhost").fetch();
        assert_eq!(talked.status(), 403, "{host}");
    }
    for host in ["localhost", "[::1]:3375", "acme.zendesk.com.", "LOCALHOST:1"] {
        assert_eq!(get(host).fetch().status(), 200, "{host}");
    }
    // The rest of the server answers any name.
    assert_eq!(server.get("/api/v2/users/me").header("Host", "evil.example").fetch().status(), 200);
}

#[test]
fn a_page_of_another_site_is_403_whatever_it_shows() {
    let server = server();
    let url = server.mock.url();
    let cases = [
        ("Sec-Fetch-Site", "cross-site".to_owned(), 403),
        ("Sec-Fetch-Site", "same-origin".to_owned(), 200),
        ("Sec-Fetch-Site", "none".to_owned(), 200),
        ("Referer", "https://evil.example/x".to_owned(), 403),
        ("Referer", format!("{url}.evil.example/"), 403),
        ("Referer", format!("{url}/page"), 200),
        ("Origin", "https://evil.example".to_owned(), 403),
        ("Origin", url, 200),
    ];
    for (name, value, status) in cases {
        let answer = server.get("/_mock/export").header(name, &value).fetch();
        assert_eq!(answer.status(), status, "{name}: {value}");
    }
    let public = json!({"public_url": "https://desk.example.test"});
    server.request(Method::PATCH, "/_mock/settings").json(&public).fetch();
    let origin = |host: &str| {
        let reset = server.post(RESET).header("Origin", "https://desk.example.test");
        reset.header("Host", host).fetch().status()
    };
    assert_eq!(origin("evil.example"), 403);
    assert_eq!(origin("desk.example.test"), 200);
}

#[test]
fn calls_that_are_refused_or_only_read_create_no_account() {
    let server = server();
    let evil = |request: reqwest::blocking::RequestBuilder| {
        let refused = request.header("Origin", "https://evil.example").fetch();
        assert_eq!(refused.status(), 403);
    };
    evil(server.post("/@one/_mock/reset"));
    evil(server.get("/@two/_mock/journal"));
    assert_eq!(server.get("/@three/_mock/journl").fetch().status(), 404);
    assert_eq!(server.put("/@four/_mock/reset").fetch().status(), 405);
    let read = server.get("/@five/_mock/account").fetch().into_json();
    assert_eq!((&read["account"], &read["holds"]["tickets"]), (&json!("five"), &json!(0)));
    for (path, body) in [("random", "{}"), ("reset", "[]"), ("faults", "{"), ("seed", "{")] {
        let refused = server.post(&format!("/@six/_mock/{path}")).body(body).fetch();
        assert_eq!(refused.status(), 400, "{path}");
    }
    let all = server.get("/_mock/accounts").fetch().into_json();
    assert_eq!(all["accounts"].as_array().map(Vec::len), Some(1), "{all}");
    // The number of an account that is only read is that of the account that is created later.
    server.post("/@five/_mock/reset").fetch();
    assert_eq!(server.get("/@five/_mock/account").fetch().into_json()["id"], read["id"]);
}

#[test]
fn a_request_has_one_valid_host() {
    let server = server();
    let status = |target: &str, version: &str, hosts: &str| {
        let request = format!("GET {target} HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n");
        server.exchange(request.as_bytes()).status()
    };
    for target in ["/_mock/health", "/api/v2/users/me", "/api/v2/guide/x", "/aus-uploaded-assets/x"]
    {
        for hosts in ["", "Host: a\r\nHost: a\r\n", "Host: \r\n", "Host: a/b\r\n", "Host: a b\r\n"]
        {
            assert_eq!(status(target, "1.1", hosts), 400, "{target} {hosts:?}");
        }
    }
    assert_eq!(status("/api/v2/users/me", "1.0", ""), 200);
    // A final dot names the same account.
    let dotted = "GET /api/v2/users/me HTTP/1.1\r\nHost: acme.zendesk.com.\r\n\r\n";
    let answer = server.exchange(dotted.as_bytes());
    assert!(answer.head.contains("x-zendesk-mock-account: acme\r\n"), "{answer}");
}

#[test]
fn a_preflight_from_another_origin_is_refused() {
    let server = server();
    let response = server
        .request(Method::OPTIONS, RESET)
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "POST")
        .fetch();
    assert!(response.status().is_client_error(), "{}", response.status());
    assert_eq!(response.header("access-control-allow-origin"), "");
}

#[test]
fn a_page_of_the_same_origin_is_answered() {
    let server = server();
    let response = server.post(RESET).header("Origin", server.mock.url()).fetch();
    assert_eq!(response.status(), 200);
}

#[test]
fn an_unknown_path_is_404_with_the_nearest_call() {
    let server = server();
    for (method, path, nearest) in [
        (Method::GET, "/_mock/acount", "GET /_mock/account?"),
        (Method::GET, "/_mock/journl", "GET /_mock/journal?"),
        (Method::POST, "/_mock/fault", "POST /_mock/faults?"),
        (Method::POST, "/_mock/clock/advace", "POST /_mock/clock/advance?"),
        (Method::POST, "/@acme/_mock/snapshot/one/restore", "/_mock/snapshots/{name}/restore?"),
        (Method::DELETE, "/_mock/account/acme", "DELETE /_mock/accounts/{name}?"),
        (Method::GET, "/_mock/journal/1/files", "GET /_mock/journal/{number}/file?"),
    ] {
        let (status, body) = server.request(method.clone(), path).fetch_json();
        assert_eq!((status, &body["error"]), (404, &json!("NotFound")), "{method} {path}");
        let why = text(&body["description"]);
        assert!(why.contains("did you mean ") && why.contains(nearest), "{method} {path}: {why}");
    }
}

#[test]
fn the_root_lists_all_calls() {
    let server = server();
    for path in ["/_mock", "/_mock/", "/@acme/_mock"] {
        let listed = server.get(path).fetch().into_json();
        let calls = listed["calls"].as_array().expect("calls");
        assert!(calls.len() > 30, "{path}");
        let faults = calls.iter().find(|call| call["path"] == "/_mock/faults");
        let faults = faults.expect("a call");
        assert!(faults["method"].is_string() && text(&faults["summary"]).len() > 10, "{faults}");
    }
}

#[test]
fn a_path_like_that_of_the_control_api_names_the_nearest_call() {
    let server = server();
    for (method, path, nearest) in [
        (Method::POST, "/_mok/reset", "did you mean POST /_mock/reset?"),
        (Method::GET, "/mock", "did you mean GET /_mock?"),
        (Method::GET, "/mock/jounal", "did you mean GET /_mock/journal?"),
        (Method::GET, "/__mock/settings", "did you mean GET /_mock/settings?"),
    ] {
        let answer = server.request(method, path).agent().fetch();
        let reason = answer.header("x-zendesk-mock-reason");
        assert_eq!(answer.status(), 404, "{path}");
        assert!(reason.contains(nearest), "{path}: {reason}");
    }
}

#[test]
fn a_wrong_method_is_405_with_those_that_the_path_has() {
    let server = server();
    for (method, path, allow) in [
        (Method::GET, RESET, "POST"),
        (Method::POST, "/_mock/health", "GET,HEAD"),
        (Method::PUT, "/_mock/settings", "GET,HEAD,PATCH"),
        (Method::GET, "/_mock/accounts/acme", "DELETE"),
        (Method::GET, "/_mock/journal/verify", "POST"),
        (Method::POST, "/@acme/_mock/journal/1/body", "GET,HEAD"),
    ] {
        let response = server.request(method.clone(), path).fetch();
        assert_eq!(response.header("allow"), allow, "{method} {path}");
        let (status, body) = response.status_and_json();
        assert_eq!((status, &body["error"]), (405, &json!("MethodNotAllowed")), "{path}");
        let named = format!("it has {}", allow.split(',').next().expect("a method"));
        assert!(text(&body["description"]).contains(&named), "{body}");
    }
}

/// Path, refused body, named field, and a part of `accepts`.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("/_mock/clock/advance", "{}", "by", "90s"),
    ("/_mock/clock/advance", r#"{"by": "soon"}"#, "by", "90s"),
    ("/_mock/clock/advance", r#"{"by": -1}"#, "by", "90s"),
    ("/_mock/clock/advance", r#"{"by": true}"#, "by", "90s"),
    ("/_mock/clock/set", r#"{"to": "noon"}"#, "to", "2026-01-01T00:00:00Z"),
    ("/_mock/clock/set", r#"{"to": "1969-12-31T23:59:59Z"}"#, "to", "2026-01-01T00:00:00Z"),
    ("/_mock/clock/freeze", r#"{"at": 1}"#, "at", "2026-01-01T00:00:00Z"),
    ("/_mock/random", "{}", "seed", r#"is required, as in {"seed": 7}"#),
    ("/_mock/random", r#"{"seed": -1}"#, "seed", "whole number"),
    ("/_mock/random", r#"{"seed": "1"}"#, "seed", "whole number"),
    ("/_mock/accounts", r#"{"name": "a b"}"#, "name", "letters"),
    ("/_mock/accounts", r#"{"name": 1}"#, "name", "letters"),
    ("/_mock/accounts", r#"{"name": "default"}"#, "name", "unused name"),
    ("/_mock/accounts", r#"{"life": "0s"}"#, "life", "longer than none"),
    ("/_mock/clock/set", r#"{"to": "9999-12-31T00:00:00Z"}"#, "to", "to 9999-12-30T22:00:00Z"),
    ("/_mock/faults", r#"{"delay": "61m"}"#, "delay", "at most 1h"),
    ("/_mock/faults", r#"{"jitter": "61m"}"#, "jitter", "at most 1h"),
];

#[test]
fn bad_input_is_400_with_the_field_and_what_it_accepts() {
    let server = server();
    for (path, body, field, accepts) in REFUSED {
        let refused = server.post(path).body(*body).fetch();
        let (status, refusal) = refused.status_and_json();
        assert_eq!((status, &refusal["error"]), (400, &json!("BadRequest")), "{path} {body}");
        assert_eq!(refusal["field"], *field, "{path} {body}");
        let accepted = text(&refusal["problem"]);
        assert!(accepted.contains(accepts), "{accepted}");
    }
    for malformed in ["{", "[]", "1", "\"x\""] {
        let (status, refusal) = server.post("/_mock/random").body(malformed).fetch_json();
        assert_eq!((status, &refusal["error"]), (400, &json!("BadRequest")), "{malformed}");
        let why = refusal["description"].as_str().expect("why");
        assert_eq!(why.matches("JSON").count(), 1, "{why}");
        let seed = server.post("/_mock/seed").body(malformed).fetch();
        let (status, refusal) = seed.status_and_json();
        assert_eq!(status, 400, "{malformed}");
        let why = refusal["description"].as_str().expect("why");
        assert_eq!(why.matches("JSON").count(), 1, "{why}");
    }
    let clock = server.get("/_mock/clock").fetch().into_json();
    assert_eq!(clock["now"], "2026-01-01T00:00:00.000Z", "no refused call moved the clock");
}

/// DNS rebinding: a foreign name that resolves to this server is its own origin for a browser.
#[test]
fn a_foreign_host_is_not_its_own_origin() {
    let server = server();
    let reset = |host: &str, origin: &str| {
        let request = server.post(RESET).header("host", host).header("origin", origin);
        request.fetch().status().as_u16()
    };
    assert_eq!(reset("evil.example", "http://evil.example"), 403);
    assert_eq!(reset("localhost.evil.example", "http://localhost.evil.example"), 403);
    for host in ["localhost:3375", "127.0.0.1:3375", "[::1]:3375", "acme.localhost", "zendesk.com"]
    {
        assert_eq!(reset(host, &format!("http://{host}")), 200, "{host}");
    }
}
