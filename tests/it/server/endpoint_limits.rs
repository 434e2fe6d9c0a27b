//! Rate limits of single endpoints: their headers, refusals and windows.

use std::time::Duration;

use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};
use zendesk_mock::EndpointLimits;

use crate::harness::*;

/// A server whose clock is ten seconds into a minute.
fn limited(limits: EndpointLimits) -> Server {
    let server = configured(|c| c.account.endpoint_limits = limits);
    server.account.advance(Duration::from_secs(10));
    server
}

fn sandbox() -> Server {
    limited(EndpointLimits::Sandbox)
}

fn change() -> Value {
    json!({"ticket": {"status": "open"}})
}

fn update(server: &Server, ticket: u64, user: &str) -> Response {
    let request = server.put(&format!("/api/v2/tickets/{ticket}"));
    request.basic_auth(format!("{user}@example.com/token"), Some("x")).json(&change()).fetch()
}

/// Sends requests until one is refused, and returns the refusal. Checks when the window ends.
fn exhaust(
    server: &Server,
    name: &str,
    total: u32,
    resets: u32,
    request: impl Fn() -> RequestBuilder,
) -> Response {
    let header = format!("zendesk-ratelimit-{name}");
    for left in (0..total).rev() {
        let answer = request().fetch();
        assert!(answer.status().is_success(), "{name}: {}", answer.status());
        let status = format!("total={total}; remaining={left}; resets={resets}");
        assert_eq!(answer.header(&header), status);
    }
    let refused = request().fetch();
    assert_eq!(refused.status(), 429, "{name}");
    assert_eq!(refused.header(&header), format!("total={total}; remaining=0; resets={resets}"));
    assert_eq!(refused.header("retry-after"), resets.to_string());
    server.account.advance(Duration::from_secs(u64::from(resets) - 1));
    assert_eq!(request().fetch().status(), 429, "{name} is exhausted until its window ends");
    server.account.advance(Duration::from_secs(1));
    assert!(request().fetch().status().is_success(), "{name} has a new window");
    refused
}

fn exceeded(what: &str, window: &str) -> Value {
    let description = format!("Number of allowed {what} API requests per {window} exceeded");
    json!({"error": "APIRateLimitExceeded", "description": description})
}

/// They have no header, and share the limit.
#[test]
fn exports_have_10_requests_a_minute() {
    for (limits, total) in [
        (EndpointLimits::Standard, 10),
        (EndpointLimits::HighVolume, 30),
        (EndpointLimits::Sandbox, 10),
    ] {
        let server = limited(limits);
        server.account.advance(Duration::from_secs(120));
        let paths = ["tickets", "tickets/cursor", "ticket_events"];
        let export = |path: &str| {
            server.get(&format!("/api/v2/incremental/{path}?start_time=1767225600")).agent().fetch()
        };
        for path in paths.into_iter().cycle().take(total) {
            assert_eq!(export(path).status(), 200, "{limits:?} {path}");
        }
        for path in paths {
            let refused = export(path);
            assert_eq!(
                (refused.status().as_u16(), refused.header("retry-after")),
                (429, "50".into())
            );
            assert_eq!(refused.into_json(), exceeded("incremental exports", "minute"), "{path}");
        }
        assert_eq!(server.get("/api/v2/tickets").agent().fetch().status(), 200);
        server.account.advance(Duration::from_secs(50));
        assert_eq!(export("tickets").status(), 200, "a new window");
    }
    let server = server();
    for _ in 0..40 {
        let path = "/api/v2/incremental/tickets?start_time=1577836800";
        assert_eq!(server.get(path).agent().fetch().status(), 200);
    }
}

#[test]
fn deleted_tickets_and_exported_searches_have_limits_of_their_own() {
    let server = limited(EndpointLimits::Standard);
    let read = |path: &str| server.get(&format!("/api/v2/{path}")).agent().fetch();
    let is_refused_after = |path: &str, times: usize, what: &str| {
        for _ in 0..times {
            assert_eq!(read(path).status(), 200, "{path}");
        }
        let refused = read(path).status_and_json();
        assert_eq!(refused, (429, exceeded(what, "minute")), "{path}");
    };
    let deep = "deleted_tickets?page=101";
    is_refused_after(deep, 5, "deleted tickets index pagination");
    is_refused_after("deleted_tickets", 5, "deleted tickets index");
    let export = "search/export?query=a&filter[type]=ticket";
    is_refused_after(export, 100, "search export");
    assert_eq!(read("search?query=a").status(), 200);
    server.account.advance(Duration::from_secs(60));
    assert_eq!((read(export).status().as_u16(), read(deep).status().as_u16()), (200, 200));
}

