//! Why a request was refused, in the header `X-Zendesk-Mock-Reason`, the log and the journal; and
//! what a client probably did not mean, in `X-Zendesk-Mock-Hint`, the log and the journal.

use std::time::Duration;

use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::json;

use crate::harness::child::ServerProcess;
use crate::harness::images::*;
use crate::harness::*;

const REASON: &str = "x-zendesk-mock-reason";
const HINT: &str = "x-zendesk-mock-hint";

/// The reason of a refusal. The journal, which has the request last, has the same one.
#[track_caller]
fn reason(server: &Server, request: RequestBuilder, status: u16) -> String {
    let response = request.fetch();
    assert_eq!(response.status(), status);
    assert_eq!(response.header(HINT), "");
    let reason = response.header(REASON);
    let entry = last_entry(server);
    assert_eq!((text(&entry["reason"]), &entry["hint"]), (&*reason, &json!(null)));
    reason
}

/// The hint on a response that is no refusal. The journal has the same one.
#[track_caller]
fn hint(server: &Server, response: &Response) -> String {
    assert_eq!((response.status().as_u16(), &*response.header(REASON)), (201, ""));
    let hint = response.header(HINT);
    let entry = last_entry(server);
    assert_eq!((&entry["reason"], text(&entry["hint"])), (&json!(null), &*hint));
    hint
}

fn last_entry(server: &Server) -> serde_json::Value {
    let mut journal = server.get("/_mock/journal").fetch().into_json();
    let entries = journal["entries"].as_array_mut().expect("entries");
    entries.pop().expect("an entry")
}

#[test]
fn a_served_request_has_neither_reason_nor_hint() {
    let server = server();
    let response = server.post("/api/v2/uploads?filename=a.txt").agent().body("a").fetch();
    assert_eq!((response.status().as_u16(), &*response.header(REASON)), (201, ""));
    assert_eq!(response.header(HINT), "");
}

#[test]
fn header_log_and_journal_have_the_same_reason() {
    let server = ServerProcess::start(&["--log-format", "json"]);
    let client = reqwest::blocking::Client::new();
    let response = client.post(server.url("/api/v2/uploads?filename=a.txt")).body("a").fetch();
    assert_eq!(response.status(), 401);
    let reason = response.header(REASON);
    assert!(reason.starts_with("no credentials"), "{reason}");
    let line: serde_json::Value =
        serde_json::from_str(&server.child.stderr_line()).expect("a JSON line");
    assert_eq!(line["reason"], *reason);
    let journal = client.get(server.url("/_mock/journal")).fetch().into_json();
    assert_eq!(journal["entries"][0]["reason"], *reason);
}

