//! Redactions of texts and files by `comment_redactions` and `…/comments/{id}/redact`, and comments
//! that become private.

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::images::*;
use crate::harness::*;

/// A ticket and its first comment.
struct Said {
    ticket: u64,
    comment: u64,
}

impl Said {
    fn new(server: &Server, comment: &Value) -> Self {
        let created = server.create_ticket(&json!({ "comment": comment }));
        let id = |pointer: &str| created.pointer(pointer).and_then(Value::as_u64).expect("an id");
        Self { ticket: id("/ticket/id"), comment: id("/audit/events/0/id") }
    }

    fn path(&self, call: &str) -> String {
        format!("/api/v2/tickets/{}/comments/{}/{call}", self.ticket, self.comment)
    }

    fn redact(&self, server: &Server, body: &Value) -> Response {
        server.put(&self.path("redact")).agent().json(body).fetch()
    }

    /// Calls `comment_redactions`.
    fn remove(&self, server: &Server, mut body: Value) -> Response {
        if body.get("ticket_id").is_none() {
            body["ticket_id"] = json!(self.ticket);
        }
        let path = format!("/api/v2/comment_redactions/{}", self.comment);
        server.put(&path).agent().json(&body).fetch()
    }

    fn close(&self, server: &Server) {
        let path = format!("/api/v2/tickets/{}", self.ticket);
        let close = json!({"ticket": {"status": "closed"}});
        assert_eq!(server.put(&path).agent().json(&close).fetch().status(), 200);
    }

    fn shown(&self, server: &Server) -> Value {
        server.comments(&json!(self.ticket))[0].clone()
    }

    fn audits(&self, server: &Server) -> Value {
        server.get_json(&format!("/api/v2/tickets/{}/audits", self.ticket))["audits"].take()
    }
}

/// All that the server knows, and the memory that it uses.
fn state(server: &Server) -> (Value, u64) {
    (server.get("/_mock/export").fetch().into_json(), server.mock.memory_used())
}

fn bad_request(reason: &str) -> (u16, Value) {
    let text = format!("the redaction names nothing that the comment has: {reason}");
    (400, json!({"error": "BadRequest", "description": text}))
}

#[test]
fn a_string_is_redacted_wherever_the_comment_is_shown() {
    for (comment, html) in [
        (json!({"body": "My id is 847!"}), "<p dir=\"auto\">My id is ▇▇▇!</p>"),
        (json!({"html_body": "<p>My id is 847!</p>"}), "<p>My id is ▇▇▇!</p>"),
    ] {
        let server = server();
        let said = Said::new(&server, &comment);
        let before = said.shown(&server);
        let answer = said.redact(&server, &json!({"text": "847"}));
        assert_eq!(answer.status(), 200);
        let redacted = answer.into_json()["comment"].take();
        let mut expected = before.clone();
        expected["body"] = json!("My id is ▇▇▇!");
        expected["plain_body"] = json!("My id is ▇▇▇!");
        let html = format!("<div class=\"zd-comment\" dir=\"auto\">{html}</div>");
        expected["html_body"] = json!(html);
        assert_eq!((&redacted, &said.shown(&server)), (&expected, &expected));
        let path = format!("/api/v2/tickets/{}", said.ticket);
        assert_eq!(server.get_json(&path)["ticket"]["description"], "My id is ▇▇▇!");
        let audits = said.audits(&server);
        assert_eq!(audits[0]["events"][0]["body"], "My id is ▇▇▇!");
        let event = &audits[1]["events"][0];
        let expected = json!({
            "id": event["id"], "type": "CommentRedactionEvent", "comment_id": said.comment
        });
        assert_eq!(audits[1]["events"], json!([expected]));
        let (export, _) = state(&server);
        assert!(!export.to_string().contains("847!"), "{export}");
    }
}

