//! Time: one clock for each account, and what ends by it.

use std::time::Duration;

use serde_json::Value;
use zendesk_mock::ZendeskMock;

use crate::harness::images::{PNG, Reservation, put_request, reserve, store, try_publish};
use crate::harness::{HOUR, RequestExt as _, ResponseExt as _, Server, configured, server};

const SECOND: Duration = Duration::from_secs(1);
fn pass(server: &Server, time: Duration) {
    server.mock.default_account().advance(time);
}

fn text<'a>(upload: &'a Value, pointer: &str) -> &'a str {
    upload.pointer(pointer).and_then(Value::as_str).expect("a text")
}

/// What the server answers about every part of an upload.
fn statuses(server: &Server, upload: &Value) -> [u16; 4] {
    let token = text(upload, "/token");
    let append = format!("/api/v2/uploads?filename=b.txt&token={token}");
    [
        server.get(&format!("/api/v2/uploads/{token}")).agent().fetch(),
        server.get(text(upload, "/attachment/url")).agent().fetch(),
        server.get(text(upload, "/attachment/content_url")).fetch(),
        server.post(&append).agent().body("more").fetch(),
    ]
    .map(|response| response.status().as_u16())
}

#[test]
fn an_upload_lives_exactly_sixty_minutes() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    assert_eq!(upload["expires_at"], "2026-01-01T01:00:00Z");
    pass(&server, HOUR - SECOND);
    assert_eq!(statuses(&server, &upload), [200, 200, 200, 201]);
    pass(&server, SECOND);
    assert_eq!(statuses(&server, &upload), [404; 4]);
    let path = format!("/api/v2/uploads/{}", text(&upload, "/token"));
    assert_eq!(server.delete(&path).agent().fetch().status(), 404);
}

#[test]
fn appending_does_not_prolong_an_upload() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    pass(&server, HOUR / 2);
    let longer = server.upload(&format!("b.txt&token={}", text(&upload, "/token")), "hello");
    assert_eq!(longer["expires_at"], upload["expires_at"]);
    pass(&server, HOUR / 2);
    assert_eq!(statuses(&server, &longer), [404; 4]);
}

#[test]
fn an_upload_lives_three_days_where_the_settings_say_so() {
    let server = configured(|config| config.account.upload_ttl = 72 * HOUR);
    let upload = server.upload("a.txt", "hello");
    assert_eq!(upload["expires_at"], "2026-01-04T00:00:00Z");
    pass(&server, 72 * HOUR - SECOND);
    assert_eq!(statuses(&server, &upload), [200, 200, 200, 201]);
    pass(&server, SECOND);
    assert_eq!(statuses(&server, &upload), [404; 4]);
}

#[track_caller]
fn has_expired(server: &Server, reserved: &Reservation) {
    let refused = put_request(server, reserved, PNG).fetch();
    assert_eq!(refused.status(), 403);
    let text = refused.text().expect("a body");
    assert!(text.contains("<Message>Request has expired</Message>"), "{text}");
    assert_eq!(try_publish(server, &reserved.token).status(), 404);
}

#[test]
fn a_presigned_url_and_its_token_live_exactly_3600_seconds() {
    let server = server();
    let reserved = reserve(&server, "image/png", 1);
    pass(&server, HOUR - SECOND);
    store(&server, &reserved, PNG);
    let other = reserve(&server, "image/png", 1);
    store(&server, &other, PNG);
    pass(&server, SECOND);
    has_expired(&server, &reserved);
    pass(&server, HOUR - SECOND - SECOND);
    assert_eq!(try_publish(&server, &other.token).status(), 201, "one second before its end");
}

/// The signature has whole seconds only, and what it loses by that is less than one.
#[test]
fn a_presigned_url_that_was_made_between_two_seconds_lives_no_longer_and_hardly_shorter() {
    let server = server();
    pass(&server, Duration::from_millis(999));
    let reserved = reserve(&server, "image/png", 1);
    pass(&server, HOUR - SECOND);
    store(&server, &reserved, PNG);
    pass(&server, SECOND);
    has_expired(&server, &reserved);
}

