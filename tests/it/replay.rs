//! Captured requests of real client libraries, replayed byte for byte over raw sockets.
//! `fixtures/PROVENANCE.md` describes the captures, and what a replay replaces.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;

/// Every capture, and the expectation of its replay.
macro_rules! replays {
    ($($capture:ident: $expectation:expr;)+) => {
        const REPLAYED: &[&str] = &[$(stringify!($capture)),+];
        $(
            #[test]
            fn $capture() {
                $expectation(stringify!($capture));
            }
        )+
    };
}

replays! {
    // New uploads: stored name, stored content type, bytes, and content type of the answer, which
    // depends on Accept.
    go_medigo_upload: is_stored("a b é.txt", "text/plain", HELLO, TEXT);
    go_nukosuke_upload: is_stored("a b é.txt", "text/plain", HELLO, TEXT);
    java_upload: is_stored("a b é.txt", "text/plain", HELLO, TEXT);
    java_upload_typed: is_stored("bin.png", "image/png", NOISE, TEXT);
    node_upload_binary: is_stored("bin.png", "application/json", NOISE, JSON);
    node_upload_escaped_name: is_stored("a+b&c#d 50%é\"q.txt", "application/json", NOISE, JSON);
    node_upload_formdata: is_stored("f.txt", "multipart/form-data", b"[object FormData]", JSON);
    node_upload_path: is_stored("a b é.txt", "application/json", HELLO, JSON);
    node_upload_stream: is_stored("bin.png", "image/png", NOISE, JSON);
    php_upload: is_stored("a b é.txt", "text/plain", HELLO, JSON);
    php_upload_bearer: is_stored("x.txt", "text/plain", HELLO, JSON);
    python_zendesk_sdk_upload: is_stored("a b é.txt", "text/plain", HELLO, TEXT);
    ruby_upload_multipart: is_stored("bin.png", "image/png", NOISE, JSON);
    ruby_upload_quoted_name: is_stored("a+b&c#d 50%é\"q.txt", "image/png", NOISE, JSON);
    zenpy_upload: is_stored("a b é.txt", "text/plain", HELLO, TEXT);
    zenpy_upload_chunked: is_stored("gen.bin", "application/octet-stream", b"abcdef", TEXT);
    // The client escapes neither & nor +. The name ends at & and has a space for +.
    zenpy_upload_unescaped_name: is_stored("a b", "application/octet-stream", b"hi", TEXT);

    // Files appended to an upload, with the same columns.
    go_medigo_append: is_appended("bin.png", "image/png", NOISE, TEXT);
    go_nukosuke_append: is_appended("bin.png", "image/png", NOISE, TEXT);
    java_append: is_appended("bin.png", "image/png", NOISE, TEXT);
    node_append: is_appended("bin.png", "application/json", NOISE, JSON);
    php_append: is_appended("bin.png", "image/png", NOISE, JSON);
    ruby_append_form: is_appended("bin.png", "image/png", NOISE, JSON);
    ruby_append_query: is_appended("a b é.txt", "text/plain", HELLO, JSON);
    zenpy_append: is_appended("bin.png", "image/png", NOISE, TEXT);

    // Uploads that stop, wait, or are empty.
    php_upload_expect_continue: waits_for_100_continue;
    ruby_retry_without_body: is_timed_out;
    zenpy_upload_empty: is_refused_for_its_size;

    // Delete, show, download.
    go_nukosuke_delete: deletes;
    java_delete: deletes;
    node_delete: deletes;
    php_delete: deletes;
    ruby_delete: deletes;
    zenpy_delete: deletes;
    java_show: shows;
    zenpy_show: shows;
    python_zendesk_sdk_download: downloads;
    zenpy_download: downloads;

    // Zendesk's editor reserves, stores and publishes an image.
    editor_2_create: reserves_an_image;
    editor_3_put: stores_an_image;
    editor_4_publish: publishes_an_image;

    // Tickets that attach an upload.
    go_medigo_ticket_create: attaches;
    go_nukosuke_ticket_create: attaches;
    java_ticket_create: attaches;
    java_ticket_create_idempotent: attaches_once_per_idempotency_key;
    node_ticket_create: attaches;
    php_ticket_create: attaches;
    ruby_ticket_create: attaches;
    zenpy_ticket_create: attaches;
    zenpy_ticket_create_string_uploads: attaches;
    zenpy_request_create: attaches_on_a_request;
    java_ticket_update: attaches_on_a_new_comment;
    ruby_ticket_update: attaches_on_a_new_comment;
    zenpy_ticket_update: attaches_on_a_new_comment;

    // Comments of a ticket. The second of two has a file.
    java_comments: lists_comments(BY_OFFSET);
    node_comments: lists_comments(BY_OFFSET);
    python_zendesk_sdk_comments: lists_comments(BY_OFFSET);
    php_comments_cursor: lists_comments(BY_CURSOR);
    zenpy_comments_cursor: lists_comments(BY_CURSOR);
    go_nukosuke_comments_cursor: lists_comments(ONE_BY_ONE);
    go_nukosuke_comments_iterator: lists_comments(ONE_BY_ONE);
    ruby_comments_cursor: lists_comments(ONE_BY_ONE);
    zenpy_redact: redacts;
    ruby_ticket_if_none_match: is_not_modified;

    // The calling user. Zendesk's editor sends no credentials.
    editor_1_users_me: gets_a_csrf_token;
}

