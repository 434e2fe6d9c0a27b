//! `/api/v2/uploads`: raw bodies and upload tokens.

mod checks;
mod content_types;
mod forms;
mod images;
mod names;
mod sizes;

use serde_json::{Value, json};

use crate::harness::*;

fn show(server: &Server, token: &str) -> (u16, Value) {
    server.get(&format!("/api/v2/uploads/{token}")).agent().fetch_json()
}

fn append(server: &Server, token: &str) -> (u16, Value) {
    server
        .post(&format!("/api/v2/uploads?filename=more.txt&token={token}"))
        .agent()
        .body("more")
        .fetch_json()
}

fn delete(server: &Server, token: &str) -> (u16, Value) {
    server.delete(&format!("/api/v2/uploads/{token}")).agent().fetch_json()
}

fn names(upload: &Value) -> Vec<&str> {
    let attachments = upload["attachments"].as_array().expect("attachments");
    attachments.iter().filter_map(|attachment| attachment["file_name"].as_str()).collect()
}

#[test]
fn an_upload_is_answered_with_the_recorded_keys_in_order() {
    let server = server();
    let response = server.post("/api/v2/uploads?filename=hello.txt").agent().body("hello").fetch();
    assert_eq!(response.status(), 201);
    let location = response.header("location");
    let body = response.text().expect("a body");
    let upload = &serde_json::from_str::<Value>(&body).expect("JSON")["upload"];
    let id = upload["attachment"]["id"].as_u64().expect("an id");
    let url = text(&upload["attachment"]["content_url"]);
    let (base, token) = (server.mock.url(), token(upload));
    let attachment = format!(
        "{{\"url\":\"{base}/api/v2/attachments/{id}.json\",\"id\":{id},\"file_name\":\"hello.txt\",\
         \"content_url\":\"{url}\",\"mapped_content_url\":\"{url}\",\"content_type\":\"text/plain\",\
         \"size\":5,\"width\":null,\"height\":null,\"inline\":false,\"deleted\":false,\
         \"malware_access_override\":false,\"malware_scan_result\":\"not_scanned\",\"thumbnails\":[]}}"
    );
    assert_eq!(
        body,
        format!(
            "{{\"upload\":{{\"token\":\"{token}\",\"expires_at\":\"2026-01-01T01:00:00Z\",\
             \"attachments\":[{attachment}],\"attachment\":{attachment}}}}}"
        )
    );
    assert_eq!(location, format!("{base}/api/v2/attachments/{id}.json"));
    let file_token = url
        .strip_prefix(&format!("{base}/attachments/token/"))
        .and_then(|rest| rest.strip_suffix("/?name=hello.txt"))
        .expect("the recorded form of a content_url");
    for token in [token, file_token] {
        assert!(token.len() == 25 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
    assert_ne!(token, file_token);
}

#[test]
fn expires_at_has_whole_seconds() {
    let server = configured(|config| {
        config.frozen_at = Some("2026-01-01T00:00:00.25Z".parse().expect("an instant"));
    });
    assert_eq!(server.upload("a.txt", "a")["expires_at"], "2026-01-01T01:00:00Z");
}

#[test]
fn any_bytes_of_any_type_are_stored_unparsed() {
    let server = server();
    let every_byte: Vec<u8> = (0..=255).collect();
    for (content_type, body) in [
        ("application/json", &b"{\"not\": parsed"[..]),
        ("application/x-www-form-urlencoded", b"filename=evil.txt&token=x"),
        ("application/xml", b"<xml/>"),
        ("text/plain; charset=utf-16", &every_byte),
        ("application/vnd.acme+zip", b"PK"),
    ] {
        let response = server
            .post("/api/v2/uploads?filename=1206.txt")
            .agent()
            .header("content-type", content_type)
            .body(body.to_vec())
            .fetch();
        assert_eq!(response.status(), 201, "{content_type}");
        let attachment = response.into_json()["upload"]["attachment"].take();
        assert_eq!(attachment["content_type"], content_type);
        assert_eq!(attachment["size"], body.len());
        assert_eq!(server.download(&attachment), body, "{content_type}");
    }
}

#[test]
fn a_chunked_body_is_stored() {
    let server = server();
    let answer = server.exchange(
        format!(
            "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: localhost\r\n{AGENT}\
             Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nX-Trailer: t\r\n\r\n"
        )
        .as_bytes(),
    );
    assert_eq!(answer.status(), 201);
    let id = &answer.json()["upload"]["attachment"]["id"];
    let shown = server.get(&format!("/api/v2/attachments/{id}")).agent().fetch().into_json();
    assert_eq!(server.download(&shown["attachment"]), b"hello world");
}

#[test]
fn an_expectation_gets_100_continue_and_then_the_answer() {
    let server = server();
    let mut connection = server.connect();
    connection.send(
        format!(
            "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: localhost\r\n{AGENT}\
             Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        )
        .as_bytes(),
    );
    assert_eq!(connection.read_response().status(), 100);
    connection.send(b"hello");
    let answer = connection.read_response();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.json()["upload"]["attachment"]["size"], 5);
}

#[test]
fn an_expectation_is_refused_before_the_body_is_sent() {
    let server = server();
    for (path, credentials, status) in [
        ("/api/v2/uploads?filename=a.txt", "", 401),
        ("/api/v2/uploads", AGENT, 422),
        ("/api/v2/uploads?filename=a.txt&token=unknown", AGENT, 404),
        ("/api/v2/nothing", AGENT, 404),
    ] {
        let answer = server.exchange(
            format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\n{credentials}\
                 Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
            )
            .as_bytes(),
        );
        assert_eq!(answer.status(), status, "{path}");
    }
}

#[test]
fn appending_keeps_token_and_order_and_shows_the_newest_file() {
    let server = server();
    let first = server.upload("b.txt", "first");
    let token = token(&first);
    server.upload(&format!("a.txt&token={token}"), "second");
    let third = server.upload(&format!("b.txt&token={token}"), "third");
    assert_eq!(third["token"], first["token"]);
    assert_eq!(names(&third), ["b.txt", "a.txt", "b.txt"]);
    assert_eq!(third["attachments"][0], first["attachment"]);
    assert_eq!(third["attachments"][2], third["attachment"]);
    assert_eq!(server.download(&third["attachments"][0]), b"first");
    assert_eq!(server.download(&third["attachment"]), b"third");
    assert_eq!(show(&server, token), (200, json!({ "upload": third })));
}

#[test]
fn an_empty_token_creates_a_new_upload() {
    let server = server();
    let first = server.upload("a.txt&token=", "first");
    let second = server.upload("b.txt&token=", "second");
    assert_ne!(first["token"], second["token"]);
    assert_eq!(names(&second), ["b.txt"]);
}

#[test]
fn unknown_query_parameters_are_ignored() {
    let upload = server().upload("a.txt&locale=en-us&binary=true", "a");
    assert_eq!(names(&upload), ["a.txt"]);
}

#[test]
fn an_upload_that_expires_while_a_file_arrives_refuses_the_file() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let before = server.mock.memory_used();
    let mut connection = server.connect();
    connection.send(
        format!(
            "POST /api/v2/uploads?filename=b.txt&token={} HTTP/1.1\r\nHost: localhost\r\n{AGENT}\
             Content-Length: 10\r\n\r\nhello",
            token(&upload)
        )
        .as_bytes(),
    );
    server
        .wait_until("the first half is received", || server.mock.memory_used() > before + OVERHEAD);
    server.account.advance(HOUR);
    connection.send(b"world");
    let answer = connection.read_response();
    assert_eq!((answer.status(), answer.json()), not_found());
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn deleting_an_upload_deletes_its_files() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let token = token(&upload);
    let answer = server.delete(&format!("/api/v2/uploads/{token}")).agent().fetch();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.header("content-type"), "");
    assert_eq!(answer.text().expect("a body"), "");
    assert_eq!(show(&server, token), not_found());
    assert_eq!(append(&server, token), not_found());
    assert_eq!(delete(&server, token), not_found());
    let id = &upload["attachment"]["id"];
    let attachment = server.get(&format!("/api/v2/attachments/{id}")).agent().fetch();
    assert_eq!(attachment.status_and_json(), not_found());
    let url = text(&upload["attachment"]["content_url"]);
    assert_eq!(server.get(url).fetch().status(), 404);
}

