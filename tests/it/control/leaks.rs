//! `/_mock/leaks`: tokens that miss a step.

use std::panic;
use std::time::Duration;

use serde_json::{Value, json};
use zendesk_mock::{MissingStep, TokenStatus};

use crate::harness::images::*;
use crate::harness::*;

fn leaks(server: &Server) -> Vec<Value> {
    let all = server.get("/_mock/leaks").fetch().into_json();
    all["tokens"].as_array().expect("tokens").clone()
}

#[test]
fn an_upload_leaks_until_it_is_attached_or_deleted() {
    let server = server();
    let nothing = [Value::Null; 0];
    assert_eq!(leaks(&server), nothing);
    let (attached, deleted) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    let leaking = leaks(&server);
    assert_eq!(leaking[0]["token"], attached["token"]);
    assert_eq!(leaking[1]["file_names"], json!(["b.txt"]));
    assert_eq!(leaking[0]["expires_at"], attached["expires_at"]);
    assert_eq!(leaking[0]["missing"], "attach");
    let hint = leaking[0]["hint"].as_str().expect("a step");
    assert!(hint.contains("comment.uploads"), "{hint}");

    let ticket = json!({"ticket": {"comment": {"body": "b", "uploads": [attached["token"]]}}});
    assert_eq!(server.post("/api/v2/tickets").agent().json(&ticket).fetch().status(), 201);
    let token = text(&deleted["token"]);
    assert_eq!(server.delete(&format!("/api/v2/uploads/{token}")).agent().fetch().status(), 204);
    assert_eq!(leaks(&server), nothing);
}

#[test]
fn an_image_leaks_until_it_is_published_and_the_missing_step_is_named() {
    let server = server();
    let image = reserve(&server, "image/png", PNG.len() as u64);
    let leak = || leaks(&server).remove(0);
    assert_eq!(
        (&leak()["missing"], &leak()["content_type"]),
        (&json!("store"), &json!("image/png"))
    );
    assert!(text(&leak()["hint"]).contains("PUT"));
    store(&server, &image, PNG);
    assert_eq!(leak()["missing"], "publish");
    assert!(text(&leak()["hint"]).contains("/api/v2/guide/user_images"));
    try_publish(&server, &image.token);
    assert_eq!(leaks(&server), [Value::Null; 0]);
}

#[test]
fn expired_tokens_are_leaks() {
    let server = server();
    let attached = server.upload("attached.txt", "a");
    let ticket = json!({"ticket": {"comment": {"body": "b", "uploads": [attached["token"]]}}});
    server.post("/api/v2/tickets").agent().json(&ticket).fetch();
    let lost = server.upload("lost.txt", "b");
    let image = reserve(&server, "image/png", 1);
    server.account.advance(HOUR);
    let leaking = leaks(&server);
    let tokens: Vec<_> = leaking.iter().map(|leak| text(&leak["token"])).collect();
    assert_eq!(tokens, [token(&lost), &image.token]);
    assert!(leaking.iter().all(|leak| leak["status"] == "expired"), "{leaking:?}");
    assert_eq!(
        (&leaking[0]["missing"], &leaking[1]["missing"]),
        (&json!("attach"), &json!("store"))
    );
}

#[test]
fn assert_no_leaks_panics_with_the_leaks() {
    let server = server();
    let account = server.mock.default_account();
    account.assert_no_leaks();
    server.upload("lost.txt", "b");
    let failure = panic::catch_unwind(panic::AssertUnwindSafe(|| account.assert_no_leaks()));
    let message = failure.expect_err("a leak").downcast::<String>().expect("a message");
    assert!(message.contains("(lost.txt) is open; missing is attach"), "{message}");
}

#[test]
fn the_handle_returns_the_leaks() {
    let server = server();
    let account = &server.account;
    assert!(account.leaks().is_empty());
    let upload = server.upload("lost.txt", "b");
    let reserved = reserve(&server, "image/png", 1);
    account.advance(Duration::from_secs(1));
    let stored = reserve(&server, "image/png", 70);
    store(&server, &stored, PNG);
    let leaks = account.leaks();
    let tokens = || [token(&upload), &*reserved.token, &*stored.token].map(ToOwned::to_owned);
    let found: Vec<_> = leaks.iter().map(|leak| leak.token.to_string()).collect();
    assert_eq!(found, tokens());
    let missing: Vec<_> = leaks.iter().filter_map(|leak| leak.missing).collect();
    assert_eq!(missing, [MissingStep::Attach, MissingStep::Store, MissingStep::Publish]);
    assert_eq!(leaks[0].file_names, ["lost.txt"]);
    let expires_at = leaks[0].expires_at.map(|at| at.to_string());
    assert_eq!(expires_at.as_deref(), Some(text(&upload["expires_at"])));
    assert_eq!(leaks[1].content_type.as_deref(), Some("image/png"));
    account.advance(HOUR);
    let leaks = account.leaks();
    let found: Vec<_> = leaks.iter().map(|leak| leak.token.to_string()).collect();
    assert_eq!(found, tokens());
    assert!(leaks.iter().all(|leak| leak.status == TokenStatus::Expired));
}
