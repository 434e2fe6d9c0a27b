//! `/_mock/…`: what a test does to the server rather than to Zendesk.

mod accounts;
mod bodies;
mod capabilities;
mod chains;
mod clock;
mod faults;
mod journal;
mod leaks;
mod malware;
mod openapi;
mod seed;
mod settings;
mod snapshots;

use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::json;

use crate::harness::images::{PNG, publish, reserve, store};
use crate::harness::{RequestExt as _, ResponseExt as _, Server, configured, server, token};

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
fn health_says_that_it_is_well_and_which_version_it_is() {
    let response = server().get("/_mock/health").fetch();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(
        response.into_json(),
        json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })
    );
}

#[test]
fn health_needs_no_credentials_and_minds_none() {
    let server = configured(|config| {
        config.account.auth = zendesk_mock::Auth::Strict;
        config.credentials = vec![zendesk_mock::Credential::Bearer("known".to_owned())];
    });
    assert_eq!(server.get("/_mock/health").fetch().status(), 200);
    assert_eq!(server.get("/_mock/health").bearer_auth("unknown").fetch().status(), 200);
    assert_eq!(server.post(RESET).fetch().status(), 200);
}

#[test]
fn a_reset_answers_what_it_removed_and_leaves_nothing() {
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
fn after_a_reset_seeded_names_begin_anew() {
    let server = server();
    let first = server.upload("a.txt", "hello");
    server.post(RESET).fetch();
    // The reset is a request of the old state; the next one is the first of the new.
    assert_eq!(server.upload("a.txt", "hello"), first);
}

#[test]
fn a_reset_empties_the_account_that_it_is_addressed_to_whichever_way() {
    let server = server();
    let host = format!("acme.localhost:{}", server.mock.address().port());
    let ways: [(&str, &dyn Fn(RequestBuilder) -> RequestBuilder); 3] = [
        ("/@acme", &|request| request.bearer_auth("x")),
        ("", &|request| request.bearer_auth("x").header("Host", &host)),
        ("", &|request| request.basic_auth("me@acme.mock/token", Some("x"))),
    ];
    server.upload("kept.txt", "hello");
    for (prefix, way) in ways {
        let uploads = format!("{prefix}/api/v2/uploads?filename=a.txt");
        let upload = way(server.post(&uploads)).body("hello").fetch();
        assert_eq!(upload.status(), 201);
        let answer = way(server.post(&format!("{prefix}{RESET}"))).fetch().into_json();
        assert_eq!(answer["account"], "acme");
        assert_eq!(answer["removed"]["uploads"], 1, "{answer}");
    }
    assert_eq!(server.post(RESET).fetch().into_json()["removed"]["uploads"], 1, "the default's");
}

#[test]
fn pages_of_another_origin_are_refused_and_change_nothing() {
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
fn pages_of_a_name_that_leads_here_cannot_read_either() {
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
    // A script of a container that is called so is no page.
    assert_eq!(get("zendesk-mock").fetch().status(), 200);
}

#[test]
fn pages_of_another_origin_get_no_preflight_either() {
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
fn pages_of_our_own_are_answered() {
    let server = server();
    let response = server.post(RESET).header("Origin", server.mock.url()).fetch();
    assert_eq!(response.status(), 200);
}

#[test]
fn an_unknown_path_or_method_is_not_found_in_json() {
    let server = server();
    let not_found = |response: Response| {
        assert_eq!(response.status(), 404);
        assert_eq!(response.header("content-type"), "application/json; charset=utf-8");
        let body = response.into_json();
        assert!(body["error"].is_string() && body["description"].is_string(), "{body}");
    };
    not_found(server.get("/_mock/nothing").fetch());
    not_found(server.get("/_mock/nothing/at/all").fetch());
    not_found(server.get("/_mock").fetch());
    not_found(server.get("/_mock/").fetch());
    not_found(server.get(RESET).fetch());
    not_found(server.post("/_mock/health").fetch());
}

/// Each call, a body that it refuses, the field that is at fault, and a part of what it says that it accepts.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("/_mock/clock/advance", "{}", "by", "90s"),
    ("/_mock/clock/advance", r#"{"by": "soon"}"#, "by", "90s"),
    ("/_mock/clock/advance", r#"{"by": -1}"#, "by", "90s"),
    ("/_mock/clock/advance", r#"{"by": true}"#, "by", "90s"),
    ("/_mock/clock/set", r#"{"to": "noon"}"#, "to", "2026-01-01T00:00:00Z"),
    ("/_mock/clock/set", r#"{"to": "1969-12-31T23:59:59Z"}"#, "to", "2026-01-01T00:00:00Z"),
    ("/_mock/clock/freeze", r#"{"at": 1}"#, "at", "2026-01-01T00:00:00Z"),
    ("/_mock/chance", "{}", "seed", "whole number"),
    ("/_mock/chance", r#"{"seed": -1}"#, "seed", "whole number"),
    ("/_mock/chance", r#"{"seed": "1"}"#, "seed", "whole number"),
    ("/_mock/accounts", r#"{"name": "a b"}"#, "name", "letters"),
    ("/_mock/accounts", r#"{"name": 1}"#, "name", "letters"),
    ("/_mock/accounts", r#"{"name": "default"}"#, "name", "nobody has"),
    ("/_mock/accounts", r#"{"life": "0s"}"#, "life", "longer than none"),
    ("/_mock/clock/set", r#"{"to": "9999-12-31T00:00:00Z"}"#, "to", "to 9999-12-30T22:00:00Z"),
    ("/_mock/faults", r#"{"delay": "61m"}"#, "delay", "at most 1h"),
    ("/_mock/faults", r#"{"jitter": "61m"}"#, "jitter", "at most 1h"),
];

#[test]
fn bad_input_is_refused_by_the_name_of_the_field_with_what_it_accepts() {
    let server = server();
    for (path, body, field, accepts) in REFUSED {
        let refused = server.post(path).body(*body).fetch();
        let (status, refusal) = refused.status_and_json();
        assert_eq!((status, &refusal["error"]), (400, &json!("BadRequest")), "{path} {body}");
        assert_eq!(refusal["field"], *field, "{path} {body}");
        let told = refusal["accepts"].as_str().expect("what it accepts");
        assert!(told.contains(accepts), "{told}");
    }
    for malformed in ["{", "[]", "1", "\"x\""] {
        let (status, refusal) =
            server.post("/_mock/chance").body(malformed).fetch().status_and_json();
        assert_eq!((status, &refusal["error"]), (400, &json!("BadRequest")), "{malformed}");
        let why = refusal["description"].as_str().expect("why");
        assert_eq!(why.matches("JSON object").count(), 1, "{why}");
        let seed = server.post("/_mock/seed").body(malformed).fetch();
        let (status, refusal) = seed.status_and_json();
        assert_eq!(status, 400, "{malformed}");
        let why = refusal["description"].as_str().expect("why");
        assert_eq!(why.matches("JSON").count(), 1, "{why}");
    }
    let clock = server.get("/_mock/clock").fetch().into_json();
    assert_eq!(clock["now"], "2026-01-01T00:00:00.000Z", "nothing of it moved the clock");
}

#[test]
fn unknown_fields_are_ignored() {
    let server = server();
    let input = json!({"by": "1h", "colour": "blue"});
    assert_eq!(server.post("/_mock/clock/advance").json(&input).fetch().status(), 200);
}

/// DNS rebinding: a page of somebody else's name, which now leads here, is of the same origin for its browser.
#[test]
fn a_name_that_is_not_ours_is_nobodys_own_origin() {
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
