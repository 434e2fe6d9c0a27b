//! `Idempotency-Key`: a ticket that is sent twice under one key is made once.

use std::time::Duration;

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::{HOUR, RequestExt as _, ResponseExt as _, Server, server, token, wrong_type};

fn send(server: &Server, key: &str, ticket: &Value) -> Response {
    let request = server.post("/api/v2/tickets").agent().header("idempotency-key", key);
    request.json(&json!({ "ticket": ticket })).fetch()
}

/// What an answer says of its key, and its body.
fn looked_up(response: Response) -> (u16, String, Value) {
    let lookup = response.header("x-idempotency-lookup");
    let (status, body) = response.status_and_json();
    (status, lookup, body)
}

fn mismatch() -> (u16, Value) {
    let description = "Request parameters do not match with the given idempotency key";
    (400, json!({"error": "IdempotentRequestError", "description": description}))
}

fn count_tickets(server: &Server) -> Value {
    server.get_json("/api/v2/tickets")["count"].take()
}

#[test]
fn what_was_made_under_a_key_is_answered_again() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let ticket = json!({"comment": {"body": "b", "uploads": [upload["token"]]}, "tags": ["t"]});
    let first = send(&server, "key", &ticket);
    let location = first.header("location");
    let (status, lookup, made) = looked_up(first);
    assert_eq!((status, &*lookup), (201, "miss"));
    server.mock.default_account().advance(HOUR);
    for _ in 0..2 {
        let again = send(&server, "key", &ticket);
        assert_eq!(again.header("location"), location);
        assert_eq!(looked_up(again), (201, "hit".to_owned(), made.clone()));
    }
    assert_eq!(count_tickets(&server), 1);
}

#[test]
fn a_ticket_without_a_key_is_made_each_time_it_is_sent() {
    let server = server();
    for count in 1..3 {
        let body = json!({"ticket": {"description": "d"}});
        let response = server.post("/api/v2/tickets").agent().json(&body).fetch();
        let (status, lookup, _) = looked_up(response);
        assert_eq!((status, &*lookup), (201, ""));
        assert_eq!(count_tickets(&server), count);
    }
}

#[test]
fn the_first_answer_is_given_again_whatever_has_become_of_the_ticket() {
    let server = server();
    let ticket = json!({"description": "d", "subject": "as it was"});
    let (_, _, made) = looked_up(send(&server, "key", &ticket));
    let change = json!({"ticket": {"subject": "changed"}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&change).fetch().status(), 200);
    assert_eq!(looked_up(send(&server, "key", &ticket)).2, made);
    assert_eq!(server.delete("/api/v2/tickets/1").agent().fetch().status(), 204);
    assert_eq!(looked_up(send(&server, "key", &ticket)).2, made);
    assert_eq!(count_tickets(&server), 0);
}

#[test]
fn other_parameters_under_the_same_key_are_refused_and_attach_nothing() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let other = json!({"comment": {"body": "b", "uploads": [upload["token"]]}});
    assert_eq!(send(&server, "key", &json!({"comment": {"body": "b"}})).status(), 201);
    assert_eq!(send(&server, "key", &other).status_and_json(), mismatch());
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.get_json(&path), json!({ "upload": upload }));
    assert_eq!(count_tickets(&server), 1);
    assert_eq!(send(&server, "another key", &other).status(), 201);
}

#[test]
fn the_same_parameters_may_be_written_otherwise() {
    let server = server();
    for (body, lookup) in [
        ("{\"ticket\":{\"subject\":\"s\",\"description\":\"d\"}}", "miss"),
        ("{ \"ticket\" : { \"description\" : \"\\u0064\",\n\"subject\" : \"s\" } }", "hit"),
    ] {
        let request = server.post("/api/v2/tickets").agent().header("idempotency-key", "key");
        assert_eq!(request.body(body).fetch().header("x-idempotency-lookup"), lookup);
    }
}

#[test]
fn a_key_is_forgotten_after_two_hours() {
    let server = server();
    let account = server.mock.default_account();
    let ticket = json!({"description": "d"});
    assert_eq!(looked_up(send(&server, "key", &ticket)).1, "miss");
    account.advance(2 * HOUR - Duration::from_secs(1));
    assert_eq!(looked_up(send(&server, "key", &ticket)).1, "hit");
    account.advance(Duration::from_secs(1));
    let (status, lookup, second) = looked_up(send(&server, "key", &json!({"description": "new"})));
    assert_eq!((status, &*lookup, &second["ticket"]["id"]), (201, "miss", &json!(2)));
    account.advance(2 * HOUR - Duration::from_secs(1));
    assert_eq!(send(&server, "key", &ticket).status_and_json(), mismatch());
}

#[test]
fn a_ticket_that_was_refused_has_used_no_key() {
    let server = server();
    for refused in [json!({}), json!({"description": "d", "status": "lost"})] {
        let (status, lookup, _) = looked_up(send(&server, "key", &refused));
        assert_eq!((status, &*lookup), (422, ""), "{refused}");
    }
    assert_eq!(looked_up(send(&server, "key", &json!({"description": "d"}))).1, "miss");
}

#[test]
fn a_key_has_at_most_255_characters_and_at_least_one() {
    let server = server();
    let ticket = json!({"description": "d"});
    for refused in ["", &"k".repeat(256)] {
        let refusal = wrong_type("Idempotency-Key", "must have 1 to 255 characters");
        assert_eq!(send(&server, refused, &ticket).status_and_json(), refusal, "{refused}");
    }
    assert_eq!(count_tickets(&server), 0);
    let longest = "k".repeat(255);
    for lookup in ["miss", "hit"] {
        assert_eq!(looked_up(send(&server, &longest, &ticket)).1, lookup);
    }
}

#[test]
fn each_account_has_its_own_keys() {
    let server = server();
    let ticket = json!({"description": "d"});
    assert_eq!(looked_up(send(&server, "key", &ticket)).1, "miss");
    let request = server.post("/@acme/api/v2/tickets").agent().header("idempotency-key", "key");
    let response = request.json(&json!({ "ticket": ticket })).fetch();
    assert_eq!(looked_up(response).1, "miss");
}

#[test]
fn what_a_key_takes_of_memory_comes_back() {
    let server = server();
    server.get_json("/api/v2/users/me");
    let used = server.mock.memory_used();
    assert_eq!(send(&server, "key", &json!({"description": "d"})).status(), 201);
    assert_eq!(server.delete("/api/v2/tickets/1").agent().fetch().status(), 204);
    assert!(server.mock.memory_used() > used, "the answer is still remembered");
    server.mock.default_account().advance(2 * HOUR);
    assert_eq!(server.mock.memory_used(), used);
}
