//! Tags, collaborators, single audits, counts, and recent tickets.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;

const TAGS: &str = "/api/v2/tickets/1/tags";

fn method(name: &str) -> Method {
    name.parse().expect("a method")
}

/// Calls the tags of ticket 1, and returns the status and the tags.
fn call(server: &Server, name: &str, body: &Value) -> (u16, Value) {
    let (status, mut answer) = server.request(method(name), TAGS).agent().json(body).fetch_json();
    (status, answer["tags"].take())
}

fn with_tags(tags: &[&str]) -> Server {
    let server = server();
    server.create_ticket(&json!({"description": "d", "tags": tags}));
    server
}

#[test]
fn tags_are_replaced_added_and_removed() {
    let server = with_tags(&["a", "b"]);
    assert_eq!(server.get_json(TAGS), json!({"tags": ["a", "b"]}));
    for (name, tags, status, left) in [
        ("PUT", json!(["c", "a", "c"]), 200, json!(["a", "b", "c"])),
        ("PUT", json!("d  e,f"), 200, json!(["a", "b", "c", "d", "e", "f"])),
        ("DELETE", json!(["b", "x"]), 200, json!(["a", "c", "d", "e", "f"])),
        ("DELETE", json!("c d"), 200, json!(["a", "e", "f"])),
        ("POST", json!(["g", "h"]), 201, json!(["g", "h"])),
        ("PUT", json!([]), 200, json!(["g", "h"])),
        ("POST", json!([]), 201, json!([])),
    ] {
        assert_eq!(call(&server, name, &json!({ "tags": tags })), (status, left.clone()), "{tags}");
        let ticket = server.get_json("/api/v2/tickets/1")["ticket"].take();
        assert_eq!(ticket["tags"], left, "{name} {tags}");
    }
    let audits = server.get_json("/api/v2/tickets/1/audits")["audits"].take();
    let event = &audits[1]["events"][0];
    assert_eq!((&event["type"], &event["field_name"]), (&json!("Change"), &json!("tags")));
    assert_eq!(
        (&event["previous_value"], &event["value"]),
        (&json!(["a", "b"]), &json!(["a", "b", "c"]))
    );
}

#[test]
fn tags_in_the_query_are_removed() {
    let server = with_tags(&["a", "b", "c"]);
    for (query, left) in [("?tags=a,x", json!(["b", "c"])), (".json?tags=b%20c", json!([]))] {
        let removed = server.delete(&format!("{TAGS}{query}")).agent().fetch();
        assert_eq!(removed.status_and_json(), (200, json!({ "tags": left })), "{query}");
    }
}

#[test]
fn a_bad_change_of_tags_changes_nothing() {
    let server = with_tags(&["a"]);
    let before = server.get("/_mock/export").fetch().into_json();
    let stale =
        json!({"tags": ["b"], "safe_update": "true", "updated_stamp": "2025-12-31T00:00:00Z"});
    for name in ["POST", "PUT", "DELETE"] {
        let refuse =
            |body: &Value| server.request(method(name), TAGS).agent().json(body).fetch_json();
        for body in [json!({}), json!([]), json!(null), json!({"tag": ["b"]})] {
            assert_eq!(refuse(&body), wrong_type("tags", "must be an array"), "{name} {body}");
        }
        assert_eq!(refuse(&json!({"tags": 1})), wrong_type("tags", "must be an array"));
        let numbers = wrong_type("tags", "must be an array of strings");
        assert_eq!(refuse(&json!({"tags": [1]})), numbers);
        let flag = json!({"tags": ["b"], "safe_update": 2});
        assert_eq!(refuse(&flag), wrong_type("safe_update", "must be either true or false"));
        assert_eq!(refuse(&stale).0, 409, "{name}");
        let path = "/api/v2/tickets/99/tags";
        let unknown = server.request(method(name), path).agent().json(&json!({})).fetch_json();
        assert_eq!(unknown, not_found());
        assert_eq!(server.request(method(name), TAGS).fetch().status(), 401);
    }
    assert_eq!(server.get("/_mock/export").fetch().into_json(), before);
    let fresh = json!({"tags": ["b"], "safe_update": true, "updated_stamp": START});
    assert_eq!(call(&server, "PUT", &fresh), (200, json!(["a", "b"])));
    let close = json!({"ticket": {"status": "closed"}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&close).fetch().status(), 200);
    let closed = invalid("status", "Status: closed prevents ticket update", None);
    for name in ["POST", "PUT", "DELETE"] {
        let body = json!({"tags": ["b"]});
        assert_eq!(server.request(method(name), TAGS).agent().json(&body).fetch_json(), closed);
    }
    assert_eq!(server.get_json(TAGS), json!({"tags": ["a", "b"]}));
}

