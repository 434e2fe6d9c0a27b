//! Attaching upload tokens, and the tokens afterwards.

use reqwest::blocking::Response;
use serde_json::{Value, json};
use zendesk_mock::BadToken;

use crate::harness::*;

const NEVER_ISSUED: &str = "0123456789012345678901234";

pub fn server_that_ignores_bad_tokens() -> Server {
    configured(|config| config.account.bad_token_on_ticket = BadToken::Ignore)
}

pub fn with_files(tokens: &Value) -> Value {
    json!({"ticket": {"comment": {"body": "see files", "uploads": tokens}}})
}

pub fn create(server: &Server, tokens: &Value) -> Response {
    server.post("/api/v2/tickets").agent().json(&with_files(tokens)).fetch()
}

pub fn update(server: &Server, ticket: &Value, tokens: &Value) -> Response {
    let path = format!("/api/v2/tickets/{}", ticket["ticket"]["id"]);
    server.put(&path).agent().json(&with_files(tokens)).fetch()
}

pub fn bad_token(token: &Value) -> (u16, Value) {
    let description = format!("Uploads: {} is not a valid upload token", text(token));
    invalid("uploads", &description, Some("InvalidValue"))
}

pub fn token_path(upload: &Value) -> String {
    format!("/api/v2/uploads/{}", token(upload))
}

#[track_caller]
fn assert_open(server: &Server, upload: &Value, why: &str) {
    let shown = server.get(&token_path(upload)).agent().fetch_json();
    assert_eq!(shown, (200, json!({ "upload": upload })), "{why}");
}

/// The attachments of all comments of a ticket, in order.
pub fn attachments(server: &Server, ticket: &Value) -> Vec<Value> {
    let comments = server.comments(&ticket["ticket"]["id"]);
    let files = |comment: &Value| comment["attachments"].as_array().cloned().expect("attachments");
    comments.iter().flat_map(files).collect()
}

pub fn count_tickets(server: &Server) -> Value {
    server.get_json("/api/v2/tickets")["count"].take()
}

/// Creates one ticket, and returns a token of each kind that cannot be attached.
fn bad_tokens(server: &Server) -> Vec<Value> {
    let expired = server.upload("expired.txt", "x");
    let account = server.mock.default_account();
    account.advance(HOUR);
    let deleted = server.upload("deleted.txt", "x");
    assert_eq!(server.delete(&token_path(&deleted)).agent().fetch().status(), 204);
    let attached = server.upload("attached.txt", "x");
    server.attach(&attached["token"]);
    let of_other_account =
        server.post("/@other/api/v2/uploads?filename=a.txt").agent().body("x").fetch().into_json()
            ["upload"]
            .take();
    [expired, deleted, attached, of_other_account]
        .map(|mut upload| upload["token"].take())
        .into_iter()
        .chain([json!(NEVER_ISSUED), json!("short"), json!("not a token")])
        .collect()
}

#[test]
fn a_token_can_be_attached_only_once() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let ticket = server.attach(&json!([upload["token"]]));
    assert_eq!(attachments(&server, &ticket), [upload["attachment"].clone()]);
    let again = with_files(&json!([upload["token"]]));
    let request = json!({"request": again["ticket"]});
    let import = json!({"ticket": {"comments": [again["ticket"]["comment"]]}});
    let ticket_path = format!("/api/v2/tickets/{}", ticket["ticket"]["id"]);
    let request_path = format!("/api/v2/requests/{}", ticket["ticket"]["id"]);
    for (attempt, body) in [
        (server.post("/api/v2/tickets"), &again),
        (server.put(&ticket_path), &again),
        (server.post("/api/v2/requests"), &request),
        (server.put(&request_path), &request),
        (server.post("/api/v2/imports/tickets"), &import),
    ] {
        let refused = attempt.agent().json(body).fetch();
        assert_eq!(refused.status_and_json(), bad_token(&upload["token"]), "{body}");
    }
    assert_eq!(attachments(&server, &ticket), [upload["attachment"].clone()]);
    assert_eq!(count_tickets(&server), 1);
}

#[test]
fn a_bad_token_refuses_the_ticket_and_attaches_no_other_token() {
    let server = server();
    let bad = bad_tokens(&server);
    let good = server.upload("good.txt", "good");
    let used = server.mock.memory_used();
    for bad in &bad {
        for tokens in [json!(bad), json!([bad]), json!([good["token"], bad, good["token"]])] {
            assert_eq!(create(&server, &tokens).status_and_json(), bad_token(bad), "{tokens}");
            assert_open(&server, &good, &tokens.to_string());
            assert_eq!(server.mock.memory_used(), used, "{tokens}");
        }
    }
    assert_eq!(count_tickets(&server), 1, "only the ticket of bad_tokens");
    assert_eq!(attachments(&server, &server.attach(&good["token"])), [good["attachment"].clone()]);
}

