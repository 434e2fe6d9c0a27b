//! `/_mock/clock` and `/_mock/random`.

use serde_json::{Value, json};
use zendesk_mock::ZendeskMock;

use crate::harness::*;

fn call(server: &Server, path: &str, input: &Value) -> Value {
    let response = server.post(&format!("/_mock/{path}")).json(input).fetch();
    assert_eq!(response.status(), 200, "{path}");
    response.into_json()
}

#[test]
fn advancing_the_clock_expires_tokens_and_presigned_urls() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let reserved = crate::harness::images::reserve(&server, "image/png", 100);
    let clock = call(&server, "clock/advance", &json!({"by": "59m 59s"}));
    assert_eq!(
        clock,
        json!({"account": "default", "now": "2026-01-01T00:59:59.000Z", "frozen": true, "emulated": true})
    );
    let url = text(&upload["attachment"]["url"]);
    assert_eq!(server.get(url).agent().fetch().status(), 200);
    call(&server, "clock/advance", &json!({"by": 1}));
    assert_eq!(server.get(url).agent().fetch().status(), 404);
    let refused = crate::harness::images::put_request(&server, &reserved, "x").fetch();
    assert_eq!(refused.status(), 403);
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn setting_the_clock_back_restores_nothing() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    call(&server, "clock/set", &json!({"to": "2026-01-01T02:00:00Z"}));
    let clock = call(&server, "clock/set", &json!({"to": "2026-01-01T00:00:00Z"}));
    assert_eq!(clock["now"], "2026-01-01T00:00:00.000Z");
    let url = text(&upload["attachment"]["url"]);
    assert_eq!(server.get(url).agent().fetch().status(), 404);
    assert_eq!(server.upload("b.txt", "hello")["expires_at"], "2026-01-01T01:00:00Z");
}

#[test]
fn a_running_clock_is_frozen_set_and_resumed() {
    let server = configured(|config| config.frozen_at = None);
    let shown = || server.get("/_mock/clock").fetch().into_json();
    assert_eq!((&shown()["frozen"], &shown()["emulated"]), (&json!(false), &json!(false)));
    call(&server, "clock/freeze", &json!({}));
    assert_eq!(shown(), shown());
    call(&server, "clock/freeze", &json!({"at": "2030-01-01T00:00:00Z"}));
    assert_eq!(shown()["now"], "2030-01-01T00:00:00.000Z");
    let date = server.get("/api/v2/users/me").fetch().header("date");
    assert_eq!(date, "Tue, 01 Jan 2030 00:00:00 GMT");
    let resumed = call(&server, "clock/resume", &json!({}));
    assert_eq!((&resumed["frozen"], &resumed["emulated"]), (&json!(false), &json!(true)));
    assert!(resumed["now"].as_str().expect("a time").starts_with("2030-01-01T00:0"), "{resumed}");
}

#[test]
fn a_seed_makes_the_following_names_repeat() {
    let names = |server: &Server| {
        call(server, "random", &json!({"seed": 7}));
        server.upload("a.txt", "hello")
    };
    let unseeded = || configured(|config| config.random_seed = None);
    let (one, other) = (unseeded(), unseeded());
    let (first, second) = (names(&one), names(&other));
    assert_eq!(first["token"], second["token"]);
    assert_eq!(first["attachment"]["id"], second["attachment"]["id"]);
    // Existing names are kept, and not used twice.
    let third = names(&one);
    assert_ne!(third["token"], first["token"]);
    assert!(third["attachment"]["id"].as_u64() > first["attachment"]["id"].as_u64());
    assert_eq!(one.download(&first["attachment"]), b"hello");
}

#[test]
fn the_handle_controls_the_clock_and_reseeds() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let account = zendesk.default_account();
    account.freeze();
    account.set_time("2026-01-01T00:00:00Z".parse().expect("an instant"));
    assert_eq!(account.now().to_string(), "2026-01-01T00:00:00Z");
    account.advance(std::time::Duration::from_secs(60));
    assert_eq!(account.now().to_string(), "2026-01-01T00:01:00Z");
    account.resume();
    assert!(account.now().to_string().starts_with("2026-01-01T00:01:0"));
    account.seed_random(1);
}
