//! `/_mock/journal`: entries, filters, waiting and verification.

mod bodies;
mod events;
mod verification;

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::images::*;
use crate::harness::*;

fn journal(server: &Server, query: &str) -> Value {
    let response = server.get(&format!("/_mock/journal{query}")).fetch();
    assert_eq!(response.status(), 200, "{query}");
    response.into_json()
}

fn entries(server: &Server, query: &str) -> Vec<Value> {
    journal(server, query)["entries"].as_array().expect("entries").clone()
}

fn call(server: &Server, name: &str, input: &Value) -> (u16, Value) {
    server.post(&format!("/_mock/journal/{name}")).json(input).fetch_json()
}

#[test]
fn an_entry_has_the_objects_and_no_secrets() {
    let server = server();
    let upload = server
        .post("/api/v2/uploads?filename=a.txt&access_token=hush")
        .agent()
        .header("user-agent", "test/1")
        .body("hello")
        .fetch()
        .into_json()["upload"]
        .take();
    let all = entries(&server, "");
    assert_eq!(all.len(), 1);
    let entry = &all[0];
    assert_eq!(
        (&entry["number"], &entry["method"], &entry["status"]),
        (&json!(1), &json!("POST"), &json!(201))
    );
    assert_eq!(entry["path"], "/api/v2/uploads?filename=a.txt&access_token=…");
    assert_eq!(entry["route"], "/api/v2/uploads");
    assert_eq!(
        (&entry["caller"], &entry["client"]),
        (&json!("agent@example.com/token"), &json!("test/1"))
    );
    assert_eq!(entry["at"], "2026-01-01T00:00:00.000Z");
    assert_eq!(
        (&entry["received"], &entry["triggered"], &entry["reason"]),
        (&json!(5), &json!(false), &Value::Null)
    );
    assert!(entry["sent"].as_u64() > Some(500) && entry["ms"].as_f64() > Some(0.0), "{entry}");
    let token = token(&upload);
    let id = &upload["attachment"]["id"];
    assert_eq!(entry["objects"], json!([format!("upload/{token}"), format!("attachment/{id}")]));
    assert!(!entry.to_string().contains("hush") && !entry.to_string().contains("secret"));
}

#[test]
fn control_calls_are_not_in_the_journal() {
    let server = server();
    server.get("/_mock/health").fetch();
    server.get("/@acme/api/v2/users/me").fetch();
    assert_eq!(
        journal(&server, ""),
        json!({"account": "default", "entries": [], "last": 0, "dropped": 0})
    );
    let acme = server.get("/@acme/_mock/journal").fetch().into_json();
    assert_eq!(acme["entries"][0]["path"], "/@acme/api/v2/users/me");
}

#[test]
fn entries_are_filtered_by_object() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let ticket = json!({"ticket": {"comment": {"body": "b", "uploads": [upload["token"]]}}});
    server.post("/api/v2/tickets").agent().json(&ticket).fetch();
    server.download(&upload["attachment"]);
    let query = format!("?object=attachment/{}", upload["attachment"]["id"]);
    let paths: Vec<_> =
        entries(&server, &query).iter().map(|entry| entry["route"].clone()).collect();
    assert_eq!(paths, ["/api/v2/uploads", "/api/v2/tickets", "/attachments/token/{token}/"]);
    assert_eq!(entries(&server, "?object=ticket/1").len(), 1);

    let reserved = reserve_and_store(&server);
    try_publish(&server, &reserved.token);
    let image = entries(&server, &format!("?object=image-token/{}", reserved.token));
    let statuses: Vec<_> = image.iter().map(|entry| entry["status"].clone()).collect();
    assert_eq!(statuses, [200, 200, 201]);
    let (_, signature) = reserved.query().split_once("X-Amz-Signature=").expect("a signature");
    let signature = signature.split('&').next().expect("a signature");
    assert!(!image[1].to_string().contains(signature), "signatures are secret");
}