#[test]
fn an_unknown_token_is_404() {
    let server = server();
    let never_issued = "0123456789012345678901234";
    for token in [never_issued, "short", "%20", "t%C3%B6ken", "..%2F..%2Fetc", "%00"] {
        assert_eq!(show(&server, token), not_found(), "{token}");
        assert_eq!(append(&server, token), not_found(), "{token}");
        assert_eq!(delete(&server, token), not_found(), "{token}");
    }
}

#[test]
fn json_suffix_and_doubled_slashes_are_ignored() {
    let server = server();
    for root in ["/api/v2/uploads.json", "/api/v2//uploads", "/api/v2//uploads.json"] {
        let response = server.post(&format!("{root}?filename=a.json")).agent().body("a").fetch();
        assert_eq!(response.status(), 201, "{root}");
        let upload = response.into_json()["upload"].take();
        assert_eq!(names(&upload), ["a.json"]);
        let token = token(&upload);
        for path in [
            format!("/api/v2/uploads/{token}.json"),
            format!("/api/v2//uploads/{token}"),
            format!("/api/v2//uploads//{token}.json"),
        ] {
            assert_eq!(server.get(&path).agent().fetch().status(), 200, "{path}");
        }
        let deleted = server.delete(&format!("/api/v2//uploads/{token}.json")).agent().fetch();
        assert_eq!(deleted.status(), 204);
    }
}