/// The content type of an answer if Accept names JSON.
const JSON: &str = "application/json; charset=utf-8";
/// The content type of other answers.
const TEXT: &str = "text/plain; charset=utf-8";

const HELLO: &[u8] = b"hello\nworld";
/// The binary file of the captures: 3,000 bytes that are no image, despite the name `bin.png`.
const NOISE: &[u8] = EDITOR_PUT.split_at(EDITOR_PUT.len() - 3000).1;
const NOISE_MD5: &str = "4cf4f1a8362fa3014113673d44388a1c";
const EDITOR_PUT: &[u8] = include_bytes!("../../fixtures/wire/editor_3_put.http");

#[test]
fn every_capture_is_in_the_table() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .expect("the captures")
        .map(|entry| entry.expect("a capture").path())
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    let rows: BTreeSet<String> = REPLAYED.iter().map(ToString::to_string).collect();
    assert_eq!(files, rows);
}

fn is_stored(
    file_name: &'static str,
    content_type: &'static str,
    file: &'static [u8],
    answer_type: &'static str,
) -> impl FnOnce(&str) {
    move |name| {
        let server = server();
        let capture = Capture::read(name).sent_to(&server);
        let answer = server.exchange(&capture.bytes());
        let upload = check_upload(&server, &answer, file_name, content_type, file);
        assert_eq!(upload["attachments"].as_array().map(Vec::len), Some(1), "{answer}");
        assert_eq!(answer.header("content-type"), Some(answer_type));
    }
}

fn is_appended(
    file_name: &'static str,
    content_type: &'static str,
    file: &'static [u8],
    answer_type: &'static str,
) -> impl FnOnce(&str) {
    move |name| {
        let server = server();
        let capture = Capture::read(name).sent_to(&server);
        let before = create_upload(&server, &capture);
        let answer = server.exchange(&capture.with_token(&before["token"]).bytes());
        let upload = check_upload(&server, &answer, file_name, content_type, file);
        assert_eq!(upload["token"], before["token"]);
        assert_eq!(upload["attachments"].as_array().map(Vec::len), Some(2), "{answer}");
        assert_eq!(upload["attachments"][0], before["attachments"][0]);
        assert_eq!(answer.header("content-type"), Some(answer_type));
    }
}

