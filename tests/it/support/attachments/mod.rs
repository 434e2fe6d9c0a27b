//! `/api/v2/attachments/{id}`: show, update, delete; and redaction.

mod deletion;
mod malware;
mod redaction;

use reqwest::blocking::{Body, Response};
use serde_json::{Value, json};

use crate::harness::*;

/// A PNG header of 256 × 128.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x80\x08\x02\0\0\0\0\0\0\0";

/// A ticket whose only comment has one file.
struct AttachedFile {
    ticket: u64,
    comment: u64,
    file: Value,
}

impl AttachedFile {
    fn new(server: &Server, name: &str, bytes: impl Into<Body>) -> Self {
        let upload = server.upload(name, bytes);
        let created = server.attach(&upload["token"]);
        let id = |pointer: &str| created.pointer(pointer).and_then(Value::as_u64).expect("an id");
        Self {
            ticket: id("/ticket/id"),
            comment: id("/audit/events/0/id"),
            file: created["audit"]["events"][0]["attachments"][0].clone(),
        }
    }

    fn id(&self) -> u64 {
        self.file["id"].as_u64().expect("an id")
    }

    fn path(&self) -> String {
        redact_path(self.ticket, self.comment, self.id())
    }

    fn redact(&self, server: &Server) -> Response {
        server.put(&self.path()).agent().json(&json!({})).fetch()
    }

    /// The file as an agent sees it: by its id, in the list of comments, and in the first audit.
    fn shown(&self, server: &Server) -> [Value; 3] {
        let audits = server.get_json(&format!("/api/v2/tickets/{}/audits", self.ticket));
        [
            server.get_json(&format!("/api/v2/attachments/{}", self.id()))["attachment"].take(),
            server.comments(&json!(self.ticket))[0]["attachments"][0].take(),
            audits["audits"][0]["events"][0]["attachments"][0].clone(),
        ]
    }
}

fn redact_path(ticket: u64, comment: u64, attachment: u64) -> String {
    format!("/api/v2/tickets/{ticket}/comments/{comment}/attachments/{attachment}/redact")
}

fn status(server: &Server, url: &Value) -> u16 {
    server.get(text(url)).agent().fetch().status().as_u16()
}

fn edit(server: &Server, attachment: &Value, what: &Value) -> Response {
    let path = format!("/_mock/attachments/{}", attachment["id"]);
    server.put(&path).json(what).fetch()
}

#[test]
fn an_attachment_is_shown_as_in_its_upload() {
    let server = server();
    let upload = server.upload("shot.png", PNG);
    let id = &upload["attachment"]["id"];
    for path in [
        format!("/api/v2/attachments/{id}"),
        format!("/api/v2/attachments/{id}.json"),
        format!("/api/v2//attachments/{id}.json"),
    ] {
        let shown = server.get(&path).agent().fetch();
        assert_eq!(shown.status(), 200, "{path}");
        assert_eq!(shown.header("content-type"), "application/json; charset=utf-8");
        assert_eq!(shown.into_json(), json!({"attachment": upload["attachment"]}));
    }
}

#[test]
fn the_url_of_an_attachment_shows_it() {
    let server = server();
    let first = server.upload("a.txt", "a");
    let token = token(&first);
    let upload = server.upload(&format!("b.txt&token={token}"), "b");
    for attachment in upload["attachments"].as_array().expect("attachments") {
        let url = text(&attachment["url"]);
        assert_eq!(server.get(url).agent().fetch().into_json()["attachment"], *attachment);
    }
}

#[test]
fn a_thumbnail_is_shown_by_its_id_without_thumbnails() {
    let server = server();
    let upload = server.upload("shot.png", PNG);
    let mut thumbnail = upload["attachment"]["thumbnails"][0].clone();
    let url = text(&thumbnail["url"]).to_owned();
    thumbnail["thumbnails"] = json!([]);
    assert_eq!(server.get(&url).agent().fetch().into_json(), json!({"attachment": thumbnail}));
    assert_eq!((&thumbnail["width"], &thumbnail["height"]), (&json!(80), &json!(40)));
}

#[test]
fn an_unknown_id_is_404() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let id = upload["attachment"]["id"].as_u64().expect("an id");
    for id in [0, 1, id - 1, id + 1, u64::from(u32::MAX), i64::MAX as u64] {
        let refused = server.get(&format!("/api/v2/attachments/{id}")).agent().fetch();
        assert_eq!(refused.status_and_json(), not_found(), "{id}");
    }
}

#[test]
fn an_id_that_is_not_a_number_is_400() {
    let server = server();
    for id in
        ["abc", "1a", "1.5", "-1", "%20", "1%20", "0x10", "99999999999999999999", "null", "%D9%A1"]
    {
        let refused = server.get(&format!("/api/v2/attachments/{id}")).agent().fetch();
        let invalid = json!({"error": {
            "title": "Invalid attribute",
            "message": "You passed an invalid value for the id attribute. must be an integer"
        }});
        assert_eq!(refused.status_and_json(), (400, invalid), "{id}");
    }
}

#[test]
fn showing_an_attachment_without_credentials_is_401() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    for id in [upload["attachment"]["id"].to_string(), "1".to_owned(), "abc".to_owned()] {
        let refused = server.get(&format!("/api/v2/attachments/{id}")).fetch();
        assert_eq!(refused.status_and_json(), unauthenticated());
    }
}

#[test]
fn a_wrong_method_is_404_invalid_endpoint() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let path = format!("/api/v2/attachments/{}", upload["attachment"]["id"]);
    for refused in
        [server.post(&path).agent().fetch(), server.get("/api/v2/attachments").agent().fetch()]
    {
        assert_eq!(refused.status_and_json(), no_endpoint());
    }
}
