//! `/api/v2/tickets`: create, show, list, update, delete.

mod attaching;
mod attachment_only;
mod comments;
mod copies;
mod dates;
mod followups;
mod idempotency;
mod imports;
mod lists;
mod metric_dates;
mod parts;
mod properties;
mod races;
mod refusals;
mod safe_update;
mod side_conversations;

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::images::*;
use crate::harness::*;

/// The attachments in the comment of an audit.
fn audit_attachments(answer: &Value) -> &Value {
    assert_eq!(answer["audit"]["events"][0]["type"], "Comment");
    &answer["audit"]["events"][0]["attachments"]
}

fn update(server: &Server, id: &Value, ticket: &Value) -> Value {
    let path = format!("/api/v2/tickets/{id}");
    let response = server.put(&path).agent().json(&json!({ "ticket": ticket })).fetch();
    assert_eq!(response.status(), 200, "{ticket}");
    response.into_json()
}

fn warning(controller: &str, action: &str, keys: &str) -> String {
    format!(
        "{{:allowed_parameters=>{{:controller=>\"{controller}\", :action=>\"{action}\", \
         :unpermitted_keys=>[{keys}], :invalid_values=>[]}}}}"
    )
}

#[test]
fn a_new_ticket_is_answered_with_all_properties() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let body = json!({"ticket": {"subject": "Printer", "comment": {"body": "It smokes."}}});
    let response = server.post("/api/v2/tickets").agent().json(&body).fetch();
    assert_eq!(response.status(), 201);
    let url = format!("{}/api/v2/tickets/1.json", server.mock.url());
    assert_eq!(response.header("location"), url);
    assert_eq!(response.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(response.header("x-zendesk-api-warn"), "");
    let ticket = response.into_json()["ticket"].take();
    let by_api = json!({"channel": "api", "source": {"from": {}, "to": {}, "rel": null}});
    assert_eq!(
        ticket,
        json!({
            "url": url, "id": 1, "external_id": null, "via": by_api,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "generated_timestamp": 1_767_225_600, "type": null,
            "subject": "Printer", "raw_subject": "Printer", "description": "It smokes.",
            "priority": null, "status": "new", "recipient": null,
            "requester_id": me, "submitter_id": me, "assignee_id": null,
            "organization_id": null, "group_id": null,
            "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [],
            "forum_topic_id": null, "problem_id": null, "has_incidents": false,
            "is_public": true, "due_at": null, "tags": [], "custom_fields": [],
            "satisfaction_rating": null, "sharing_agreement_ids": [], "custom_status_id": null,
            "fields": [], "followup_ids": [], "ticket_form_id": null, "brand_id": null,
            "allow_channelback": false, "allow_attachments": true,
            "from_messaging_channel": false
        })
    );
    assert_eq!(server.get_json(&url), json!({ "ticket": ticket }));
}

#[test]
fn a_new_ticket_has_an_audit_with_comment_and_files() {
    let server = server();
    let upload = server.upload("a+b.txt", "hello");
    let body = json!({"ticket": {"comment": {"body": "see files", "uploads": [upload["token"]]}}});
    let request = server.post("/api/v2/tickets").agent().header("user-agent", "tester/1.0");
    let mut answer = request.json(&body).fetch().into_json();
    let author = answer["ticket"]["submitter_id"].take();
    let audit = answer["audit"].take();
    let event = &audit["events"][0];
    assert_eq!(
        *event,
        json!({
            "id": event["id"], "type": "Comment", "author_id": author, "body": "see files",
            "html_body": "<div class=\"zd-comment\" dir=\"auto\"><p dir=\"auto\">see files</p></div>",
            "plain_body": "see files", "public": true, "attachments": upload["attachments"],
            "audit_id": audit["id"]
        })
    );
    assert_eq!((&audit["ticket_id"], &audit["author_id"]), (&json!(1), &author));
    assert_eq!(audit["created_at"], "2026-01-01T00:00:00Z");
    assert_eq!(audit["metadata"]["system"]["client"], "tester/1.0");
    assert_eq!(audit["via"]["channel"], "api");
    let url = text(&upload["attachment"]["url"]);
    assert_eq!(server.get_json(url), json!({"attachment": upload["attachment"]}));
    assert_eq!(server.download(&event["attachments"][0]), b"hello");
}

