//! `/api/v2/uploads`: raw files, tokens, names and types. Forms, images and sizes have files of their own.

mod forms;
mod images;
mod sizes;

use std::time::Duration;

use serde_json::{Value, json};
use zendesk_mock::{UnknownType, UploadContentType};

use crate::harness::{
    AGENT, HOUR, OVERHEAD, RequestExt as _, ResponseExt as _, Server, configured, no_endpoint,
    not_found, server, text, token,
};

fn blank_name() -> (u16, Value) {
    let details = json!({"filename": [{"description": "cannot be blank"}]});
    (422, invalid(&details))
}

fn invalid(details: &Value) -> Value {
    json!({"error": "RecordInvalid", "description": "Record validation errors", "details": details})
}

fn show(server: &Server, token: &str) -> (u16, Value) {
    server.get(&format!("/api/v2/uploads/{token}")).agent().fetch().status_and_json()
}

fn append(server: &Server, token: &str) -> (u16, Value) {
    server
        .post(&format!("/api/v2/uploads?filename=more.txt&token={token}"))
        .agent()
        .body("more")
        .fetch()
        .status_and_json()
}

fn delete(server: &Server, token: &str) -> (u16, Value) {
    server.delete(&format!("/api/v2/uploads/{token}")).agent().fetch().status_and_json()
}

fn names(upload: &Value) -> Vec<&str> {
    let attachments = upload["attachments"].as_array().expect("attachments");
    attachments.iter().filter_map(|attachment| attachment["file_name"].as_str()).collect()
}

