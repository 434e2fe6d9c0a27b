//! Requests of real client libraries, byte for byte as they were captured, over raw sockets.
//! `fixtures/PROVENANCE.md` says which client each name stands for, and what a replay replaces.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Server, server, server_with};

/// The table: every capture, and what its replay must come to.
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
    // A new upload: the name and the content type that are stored, the bytes that the capture
    // carries however they are framed, and the content type of the answer, which follows Accept.
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
    // The client escapes neither & nor +, so the name ends at the one and has a space for the other.
    zenpy_upload_unescaped_name: is_stored("a b", "application/octet-stream", b"hi", TEXT);

    // One more file for an upload that exists, with the same columns.
    go_medigo_append: is_appended("bin.png", "image/png", NOISE, TEXT);
    go_nukosuke_append: is_appended("bin.png", "image/png", NOISE, TEXT);
    java_append: is_appended("bin.png", "image/png", NOISE, TEXT);
    node_append: is_appended("bin.png", "application/json", NOISE, JSON);
    php_append: is_appended("bin.png", "image/png", NOISE, JSON);
    ruby_append_form: is_appended("bin.png", "image/png", NOISE, JSON);
    ruby_append_query: is_appended("a b é.txt", "text/plain", HELLO, JSON);
    zenpy_append: is_appended("bin.png", "image/png", NOISE, TEXT);

    // Uploads that stop, wait, or have nothing to say.
    php_upload_expect_continue: waits_for_the_go_ahead;
    ruby_retry_without_body: is_timed_out;
    zenpy_upload_empty: is_refused_as_empty;

    // What becomes of an upload.
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

    // Zendesk's own editor: an image is reserved, stored and published.
    editor_2_create: reserves_an_image;
    editor_3_put: stores_an_image;
    editor_4_publish: publishes_an_image;

    // Routes that this server does not have yet: users, tickets, requests, comments, redaction.
    // The day one of them answers, its captures leave this group for a check of their own.
    editor_1_users_me: is_not_served_yet;
    go_medigo_ticket_create: is_not_served_yet;
    go_nukosuke_comments_cursor: is_not_served_yet;
    go_nukosuke_comments_iterator: is_not_served_yet;
    go_nukosuke_ticket_create: is_not_served_yet;
    java_comments: is_not_served_yet;
    java_ticket_create: is_not_served_yet;
    java_ticket_create_idempotent: is_not_served_yet;
    java_ticket_update: is_not_served_yet;
    node_comments: is_not_served_yet;
    node_ticket_create: is_not_served_yet;
    php_comments_cursor: is_not_served_yet;
    php_ticket_create: is_not_served_yet;
    python_zendesk_sdk_comments: is_not_served_yet;
    ruby_comments_cursor: is_not_served_yet;
    ruby_ticket_create: is_not_served_yet;
    ruby_ticket_if_none_match: is_not_served_yet;
    ruby_ticket_update: is_not_served_yet;
    zenpy_comments_cursor: is_not_served_yet;
    zenpy_redact: is_not_served_yet;
    zenpy_request_create: is_not_served_yet;
    zenpy_ticket_create: is_not_served_yet;
    zenpy_ticket_create_string_uploads: is_not_served_yet;
    zenpy_ticket_update: is_not_served_yet;
}

/// The answer's type for clients whose Accept names JSON.
const JSON: &str = "application/json; charset=utf-8";
/// The answer's type for all others.
const TEXT: &str = "text/plain; charset=utf-8";

/// The text file of the captures.
const HELLO: &[u8] = b"hello\nworld";
/// The binary file of the captures: 3,000 bytes that are no image, whatever its name says.
const NOISE: &[u8] = EDITOR_PUT.split_at(EDITOR_PUT.len() - 3000).1;
const NOISE_MD5: &str = "4cf4f1a8362fa3014113673d44388a1c";
const EDITOR_PUT: &[u8] = include_bytes!("../../fixtures/wire/editor_3_put.http");

#[test]
fn every_capture_is_in_the_table_and_every_row_has_its_capture() {
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
    answered_as: &'static str,
) -> impl FnOnce(&str) {
    move |name| {
        let server = server();
        let capture = Capture::read(name).sent_to(&server);
        let answer = server.exchange(&capture.bytes());
        let upload = stored(&server, &answer, file_name, content_type, file);
        assert_eq!(upload["attachments"].as_array().map(Vec::len), Some(1), "{answer}");
        assert_eq!(answer.header("content-type"), Some(answered_as));
    }
}

