//! Bulk calls that are refused as a whole, and change nothing.

use serde_json::{Value, json};

use super::{CREATE, IMPORT, UPDATE};
use crate::harness::*;

fn too_many() -> (u16, Value) {
    let description = "Parameter  cannot specify more than 100 values";
    (400, json!({"error": "TooManyValues", "description": description, "max_count": 100}))
}

#[test]
fn more_than_100_items_are_refused() {
    let server = server();
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    let ticket = json!({"id": 1, "comment": {"body": "b"}});
    let tickets = |count| json!({"tickets": vec![ticket.clone(); count]});
    for path in [CREATE, IMPORT] {
        assert_eq!(server.post(path).agent().json(&tickets(101)).fetch_json(), too_many());
        assert_eq!(server.post(path).agent().json(&tickets(100)).fetch().status(), 200);
    }
    assert_eq!(server.put(UPDATE).agent().json(&tickets(101)).fetch_json(), too_many());
    let ids = vec!["1"; 101].join(",");
    let change = json!({"ticket": {"comment": {"body": "c"}}});
    let update = server.put(&format!("{UPDATE}?ids={ids}")).agent().json(&change);
    assert_eq!(update.fetch_json(), too_many());
    for list in ["tickets", "job_statuses"] {
        let path = format!("/api/v2/{list}/show_many?ids={ids}");
        assert_eq!(server.get(&path).agent().fetch_json(), too_many(), "{list}");
    }
    assert_eq!(server.comments(&json!(1)).len(), 1);
}

#[test]
fn what_is_no_list_of_tickets_is_refused() {
    let server = server();
    let token = server.upload("a.txt", "a")["token"].take();
    let good = json!({"comment": {"body": "b", "uploads": [token]}});
    let wrong = wrong_type;
    for (body, refusal) in [
        (json!(null), wrong("tickets", "must be an array")),
        (json!([]), wrong("tickets", "must be an array")),
        (json!({"ticket": good}), wrong("tickets", "must be an array")),
        (json!({"tickets": good}), wrong("tickets", "must be an array")),
        (json!({"tickets": []}), wrong("tickets", "must have an item")),
        (json!({"tickets": [good, 1]}), wrong("tickets", "must be an array of objects")),
        (json!({"tickets": [good, {"subject": 1}]}), wrong("subject", "must be a string")),
        (json!({"tickets": [good, {"comment": 1}]}), wrong("comment", "must be an object")),
    ] {
        for path in [CREATE, IMPORT] {
            let refused = server.post(path).agent().json(&body).fetch_json();
            assert_eq!(refused, refusal, "{path} {body}");
        }
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 0);
    assert_eq!(server.get_json("/api/v2/job_statuses")["count"], 0);
    assert_eq!(server.attach(&token)["ticket"]["id"], 1, "the token is open");
}

#[test]
fn ids_that_are_no_numbers_are_refused() {
    let server = server();
    let missing = wrong_type("ids", "must be a list of ids, separated by commas");
    let wrong = wrong_type("ids", "must be a list of integers");
    for (query, refusal) in [
        ("", &missing),
        ("?ids=", &missing),
        ("?ids=,", &missing),
        ("?ids=1,x", &wrong),
        ("?ids=-1", &wrong),
        ("?ids=1;2", &wrong),
        ("?ids=99999999999999999999", &wrong),
    ] {
        let refused = server.get(&format!("/api/v2/tickets/show_many{query}")).agent().fetch_json();
        assert_eq!(&refused, refusal, "{query}");
    }
    let change = json!({"ticket": {"comment": {"body": "c"}}});
    let update = server.put(&format!("{UPDATE}?ids=1,x")).agent().json(&change);
    assert_eq!(update.fetch_json(), wrong);
    for ticket in [json!({}), json!({"id": null}), json!({"id": "x"}), json!({"id": 1.5})] {
        let body = json!({"tickets": [ticket]});
        let refused = server.put(UPDATE).agent().json(&body).fetch_json();
        assert_eq!(refused, wrong_type("id", "must be an integer"), "{ticket}");
    }
}

#[test]
fn bulk_calls_need_credentials() {
    let server = server();
    for (request, what) in [
        (server.post(CREATE), CREATE),
        (server.post(IMPORT), IMPORT),
        (server.put(UPDATE), UPDATE),
        (server.get("/api/v2/tickets/show_many?ids=1"), "show_many"),
        (server.get("/api/v2/job_statuses"), "job_statuses"),
    ] {
        assert_eq!(request.fetch_json(), unauthenticated(), "{what}");
    }
}

#[test]
fn a_job_takes_long_texts_and_no_endless_ones() {
    let server = server();
    let body = |length: usize| {
        let comment = json!({"comment": {"body": "x".repeat(length)}});
        json!({"tickets": vec![comment; 100]})
    };
    assert_eq!(server.post(CREATE).agent().json(&body(60_000)).fetch().status(), 200);
    assert_eq!(server.post(CREATE).agent().json(&body(90_000)).fetch().status(), 400);
    assert_eq!(server.get_json("/api/v2/tickets?per_page=1")["count"], 100);
}