#[test]
fn listing_tickets_has_100_requests_a_minute_in_a_sandbox() {
    let server = sandbox();
    let refused =
        exhaust(&server, "tickets-index", 100, 50, || server.get("/api/v2/tickets").agent());
    assert_eq!(refused.into_json(), exceeded("tickets index", "minute"));
    let standard = limited(EndpointLimits::Standard);
    let listed = standard.get("/api/v2/tickets").agent().fetch();
    assert_eq!(
        listed.header("zendesk-ratelimit-tickets-index"),
        "total=20000; remaining=19999; resets=50"
    );
}

#[test]
fn pages_over_500_have_50_requests_a_minute() {
    let server = limited(EndpointLimits::Standard);
    let page = |page: &str| server.get(&format!("/api/v2/tickets?{page}")).agent();
    let name = "tickets-index-pagination";
    let refused = exhaust(&server, name, 50, 50, || page("page=501&per_page=10"));
    assert_eq!(refused.text().expect("a text"), "Pagination limit reached for offset model");
    for free in ["page=500", "page[size]=1", "page=1"] {
        let answer = page(free).fetch();
        assert_eq!(
            (answer.status().as_u16(), &*answer.header(&format!("zendesk-ratelimit-{name}"))),
            (200, "")
        );
    }
}

#[test]
fn a_user_can_create_300_tickets_and_requests_a_minute() {
    let server = limited(EndpointLimits::Standard);
    let ticket = json!({"ticket": {"comment": {"body": "b"}}});
    let request = json!({"request": {"subject": "s", "comment": {"body": "b"}}});
    let count = std::cell::Cell::new(0);
    exhaust(&server, "ticket-request-create-by-user-and-ip", 300, 50, || {
        count.set(count.get() + 1);
        if count.get() % 2 == 0 {
            server.post("/api/v2/tickets").agent().json(&ticket)
        } else {
            server.post("/api/v2/requests").agent().json(&request)
        }
    });
    let other = server.post("/api/v2/tickets").basic_auth("other@example.com/token", Some("x"));
    let created = other.json(&ticket).fetch();
    assert_eq!(
        created.header("zendesk-ratelimit-ticket-request-create-by-user-and-ip"),
        "total=300; remaining=299; resets=60"
    );
}

#[test]
fn an_account_has_20_100_or_300_ticket_updates_a_minute() {
    for (limits, total) in [
        (EndpointLimits::Sandbox, 20),
        (EndpointLimits::Standard, 100),
        (EndpointLimits::HighVolume, 300),
    ] {
        let server = limited(limits);
        server.create_ticket(&json!({"comment": {"body": "b"}}));
        let count = std::cell::Cell::new(0);
        let refused = exhaust(&server, "tickets-update", total, 50, || {
            // Several users, so that the limit of one user and ticket is not reached.
            count.set(count.get() + 1);
            let user = format!("u{}@example.com/token", count.get() % 50);
            server.put("/api/v2/tickets/1").basic_auth(user, Some("x")).json(&change())
        });
        assert_eq!(refused.into_json(), exceeded("tickets update", "minute"));
    }
}

#[test]
fn a_user_can_update_a_ticket_30_times_in_10_minutes() {
    let server = limited(EndpointLimits::Standard);
    let file = server.upload("a.txt", "hello");
    server.attach(&file["token"]);
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    let name = "per-ticket-updates";
    let refused =
        exhaust(&server, name, 30, 590, || server.put("/api/v2/tickets/1").agent().json(&change()));
    assert_eq!(refused.into_json(), exceeded("per ticket updates", "10 minutes"));
    // Each user and ticket has its own window; redactions and request updates count as updates.
    let left = |answer: &Response| answer.header(&format!("zendesk-ratelimit-{name}"));
    assert_eq!(left(&update(&server, 2, "agent")), "total=30; remaining=29; resets=600");
    assert_eq!(left(&update(&server, 1, "other")), "total=30; remaining=29; resets=600");
    let comments = server.comments(&json!(1));
    let redact = format!(
        "/api/v2/tickets/1/comments/{}/attachments/{}/redact",
        comments[0]["id"], file["attachment"]["id"]
    );
    let redacted = server.put(&redact).agent().json(&json!({})).fetch();
    assert_eq!(
        (redacted.status().as_u16(), &*left(&redacted)),
        (200, "total=30; remaining=28; resets=600")
    );
    let body = json!({"request": {"comment": {"body": "more"}}});
    let updated = server.put("/api/v2/requests/1").agent().json(&body).fetch();
    assert_eq!(
        (updated.status().as_u16(), &*left(&updated)),
        (200, "total=30; remaining=27; resets=600")
    );
}