#[test]
fn uploads_is_a_token_or_a_list_of_tokens() {
    let server = server();
    for in_a_list in [true, false] {
        let upload = server.upload("a.txt", "a");
        let token = &upload["token"];
        let answer = server.attach(&if in_a_list { json!([token]) } else { token.clone() });
        assert_eq!(audit_attachments(&answer), &upload["attachments"], "{in_a_list}");
    }
    for none in [json!([]), json!(null), json!(""), json!(["", ""])] {
        assert_eq!(audit_attachments(&server.attach(&none)), &json!([]), "{none}");
    }
}

#[test]
fn files_are_ordered_by_token_and_then_by_arrival() {
    let server = server();
    let first = server.upload("z.txt", "1");
    let second = server.upload("y.txt", "2");
    let first = server.upload(&format!("x.txt&token={}", token(&first)), "3");
    let second = server.upload(&format!("z.txt&token={}", token(&second)), "4");
    let third = server.upload("a.txt", "5");
    let tokens = [&second, &third, &first, &second].map(|upload| &upload["token"]);
    let answer = server.attach(&json!(tokens));
    let expected = [&second, &third, &first].map(|upload| upload["attachments"].as_array());
    let expected: Vec<_> = expected.into_iter().flatten().flatten().collect();
    assert_eq!(audit_attachments(&answer), &json!(expected), "a token named twice counts once");
    let contents = audit_attachments(&answer)
        .as_array()
        .expect("files")
        .iter()
        .map(|file| server.download(file));
    assert_eq!(contents.collect::<Vec<_>>().concat(), b"24513");
}

#[test]
fn an_attached_image_has_its_thumbnail() {
    let server = server();
    let upload = server.upload("dot.png", PNG);
    let answer = server.attach(&upload["token"]);
    assert_eq!(audit_attachments(&answer), &json!([upload["attachment"]]));
    assert_eq!(audit_attachments(&answer)[0]["thumbnails"][0]["file_name"], "dot_thumb.png");
}

#[test]
fn uploads_outside_the_comment_are_reported_and_ignored() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let ticket = json!({"comment": {"body": "b"}, "uploads": [upload["token"]]});
    let response =
        server.post("/api/v2/tickets").agent().json(&json!({ "ticket": ticket })).fetch();
    assert_eq!(response.status(), 201);
    let warning = warning("tickets", "create", "\"ticket.uploads\"");
    assert_eq!(response.header("x-zendesk-api-warn"), warning);
    assert_eq!(audit_attachments(&response.into_json()), &json!([]));
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.get_json(&path), json!({ "upload": upload }), "the token is still open");
}

#[test]
fn unused_properties_are_reported_innermost_first() {
    let server = server();
    let id = server.create_ticket(&json!({"description": "d"}))["ticket"]["id"].take();
    let path = format!("/api/v2/tickets/{id}");
    let strange = json!({
        "attachment": 1,
        "ticket": {"comment": {"body": "b", "created_at": "2020-01-01T00:00:00Z"}, "id": 9, "via": {"channel": "x"}}
    });
    let keys = r#""attachment", "ticket.comment.created_at", "ticket.id""#;
    for (request, controller, action, status) in [
        (server.post("/api/v2/tickets"), "tickets", "create", 201),
        (server.put(&path), "tickets", "update", 200),
        (server.post("/api/v2/imports/tickets"), "imports/tickets", "create", 201),
    ] {
        let response = request.agent().json(&strange).fetch();
        assert_eq!(response.status(), status, "{controller} {action}");
        assert_eq!(response.header("x-zendesk-api-warn"), warning(controller, action, keys));
    }
    let refused = json!({"ticket": {"comment": {}, "id": 9}});
    let response = server.post("/api/v2/tickets").agent().json(&refused).fetch();
    assert_eq!(response.status(), 422);
    let warning = warning("tickets", "create", "\"ticket.id\"");
    assert_eq!(response.header("x-zendesk-api-warn"), warning);
}

