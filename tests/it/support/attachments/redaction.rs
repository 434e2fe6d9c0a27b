//! Files that are emptied, deleted, or found to be malware.

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::images::PNG;
use crate::harness::{
    HOUR, OVERHEAD, RequestExt as _, ResponseExt as _, Server, invalid, not_found, server, text,
    token, wrong_type,
};

/// A ticket whose only comment has one file.
struct Attached {
    ticket: u64,
    comment: u64,
    file: Value,
}

impl Attached {
    fn new(server: &Server, name: &str, bytes: impl Into<reqwest::blocking::Body>) -> Self {
        let upload = server.upload(name, bytes);
        let made = server.attach(&upload["token"]);
        let id = |pointer: &str| made.pointer(pointer).and_then(Value::as_u64).expect("an id");
        Self {
            ticket: id("/ticket/id"),
            comment: id("/audit/events/0/id"),
            file: made["audit"]["events"][0]["attachments"][0].clone(),
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

    /// What an agent is shown of the file: by its id, in the list of comments, and in the first audit.
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

fn scan(server: &Server, attachment: &Value, result: &str) -> Value {
    let response = edit(server, attachment, &json!({ "malware_scan_result": result }));
    assert_eq!(response.status(), 200, "{result}");
    response.into_json()["attachment"].take()
}

fn allow(server: &Server, attachment: &Value, is_allowed: &Value) -> Response {
    let body = json!({"attachment": {"malware_access_override": is_allowed}});
    server.put(text(&attachment["url"])).agent().json(&body).fetch()
}

#[test]
fn a_redaction_answers_what_the_file_was_and_the_next_read_shows_what_it_is() {
    let server = server();
    let attached = Attached::new(&server, "secret.md", "secret");
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
    assert_eq!(server.download(&attached.file), b"", "the old URL leads there too");
}

#[test]
fn a_redacted_image_has_no_size_in_pixels_and_no_thumbnail_any_more() {
    let server = server();
    let attached = Attached::new(&server, "dot.png", PNG);
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
fn a_redaction_is_told_by_an_audit_of_its_own() {
    let server = server();
    let attached = Attached::new(&server, "a.txt", "a");
    server.mock.default_account().advance(HOUR);
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
    assert_eq!(server.comments(&json!(attached.ticket)).len(), 1, "it is no comment");
}

#[test]
fn only_the_named_file_is_redacted() {
    let server = server();
    let first = server.upload("a.txt", "a");
    let upload = server.upload(&format!("b.txt&token={}", token(&first)), "b");
    let made = server.attach(&upload["token"]);
    let comment = made["audit"]["events"][0]["id"].as_u64().expect("an id");
    let id = upload["attachments"][0]["id"].as_u64().expect("an id");
    assert_eq!(server.put(&redact_path(1, comment, id)).agent().fetch().status(), 200);
    let attachments = server.comments(&json!(1))[0]["attachments"].take();
    assert_eq!(attachments[0]["file_name"], "redacted.txt");
    assert_eq!(attachments[1], upload["attachments"][1]);
    assert_eq!(server.download(&attachments[1]), b"b");
}

#[test]
fn a_file_that_is_part_of_the_text_can_be_redacted_by_the_id_that_the_list_tells() {
    let server = server();
    let attached = Attached::new(&server, "dot.png", PNG);
    assert_eq!(edit(&server, &attached.file, &json!({"inline": true})).status(), 200);
    let path = format!("/api/v2/tickets/{}/comments?include_inline_images=true", attached.ticket);
    let listed = server.get_json(&path)["comments"][0]["attachments"][0].take();
    assert_eq!(listed["id"], attached.file["id"]);
    assert_eq!(attached.redact(&server).status(), 200);
    let listed = server.get_json(&path)["comments"][0]["attachments"][0].take();
    assert_eq!((&listed["file_name"], &listed["inline"]), (&json!("redacted.txt"), &json!(true)));
}

#[test]
fn what_is_sent_with_a_redaction_does_not_matter() {
    let server = server();
    for body in ["", "{}", "null", "{\"ticket\": {\"id\": 1}}", "{ malformed", "\u{0}"] {
        let attached = Attached::new(&server, "a.txt", "a");
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
fn what_is_not_of_that_comment_or_that_ticket_is_not_redacted() {
    let server = server();
    let one = Attached::new(&server, "dot.png", PNG);
    let other = Attached::new(&server, "b.txt", "b");
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
        assert_eq!(server.put(&path).agent().fetch().status_and_json(), not_found(), "{path}");
    }
    for path in [
        one.path().replace("/comments/", "/comments/x"),
        one.path().replace("/attachments/", "/attachments/x"),
        one.path().replace("/tickets/", "/tickets/x"),
    ] {
        let refusal = wrong_type("id", "must be an integer");
        assert_eq!(server.put(&path).agent().fetch().status_and_json(), refusal, "{path}");
    }
    assert_eq!(server.put(&one.path()).fetch().status(), 401);
    assert_eq!(one.shown(&server), [one.file.clone(), one.file.clone(), one.file.clone()]);
    assert_eq!(other.shown(&server)[0], other.file);
}

#[test]
fn nothing_is_redacted_on_a_closed_ticket() {
    let server = server();
    let attached = Attached::new(&server, "a.txt", "secret");
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
fn a_redaction_gives_memory_back() {
    let server = server();
    let attached = Attached::new(&server, "a.bin", vec![7; 1_000_000]);
    let used = server.mock.memory_used();
    assert_eq!(attached.redact(&server).status(), 200);
    let freed = used - server.mock.memory_used();
    assert!((1_000_000 - OVERHEAD..=1_000_000).contains(&freed), "{freed}");
}

#[test]
fn a_deleted_attachment_is_gone_from_its_comment() {
    let server = server();
    let attached = Attached::new(&server, "dot.png", PNG);
    let beside = Attached::new(&server, "b.txt", "b");
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
    assert_eq!(server.delete(&path).agent().fetch().status_and_json(), not_found());
    assert_eq!(attached.redact(&server).status_and_json(), not_found());
    assert_eq!(server.comments(&json!(attached.ticket))[0]["attachments"], json!([]));
    assert_eq!(used - server.mock.memory_used(), PNG.len() as u64 + OVERHEAD);
    assert_eq!(beside.shown(&server)[1], beside.file);
}

#[test]
fn an_attachment_of_an_upload_that_nobody_has_attached_can_be_deleted_too() {
    let server = server();
    let first = server.upload("a.txt", "a");
    let upload = server.upload(&format!("b.txt&token={}", token(&first)), "b");
    let path = format!("/api/v2/attachments/{}", first["attachment"]["id"]);
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    let shown = server.get_json(&format!("/api/v2/uploads/{}", token(&upload)));
    assert_eq!(shown["upload"]["attachments"], json!([upload["attachment"]]));
    let made = server.attach(&upload["token"]);
    assert_eq!(made["audit"]["events"][0]["attachments"], json!([upload["attachment"]]));
}

#[test]
fn what_is_no_attachment_cannot_be_deleted() {
    let server = server();
    let attached = Attached::new(&server, "dot.png", PNG);
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

#[test]
fn a_scan_says_of_a_file_what_the_test_decides() {
    let server = server();
    let attached = Attached::new(&server, "dot.png", PNG);
    for (result, download) in [
        ("malware_not_found", 200),
        ("malware_found", 403),
        ("failed_to_scan", 200),
        ("malware_found", 403),
        ("not_scanned", 200),
    ] {
        let edited = scan(&server, &attached.file, result);
        assert_eq!(edited["malware_scan_result"], result);
        for shown in attached.shown(&server) {
            assert_eq!(shown, edited, "{result}");
        }
        assert_eq!(status(&server, &attached.file["content_url"]), download, "{result}");
        let thumbnail = &attached.file["thumbnails"][0]["content_url"];
        assert_eq!(status(&server, thumbnail), download, "{result}");
    }
}

#[test]
fn malware_is_not_downloaded_until_somebody_overrides_that() {
    let server = server();
    let found = |body: Response| {
        let description = "This attachment contains malware and cannot be downloaded";
        let refusal = json!({"error": "MalwareDetected", "description": description});
        assert_eq!(body.status_and_json(), (403, refusal));
    };
    let unattached = server.upload("a.txt", "a")["attachment"].take();
    for file in [unattached, Attached::new(&server, "b.txt", "b").file] {
        let url = text(&file["content_url"]);
        scan(&server, &file, "malware_found");
        found(server.get(url).fetch());
        found(server.get(url).agent().header("range", "bytes=0-0").fetch());
        for (is_allowed, status) in [(true, 200), (false, 403), (true, 200)] {
            let answer = allow(&server, &file, &json!(is_allowed)).into_json();
            assert_eq!(answer["attachment"]["malware_access_override"], is_allowed);
            assert_eq!(answer["attachment"]["malware_scan_result"], "malware_found");
            assert_eq!(server.get_json(text(&file["url"])), answer);
            assert_eq!(server.get(url).fetch().status(), status);
        }
    }
}

#[test]
fn an_override_may_say_nothing_and_must_be_yes_or_no() {
    let server = server();
    let file = server.upload("a.txt", "a")["attachment"].take();
    assert_eq!(allow(&server, &file, &json!(true)).status(), 200);
    for wrong in [json!("true"), json!(1), json!([]), json!({})] {
        let refusal = wrong_type("malware_access_override", "must be a boolean");
        assert_eq!(allow(&server, &file, &wrong).status_and_json(), refusal, "{wrong}");
    }
    let put = |body: &'static str| server.put(text(&file["url"])).agent().body(body).fetch();
    let refusal = wrong_type("attachment", "must be an object");
    assert_eq!(put("{\"attachment\": true}").status_and_json(), refusal);
    assert_eq!(put("{").status(), 422);
    for nothing in ["", "null", "{}", "{\"attachment\": null}", "{\"attachment\": {\"size\": 0}}"] {
        let answer = put(nothing).into_json();
        assert_eq!(answer["attachment"]["malware_access_override"], true, "{nothing}");
        assert_eq!(answer["attachment"]["size"], 1, "nothing else can be changed");
    }
    let anonymous = server.put(text(&file["url"])).body("{}").fetch();
    assert_eq!(anonymous.status(), 401);
    let refused = server.put("/api/v2/attachments/1").agent().body("{}").fetch();
    assert_eq!(refused.status_and_json(), not_found());
}

#[test]
fn what_is_no_scan_result_is_refused_and_changes_nothing() {
    let server = server();
    let file = server.upload("dot.png", PNG)["attachment"].take();
    for (what, field, accepts) in [
        (json!({"malware_scan_result": "clean"}), "malware_scan_result", "malware_found"),
        (json!({"malware_scan_result": "MALWARE_FOUND"}), "malware_scan_result", "malware_found"),
        (json!({"malware_scan_result": ""}), "malware_scan_result", "malware_found"),
        (json!({"malware_scan_result": 1}), "malware_scan_result", "malware_found"),
        (json!({"inline": "yes"}), "inline", "true or false"),
        (json!({"inline": true, "malware_scan_result": "x"}), "malware_scan_result", "not_scanned"),
    ] {
        let (status, refusal) = edit(&server, &file, &what).status_and_json();
        assert_eq!((status, &refusal["field"]), (400, &json!(field)), "{what}");
        assert!(text(&refusal["accepts"]).contains(accepts), "{refusal}");
    }
    for nothing in [json!({}), json!({"inline": null, "malware_scan_result": null})] {
        let answer = edit(&server, &file, &nothing).into_json();
        assert_eq!(answer["attachment"], file, "{nothing}");
    }
    for no_object in [json!([]), json!("x"), json!(1)] {
        assert_eq!(edit(&server, &file, &no_object).status(), 400, "{no_object}");
    }
    for id in [&json!(1), &file["thumbnails"][0]["id"]] {
        let refused = edit(&server, &json!({ "id": id }), &json!({"inline": true}));
        let (status, refusal) = refused.status_and_json();
        assert_eq!((status, &refusal["error"]), (404, &json!("NotFound")), "{id}");
    }
    assert_eq!(server.get_json(text(&file["url"]))["attachment"], file);
}
