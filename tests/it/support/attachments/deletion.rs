//! `DELETE /api/v2/attachments/{id}`

use serde_json::json;

use super::{AttachedFile, status};
use crate::harness::images::*;
use crate::harness::*;

#[test]
fn a_deleted_attachment_disappears_from_its_comment() {
    let server = server();
    let attached = AttachedFile::new(&server, "dot.png", PNG);
    let beside = AttachedFile::new(&server, "b.txt", "b");
    let used = server.mock.memory_used();
    let path = format!("/api/v2/attachments/{}", attached.id());
    let deleted = server.delete(&path).agent().fetch();
    assert_eq!((deleted.status().as_u16(), deleted.header("content-type")), (204, String::new()));
    let thumbnail = &attached.file["thumbnails"][0];
    for url in [
        &attached.file["url"],
        &attached.file["content_url"],
        &thumbnail["url"],
        &thumbnail["content_url"],
    ] {
        assert_eq!(status(&server, url), 404, "{url}");
    }
    assert_eq!(server.delete(&path).agent().fetch_json(), not_found());
    assert_eq!(attached.redact(&server).status_and_json(), not_found());
    assert_eq!(server.comments(&json!(attached.ticket))[0]["attachments"], json!([]));
    assert_eq!(used - server.mock.memory_used(), PNG.len() as u64 + OVERHEAD);
    assert_eq!(beside.shown(&server)[1], beside.file);
}

#[test]
fn an_attachment_of_an_open_upload_can_be_deleted() {
    let server = server();
    let first = server.upload("a.txt", "a");
    let upload = server.upload(&format!("b.txt&token={}", token(&first)), "b");
    let path = format!("/api/v2/attachments/{}", first["attachment"]["id"]);
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    let shown = server.get_json(&format!("/api/v2/uploads/{}", token(&upload)));
    assert_eq!(shown["upload"]["attachments"], json!([upload["attachment"]]));
    let created = server.attach(&upload["token"]);
    assert_eq!(created["audit"]["events"][0]["attachments"], json!([upload["attachment"]]));
}

#[test]
fn deleting_an_unknown_attachment_is_404() {
    let server = server();
    let attached = AttachedFile::new(&server, "dot.png", PNG);
    let thumbnail = attached.file["thumbnails"][0]["id"].as_u64().expect("an id");
    for id in [1, attached.comment, thumbnail] {
        let refused = server.delete(&format!("/api/v2/attachments/{id}")).agent().fetch();
        assert_eq!(refused.status_and_json(), not_found(), "{id}");
    }
    let refused = server.delete("/api/v2/attachments/x").agent().fetch();
    assert_eq!(refused.status_and_json(), wrong_type("id", "must be an integer"));
    let refused = server.delete(&format!("/api/v2/attachments/{}", attached.id())).fetch();
    assert_eq!(refused.status(), 401);
    assert_eq!(attached.shown(&server)[0], attached.file);
}