/// Checks the answer to an upload, and returns its `upload`.
fn check_upload(
    server: &Server,
    answer: &RawResponse,
    file_name: &str,
    content_type: &str,
    file: &[u8],
) -> Value {
    assert_eq!(answer.status(), 201, "{answer}");
    let upload = answer.json()["upload"].take();
    let attachment = &upload["attachment"];
    assert_eq!(Some(attachment), upload["attachments"].as_array().and_then(|all| all.last()));
    assert_eq!(attachment["file_name"], file_name);
    assert_eq!(attachment["content_type"], content_type);
    assert_eq!(attachment["size"], file.len());
    // No captured file is an image, though some are declared as one.
    assert_eq!(attachment["width"], Value::Null);
    assert_eq!(attachment["height"], Value::Null);
    assert_eq!(attachment["thumbnails"], json!([]));
    assert_eq!(answer.header("location"), attachment["url"].as_str());

    let download = get(server, &attachment["content_url"]);
    assert_eq!(download.status(), 200, "{}", download.head);
    assert_eq!(download.header("content-type"), Some(content_type));
    assert_eq!(download.body, file);
    upload
}

fn waits_for_100_continue(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let mut connection = server.connect();
    connection.send(capture.head.as_bytes());
    let interim = connection.read_response();
    assert_eq!(interim.head, "HTTP/1.1 100 Continue\r\n\r\n");
    connection.send(&capture.body);
    let answer = connection.read_response();
    check_upload(&server, &answer, "pump.bin", "application/octet-stream", &[b'x'; 40]);
}

fn is_timed_out(name: &str) {
    let server = configured(|config| config.idle_timeout = Duration::from_millis(100));
    let capture = Capture::read(name).sent_to(&server);
    assert!(capture.body.is_empty() && capture.head.contains("Content-Length: 3419"));
    let mut connection = server.connect();
    connection.send(&capture.bytes());
    let answer = connection.read_response();
    assert_eq!(answer.status(), 408, "{answer}");
    assert_eq!(answer.json()["error"], "RequestTimeout");
    assert!(connection.is_closed());
}

fn is_refused_for_its_size(name: &str) {
    let server = server();
    let answer = server.exchange(&Capture::read(name).sent_to(&server).bytes());
    assert_eq!(answer.status(), 422, "{answer}");
    assert_eq!(answer.json()["error"], "RecordInvalid");
    assert!(answer.json()["details"]["size"].is_array(), "{answer}");
}

fn deletes(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let upload = create_upload(&server, &capture);
    let request = capture.with_token(&upload["token"]).bytes();
    let answer = server.exchange(&request);
    assert_eq!(answer.status(), 204, "{answer}");
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(get(&server, &upload["attachment"]["content_url"]).status(), 404);
    assert_eq!(get(&server, &upload["attachment"]["url"]).status(), 404);
    let again = server.exchange(&request);
    assert_eq!(again.status(), 404, "{again}");
    assert_eq!(again.json(), json!({"error": "RecordNotFound", "description": "Not found"}));
}

fn shows(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let upload = create_upload(&server, &capture);
    let answer = server.exchange(&capture.with_attachment(&upload["attachment"]["id"]).bytes());
    assert_eq!(answer.status(), 200, "{answer}");
    assert_eq!(answer.header("content-type"), Some(JSON));
    assert_eq!(answer.json(), json!({"attachment": upload["attachment"]}));
}

fn downloads(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let upload = create_upload(&server, &capture);
    let content_url = text(&upload["attachment"]["content_url"]);
    let token = content_url.split('/').rev().nth(1).expect("a token");
    let answer = server.exchange(&capture.with_token(&token.into()).bytes());
    assert_eq!(answer.status(), 200, "{answer}");
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"a b _.txt\"; filename*=UTF-8''a%20b%20%C3%A9.txt")
    );
    assert_eq!(answer.body, HELLO);
}