#[test]
fn a_wrong_method_is_404_invalid_endpoint() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let one = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.get("/api/v2/uploads").agent().fetch_json(), no_endpoint());
    assert_eq!(server.delete("/api/v2/uploads").agent().fetch_json(), no_endpoint());
    assert_eq!(server.put("/api/v2/uploads").agent().fetch_json(), no_endpoint());
    assert_eq!(server.post(&one).agent().body("x").fetch_json(), no_endpoint());
    assert_eq!(server.put(&one).agent().body("x").fetch_json(), no_endpoint());
}

#[test]
fn under_faithful_showing_an_upload_is_404() {
    let server = configured(|config| config.account.faithful = true);
    let upload = server.upload("a.txt", "a");
    assert_eq!(show(&server, token(&upload)), no_endpoint());
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
}

#[test]
fn under_faithful_showing_is_404_before_authentication() {
    let server = configured(|config| config.account.faithful = true);
    let upload = server.upload("a.txt", "a");
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.get(&path).fetch_json(), no_endpoint());
}

#[test]
fn an_empty_file_is_422() {
    let server = server();
    let refusal = invalid("size", "Size Size is not included in the list (1..1073741824)", None);
    let head =
        format!("POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: localhost\r\n{AGENT}");
    for framing in
        ["\r\n", "Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
    {
        let answer = server.exchange(format!("{head}{framing}").as_bytes());
        assert_eq!((answer.status(), answer.json()), refusal, "{framing:?}");
    }
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn a_file_beyond_max_files_per_upload_is_422() {
    let server = configured(|config| config.account.max_files_per_upload = 2);
    let upload = server.upload("a.txt", "a");
    let token = token(&upload);
    let full = server.upload(&format!("b.txt&token={token}"), "b");
    let used = server.mock.memory_used();
    let (status, refusal) = append(&server, token);
    assert_eq!(status, 422);
    assert_eq!(refusal["error"], "RecordInvalid");
    let why = refusal["details"]["base"][0]["description"].as_str().expect("a reason");
    assert!(why.contains("max_files_per_upload"), "{why}");
    assert_eq!(show(&server, token), (200, json!({ "upload": full })));
    assert_eq!(server.mock.memory_used(), used);
}

#[test]
fn answers_carry_the_recorded_headers() {
    let server = server();
    let response = server.post("/api/v2/uploads?filename=a.txt").agent().body("a").fetch();
    for (name, value) in [
        ("x-zendesk-api-version", "v2"),
        ("x-frame-options", "SAMEORIGIN"),
        ("cache-control", "max-age=0, private, must-revalidate"),
        ("access-control-allow-origin", "*"),
        ("x-rate-limit", "700"),
        ("x-rate-limit-remaining", "699"),
        ("ratelimit-limit", "700"),
        ("ratelimit-remaining", "699"),
        ("ratelimit-reset", "60"),
        ("date", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ] {
        assert_eq!(response.header(name), value, "{name}");
    }
    assert_ne!(response.header("x-request-id"), "");
    let upload = response.into_json();
    let path = format!("/api/v2/uploads/{}", token(&upload["upload"]));
    let deleted = server.delete(&path).agent().fetch();
    assert_eq!(deleted.header("cache-control"), "no-cache");
    assert_eq!(deleted.header("access-control-allow-origin"), "");
    assert_eq!(deleted.header("x-rate-limit"), "700");
}
