//! Tickets and requests that follow up on closed ones.

use serde_json::{Value, json};

use crate::harness::*;

/// Ticket 1 is closed, and ticket 2 is solved.
fn closed() -> Server {
    let server = server();
    for (status, tags) in [("closed", json!(["a", "b"])), ("solved", json!(["c"]))] {
        server.create_ticket(&json!({"description": "d", "subject": "Fire", "tags": tags}));
        let id = if status == "closed" { 1 } else { 2 };
        let change = json!({"ticket": {"status": status}});
        let path = format!("/api/v2/tickets/{id}");
        assert_eq!(server.put(&path).agent().json(&change).fetch().status(), 200);
    }
    server
}

fn ticket(server: &Server, id: u64) -> Value {
    server.get_json(&format!("/api/v2/tickets/{id}"))["ticket"].take()
}

#[test]
fn a_followup_is_linked_and_inherits_tags() {
    let server = closed();
    let before = ticket(&server, 1);
    let upload = server.upload("a.txt", "hello");
    let created = server.create_ticket(&json!({
        "via_followup_source_id": 1, "comment": {"body": "again", "uploads": [upload["token"]]}
    }));
    let via = json!({
        "channel": "api",
        "source": {"from": {"ticket_id": 1, "subject": "Fire"}, "to": {}, "rel": "follow_up"}
    });
    let made = ticket(&server, 3);
    assert_eq!((&created["ticket"]["via"], &made["via"]), (&via, &via));
    assert_eq!(made["tags"], json!(["a", "b"]));
    let events = created["audit"]["events"].as_array().expect("events");
    let tags = events.iter().find(|event| event["field_name"] == "tags").expect("tags");
    assert_eq!(tags["value"], json!(["a", "b"]));
    let mut source = ticket(&server, 1);
    assert_eq!(source["followup_ids"].take(), json!([3]));
    let mut expected = before;
    expected["followup_ids"].take();
    assert_eq!(source, expected, "the source is not changed");
    assert_eq!(server.comments(&json!(3))[0]["attachments"][0]["file_name"], "a.txt");
    let own = server.create_ticket(&json!({
        "via_followup_source_id": "1", "description": "d", "tags": ["x"]
    }));
    assert_eq!(own["ticket"]["tags"], json!(["x"]), "tags of the request replace those");
    let none = json!({"via_followup_source_id": 1, "description": "d", "tags": []});
    assert_eq!(server.create_ticket(&none)["ticket"]["tags"], json!([]));
    assert_eq!(ticket(&server, 1)["followup_ids"], json!([3, 4, 5]));
    let listed = server.get_json("/api/v2/tickets?page[size]=100");
    assert_eq!(listed["tickets"][2]["via"], via);
}

#[test]
fn a_request_follows_up_too() {
    let server = closed();
    let body = json!({"request": {"via_followup_source_id": 1, "comment": {"body": "again"}}});
    let made = server.post("/api/v2/requests").agent().json(&body).fetch();
    assert_eq!((made.status().as_u16(), &*made.header("x-zendesk-api-warn")), (201, ""));
    let request = made.into_json()["request"].take();
    assert_eq!(request["followup_source_id"], 1);
    assert_eq!(request["via"]["source"]["rel"], "follow_up");
    assert_eq!(ticket(&server, 3)["tags"], json!(["a", "b"]));
    // An end user follows up on what it sees.
    let eve = json!({"user": {"name": "Eve", "email": "eve@x.test", "role": "end-user"}});
    assert_eq!(server.post("/api/v2/users").agent().json(&eve).fetch().status(), 201);
    let as_eve = server.post("/api/v2/requests").basic_auth("eve@x.test", Some("pw"));
    let hidden = as_eve.json(&body).fetch();
    assert!(hidden.header("x-zendesk-mock-hint").contains("via_followup_source_id"));
    let request = hidden.into_json()["request"].take();
    assert_eq!(request["followup_source_id"], json!(null));
    assert_eq!(ticket(&server, 4)["tags"], json!([]));
    assert_eq!(ticket(&server, 1)["followup_ids"], json!([3]));
}

