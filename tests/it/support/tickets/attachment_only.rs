//! Comments with files and without text.

use serde_json::{Value, json};
use zendesk_mock::{AttachmentOnlyComment, BadToken};

use crate::harness::*;

/// Comments without text, with a place for a token.
fn without_text(token: &Value) -> [Value; 5] {
    [
        json!({"uploads": [token]}),
        json!({"uploads": token}),
        json!({"body": "", "uploads": [token]}),
        json!({"body": " \n", "html_body": "", "uploads": [token]}),
        json!({"body": null, "html_body": "\t", "uploads": [token], "public": true}),
    ]
}

fn accepting() -> Server {
    configured(|config| config.account.attachment_only_comment = AttachmentOnlyComment::Accept)
}

#[test]
fn a_comment_of_files_alone_is_refused_and_attaches_nothing() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let upload = server.upload("a.txt", "a");
    for comment in without_text(&upload["token"]) {
        let new = json!({"ticket": {"comment": comment}, "request": {"comment": comment}});
        for (request, what) in [
            (server.post("/api/v2/tickets"), "Description"),
            (server.post("/api/v2/imports/tickets"), "Description"),
            (server.post("/api/v2/requests"), "Description"),
            (server.put("/api/v2/tickets/1"), "Comment"),
            (server.put("/api/v2/requests/1"), "Comment"),
        ] {
            let refused = request.agent().json(&new).fetch();
            let named = refused.header("x-zendesk-mock-difference");
            assert_eq!(named, "attachment-only-comment", "{comment}");
            let reason = refused.header("x-zendesk-mock-reason");
            assert!(reason.contains("attachment_only_comment"), "{reason}");
            let text = format!("{what}: cannot be blank");
            let refusal = invalid("base", &text, Some("BlankValue"));
            assert_eq!(refused.status_and_json(), refusal, "{comment}");
        }
    }
    server.attach(&upload["token"]);
    let nothing = server.post("/api/v2/tickets").agent().json(&json!({"ticket": {}})).fetch();
    assert_eq!(nothing.header("x-zendesk-mock-difference"), "");
}

#[test]
fn a_comment_of_files_alone_can_be_accepted() {
    let server = accepting();
    for (place, name) in [("tickets", "ticket"), ("requests", "request")] {
        for round in 0..5 {
            let [first, second] = ["a.txt", "b.txt"].map(|file| server.upload(file, file));
            let comment = &without_text(&first["token"])[round];
            let made = server.post(&format!("/api/v2/{place}")).agent();
            let made = made.json(&json!({ name: {"comment": comment} })).fetch();
            assert_eq!(made.status(), 201, "{place} {comment}");
            let id = made.into_json()[name]["id"].take();
            let comment = &without_text(&second["token"])[round];
            let changed = server.put(&format!("/api/v2/{place}/{id}")).agent();
            let changed = changed.json(&json!({ name: {"comment": comment} })).fetch();
            assert_eq!(changed.status(), 200, "{place} {comment}");
            let comments = server.comments(&id);
            assert_eq!(comments.len(), 2);
            for (comment, upload) in comments.iter().zip([&first, &second]) {
                assert_eq!(comment["attachments"], upload["attachments"]);
                let forms = ["body", "plain_body"].map(|form| text(&comment[form]).trim());
                assert_eq!(forms, ["", ""]);
            }
            let ticket = server.get_json(&format!("/api/v2/tickets/{id}"))["ticket"].take();
            assert_eq!(text(&ticket["description"]).trim(), "");
            let audits = server.get_json(&format!("/api/v2/tickets/{id}/audits"));
            assert_eq!(audits["count"], 2);
        }
    }
}