#[test]
fn another_life_of_images_is_in_the_url_and_is_kept() {
    let server = configured(|config| config.account.image_ttl = 2 * SECOND);
    let reserved = reserve(&server, "image/png", 1);
    assert!(reserved.query().contains("&X-Amz-Expires=2&"), "{}", reserved.url);
    pass(&server, SECOND);
    store(&server, &reserved, PNG);
    pass(&server, SECOND);
    has_expired(&server, &reserved);
}

#[test]
fn a_frozen_clock_dates_every_answer_until_it_is_advanced() {
    let server = server();
    let dates = || {
        let reserved = reserve(&server, "image/png", 1);
        [
            server.get("/_mock/health").fetch(),
            server.post("/api/v2/uploads?filename=a").agent().body("x").fetch(),
            server.get("/api/v2/nothing").fetch(),
            put_request(&server, &reserved, PNG).fetch(),
            server.put(reserved.path()).fetch(),
        ]
        .map(|response| response.header("date"))
    };
    assert_eq!(dates(), ["Thu, 01 Jan 2026 00:00:00 GMT"; 5]);
    pass(&server, 31 * 24 * HOUR + SECOND);
    assert_eq!(dates(), ["Sun, 01 Feb 2026 00:00:01 GMT"; 5]);
}

#[test]
fn a_running_clock_that_was_advanced_dates_its_answers_too() {
    let zendesk = ZendeskMock::start();
    let dated = |path: &str| {
        let response =
            reqwest::blocking::get(format!("{}{path}", zendesk.url())).expect("an answer");
        let date = response.header("date");
        std::time::SystemTime::from(httpdate::HttpDate::from(
            httpdate::parse_http_date(&date).expect("a date"),
        ))
    };
    zendesk.account("ahead").expect("a name").advance(24 * HOUR);
    let (ahead, here) = (dated("/@ahead/_mock/health"), dated("/_mock/health"));
    let between = ahead.duration_since(here).expect("it is ahead");
    assert!(between > 24 * HOUR - 60 * SECOND && between <= 24 * HOUR, "{between:?}");
}

#[test]
fn memory_comes_back_when_things_expire_are_deleted_or_reset() {
    let server = server();
    let used = || server.mock.memory_used();
    assert_eq!(used(), 0);

    let upload = server.upload("a.txt", vec![1; 100_000]);
    assert!(used() >= 100_000, "{}", used());
    let path = format!("/api/v2/uploads/{}", text(&upload, "/token"));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(used(), 0, "after the deletion");

    server.upload("a.txt", vec![1; 100_000]);
    let reserved = reserve(&server, "image/png", 1);
    store(&server, &reserved, vec![1; 100_000]);
    assert!(used() >= 200_000, "{}", used());
    pass(&server, HOUR);
    assert_eq!(used(), 0, "after expiry");

    server.upload("a.txt", vec![1; 100_000]);
    let reserved = reserve(&server, "image/png", 1);
    store(&server, &reserved, vec![1; 100_000]);
    store(&server, &reserved, vec![1; 50_000]);
    assert!(used() >= 150_000 && used() < 200_000, "what was overwritten is free: {}", used());
    assert_eq!(try_publish(&server, &reserved.token).status(), 201);
    server.mock.default_account().reset();
    assert_eq!(used(), 0, "after the reset");
}

#[test]
fn what_has_expired_is_swept_on_a_running_clock_without_another_request_to_its_account() {
    let server = configured(|config| {
        config.frozen_at = None;
        config.account.upload_ttl = Duration::from_millis(50);
    });
    let response = server.post("/@quiet/api/v2/uploads?filename=a.txt").agent().body("a").fetch();
    assert_eq!(response.status(), 201);
    assert!(server.mock.memory_used() > 0);
    // The requests that ask meanwhile go to another account.
    server.wait_until("the sweep frees the memory", || server.mock.memory_used() == 0);
}

#[test]
fn a_full_store_has_room_again_once_things_have_expired() {
    let server = configured(|config| config.max_memory = 100_000);
    server.upload("a.txt", vec![1; 80_000]);
    let again = || {
        let request = server.post("/api/v2/uploads?filename=b.txt").agent().body(vec![1; 80_000]);
        request.fetch().status().as_u16()
    };
    assert_eq!(again(), 503);
    pass(&server, HOUR);
    assert_eq!(again(), 201);
}