fn reserves_an_image(name: &str) {
    let server = server();
    let answer = server.exchange(&Capture::read(name).sent_to(&server).bytes());
    assert_eq!(answer.status(), 200, "{answer}");
    assert_eq!(answer.header("content-type"), Some(JSON));
    let upload = answer.json()["upload"].take();
    let token = token(&upload);
    assert_eq!(
        upload["headers"],
        json!({
            "Content-Disposition": format!("attachment; filename=\"{token}.png\""),
            "Content-Type": "image/png",
            "X-Amz-Server-Side-Encryption": "AES256",
        })
    );
    let url = text(&upload["url"]);
    let prefix = format!("{}/aus-uploaded-assets/", server.mock.url());
    assert!(url.starts_with(&prefix) && url.contains(&format!("/{token}?")), "{url}");
}

fn stores_an_image(name: &str) {
    let server = server();
    let reserved = reserve_as_editor(&server);
    let answer = server.exchange(&editor_put(&server, name, &reserved));
    assert_eq!(answer.status(), 200, "{answer}");
    assert_eq!(answer.body, b"");
    assert_eq!(answer.header("etag"), Some(&*format!("\"{NOISE_MD5}\"")));
    assert_eq!(answer.header("x-amz-server-side-encryption"), Some("AES256"));
}

fn publishes_an_image(name: &str) {
    let server = server();
    let reserved = reserve_as_editor(&server);
    assert_eq!(server.exchange(&editor_put(&server, "editor_3_put", &reserved)).status(), 200);
    let token = text(&reserved["token"]);
    let capture = Capture::read(name).sent_to(&server).with_body_text("aus-token-1", token);
    let answer = server.exchange(&capture.bytes());
    assert_eq!(answer.status(), 201, "{answer}");
    let image = answer.json()["user_image"].take();
    assert_eq!(image["content_type"], "image/png");
    assert_eq!(image["size"], NOISE.len());

    let path = image["path"].as_str().expect("a path");
    assert!(path.starts_with("/hc/user_images/") && path.ends_with(".png"), "{path}");
    let download = get(&server, &format!("{}{path}", server.mock.url()).into());
    assert_eq!(download.status(), 200, "{}", download.head);
    assert_eq!(download.header("content-type"), Some("image/png"));
    assert_eq!(download.body, NOISE);
}

/// Reserves an image as Zendesk's editor does, and returns the `upload`.
fn reserve_as_editor(server: &Server) -> Value {
    let answer = server.exchange(&Capture::read("editor_2_create").sent_to(server).bytes());
    answer.json()["upload"].take()
}

/// The PUT of the editor, with the URL and the headers of the reservation. The capturing server
/// returned two other headers.
fn editor_put(server: &Server, name: &str, reserved: &Value) -> Vec<u8> {
    let url = text(&reserved["url"]);
    let target = url.strip_prefix(&server.mock.url()).expect("our own origin");
    let headers: String = reserved["headers"]
        .as_object()
        .expect("headers")
        .iter()
        .map(|(name, value)| format!("{name}: {}\r\n", value.as_str().expect("a value")))
        .collect();
    Capture::read(name)
        .sent_to(server)
        .with_head_text("/api/v2/__aus/abc", target)
        .with_head_text("Content-Type: image/png\r\nX-Amz-Acl: private\r\n", &headers)
        .bytes()
}

fn attaches(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    // One capture attaches two tokens.
    let (mut capture, mut attachments) = (capture, Vec::new());
    while capture.body_token().is_some() {
        let upload = create_upload(&server, &capture);
        attachments.push(upload["attachment"].clone());
        capture = capture.with_token(&upload["token"]);
    }
    let answer = server.exchange(&capture.bytes());
    assert_eq!(answer.status(), 201, "{answer}");
    assert_eq!(answer.header("content-type"), Some(JSON));
    let (ticket, audit) = (&answer.json()["ticket"], &answer.json()["audit"]);
    assert_eq!(answer.header("location"), ticket["url"].as_str());
    let sent: Value = serde_json::from_slice(&capture.body).expect("a JSON body");
    assert_eq!(ticket["subject"], sent["ticket"]["subject"]);
    assert_eq!(ticket["description"], sent["ticket"]["comment"]["body"]);
    let comment = &audit["events"][0];
    assert_eq!((&comment["type"], &comment["body"]), (&json!("Comment"), &ticket["description"]));
    assert_eq!(comment["attachments"], json!(attachments), "{answer}");
    assert_ne!(attachments.len(), 0);
}

