//! Why a request was refused, in the header `X-Zendesk-Mock-Reason`, the log and the journal.

use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::json;

use crate::harness::child::ServerProcess;
use crate::harness::images::*;
use crate::harness::*;

pub const REASON: &str = "x-zendesk-mock-reason";
pub const HINT: &str = "x-zendesk-mock-hint";

/// The reason and the hint of a refusal. The journal, which has the request last, has the same.
#[track_caller]
pub fn reason_and_hint(server: &Server, request: RequestBuilder, status: u16) -> (String, String) {
    let response = request.fetch();
    let (reason, hint) = (response.header(REASON), response.header(HINT));
    assert_eq!(response.status(), status, "{reason}");
    let entry = last_entry(server);
    let of_journal = [&entry["reason"], &entry["hint"]].map(|text| text.as_str().unwrap_or(""));
    assert_eq!(of_journal, [&*reason, &*hint]);
    (reason, hint)
}

/// The reason of a refusal without a hint.
#[track_caller]
pub fn reason(server: &Server, request: RequestBuilder, status: u16) -> String {
    let (reason, hint) = reason_and_hint(server, request, status);
    assert_eq!(hint, "");
    reason
}

pub fn last_entry(server: &Server) -> serde_json::Value {
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
    for (method, path, named) in [
        (Method::POST, "/api/v2/organizations", "endpoint (POST /api/v2/organizations)"),
        (Method::GET, "/api/v2/macros.json", "endpoint (GET /api/v2/macros)"),
        (Method::POST, "/api/v2/guide/medias", "endpoint (POST /api/v2/guide/medias)"),
        (Method::POST, "/api/v2/guide/medias/upload_url", "(POST /api/v2/guide/medias/upload_url)"),
        (Method::PATCH, "/api/v2/guide/medias/01X", "(PATCH /api/v2/guide/medias/{id})"),
        (Method::POST, "/api/v2/guide/theming/jobs/themes/imports", "/jobs/themes/imports)"),
        (Method::POST, "/api/v2/gather/badges/icon_uploads", "/gather/badges/icon_uploads)"),
        (Method::GET, "/api/v2/tickets/1/related", "(GET /api/v2/tickets/{ticket_id}/related)"),
        (Method::POST, "/api/v2/tickets/1/merge", "(POST /api/v2/tickets/{ticket_id}/merge)"),
        (Method::GET, "/api/v2/guide/search", "endpoint (GET /api/v2/guide/search)"),
        (Method::POST, "/oauth/tokens", "endpoint (POST /oauth/tokens)"),
        (Method::PATCH, "/api/v2/macros", "path (GET, POST /api/v2/macros)"),
    ] {
        let reason = reason(&server, server.request(method, path).agent(), 404);
        let end = "; zendesk-mock does not emulate it";
        assert!(reason.starts_with("Zendesk has this ") && reason.ends_with(end), "{reason}");
        assert!(reason.contains(named), "{reason}");
    }
    let other = reason(&server, server.get("/api/sunshine/objects/1").agent(), 404);
    assert!(other.starts_with("Zendesk has this API, but this path is not"), "{other}");
    assert!(other.contains("tickets, uploads"), "{other}");
}

/// Nor is what stands there taken for a bad id.
#[test]
fn a_literal_in_the_place_of_an_id_is_not_emulated() {
    let server = server();
    for (method, path) in [
        (Method::GET, "/api/v2/users/count"),
        (Method::GET, "/api/v2/tickets/autocomplete"),
        (Method::PUT, "/api/v2/tickets/mark_many_as_spam"),
        (Method::GET, "/api/v2/brands/check_host_mapping"),
    ] {
        let request = server.request(method, path).agent();
        let (status, refused) = request.fetch_json();
        assert_eq!((status, &refused["error"]), (404, &json!("InvalidEndpoint")), "{path}");
        let entry = last_entry(&server);
        let reason = text(&entry["reason"]);
        assert!(reason.contains(path) && reason.ends_with("does not emulate it"), "{reason}");
    }
    let refused = reason(&server, server.get("/api/v2/tickets/newest").agent(), 400);
    assert_eq!(refused, "\"newest\" is not an id");
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
        "ticket {ticket} attached upload token {used} at {START}; upload the file again for \
         another ticket"
    );
    let was_deleted =
        format!("upload token {deleted} was deleted at {START}; upload the file again");
    for (request, status, expected) in [
        (append(&used), 404, was_used.clone()),
        (attach(&used), 422, was_used + "; bad_token_on_ticket is reject"),
        (append(&deleted), 404, was_deleted.clone()),
        (attach(&deleted), 422, was_deleted + "; bad_token_on_ticket is reject"),
    ] {
        assert_eq!(reason(&server, request, status), expected);
    }
    server.account.advance(HOUR);
    for (request, status) in [(append(&expired), 404), (attach(&expired), 422)] {
        let reason = reason(&server, request, status);
        let start = format!(
            "upload token {expired} expired at 2026-01-01T01:00:00Z; upload the file again, or \
             raise upload_ttl"
        );
        assert!(reason.starts_with(&start), "{reason}");
    }
    let unknown = reason(&server, append("0123456789012345678901234"), 404);
    let expected = "account default never issued upload token 0123456789012345678901234, or has \
                    forgotten it";
    assert_eq!(unknown, expected);
    let malformed = reason(&server, append("nonsense"), 404);
    assert_eq!(malformed, "account default never issued this token, or has forgotten it");
    let one_of_two = server.upload("good.txt", "hello");
    let uploads = json!({"body": "a", "uploads": [token(&one_of_two), "nonsense"]});
    let ticket = json!({"ticket": {"comment": uploads}});
    let named = reason(&server, server.post("/api/v2/tickets").agent().json(&ticket), 422);
    let expected = "account default never issued upload token \"nonsense\", or has forgotten it; \
                    bad_token_on_ticket is reject";
    assert_eq!(named, expected);
    let long = json!({"body": "a", "uploads": ["x".repeat(65)]});
    let ticket = json!({"ticket": {"comment": long}});
    assert_eq!(server.post("/api/v2/tickets").agent().json(&ticket).fetch().status(), 422);
    // A header is ASCII, so that the journal alone has the ellipsis itself.
    let cut = last_entry(&server);
    let shown = format!("upload token \"{}…\"", "x".repeat(64));
    assert!(text(&cut["reason"]).contains(&shown), "{cut}");
}

