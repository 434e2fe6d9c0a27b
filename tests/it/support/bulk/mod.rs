//! Bulk calls on tickets, and the jobs that they make.

mod jobs;
mod refusals;

use serde_json::{Value, json};

use crate::harness::*;

const CREATE: &str = "/api/v2/tickets/create_many";
const UPDATE: &str = "/api/v2/tickets/update_many";
const IMPORT: &str = "/api/v2/imports/tickets/create_many";

/// Requests a job, and returns it as that call answers.
fn request_job(server: &Server, path: &str, body: &Value) -> Value {
    let request = if path.contains("update_many") { server.put(path) } else { server.post(path) };
    let response = request.agent().json(body).fetch();
    assert_eq!(response.status(), 200, "{path} {body}");
    response.into_json()["job_status"].take()
}

/// The job now.
fn job_now(server: &Server, job: &Value) -> Value {
    server.get_json(text(&job["url"]))["job_status"].take()
}

/// The results of a job that is completed at once.
fn results(server: &Server, path: &str, body: &Value) -> Value {
    let mut job = job_now(server, &request_job(server, path, body));
    assert_eq!(job["status"], "completed", "{job}");
    job["results"].take()
}

fn file_names(comment: &Value) -> Vec<&str> {
    let files = comment["attachments"].as_array().expect("attachments");
    files.iter().map(|file| text(&file["file_name"])).collect()
}

#[test]
fn each_ticket_of_a_job_attaches_its_own_tokens() {
    let server = server();
    let tokens = ["a.txt", "b.txt", "c.txt"].map(|name| server.upload(name, name)["token"].take());
    let [a, b, c] = &tokens;
    let body = json!({"tickets": [
        {"subject": "one", "comment": {"body": "1", "uploads": [a, b]}},
        {"subject": "two", "comment": {"body": "2"}},
        {"subject": "three", "description": "3", "comment": {"uploads": c}},
    ]});
    let account = server.get("/_mock/accounts").fetch().into_json()["accounts"][0]["id"].take();
    let expected: Vec<_> = (0..3)
        .map(|index| json!({"index": index, "id": index + 1, "account_id": account}))
        .collect();
    assert_eq!(results(&server, CREATE, &body), json!(expected));
    let first_comment = |ticket: u64| server.comments(&json!(ticket))[0].take();
    assert_eq!(file_names(&first_comment(1)), ["a.txt", "b.txt"]);
    assert_eq!(file_names(&first_comment(2)), Vec::<&str>::new());
    assert_eq!(file_names(&first_comment(3)), ["c.txt"]);
    assert_eq!(server.download(&first_comment(3)["attachments"][0]), b"c.txt");
    assert_eq!(server.get_json("/api/v2/tickets/3")["ticket"]["subject"], "three");
}

#[test]
fn one_change_is_made_to_all_tickets_in_ids() {
    let server = server();
    (0..3).for_each(|_| drop(server.create_ticket(&json!({"comment": {"body": "b"}}))));
    let change = json!({"ticket": {"status": "solved", "comment": {"body": "done"}}});
    let updated = |id| json!({"id": id, "action": "update", "status": "Updated", "success": true});
    assert_eq!(
        results(&server, &format!("{UPDATE}?ids=1,3"), &change),
        json!([updated(1), updated(3)])
    );
    let tickets = server.get_json("/api/v2/tickets/show_many?ids=1,2,3");
    let statuses = [0, 1, 2].map(|place| tickets["tickets"][place]["status"].clone());
    assert_eq!(statuses, ["solved", "new", "solved"]);
    assert_eq!(server.comments(&json!(3))[1]["body"], "done");
}

#[test]
fn each_ticket_of_a_body_gets_its_own_change_and_files() {
    let server = server();
    (0..2).for_each(|_| drop(server.create_ticket(&json!({"comment": {"body": "b"}}))));
    let token = server.upload("a.txt", "a")["token"].take();
    let body = json!({"tickets": [
        {"id": 2, "comment": {"body": "see file", "uploads": [token]}},
        {"id": "1", "priority": "urgent"},
    ]});
    let answer = server.put(UPDATE).agent().json(&body).fetch();
    assert_eq!(answer.header("x-zendesk-api-warn"), "", "the id is used");
    let results = job_now(&server, &answer.into_json()["job_status"])["results"].take();
    assert_eq!([&results[0]["id"], &results[1]["id"]], [&json!(2), &json!(1)]);
    assert_eq!(file_names(&server.comments(&json!(2))[1]), ["a.txt"]);
    assert_eq!(server.get_json("/api/v2/tickets/1")["ticket"]["priority"], "urgent");
}

#[test]
fn imported_tickets_bring_their_history_and_files() {
    let server = server();
    let tokens = [0, 1].map(|_| server.upload("a.txt", "a")["token"].take());
    let body = json!({"tickets": [{
        "subject": "old",
        "comments": [
            {"body": "first", "created_at": "2020-01-01T00:00:00Z", "uploads": [tokens[0]]},
            {"body": "second", "created_at": "2020-01-02T00:00:00Z", "uploads": [tokens[1]]},
        ]
    }]});
    assert_eq!(results(&server, IMPORT, &body)[0]["id"], 1);
    let comments = server.comments(&json!(1));
    assert_eq!(comments[1]["created_at"], "2020-01-02T00:00:00Z");
    assert!(comments.iter().all(|comment| file_names(comment) == ["a.txt"]));
}