#[test]
fn a_redacted_string_is_nowhere_in_the_account() {
    for comment in [
        json!({"html_body": "<a href=\"https://x.test/secret\">l</a> secret"}),
        json!({"html_body": "<a href=\"https://x.test/secret\">l</a>"}),
        json!({"html_body": "<img alt=\"my secret\" src=\"https://x.test/secret.png\"> secret"}),
        json!({"html_body": "<b>se</b>cret secret"}),
        json!({"body": "**se**cret [secret](https://x.test/secret) ![secret](/secret.png)"}),
    ] {
        let server = server();
        let said = Said::new(&server, &comment);
        let answer = said.redact(&server, &json!({"text": "secret"})).status_and_json();
        assert_eq!(answer.0, 200, "{comment}");
        server.account.advance(std::time::Duration::from_secs(120));
        let ticket = said.ticket;
        for path in [
            format!("/api/v2/tickets/{ticket}"),
            format!("/api/v2/tickets/{ticket}/comments"),
            format!("/api/v2/tickets/{ticket}/audits"),
            format!("/api/v2/requests/{ticket}"),
            format!("/api/v2/requests/{ticket}/comments"),
            "/api/v2/incremental/ticket_events?start_time=0&include=comment_events".to_owned(),
            "/_mock/export".to_owned(),
        ] {
            let shown = server.get(&path).agent().fetch().into_json().to_string();
            assert!(!shown.contains("secret"), "{comment} at {path}: {shown}");
        }
        assert!(!answer.1.to_string().contains("secret"), "{comment}: {}", answer.1);
    }
}

#[test]
fn a_string_that_is_not_there_is_400() {
    let server = server();
    let said = Said::new(&server, &json!({"html_body": "<p>a <b>bold</b>ly</p>"}));
    let before = state(&server);
    let absent = bad_request("send as text a string that is in its body");
    for text in ["absent", "BOLD", "boldly", "p>", "boldd"] {
        let refused = said.redact(&server, &json!({ "text": text })).status_and_json();
        assert_eq!(refused, absent, "{text}");
    }
    let blank = bad_request("text is missing or blank");
    for body in [json!({}), json!({"text": null}), json!({"text": " "}), json!([]), json!(null)] {
        assert_eq!(said.redact(&server, &body).status_and_json(), blank, "{body}");
    }
    for text in [json!(847), json!(["847"]), json!({}), json!(true)] {
        let refused = said.redact(&server, &json!({ "text": text })).status_and_json();
        assert_eq!(refused, wrong_type("text", "must be a string"), "{text}");
    }
    assert_eq!(state(&server), before);
}

#[test]
fn a_string_of_a_closed_ticket_stays() {
    let server = server();
    let said = Said::new(&server, &json!({"body": "My id is 847!"}));
    said.close(&server);
    let before = state(&server);
    let closed = invalid("status", "Status: closed prevents ticket update", None);
    for body in [json!({"text": "847"}), json!({"text": "absent"}), json!({})] {
        assert_eq!(said.redact(&server, &body).status_and_json(), closed, "{body}");
    }
    let private = server.put(&said.path("make_private")).agent().fetch();
    assert_eq!(private.status_and_json(), closed);
    assert_eq!(state(&server), before);
}

#[test]
fn marks_and_files_are_redacted_on_closed_tickets() {
    let server = server();
    let upload = server.upload("a.txt", "secret");
    let said = Said::new(
        &server,
        &json!({"body": "My id is **847**, [here](https://x.test).", "uploads": upload["token"]}),
    );
    said.close(&server);
    let html = text(&said.shown(&server)["html_body"]).to_owned();
    let marked = html
        .replace("847", "<redact>847</redact>")
        .replace("<a ", "<a redact ")
        .replace("here", "<redact>here</redact>");
    let url = &upload["attachment"]["content_url"];
    let body = json!({"html_body": marked, "external_attachment_urls": [url]});
    let (status, answer) = said.remove(&server, body).status_and_json();
    assert_eq!((status, &answer["comment"]), (200, &said.shown(&server)));
    let shown = said.shown(&server);
    assert_eq!(shown["plain_body"], "My id is ▇▇▇, ▇▇▇▇.");
    assert_eq!(shown["body"], "My id is **▇▇▇**, ▇▇▇▇.");
    assert!(!text(&shown["html_body"]).contains("x.test"), "{shown}");
    assert_eq!(shown["attachments"][0]["file_name"], "redacted.txt");
    assert_eq!(server.download(&upload["attachment"]), b"");
    let audits = said.audits(&server);
    let kinds: Vec<_> = audits[2]["events"].as_array().expect("events").iter().collect();
    assert_eq!(kinds[0]["type"], "CommentRedactionEvent");
    assert_eq!(kinds[1]["type"], "AttachmentRedactionEvent");
    assert_eq!(kinds[1]["attachment_id"], upload["attachment"]["id"]);
    assert_eq!(kinds.len(), 2);
}

