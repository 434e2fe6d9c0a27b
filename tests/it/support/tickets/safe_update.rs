//! `safe_update`, which refuses a change by a client that does not know the last one.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;

fn put(server: &Server, ticket: &Value) -> (u16, Value) {
    let request = server.put("/api/v2/tickets/1").agent();
    request.json(&json!({ "ticket": ticket })).fetch_json()
}

#[test]
fn a_stale_change_is_409_and_changes_nothing() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    server.account.advance(Duration::from_secs(60));
    assert_eq!(put(&server, &json!({"subject": "by another"})).0, 200);
    let upload = server.upload("a.txt", "a");
    let comment = json!({"body": "late", "uploads": [upload["token"]]});
    let ccs = json!([{"user_email": "a@x.test"}]);
    for stamp in [
        START,
        "2026-01-01T00:00:59Z",
        "2026-01-01T01:00:59+01:00",
        "2025-12-31",
        // Later than the last change.
        "2026-01-01T00:01:01Z",
        "2026-01-01T00:01:00-01:00",
        "2099-01-01T00:00:00Z",
        "2099-01-01",
    ] {
        let (status, refusal) = put(
            &server,
            &json!({
                "safe_update": true, "updated_stamp": stamp, "comment": comment, "email_ccs": ccs
            }),
        );
        assert_eq!((status, &refusal["error"]), (409, &json!("UpdateConflict")), "{stamp}");
        let tags = json!({"tags": ["late"], "safe_update": "true", "updated_stamp": stamp});
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let request = server.request(method, "/api/v2/tickets/1/tags").agent().json(&tags);
            assert_eq!(request.fetch_json(), (409, refusal.clone()), "{stamp}");
        }
    }
    assert_eq!(server.comments(&json!(1)).len(), 1);
    assert_eq!(server.get_json("/api/v2/tickets/1")["ticket"]["email_cc_ids"], json!([]));
    assert_eq!(server.get_json("/api/v2/users/search?query=a@x.test")["count"], 0);
    let ticket = server.get_json("/api/v2/tickets/1")["ticket"].take();
    let safe = json!({
        "safe_update": true, "updated_stamp": ticket["updated_at"], "comment": comment
    });
    let (status, changed) = put(&server, &safe);
    assert_eq!(status, 200, "the token is still open");
    assert_eq!(changed["audit"]["events"][0]["attachments"], upload["attachments"]);
}

#[test]
fn a_change_is_safe_only_on_request() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    server.account.advance(Duration::from_secs(60));
    assert_eq!(put(&server, &json!({"subject": "by another"})).0, 200);
    for sent in [
        json!({"updated_stamp": START}),
        json!({"updated_stamp": START, "safe_update": false}),
        json!({"updated_stamp": START, "safe_update": null}),
        json!({"safe_update": true}),
        json!({"safe_update": true, "updated_stamp": null}),
        json!({"safe_update": true, "updated_stamp": "2026-01-01T00:01:00Z"}),
    ] {
        assert_eq!(put(&server, &sent).0, 200, "{sent}");
    }
    for (sent, refusal) in [
        (json!({"safe_update": "yes"}), wrong_type("safe_update", "must be either true or false")),
        (
            json!({"safe_update": true, "updated_stamp": "now"}),
            wrong_type("updated_stamp", "It must be an acceptable ISO 8601 date format"),
        ),
    ] {
        assert_eq!(put(&server, &sent), refusal, "{sent}");
    }
}
