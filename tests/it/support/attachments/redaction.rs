//! `…/comments/{id}/attachments/{id}/redact`

use serde_json::json;

use super::{AttachedFile, edit, redact_path, status};
use crate::harness::images::*;
use crate::harness::*;

#[test]
fn a_redaction_returns_the_old_file_and_empties_it() {
    let server = server();
    let attached = AttachedFile::new(&server, "secret.md", "secret");
    let redacted = attached.redact(&server);
    assert_eq!(redacted.status(), 200);
    assert_eq!(redacted.into_json(), json!({"attachment": attached.file}));
    for shown in attached.shown(&server) {
        for (name, value) in [
            ("id", json!(attached.id())),
            ("url", attached.file["url"].clone()),
            ("file_name", json!("redacted.txt")),
            ("content_type", json!("text/plain")),
            ("size", json!(0)),
            ("deleted", json!(false)),
        ] {
            assert_eq!(shown[name], value, "{name}");
        }
        let url = text(&shown["content_url"]);
        assert!(url.ends_with("/?name=redacted.txt"), "{url}");
        let content = server.get(url).fetch();
        assert_eq!(content.status(), 200);
        assert_eq!(content.header("content-type"), "text/plain");
        assert_eq!(content.header("content-length"), "0");
        assert!(content.header("content-disposition").contains("redacted.txt"));
        assert_eq!(content.bytes().expect("no bytes").len(), 0);
    }
    assert_eq!(server.download(&attached.file), b"", "the old URL returns the empty file");
}

#[test]
fn a_redacted_image_loses_dimensions_and_thumbnail() {
    let server = server();
    let attached = AttachedFile::new(&server, "dot.png", PNG);
    let thumbnail = &attached.file["thumbnails"][0];
    for url in ["url", "content_url"] {
        assert_eq!(status(&server, &thumbnail[url]), 200, "{url}");
    }
    let redacted = attached.redact(&server).into_json();
    assert_eq!(redacted["attachment"]["thumbnails"], json!([thumbnail]));
    for shown in attached.shown(&server) {
        assert_eq!(shown["thumbnails"], json!([]));
        assert_eq!((&shown["width"], &shown["height"]), (&json!(null), &json!(null)));
    }
    for url in ["url", "content_url"] {
        assert_eq!(status(&server, &thumbnail[url]), 404, "{url}");
    }
}

#[test]
fn a_redaction_creates_an_audit() {
    let server = server();
    let attached = AttachedFile::new(&server, "a.txt", "a");
    server.account.advance(HOUR);
    attached.redact(&server);
    let path = format!("/api/v2/tickets/{}", attached.ticket);
    let audits = server.get_json(&format!("{path}/audits"));
    assert_eq!(audits["count"], 2);
    let audit = &audits["audits"][1];
    let event = json!({
        "id": audit["events"][0]["id"], "type": "AttachmentRedactionEvent",
        "attachment_id": attached.id(), "comment_id": attached.comment
    });
    assert_eq!(audit["events"], json!([event]));
    assert!(event["id"].is_u64() && event["id"] != audit["id"]);
    assert_eq!(audit["created_at"], "2026-01-01T01:00:00Z");
    assert_eq!(audit["author_id"], audits["audits"][0]["author_id"]);
    assert_eq!(server.get_json(&path)["ticket"]["updated_at"], "2026-01-01T01:00:00Z");
    assert_eq!(server.comments(&json!(attached.ticket)).len(), 1, "a redaction adds no comment");
}

#[test]
fn the_other_files_of_a_comment_are_not_redacted() {
    let server = server();
    let first = server.upload("a.txt", "a");
    let upload = server.upload(&format!("b.txt&token={}", token(&first)), "b");
    let created = server.attach(&upload["token"]);
    let comment = created["audit"]["events"][0]["id"].as_u64().expect("an id");
    let id = upload["attachments"][0]["id"].as_u64().expect("an id");
    assert_eq!(server.put(&redact_path(1, comment, id)).agent().fetch().status(), 200);
    let attachments = server.comments(&json!(1))[0]["attachments"].take();
    assert_eq!(attachments[0]["file_name"], "redacted.txt");
    assert_eq!(attachments[1], upload["attachments"][1]);
    assert_eq!(server.download(&attachments[1]), b"b");
}