#[test]
fn an_item_that_fails_is_reported_and_changes_nothing() {
    let server = server();
    let token = server.upload("a.txt", "a")["token"].take();
    let taken = server.upload("b.txt", "b")["token"].take();
    server.attach(&taken);
    let body = json!({"tickets": [
        {"comment": {"body": "1", "uploads": [token]}},
        {"comment": {"body": "the same token", "uploads": [token]}},
        {"subject": "no description"},
        {"comment": {"body": "4"}, "status": "ended"},
        {"comment": {"body": "5", "uploads": [taken]}},
        {"comment": {"body": "6"}},
    ]});
    let failed = |index, details: &str| json!({"index": index, "error": "TicketCreateFailed", "details": details});
    let bad = |token: &Value| format!("Uploads: {} is not a valid upload token", text(token));
    let results = results(&server, CREATE, &body);
    assert_eq!((&results[0]["id"], &results[5]["id"]), (&json!(2), &json!(3)));
    assert_eq!(results[1], failed(1, &bad(&token)));
    assert_eq!(results[2], failed(2, "Description: cannot be blank"));
    assert_eq!(results[3], failed(3, "Status: ended is not valid"));
    assert_eq!(results[4], failed(4, &bad(&taken)));
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 3);
}

#[test]
fn a_change_of_a_closed_or_unknown_ticket_fails_alone() {
    let server = server();
    server.create_ticket(&json!({"comment": {"body": "b"}, "status": "closed"}));
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    let failed = |id, details: &str| {
        json!({
            "id": id, "action": "update", "status": "Failed", "success": false,
            "error": "TicketUpdateFailed", "details": details
        })
    };
    let change = json!({"ticket": {"comment": {"body": "c"}}});
    let results = results(&server, &format!("{UPDATE}?ids=1,2,9"), &change);
    assert_eq!(results[0], failed(1, "Status: closed prevents ticket update"));
    assert_eq!(results[1]["status"], "Updated");
    assert_eq!(results[2], failed(9, "Not found"));
    assert_eq!(server.comments(&json!(1)).len(), 1);
}

#[test]
fn a_token_for_several_tickets_is_attached_to_the_first() {
    let server = server();
    (0..2).for_each(|_| drop(server.create_ticket(&json!({"comment": {"body": "b"}}))));
    let token = server.upload("a.txt", "a")["token"].take();
    let change = json!({"ticket": {"comment": {"body": "c", "uploads": [token]}}});
    let results = results(&server, &format!("{UPDATE}?ids=1,2"), &change);
    assert_eq!((&results[0]["success"], &results[1]["success"]), (&json!(true), &json!(false)));
    let comments = [1, 2].map(|ticket| server.comments(&json!(ticket)).len());
    assert_eq!(comments, [2, 1]);
}

#[test]
fn unused_properties_of_a_job_are_reported() {
    let server = server();
    let body = json!({"tickets": [
        {"comment": {"body": "b"}, "nonsense": 1}, {"comment": {"body": "b"}, "uploads": []}
    ]});
    let response = server.post(CREATE).agent().json(&body).fetch();
    let warning = response.header("x-zendesk-api-warn");
    assert!(warning.contains(r#"["ticket.nonsense", "ticket.uploads"]"#), "{warning}");
    assert!(warning.contains(r#":action=>"create_many""#), "{warning}");
}

#[test]
fn the_journal_has_the_tickets_and_tokens_of_a_job() {
    let server = server();
    let token = server.upload("a.txt", "a")["token"].take();
    let body = json!({"tickets": [
        {"comment": {"body": "1"}}, {"comment": {"body": "2", "uploads": [token]}}
    ]});
    results(&server, CREATE, &body);
    let history = server.get_json(&format!("/_mock/tokens/{}", text(&token)));
    assert_eq!(history["token"]["status"], "attached", "{history}");
    let entries = server.get_json(&format!("/_mock/journal?route={CREATE}"))["entries"].take();
    let file = entries[0]["objects"].as_array().and_then(|objects| objects.last()).expect("a file");
    assert!(text(file).starts_with("attachment/"), "{entries}");
    assert_eq!(entries[0]["objects"], json!(["ticket/1", "ticket/2", file]));
}

#[test]
fn tickets_are_shown_by_their_ids() {
    let server = server();
    (0..3).for_each(|_| drop(server.create_ticket(&json!({"comment": {"body": "b"}}))));
    let mut shown = server.get_json("/api/v2/tickets/show_many.json?ids=3,1,9,3");
    let ids = [0, 1].map(|place| shown["tickets"][place]["id"].clone());
    assert_eq!(ids, [1, 3]);
    assert!(shown["tickets"][0]["fields"].is_array());
    shown["tickets"].take();
    assert_eq!(
        shown,
        json!({"tickets": null, "next_page": null, "previous_page": null, "count": 2})
    );
    assert_eq!(server.get_json("/api/v2/tickets/show_many?ids=9")["tickets"], json!([]));
}