#[test]
fn files_are_redacted_by_their_urls() {
    let server = server();
    let upload = |name: &str| server.upload(name, "secret");
    let uploads = ["a.txt", "b.txt", "c.txt", "d.txt"].map(upload);
    let tokens: Vec<_> = uploads.iter().map(|upload| upload["token"].clone()).collect();
    let said = Said::new(&server, &json!({"body": "b", "uploads": tokens}));
    let url = |place: usize| text(&uploads[place]["attachment"]["content_url"]).to_owned();
    let (own, other_host) = (url(0), url(2).replace(&server.mock.url(), "https://x.zendesk.com"));
    let bare = url(1).split("/?").next().expect("a path").to_owned();
    let body = json!({"external_attachment_urls": [own, bare, other_host, own]});
    assert_eq!(said.remove(&server, body).status(), 200);
    let shown = said.shown(&server);
    let names = shown["attachments"].as_array().expect("files").iter();
    let names: Vec<_> = names.map(|file| text(&file["file_name"])).collect();
    assert_eq!(names, ["redacted.txt", "redacted.txt", "redacted.txt", "d.txt"]);
    assert_eq!(shown["body"], "b");
    let events = said.audits(&server)[1]["events"].take();
    assert_eq!(events.as_array().expect("events").len(), 3);
    // One URL needs no list, and a file can be redacted twice.
    let again = said.remove(&server, json!({"external_attachment_urls": own}));
    assert_eq!(again.status(), 200);
}

#[test]
fn a_marked_image_is_redacted_with_its_file() {
    let server = server();
    let upload = server.upload("dot.png", PNG);
    let url = text(&upload["attachment"]["content_url"]).to_owned();
    let html = format!("<p>see <img src=\"{url}\"> and <img src=\"https://x.test/y.png\"></p>");
    let said = Said::new(&server, &json!({"html_body": html, "uploads": upload["token"]}));
    let marked = html.replace("<img ", "<img redact ");
    assert_eq!(said.remove(&server, json!({ "html_body": marked })).status(), 200);
    let shown = said.shown(&server);
    assert!(!text(&shown["html_body"]).contains("<img"), "{shown}");
    assert_eq!(shown["attachments"][0]["file_name"], "redacted.txt");
    assert_eq!(server.download(&upload["attachment"]), b"");
}

