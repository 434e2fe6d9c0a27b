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

#[test]
fn the_handle_has_the_same_files_and_tickets() {
    use zendesk_mock::{FileState, MissingStep, TicketStatus};

    let server = server();
    let account = &server.account;
    assert!(account.files().is_empty() && account.tickets().is_empty());
    let upload = server.upload("a.txt", "hello");
    let open = account.files();
    assert_eq!(
        (open.len(), open[0].state, open[0].missing),
        (1, FileState::Open, Some(MissingStep::Attach))
    );
    assert_eq!(open[0].token.map(|token| token.to_string()).as_deref(), Some(token(&upload)));
    let body = json!({"body": "see **files**", "uploads": [upload["token"]]});
    server.create_ticket(&json!({"subject": "s", "comment": body, "tags": ["t"]}));
    let reserved = reserve_and_store(&server);
    reserve(&server, "image/gif", 9);
    publish(&server, &reserved.token);
    // Each file, as the control API lists it.
    let files = account.files();
    let shown = files.iter().map(|file| {
        let state: &str = file.state.into();
        let size = file.size.expect("a size");
        json!([file.file, state, file.file_name, file.content_type, size, file.ticket])
    });
    let facts = ["file", "state", "file_name", "content_type", "size", "ticket"];
    assert_eq!(shown.collect::<Vec<_>>(), listed(&server, &facts));
    for file in &files {
        let bytes = file.file.as_deref().and_then(|id| account.file_content(id));
        let expected = match file.state {
            FileState::Attached => Some(b"hello".to_vec()),
            FileState::Published => Some(PNG.to_vec()),
            _ => None,
        };
        assert_eq!(bytes, expected, "{file:?}");
    }
    assert_eq!(account.file_content("7"), None);

    let tickets = account.tickets();
    let ticket = &tickets[0];
    assert_eq!((tickets.len(), ticket.id, ticket.status), (1, 1, TicketStatus::New));
    assert_eq!((ticket.subject.as_deref(), &*ticket.tags), (Some("s"), &["t".to_owned()][..]));
    let comment = &ticket.comments[0];
    assert_eq!((comment.body.as_str(), comment.public), ("see **files**", true));
    assert_eq!(comment.files[0].file_name.as_deref(), Some("a.txt"));
    assert_eq!(comment.files[0].file, upload["attachment"]["id"].as_u64().map(|id| id.to_string()));
    server.create_ticket(&json!({"comment": {"body": "second"}}));
    let ids: Vec<_> = account.tickets().iter().map(|ticket| ticket.id).collect();
    assert_eq!(ids, [2, 1], "newest first, as in the control API");
}

#[test]
fn an_attached_file_is_listed_once_although_the_journal_has_dropped_its_upload() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    server.attach(&upload["token"]);
    server.account.clear_journal();
    let files = server.get_json("/_mock/files")["files"].take();
    let states: Vec<_> =
        files.as_array().expect("files").iter().map(|file| &file["state"]).collect();
    assert_eq!(states, ["attached"]);
}