#[test]
fn an_update_returns_the_ticket_and_a_new_audit() {
    let server = server();
    let created = server.attach(&json!([]));
    server.account.advance(HOUR);
    let upload = server.upload("a.txt", "a");
    let comment = json!({"body": "more", "uploads": upload["token"]});
    let changed = update(&server, &json!(1), &json!({"comment": comment, "subject": "new"}));
    assert_eq!(audit_attachments(&changed), &upload["attachments"]);
    assert_ne!(changed["audit"]["id"], created["audit"]["id"]);
    let mut expected = created["ticket"].clone();
    expected["updated_at"] = json!("2026-01-01T01:00:00Z");
    expected["generated_timestamp"] = json!(1_767_225_600 + 3600);
    expected["subject"] = json!("new");
    expected["raw_subject"] = json!("new");
    assert_eq!(changed["ticket"], expected);
    assert_eq!(server.get_json("/api/v2/tickets/1"), json!({ "ticket": expected }));
}

/// Some clients read a ticket, change a property, and send the whole ticket back.
#[test]
fn a_ticket_sent_back_unchanged_changes_nothing() {
    let server = server();
    let fields =
        json!([{"id": 7, "value": "a"}, {"id": 8, "value": null}, {"id": 9, "value": ["b"]}]);
    server.create_ticket(&json!({
        "description": "d", "subject": "s", "tags": ["a", "b"], "priority": "low",
        "due_at": "2026-02-01", "custom_fields": fields, "external_id": "x", "group_id": 4
    }));
    let mut ticket = server.get_json("/api/v2/tickets/1")["ticket"].take();
    let changed = update(&server, &json!(1), &ticket);
    assert_eq!(changed["audit"]["events"], json!([]));
    assert_eq!(changed["ticket"], ticket);
    ticket["comment"] = json!({"body": "more"});
    let changed = update(&server, &json!(1), &ticket);
    assert_eq!(changed["audit"]["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(audit_attachments(&changed), &json!([]));
}

#[test]
fn tickets_are_listed_by_id() {
    let server = server();
    let empty = json!({"tickets": [], "next_page": null, "previous_page": null, "count": 0});
    assert_eq!(server.get_json("/api/v2/tickets"), empty);
    let mut expected = Vec::new();
    for subject in ["c", "a", "b"] {
        let mut ticket = server.create_ticket(&json!({"subject": subject, "description": "d"}));
        expected.push(ticket["ticket"].take());
    }
    let listed = server.get_json("/api/v2/tickets.json");
    assert_eq!((&listed["tickets"], &listed["count"]), (&json!(expected), &json!(3)));
    let url = |query: &str| format!("{}/api/v2/tickets.json?{query}", server.mock.url());
    let listed = server.get_json("/api/v2/tickets?page=2&per_page=1&sort_order=desc");
    assert_eq!(listed["tickets"], json!([expected[1]]));
    assert_eq!(listed["next_page"], url("page=3&per_page=1&sort_order=desc"));
    assert_eq!(listed["previous_page"], url("page=1&per_page=1&sort_order=desc"));
    // Recorded in 2023 and 2024: tickets in lists by cursor have no `fields`.
    for ticket in &mut expected {
        ticket.as_object_mut().expect("a ticket").remove("fields").expect("fields");
    }
    let mut page = server.get_json("/api/v2/tickets?page[size]=2");
    assert_eq!(
        (&page["tickets"], &page["meta"]["has_more"]),
        (&json!(expected[..2]), &json!(true))
    );
    page = server.get_json(text(&page["links"]["next"]));
    assert_eq!(
        (&page["tickets"], &page["meta"]["has_more"]),
        (&json!(expected[2..]), &json!(false))
    );
}

#[test]
fn each_account_numbers_its_own_tickets() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let body = json!({"ticket": {"description": "of acme"}});
    let response = server.post("/@acme/api/v2/tickets.json").agent().json(&body).fetch();
    let url = format!("{}/@acme/api/v2/tickets/1.json", server.mock.url());
    assert_eq!(response.header("location"), url);
    let ticket = response.into_json()["ticket"].take();
    assert_eq!((&ticket["id"], &ticket["url"]), (&json!(1), &json!(url)));
    assert_eq!(server.get_json(&url)["ticket"]["description"], "of acme");
    assert_eq!(server.get_json("/api/v2/tickets/1")["ticket"]["description"], "d");
    assert_eq!(server.get_json("/@acme/api/v2/tickets")["count"], 1);
}

#[test]
fn deleting_a_ticket_deletes_its_files() {
    let server = server();
    server.get_json("/api/v2/users/me");
    let used = server.mock.memory_used();
    let first = server.upload("dot.png", PNG);
    let second = server.upload("b.txt", "b");
    let beside = server.attach(&server.upload("c.txt", "c")["token"]);
    let id = server.attach(&first["token"])["ticket"]["id"].take();
    update(&server, &id, &json!({"comment": {"body": "more", "uploads": [second["token"]]}}));
    let path = format!("/api/v2/tickets/{id}");
    let deleted = server.delete(&path).agent().fetch();
    assert_eq!((deleted.status().as_u16(), deleted.header("content-type")), (204, String::new()));
    assert_eq!(deleted.text().expect("a body"), "");
    let change = json!({"ticket": {"comment": {"body": "too late"}}});
    for request in [
        server.get(&path),
        server.get(&format!("{path}/comments")),
        server.get(&format!("{path}/audits")),
        server.get(&format!("/api/v2/requests/{id}")),
        server.put(&path).json(&change),
        server.delete(&path),
        server.get(text(&first["attachment"]["url"])),
        server.get(text(&first["attachment"]["thumbnails"][0]["url"])),
        server.get(text(&first["attachment"]["content_url"])),
        server.get(text(&second["attachment"]["content_url"])),
    ] {
        assert_eq!(request.agent().fetch_json(), not_found());
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
    assert_eq!(server.download(&audit_attachments(&beside)[0]), b"c");
    let path = format!("/api/v2/tickets/{}", beside["ticket"]["id"]);
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    server.account.advance(30 * 24 * HOUR);
    // A response holds its file until it is written.
    let what = "attached tokens and deleted tickets are freed when they expire";
    server.wait_until(what, || server.mock.memory_used() == used);
    let next = server.create_ticket(&json!({"description": "d"}))["ticket"]["id"].take();
    assert_eq!(next, 3, "an id is not reused");
}

#[test]
fn the_token_of_a_deleted_ticket_is_deletable_until_it_expires() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let id = server.attach(&upload["token"])["ticket"]["id"].take();
    assert_eq!(server.delete(&format!("/api/v2/tickets/{id}")).agent().fetch().status(), 204);
    let path = format!("/api/v2/uploads/{}", token(&upload));
    let account = server.mock.default_account();
    account.advance(HOUR - Duration::from_secs(1));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    account.advance(Duration::from_secs(1));
    assert_eq!(server.delete(&path).agent().fetch_json(), not_found());
}

/// A captured client sends a body.
#[test]
fn a_delete_may_have_a_body() {
    let server = server();
    let id = server.create_ticket(&json!({"description": "d"}))["ticket"]["id"].take();
    let request = server.delete(&format!("/api/v2/tickets/{id}")).agent();
    let response = request.json(&json!({"ticket": {"id": id}})).fetch();
    assert_eq!(response.status(), 204);
    let told_of = warning("tickets", "destroy", "\"ticket.id\", \"ticket\"");
    assert_eq!(response.header("x-zendesk-api-warn"), told_of);
}

#[test]
fn a_ticket_that_is_wanted_in_a_job_is_created_at_once() {
    let server = server();
    let create = |query: &str| {
        let ticket = json!({"ticket": {"description": "d"}});
        let response =
            server.post(&format!("/api/v2/tickets{query}")).agent().json(&ticket).fetch();
        assert_eq!(response.status(), 201);
        let differs = response.header("x-zendesk-mock-difference").contains("ticket-at-once");
        (differs, response.into_json()["ticket"]["description"].take())
    };
    for (query, differs) in [("?async=true", true), ("?async=false", false), ("", false)] {
        assert_eq!(create(query), (differs, json!("d")), "{query}");
    }
}
