//! Tickets and requests of suspended users.

use serde_json::{Value, json};

use super::roles::seed;
use crate::harness::*;

/// A server with the suspended user Eve, and the user's id.
fn with_eve() -> (Server, Value) {
    let server = server();
    let eve = json!({
        "name": "Eve", "email": "eve@example.com", "suspended": true, "access_tokens": ["eve"]
    });
    seed(&server, &json!({ "users": [eve] }));
    let found = server.get_json("/api/v2/users/search?query=eve@example.com");
    assert_eq!(found["users"][0]["suspended"], true);
    (server, found["users"][0]["id"].clone())
}

fn suspended(name: &str) -> (u16, Value) {
    invalid("requester", &format!("Requester: {name} is suspended."), Some("UserSuspended"))
}

#[test]
fn a_ticket_of_a_suspended_requester_is_422() {
    let (server, eve) = with_eve();
    let by_address = json!({"email": "EVE@example.com"});
    let by_name_too = json!({"name": "Another name", "email": " eve@example.com "});
    for ticket in [
        json!({"requester": by_address, "description": "d"}),
        json!({"requester": by_name_too, "description": "d"}),
        json!({"requester_id": eve, "description": "d"}),
        json!({"requester": by_address, "requester_id": 7, "description": "d"}),
    ] {
        for path in ["tickets", "imports/tickets"] {
            let request = server.post(&format!("/api/v2/{path}")).agent();
            let refused = request.json(&json!({ "ticket": ticket })).fetch();
            let reason = refused.header("x-zendesk-mock-reason");
            assert_eq!(refused.status_and_json(), suspended("Eve"), "{path} {ticket}");
            assert!(reason.starts_with(r#"the requester "Eve" is suspended"#), "{reason}");
        }
    }
    let request = json!({"request": {"requester": by_address, "comment": {"body": "b"}}});
    let requests = || server.post("/api/v2/requests").json(&request);
    assert_eq!(requests().fetch_json(), suspended("Eve"), "anonymous");
    assert_eq!(requests().agent().fetch_json(), suspended("Eve"), "for another user");
    let own = json!({"request": {"comment": {"body": "b"}}});
    let own = server.post("/api/v2/requests").bearer_auth("eve").json(&own);
    assert_eq!(own.fetch_json(), suspended("Eve"), "by itself");
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 0);
    let other =
        json!({"requester": {"name": "Ann", "email": "ann@example.com"}, "description": "d"});
    server.create_ticket(&other);
}

#[test]
fn a_refused_ticket_of_a_suspended_requester_attaches_nothing() {
    let (server, eve) = with_eve();
    let upload = server.upload("a.txt", "a");
    let ticket =
        json!({"requester_id": eve, "comment": {"body": "b", "uploads": [upload["token"]]}});
    let refused = server.post("/api/v2/tickets").agent().json(&json!({ "ticket": ticket })).fetch();
    assert_eq!(refused.status(), 422);
    server.attach(&upload["token"]);
}

#[test]
fn a_ticket_does_not_change_to_a_suspended_requester() {
    let (server, eve) = with_eve();
    server.create_ticket(
        &json!({"requester": {"name": "Ann", "email": "ann@example.com"}, "description": "d"}),
    );
    let before = server.get_json("/api/v2/tickets/1");
    for change in [
        json!({"requester_id": eve, "comment": {"body": "b"}}),
        json!({"requester": {"email": "eve@example.com"}}),
    ] {
        let request = server.put("/api/v2/tickets/1").agent();
        let refused = request.json(&json!({ "ticket": change })).fetch_json();
        assert_eq!(refused, suspended("Eve"), "{change}");
    }
    assert_eq!(server.get_json("/api/v2/tickets/1"), before);
}

#[test]
fn a_job_fails_the_tickets_of_suspended_requesters_alone() {
    let (server, eve) = with_eve();
    let tickets = json!({"tickets": [
        {"description": "d", "requester_id": eve}, {"description": "d"}
    ]});
    let request = server.post("/api/v2/tickets/create_many").agent();
    let job = request.json(&tickets).fetch().into_json()["job_status"].take();
    let job = server.get_json(&format!("/api/v2/job_statuses/{}", text(&job["id"])));
    let results = &job["job_status"]["results"];
    assert!(results[0].to_string().contains("Requester: Eve is suspended."), "{results}");
    assert_eq!(results[1]["index"], 1);
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
}

#[test]
fn a_suspension_is_set_shown_exported_and_ended() {
    let server = server();
    let create =
        |user: Value| server.post("/api/v2/users").agent().json(&json!({ "user": user })).fetch();
    let made = create(json!({"name": "Eve", "email": "eve@example.com", "suspended": true}));
    assert_eq!(made.header("x-zendesk-mock-difference"), "", "it is kept");
    let made = made.into_json()["user"].take();
    assert_eq!(made["suspended"], true);
    let ask = || {
        let ticket = json!({"ticket": {"requester_id": made["id"], "description": "d"}});
        server.post("/api/v2/tickets").agent().json(&ticket).fetch().status().as_u16()
    };
    assert_eq!(ask(), 422);
    let exported = server.get("/_mock/export").fetch().into_json();
    server.account.reset();
    seed(&server, &exported);
    assert_eq!(ask(), 422);
    let change = |user: Value| {
        let path = format!("/api/v2/users/{}", made["id"]);
        server.put(&path).agent().json(&json!({ "user": user })).fetch_json()
    };
    assert_eq!(change(json!({"name": "Eve E."})).1["user"]["suspended"], true);
    assert_eq!(
        change(json!({"suspended": "no"})),
        wrong_type("suspended", "must be either true or false")
    );
    assert_eq!(change(json!({"suspended": false})).1["user"]["suspended"], false);
    assert_eq!(ask(), 201);
    assert_eq!(change(json!({"suspended": true})).1["user"]["suspended"], true);
    assert_eq!(ask(), 422);
    assert_eq!(
        create(json!({"name": "Bob", "suspended": null})).into_json()["user"]["suspended"],
        false
    );
}