#[test]
fn a_bad_token_refuses_an_update() {
    let server = server();
    let bad = bad_tokens(&server);
    let ticket = server.create_ticket(&json!({"description": "first"}));
    let good = server.upload("good.txt", "good");
    let used = server.mock.memory_used();
    for bad in &bad {
        let refused = update(&server, &ticket, &json!([good["token"], bad]));
        assert_eq!(refused.status_and_json(), bad_token(bad));
        assert_open(&server, &good, text(bad));
    }
    assert_eq!(server.comments(&ticket["ticket"]["id"]).len(), 1);
    assert_eq!(server.mock.memory_used(), used);
}

#[test]
fn a_bad_token_is_skipped_under_bad_token_ignore() {
    let server = server_that_ignores_bad_tokens();
    for bad in bad_tokens(&server) {
        let good = server.upload("good.txt", "good");
        let without = server.attach(&json!(bad));
        assert_eq!(attachments(&server, &without), [json!(null); 0], "{bad}");
        let with = server.attach(&json!([bad, good["token"], bad]));
        assert_eq!(attachments(&server, &with), [good["attachment"].clone()], "{bad}");
        assert_eq!(update(&server, &with, &json!([bad])).status(), 200);
        assert_eq!(attachments(&server, &with), [good["attachment"].clone()], "{bad}");
    }
}

#[test]
fn a_refused_ticket_attaches_nothing() {
    let server = server();
    let good = server.upload("good.txt", "good");
    let files = json!([good["token"]]);
    server.get_json("/api/v2/users/me");
    let used = server.mock.memory_used();
    let ticket = |ticket: Value| json!({ "ticket": ticket });
    let comment = json!({"body": "see files", "uploads": files});
    for (path, body, status) in [
        ("tickets", ticket(json!({"comment": {"uploads": files}})), 422),
        ("tickets", ticket(json!({"comment": {"body": " \n", "uploads": files}})), 422),
        ("tickets", ticket(json!({"comment": comment, "tags": 1})), 400),
        ("tickets", ticket(json!({"comment": comment, "status": "lost"})), 422),
        ("tickets", ticket(json!({"comment": comment, "requester": "me"})), 400),
        ("tickets", ticket(json!({"comment": comment, "custom_fields": [{"value": 1}]})), 400),
        ("tickets", ticket(json!({"comment": {"body": "b", "uploads": [good["token"], 1]}})), 400),
        ("imports/tickets", ticket(json!({"comments": [{"uploads": files}, comment]})), 422),
        ("imports/tickets", ticket(json!({"comments": [comment, {"body": 1}]})), 400),
        ("imports/tickets", ticket(json!({"comments": [comment, comment]})), 422),
        ("requests", json!({"request": {"comment": {"uploads": files}}}), 422),
        ("requests", json!({"request": {"comment": comment, "priority": "none"}}), 422),
    ] {
        let path = format!("/api/v2/{path}");
        let refused = server.post(&path).agent().json(&body).fetch();
        assert_eq!(refused.status(), status, "{path} {body}");
        assert_open(&server, &good, &body.to_string());
        assert_eq!(server.mock.memory_used(), used, "{path} {body}");
    }
    let anonymous = json!({"request": {"comment": comment}});
    assert_eq!(server.post("/api/v2/requests").json(&anonymous).fetch().status(), 422);
    let unparsed = format!("{{\"ticket\": {{\"comment\": {comment}");
    assert_eq!(server.post("/api/v2/tickets").agent().body(unparsed).fetch().status(), 422);
    assert_open(&server, &good, "after all refusals");
    assert_eq!((count_tickets(&server), server.mock.memory_used()), (json!(0), used));
    assert_eq!(server.attach(&files)["ticket"]["id"], 1, "a refused ticket takes no id");
}

