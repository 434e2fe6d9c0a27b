//! `/_mock/journal/{number}`, `…/body` and `…/file`: request bodies, byte for byte.

use serde_json::{Value, json};
use zendesk_mock::{Filter, JournalBody, NotKept};

use crate::harness::images::*;
use crate::harness::*;

/// SHA-256 of `hello`.
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

fn get_entry(server: &Server, number: u64) -> Value {
    let response = server.get(&format!("/_mock/journal/{number}")).fetch();
    assert_eq!(response.status(), 200);
    response.into_json()["entry"].take()
}

/// The bytes of a body, or why it is missing.
fn body(server: &Server, number: u64) -> Result<Vec<u8>, String> {
    let response = server.get(&format!("/_mock/journal/{number}/body")).fetch();
    if response.status() == 200 {
        assert_eq!(response.header("content-type"), "application/octet-stream");
        assert_eq!(response.header("x-content-type-options"), "nosniff");
        let length = response.header("content-length");
        let bytes = response.bytes().expect("a body").to_vec();
        assert_eq!(length, bytes.len().to_string());
        return Ok(bytes);
    }
    let (status, refusal) = response.status_and_json();
    assert_eq!((status, &refusal["error"]), (404, &json!("NotFound")));
    Err(refusal["description"].as_str().expect("why").to_owned())
}

#[track_caller]
fn assert_missing(got: Result<Vec<u8>, String>, why: &str) {
    let description = got.expect_err("it is missing");
    assert!(description.contains(why), "{description}");
}

#[test]
fn the_body_of_an_upload_is_kept_while_its_file_is_stored() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    assert_eq!(body(&server, 1), Ok(b"hello".to_vec()));
    let whole = json!({"kept": true, "size": 5, "sha256": HELLO, "sniffed_type": null});
    let entry = get_entry(&server, 1);
    assert_eq!((&entry["body"], &entry["file"]), (&whole, &whole));
    let listed = server.get("/_mock/journal").fetch().into_json()["entries"][0].take();
    // A list computes no hashes.
    assert_eq!(listed["body"], json!({"kept": true, "size": 5}));

    let token = token(&upload);
    server.delete(&format!("/api/v2/uploads/{token}")).agent().fetch();
    assert_eq!(server.mock.memory_used(), 0, "the journal keeps no file alive");
    assert_missing(body(&server, 1), "not stored any more");
    assert_eq!(get_entry(&server, 1)["file"]["kept"], false);
    assert_missing(body(&server, 2), "had no body");
    assert_eq!(get_entry(&server, 2)["body"], Value::Null);
}

#[test]
fn a_large_file_is_kept_until_it_expires() {
    let server = server();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    server.upload("large.bin", bytes.clone());
    assert_eq!(body(&server, 1).as_ref(), Ok(&bytes));
    assert_eq!(get_entry(&server, 1)["file"]["size"], 3_000_000);
    server.account.advance(HOUR);
    assert_missing(body(&server, 1), "past its life");
}

#[test]
fn a_small_body_is_kept_unchanged_even_if_refused() {
    let server = server();
    let sent = "{ \"ticket\" : {\"comment\":{\"body\":\"é\"}} }\r\n";
    for path in ["/api/v2/tickets", "/nowhere"] {
        server.post(path).agent().body(sent).fetch();
    }
    server.post("/api/v2/uploads?filename=a.txt").body("without credentials").fetch();
    server.post("/api/v2/uploads?filename=a.txt&token=unknown").agent().body("lost").fetch();
    assert_eq!(body(&server, 1), Ok(sent.as_bytes().to_vec()));
    assert_eq!(body(&server, 2), Ok(sent.as_bytes().to_vec()));
    assert_eq!(body(&server, 3), Ok(b"without credentials".to_vec()));
    assert_eq!(body(&server, 4), Ok(b"lost".to_vec()));
    assert_eq!(get_entry(&server, 4)["file"], Value::Null, "no file was stored");
}

#[test]
fn a_chunked_body_is_kept_without_chunk_framing() {
    let server = server();
    let request = format!(
        "POST /api/v2/uploads HTTP/1.1\r\nHost: x\r\n{AGENT}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    );
    assert_eq!(server.exchange(request.as_bytes()).status(), 422, "the file name is missing");
    assert_eq!(body(&server, 1), Ok(b"abcde".to_vec()));
}

#[test]
fn a_small_form_is_kept_beside_its_file() {
    let server = server();
    let form = |file: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"uploaded_data\"; filename=\"a.txt\"\r\n\r\n{file}\r\n--b--\r\n"
        )
    };
    let large = "x".repeat(100_000);
    for file in ["hello", &large] {
        let request = server.post("/api/v2/uploads").agent();
        let request = request.header("content-type", "multipart/form-data; boundary=b");
        assert_eq!(request.body(form(file)).fetch().status(), 201);
    }
    assert_eq!(body(&server, 1), Ok(form("hello").into_bytes()));
    let entry = get_entry(&server, 1);
    assert_eq!((&entry["file"]["sha256"], &entry["file"]["size"]), (&json!(HELLO), &json!(5)));
    assert_ne!(entry["body"]["sha256"], entry["file"]["sha256"]);
    // A large form is dropped after parsing. Its file is stored.
    assert_missing(body(&server, 2), "at most 64 KiB");
    assert_eq!(get_entry(&server, 2)["file"]["size"], 100_000);
    let file = server.get("/_mock/journal/2/file").fetch();
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.bytes().expect("the file"), large);
    server.get("/api/v2/users/me").fetch();
    assert_eq!(server.get("/_mock/journal/3/file").fetch().status(), 404);
}