#[test]
fn a_publication_by_the_token_of_an_upload_says_which_token_it_takes() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let publish = |token: &str| {
        let body = json!({"token": token, "brand_id": "1"});
        reason(&server, server.post(PUBLISH).json(&body), 404)
    };
    let expected = "this is the token of an upload; a publication takes upload.token of \
                    POST /api/v2/guide/user_images/uploads";
    assert_eq!(publish(token(&upload)), expected);
    let unknown = "account default never issued this token, or has forgotten it";
    assert_eq!(publish("0123456789012345678901234"), unknown);
}

#[test]
fn a_ticket_or_an_upload_by_the_token_of_an_image_says_what_it_is() {
    let server = server();
    let (reserved, published) = (reserve(&server, "image/png", 1), reserve_and_store(&server));
    publish(&server, &published.token);
    let stored = reserve_and_store(&server);
    for image in [reserved.token, published.token, stored.token] {
        let expected = format!(
            "{image} is the token of a user image and not of an upload; name upload.token of POST \
             /api/v2/uploads"
        );
        let comment = json!({"body": "a", "uploads": [image]});
        for (path, body) in [
            ("/api/v2/tickets", json!({"ticket": {"comment": comment}})),
            ("/api/v2/requests", json!({"request": {"subject": "s", "comment": comment}})),
            ("/api/v2/imports/tickets", json!({"ticket": {"comments": [comment]}})),
        ] {
            let refused = reason(&server, server.post(path).agent().json(&body), 422);
            assert_eq!(refused, expected.clone() + "; bad_token_on_ticket is reject", "{path}");
        }
        let upload = format!("/api/v2/uploads/{image}");
        let append = format!("/api/v2/uploads?filename=a.txt&token={image}");
        for request in [
            server.post(&append).agent().body("a"),
            server.get(&upload).agent(),
            server.delete(&upload).agent(),
        ] {
            assert_eq!(reason(&server, request, 404), expected);
        }
    }
    let other = "01GC9JEN2X052BAKW905PH9C36";
    let unknown = reason(&server, server.get(&format!("/api/v2/uploads/{other}")).agent(), 404);
    assert_eq!(unknown, "account default never issued this token, or has forgotten it");
}

#[test]
fn a_second_publication_is_refused_with_the_first() {
    let server = server();
    let reserved = reserve_and_store(&server);
    publish(&server, &reserved.token);
    assert!(try_publish(&server, &reserved.token).status().is_client_error());
    let entry = last_entry(&server);
    let start = format!("image token {} was published at ", reserved.token);
    assert!(text(&entry["reason"]).starts_with(&start), "{entry}");
}

#[test]
fn an_expired_image_token_is_refused_with_its_end() {
    let server = server();
    let reserved = reserve(&server, "image/png", 1);
    server.account.advance(2 * HOUR);
    let body = json!({"token": reserved.token, "brand_id": "1"});
    let refused = reason(&server, server.post(PUBLISH).json(&body), 404);
    let expected = format!(
        "image token {} expired at 2026-01-01T01:00:00Z; reserve and store the image again, or \
         raise image_ttl",
        reserved.token
    );
    assert_eq!(refused, expected);
}

#[test]
fn a_fault_is_named_in_the_reason_of_its_refusal() {
    let server = server();
    let faults = [json!({"operation": "upload", "status": 503, "nth": 9}), json!({"status": 500})];
    let ids = faults.map(|fault| {
        let added = server.post("/_mock/faults").json(&fault).fetch().into_json();
        added["fault"]["id"].as_u64().expect("an id")
    });
    let upload = || server.post("/api/v2/uploads?filename=a").agent().body("a");
    let refused = reason(&server, upload(), 500);
    assert_eq!(refused, format!("fault {} (see GET /_mock/faults) answers 500", ids[1]));
    let with_header = upload().header("X-Mock-Fault", r#"{"status": 503}"#);
    let refused = reason(&server, with_header, 503);
    assert_eq!(refused, "the fault in the request's header X-Mock-Fault answers 503");
    let put = server.put("/aus-uploaded-assets/1/2/3").body("a");
    let refused = reason(&server, put, 500);
    assert_eq!(refused, format!("fault {} (see GET /_mock/faults) answers 500", ids[1]));
}

#[test]
fn a_wrong_csrf_token_is_the_reason_of_its_401() {
    let server = server();
    let upload = server.post("/api/v2/uploads?filename=a").header("X-CSRF-Token", "x").body("a");
    let refused = reason(&server, upload, 401);
    assert!(refused.starts_with("X-CSRF-Token is not the authenticity_token"), "{refused}");
}