#[test]
fn an_upload_answers_with_the_recorded_keys_in_the_recorded_order() {
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
fn expires_at_has_whole_seconds_whatever_the_clock_says() {
    let server = configured(|config| {
        config.frozen_at = Some("2026-01-01T00:00:00.25Z".parse().expect("an instant"));
    });
    assert_eq!(server.upload("a.txt", "a")["expires_at"], "2026-01-01T01:00:00Z");
}

#[test]
fn the_life_of_a_token_can_be_the_recorded_72_hours() {
    let server = configured(|config| config.account.upload_ttl = 72 * HOUR);
    let upload = server.upload("a.txt", "a");
    assert_eq!(upload["expires_at"], "2026-01-04T00:00:00Z");
    server.mock.default_account().advance(71 * HOUR);
    assert_eq!(show(&server, token(&upload)).0, 200);
}

#[test]
fn any_bytes_of_any_declared_type_are_a_file() {
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
fn a_chunked_body_is_as_good_as_one_of_known_length() {
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
fn a_client_that_expects_100_continue_gets_it_and_then_its_answer() {
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
fn a_client_that_expects_100_continue_is_refused_before_it_sends() {
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
fn appending_keeps_the_token_and_the_order_and_shows_the_newest() {
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
fn an_empty_token_is_none() {
    let server = server();
    let first = server.upload("a.txt&token=", "first");
    let second = server.upload("b.txt&token=", "second");
    assert_ne!(first["token"], second["token"]);
    assert_eq!(names(&second), ["b.txt"]);
}

#[test]
fn unknown_parameters_are_ignored() {
    let upload = server().upload("a.txt&locale=en-us&binary=true", "a");
    assert_eq!(names(&upload), ["a.txt"]);
}

#[test]
fn an_upload_lives_for_sixty_minutes_and_appending_does_not_prolong_it() {
    let server = server();
    let account = server.mock.default_account();
    let upload = server.upload("a.txt", "a");
    let token = token(&upload);
    account.advance(HOUR / 2);
    let longer = server.upload(&format!("b.txt&token={token}"), "b");
    assert_eq!(longer["expires_at"], upload["expires_at"]);
    account.advance(HOUR / 2 - Duration::from_secs(1));
    assert_eq!(show(&server, token).0, 200);
    account.advance(Duration::from_secs(1));
    assert_eq!(show(&server, token), not_found());
    assert_eq!(append(&server, token), not_found());
    assert_eq!(delete(&server, token), not_found());
}

#[test]
fn an_upload_that_expires_while_a_file_arrives_takes_it_no_more() {
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
    server.mock.default_account().advance(HOUR);
    connection.send(b"world");
    let answer = connection.read_response();
    assert_eq!((answer.status(), answer.json()), not_found());
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn a_deleted_upload_is_gone_with_everything_in_it() {
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
fn an_unknown_token_is_not_found() {
    let server = server();
    let never_issued = "0123456789012345678901234";
    for token in [never_issued, "short", "%20", "t%C3%B6ken", "..%2F..%2Fetc", "%00"] {
        assert_eq!(show(&server, token), not_found(), "{token}");
        assert_eq!(append(&server, token), not_found(), "{token}");
        assert_eq!(delete(&server, token), not_found(), "{token}");
    }
}

#[test]
fn json_at_the_end_and_doubled_slashes_change_nothing() {
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
fn a_method_that_a_path_does_not_have_is_an_unknown_endpoint() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let one = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.get("/api/v2/uploads").agent().fetch().status_and_json(), no_endpoint());
    assert_eq!(server.delete("/api/v2/uploads").agent().fetch().status_and_json(), no_endpoint());
    assert_eq!(server.put("/api/v2/uploads").agent().fetch().status_and_json(), no_endpoint());
    assert_eq!(server.post(&one).agent().body("x").fetch().status_and_json(), no_endpoint());
    assert_eq!(server.put(&one).agent().body("x").fetch().status_and_json(), no_endpoint());
}

#[test]
fn faithful_to_the_documentation_an_upload_cannot_be_shown() {
    let server = configured(|config| config.account.faithful = true);
    let upload = server.upload("a.txt", "a");
    assert_eq!(show(&server, token(&upload)), no_endpoint());
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
}

/// As every unknown endpoint is.
#[test]
fn faithful_to_the_documentation_showing_is_unknown_before_credentials_are_asked_for() {
    let server = configured(|config| config.account.faithful = true);
    let upload = server.upload("a.txt", "a");
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.get(&path).fetch().status_and_json(), no_endpoint());
}

#[test]
fn the_answer_is_json_for_who_names_it_and_else_text_as_recorded() {
    const JSON: &str = "application/json; charset=utf-8";
    const TEXT: &str = "text/plain; charset=utf-8";
    for (setting, accept, content_type) in [
        (UploadContentType::Accept, "*/*", TEXT),
        (UploadContentType::Accept, "text/html", TEXT),
        (UploadContentType::Accept, "application/json", JSON),
        (UploadContentType::Accept, "text/html, application/json;q=0.9", JSON),
        (UploadContentType::Json, "*/*", JSON),
        (UploadContentType::Text, "application/json", TEXT),
    ] {
        let server = configured(|config| config.account.upload_content_type = setting);
        for path in ["/api/v2/uploads", "/api/v2/uploads.json"] {
            let response = server
                .post(&format!("{path}?filename=a.txt"))
                .agent()
                .header("accept", accept)
                .body("a")
                .fetch();
            assert_eq!(
                response.header("content-type"),
                content_type,
                "{setting:?} {accept} {path}"
            );
        }
    }
}

#[test]
fn refusals_and_shown_uploads_are_json_whatever_is_accepted() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let path = format!("/api/v2/uploads/{}", token(&upload));
    for response in [
        server.get(&path).agent().header("accept", "*/*").fetch(),
        server.post("/api/v2/uploads").agent().header("accept", "*/*").body("a").fetch(),
    ] {
        assert_eq!(response.header("content-type"), "application/json; charset=utf-8");
    }
}

#[test]
fn a_specific_type_wins_and_a_vague_one_is_guessed_from_the_name() {
    let server = server();
    for (name, declared, stored) in [
        ("1206.txt", Some("application/json"), "application/json"),
        ("shot.png", Some("text/plain"), "text/plain"),
        ("README.md", Some("application/octet-stream"), "application/x-genesis-rom"),
        ("README.md", Some("text/markdown"), "text/markdown"),
        ("notes.txt", Some("application/octet-stream"), "text/plain"),
        ("notes.txt", Some("Application/Octet-Stream"), "text/plain"),
        ("notes.txt", Some("application/binary"), "text/plain"),
        ("notes.txt", None, "text/plain"),
        ("SHOT.PNG", None, "image/png"),
        ("report.pdf", Some("application/binary"), "application/pdf"),
        ("licence.lic", Some("application/octet-stream"), "application/octet-stream"),
        ("licence.lic", Some("application/binary"), "application/octet-stream"),
        ("README", None, "application/octet-stream"),
    ] {
        let mut request = server.post(&format!("/api/v2/uploads?filename={name}")).agent();
        if let Some(declared) = declared {
            request = request.header("content-type", declared);
        }
        let upload = request.body("a").fetch().into_json();
        let attachment = &upload["upload"]["attachment"];
        assert_eq!(attachment["content_type"], stored, "{name} as {declared:?}");
        let url = text(&attachment["content_url"]);
        assert_eq!(server.get(url).fetch().header("content-type"), stored);
    }
}

#[test]
fn a_type_that_nothing_tells_can_be_refused() {
    let server = configured(|config| config.account.unknown_type = UnknownType::Reject);
    let upload = |name: &str, content_type: &str| {
        server
            .post(&format!("/api/v2/uploads?filename={name}"))
            .agent()
            .header("content-type", content_type)
            .body("a")
            .fetch()
    };
    let details = json!(
        {"content_type": [{"description": "Content type cannot be blank", "error": "BlankValue"}]}
    );
    let refused = upload("licence.lic", "application/octet-stream");
    assert_eq!(refused.status_and_json(), (422, invalid(&details)));
    assert_eq!(upload("licence.lic", "application/x-licence").status(), 201);
    assert_eq!(upload("licence.txt", "application/octet-stream").status(), 201);
    assert_eq!(server.mock.memory_used(), 2 * (1 + OVERHEAD));
}

#[test]
fn a_file_needs_a_name() {
    let server = server();
    for query in [
        "",
        "?",
        "?filename",
        "?filename=",
        "?filename=%20%09",
        "?filename=+",
        "?filename=folder/",
        "?filename=%2F",
        "?filename=C:%5C",
        "?Filename=a.txt",
        "?name=a.txt",
    ] {
        let refused = server.post(&format!("/api/v2/uploads{query}")).agent().body("a").fetch();
        assert_eq!(refused.status_and_json(), blank_name(), "{query}");
    }
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn a_name_is_kept_as_it_was_sent_without_folders_and_surrounding_blanks() {
    let server = server();
    for (sent, file_name, in_url) in [
        ("a+b.txt", "a b.txt", "a+b.txt"),
        ("a%20b.txt", "a b.txt", "a+b.txt"),
        ("a%2Bb.txt", "a+b.txt", "a%2Bb.txt"),
        ("%20a.txt%20", "a.txt", "a.txt"),
        ("%2Fdata%2Fsub%2Fa.txt", "a.txt", "a.txt"),
        ("..%2F..%2Fetc%2Fpasswd", "passwd", "passwd"),
        ("C%3A%5Cdata%5Ca.txt", "a.txt", "a.txt"),
        ("data/a.txt", "a.txt", "a.txt"),
        ("%C3%A9t%C3%A9.txt", "été.txt", "%C3%A9t%C3%A9.txt"),
        ("%E6%97%A5%E6%9C%AC%F0%9F%98%80.txt", "日本😀.txt", "%E6%97%A5%E6%9C%AC%F0%9F%98%80.txt"),
        ("%22quoted%22.txt", "\"quoted\".txt", "%22quoted%22.txt"),
        ("a%26b%3Dc%23d%3Fe.txt", "a&b=c#d?e.txt", "a%26b%3Dc%23d%3Fe.txt"),
        ("100%25.txt", "100%.txt", "100%25.txt"),
        ("%3Cscript%3E.html", "<script>.html", "%3Cscript%3E.html"),
        ("line%0D%0Abreak%00.txt", "line\r\nbreak\0.txt", "line%0D%0Abreak%00.txt"),
        (".hidden", ".hidden", ".hidden"),
        ("..", "..", ".."),
    ] {
        let upload = server.upload(sent, "content");
        let attachment = &upload["attachment"];
        assert_eq!(attachment["file_name"], file_name, "{sent}");
        let url = text(&attachment["content_url"]);
        assert_eq!(url.split_once("/?name=").map(|(_, name)| name), Some(in_url), "{sent}");
        assert_eq!(server.download(attachment), b"content", "{sent}");
        let id = &attachment["id"];
        let shown = server.get(&format!("/api/v2/attachments/{id}")).agent().fetch().into_json();
        assert_eq!(shown["attachment"]["file_name"], file_name);
    }
}

#[test]
fn bytes_that_are_no_text_have_no_place_in_a_name_but_harm_nothing() {
    let upload = server().upload("a%FFb%C3.txt", "a");
    assert_eq!(names(&upload), ["a\u{fffd}b\u{fffd}.txt"]);
}

#[test]
fn a_name_has_at_most_255_characters_of_any_alphabet() {
    let server = server();
    for letter in ["a", "%C3%A9", "%F0%9F%98%80"] {
        let longest = format!("{}.txt", letter.repeat(251));
        server.upload(&longest, "a");
        let path = format!("/api/v2/uploads?filename={letter}{longest}");
        let (status, refusal) = server.post(&path).agent().body("a").fetch().status_and_json();
        assert_eq!((status, &refusal["error"]), (422, &json!("AttachmentFilenameTooLong")));
        assert!(refusal["description"].as_str().is_some_and(|text| text.contains("255")));
    }
}

#[test]
fn an_empty_file_is_refused() {
    let server = server();
    let details =
        json!({"size": [{"description": "Size Size is not included in the list (1..1073741824)"}]});
    let head =
        format!("POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: localhost\r\n{AGENT}");
    for framing in
        ["\r\n", "Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
    {
        let answer = server.exchange(format!("{head}{framing}").as_bytes());
        assert_eq!((answer.status(), answer.json()), (422, invalid(&details)), "{framing:?}");
    }
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn an_upload_holds_at_most_as_many_files_as_the_setting_says() {
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