#[test]
fn a_redaction_that_names_nothing_is_refused() {
    let server = server();
    let upload = server.upload("dot.png", PNG);
    let said = Said::new(&server, &json!({"body": "My id is 847!", "uploads": upload["token"]}));
    let unattached = server.upload("b.txt", "b")["attachment"]["content_url"].take();
    let elsewhere = server.upload("c.txt", "c");
    server.attach(&elsewhere["token"]);
    let stranger = server.mock.account("stranger").expect("an account");
    let path = format!("{}/api/v2/uploads?filename=d.txt", stranger.url());
    let foreign = server.post(&path).agent().body("d").fetch().into_json();
    let file = &upload["attachment"];
    let before = state(&server);
    for url in [
        unattached,
        elsewhere["attachment"]["content_url"].clone(),
        foreign["upload"]["attachment"]["content_url"].clone(),
        file["url"].clone(),
        file["thumbnails"][0]["content_url"].clone(),
        json!("https://x.test/a.txt"),
        json!("/attachments/token/"),
        json!(""),
    ] {
        for urls in [json!([url]), json!([file["content_url"], url])] {
            let body = json!({"external_attachment_urls": urls});
            assert_eq!(said.remove(&server, body).status_and_json(), not_found(), "{urls}");
        }
    }
    let wrong = "html_body must have the text of the comment, with marks around parts";
    let unmarked = "html_body has no element redact and no attribute redact";
    let nothing = "html_body and external_attachment_urls are missing or empty";
    for (body, reason) in [
        (json!({}), nothing),
        (json!({"external_attachment_urls": [], "html_body": null}), nothing),
        (json!({"html_body": ""}), unmarked),
        (json!({"html_body": "My id is 847!"}), unmarked),
        (json!({"html_body": "<redact>847</redact>"}), wrong),
        (json!({"html_body": "<p>My id was <redact>847</redact>!</p>"}), wrong),
    ] {
        let refused = said.remove(&server, body.clone()).status_and_json();
        assert_eq!(refused, bad_request(reason), "{body}");
    }
    for (body, attribute, must) in [
        (json!({"ticket_id": null}), "ticket_id", "must be an integer"),
        (json!({"ticket_id": "x"}), "ticket_id", "must be an integer"),
        (json!({"html_body": 1}), "html_body", "must be a string"),
        (json!({"external_attachment_urls": 1}), "external_attachment_urls", "must be an array"),
        (
            json!({"external_attachment_urls": [1]}),
            "external_attachment_urls",
            "must be an array of strings",
        ),
    ] {
        let refused = said.remove(&server, body.clone()).status_and_json();
        assert_eq!(refused, wrong_type(attribute, must), "{body}");
    }
    assert_eq!(state(&server), before);
}

#[test]
fn an_unknown_ticket_or_comment_is_404() {
    let server = server();
    let (said, other) =
        (Said::new(&server, &json!({"body": "847"})), Said::new(&server, &json!({"body": "847"})));
    let before = state(&server);
    let secret = json!({"text": "847"});
    for (ticket, comment) in [(99, said.comment), (said.ticket, 1), (said.ticket, other.comment)] {
        let wrong = Said { ticket, comment };
        assert_eq!(wrong.redact(&server, &secret).status_and_json(), not_found());
        let marked = json!({"html_body": "<redact>847</redact>"});
        assert_eq!(wrong.remove(&server, marked).status_and_json(), not_found());
        let private = server.put(&wrong.path("make_private")).agent().fetch();
        assert_eq!(private.status_and_json(), not_found());
    }
    for path in [
        "/api/v2/tickets/x/comments/1/redact",
        "/api/v2/tickets/1/comments/x/redact",
        "/api/v2/tickets/1/comments/x/make_private",
        "/api/v2/comment_redactions/x",
    ] {
        let refused = server.put(path).agent().json(&json!({"ticket_id": 1})).fetch_json();
        assert_eq!(refused, wrong_type("id", "must be an integer"), "{path}");
        assert_eq!(server.put(path).json(&secret).fetch().status(), 401, "{path}");
    }
    let bare = server.put(&format!("/api/v2/comment_redactions/{}", said.comment)).agent();
    assert_eq!(bare.json(&json!([])).fetch_json(), wrong_type("ticket_id", "must be an integer"));
    assert_eq!(state(&server), before);
}