#[test]
fn many_tickets_get_and_lose_tags() {
    let server = with_tags(&["a", "b"]);
    server.create_ticket(&json!({"description": "d"}));
    let update = |query: &str, body: &Value| {
        let path = format!("/api/v2/tickets/update_many{query}");
        let answer = server.put(&path).agent().json(body).fetch();
        assert_eq!(answer.header("x-zendesk-api-warn"), "", "{body}");
        assert_eq!(answer.header("x-zendesk-mock-hint"), "", "{body}");
        assert_eq!(answer.status(), 200, "{body}");
    };
    let tags = |id: u64| server.get_json(&format!("/api/v2/tickets/{id}/tags"))["tags"].take();
    update("?ids=1,2", &json!({"ticket": {"additional_tags": ["c"], "remove_tags": ["a", "x"]}}));
    assert_eq!([tags(1), tags(2)], [json!(["b", "c"]), json!(["c"])]);
    update(
        "",
        &json!({"tickets": [
            {"id": 1, "tags": ["d"], "additional_tags": "e f"}, {"id": 2, "remove_tags": ["c"]}
        ]}),
    );
    assert_eq!([tags(1), tags(2)], [json!(["d", "e", "f"]), json!([])]);
    let one = json!({"ticket": {"additional_tags": ["g"]}});
    let answer = server.put("/api/v2/tickets/1").agent().json(&one).fetch();
    let hint = answer.header("x-zendesk-mock-hint");
    assert!(hint.contains("ticket.additional_tags"), "documented for many tickets only: {hint}");
    assert_eq!(tags(1), json!(["d", "e", "f"]));
    let path = "/api/v2/tickets/update_many?ids=1";
    let wrong = json!({"ticket": {"remove_tags": 1}});
    let refused = server.put(path).agent().json(&wrong).fetch_json();
    assert_eq!(refused, wrong_type("remove_tags", "must be an array"));
}

#[test]
fn collaborators_are_listed_as_users() {
    let server = server();
    let copies = json!({
        "description": "d", "email_ccs": [{"user_email": "cc@x.test"}],
        "followers": [{"user_email": "f@x.test"}, {"user_email": "cc@x.test"}]
    });
    server.create_ticket(&copies);
    server.create_ticket(&json!({"description": "d"}));
    for (list, expected) in [
        ("collaborators", vec!["cc@x.test", "f@x.test"]),
        ("email_ccs", vec!["cc@x.test"]),
        ("followers", vec!["cc@x.test", "f@x.test"]),
    ] {
        let path = |ticket: u64| format!("/api/v2/tickets/{ticket}/{list}");
        let listed = server.get_json(&path(1));
        let users = listed["users"].as_array().expect("users").iter();
        let emails: Vec<_> = users.map(|user| text(&user["email"])).collect();
        assert_eq!((&listed["count"], &emails), (&json!(expected.len()), &expected), "{list}");
        assert_eq!(server.get_json(&path(2))["users"], json!([]), "{list}");
        let unknown = server.get(&path(3)).agent().fetch();
        assert_eq!(unknown.status_and_json(), not_found(), "{list}");
    }
}

