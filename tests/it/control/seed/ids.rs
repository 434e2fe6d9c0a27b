//! Ids near the last one, which seeds may bring.

use serde_json::{Value, json};

use super::{export, post_seed, refusal, seed};
use crate::harness::*;

const LARGEST: u64 = (1 << 53) - 1;

fn create(server: &Server) -> (u16, Value) {
    let ticket = json!({"ticket": {"comment": {"body": "x"}}});
    server.post("/api/v2/tickets").agent().json(&ticket).fetch_json()
}

#[track_caller]
fn assert_exhausted((status, body): (u16, Value)) {
    assert_eq!((status, &body["error"]), (503, &json!("IdsExhausted")), "{body}");
    assert!(text(&body["description"]).contains("no id is left"), "{body}");
}

#[test]
fn the_last_ticket_id_is_used_once() {
    let server = server();
    seed(&server, &json!({"next_ticket_id": LARGEST}));
    let (status, first) = create(&server);
    assert_eq!((status, &first["ticket"]["id"]), (201, &json!(LARGEST)));
    assert_exhausted(create(&server));
    let kept = server.get_json(&format!("/api/v2/tickets/{LARGEST}"));
    assert_eq!(kept["ticket"]["description"], "x");
    assert_eq!(server.upload("a.txt", "hello")["attachment"]["file_name"], "a.txt");
    // The export is a seed.
    seed(&server, &export(&server));
    assert_exhausted(create(&server));
    server.post("/_mock/seed").json(&json!({})).fetch();
    assert_eq!(create(&server).1["ticket"]["id"], 1);
}

#[test]
fn an_account_without_ids_refuses_what_needs_them() {
    let server = server();
    let comments = json!([{"body": "x"}]);
    let user = json!({"id": LARGEST, "email": "agent@example.com", "role": "admin"});
    let tickets = json!([{"comments": comments, "requester": 7, "audits": []}]);
    let no_audits = json!({"users": [user], "tickets": tickets});
    assert_eq!(refusal(post_seed(&server, &no_audits)).0, 400);
    seed(&server, &json!({"users": [user]}));
    assert_exhausted(create(&server));
    assert_exhausted(server.post("/api/v2/uploads?filename=a.txt").agent().body("x").fetch_json());
    let new = server.get("/api/v2/users/me").basic_auth("new@example.com/token", Some("x"));
    assert_exhausted(new.fetch_json());
    assert_eq!(server.get_json(&format!("/api/v2/users/{LARGEST}"))["user"]["id"], LARGEST);
    assert!(export(&server)["users"][0]["id"] == LARGEST);
}

#[test]
fn ids_beyond_the_last_are_refused() {
    let server = server();
    let file = json!({"name": "a", "text": ""});
    let comments = json!([{"body": "x"}]);
    for number in [json!(0), json!(LARGEST + 1), json!(u64::MAX), json!(-1), json!(1.5)] {
        for (document, field) in [
            (json!({"next_ticket_id": number}), "next_ticket_id"),
            (json!({"users": [{"id": number}]}), "users[0].id"),
            (json!({"uploads": [{"attached_to": number}]}), "uploads[0].attached_to"),
            (
                json!({"tickets": [{"comments": comments, "assignee_id": number}]}),
                "tickets[0].assignee_id",
            ),
            (
                json!({"tickets": [{"comments": comments, "requester": number}]}),
                "tickets[0].requester",
            ),
        ] {
            let (status, at, why) = refusal(post_seed(&server, &document));
            assert_eq!((status, &*at), (400, field), "{document}: {why}");
        }
        let ticket = json!({"ticket": {"comment": {"body": "x"}, "assignee_id": number}});
        let refused = server.post("/api/v2/tickets").agent().json(&ticket).fetch_json();
        assert_eq!(refused, wrong_type("assignee_id", "must be an integer"), "{number}");
    }
    let none_left = json!({"users": [{"id": LARGEST}], "uploads": [{"files": [file]}]});
    let (status, body) = post_seed(&server, &none_left).status_and_json();
    assert_eq!(status, 400);
    assert!(text(&body["description"]).contains("smaller ids"), "{body}");
    let two = json!({"tickets": [{"id": LARGEST, "comments": comments}, {"comments": comments}]});
    let (status, at, why) = refusal(post_seed(&server, &two));
    assert_eq!((status, &*at), (400, "tickets[1].id"), "{why}");
}