#[test]
fn a_refused_body_is_kept_up_to_64_kib() {
    let server = configured(|config| config.account.max_upload_size = 1_000);
    let (small, large) = (vec![b's'; 64 * 1024], vec![b'l'; 64 * 1024 + 1]);
    for bytes in [&small, &large] {
        let upload = server.post("/api/v2/uploads?filename=a.bin").agent().body(bytes.clone());
        assert_eq!(upload.fetch().status(), 413);
    }
    assert_eq!(body(&server, 1).as_ref(), Ok(&small));
    assert_missing(body(&server, 2), "at most 64 KiB");
    assert_eq!(server.mock.memory_used(), 0, "the journal has a separate budget");
}

#[test]
fn an_image_is_sniffed_and_a_later_put_is_kept_too() {
    let server = server();
    let image = reserve_and_store(&server);
    let entry = get_entry(&server, 2);
    assert_eq!(entry["file"]["sniffed_type"], "image/png");
    assert_eq!((body(&server, 2), &entry["file"]), (Ok(PNG.to_vec()), &entry["body"]));
    try_publish(&server, &image.token);
    assert_eq!(put_request(&server, &image, b"too late".to_vec()).fetch().status(), 200);
    assert_eq!(body(&server, 2), Ok(PNG.to_vec()), "the published image is kept");
    assert_eq!(body(&server, 4), Ok(b"too late".to_vec()));
    assert_eq!(get_entry(&server, 4)["file"]["kept"], false);
}

#[test]
fn an_incomplete_body_is_not_kept() {
    let server = server();
    let mut connection = server.connect();
    let head = "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n";
    connection.send(format!("{head}{AGENT}\r\nhalf").as_bytes());
    connection.shutdown_write();
    connection.read_to_end();
    server.wait_until("the entry exists", || {
        server.get("/_mock/journal").fetch().into_json()["last"] == 1
    });
    assert_missing(body(&server, 1), "did not arrive to its end");
}

#[test]
fn old_bodies_are_evicted_without_their_entries() {
    let server = server();
    let large = vec![b' '; 60_000];
    let mut connection = server.connect();
    let head = "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n";
    for _ in 0..80 {
        connection.send(&[head.as_bytes(), &large].concat());
        assert_eq!(connection.read_response().status(), 404);
    }
    assert_missing(body(&server, 1), "made room for newer ones");
    assert_eq!(body(&server, 80), Ok(large));
    let journal = server.get("/_mock/journal").fetch().into_json();
    assert_eq!(journal["dropped"], 0);
    let why = journal["entries"][0]["body"]["reason"].clone();
    assert!(why.as_str().is_some_and(|why| why.contains("made room")), "{why}");
}

#[test]
fn an_unknown_entry_is_404_with_a_reason() {
    let server = server();
    server.get("/api/v2/users/me").fetch();
    assert_missing(body(&server, 0), "from 1 on");
    assert_missing(body(&server, 2), "the last is 1");
    server.delete("/_mock/journal").fetch();
    assert_missing(body(&server, 1), "or was cleared");
    for path in ["/_mock/journal/x", "/_mock/journal/-1/body"] {
        let (status, refusal) = server.get(path).fetch_json();
        assert_eq!((status, &refusal["field"]), (400, &json!("number")), "{path}");
    }
}

#[test]
fn the_handle_reads_bodies() {
    let server = server();
    let account = server.mock.default_account();
    server.upload("a.txt", "hello");
    let found = account.requests_matching(&Filter::new().route("/api/v2/uploads"));
    assert_eq!(found[0].body.bytes().as_deref(), Ok(&b"hello"[..]));
    assert_eq!(found[0].file.sha256().as_deref(), Ok(HELLO));
    assert_eq!((found[0].file.size(), found[0].file.sniffed_type()), (Some(5), Ok(None)));
    account.reset();
    assert!(account.requests().is_empty());
    assert_eq!(found[0].body.bytes(), Err(NotKept::Gone));
    assert!(matches!(found[0].body, JournalBody::File(_)));
}

#[test]
fn the_headers_of_a_request_are_shown_without_secrets() {
    let server = server();
    server
        .post("/api/v2/uploads?filename=a.txt")
        .agent()
        .header("content-type", "text/x-log")
        .header("cookie", "session=secret")
        .body("hello")
        .fetch();
    let headers = get_entry(&server, 1)["headers"].take();
    let find = |name: &str| {
        let pairs = headers.as_array().expect("pairs");
        pairs.iter().find(|pair| pair[0] == name).map(|pair| pair[1].clone())
    };
    assert_eq!(find("content-type"), Some(json!("text/x-log")));
    assert_eq!(find("authorization"), Some(json!("Basic …")));
    assert_eq!(find("cookie"), Some(json!("…")));
    let listed = server.get("/_mock/journal").fetch().into_json()["entries"][0].take();
    assert_eq!(listed.get("headers"), None);
}