#[test]
fn one_audit_is_shown_as_in_the_list() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    server.attach(&upload["token"]);
    server.create_ticket(&json!({"description": "other"}));
    let audit = server.get_json("/api/v2/tickets/1/audits")["audits"][0].take();
    let path = |ticket: u64, audit: &Value| format!("/api/v2/tickets/{ticket}/audits/{audit}");
    assert_eq!(server.get_json(&path(1, &audit["id"])), json!({"audit": audit}));
    for wrong in [path(2, &audit["id"]), path(9, &audit["id"]), path(1, &audit["events"][0]["id"])]
    {
        assert_eq!(server.get(&wrong).agent().fetch_json(), not_found(), "{wrong}");
        let private = server.put(&format!("{wrong}/make_private")).agent().fetch_json();
        assert_eq!(private, not_found(), "{wrong}");
    }
    let private = server.put(&format!("{}/make_private", path(1, &audit["id"]))).agent().fetch();
    assert_eq!(private.status_and_json(), (200, json!({})));
    assert_eq!(server.comments(&json!(1))[0]["public"], false);
    // The audit of that has no comment.
    let audits = server.get_json("/api/v2/tickets/1/audits")["audits"].take();
    let path = format!("{}/make_private", path(1, &audits[1]["id"]));
    assert_eq!(server.put(&path).agent().fetch_json(), not_found());
}

#[test]
fn counts_are_those_of_the_lists() {
    let server = server();
    let count = |path: &str| {
        let count = server.get_json(&format!("/api/v2/{path}/count.json"))["count"].take();
        assert_eq!(count["refreshed_at"], START, "{path}");
        count["value"].as_u64().expect("a number")
    };
    assert_eq!(count("tickets"), 0);
    let created = server
        .create_ticket(&json!({"description": "d", "email_ccs": [{"user_email": "c@x.test"}]}));
    let cc = &created["ticket"]["email_cc_ids"][0];
    let change = json!({"ticket": {"comment": {"body": "b"}, "assignee_id": cc}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&change).fetch().status(), 200);
    let tags = json!({"tags": ["a"]});
    assert_eq!(server.put("/api/v2/tickets/1/tags").agent().json(&tags).fetch().status(), 200);
    for (path, expected) in [
        ("tickets".to_owned(), 1),
        ("tickets/1/comments".to_owned(), 2),
        ("tickets/1/audits".to_owned(), 3),
        (format!("users/{cc}/tickets/ccd"), 1),
        (format!("users/{cc}/tickets/assigned"), 1),
        (format!("users/{}/tickets/ccd", created["ticket"]["requester_id"]), 0),
    ] {
        assert_eq!(count(&path), expected, "{path}");
    }
    let listed = server.get_json(&format!("/api/v2/users/{cc}/tickets/ccd"));
    assert_eq!((&listed["tickets"][0]["id"], &listed["count"]), (&json!(1), &json!(1)));
    for path in [
        "tickets/9/comments",
        "tickets/9/audits",
        "users/9/tickets/ccd",
        "users/9/tickets/assigned",
    ] {
        let unknown = server.get(&format!("/api/v2/{path}/count")).agent().fetch();
        assert_eq!(unknown.status_and_json(), not_found(), "{path}");
    }
}

#[test]
fn recent_tickets_are_the_last_five_of_the_client() {
    let server = server();
    let recent = |user: &str| {
        let login = server.get("/api/v2/tickets/recent").basic_auth(user, Some("pw"));
        let listed = login.fetch().into_json();
        let tickets = listed["tickets"].as_array().expect("tickets").iter();
        tickets.map(|ticket| ticket["id"].as_u64().expect("an id")).collect::<Vec<_>>()
    };
    let me = "agent@example.com/token";
    assert!(recent(me).is_empty());
    for _ in 0..6 {
        server.create_ticket(&json!({"description": "d"}));
        server.account.advance(Duration::from_secs(1));
    }
    assert_eq!(recent(me), [6, 5, 4, 3, 2]);
    let change = json!({"ticket": {"priority": "low"}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&change).fetch().status(), 200);
    assert_eq!(recent(me), [1, 6, 5, 4, 3]);
    assert!(recent("other@example.com").is_empty());
}