#[test]
fn a_refused_update_attaches_nothing() {
    let server = server();
    let open = server.create_ticket(&json!({"description": "open"}))["ticket"]["id"].take();
    let closed = server.create_ticket(&json!({"description": "closed", "status": "closed"}));
    let closed = &closed["ticket"]["id"];
    let good = server.upload("good.txt", "good");
    let comment = json!({"body": "see files", "uploads": [good["token"]]});
    let blank = json!({"body": "", "uploads": [good["token"]]});
    let used = server.mock.memory_used();
    let attempts: [(String, Value, (u16, Value)); 7] = [
        (
            closed.to_string(),
            json!({"comment": comment}),
            invalid("status", "Status: closed prevents ticket update", None),
        ),
        ("99".into(), json!({"comment": comment}), not_found()),
        ("first".into(), json!({"comment": comment}), wrong_type("id", "must be an integer")),
        (
            open.to_string(),
            json!({"comment": blank}),
            invalid("base", "Comment: cannot be blank", Some("BlankValue")),
        ),
        (
            open.to_string(),
            json!({"comment": comment, "subject": 1}),
            wrong_type("subject", "must be a string"),
        ),
        (
            open.to_string(),
            json!({"comment": comment, "priority": "most"}),
            invalid("priority", "Priority: most is not valid", Some("InvalidValue")),
        ),
        (
            open.to_string(),
            json!({"comment": {"body": "b", "uploads": {}}}),
            wrong_type("uploads", "must be an array"),
        ),
    ];
    for (id, ticket, refusal) in attempts {
        let path = format!("/api/v2/tickets/{id}");
        let refused = server.put(&path).agent().json(&json!({ "ticket": ticket })).fetch();
        assert_eq!(refused.status_and_json(), refusal, "{id} {ticket}");
        assert_open(&server, &good, &ticket.to_string());
        assert_eq!(server.mock.memory_used(), used, "{id} {ticket}");
    }
    for id in [&open, closed] {
        assert_eq!(server.comments(id).len(), 1);
    }
}

#[test]
fn a_ticket_beyond_max_memory_attaches_nothing() {
    const LIMIT: u64 = 100_000;
    let server = configured(|config| config.max_memory = LIMIT);
    server.get_json("/api/v2/users/me");
    let size = LIMIT - server.mock.memory_used() - OVERHEAD - TOKEN_OVERHEAD - 1000;
    let upload = server.upload("a.bin", vec![7; size as usize]);
    let used = server.mock.memory_used();
    let refused = create(&server, &upload["token"]);
    assert_eq!(refused.status(), 503);
    assert!(text(&refused.into_json()["description"]).contains("max_memory"));
    assert_open(&server, &upload, "the store is full");
    assert_eq!((count_tickets(&server), server.mock.memory_used()), (json!(0), used));
}

#[test]
fn an_attached_file_outlives_its_token() {
    let server = server();
    let used = server.upload("kept.txt", "kept");
    let unattached = server.upload("lost.txt", "lost");
    let ticket = server.attach(&used["token"]);
    for hours in [1, 72, 24 * 365] {
        server.account.advance(hours * HOUR);
        assert_eq!(server.download(&used["attachment"]), b"kept", "{hours}");
        let shown = server.get_json(text(&used["attachment"]["url"]));
        assert_eq!(shown["attachment"], used["attachment"], "{hours}");
        assert_eq!(attachments(&server, &ticket), [used["attachment"].clone()], "{hours}");
        let lost = server.get(text(&unattached["attachment"]["url"])).agent().fetch();
        assert_eq!(lost.status_and_json(), not_found(), "{hours}");
    }
}

#[test]
fn deleting_an_attached_token_keeps_the_files_of_the_comment() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let ticket = server.attach(&upload["token"]);
    for _ in 0..2 {
        assert_eq!(server.delete(&token_path(&upload)).agent().fetch().status(), 204);
        assert_eq!(attachments(&server, &ticket), [upload["attachment"].clone()]);
        assert_eq!(server.download(&upload["attachment"]), b"hello");
    }
    assert_eq!(create(&server, &upload["token"]).status_and_json(), bad_token(&upload["token"]));
    server.account.advance(HOUR);
    let gone = server.delete(&token_path(&upload)).agent().fetch();
    assert_eq!(gone.status_and_json(), not_found());
    assert_eq!(server.download(&upload["attachment"]), b"hello");
}

#[test]
fn an_attached_token_is_404_and_accepts_no_files() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let ticket = server.attach(&upload["token"]);
    let used = server.mock.memory_used();
    assert_eq!(server.get(&token_path(&upload)).agent().fetch_json(), not_found());
    let path = format!("/api/v2/uploads?filename=b.txt&token={}", token(&upload));
    let refused = server.post(&path).agent().body("more").fetch();
    assert_eq!(refused.status_and_json(), not_found());
    assert_eq!(attachments(&server, &ticket), [upload["attachment"].clone()]);
    assert_eq!(server.mock.memory_used(), used);
}

#[test]
fn a_token_attached_while_a_file_arrives_refuses_the_file() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let before = server.mock.memory_used();
    let mut connection = server.connect();
    connection.send(
        format!(
            "POST /api/v2/uploads?filename=b.txt&token={} HTTP/1.1\r\nHost: localhost\r\n{AGENT}\
             Content-Length: 10\r\n\r\nhello",
            token(&upload)
        )
        .as_bytes(),
    );
    server
        .wait_until("the first half is received", || server.mock.memory_used() > before + OVERHEAD);
    let ticket = server.attach(&upload["token"]);
    connection.send(b"world");
    let answer = connection.read_response();
    assert_eq!((answer.status(), answer.json()), not_found());
    assert_eq!(attachments(&server, &ticket), [upload["attachment"].clone()]);
}
