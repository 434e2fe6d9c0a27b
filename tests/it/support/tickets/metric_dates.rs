//! The side-load `dates` of tickets.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;

fn dates(server: &Server) -> Value {
    server.get_json("/api/v2/tickets/1?include=dates")["ticket"]["dates"].take()
}

fn minute(number: u32) -> String {
    format!("2026-01-01T00:{number:02}:00Z")
}

/// Changes the ticket after a minute.
fn change(server: &Server, ticket: &Value) {
    server.account.advance(Duration::from_secs(60));
    let body = json!({ "ticket": ticket });
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&body).fetch().status(), 200);
}

#[test]
fn a_new_ticket_has_the_dates_of_a_new_ticket() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    // As a client quoted them in 2019.
    let expected = json!({
        "assignee_updated_at": null, "requester_updated_at": START, "status_updated_at": START,
        "initially_assigned_at": null, "assigned_at": null, "solved_at": null,
        "latest_comment_added_at": START,
    });
    assert_eq!(dates(&server), expected);
    let listed = server.get_json("/api/v2/tickets?include=dates")["tickets"][0]["dates"].take();
    assert_eq!(listed, expected);
    change(&server, &json!({"tags": ["a"], "priority": "high"}));
    assert_eq!(dates(&server)["status_updated_at"], START);
    server.create_ticket(&json!({"description": "d", "assignee_id": 7, "status": "solved"}));
    let made = server.get_json("/api/v2/tickets/2?include=dates")["ticket"]["dates"].take();
    for name in ["initially_assigned_at", "assigned_at", "status_updated_at", "solved_at"] {
        assert_eq!(made[name], minute(1), "{name}");
    }
}

#[test]
fn the_dates_of_a_ticket_follow_its_changes() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let ann = json!({"name": "Ann", "email": "ann@x.test"});
    server.create_ticket(&json!({"description": "d", "requester": ann, "status": "open"}));
    change(&server, &json!({ "assignee_id": me }));
    server.account.advance(Duration::from_secs(60));
    let comment = json!({"request": {"comment": {"body": "by Ann"}}});
    let by_ann = server.put("/api/v2/requests/1").basic_auth("ann@x.test/token", Some("s"));
    assert_eq!(by_ann.json(&comment).fetch().status(), 200);
    change(&server, &json!({"status": "pending"}));
    change(&server, &json!({"assignee_id": 7}));
    change(&server, &json!({"comment": {"body": "more"}}));
    change(&server, &json!({"status": "solved"}));
    let expected = json!({
        "assignee_updated_at": minute(3), "requester_updated_at": minute(2),
        "status_updated_at": minute(6), "initially_assigned_at": minute(1),
        "assigned_at": minute(4), "solved_at": minute(6), "latest_comment_added_at": minute(5),
    });
    assert_eq!(dates(&server), expected);
    change(&server, &json!({"assignee_id": null, "status": "open"}));
    let unassigned = dates(&server);
    assert_eq!(unassigned["status_updated_at"], minute(7));
    for (name, same) in [("assigned_at", 4), ("initially_assigned_at", 1)] {
        assert_eq!(unassigned[name], minute(same), "{name}");
    }
    let exported = server.account.export().expect("room");
    server.account.seed(&exported).expect("an export is a seed");
    assert_eq!(dates(&server), unassigned, "an export keeps audits");
}