#[test]
fn an_unattached_file_can_be_read_10_times_a_minute() {
    let server = limited(EndpointLimits::Standard);
    let upload = server.upload("a.txt", "hello");
    let url = text(&upload["attachment"]["content_url"]);
    let read = |left: usize| {
        for _ in 0..left {
            assert_eq!(server.get(url).fetch().status(), 200);
        }
    };
    read(10);
    let refused = server.get(url).fetch();
    assert_eq!(refused.header("retry-after"), "50");
    let (status, body) = refused.status_and_json();
    assert_eq!((status, body), (429, exceeded("unattached attachment content", "minute")));
    let other = server.upload("b.txt", "hello");
    assert_eq!(server.download(&other["attachment"]), b"hello");
    server.account.advance(Duration::from_secs(50));
    read(10);
    server.attach(&upload["token"]);
    read(20);
}

#[test]
fn an_account_can_read_2500_files_a_minute() {
    let server = limited(EndpointLimits::Standard);
    let upload = server.upload("a.txt", "hello");
    server.attach(&upload["token"]);
    let url = text(&upload["attachment"]["content_url"]);
    let path = url.strip_prefix(&server.mock.url()).expect("its own URL");
    let mut connection = server.connect();
    for _ in 0..2_500 {
        connection.send(format!("HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
        assert_eq!(connection.read_head().status(), 200);
    }
    connection.send(format!("HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    let refused = connection.read_head();
    assert_eq!((refused.status(), refused.header("retry-after")), (429, Some("50")));
}

#[test]
fn endpoint_limits_follow_settings_resets_and_restores() {
    let server = server_with(|builder| builder);
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    let set = |prefix: &str, plan: &str| {
        let request = server.request(reqwest::Method::PATCH, &format!("{prefix}/_mock/settings"));
        request.json(&json!({"endpoint_limits": plan})).fetch_json()
    };
    for _ in 0..40 {
        let answer = update(&server, 1, "agent");
        assert_eq!(
            (answer.status().as_u16(), &*answer.header("zendesk-ratelimit-tickets-update")),
            (200, "")
        );
    }
    assert_eq!(set("", "sandbox").0, 200);
    for _ in 0..20 {
        assert_eq!(update(&server, 1, "agent").status(), 200);
    }
    assert_eq!(update(&server, 1, "agent").status(), 429);
    assert_eq!(set("", "standard").0, 200);
    for _ in 0..10 {
        assert_eq!(update(&server, 1, "agent").status(), 200);
    }
    assert_eq!(
        update(&server, 1, "agent").status(),
        429,
        "the limit of a user and ticket is the same on every plan"
    );
    let elsewhere = server.put("/@other/api/v2/tickets/1").agent().json(&change()).fetch();
    assert_eq!(
        (elsewhere.status().as_u16(), &*elsewhere.header("zendesk-ratelimit-tickets-update")),
        (404, "")
    );

    server.post("/_mock/reset").fetch();
    assert_eq!(set("", "standard").0, 200);
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    let again = update(&server, 1, "agent");
    assert_eq!(
        again.header("zendesk-ratelimit-per-ticket-updates"),
        "total=30; remaining=29; resets=600"
    );
    assert_eq!(server.put("/_mock/snapshots/before").fetch().status(), 200);
    assert_eq!(server.post("/_mock/snapshots/before/restore").fetch().status(), 200);
    let restored = update(&server, 1, "agent");
    let status = restored.header("zendesk-ratelimit-per-ticket-updates");
    assert_eq!(status, "total=30; remaining=29; resets=600");
    let (status, refused) = set("", "some");
    assert_eq!((status, &refused["field"]), (400, &json!("endpoint_limits")));
}

/// The account's limit comes first, then the endpoint limits, then the faults.
#[test]
fn a_refused_request_counts_for_no_later_limit_or_fault() {
    let server = sandbox();
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    let fault = json!({"operation": "ticket", "status": 503, "nth": 21});
    assert_eq!(server.post("/_mock/faults").json(&fault).fetch().status(), 201);
    for _ in 0..20 {
        assert_eq!(update(&server, 1, "agent").status(), 200);
    }
    assert_eq!(update(&server, 1, "agent").status(), 429);
    let faults = server.get("/_mock/faults").fetch().into_json();
    assert_eq!(faults["faults"][0]["matched"], 20);
    server.account.configure(|c| c.rate_limit = Some(1)).expect("a setting");
    assert_eq!(server.get("/api/v2/users/me").agent().fetch().status(), 200);
    let refused = update(&server, 1, "agent");
    assert_eq!(refused.header("zendesk-ratelimit-tickets-update"), "");
    assert_eq!(
        refused.text().expect("a text"),
        "Number of allowed API requests per minute exceeded"
    );
}

#[test]
fn an_id_counts_as_the_same_when_percent_encoded() {
    let server = sandbox();
    server.create_ticket(&json!({"comment": {"body": "x"}}));
    let written = |id: &str| {
        let request = server.put(&format!("/api/v2/tickets/{id}")).agent();
        request.json(&change()).fetch().header("zendesk-ratelimit-per-ticket-updates")
    };
    assert!(written("1").starts_with("total=30; remaining=29"));
    assert!(written("%31").starts_with("total=30; remaining=28"));
}