fn attaches_once_per_idempotency_key(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let upload = create_upload(&server, &capture);
    let request = capture.with_token(&upload["token"]).bytes();
    let (first, second) = (server.exchange(&request), server.exchange(&request));
    assert_eq!((first.status(), second.status()), (201, 201), "{second}");
    assert_eq!(first.header("x-idempotency-lookup"), Some("miss"));
    assert_eq!(second.header("x-idempotency-lookup"), Some("hit"));
    assert_eq!(first.json(), second.json());
    assert_eq!(first.json()["audit"]["events"][0]["attachments"], upload["attachments"]);
}

fn attaches_on_a_request(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let upload = create_upload(&server, &capture);
    let token = format!("[{}]", upload["token"]);
    let answer = server.exchange(&capture.with_body_text("[\"t\"]", &token).bytes());
    assert_eq!(answer.status(), 201, "{answer}");
    let request = answer.json()["request"].take();
    assert_eq!(answer.header("location"), request["url"].as_str());
    let url = text(&request["url"]).replace(".json", "/comments.json");
    let comment = get(&server, &url.into()).json()["comments"][0].take();
    assert_eq!(comment["attachments"], upload["attachments"], "{comment}");
}

fn attaches_on_a_new_comment(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let (upload, ticket) = (create_upload(&server, &capture), create_ticket(&server, &capture));
    let request = capture.with_ticket(&ticket["id"]).with_token(&upload["token"]).bytes();
    let answer = server.exchange(&request);
    assert_eq!(answer.status(), 200, "{answer}");
    assert_eq!(answer.json()["ticket"]["id"], ticket["id"]);
    let comment = &answer.json()["audit"]["events"][0];
    assert_eq!((&comment["type"], &comment["public"]), (&json!("Comment"), &json!(false)));
    assert_eq!(comment["attachments"], upload["attachments"], "{answer}");
}

/// How many comments are on a page, and whether it is one by cursor.
const BY_OFFSET: (usize, bool) = (2, false);
const BY_CURSOR: (usize, bool) = (2, true);
const ONE_BY_ONE: (usize, bool) = (1, true);

fn lists_comments((on_page, by_cursor): (usize, bool)) -> impl FnOnce(&str) {
    move |name| {
        let server = server();
        let capture = Capture::read(name).sent_to(&server);
        let ticket = create_ticket(&server, &capture);
        let comment = add_comment(&server, &capture, &ticket);
        let answer = server.exchange(&capture.with_ticket(&ticket["id"]).bytes());
        assert_eq!(answer.status(), 200, "{answer}");
        assert_eq!(answer.header("content-type"), Some(JSON));
        let page = answer.json();
        let comments = page["comments"].as_array().expect("comments");
        assert_eq!(comments.len(), on_page, "{answer}");
        assert_eq!(comments[0]["body"], "first");
        if by_cursor {
            assert_eq!(page["meta"]["has_more"], on_page < 2);
            let next = get(&server, &page["links"]["next"]).json();
            let rest = next["comments"].as_array().expect("comments");
            let last = comments.iter().chain(rest).next_back();
            assert_eq!(last.map(|last| &last["id"]), Some(&comment["id"]));
            assert_eq!(comments.len() + rest.len(), 2);
        } else {
            assert_eq!((&page["next_page"], &page["count"]), (&Value::Null, &json!(2)));
            assert_eq!(comments[1]["attachments"], comment["attachments"]);
        }
        let all_comments = comments.iter().all(|comment| comment["type"] == "Comment");
        assert!(all_comments, "{answer}");
    }
}

