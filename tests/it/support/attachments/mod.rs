//! `/api/v2/attachments/{id}`

mod redaction;

use std::time::Duration;

use serde_json::json;

use crate::harness::{
    RequestExt as _, ResponseExt as _, no_endpoint, not_found, server, text, token, unauthenticated,
};

/// The smallest PNG header that has a size.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x80\x08\x02\0\0\0\0\0\0\0";

#[test]
fn an_attachment_is_shown_by_its_id_as_the_upload_showed_it() {
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
fn every_attachment_of_an_upload_leads_to_itself() {
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
fn a_thumbnail_is_shown_by_its_own_id_and_has_no_thumbnail_itself() {
    let server = server();
    let upload = server.upload("shot.png", PNG);
    let mut thumbnail = upload["attachment"]["thumbnails"][0].clone();
    let url = text(&thumbnail["url"]).to_owned();
    thumbnail["thumbnails"] = json!([]);
    assert_eq!(server.get(&url).agent().fetch().into_json(), json!({"attachment": thumbnail}));
    assert_eq!((&thumbnail["width"], &thumbnail["height"]), (&json!(80), &json!(40)));
}

#[test]
fn an_id_that_nobody_has_is_not_found() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let id = upload["attachment"]["id"].as_u64().expect("an id");
    for id in [0, 1, id - 1, id + 1, u64::from(u32::MAX), i64::MAX as u64] {
        let refused = server.get(&format!("/api/v2/attachments/{id}")).agent().fetch();
        assert_eq!(refused.status_and_json(), not_found(), "{id}");
    }
}

#[test]
fn what_is_no_id_is_an_invalid_attribute() {
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
fn an_attachment_goes_with_its_upload() {
    let server = server();
    let kept = server.upload("a.txt", "a");
    let path = format!("/api/v2/attachments/{}", kept["attachment"]["id"]);
    let account = server.mock.default_account();
    account.advance(Duration::from_secs(3599));
    assert_eq!(server.get(&path).agent().fetch().status(), 200);
    account.advance(Duration::from_secs(1));
    assert_eq!(server.get(&path).agent().fetch().status(), 404);
}

#[test]
fn only_agents_are_shown_attachments() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    for id in [upload["attachment"]["id"].to_string(), "1".to_owned(), "abc".to_owned()] {
        let refused = server.get(&format!("/api/v2/attachments/{id}")).fetch();
        assert_eq!(refused.status_and_json(), unauthenticated());
    }
}

#[test]
fn a_method_that_is_not_there_is_an_unknown_endpoint() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let path = format!("/api/v2/attachments/{}", upload["attachment"]["id"]);
    for refused in
        [server.post(&path).agent().fetch(), server.get("/api/v2/attachments").agent().fetch()]
    {
        assert_eq!(refused.status_and_json(), no_endpoint());
    }
}