fn is_appended(
    file_name: &'static str,
    content_type: &'static str,
    file: &'static [u8],
    answered_as: &'static str,
) -> impl FnOnce(&str) {
    move |name| {
        let server = server();
        let capture = Capture::read(name).sent_to(&server);
        let before = live_upload(&server, &capture);
        let answer = server.exchange(&capture.with_token(&before["token"]).bytes());
        let upload = stored(&server, &answer, file_name, content_type, file);
        assert_eq!(upload["token"], before["token"]);
        assert_eq!(upload["attachments"].as_array().map(Vec::len), Some(2), "{answer}");
        assert_eq!(upload["attachments"][0], before["attachments"][0]);
        assert_eq!(answer.header("content-type"), Some(answered_as));
    }
}

/// Checks an answer to an upload against the file that was sent, and gives its `upload`.
fn stored(
    server: &Server,
    answer: &Answer,
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
    // None of the captured files is an image, though some are declared to be one.
    assert_eq!(attachment["width"], Value::Null);
    assert_eq!(attachment["height"], Value::Null);
    assert_eq!(attachment["thumbnails"], json!([]));
    assert_eq!(answer.header("location"), attachment["url"].as_str());

    let download = follow(server, &attachment["content_url"]);
    assert_eq!(download.status(), 200, "{}", download.head);
    assert_eq!(download.header("content-type"), Some(content_type));
    assert_eq!(download.body, file);
    upload
}

fn waits_for_the_go_ahead(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let mut wire = server.connect();
    wire.send(capture.head.as_bytes());
    let go_ahead = wire.answer();
    assert_eq!(go_ahead.head, "HTTP/1.1 100 Continue\r\n\r\n");
    wire.send(&capture.body);
    let answer = wire.answer();
    stored(&server, &answer, "pump.bin", "application/octet-stream", &[b'x'; 40]);
}

fn is_timed_out(name: &str) {
    let server = server_with(|builder| {
        builder.configure(|config| config.body_timeout = Duration::from_millis(100))
    });
    let capture = Capture::read(name).sent_to(&server);
    assert!(capture.body.is_empty() && capture.head.contains("Content-Length: 3419"));
    let mut wire = server.connect();
    wire.send(&capture.bytes());
    let answer = wire.answer();
    assert_eq!(answer.status(), 408, "{answer}");
    assert_eq!(answer.json()["error"], "RequestTimeout");
    assert!(wire.is_closed());
}

fn is_refused_as_empty(name: &str) {
    let server = server();
    let answer = server.exchange(&Capture::read(name).sent_to(&server).bytes());
    assert_eq!(answer.status(), 422, "{answer}");
    assert_eq!(answer.json()["error"], "RecordInvalid");
    assert!(answer.json()["details"]["size"].is_array(), "{answer}");
}

fn deletes(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let upload = live_upload(&server, &capture);
    let request = capture.with_token(&upload["token"]).bytes();
    let answer = server.exchange(&request);
    assert_eq!(answer.status(), 204, "{answer}");
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(follow(&server, &upload["attachment"]["content_url"]).status(), 404);
    assert_eq!(follow(&server, &upload["attachment"]["url"]).status(), 404);
    let again = server.exchange(&request);
    assert_eq!(again.status(), 404, "{again}");
    assert_eq!(again.json(), json!({"error": "RecordNotFound", "description": "Not found"}));
}

fn shows(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let upload = live_upload(&server, &capture);
    let answer = server.exchange(&capture.with_attachment(&upload["attachment"]["id"]).bytes());
    assert_eq!(answer.status(), 200, "{answer}");
    assert_eq!(answer.header("content-type"), Some(JSON));
    assert_eq!(answer.json(), json!({"attachment": upload["attachment"]}));
}

fn downloads(name: &str) {
    let server = server();
    let capture = Capture::read(name).sent_to(&server);
    let upload = live_upload(&server, &capture);
    let content_url = upload["attachment"]["content_url"].as_str().expect("a URL");
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
    let token = upload["token"].as_str().expect("a token");
    assert_eq!(
        upload["headers"],
        json!({
            "Content-Disposition": format!("attachment; filename=\"{token}.png\""),
            "Content-Type": "image/png",
            "X-Amz-Server-Side-Encryption": "AES256",
        })
    );
    let url = upload["url"].as_str().expect("a URL");
    let prefix = format!("{}/aus-uploaded-assets/", server.mock.url());
    assert!(url.starts_with(&prefix) && url.contains(&format!("/{token}?")), "{url}");
}

