//! Expiry and dates by the clock of an account.

use std::time::Duration;

use serde_json::Value;
use zendesk_mock::ZendeskMock;

use crate::harness::images::*;
use crate::harness::*;

const SECOND: Duration = Duration::from_secs(1);

fn advance(server: &Server, time: Duration) {
    server.account.advance(time);
}

/// The statuses of show, attachment, download and append.
fn statuses(server: &Server, upload: &Value) -> [u16; 4] {
    let token = token(upload);
    let append = format!("/api/v2/uploads?filename=b.txt&token={token}");
    [
        server.get(&format!("/api/v2/uploads/{token}")).agent().fetch(),
        server.get(text(&upload["attachment"]["url"])).agent().fetch(),
        server.get(text(&upload["attachment"]["content_url"])).fetch(),
        server.post(&append).agent().body("more").fetch(),
    ]
    .map(|response| response.status().as_u16())
}

#[test]
fn an_upload_expires_after_exactly_60_minutes() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    assert_eq!(upload["expires_at"], "2026-01-01T01:00:00Z");
    advance(&server, HOUR - SECOND);
    assert_eq!(statuses(&server, &upload), [200, 200, 200, 201]);
    advance(&server, SECOND);
    assert_eq!(statuses(&server, &upload), [404; 4]);
    let path = format!("/api/v2/uploads/{}", token(&upload));
    let append = format!("/api/v2/uploads?filename=b.txt&token={}", token(&upload));
    for request in [server.get(&path), server.delete(&path), server.post(&append).body("more")] {
        assert_eq!(request.agent().fetch_json(), not_found());
    }
}

#[test]
fn appending_does_not_extend_an_upload() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    advance(&server, HOUR / 2);
    let longer = server.upload(&format!("b.txt&token={}", token(&upload)), "hello");
    assert_eq!(longer["expires_at"], upload["expires_at"]);
    advance(&server, HOUR / 2);
    assert_eq!(statuses(&server, &longer), [404; 4]);
}

#[test]
fn an_upload_expires_after_upload_ttl() {
    let server = configured(|config| config.account.upload_ttl = 72 * HOUR);
    let upload = server.upload("a.txt", "hello");
    assert_eq!(upload["expires_at"], "2026-01-04T00:00:00Z");
    advance(&server, 72 * HOUR - SECOND);
    assert_eq!(statuses(&server, &upload), [200, 200, 200, 201]);
    advance(&server, SECOND);
    assert_eq!(statuses(&server, &upload), [404; 4]);
}

#[track_caller]
fn assert_expired(server: &Server, reserved: &Reservation) {
    let refused = put_request(server, reserved, PNG).fetch();
    assert_eq!(refused.status(), 403);
    let text = refused.text().expect("a body");
    assert!(text.contains("<Message>Request has expired</Message>"), "{text}");
    assert_eq!(try_publish(server, &reserved.token).status(), 404);
}

#[test]
fn a_presigned_url_and_its_token_expire_after_3600_seconds() {
    let server = server();
    let reserved = reserve(&server, "image/png", 1);
    advance(&server, HOUR - SECOND);
    store(&server, &reserved, PNG);
    let other = reserve(&server, "image/png", 1);
    store(&server, &other, PNG);
    advance(&server, SECOND);
    assert_expired(&server, &reserved);
    advance(&server, HOUR - SECOND - SECOND);
    assert_eq!(try_publish(&server, &other.token).status(), 201, "one second before expiry");
}

/// The signature has whole seconds, so the URL loses less than a second.
#[test]
fn a_presigned_url_made_between_two_seconds_expires_on_time() {
    let server = server();
    advance(&server, Duration::from_millis(999));
    let reserved = reserve(&server, "image/png", 1);
    advance(&server, HOUR - SECOND);
    store(&server, &reserved, PNG);
    advance(&server, SECOND);
    assert_expired(&server, &reserved);
}

#[test]
fn a_presigned_url_expires_after_image_ttl() {
    let server = configured(|config| config.account.image_ttl = 2 * SECOND);
    let reserved = reserve(&server, "image/png", 1);
    assert!(reserved.query().contains("&X-Amz-Expires=2&"), "{}", reserved.url);
    advance(&server, SECOND);
    store(&server, &reserved, PNG);
    advance(&server, SECOND);
    assert_expired(&server, &reserved);
}

#[test]
fn a_frozen_clock_dates_every_answer() {
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
    advance(&server, 31 * 24 * HOUR + SECOND);
    assert_eq!(dates(), ["Sun, 01 Feb 2026 00:00:01 GMT"; 5]);
}

#[test]
fn a_running_clock_that_is_ahead_dates_its_answers() {
    let zendesk = ZendeskMock::start().expect("the server starts");
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
fn expiry_deletion_and_reset_free_memory() {
    let server = server();
    let used = || server.mock.memory_used();
    assert_eq!(used(), 0);

    let upload = server.upload("a.txt", vec![1; 100_000]);
    assert!(used() >= 100_000, "{}", used());
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(used(), 0, "after the deletion");

    server.upload("a.txt", vec![1; 100_000]);
    let reserved = reserve(&server, "image/png", 1);
    store(&server, &reserved, vec![1; 100_000]);
    assert!(used() >= 200_000, "{}", used());
    advance(&server, HOUR);
    assert_eq!(used(), 0, "after expiry");

    server.upload("a.txt", vec![1; 100_000]);
    let reserved = reserve(&server, "image/png", 1);
    store(&server, &reserved, vec![1; 100_000]);
    store(&server, &reserved, vec![1; 50_000]);
    assert!(used() >= 150_000 && used() < 200_000, "overwritten bytes are free: {}", used());
    assert_eq!(try_publish(&server, &reserved.token).status(), 201);
    server.account.reset();
    assert_eq!(used(), 0, "after the reset");
}

#[test]
fn expired_objects_are_swept_without_further_requests() {
    let server = configured(|config| {
        config.frozen_at = None;
        config.account.upload_ttl = Duration::from_millis(50);
    });
    let response = server.post("/@quiet/api/v2/uploads?filename=a.txt").agent().body("a").fetch();
    assert_eq!(response.status(), 201);
    assert!(server.mock.memory_used() > 0);
    // wait_until sends its requests to another account.
    server.wait_until("the sweep frees the memory", || server.mock.memory_used() == 0);
}

#[test]
fn expiry_makes_room_in_a_full_store() {
    let server = configured(|config| config.max_memory = 100_000);
    server.upload("a.txt", vec![1; 80_000]);
    let status = || {
        let request = server.post("/api/v2/uploads?filename=b.txt").agent().body(vec![1; 80_000]);
        request.fetch().status().as_u16()
    };
    assert_eq!(status(), 503);
    advance(&server, HOUR);
    assert_eq!(status(), 201);
}