#[test]
fn a_redacted_file_gives_its_bytes_back() {
    let server = server();
    let upload = server.upload("a.bin", vec![7; 1_000_000]);
    let said = Said::new(&server, &json!({"body": "b", "uploads": upload["token"]}));
    let used = server.mock.memory_used();
    let url = &upload["attachment"]["content_url"];
    assert_eq!(said.remove(&server, json!({"external_attachment_urls": [url]})).status(), 200);
    let freed = used - server.mock.memory_used();
    assert!((1_000_000 - 2 * OVERHEAD..=1_000_000).contains(&freed), "{freed}");
    // A block takes three bytes, so that redacted texts are larger.
    let long = "847".repeat(10_000);
    let said = Said::new(&server, &json!({ "body": long }));
    let used = server.mock.memory_used();
    assert_eq!(said.redact(&server, &json!({"text": "847"})).status(), 200);
    assert!(server.mock.memory_used() > used + 2 * 30_000);
    server.account.reset();
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn a_private_comment_is_hidden_from_its_requester() {
    let server = server();
    let said = Said::new(&server, &json!({"body": "first"}));
    let path = format!("/api/v2/tickets/{}", said.ticket);
    let more = json!({"ticket": {"comment": {"body": "second"}}});
    assert_eq!(server.put(&path).agent().json(&more).fetch().status(), 200);
    let listed = |path: &str| server.get_json(path)["comments"].as_array().expect("a list").len();
    let requests = format!("/api/v2/requests/{}/comments", said.ticket);
    assert_eq!(listed(&requests), 2);
    for audits in [3, 3] {
        let private = server.put(&said.path("make_private")).agent().json(&json!({})).fetch();
        assert_eq!(private.status_and_json(), (200, json!({})));
        assert_eq!(listed(&requests), 1);
        assert_eq!(said.shown(&server)["public"], false);
        let shown = said.audits(&server);
        assert_eq!(
            shown.as_array().expect("audits").len(),
            audits,
            "a second call changes nothing"
        );
        assert_eq!(shown[0]["events"][0]["public"], false);
        let event = &shown[2]["events"][0];
        let expected = json!({
            "id": event["id"], "type": "CommentPrivacyChange", "comment_id": said.comment,
            "public": false
        });
        assert_eq!(*event, expected);
    }
    assert_eq!(server.get_json(&path)["ticket"]["is_public"], true);
    let second = server.comments(&json!(said.ticket))[1]["id"].as_u64().expect("an id");
    let second = Said { ticket: said.ticket, comment: second };
    assert_eq!(server.put(&second.path("make_private")).agent().fetch().status(), 200);
    assert_eq!(server.get_json(&path)["ticket"]["is_public"], false);
    assert_eq!(server.get(&requests).agent().fetch().status(), 404);
}

#[test]
fn an_export_has_the_events() {
    let server = server();
    let said = Said::new(&server, &json!({"body": "My id is 847!"}));
    assert_eq!(said.redact(&server, &json!({"text": "847"})).status(), 200);
    assert_eq!(server.put(&said.path("make_private")).agent().fetch().status(), 200);
    server.account.advance(HOUR);
    let events = server.get_json("/api/v2/incremental/ticket_events.json?start_time=0");
    let child = |place: usize| events["ticket_events"][place]["child_events"][0].clone();
    for (place, event_type, public) in
        [(1, "CommentRedactionEvent", json!(null)), (2, "CommentPrivacyChange", json!(false))]
    {
        let event = child(place);
        assert_eq!((&event["event_type"], &event["public"]), (&json!(event_type), &public));
        assert_eq!(event["comment_id"], said.comment);
    }
    let (export, _) = state(&server);
    let seeded = server.post("/_mock/seed").json(&export).fetch();
    assert_eq!(seeded.status(), 200);
    assert_eq!(state(&server).0, export);
    assert_eq!(said.shown(&server)["body"], "My id is ▇▇▇!");
}

#[test]
fn a_text_in_the_wrong_call_brings_a_hint() {
    let server = server();
    let said = Said::new(&server, &json!({"body": "847"}));
    let hint = |body: Value| {
        let refused = said.remove(&server, body);
        assert_eq!(refused.status(), 400);
        refused.header("x-zendesk-mock-hint")
    };
    assert!(hint(json!({"text": "847"})).starts_with("text is ignored; mark it in html_body"));
    assert_eq!(hint(json!({})), "");
}
