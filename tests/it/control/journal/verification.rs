//! `/_mock/journal/wait` and `…/verify`

use std::panic;
use std::thread;
use std::time::Duration;

use serde_json::json;
use zendesk_mock::{Filter, ZendeskMock};

use super::call;
use crate::harness::*;

#[test]
fn a_wait_ends_when_the_requests_arrive() {
    let server = server();
    thread::scope(|scope| {
        let waiting =
            scope.spawn(|| call(&server, "wait", &json!({"path": "uploads", "count": 2})));
        for name in ["a.txt", "b.txt"] {
            server.upload(name, "hello");
        }
        let (status, seen) = waiting.join().expect("a response");
        assert_eq!(status, 200, "{seen}");
        assert_eq!(seen["entries"].as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn a_wait_that_times_out_lists_near_misses() {
    let server = server();
    server.get("/api/v2/tickets/1").agent().fetch();
    server.upload("a.txt", "hello");
    let wanted = json!({"method": "POST", "path": "tickets", "status": 201, "timeout": 0.01});
    let (status, missed) = call(&server, "wait", &wanted);
    assert_eq!((status, &missed["error"], &missed["matched"]), (409, &json!("NotSeen"), &json!(0)));
    assert!(missed["description"].as_str().is_some_and(|why| why.contains("0 of 1")), "{missed}");
    assert_eq!(missed["near"][0]["entry"]["number"], 2);
    assert_eq!(
        missed["near"][0]["misses"],
        json!(["path is /api/v2/uploads?filename=a.txt, without tickets"])
    );
    assert_eq!(
        missed["near"][1]["misses"],
        json!(["method is GET, not POST", "status is 404, not 201"])
    );
}

#[test]
fn verification_checks_count_and_order() {
    let server = server();
    server.upload("a.txt", "hello");
    server.get("/api/v2/users/me").fetch();
    assert_eq!(call(&server, "verify", &json!({"path": "uploads", "count": 1})).0, 200);
    assert_eq!(call(&server, "verify", &json!({"path": "uploads"})).0, 200);
    assert_eq!(call(&server, "verify", &json!({"path": "tickets", "count": 0})).0, 200);
    let (status, missed) = call(&server, "verify", &json!({"path": "uploads", "count": 2}));
    assert_eq!((status, &missed["matched"]), (409, &json!(1)));

    let (upload, me) = (json!({"path": "uploads"}), json!({"path": "users/me"}));
    assert_eq!(call(&server, "verify", &json!({"order": [upload, me]})).0, 200);
    let (status, missed) = call(&server, "verify", &json!({"order": [me, upload]}));
    assert_eq!(status, 409);
    assert!(missed["description"].as_str().is_some_and(|why| why.contains("step 2")), "{missed}");
    for (order, field) in [(json!("x"), "order"), (json!([1]), "order[0]")] {
        let (status, refusal) = call(&server, "verify", &json!({"order": order}));
        assert_eq!((status, &refusal["field"]), (400, &json!(field)));
    }
}

#[test]
fn too_many_matches_list_the_newest_ones() {
    let server = server();
    server.get("/api/v2/users/me").fetch();
    for name in ["a", "b", "c", "d"] {
        server.upload(name, "hello");
    }
    server.get("/api/v2/users/me").fetch();
    let (status, missed) = call(&server, "verify", &json!({"path": "uploads", "count": 2}));
    assert_eq!((status, &missed["matched"]), (409, &json!(4)));
    let near = missed["near"].as_array().expect("entries");
    let numbers: Vec<_> = near.iter().map(|near| near["entry"]["number"].as_u64()).collect();
    assert_eq!(numbers, [Some(5), Some(4), Some(3)]);
    assert!(near.iter().all(|near| near["misses"] == json!([])), "{missed}");
}

#[test]
fn an_invalid_verification_is_400() {
    let server = server();
    for (input, field) in [
        (json!({"order": []}), "order"),
        (json!({"order": [{}], "method": "GET"}), "method"),
        (json!({"order": [{}], "count": 2}), "count"),
        (json!({"order": [{}], "route": "/api/v2/uploads"}), "route"),
        // Even if an earlier step does not match.
        (json!({"order": [{"path": "nowhere"}, {"status": "ok"}]}), "order[1].status"),
        (json!({"order": [{"status": "9xx"}]}), "order[0].status"),
        (json!({"order": [{}, {"count": 2}]}), "order[1].count"),
    ] {
        let (status, refusal) = call(&server, "verify", &input);
        assert_eq!((status, &refusal["field"]), (400, &json!(field)), "{input}");
    }
    let (status, refusal) = call(&server, "wait", &json!({"count": 1_001}));
    assert_eq!(
        (status, &refusal["field"]),
        (400, &json!("count")),
        "the journal keeps 1,000 entries"
    );
    for query in ["/events?after=x", "/events?after=-1"] {
        let answer = server.get(&format!("/_mock/journal{query}")).fetch();
        let (status, refusal) = answer.status_and_json();
        assert_eq!((status, &refusal["field"]), (400, &json!("after")), "{query}");
    }
    let (status, refusal) = call(&server, "wait", &json!({"timeout": "61s"}));
    assert_eq!((status, &refusal["field"]), (400, &json!("timeout")));
    assert_eq!(refusal["problem"], "takes a time of at most 60s, such as \"5s\"");
    let (_, refusal) = call(&server, "verify", &json!({"order": [{}], "count": 2}));
    assert!(text(&refusal["problem"]).starts_with("cannot go together with order"), "{refusal}");
}

#[test]
fn a_count_is_not_confirmed_after_entries_were_dropped() {
    let server = server();
    let mut connection = server.connect();
    for _ in 0..1_010 {
        connection.send(b"GET /api/v2/users/me HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(connection.read_response().status(), 200);
    }
    let behind = "10 were dropped";
    for input in [
        json!({"path": "uploads", "count": 0}),
        json!({"path": "users/me", "count": 1_000}),
        json!({"path": "uploads", "count": 1}),
        json!({"path": "uploads"}),
        json!({"order": [{"path": "users/me"}, {"path": "uploads"}]}),
    ] {
        let (status, missed) = call(&server, "verify", &input);
        assert_eq!(status, 409, "{input}");
        assert_eq!((&missed["last"], &missed["dropped"]), (&json!(1_010), &json!(10)), "{input}");
        let why = text(&missed["description"]);
        assert!(why.contains(behind) && why.contains("an `after` of 10 or more"), "{why}");
    }
    let (status, missed) = call(&server, "wait", &json!({"path": "uploads", "timeout": 0.01}));
    assert_eq!((status, &missed["last"], &missed["dropped"]), (409, &json!(1_010), &json!(10)));
    assert!(text(&missed["description"]).contains(behind), "{missed}");
    // These do not depend on the dropped entries.
    for input in [
        json!({"path": "uploads", "count": 0, "after": 10}),
        json!({"path": "users/me", "count": 1_000, "after": 10}),
        json!({"path": "users/me"}),
        json!({"order": [{"path": "users/me"}, {"path": "users/me"}]}),
    ] {
        assert_eq!(call(&server, "verify", &input).0, 200, "{input}");
    }
    let (_, missed) = call(&server, "verify", &json!({"path": "uploads", "after": 10}));
    assert_eq!(missed["description"], "0 requests matched, not at least 1");
    let account = &server.account;
    let uploads = Filter::new().path("uploads");
    let message = panic_message(|| drop(account.assert_received(&uploads, 0)));
    assert!(message.contains(behind), "{message}");
    account.assert_received(&uploads.clone().after(10), 0);
    // Clearing the journal also forgets that entries were dropped.
    account.clear_journal();
    account.assert_received(&uploads, 0);
    assert_eq!(call(&server, "verify", &json!({"path": "users/me", "count": 0})).0, 200);
}

fn panic_message(verify: impl FnOnce()) -> String {
    let panicked = panic::catch_unwind(panic::AssertUnwindSafe(verify));
    *panicked.expect_err("a panic").downcast::<String>().expect("a message")
}

#[test]
fn a_request_before_after_is_a_near_miss() {
    let server = server();
    server.upload("a.txt", "hello");
    let (status, missed) = call(&server, "verify", &json!({"path": "uploads", "after": 1}));
    assert_eq!(status, 409);
    assert_eq!(missed["near"][0]["misses"], json!(["number is 1, not above 1"]));
}

#[test]
fn the_handle_waits_and_reports_what_was_received() {
    let server = server();
    let account = &server.account;
    let created = Filter::new().status(201);
    server.upload("a.txt", "hello");
    let found = account.wait_for_blocking(&created, 1, TIMEOUT).expect("it came");
    assert_eq!(found[0].target, "/api/v2/uploads?filename=a.txt");
    let late = account.wait_for_blocking(&created, 2, Duration::from_millis(1));
    let message = format!("{:?}", late.expect_err("one came"));
    assert!(
        message.contains("1 of 2")
            && message.contains("1. POST /api/v2/uploads?filename=a.txt 201"),
        "{message}"
    );
    account.clear_journal();
    assert!(account.requests().is_empty());
    let waiting = thread::spawn({
        let account = account.clone();
        move || account.wait_for_blocking(&Filter::new(), 1, TIMEOUT)
    });
    drop(server);
    let stopped = waiting.join().expect("no panic").expect_err("no request came");
    assert_eq!(stopped.to_string(), "the server has stopped");
}

/// The request is sent by the one thread of the runtime that waits.
#[tokio::test(flavor = "current_thread")]
async fn a_wait_leaves_the_thread_of_its_runtime_to_others() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let account = zendesk.account("acme").expect("an account");
    let sending = tokio::spawn(reqwest::get(account.api_url("users/me")));
    let to_me = Filter::new().path("users/me");
    let found = account.wait_for(&to_me, 1, TIMEOUT).await.expect("it came");
    assert_eq!(found[0].status, Some(200));
    assert_eq!(sending.await.expect("no panic").expect("an answer").status(), 200);
    let late = account.wait_for(&to_me, 2, Duration::from_millis(1)).await;
    assert!(late.expect_err("one came").to_string().starts_with("1 of 2 requests matched"));
}

#[test]
fn the_handle_verifies_count_and_order() {
    let server = server();
    let account = &server.account;
    server.attach(&server.upload("a.txt", "hello")["token"]);
    let to = |route: &str| Filter::new().route(route);
    let (upload, ticket) = (to("/api/v2/uploads"), to("/api/v2/tickets"));
    assert_eq!(account.assert_received(&upload, 1)[0].number, 1);
    let found = account.assert_order(&[upload.clone(), ticket.clone()]);
    assert_eq!(found.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2]);
    let twice = panic_message(|| drop(account.assert_received(&ticket, 2)));
    assert!(twice.starts_with("1 requests matched") && twice.contains("2. POST"), "{twice}");
    let near = "nearest were:\n  1. POST /api/v2/uploads?filename=a.txt 201: route is /api/v2/uploads, not /api/v2/tickets\n";
    assert!(twice.contains(near), "{twice}");
    let never = panic_message(|| drop(account.assert_received(&ticket, 0)));
    assert!(
        never.contains("nearest were:\n  2. POST /api/v2/tickets 201: it matched\n"),
        "{never}"
    );
    let reversed = panic_message(|| drop(account.assert_order(&[ticket, upload])));
    assert!(reversed.contains("route is /api/v2/tickets, not /api/v2/uploads"), "{reversed}");
    assert!(
        reversed.starts_with("nothing matches step 2") && reversed.contains("1. POST"),
        "{reversed}"
    );
    assert_eq!(account.dropped_requests(), 0);
}