#[test]
fn a_reason_is_short_visible_ascii() {
    let server = server();
    let body = json!({"ticket": {"comment": {"body": "a"}, "status": "é\n"}});
    let refused = server.post("/api/v2/tickets").agent().json(&body).fetch().header(REASON);
    assert!(refused.starts_with(r#"status: "\u{e9}\n" is none of new, open, "#), "{refused}");
    let long = format!("/@{}/api/v2/tickets", "x".repeat(2_000));
    let refused = server.get(&long).fetch().header(REASON);
    assert!(refused.len() <= 1_000 && refused.ends_with("xxx..."), "{refused}");
}

#[test]
fn pages_may_read_reason_and_hint() {
    let server = server();
    let response = server.get("/api/v2/tickets/1").header("Origin", "https://a.test").fetch();
    let exposed = response.header("access-control-expose-headers");
    assert!(exposed.contains(REASON) && exposed.contains(HINT), "{exposed}");
}

#[test]
fn every_service_gives_a_reason() {
    let server = server();
    for (path, status) in [
        ("/api/v2/tickets/1", 401),
        ("/api/v2/guide/user_images/1", 404),
        ("/attachments/token/none", 404),
        ("/hc/user_images/none.png", 404),
        ("/aus-uploaded-assets/1/2/3", 403),
        ("/_mock/journal/99", 404),
        ("/_mock/nothing", 404),
        ("/nothing", 404),
    ] {
        let response = server.get(path).fetch();
        assert_eq!(response.status(), status, "{path}");
        assert_ne!(response.header(REASON), "", "{path}");
    }
}

#[test]
fn a_zendesk_endpoint_that_is_not_emulated_is_called_so() {
    let server = server();
    for path in ["/api/v2/organizations", "/api/v2/tickets/1/tags", "/api/sunshine/objects/1"] {
        let reason = reason(&server, server.get(path).agent(), 404);
        assert!(reason.starts_with("Zendesk has this API, but this path is not"), "{reason}");
        assert!(reason.contains("tickets, uploads"), "{reason}");
    }
    let misspelt = reason(&server, server.post("/api/v2/uplaods").agent().body("a"), 404);
    assert!(misspelt.starts_with("there is no such path; below /api/v2/"), "{misspelt}");
    let rootless = reason(&server, server.post("/uploads?filename=a").agent().body("a"), 404);
    assert!(rootless.ends_with("use /api/v2/uploads"), "{rootless}");
}

#[test]
fn a_wrong_method_is_refused_with_those_of_the_path() {
    let server = server();
    let refused = reason(&server, server.put("/api/v2/uploads").agent().body("a"), 404);
    assert_eq!(refused, "this path has no PUT; it has POST");
    let refused = reason(&server, server.post("/api/v2/tickets/1").agent().body("a"), 404);
    assert_eq!(refused, "this path has no POST; it has GET, HEAD, PUT, DELETE");
}

#[test]
fn a_form_whose_file_has_another_name_brings_a_hint() {
    let server = server();
    let form = || Form::new().part("file", Part::bytes(&b"hello"[..]).file_name("a.txt"));
    let named = server.post("/api/v2/uploads?filename=a.txt").agent().multipart(form()).fetch();
    let expected = "the file is in the form part \"file\", and the whole form is taken for the \
                    file; name the part uploaded_data";
    assert_eq!(hint(&server, &named), expected);
    let refused = reason(&server, server.post("/api/v2/uploads").agent().multipart(form()), 422);
    assert_eq!(
        refused,
        format!("the filename parameter is missing or blank; add ?filename=NAME; {expected}")
    );
    let good = Form::new().part("uploaded_data", Part::bytes(&b"a"[..]).file_name("a.txt"));
    let good = server.post("/api/v2/uploads?filename=a.txt").agent().multipart(good).fetch();
    assert_eq!(good.header(HINT), "");
}

#[test]
fn uploads_beside_the_comment_bring_a_hint() {
    let server = server();
    let uploads = server.upload("a.txt", "hello");
    let uploads = [token(&uploads)];
    for (path, body, misplaced) in [
        (
            "/api/v2/tickets",
            json!({"ticket": {"comment": {"body": "a"}, "uploads": uploads}}),
            "ticket.uploads",
        ),
        (
            "/api/v2/tickets",
            json!({"ticket": {"comment": {"body": "a"}}, "uploads": uploads}),
            "uploads",
        ),
        (
            "/api/v2/requests",
            json!({"request": {"subject": "a", "comment": {"body": "a"}, "uploads": uploads}}),
            "request.uploads",
        ),
    ] {
        let response = server.post(path).agent().json(&body).fetch();
        let expected = format!("{misplaced} is ignored; tokens belong into comment.uploads");
        assert_eq!(hint(&server, &response), expected);
    }
    let ticket = server.attach(&json!(uploads));
    assert_eq!(server.comments(&ticket["ticket"]["id"])[0]["attachments"][0]["size"], 5);
}

#[test]
fn a_hint_is_a_warning_of_the_log() {
    let server = ServerProcess::start(&[]);
    let body = json!({"ticket": {"comment": {"body": "a"}, "uploads": ["none"]}});
    let client = reqwest::blocking::Client::new();
    let answered = client.post(server.url("/api/v2/tickets")).agent().json(&body).fetch();
    assert_eq!(answered.status(), 201);
    let line = server.child.stderr_line();
    assert!(line.contains(" WARN POST /api/v2/tickets 201 "), "{line}");
    assert!(
        line.ends_with("; hint: ticket.uploads is ignored; tokens belong into comment.uploads")
    );
}

#[test]
fn a_used_expired_or_deleted_token_is_refused_with_what_became_of_it() {
    let server = server();
    let upload = |name: &str| token(&server.upload(name, "hello")).to_owned();
    let append = |token: &str| {
        server.post(&format!("/api/v2/uploads?filename=b.txt&token={token}")).agent().body("b")
    };
    let attach = |token: &str| {
        let body = json!({"ticket": {"comment": {"body": "a", "uploads": [token]}}});
        server.post("/api/v2/tickets").agent().json(&body)
    };
    let (used, deleted, expired) = (upload("a.txt"), upload("c.txt"), upload("d.txt"));
    let ticket = server.attach(&json!([used]))["ticket"]["id"].clone();
    let delete = server.delete(&format!("/api/v2/uploads/{deleted}")).agent().fetch();
    assert_eq!(delete.status(), 204);
    server.account.advance(Duration::from_secs(60));

    let was_used = format!(
        "; ticket {ticket} attached it at {START}; upload the file again for another ticket"
    );
    let was_deleted = format!("; the token was deleted at {START}; upload the file again");
    for (request, status, end) in [
        (append(&used), 404, &was_used),
        (attach(&used), 422, &was_used),
        (append(&deleted), 404, &was_deleted),
        (attach(&deleted), 422, &was_deleted),
    ] {
        let reason = reason(&server, request, status);
        assert!(reason.ends_with(end), "{reason}");
    }
    server.account.advance(HOUR);
    for (request, status) in [(append(&expired), 404), (attach(&expired), 422)] {
        let reason = reason(&server, request, status);
        let end = "; the token expired at 2026-01-01T01:00:00Z; upload the file again, or raise \
                   upload_ttl";
        assert!(reason.ends_with(end), "{reason}");
    }
    let unknown = reason(&server, append("0123456789012345678901234"), 404);
    let expected = "no open upload has this token; account default never issued it, or has \
                    forgotten it";
    assert_eq!(unknown, expected);
    assert_eq!(reason(&server, append("nonsense"), 404), expected);
}

#[test]
fn an_expired_image_token_is_refused_with_its_end() {
    let server = server();
    let reserved = reserve(&server, "image/png", 1);
    server.account.advance(2 * HOUR);
    let body = json!({"token": reserved.token, "brand_id": "1"});
    let refused = reason(&server, server.post(PUBLISH).json(&body), 404);
    let end = "; the token expired at 2026-01-01T01:00:00Z; reserve and store the image again, or \
               raise image_ttl";
    assert!(refused.ends_with(end), "{refused}");
}
