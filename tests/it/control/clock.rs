//! `/_mock/clock` and `/_mock/chance`: time and names obey the test.

use serde_json::{Value, json};
use zendesk_mock::ZendeskMock;

use crate::harness::{RequestExt as _, ResponseExt as _, Server, configured, server, text};

fn told(server: &Server, call: &str, input: &Value) -> Value {
    let response = server.post(&format!("/_mock/{call}")).json(input).fetch();
    assert_eq!(response.status(), 200, "{call}");
    response.into_json()
}

#[test]
fn an_hour_that_is_told_to_pass_expires_tokens_and_presigned_urls_at_once() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let reserved = crate::harness::images::reserve(&server, "image/png", 100);
    let clock = told(&server, "clock/advance", &json!({"by": "59m 59s"}));
    assert_eq!(clock, json!({"now": "2026-01-01T00:59:59.000Z", "frozen": true, "emulated": true}));
    let url = text(&upload["attachment"]["url"]);
    assert_eq!(server.get(url).agent().fetch().status(), 200);
    told(&server, "clock/advance", &json!({"by": 1}));
    assert_eq!(server.get(url).agent().fetch().status(), 404);
    let refused = crate::harness::images::put_request(&server, &reserved, "x").fetch();
    assert_eq!(refused.status(), 403);
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn the_clock_is_set_back_but_what_had_expired_stays_gone() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    told(&server, "clock/set", &json!({"to": "2026-01-01T02:00:00Z"}));
    let clock = told(&server, "clock/set", &json!({"to": "2026-01-01T00:00:00Z"}));
    assert_eq!(clock["now"], "2026-01-01T00:00:00.000Z");
    let url = text(&upload["attachment"]["url"]);
    assert_eq!(server.get(url).agent().fetch().status(), 404);
    assert_eq!(server.upload("b.txt", "hello")["expires_at"], "2026-01-01T01:00:00Z");
}

#[test]
fn a_clock_that_runs_is_frozen_set_and_resumed() {
    let server = configured(|config| config.frozen_at = None);
    let shown = || server.get("/_mock/clock").fetch().into_json();
    assert_eq!((&shown()["frozen"], &shown()["emulated"]), (&json!(false), &json!(false)));
    told(&server, "clock/freeze", &json!({}));
    assert_eq!(shown(), shown());
    told(&server, "clock/freeze", &json!({"at": "2030-01-01T00:00:00Z"}));
    assert_eq!(shown()["now"], "2030-01-01T00:00:00.000Z");
    let date = server.get("/api/v2/users/me").fetch().header("date");
    assert_eq!(date, "Tue, 01 Jan 2030 00:00:00 GMT");
    let resumed = told(&server, "clock/resume", &json!({}));
    assert_eq!((&resumed["frozen"], &resumed["emulated"]), (&json!(false), &json!(true)));
    assert!(resumed["now"].as_str().expect("a time").starts_with("2030-01-01T00:0"), "{resumed}");
}

#[test]
fn a_seed_makes_names_repeat_from_the_next_one_on() {
    let names = |server: &Server| {
        told(server, "chance", &json!({"seed": 7}));
        server.upload("a.txt", "hello")
    };
    let unseeded = || configured(|config| config.seed = None);
    let (one, other) = (unseeded(), unseeded());
    let (first, second) = (names(&one), names(&other));
    assert_eq!(first["token"], second["token"]);
    assert_eq!(first["attachment"]["id"], second["attachment"]["id"]);
    // What exists keeps its names: the same seed makes the same ones but for those.
    let third = names(&one);
    assert_ne!(third["token"], first["token"]);
    assert!(third["attachment"]["id"].as_u64() > first["attachment"]["id"].as_u64());
    assert_eq!(one.download(&first["attachment"]), b"hello");
}

#[test]
fn a_test_in_rust_does_the_same() {
    let zendesk = ZendeskMock::start();
    let account = zendesk.default_account();
    account.freeze();
    account.set_time("2026-01-01T00:00:00Z".parse().expect("an instant"));
    assert_eq!(account.now().to_string(), "2026-01-01T00:00:00Z");
    account.advance(std::time::Duration::from_secs(60));
    assert_eq!(account.now().to_string(), "2026-01-01T00:01:00Z");
    account.resume();
    assert!(account.now().to_string().starts_with("2026-01-01T00:01:0"));
    account.reseed(1);
}