#[test]
fn an_import_follows_up_too() {
    let server = closed();
    let new = json!({"via_followup_source_id": 1, "comments": [{"body": "again"}]});
    let body = json!({ "ticket": new });
    let made = server.post("/api/v2/imports/tickets").agent().json(&body).fetch();
    assert_eq!((made.status().as_u16(), &*made.header("x-zendesk-api-warn")), (201, ""));
    assert_eq!(made.header("x-zendesk-mock-hint"), "");
    assert_eq!(made.into_json()["ticket"]["via"]["source"]["rel"], "follow_up");
    for path in ["imports/tickets/create_many", "tickets/create_many"] {
        let new = json!({"via_followup_source_id": 1, "description": "again"});
        let none = json!({"via_followup_source_id": 2, "description": "again"});
        let many = json!({"tickets": [new, none]});
        let job = server.post(&format!("/api/v2/{path}")).agent().json(&many).fetch();
        assert_eq!(job.header("x-zendesk-api-warn"), "");
        let hint = job.header("x-zendesk-mock-hint");
        assert!(hint.contains("via_followup_source_id has no effect"), "{hint}");
    }
    for id in [3, 4, 6] {
        assert_eq!(ticket(&server, id)["tags"], json!(["a", "b"]), "{id}");
    }
    assert_eq!(ticket(&server, 1)["followup_ids"], json!([3, 4, 6]));
    let none = json!({"ticket": {"via_followup_source_id": 2, "description": "d"}});
    let made = server.post("/api/v2/imports/tickets").agent().json(&none).fetch();
    assert!(made.header("x-zendesk-mock-hint").contains("has no effect"));
}

#[test]
fn only_a_closed_ticket_has_followups() {
    let server = closed();
    for (place, source) in [json!(2), json!(99), json!(null), json!(3)].iter().enumerate() {
        let body = json!({"ticket": {"via_followup_source_id": source, "description": "d"}});
        let created = server.post("/api/v2/tickets").agent().json(&body).fetch();
        assert_eq!(created.status(), 201, "{source}");
        let hint = created.header("x-zendesk-mock-hint");
        assert_eq!(hint.contains("has no effect"), !source.is_null(), "{source}: {hint}");
        let ticket = created.into_json()["ticket"].take();
        let source_json = json!({"from": {}, "to": {}, "rel": null});
        assert_eq!(ticket["via"]["source"], source_json, "{source}");
        assert_eq!(ticket["tags"], json!([]), "{place}");
    }
    assert_eq!(ticket(&server, 2)["followup_ids"], json!([]));
    for source in [json!("x"), json!(1.5), json!([1]), json!(-1), json!(true)] {
        let body = json!({"ticket": {"via_followup_source_id": source, "description": "d"}});
        let refused = server.post("/api/v2/tickets").agent().json(&body).fetch_json();
        assert_eq!(refused, wrong_type("via_followup_source_id", "must be an integer"), "{source}");
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 6);
}

#[test]
fn an_export_keeps_the_link() {
    let server = closed();
    server.create_ticket(&json!({"via_followup_source_id": 1, "description": "d"}));
    let tickets = [ticket(&server, 1), ticket(&server, 3)];
    let exported = server.get("/_mock/export").fetch().into_json();
    assert_eq!(server.post("/_mock/seed").json(&exported).fetch().status(), 200);
    assert_eq!([ticket(&server, 1), ticket(&server, 3)], tickets);
    assert_eq!(server.get("/_mock/export").fetch().into_json(), exported);
    assert_eq!(server.delete("/api/v2/tickets/3").agent().fetch().status(), 204);
    // A plain seed links its tickets itself.
    let seed = json!({"tickets": [
        {"id": 5, "status": "closed", "comments": [{"body": "b"}]},
        {"id": 6, "followup_source": {"id": 5}, "comments": [{"body": "b"}]}
    ]});
    assert_eq!(server.post("/_mock/seed").json(&seed).fetch().status(), 200);
    assert_eq!(ticket(&server, 5)["followup_ids"], json!([6]));
    assert_eq!(
        ticket(&server, 6)["via"]["source"]["from"],
        json!({"ticket_id": 5, "subject": null})
    );
    let bad = json!({"tickets": [{"followup_source": {}, "comments": [{"body": "b"}]}]});
    assert_eq!(server.post("/_mock/seed").json(&bad).fetch().status(), 400);
}
