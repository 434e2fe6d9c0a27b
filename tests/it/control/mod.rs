//! `/_mock/…`: the control API. Here: health, reset, access from web pages, and bad input.

mod accounts;
mod clock;
mod faults;
mod fidelity;
mod journal;
mod leaks;
mod malware;
mod openapi;
mod seed;
mod settings;
mod snapshots;
mod strictness;
mod tokens;

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

#[test]
fn a_page_of_a_foreign_host_name_is_403() {
    let server = server();
    let port = server.mock.address().port();
    let get = |host: &str| server.get("/_mock/journal").header("Host", format!("{host}:{port}"));
    for (name, value) in [
        ("Referer", format!("http://evil.example:{port}/x")),
        ("Sec-Fetch-Site", "same-origin".to_owned()),
    ] {
        assert_eq!(get("evil.example").header(name, &value).fetch().status(), 403, "{name}");
        assert_eq!(get("localhost").header(name, &value).fetch().status(), 200, "{name}");
    }
    // A script sends neither header.
    assert_eq!(get("zendesk-mock").fetch().status(), 200);
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
        (Method::GET, "/_mock", "GET /_mock/"),
        (Method::GET, "/_mock/", "GET /_mock/"),
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
fn a_wrong_method_is_405_with_those_that_the_path_has() {
    let server = server();
    for (method, path, allow) in [
        (Method::GET, RESET, "POST"),
        (Method::POST, "/_mock/health", "GET,HEAD"),
        (Method::PUT, "/_mock/settings", "GET,HEAD,PATCH"),
        (Method::GET, "/_mock/accounts/acme", "DELETE"),
        (Method::POST, "/@acme/_mock/journal/1/body", "GET,HEAD"),
    ] {
        let response = server.request(method.clone(), path).fetch();
        assert_eq!(response.header("allow"), allow, "{method} {path}");
        let (status, body) = response.status_and_json();
        assert_eq!((status, &body["error"]), (405, &json!("MethodNotAllowed")), "{path}");
        assert!(text(&body["description"]).contains(allow.split(',').next().expect("a method")));
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
