//! Requesters, CCs and participants of which no user can be made.

use serde_json::{Value, json};

use crate::harness::*;

fn malformed(email: &str) -> (u16, Value) {
    let text = format!("Requester: Email: {email} is not properly formatted");
    invalid("requester", &text, None)
}

fn unnamed() -> (u16, Value) {
    invalid("requester", "Requester: Name:  is too short (minimum is 1 character)", None)
}

fn new_ticket(requester: &Value) -> Value {
    json!({"ticket": {"requester": requester, "comment": {"body": "b"}}})
}

fn users(server: &Server) -> Value {
    server.get_json("/api/v2/users")["count"].take()
}

#[test]
fn a_requester_of_whom_no_user_can_be_made_is_422() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let before = users(&server);
    for (requester, refusal) in [
        (json!({"email": "bad", "name": "Q"}), malformed("bad")),
        (json!({"email": "a b@x.test", "name": "Q"}), malformed("a b@x.test")),
        (json!({"email": "bad"}), malformed("bad")),
        (json!({"email": "new@x.test"}), unnamed()),
        (json!({"email": "new@x.test", "name": " "}), unnamed()),
    ] {
        let ticket = new_ticket(&requester);
        let request = json!({"request": ticket["ticket"]});
        for (request, body) in [
            (server.post("/api/v2/tickets").agent(), &ticket),
            (server.post("/api/v2/imports/tickets").agent(), &ticket),
            (server.put("/api/v2/tickets/1").agent(), &ticket),
            (server.post("/api/v2/requests").agent(), &request),
            (server.post("/api/v2/requests"), &request),
        ] {
            let refused = request.json(body).fetch();
            assert!(refused.header("x-zendesk-mock-reason").contains("requester"), "{body}");
            assert_eq!(refused.status_and_json(), refusal, "{body}");
        }
    }
    assert_eq!(users(&server), before);
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
}

#[test]
fn a_known_requester_needs_no_name() {
    let server = server();
    let named = json!({"email": "new@x.test", "name": "New"});
    for requester in [&named, &json!({"email": "NEW@x.test"})] {
        let made = server.post("/api/v2/tickets").agent().json(&new_ticket(requester)).fetch();
        assert_eq!(made.status(), 201, "{requester}");
    }
    let only_a_name = new_ticket(&json!({"name": "Only a name"}));
    let made = server.post("/api/v2/tickets").agent().json(&only_a_name).fetch();
    assert_eq!(made.status(), 201);
}

#[test]
fn a_malformed_address_gets_no_copies() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let before = users(&server);
    for copies in [
        json!({"email_ccs": [{"user_email": "bad"}]}),
        json!({"followers": [{"user_email": "bad", "user_name": "B"}]}),
        json!({"collaborators": [{"email": "bad", "name": "B"}]}),
        json!({"collaborators": ["bad"]}),
        json!({"collaborators": "bad"}),
        json!({"collaborator_ids": ["bad"]}),
        json!({"additional_collaborators": ["a@x.test", " bad "]}),
        json!({"additional_collaborators": [{"email": "bad"}]}),
    ] {
        let mut ticket = copies.clone();
        ticket["comment"] = json!({"body": "b"});
        let ticket = json!({ "ticket": ticket });
        let new = server.post("/api/v2/tickets").agent();
        let change = server.put("/api/v2/tickets/1").agent();
        for request in [new, change] {
            let refused = request.json(&ticket).fetch();
            assert_eq!(refused.header("x-zendesk-mock-difference"), "malformed-copies");
            let text = "Email: bad is not properly formatted";
            let refusal = invalid("base", text, Some("InvalidValue"));
            assert_eq!(refused.status_and_json(), refusal, "{copies}");
        }
    }
    let removal = json!({"ticket": {"email_ccs": [{"user_email": "bad", "action": "delete"}]}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&removal).fetch().status(), 200);
    assert_eq!(users(&server), before);
}

#[test]
fn a_malformed_address_gets_no_side_conversation() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let message = json!({"message": {"subject": "s", "body": "b", "to": [{"email": "bad"}]}});
    let path = "/api/v2/tickets/1/side_conversations";
    let refused = server.post(path).agent().json(&message).fetch_json();
    let text = "Email: bad is not properly formatted";
    assert_eq!(refused, invalid("email", text, Some("InvalidValue")));
    assert_eq!(server.get_json(path)["side_conversations"], json!([]));
}