#[test]
fn nothing_at_all_is_refused_all_the_same() {
    let server = accepting();
    server
        .account
        .configure(|settings| settings.bad_token_on_ticket = BadToken::Ignore)
        .expect("settings");
    server.create_ticket(&json!({"description": "d"}));
    for comment in [
        json!({}),
        json!({"body": " "}),
        json!({"uploads": []}),
        json!({"uploads": [""]}),
        json!({"uploads": ["unknown"]}),
        json!(""),
    ] {
        let new = json!({"ticket": {"comment": comment}});
        let made = server.post("/api/v2/tickets").agent().json(&new).fetch();
        assert_eq!(made.status(), 422, "{comment}");
    }
    let unknown = json!({"ticket": {"comment": {"uploads": ["unknown"]}}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&unknown).fetch().status(), 422);
    let unknown = json!({"request": {"comment": {"uploads": ["unknown"]}}});
    assert_eq!(server.put("/api/v2/requests/1").agent().json(&unknown).fetch().status(), 422);
    assert_eq!(server.comments(&json!(1)).len(), 1);
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
}

#[test]
fn a_ticket_of_files_alone_is_exported_and_seeded() {
    let server = accepting();
    let upload = server.upload("a.txt", "a");
    server.create_ticket(&json!({"comment": {"uploads": [upload["token"]]}}));
    let comments = server.comments(&json!(1));
    let document = server.account.export().expect("a document");
    server.account.reset();
    server.account.seed(&document).expect("a seed");
    assert_eq!(server.comments(&json!(1)), comments);
}

#[test]
fn a_later_comment_of_an_import_needs_a_text_too() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let files = json!({"uploads": [upload["token"]]});
    for (blank, named) in [
        (json!({"body": ""}), ""),
        (json!({}), ""),
        (json!({"html_body": "<p></p>", "public": false}), ""),
        (files.clone(), "attachment-only-comment"),
    ] {
        let ticket = json!({"ticket": {"comments": [{"body": "a"}, blank, {"body": "c"}]}});
        let refused = server.post("/api/v2/imports/tickets").agent().json(&ticket).fetch();
        assert_eq!(refused.header("x-zendesk-mock-difference"), named, "{blank}");
        let refusal = invalid("base", "Comment: cannot be blank", Some("BlankValue"));
        assert_eq!(refused.status_and_json(), refusal, "{blank}");
        let many = json!({"tickets": [ticket["ticket"], {"comments": [{"body": "b"}]}]});
        let job = server.post("/api/v2/imports/tickets/create_many").agent().json(&many).fetch();
        let id = job.into_json()["job_status"]["id"].take();
        let job = server.get_json(&format!("/api/v2/job_statuses/{}", text(&id)));
        let failed = &job["job_status"]["results"][0];
        assert_eq!(failed["details"], "Comment: cannot be blank", "{blank}");
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 4, "the other ticket of each job");
    let accepting = accepting();
    let upload = accepting.upload("a.txt", "a");
    let ticket = json!({"ticket": {"comments": [{"body": "a"}, {"uploads": [upload["token"]]}]}});
    let made = accepting.post("/api/v2/imports/tickets").agent().json(&ticket).fetch();
    assert_eq!(made.status(), 201);
    assert_eq!(accepting.comments(&json!(1))[1]["attachments"], upload["attachments"]);
}

#[test]
fn an_empty_comment_of_a_change_is_ignored_with_a_hint() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    for comment in [json!({}), json!({"body": ""}), json!(" "), json!({"uploads": [""]})] {
        let change = json!({"ticket": {"status": "open", "comment": comment}});
        let changed = server.put("/api/v2/tickets/1").agent().json(&change).fetch();
        let hint = changed.header("x-zendesk-mock-hint");
        assert!(hint.contains("comment is ignored"), "{comment}: {hint}");
        assert_eq!(changed.status(), 200, "{comment}");
    }
    for change in [json!({"status": "open"}), json!({"comment": null})] {
        let change = json!({ "ticket": change });
        let changed = server.put("/api/v2/tickets/1").agent().json(&change).fetch();
        assert_eq!(changed.header("x-zendesk-mock-hint"), "");
    }
    let many = json!({"ticket": {"comment": {"body": ""}}});
    let job = server.put("/api/v2/tickets/update_many?ids=1").agent().json(&many).fetch();
    assert!(job.header("x-zendesk-mock-hint").contains("comment is ignored"));
    assert_eq!(server.comments(&json!(1)).len(), 1);
}
