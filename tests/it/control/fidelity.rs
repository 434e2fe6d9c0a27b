//! `/_mock/behaviours`, and the header that names known differences from Zendesk.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::multipart::Form;
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};
use zendesk_mock::EndpointLimits;

use crate::harness::images::*;
use crate::harness::sigv4::PresignInput;
use crate::harness::*;

fn listed(server: &Server, query: &str) -> Vec<Value> {
    let answer = server.get(&format!("/_mock/behaviours{query}")).fetch();
    assert_eq!(answer.status(), 200, "{query}");
    match answer.into_json()["behaviours"].take() {
        Value::Array(rows) => rows,
        other => panic!("no list: {other}"),
    }
}

#[test]
fn every_behaviour_has_evidence_a_date_and_tests() {
    let server = server();
    let all = listed(&server, "");
    for row in &all {
        let is_set = |name: &str| row[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(["name", "behaviour", "evidence", "dated"].into_iter().all(is_set), "{row}");
        let tests = row["tests"].as_array().expect("tests");
        assert!(!tests.is_empty() && tests.iter().all(|test| text(test).contains("::")), "{row}");
        if !row["difference"].is_null() {
            assert!(!text(&row["difference"]["zendesk"]).is_empty(), "{row}");
        }
    }
    let mut parts = 0;
    for evidence in ["recorded", "documented", "inferred", "chosen"] {
        let rows = listed(&server, &format!("?evidence={evidence}"));
        assert!(!rows.is_empty() && rows.iter().all(|row| row["evidence"] == evidence));
        parts += rows.len();
    }
    assert_eq!(parts, all.len());
    let differing = listed(&server, "?difference=true");
    assert!(differing.iter().all(|row| row["difference"].is_object()));
    assert_eq!(differing.len() + listed(&server, "?difference=false").len(), all.len());
    let both = listed(&server, "?difference=true&evidence=recorded");
    assert!(both.iter().all(|row| row["evidence"] == "recorded") && both.len() < differing.len());
    for (query, field) in [("evidence=rumoured", "evidence"), ("difference=some", "difference")] {
        let answer = server.get(&format!("/_mock/behaviours?{query}")).fetch();
        let (status, refused) = answer.status_and_json();
        assert_eq!((status, &refused["field"]), (400, &json!(field)));
        assert!(!text(&refused["problem"]).is_empty());
    }
}

#[test]
fn the_library_lists_the_same_behaviours() {
    let names: Vec<_> =
        listed(&server(), "").iter().map(|row| text(&row["name"]).to_owned()).collect();
    assert!(zendesk_mock::behaviours().map(|row| row.name).eq(names));
}

/// A difference, and a request whose answer names it.
type Case = (&'static str, fn(&Server) -> Response);

fn configure(server: &Server, change: impl FnOnce(&mut zendesk_mock::AccountSettings)) {
    server.account.configure(change).expect("settings");
}

fn upload(server: &Server, query: &str) -> Response {
    server.post(&format!("/api/v2/uploads?filename={query}")).agent().body("hello").fetch()
}

fn token(server: &Server) -> String {
    text(&server.upload("a.txt", "hello")["token"]).to_owned()
}

fn create(server: &Server, ticket: &Value) -> Response {
    server.post("/api/v2/tickets").agent().json(&json!({ "ticket": ticket })).fetch()
}

fn update(server: &Server, ticket: &Value) -> Response {
    plain_ticket(server);
    server.put("/api/v2/tickets/1").agent().json(&json!({ "ticket": ticket })).fetch()
}

fn plain_ticket(server: &Server) -> Value {
    server.create_ticket(&json!({"comment": {"body": "b"}}))
}

fn keyed(server: &Server) -> RequestBuilder {
    let ticket = json!({"ticket": {"comment": {"body": "b"}}});
    server.post("/api/v2/tickets").agent().header("Idempotency-Key", "k").json(&ticket)
}

fn session(server: &Server, request: RequestBuilder) -> RequestBuilder {
    let me = server.get("/api/v2/users/me").fetch().into_json();
    request.header("X-CSRF-Token", text(&me["user"]["authenticity_token"]))
}

const CASES: &[Case] = &[
    ("upload-life", |server| upload(server, "a.txt")),
    ("upload-shown", |server| {
        server.get(&format!("/api/v2/uploads/{}", token(server))).agent().fetch()
    }),
    ("unknown-type", |server| upload(server, "a.nothing-known")),
    ("no-extension", |server| upload(server, "a")),
    ("content-not-compared", |server| upload(server, "a.png")),
    ("empty-content-type", |server| {
        server
            .post("/api/v2/uploads?filename=a.txt")
            .agent()
            .header("content-type", "")
            .body("hello")
            .fetch()
    }),
    ("undecodable-text", |server| {
        configure(server, |settings| settings.upload_checks = zendesk_mock::UploadChecks::Strict);
        let upload = server.post("/api/v2/uploads?filename=a.txt").agent();
        upload.header("content-type", "text/plain").body(b"\xff".to_vec()).fetch()
    }),
    ("other-form-name", |server| {
        let form = Form::new().text("filename", "a.txt").text("file", "hello");
        server.post("/api/v2/uploads").agent().multipart(form).fetch()
    }),
    ("curl-form-type", |server| {
        server
            .post("/api/v2/uploads?filename=a.txt")
            .agent()
            .header("content-type", "application/x-www-form-urlencoded")
            .body("hello")
            .fetch()
    }),
    ("upload-limit", |server| {
        configure(server, |settings| settings.max_upload_size = 1);
        upload(server, "a.txt")
    }),
    ("files-per-upload", |server| {
        configure(server, |settings| settings.max_files_per_upload = 1);
        upload(server, &format!("b.txt&token={}", token(server)))
    }),
    ("deletion-at-once", |server| {
        server.delete(&format!("/api/v2/uploads/{}", token(server))).agent().fetch()
    }),
    ("direct-download", |server| {
        let upload = server.upload("a.txt", "hello");
        server.get(text(&upload["attachment"]["content_url"])).fetch()
    }),
    ("temporary-url-life", |server| {
        configure(server, |settings| settings.downloads = zendesk_mock::Downloads::Redirect);
        let upload = server.upload("a.txt", "hello");
        server.get(text(&upload["attachment"]["content_url"])).agent().fetch()
    }),
    ("bad-token-refused", |server| {
        create(server, &json!({"comment": {"body": "b", "uploads": ["none"]}}))
    }),
    ("attachment-only-comment", |server| {
        create(server, &json!({"comment": {"uploads": [token(server)]}}))
    }),
    ("append-to-attached", |server| {
        let token = token(server);
        server.attach(&json!(token));
        upload(server, &format!("b.txt&token={token}"))
    }),
    ("malformed-json", |server| server.post("/api/v2/tickets").agent().body("{").fetch()),
    ("properties-not-kept", |server| {
        create(server, &json!({"comment": {"body": "b"}, "macro_id": 1}))
    }),
    ("ids-unchecked", |server| create(server, &json!({"comment": {"body": "b"}, "group_id": 7}))),
    ("any-status", |server| update(server, &json!({"status": "new"}))),
    ("safe-update-unstamped", |server| update(server, &json!({"safe_update": true}))),
    ("named-objects", |server| server.get("/api/v2/groups").agent().fetch()),
    ("text-limits", |server| {
        create(server, &json!({"comment": {"body": "b"}, "tags": vec!["t"; 1_001]}))
    }),
    ("people-unchecked", |server| {
        create(server, &json!({"comment": {"body": "b"}, "requester_id": 12_345}))
    }),
    ("malformed-copies", |server| {
        create(server, &json!({"comment": {"body": "b"}, "email_ccs": [{"user_email": "bad"}]}))
    }),
    ("tags-as-sent", |server| update(server, &json!({"tags": ["Loud"]}))),
    ("sort-and-include", |server| {
        server.get("/api/v2/tickets?sort_by=assignee.name").agent().fetch()
    }),
    ("endless-offset", |server| {
        server.get("/api/v2/tickets?page=1001&per_page=10").agent().fetch()
    }),
    ("idempotency-hit", |server| {
        assert_eq!(keyed(server).fetch().status(), 201);
        keyed(server).fetch()
    }),
    ("callers-become-admins", |server| server.get("/api/v2/users/me").agent().fetch()),
    ("user-properties", |server| {
        let user = json!({"user": {"name": "Ada", "phone": "1"}});
        server.post("/api/v2/users").agent().json(&user).fetch()
    }),
    ("autocompletion", |server| server.get("/api/v2/users/autocomplete?name=ada").agent().fetch()),
    ("impersonation-credentials", |server| {
        server.get_json("/api/v2/users/me");
        server.get("/api/v2/users/me").agent().header("X-On-Behalf-Of", "agent@example.com").fetch()
    }),
    ("requests-for-all", |server| {
        plain_ticket(server);
        server.get("/api/v2/requests/1").agent().fetch()
    }),
    ("hidden-request", |server| {
        plain_ticket(server);
        let eve = json!({"users": [{"role": "end-user", "access_tokens": ["eve"]}]});
        let mut seeded = server.get("/_mock/export").fetch().into_json();
        seeded["users"].as_array_mut().expect("users").push(eve["users"][0].clone());
        assert_eq!(server.post("/_mock/seed").json(&seeded).fetch().status(), 200);
        server.get("/api/v2/requests/1").bearer_auth("eve").fetch()
    }),
    ("session-reads-nothing-private", |server| {
        configure(server, |settings| settings.private_attachments = true);
        let upload = server.upload("a.txt", "hello");
        session(server, server.get(text(&upload["attachment"]["content_url"]))).fetch()
    }),
    ("ticket-deletion", |server| {
        plain_ticket(server);
        server.delete("/api/v2/tickets/1").agent().fetch()
    }),
    ("jobs-at-once", |server| {
        let tickets = json!({"tickets": [{"comment": {"body": "b"}}]});
        server.post("/api/v2/tickets/create_many").agent().json(&tickets).fetch()
    }),
    ("ticket-at-once", |server| {
        let ticket = json!({"ticket": {"comment": {"body": "b"}}});
        server.post("/api/v2/tickets?async=true").agent().json(&ticket).fetch()
    }),
    ("redaction-keeps-url", |server| {
        let file = server.upload("a.txt", "hello");
        server.attach(&file["token"]);
        let comment = server.comments(&json!(1))[0]["id"].take();
        let file = &file["attachment"]["id"];
        let path = format!("/api/v2/tickets/1/comments/{comment}/attachments/{file}/redact");
        server.put(&path).agent().json(&json!({})).fetch()
    }),
    ("redaction-rules", |server| {
        let comment = plain_ticket(server)["audit"]["events"][0]["id"].take();
        let path = format!("/api/v2/tickets/1/comments/{comment}/redact");
        server.put(&path).agent().json(&json!({"text": "absent"})).fetch()
    }),
    ("recent-tickets", |server| server.get("/api/v2/tickets/recent").agent().fetch()),
    ("request-scopes", |server| server.get("/api/v2/requests/open").agent().fetch()),
    ("search-at-once", |server| server.get("/api/v2/search?query=a").agent().fetch()),
    ("side-conversations", |server| {
        plain_ticket(server);
        server.get("/api/v2/tickets/1/side_conversations").agent().fetch()
    }),
    ("anonymous-user", |server| server.get("/api/v2/users/me").fetch()),
    ("image-names", |server| try_publish(server, &reserve_and_store(server).token)),
    ("stored-type", |server| {
        let mut reserved = reserve(server, "image/png", PNG.len() as u64);
        reserved.content_type = "image/gif".to_owned();
        let sent = put_request(server, &reserved, PNG).fetch();
        assert_eq!(sent.status(), 200);
        try_publish(server, &reserved.token)
    }),
    ("published-once", |server| {
        let reserved = reserve_and_store(server);
        try_publish(server, &reserved.token);
        try_publish(server, &reserved.token)
    }),
    ("any-brand", |server| try_publish(server, &reserve_and_store(server).token)),
    ("image-session", |server| {
        let page = server.post(RESERVE).header("Cookie", "a=b").header("X-CSRF-Token", "wrong");
        page.body("{}").fetch()
    }),
    ("put-after-publication", |server| {
        let reserved = reserve_and_store(server);
        try_publish(server, &reserved.token);
        put_request(server, &reserved, PNG).fetch()
    }),
    ("no-read-back", |server| {
        let reserved = reserve_and_store(server);
        let signing = PresignInput { method: "GET", ..reserved.presign_input() };
        let target = format!("{}?{}", signing.path, signing.query());
        server.get(&target).header("Content-Disposition", signing.disposition).fetch()
    }),
    ("no-checksums", |server| {
        let reserved = reserve(server, "image/png", PNG.len() as u64);
        put_request(server, &reserved, PNG).fetch()
    }),
    ("no-reservation", |server| {
        let reserved = reserve(server, "image/png", PNG.len() as u64);
        server.account.reset();
        put_request(server, &reserved, PNG).fetch()
    }),
    ("one-csrf-token", |server| {
        session(server, server.post("/api/v2/uploads?filename=a.txt")).body("hello").fetch()
    }),
    ("endpoint-refusal", |server| {
        configure(server, |settings| settings.endpoint_limits = EndpointLimits::Standard);
        (0..30).for_each(|_| drop(server.put("/api/v2/requests/9").agent().fetch()));
        server.put("/api/v2/requests/9").agent().fetch()
    }),
];

fn named(answer: &Response) -> Vec<String> {
    let header = answer.header("x-zendesk-mock-difference");
    header.split(", ").filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
}

#[test]
fn a_response_names_its_differences() {
    for (name, answer) in CASES {
        let answer = answer(&server());
        let names = named(&answer);
        assert!(names.iter().any(|named| named == name), "{name}: {} {names:?}", answer.status());
    }
    let rows = listed(&server(), "?difference=true");
    let expected: BTreeSet<_> = rows
        .iter()
        .filter(|row| row["difference"].is_object() && row["difference"]["unnamed"].is_null())
        .map(|row| text(&row["name"]))
        .collect();
    let tested: BTreeSet<_> = CASES.iter().map(|(name, _)| *name).collect();
    assert_eq!(expected, tested, "each named difference has a case");
}

#[test]
fn a_response_without_differences_names_none() {
    let server = server();
    configure(&server, |settings| settings.upload_ttl = Duration::from_secs(72 * 60 * 60));
    let upload = upload(&server, "a.txt");
    assert_eq!((upload.status().as_u16(), named(&upload)), (201, vec![]));
    let upload = upload.into_json()["upload"].take();
    let image = publish(&server, &reserve_and_store(&server).token);
    let reserved =
        |body: Value| server.post("/api/v2/guide/user_images/uploads").json(&body).fetch();
    plain_ticket(&server);
    let none = [
        server.get(&format!("/api/v2/attachments/{}", upload["attachment"]["id"])).agent().fetch(),
        server.get("/api/v2/tickets/1/comments").agent().fetch(),
        server.get("/api/v2/tickets/2").agent().fetch(),
        server.get("/api/v2/nothing").fetch(),
        server.get("/api/v2/tickets").fetch(),
        server.get(&image).fetch(),
        reserved(json!({"content_type": "image/png", "file_size": 5})),
        reserved(json!({"content_type": "image/tiff", "file_size": 5})),
        server.get("/_mock/settings").fetch(),
    ];
    for answer in none {
        assert_eq!(named(&answer), Vec::<String>::new(), "{}", answer.url());
    }
    // A refusal names no differences of the request that it refuses.
    let refused = create(&server, &json!({"comment": {}, "tags": ["Loud"]}));
    assert_eq!((refused.status().as_u16(), named(&refused)), (422, vec![]));
}

#[test]
fn several_differences_are_named_and_exposed_to_pages() {
    let server = server();
    let request = server.request(Method::POST, "/api/v2/uploads?filename=a").agent().body("hello");
    let answer = request.header("Origin", "http://page.test").fetch();
    assert_eq!(
        answer.header("x-zendesk-mock-difference"),
        "upload-life, unknown-type, no-extension"
    );
    let exposed = answer.header("access-control-expose-headers");
    assert!(exposed.contains("x-zendesk-mock-difference"), "{exposed}");
}