#[test]
fn entries_are_filtered_by_method_path_status_and_number() {
    let server = server();
    server.upload("a.txt", "a");
    server.get("/api/v2/tickets/1").agent().fetch();
    server.get("/api/v2/tickets/x").agent().fetch();
    server.get("/api/v2/users/me").fetch();
    let numbers = |query: &str| {
        entries(&server, query).iter().map(|entry| entry["number"].as_u64()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("?method=get"), [Some(2), Some(3), Some(4)]);
    assert_eq!(numbers("?path=tickets"), [Some(2), Some(3)]);
    assert_eq!(numbers("?status=404"), [Some(2)]);
    assert_eq!(numbers("?status=4xx&path=/x"), [Some(3)]);
    assert_eq!(numbers("?after=3"), [Some(4)]);
    let why = entries(&server, "?status=404")[0]["reason"].clone();
    assert!(why.as_str().is_some_and(|why| why.contains("no ticket has this id")), "{why}");
    for (query, field) in
        [("?status=9xx", "status"), ("?status=ok", "status"), ("?after=x", "after")]
    {
        let (status, refusal) = server.get(&format!("/_mock/journal{query}")).fetch_json();
        assert_eq!((status, &refusal["field"]), (400, &json!(field)), "{query}");
    }
}

#[test]
fn entries_are_filtered_by_route_and_by_time() {
    let server = server();
    let account = server.mock.default_account();
    for second in 0..3 {
        server.get(&format!("/api/v2/tickets/{second}")).agent().fetch();
        account.advance(Duration::from_secs(1));
    }
    server.get("/nowhere").fetch();
    let numbers = |query: &str| {
        entries(&server, query).iter().map(|entry| entry["number"].as_u64()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("?route=/api/v2/tickets/{id}"), [Some(1), Some(2), Some(3)]);
    assert_eq!(numbers("?route=/api/v2/tickets"), []);
    assert_eq!(numbers("?since=2026-01-01T00:00:02Z"), [Some(3), Some(4)]);
    assert_eq!(numbers("?until=2026-01-01T00:00:02Z"), [Some(1), Some(2)]);
    let between = "since=2026-01-01T01:00:01%2B01:00&until=2026-01-01T00:00:01.5Z";
    assert_eq!(numbers(&format!("?{between}")), [Some(2)]);
    for (query, field) in [
        ("?since=now", "since"),
        ("?until=2026-01-01", "until"),
        ("?since=2026-01-01T00:00:02Z&until=2026-01-01T00:00:02Z", "until"),
    ] {
        let (status, refusal) = server.get(&format!("/_mock/journal{query}")).fetch_json();
        assert_eq!((status, &refusal["field"]), (400, &json!(field)), "{query}");
    }

    let (route, since) = ("/api/v2/tickets/{id}", "2026-01-01T00:00:01Z");
    assert_eq!(
        call(&server, "verify", &json!({"route": route, "since": since, "count": 2})).0,
        200
    );
    assert_eq!(call(&server, "wait", &json!({"route": route, "until": since})).0, 200);
    let mut late = json!({"route": route, "since": "2026-01-01T00:00:03Z"});
    for name in ["verify", "wait"] {
        let (status, missed) = call(&server, name, &late);
        late["timeout"] = json!(0.01);
        assert_eq!(status, 409);
        assert_eq!(
            missed["near"][0]["misses"],
            json!([format!("route is missing: no route answered, not {route}")])
        );
        assert_eq!(
            missed["near"][1]["misses"],
            json!(["at is 2026-01-01T00:00:02Z, before 2026-01-01T00:00:03Z"])
        );
    }
    let early = json!({"path": "nowhere", "until": "2026-01-01T00:00:03Z"});
    assert_eq!(
        call(&server, "verify", &early).1["near"][0]["misses"],
        json!(["at is 2026-01-01T00:00:03Z, not before 2026-01-01T00:00:03Z"])
    );
}

#[test]
fn a_filter_text_has_at_most_1000_characters() {
    let server = server();
    server.get("/api/v2/users/me").fetch();
    let (longest, longer) = ("é".repeat(1_000), "é".repeat(1_001));
    for field in ["method", "path", "route", "object"] {
        let missed = call(&server, "verify", &json!({field: longest}));
        // No method, route or object is so long.
        let expected = if field == "path" { 409 } else { 400 };
        assert_eq!(missed.0, expected, "{}", missed.1);
        let (status, refusal) = call(&server, "verify", &json!({field: longer}));
        assert_eq!((status, &refusal["field"]), (400, &json!(field)));
        let accepts = refusal["problem"].as_str().expect("what it accepts");
        assert!(accepts.contains("at most 1000 characters"), "{accepts}");
    }
}

#[test]
fn a_long_method_is_truncated() {
    let server = server();
    let request = format!("{} /api/v2/users/me HTTP/1.1\r\nHost: x\r\n\r\n", "M".repeat(50_000));
    server.exchange(request.as_bytes());
    assert_eq!(entries(&server, "")[0]["method"], "M".repeat(32));
}

#[test]
fn a_large_journal_is_shown_although_the_store_is_full() {
    let server = configured(|config| config.max_memory = 16 * 1024);
    let mut connection = server.connect();
    let path = format!("/api/v2/users/search?query={}", "x".repeat(1_000));
    for _ in 0..100 {
        connection.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n{AGENT}\r\n").as_bytes());
        connection.read_response();
    }
    let room = 16 * 1024 - server.mock.memory_used() - OVERHEAD - TOKEN_OVERHEAD;
    server.upload("a.bin", vec![7; room as usize]);
    let mut reader = server.connect();
    reader.send(b"GET /_mock/journal HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(reader.read_response().json()["entries"].as_array().map(Vec::len), Some(101));
}

#[test]
fn a_cut_request_is_in_the_journal() {
    let server = server();
    server.post("/_mock/faults").json(&json!({"cut": "before", "times": 1})).fetch();
    let mut connection = server.connect();
    connection.try_send(b"GET /api/v2/users/me HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(connection.read_to_end(), b"");
    let entry = &entries(&server, "")[0];
    assert_eq!((&entry["status"], &entry["triggered"]), (&Value::Null, &json!(true)));
    assert!(
        entry["reason"].as_str().is_some_and(|why| why.contains("cuts the connection")),
        "{entry}"
    );
}

#[test]
fn the_journal_keeps_1000_entries_and_counts_dropped_ones() {
    let server = server();
    let mut connection = server.connect();
    for _ in 0..1_010 {
        connection.send(b"GET /api/v2/users/me HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(connection.read_response().status(), 200);
    }
    let all = journal(&server, "");
    let kept = all["entries"].as_array().expect("entries");
    assert_eq!((kept.len(), &all["last"], &all["dropped"]), (1_000, &json!(1_010), &json!(10)));
    assert_eq!((&kept[0]["number"], &kept[999]["number"]), (&json!(11), &json!(1_010)));
    assert_eq!(server.delete("/_mock/journal").fetch().status(), 200);
    server.get("/api/v2/users/me").fetch();
    assert_eq!(entries(&server, "")[0]["number"], 1_011, "numbers continue");
    assert_eq!(server.mock.memory_used(), 0, "the journal has a separate budget");
}
