//! The memory budget.

use reqwest::blocking::Response;
use serde_json::json;

use crate::harness::*;

pub const MEGABYTE: usize = 1024 * 1024;

pub fn with_memory(bytes: u64) -> Server {
    configured(|config| config.max_memory = bytes)
}

pub fn post(server: &Server, query: &str, size: usize) -> Response {
    server
        .post(&format!("/api/v2/uploads?filename=a.bin{query}"))
        .agent()
        .body(vec![7; size])
        .fetch()
}

pub fn is_out_of_memory(response: Response) -> bool {
    let (status, refusal) = response.status_and_json();
    let why = refusal["description"].as_str().unwrap_or_default();
    status == 503 && why.contains("max_memory")
}

/// The head of an upload, and the first `begin` bytes of its body.
pub fn partial_upload(length: usize, begin: usize) -> Vec<u8> {
    let mut request = format!(
        "POST /api/v2/uploads?filename=a.bin HTTP/1.1\r\nHost: localhost\r\n{AGENT}Content-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    request.resize(request.len() + begin, 7);
    request
}

#[test]
fn memory_is_charged_for_every_file_and_freed() {
    let server = server();
    assert_eq!(server.mock.memory_used(), 0);
    let one = server.upload("a.bin", vec![7; 100_000]);
    let token = text(&one["token"]);
    server.upload(&format!("b.bin&token={token}"), vec![7; 50_000]);
    assert_eq!(server.mock.memory_used(), 150_000 + 2 * OVERHEAD + TOKEN_OVERHEAD);
    server.upload("c.bin", vec![7; 1_000]);
    let path = format!("/api/v2/uploads/{token}");
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(server.mock.memory_used(), 1_000 + OVERHEAD + TOKEN_OVERHEAD);
    server.account.advance(HOUR);
    assert_eq!(server.mock.memory_used(), 0);
    server.upload("d.bin", vec![7; 1_000]);
    server.post("/_mock/reset").fetch();
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn an_upload_over_max_memory_is_503_and_loses_nothing() {
    let server = with_memory(1_000_000);
    let kept = server.upload("kept.bin", vec![3; 600_000]);
    let used = server.mock.memory_used();
    for _ in 0..3 {
        assert!(is_out_of_memory(post(&server, "", 400_000)));
        assert_eq!(server.mock.memory_used(), used);
    }
    let token = text(&kept["token"]);
    assert!(is_out_of_memory(post(&server, &format!("&token={token}"), 400_000)));
    let shown = server.get(&format!("/api/v2/uploads/{token}")).agent().fetch();
    assert_eq!(shown.into_json(), json!({ "upload": kept }));
    assert!(server.download(&kept["attachment"]) == vec![3; 600_000]);
    let room = 1_000_000 - used - OVERHEAD - TOKEN_OVERHEAD;
    assert_eq!(post(&server, "", room as usize).status(), 201);
    assert_eq!(server.mock.memory_used(), 1_000_000);
    assert!(is_out_of_memory(post(&server, "", 1)));
}

#[test]
fn all_accounts_share_the_budget() {
    let server = with_memory(1_000_000);
    let upload = |account: &str| {
        server
            .post(&format!("/@{account}/api/v2/uploads?filename=a.bin"))
            .agent()
            .body(vec![7; 600_000])
            .fetch()
    };
    assert_eq!(upload("one").status(), 201);
    assert!(is_out_of_memory(upload("two")));
    server.mock.account("one").expect("an account").advance(HOUR);
    assert_eq!(upload("two").status(), 201);
    server.mock.account("two").expect("an account").reset();
    assert_eq!(upload("three").status(), 201);
}

#[test]
fn a_refused_upload_is_read_to_its_end() {
    let server = with_memory(1_000_000);
    let mut connection = server.connect();
    connection.send(&partial_upload(8 * MEGABYTE, 8 * MEGABYTE));
    let answer = connection.read_response();
    assert_eq!(answer.status(), 503);
    assert!(answer.to_string().contains("max_memory"), "{answer}");
    assert_eq!(server.mock.memory_used(), 0);
    connection.send(&partial_upload(1_000, 1_000));
    assert_eq!(connection.read_response().status(), 201);
}

/// The content type is stored with the file, so it is either charged or refused.
#[test]
fn a_long_content_type_is_charged_or_refused() {
    const LENGTH: usize = 40_000;
    let server = server();
    let long_type = format!("image/{}", "x".repeat(LENGTH));
    let response = server
        .post("/api/v2/uploads?filename=a.bin")
        .agent()
        .header("content-type", &long_type)
        .body("a")
        .fetch();
    let stored = response.status() == 201
        && response.into_json()["upload"]["attachment"]["content_type"] == long_type;
    assert!(!stored || server.mock.memory_used() >= LENGTH as u64);
}

/// A reservation would store its host.
#[test]
fn a_long_host_is_refused() {
    const LENGTH: usize = 40_000;
    let server = server();
    let host = "x".repeat(LENGTH);
    let response = server
        .post("/api/v2/guide/user_images/uploads")
        .header("host", &host)
        .body("{\"content_type\": \"image/png\", \"file_size\": 5}")
        .fetch();
    assert_eq!(response.status(), 400);
    assert_eq!(server.mock.memory_used(), 0);
}

/// A page of comments is several times larger than the comments. It is charged while it is sent,
/// so that clients that do not read cannot exceed the budget.
#[test]
fn a_large_list_is_charged_while_it_is_sent() {
    const LONG: usize = 60_000;
    let fill = |server: &Server| {
        let ticket = json!({"ticket": {"comment": {"body": "short"}}});
        assert_eq!(server.post("/api/v2/tickets").agent().json(&ticket).fetch().status(), 201);
        let comment = json!({"ticket": {"comment": {"body": "a".repeat(LONG)}}});
        for _ in 0..20 {
            let updated = server.put("/api/v2/tickets/1").agent().json(&comment).fetch();
            assert_eq!(updated.status(), 200, "a write is answered without free memory");
        }
    };
    let comments = "/api/v2/tickets/1/comments";
    let roomy = server();
    fill(&roomy);
    let page = roomy.get(comments).agent().fetch().into_json();
    assert_eq!(page["comments"][20]["body"].as_str().map(str::len), Some(LONG));
    roomy.wait_until("the answer is freed", || roomy.mock.memory_used() < 3_000_000);

    // Room for the comments, but not for an answer that contains each three times.
    let tight = with_memory(3_000_000);
    fill(&tight);
    let refused = tight.get(comments).agent().header("Origin", "http://page.test").fetch();
    assert_eq!(refused.header("access-control-allow-origin"), "http://page.test");
    assert!(is_out_of_memory(refused));
    let shown = tight.get(&format!("{comments}?per_page=1")).agent().fetch();
    assert_eq!(shown.into_json()["comments"][0]["body"], "short");
}

#[test]
fn changed_users_and_large_numbers_are_charged() {
    let server = with_memory(4 * MEGABYTE as u64);
    let name = "N".repeat(400_000);
    let mut accepted = 0;
    for number in 0..30 {
        let email = format!("p{number}@example.org");
        let request = json!({"request": {"comment": {"body": "b"}, "requester": {"name": name, "email": email}}});
        accepted +=
            i32::from(server.post("/api/v2/requests").json(&request).fetch().status() == 201);
        // The call changes the role, so the user is stored again.
        server.get("/api/v2/users/me").basic_auth(format!("{email}/token"), Some("x")).fetch();
    }
    assert!((5..12).contains(&accepted), "{accepted} names of 400 KB in 4 MiB");

    let server = configured(|config| config.random_seed = None);
    let ticket = json!({"ticket": {"comment": {"body": "b"}}});
    server.post("/api/v2/tickets").agent().json(&ticket).fetch();
    let change = json!({"ticket": {"custom_fields": [{"id": 1, "value": 1e308}, {"id": 2, "value": 5e-324}]}});
    let updated = server.put("/api/v2/tickets/1").agent().json(&change).fetch().into_json();
    assert_eq!(updated["audit"]["events"][0]["value"], "1e308");
    assert_eq!(updated["ticket"]["custom_fields"][1]["value"], 5e-324);
}

/// A ticket that is refused for memory attaches no file and creates no user.
#[test]
fn a_ticket_over_max_memory_changes_nothing() {
    let server = with_memory(100_000);
    let mut refused = 0;
    for room in (0..12_000).step_by(256) {
        server.post("/_mock/reset").fetch();
        server.upload("filler.bin", vec![7; 100_000 - 3 * OVERHEAD as usize - room]);
        let upload = server.upload("a.txt", "hello");
        let held = |what: &str| {
            let account = server.get("/_mock/account").fetch().into_json();
            account["holds"][what].as_u64().expect("a number")
        };
        let (used, users) = (server.mock.memory_used(), held("users"));
        let ticket = json!({"ticket": {
            "requester": {"name": "New", "email": format!("new{room}@example.org")},
            "comment": {"body": "b", "uploads": [upload["token"]]}
        }});
        let caller = format!("caller{room}@example.org/token");
        let created =
            server.post("/api/v2/tickets").basic_auth(caller, Some("x")).json(&ticket).fetch();
        if created.status() == 201 {
            assert_eq!((held("users"), held("tickets")), (2, 1));
            continue;
        }
        assert!(is_out_of_memory(created));
        refused += 1;
        assert_eq!((held("users"), held("tickets"), held("uploads")), (users, 0, 2), "{room}");
        assert_eq!(server.mock.memory_used(), used);
    }
    assert!((10..47).contains(&refused), "{refused} refusals: both outcomes occur");
}

#[test]
fn a_ticket_in_a_full_store_can_be_deleted() {
    let full = with_memory(64 * 1024);
    let ticket = json!({"ticket": {"comment": {"body": "b"}}});
    while full.post("/api/v2/tickets").agent().json(&ticket).fetch().status() == 201 {}
    let file = full.post("/api/v2/tickets").agent().json(&ticket).fetch();
    assert!(is_out_of_memory(file));
    // Some clients send a body with the deletion.
    let deleted =
        full.delete("/api/v2/tickets/1").agent().json(&json!({"ticket": {"id": 1}})).fetch();
    assert_eq!(deleted.status(), 204);
    assert_eq!(full.post("/api/v2/tickets").agent().json(&ticket).fetch().status(), 201);
}

#[test]
fn a_full_store_lists_its_accounts() {
    let full = with_memory(1_000_000);
    for _ in 0..300 {
        assert_eq!(full.post("/_mock/accounts").json(&json!({})).fetch().status(), 201);
    }
    let room = 1_000_000 - full.mock.memory_used() - OVERHEAD - TOKEN_OVERHEAD;
    assert_eq!(post(&full, "", room as usize).status(), 201);
    let listed = full.get("/_mock/accounts").fetch();
    assert_eq!(listed.status(), 200);
    let listed = listed.text().expect("a body");
    assert!(listed.len() > 64 * 1024, "{} bytes are no long answer", listed.len());
}
