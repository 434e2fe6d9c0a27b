//! `Idempotency-Key`: a ticket that is sent twice with one key is created once.

use std::time::Duration;

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::*;

fn send(server: &Server, key: &str, ticket: &Value) -> Response {
    let request = server.post("/api/v2/tickets").agent().header("idempotency-key", key);
    request.json(&json!({ "ticket": ticket })).fetch()
}

/// The status, the result of the lookup of the key, and the body.
fn status_lookup_json(response: Response) -> (u16, String, Value) {
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
fn a_repeated_key_repeats_the_answer() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let ticket = json!({"comment": {"body": "b", "uploads": [upload["token"]]}, "tags": ["t"]});
    let first = send(&server, "key", &ticket);
    let location = first.header("location");
    let (status, lookup, created) = status_lookup_json(first);
    assert_eq!((status, &*lookup), (201, "miss"));
    server.account.advance(HOUR);
    for _ in 0..2 {
        let again = send(&server, "key", &ticket);
        assert_eq!(again.header("location"), location);
        assert_eq!(status_lookup_json(again), (201, "hit".to_owned(), created.clone()));
    }
    assert_eq!(count_tickets(&server), 1);
}

#[test]
fn a_ticket_without_a_key_is_created_each_time() {
    let server = server();
    for count in 1..3 {
        let body = json!({"ticket": {"description": "d"}});
        let response = server.post("/api/v2/tickets").agent().json(&body).fetch();
        let (status, lookup, _) = status_lookup_json(response);
        assert_eq!((status, &*lookup), (201, ""));
        assert_eq!(count_tickets(&server), count);
    }
}

#[test]
fn a_repeated_key_repeats_the_answer_after_the_ticket_changed() {
    let server = server();
    let ticket = json!({"description": "d", "subject": "as it was"});
    let (_, _, created) = status_lookup_json(send(&server, "key", &ticket));
    let change = json!({"ticket": {"subject": "changed"}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&change).fetch().status(), 200);
    assert_eq!(status_lookup_json(send(&server, "key", &ticket)).2, created);
    assert_eq!(server.delete("/api/v2/tickets/1").agent().fetch().status(), 204);
    assert_eq!(status_lookup_json(send(&server, "key", &ticket)).2, created);
    assert_eq!(count_tickets(&server), 0);
}

#[test]
fn a_repeated_key_brings_no_redacted_text_back() {
    let server = server();
    let ticket = json!({"description": "my secret and another", "subject": "s"});
    let (_, _, created) = status_lookup_json(send(&server, "key", &ticket));
    let other = json!({"description": "my secret too"});
    assert_eq!(status_lookup_json(send(&server, "other key", &other)).1, "miss");
    let comment = created["audit"]["events"][0]["id"].clone();
    let add = json!({"ticket": {"comment": {"body": "a secret that came later"}}});
    let added = server.put("/api/v2/tickets/1").agent().json(&add).fetch().into_json();
    let redact = |comment: &Value, secret: &str| {
        let path = format!("/api/v2/tickets/1/comments/{comment}/redact");
        let redacted = server.put(&path).agent().json(&json!({"text": secret})).fetch();
        assert_eq!(redacted.status(), 200);
    };
    redact(&comment, "secret");
    redact(&added["audit"]["events"][0]["id"], "secret");
    let marked = json!({"ticket_id": 1, "html_body":
        "<div class=\"zd-comment\" dir=\"auto\"><p>my ▇▇▇▇▇▇ and <redact>another</redact></p></div>"});
    let path = format!("/api/v2/comment_redactions/{comment}");
    assert_eq!(server.put(&path).agent().json(&marked).fetch().status(), 200);
    let repeat = || {
        let (status, lookup, answer) = status_lookup_json(send(&server, "key", &ticket));
        assert_eq!((status, &*lookup), (201, "hit"));
        answer
    };
    let repeated = repeat();
    let redacted = "my ▇▇▇▇▇▇ and ▇▇▇▇▇▇▇";
    assert_eq!(repeated["ticket"]["description"], redacted);
    assert_eq!(repeated["audit"]["events"][0]["body"], redacted);
    assert!(!repeated.to_string().contains("secret"), "{repeated}");
    assert_eq!(repeated["ticket"]["subject"], "s");
    assert_eq!(repeated["audit"]["id"], created["audit"]["id"]);
    let (_, _, other_answer) = status_lookup_json(send(&server, "other key", &other));
    assert_eq!(other_answer["ticket"]["description"], "my secret too");
    assert_eq!(server.delete("/api/v2/tickets/1").agent().fetch().status(), 204);
    assert_eq!(repeat(), repeated);
}

#[test]
fn other_parameters_with_the_same_key_are_400() {
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
fn equal_parameters_may_be_formatted_differently() {
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
fn a_key_expires_after_two_hours() {
    let server = server();
    let account = server.mock.default_account();
    let ticket = json!({"description": "d"});
    assert_eq!(status_lookup_json(send(&server, "key", &ticket)).1, "miss");
    account.advance(2 * HOUR - Duration::from_secs(1));
    assert_eq!(status_lookup_json(send(&server, "key", &ticket)).1, "hit");
    account.advance(Duration::from_secs(1));
    let (status, lookup, second) =
        status_lookup_json(send(&server, "key", &json!({"description": "new"})));
    assert_eq!((status, &*lookup, &second["ticket"]["id"]), (201, "miss", &json!(2)));
    account.advance(2 * HOUR - Duration::from_secs(1));
    assert_eq!(send(&server, "key", &ticket).status_and_json(), mismatch());
}

#[test]
fn a_refused_ticket_does_not_use_its_key() {
    let server = server();
    for refused in [json!({}), json!({"description": "d", "status": "lost"})] {
        let (status, lookup, _) = status_lookup_json(send(&server, "key", &refused));
        assert_eq!((status, &*lookup), (422, ""), "{refused}");
    }
    assert_eq!(status_lookup_json(send(&server, "key", &json!({"description": "d"}))).1, "miss");
}

#[test]
fn a_key_must_have_1_to_255_characters() {
    let server = server();
    let ticket = json!({"description": "d"});
    for refused in ["", &"k".repeat(256)] {
        let refusal = wrong_type("Idempotency-Key", "must have 1 to 255 characters");
        assert_eq!(send(&server, refused, &ticket).status_and_json(), refusal, "{refused}");
    }
    assert_eq!(count_tickets(&server), 0);
    let longest = "k".repeat(255);
    for lookup in ["miss", "hit"] {
        assert_eq!(status_lookup_json(send(&server, &longest, &ticket)).1, lookup);
    }
}

#[test]
fn keys_belong_to_one_account() {
    let server = server();
    let ticket = json!({"description": "d"});
    assert_eq!(status_lookup_json(send(&server, "key", &ticket)).1, "miss");
    let request = server.post("/@acme/api/v2/tickets").agent().header("idempotency-key", "key");
    let response = request.json(&json!({ "ticket": ticket })).fetch();
    assert_eq!(status_lookup_json(response).1, "miss");
}

#[test]
fn an_expired_key_frees_its_memory() {
    let server = configured(|config| config.account.deleted_ticket_ttl = Duration::ZERO);
    server.get_json("/api/v2/users/me");
    let used = server.mock.memory_used();
    assert_eq!(send(&server, "key", &json!({"description": "d"})).status(), 201);
    assert_eq!(server.delete("/api/v2/tickets/1").agent().fetch().status(), 204);
    assert!(server.mock.memory_used() > used, "the answer is still kept");
    server.account.advance(2 * HOUR);
    assert_eq!(server.mock.memory_used(), used);
}