#[test]
fn an_inline_file_is_redacted_by_its_listed_id() {
    let server = server();
    let attached = AttachedFile::new(&server, "dot.png", PNG);
    assert_eq!(edit(&server, &attached.file, &json!({"inline": true})).status(), 200);
    let path = format!("/api/v2/tickets/{}/comments?include_inline_images=true", attached.ticket);
    let listed = server.get_json(&path)["comments"][0]["attachments"][0].take();
    assert_eq!(listed["id"], attached.file["id"]);
    assert_eq!(attached.redact(&server).status(), 200);
    let listed = server.get_json(&path)["comments"][0]["attachments"][0].take();
    assert_eq!((&listed["file_name"], &listed["inline"]), (&json!("redacted.txt"), &json!(true)));
}

#[test]
fn the_body_of_a_redaction_is_ignored() {
    let server = server();
    for body in ["", "{}", "null", "{\"ticket\": {\"id\": 1}}", "{ malformed", "\u{0}"] {
        let attached = AttachedFile::new(&server, "a.txt", "a");
        let redacted = server.put(&attached.path()).agent().body(body).fetch();
        assert_eq!(
            redacted.status_and_json(),
            (200, json!({"attachment": attached.file})),
            "{body}"
        );
        assert_eq!(attached.shown(&server)[0]["size"], 0, "{body}");
    }
}

#[test]
fn a_file_of_another_comment_or_ticket_is_404() {
    let server = server();
    let one = AttachedFile::new(&server, "dot.png", PNG);
    let other = AttachedFile::new(&server, "b.txt", "b");
    let unattached = server.upload("c.txt", "c")["attachment"]["id"].as_u64().expect("an id");
    let thumbnail = one.file["thumbnails"][0]["id"].as_u64().expect("an id");
    for path in [
        redact_path(99, one.comment, one.id()),
        redact_path(other.ticket, one.comment, one.id()),
        redact_path(one.ticket, 1, one.id()),
        redact_path(one.ticket, other.comment, one.id()),
        redact_path(one.ticket, other.comment, other.id()),
        redact_path(one.ticket, one.comment, other.id()),
        redact_path(one.ticket, one.comment, 1),
        redact_path(one.ticket, one.comment, unattached),
        redact_path(one.ticket, one.comment, thumbnail),
    ] {
        assert_eq!(server.put(&path).agent().fetch_json(), not_found(), "{path}");
    }
    for path in [
        one.path().replace("/comments/", "/comments/x"),
        one.path().replace("/attachments/", "/attachments/x"),
        one.path().replace("/tickets/", "/tickets/x"),
    ] {
        let refusal = wrong_type("id", "must be an integer");
        assert_eq!(server.put(&path).agent().fetch_json(), refusal, "{path}");
    }
    assert_eq!(server.put(&one.path()).fetch().status(), 401);
    assert_eq!(one.shown(&server), [one.file.clone(), one.file.clone(), one.file.clone()]);
    assert_eq!(other.shown(&server)[0], other.file);
}

#[test]
fn redaction_on_a_closed_ticket_is_422() {
    let server = server();
    let attached = AttachedFile::new(&server, "a.txt", "secret");
    let path = format!("/api/v2/tickets/{}", attached.ticket);
    let close = json!({"ticket": {"status": "closed"}});
    assert_eq!(server.put(&path).agent().json(&close).fetch().status(), 200);
    let used = server.mock.memory_used();
    let closed = invalid("status", "Status: closed prevents ticket update", None);
    assert_eq!(attached.redact(&server).status_and_json(), closed);
    assert_eq!(server.download(&attached.file), b"secret");
    assert_eq!(server.get_json(&format!("{path}/audits"))["count"], 2);
    assert_eq!(server.mock.memory_used(), used);
}

#[test]
fn a_redaction_frees_memory() {
    let server = server();
    let attached = AttachedFile::new(&server, "a.bin", vec![7; 1_000_000]);
    let used = server.mock.memory_used();
    assert_eq!(attached.redact(&server).status(), 200);
    let freed = used - server.mock.memory_used();
    assert!((1_000_000 - OVERHEAD..=1_000_000).contains(&freed), "{freed}");
}