fn redacts(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let ticket = create_ticket(&server, &capture);
    let comment = add_comment(&server, &capture, &ticket);
    let file = &comment["attachments"][0];
    let path =
        format!("/tickets/{}/comments/{}/attachments/{}/", ticket["id"], comment["id"], file["id"]);
    let request = capture.with_head_text("/tickets/1008/comments/1/attachments/1002/", &path);
    let answer = server.exchange(&request.bytes());
    assert_eq!(answer.status(), 200, "{answer}");
    assert_eq!(answer.json(), json!({"attachment": file}), "the answer has the old file");
    let shown = get(&server, &file["url"]).json()["attachment"].take();
    assert_eq!((&shown["id"], &shown["file_name"]), (&file["id"], &json!("redacted.txt")));
}

fn is_not_modified(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let ticket = create_ticket(&server, &capture);
    let capture = capture.with_ticket(&ticket["id"]);
    let changed = server.exchange(&capture.bytes());
    assert_eq!(changed.status(), 200, "{changed}");
    assert_eq!(changed.json(), json!({"ticket": ticket}));
    let tag = changed.header("etag").expect("an entity tag");
    let known = server.exchange(&capture.with_head_text("W/\"abc1004\"", tag).bytes());
    assert_eq!((known.status(), &*known.body), (304, &b""[..]), "{known}");
    assert_eq!(known.header("etag"), Some(tag));
}

fn gets_a_csrf_token(name: &str) {
    let server = server();
    let answer = server.exchange(&Capture::read(name).sent_to(&server).bytes());
    assert_eq!(answer.status(), 200, "{answer}");
    let user = answer.json()["user"].take();
    assert_eq!(user["id"], Value::Null);
    let token = text(&user["authenticity_token"]);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    assert!(token.len() == 86 && token.bytes().all(is_plain), "{token}");
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "wire"].iter().collect()
}

/// Creates an upload of `a b é.txt` in the account of the capture.
fn create_upload(server: &Server, capture: &Capture) -> Value {
    let request = format!(
        "POST /api/v2/uploads?filename=a%20b%20%C3%A9.txt HTTP/1.1\r\n\
         Host: {}\r\n\
         Authorization: Bearer token\r\n\
         Content-Length: {}\r\n\r\n",
        capture.host(),
        HELLO.len(),
    );
    let answer = server.exchange(&[request.as_bytes(), HELLO].concat());
    assert_eq!(answer.status(), 201, "{answer}");
    answer.json()["upload"].take()
}

/// Creates a ticket with the comment `first` in the account of the capture.
fn create_ticket(server: &Server, capture: &Capture) -> Value {
    let body = json!({"ticket": {"subject": "s", "comment": {"body": "first"}}});
    let answer = send(server, capture, "POST", "/api/v2/tickets", &body);
    assert_eq!(answer.status(), 201, "{answer}");
    answer.json()["ticket"].take()
}

/// Adds the comment `second` with a file.
fn add_comment(server: &Server, capture: &Capture, ticket: &Value) -> Value {
    let upload = create_upload(server, capture);
    let body = json!({"ticket": {"comment": {"body": "second", "uploads": [upload["token"]]}}});
    let path = format!("/api/v2/tickets/{}", ticket["id"]);
    let answer = send(server, capture, "PUT", &path, &body);
    assert_eq!(answer.status(), 200, "{answer}");
    answer.json()["audit"]["events"][0].take()
}

fn send(server: &Server, capture: &Capture, method: &str, path: &str, body: &Value) -> RawResponse {
    let (host, body) = (capture.host(), body.to_string());
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer token\r\nContent-Length: {}\r\n\r\n",
        body.len(),
    );
    server.exchange(&[head.as_bytes(), body.as_bytes()].concat())
}

