//! `/_mock/leaks`: uploads and images that were never attached or published.

use std::panic;
use std::time::Duration;

use serde_json::{Value, json};
use zendesk_mock::Missing;

use crate::harness::images::*;
use crate::harness::*;

fn leaks(server: &Server) -> Value {
    server.get("/_mock/leaks").fetch().into_json()
}

#[test]
fn an_upload_leaks_until_it_is_attached_or_deleted() {
    let server = server();
    let nothing = json!({"uploads": [], "images": [], "expired_uploads": 0, "expired_images": 0});
    assert_eq!(leaks(&server), nothing);
    let (attached, deleted) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    let leaking = leaks(&server);
    assert_eq!(leaking["uploads"][0]["token"], attached["token"]);
    assert_eq!(leaking["uploads"][1]["file_names"], json!(["b.txt"]));
    assert_eq!(leaking["uploads"][0]["expires_at"], attached["expires_at"]);
    let missing = leaking["uploads"][0]["missing"].as_str().expect("a step");
    assert!(missing.contains("comment.uploads"), "{missing}");

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
    let step = || leaks(&server)["images"][0]["missing"].take();
    assert!(step().as_str().is_some_and(|step| step.contains("PUT")));
    store(&server, &image, PNG);
    assert!(step().as_str().is_some_and(|step| step.contains("POST /api/v2/guide/user_images")));
    try_publish(&server, &image.token);
    assert_eq!(leaks(&server)["images"], json!([]));
}

#[test]
fn expired_leaks_are_counted() {
    let server = server();
    let attached = server.upload("attached.txt", "a");
    let ticket = json!({"ticket": {"comment": {"body": "b", "uploads": [attached["token"]]}}});
    server.post("/api/v2/tickets").agent().json(&ticket).fetch();
    server.upload("lost.txt", "b");
    reserve(&server, "image/png", 1);
    server.mock.advance(HOUR);
    let leaking = leaks(&server);
    assert_eq!((&leaking["expired_uploads"], &leaking["expired_images"]), (&json!(1), &json!(1)));
    assert_eq!((&leaking["uploads"], &leaking["images"]), (&json!([]), &json!([])));
}

#[test]
fn assert_no_leaks_panics_with_the_leaks() {
    let server = server();
    let account = server.mock.default_account();
    account.assert_no_leaks();
    server.upload("lost.txt", "b");
    let failure = panic::catch_unwind(panic::AssertUnwindSafe(|| account.assert_no_leaks()));
    let message = failure.expect_err("a leak").downcast::<String>().expect("a message");
    assert!(message.contains("(lost.txt) was never attached"), "{message}");
}

#[test]
fn the_handle_returns_the_leaks() {
    let server = server();
    let account = &server.mock;
    assert!(account.leaks().is_empty());
    let upload = server.upload("lost.txt", "b");
    let reserved = reserve(&server, "image/png", 1);
    account.advance(Duration::from_secs(1));
    let stored = reserve(&server, "image/png", 70);
    store(&server, &stored, PNG);
    let leaks = account.leaks();
    assert_eq!((leaks.uploads[0].token.as_str(), leaks.uploads.len()), (token(&upload), 1));
    assert_eq!(leaks.uploads[0].file_names, ["lost.txt"]);
    assert_eq!(leaks.uploads[0].expires_at.to_string(), text(&upload["expires_at"]));
    let images: Vec<_> = leaks.images.iter().map(|image| (&*image.token, image.missing)).collect();
    assert_eq!(images, [(&*reserved.token, Missing::Store), (&*stored.token, Missing::Publish)]);
    assert_eq!(leaks.images[0].content_type, "image/png");
    account.advance(HOUR);
    let leaks = account.leaks();
    assert_eq!((leaks.expired_uploads, leaks.expired_images), (1, 2));
    assert!(leaks.uploads.is_empty() && !leaks.is_empty());
}
