//! CCs, followers and collaborators of tickets and requests.

use serde_json::{Value, json};

use crate::harness::*;

/// The id of the user with an address.
fn user(server: &Server, email: &str) -> Value {
    let found = server.get_json(&format!("/api/v2/users/search?query={email}"));
    assert_eq!(found["count"], 1, "{email}");
    found["users"][0]["id"].clone()
}

fn update(server: &Server, ticket: &Value) -> Value {
    let body = json!({ "ticket": ticket });
    let response = server.put("/api/v2/tickets/1").agent().json(&body).fetch();
    assert_eq!(response.status(), 200, "{ticket}");
    response.into_json()
}

#[test]
fn every_documented_form_names_a_person() {
    for (sent, list) in [
        (json!({"collaborators": ["a@x.test"]}), "email_cc_ids"),
        (json!({"collaborators": "a@x.test"}), "email_cc_ids"),
        (json!({"collaborators": [{"name": "A", "email": "a@x.test"}]}), "email_cc_ids"),
        (json!({"additional_collaborators": ["A@X.test"]}), "email_cc_ids"),
        (json!({"email_ccs": [{"user_email": "a@x.test", "action": "put"}]}), "email_cc_ids"),
        (json!({"email_ccs": [{"user_email": "a@x.test", "user_name": "A"}]}), "email_cc_ids"),
        (json!({"followers": [{"user_email": "a@x.test", "action": "put"}]}), "follower_ids"),
    ] {
        let server = server();
        let mut ticket = sent.clone();
        ticket["comment"] = json!({"body": "b"});
        let body = json!({ "ticket": ticket });
        let response = server.post("/api/v2/tickets").agent().json(&body).fetch();
        assert_eq!(
            (response.status().as_u16(), &*response.header("x-zendesk-api-warn")),
            (201, "")
        );
        let created = response.into_json();
        let id = user(&server, "a@x.test");
        assert_eq!(created["ticket"][list], json!([id]), "{sent}");
        assert_eq!(created["ticket"]["collaborator_ids"], json!([id]), "{sent}");
        let events = created["audit"]["events"].as_array().expect("events");
        assert!(events.iter().any(|event| event["field_name"] == list), "{sent}");
        assert_eq!(server.get_json("/api/v2/tickets/1")["ticket"][list], json!([id]));
    }
}

#[test]
fn people_are_added_replaced_and_removed() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let put = |id: u64| json!({"user_id": id, "action": "put"});
    let delete = |id: u64| json!({"user_id": id.to_string(), "action": "delete"});
    for (sent, ccs, followers) in [
        (json!({"email_ccs": [put(1), put(2), put(1)]}), json!([1, 2]), json!([])),
        (json!({"followers": [put(2), put(3)]}), json!([1, 2]), json!([2, 3])),
        (json!({"additional_collaborators": [4]}), json!([1, 2, 4]), json!([2, 3])),
        (json!({"email_ccs": [delete(2), delete(9)]}), json!([1, 4]), json!([2, 3])),
        (json!({"collaborator_ids": [5, "6"]}), json!([5, 6]), json!([2, 3])),
        (json!({"collaborators": []}), json!([]), json!([2, 3])),
        (json!({"followers": [delete(2)], "collaborators": [7]}), json!([7]), json!([3])),
        (json!({"email_ccs": []}), json!([7]), json!([3])),
    ] {
        let ticket = update(&server, &sent)["ticket"].take();
        assert_eq!(
            (&ticket["email_cc_ids"], &ticket["follower_ids"]),
            (&ccs, &followers),
            "{sent}"
        );
    }
    let mut ticket = server.get_json("/api/v2/tickets/1")["ticket"].take();
    assert_eq!(ticket["collaborator_ids"], json!([7, 3]));
    let again = update(&server, &ticket);
    assert_eq!(again["audit"]["events"], json!([]), "a ticket sent back changes nothing");
    ticket["email_ccs"] = json!([{"user_email": "gone@x.test", "action": "delete"}]);
    assert_eq!(update(&server, &ticket)["audit"]["events"], json!([]));
    let found = server.get_json("/api/v2/users/search?query=gone@x.test");
    assert_eq!(found["count"], 0, "no user is created to be removed");
}

#[test]
fn a_request_has_ccs() {
    let server = server();
    let request = json!({"request": {"comment": {"body": "b"}, "collaborators": ["a@x.test"]}});
    let created = server.post("/api/v2/requests").agent().json(&request).fetch().into_json();
    let a = user(&server, "a@x.test");
    assert_eq!(created["request"]["email_cc_ids"], json!([a]));
    let more = json!({"request": {
        "comment": {"body": "c"}, "email_ccs": [{"user_email": "b@x.test"}]
    }});
    let updated = server.put("/api/v2/requests/1").agent().json(&more).fetch().into_json();
    let b = user(&server, "b@x.test");
    assert_eq!(updated["request"]["collaborator_ids"], json!([a, b]));
}

#[test]
fn bad_copies_are_400_and_change_nothing() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    for (sent, attribute, must) in [
        (json!({"email_ccs": "a@x.test"}), "email_ccs", "must be an array"),
        (json!({"email_ccs": ["a@x.test"]}), "email_ccs", "must be an array of objects"),
        (json!({"email_ccs": [{"user_id": "x"}]}), "user_id", "must be an integer"),
        (json!({"followers": [{"user_email": 1}]}), "user_email", "must be a string"),
        (
            json!({"email_ccs": [{"user_email": "a@x.test", "action": "add"}]}),
            "action",
            "must be put or delete",
        ),
        (
            json!({"collaborators": [true]}),
            "collaborators",
            "must be an array of ids, addresses or objects",
        ),
        (
            json!({"collaborator_ids": vec![1; 1_001]}),
            "collaborator_ids",
            "must have at most 1000 items",
        ),
    ] {
        let mut ticket = sent.clone();
        ticket["comment"] = json!({"body": "b", "uploads": [upload["token"]]});
        let body = json!({ "ticket": ticket });
        let refused = server.post("/api/v2/tickets").agent().json(&body).fetch_json();
        assert_eq!(refused, wrong_type(attribute, must), "{sent}");
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 0);
    assert_eq!(server.get_json("/api/v2/users/search?query=a@x.test")["count"], 0);
    server.attach(&upload["token"]);
}

#[test]
fn an_unknown_user_is_copied_by_id() {
    let server = server();
    for (number, sent) in (1..).zip([
        json!({"email_ccs": [{"user_id": 999}]}),
        json!({"followers": [{"user_id": 999}]}),
        json!({"collaborators": [999]}),
        json!({"collaborator_ids": [999]}),
        json!({"additional_collaborators": ["999"]}),
    ]) {
        let mut ticket = sent.clone();
        ticket["description"] = json!("d");
        let created = server.post("/api/v2/tickets").agent().json(&json!({ "ticket": ticket }));
        let path = format!("/api/v2/tickets/{number}");
        let changed = server.put(&path).agent().json(&json!({ "ticket": sent }));
        for request in [created, changed] {
            let answer = request.fetch();
            let difference = answer.header("x-zendesk-mock-difference");
            assert!(difference.contains("people-unchecked"), "{sent}: {difference}");
            assert_eq!(answer.into_json()["ticket"]["collaborator_ids"], json!([999]), "{sent}");
        }
        let listed = server.get_json(&format!("{path}/collaborators"));
        assert_eq!(listed["users"], json!([]), "{sent}");
    }
}