/// Requests a URL of an answer, with its host.
fn get(server: &Server, url: &Value) -> RawResponse {
    let url = url.as_str().expect("a URL");
    let (host, path) = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_at_checked(rest.find('/')?))
        .unwrap_or_else(|| panic!("{url} is no URL to follow"));
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer token\r\n\r\n");
    server.exchange(request.as_bytes())
}

/// A captured request. A replacement changes only the announced length besides.
struct Capture {
    head: String,
    body: Vec<u8>,
}

impl Capture {
    fn read(name: &str) -> Self {
        let path = folder().join(name).with_extension("http");
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let blank = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a blank line");
        let (head, body) = bytes.split_at(blank + 4);
        Self {
            head: String::from_utf8(head.to_vec()).expect("a head is text"),
            body: body.to_vec(),
        }
    }

    /// Replaces the address of the capturing server. Zendesk's host names stay.
    fn sent_to(self, server: &Server) -> Self {
        let address = server.mock.address().to_string();
        Self { head: self.head.replace("localhost:8080", &address), ..self }
    }

    fn host(&self) -> &str {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("host"))
            .map_or_else(|| panic!("no host in {}", self.head), |(_, host)| host)
    }

    /// Replaces the captured token in the target or in a form.
    fn with_token(self, live: &Value) -> Self {
        let live = text(live);
        if let Some(token) = captured_token(self.head.as_bytes()) {
            return self.with_head_text(&token, live);
        }
        let token = self.body_token().expect("a token to replace");
        self.with_body_text(&token, live)
    }

    /// The first captured token in the body.
    fn body_token(&self) -> Option<String> {
        captured_token(&self.body)
    }

    /// Replaces the captured attachment id.
    fn with_attachment(self, live: &Value) -> Self {
        let rest = self.head.split_once("/attachments/").expect("an id to replace").1;
        let captured = rest.split_once('.').expect("an id to replace").0.to_owned();
        self.with_head_text(&format!("/{captured}."), &format!("/{live}."))
    }

    /// Replaces the captured ticket id in the path. Zendesk ignores an id in the body.
    fn with_ticket(self, live: &Value) -> Self {
        let rest = self.head.split_once("/tickets/").expect("a ticket to replace").1;
        let captured: String = rest.chars().take_while(char::is_ascii_digit).collect();
        self.with_head_text(&format!("/tickets/{captured}"), &format!("/tickets/{live}"))
    }

    fn with_head_text(self, captured: &str, live: &str) -> Self {
        assert_eq!(self.head.matches(captured).count(), 1, "{captured} in {}", self.head);
        Self { head: self.head.replace(captured, live), ..self }
    }

    /// Replaces in the body, and corrects the announced length.
    fn with_body_text(self, captured: &str, live: &str) -> Self {
        let at = self
            .body
            .windows(captured.len())
            .position(|part| part == captured.as_bytes())
            .unwrap_or_else(|| panic!("no {captured} in the body"));
        let rest = &self.body[at + captured.len()..];
        let body = [&self.body[..at], live.as_bytes(), rest].concat();
        let length =
            if self.head.contains("Content-Length") { "Content-Length" } else { "content-length" };
        let announced = |body: &[u8]| format!("\r\n{length}: {}\r\n", body.len());
        let head = self.head.replace(&announced(&self.body), &announced(&body));
        assert_ne!(head, self.head, "the capture announces its length");
        Self { head, body }
    }

    fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }
}

/// The capturing server made tokens of 24 hexadecimal digits. Ours have 25 characters.
fn captured_token(text: &[u8]) -> Option<String> {
    let is_token = |run: &&[u8]| {
        run.len() == 24 && run.iter().all(|b| b.is_ascii_digit() || b"abcdef".contains(b))
    };
    let mut runs = text.split(|byte| !byte.is_ascii_alphanumeric());
    runs.find(is_token).map(|run| String::from_utf8_lossy(run).into_owned())
}