fn stores_an_image(name: &str) {
    let server = server();
    let reserved = editor_reserves(&server);
    let answer = server.exchange(&editor_put(&server, name, &reserved));
    assert_eq!(answer.status(), 200, "{answer}");
    assert_eq!(answer.body, b"");
    assert_eq!(answer.header("etag"), Some(&*format!("\"{NOISE_MD5}\"")));
    assert_eq!(answer.header("x-amz-server-side-encryption"), Some("AES256"));
}

fn publishes_an_image(name: &str) {
    let server = server();
    let reserved = editor_reserves(&server);
    assert_eq!(server.exchange(&editor_put(&server, "editor_3_put", &reserved)).status(), 200);
    let token = reserved["token"].as_str().expect("a token");
    let capture = Capture::read(name).sent_to(&server).with_body_text("aus-token-1", token);
    let answer = server.exchange(&capture.bytes());
    assert_eq!(answer.status(), 201, "{answer}");
    let image = answer.json()["user_image"].take();
    assert_eq!(image["content_type"], "image/png");
    assert_eq!(image["size"], NOISE.len());

    let path = image["path"].as_str().expect("a path");
    assert!(path.starts_with("/hc/user_images/") && path.ends_with(".png"), "{path}");
    let download = follow(&server, &format!("{}{path}", server.mock.url()).into());
    assert_eq!(download.status(), 200, "{}", download.head);
    assert_eq!(download.header("content-type"), Some("image/png"));
    assert_eq!(download.body, NOISE);
}

/// What Zendesk's editor is told when it reserves an image.
fn editor_reserves(server: &Server) -> Value {
    let answer = server.exchange(&Capture::read("editor_2_create").sent_to(server).bytes());
    answer.json()["upload"].take()
}

/// The editor's PUT to the URL, and with the headers, that it was told. The capturing server had
/// told it two headers of its own.
fn editor_put(server: &Server, name: &str, reserved: &Value) -> Vec<u8> {
    let url = reserved["url"].as_str().expect("a URL");
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

fn is_not_served_yet(name: &str) {
    let server = server();
    let answer = server.exchange(&Capture::read(name).sent_to(&server).bytes());
    assert_eq!(answer.status(), 404, "{answer}");
    assert_eq!(answer.json(), json!({"error": "InvalidEndpoint", "description": "Not found"}));
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "wire"].iter().collect()
}

/// An upload that exists: `a b é.txt`, made in the account that the capture is for.
fn live_upload(server: &Server, capture: &Capture) -> Value {
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

/// Asks for a URL of an answer at the host that it names.
fn follow(server: &Server, url: &Value) -> Answer {
    let url = url.as_str().expect("a URL");
    let (host, path) = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_at_checked(rest.find('/')?))
        .unwrap_or_else(|| panic!("{url} is no URL to follow"));
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer token\r\n\r\n");
    server.exchange(request.as_bytes())
}

/// A captured request. What a replay replaces changes its length, and nothing else.
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

    /// To this server instead of the capturing one. Hosts of Zendesk's stay.
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

    /// With a live token in the place of the captured one, in the target or in a form.
    fn with_token(self, live: &Value) -> Self {
        let live = live.as_str().expect("a token");
        let captured = |text: &[u8]| {
            let is_token = |run: &&[u8]| {
                run.len() == 24 && run.iter().all(|b| b.is_ascii_digit() || b"abcdef".contains(b))
            };
            let runs = text.split(|byte| !byte.is_ascii_alphanumeric());
            runs.filter(is_token).map(|run| String::from_utf8_lossy(run).into_owned()).next()
        };
        if let Some(token) = captured(self.head.as_bytes()) {
            return self.with_head_text(&token, live);
        }
        let token = captured(&self.body).expect("a token to replace");
        self.with_body_text(&token, live)
    }

    /// With a live id in the place of the captured one.
    fn with_attachment(self, live: &Value) -> Self {
        let rest = self.head.split_once("/attachments/").expect("an id to replace").1;
        let captured = rest.split_once('.').expect("an id to replace").0.to_owned();
        self.with_head_text(&format!("/{captured}."), &format!("/{live}."))
    }

    fn with_head_text(self, captured: &str, live: &str) -> Self {
        assert_eq!(self.head.matches(captured).count(), 1, "{captured} in {}", self.head);
        Self { head: self.head.replace(captured, live), ..self }
    }

    /// Replaces in the body, and corrects the announced length by the difference.
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
