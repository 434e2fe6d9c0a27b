//! `/_mock/files`

use serde_json::{Value, json};

use crate::harness::images::*;
use crate::harness::*;

/// The fields of all listed files, newest first.
fn listed(server: &Server, fields: &[&str]) -> Vec<Value> {
    let files = server.get_json("/_mock/files")["files"].take();
    let pick = |file: &Value| fields.iter().map(|field| file[field].clone()).collect();
    files.as_array().expect("files").iter().map(pick).collect()
}

fn states(server: &Server) -> Vec<Value> {
    listed(server, &["state", "file_name", "missing"])
}

#[test]
fn each_state_of_an_upload_is_listed() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    assert_eq!(states(&server), [json!(["open", "a.txt", "attach"])]);
    let facts = ["kind", "content_type", "size", "token", "at", "expires_at", "url"];
    assert_eq!(
        listed(&server, &facts)[0],
        json!([
            "upload",
            "text/plain",
            5,
            upload["token"],
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T01:00:00Z",
            upload["attachment"]["content_url"],
        ])
    );
    server.account.advance(HOUR / 2);
    let second = server.upload("b.txt", "hello");
    server.attach(&json!([second["token"]]));
    assert_eq!(states(&server)[0], json!(["attached", "b.txt", null]));
    assert_eq!(listed(&server, &["ticket", "token"])[0], json!([1, second["token"]]));
    server.account.advance(HOUR / 2);
    assert_eq!(
        states(&server),
        [json!(["attached", "b.txt", null]), json!(["expired", "a.txt", "attach"])]
    );
    let third = server.upload("c.txt", "hello");
    server.delete(&format!("/api/v2/uploads/{}", token(&third))).agent().fetch();
    assert_eq!(states(&server)[0], json!(["deleted", null, null]));
    server.delete("/api/v2/tickets/1").agent().fetch();
    assert_eq!(states(&server)[1], json!(["deleted", null, null]));
}

#[test]
fn each_state_of_an_image_is_listed() {
    let server = server();
    let reserved = reserve(&server, "image/png", PNG.len() as u64);
    let name = format!("{}.png", reserved.token);
    let size = PNG.len();
    let facts = ["kind", "state", "file_name", "content_type", "size", "missing"];
    let row =
        |state: &str, missing: Value| json!(["image", state, name, "image/png", size, missing]);
    assert_eq!(listed(&server, &facts), [row("reserved", json!("store"))]);
    store(&server, &reserved, PNG);
    assert_eq!(listed(&server, &facts), [row("stored", json!("publish"))]);
    let path = publish(&server, &reserved.token);
    let name = path.rsplit('/').next().expect("a name").to_owned();
    let row = json!(["image", "published", name, "image/png", size, null]);
    assert_eq!(listed(&server, &facts)[0], row);
    let url = listed(&server, &["url"])[0][0].take();
    assert_eq!(server.get(text(&url)).fetch().status(), 200);
    server.account.advance(HOUR);
    assert_eq!(listed(&server, &facts), [row], "a published image stays");
    reserve(&server, "image/gif", 1);
    server.account.advance(HOUR);
    assert_eq!(listed(&server, &["state", "content_type"])[0], json!(["expired", "image/gif"]));
}

#[test]
fn bytes_are_returned_as_such_and_leave_no_trace() {
    let server = server();
    server.upload("a.html", "<script>alert(1)</script>");
    server.account.advance(HOUR / 2);
    let image = reserve(&server, "image/png", PNG.len() as u64);
    store(&server, &image, PNG);
    publish(&server, &image.token);
    let requests = server.get_json("/_mock/journal")["last"].take();
    for (row, bytes) in
        listed(&server, &["file"]).iter().zip([PNG, b"<script>alert(1)</script>".as_slice()])
    {
        let answer = server.get(&format!("/_mock/files/{}/content", text(&row[0]))).fetch();
        assert_eq!(answer.header("content-type"), "application/octet-stream");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(answer.bytes().expect("bytes"), bytes);
    }
    assert_eq!(server.get_json("/_mock/journal")["last"], requests);
    for unknown in ["1", "x", "01KJSKTZXGBR4K11MR70AGS31B"] {
        let (status, answer) = server.get(&format!("/_mock/files/{unknown}/content")).fetch_json();
        assert_eq!(status, 404, "{answer}");
    }
}

#[test]
fn a_file_of_another_account_is_named() {
    let server = server();
    server.upload("a.txt", "hello");
    let id = listed(&server, &["file"])[0][0].take();
    let path = format!("/@acme/_mock/files/{}/content", text(&id));
    let (status, answer) = server.get(&path).fetch_json();
    assert_eq!(status, 404);
    assert!(text(&answer["description"]).contains("account \"default\" has it"), "{answer}");
}
