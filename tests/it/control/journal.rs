//! `/_mock/journal`: what was asked of an account, and what became of it.

use std::panic;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use zendesk_mock::JournalFilter;

use crate::harness::images::{reserve_and_store, try_publish};
use crate::harness::{
    AGENT, RequestExt as _, ResponseExt as _, Server, TIMEOUT, configured, server, text, token,
};

fn journal(server: &Server, query: &str) -> Value {
    let response = server.get(&format!("/_mock/journal{query}")).fetch();
    assert_eq!(response.status(), 200, "{query}");
    response.into_json()
}

fn entries(server: &Server, query: &str) -> Vec<Value> {
    journal(server, query)["entries"].as_array().expect("entries").clone()
}

fn ask(server: &Server, call: &str, input: &Value) -> (u16, Value) {
    server.post(&format!("/_mock/journal/{call}")).json(input).fetch().status_and_json()
}

#[test]
fn a_request_is_written_down_with_what_it_touched_and_without_its_secrets() {
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
        (&entry["received"], &entry["fault"], &entry["why"]),
        (&json!(5), &json!(false), &Value::Null)
    );
    assert!(entry["sent"].as_u64() > Some(500) && entry["ms"].as_f64() > Some(0.0), "{entry}");
    let token = token(&upload);
    let id = &upload["attachment"]["id"];
    assert_eq!(entry["objects"], json!([format!("upload/{token}"), format!("attachment/{id}")]));
    assert!(!entry.to_string().contains("hush") && !entry.to_string().contains("secret"));
}

#[test]
fn what_only_tests_ask_is_not_written_down_and_each_account_has_its_own() {
    let server = server();
    server.get("/_mock/health").fetch();
    server.get("/@acme/api/v2/users/me").fetch();
    assert_eq!(journal(&server, ""), json!({"entries": [], "last": 0, "dropped": 0}));
    let acme = server.get("/@acme/_mock/journal").fetch().into_json();
    assert_eq!(acme["entries"][0]["path"], "/@acme/api/v2/users/me");
}

#[test]
fn the_way_of_a_file_is_followed_by_what_its_requests_touched() {
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
    assert!(!image[1].to_string().contains(signature), "it is a secret");
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
    let why = entries(&server, "?status=404")[0]["why"].clone();
    assert!(why.as_str().is_some_and(|why| why.contains("no ticket has this id")), "{why}");
    for (query, field) in
        [("?status=9xx", "status"), ("?status=ok", "status"), ("?after=x", "after")]
    {
        let (status, refusal) =
            server.get(&format!("/_mock/journal{query}")).fetch().status_and_json();
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
        let (status, refusal) =
            server.get(&format!("/_mock/journal{query}")).fetch().status_and_json();
        assert_eq!((status, &refusal["field"]), (400, &json!(field)), "{query}");
    }

    let (route, since) = ("/api/v2/tickets/{id}", "2026-01-01T00:00:01Z");
    assert_eq!(ask(&server, "verify", &json!({"route": route, "since": since, "count": 2})).0, 200);
    assert_eq!(ask(&server, "wait", &json!({"route": route, "until": since})).0, 200);
    let late = json!({"route": route, "since": "2026-01-01T00:00:03Z", "timeout": 0.01});
    for call in ["verify", "wait"] {
        let (status, missed) = ask(&server, call, &late);
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
        ask(&server, "verify", &early).1["near"][0]["misses"],
        json!(["at is 2026-01-01T00:00:03Z, not before 2026-01-01T00:00:03Z"])
    );
}

#[test]
fn a_test_waits_for_what_is_still_to_come() {
    let server = server();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| ask(&server, "wait", &json!({"path": "uploads", "count": 2})));
        for name in ["a.txt", "b.txt"] {
            server.upload(name, "hello");
        }
        let (status, seen) = waiting.join().expect("an answer");
        assert_eq!(status, 200, "{seen}");
        assert_eq!(seen["entries"].as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn who_waits_in_vain_is_told_what_came_nearest_and_why_it_does_not_match() {
    let server = server();
    server.get("/api/v2/tickets/1").agent().fetch();
    server.upload("a.txt", "hello");
    let wanted = json!({"method": "POST", "path": "tickets", "status": 201, "timeout": 0.01});
    let (status, missed) = ask(&server, "wait", &wanted);
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
fn a_count_or_an_order_is_verified_and_a_miss_explained() {
    let server = server();
    server.upload("a.txt", "hello");
    server.get("/api/v2/users/me").fetch();
    assert_eq!(ask(&server, "verify", &json!({"path": "uploads", "count": 1})).0, 200);
    assert_eq!(ask(&server, "verify", &json!({"path": "uploads"})).0, 200);
    assert_eq!(ask(&server, "verify", &json!({"path": "tickets", "count": 0})).0, 200);
    let (status, missed) = ask(&server, "verify", &json!({"path": "uploads", "count": 2}));
    assert_eq!((status, &missed["matched"]), (409, &json!(1)));

    let (upload, me) = (json!({"path": "uploads"}), json!({"path": "users/me"}));
    assert_eq!(ask(&server, "verify", &json!({"order": [upload, me]})).0, 200);
    let (status, missed) = ask(&server, "verify", &json!({"order": [me, upload]}));
    assert_eq!(status, 409);
    assert!(missed["description"].as_str().is_some_and(|why| why.contains("step 2")), "{missed}");
    for order in [json!("x"), json!([1])] {
        let (status, refusal) = ask(&server, "verify", &json!({"order": order}));
        assert_eq!((status, &refusal["field"]), (400, &json!("order")));
    }
}

#[test]
fn who_wants_fewer_is_shown_the_newest_that_matched() {
    let server = server();
    server.get("/api/v2/users/me").fetch();
    for name in ["a", "b", "c", "d"] {
        server.upload(name, "hello");
    }
    server.get("/api/v2/users/me").fetch();
    let (status, missed) = ask(&server, "verify", &json!({"path": "uploads", "count": 2}));
    assert_eq!((status, &missed["matched"]), (409, &json!(4)));
    let near = missed["near"].as_array().expect("entries");
    let numbers: Vec<_> = near.iter().map(|near| near["entry"]["number"].as_u64()).collect();
    assert_eq!(numbers, [Some(5), Some(4), Some(3)]);
    assert!(near.iter().all(|near| near["misses"] == json!([])), "{missed}");
}

#[test]
fn what_would_be_verified_by_mistake_is_refused() {
    let server = server();
    for (input, field) in [
        (json!({"order": []}), "order"),
        (json!({"order": [{}], "method": "GET"}), "method"),
        (json!({"order": [{}], "count": 2}), "count"),
        (json!({"order": [{}], "route": "/api/v2/uploads"}), "route"),
        // Also when an earlier step is not there.
        (json!({"order": [{"path": "nowhere"}, {"status": "ok"}]}), "order[1].status"),
        (json!({"order": [{"status": "9xx"}]}), "order[0].status"),
        (json!({"order": [{}, {"count": 2}]}), "order[1].count"),
    ] {
        let (status, refusal) = ask(&server, "verify", &input);
        assert_eq!((status, &refusal["field"]), (400, &json!(field)), "{input}");
    }
    let (status, refusal) = ask(&server, "wait", &json!({"count": 1_001}));
    assert_eq!((status, &refusal["field"]), (400, &json!("count")), "no journal keeps so many");
    for query in ["/events?after=x", "/events?after=-1"] {
        let answer = server.get(&format!("/_mock/journal{query}")).fetch();
        let (status, refusal) = answer.status_and_json();
        assert_eq!((status, &refusal["field"]), (400, &json!("after")), "{query}");
    }
    let (status, refusal) = ask(&server, "wait", &json!({"timeout": "61s"}));
    assert_eq!((status, &refusal["field"]), (400, &json!("timeout")));
    assert_eq!(refusal["accepts"], "takes a time of at most 60s, such as \"5s\"");
    let (_, refusal) = ask(&server, "verify", &json!({"order": [{}], "count": 2}));
    assert!(text(&refusal["accepts"]).starts_with("cannot go together with order"), "{refusal}");
}

#[test]
fn no_count_is_confirmed_of_a_journal_that_had_to_drop_entries() {
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
        let (status, missed) = ask(&server, "verify", &input);
        assert_eq!(status, 409, "{input}");
        assert_eq!((&missed["last"], &missed["dropped"]), (&json!(1_010), &json!(10)), "{input}");
        let why = text(&missed["description"]);
        assert!(why.contains(behind) && why.contains("an `after` of 10 or more"), "{why}");
    }
    let (status, missed) = ask(&server, "wait", &json!({"path": "uploads", "timeout": 0.01}));
    assert_eq!((status, &missed["last"], &missed["dropped"]), (409, &json!(1_010), &json!(10)));
    assert!(text(&missed["description"]).contains(behind), "{missed}");
    // What is certain all the same.
    for input in [
        json!({"path": "uploads", "count": 0, "after": 10}),
        json!({"path": "users/me", "count": 1_000, "after": 10}),
        json!({"path": "users/me"}),
        json!({"order": [{"path": "users/me"}, {"path": "users/me"}]}),
    ] {
        assert_eq!(ask(&server, "verify", &input).0, 200, "{input}");
    }
    let (_, missed) = ask(&server, "verify", &json!({"path": "uploads", "after": 10}));
    assert_eq!(missed["description"], "0 requests matched, not at least 1");
    let journal = server.mock.journal();
    let uploads = JournalFilter { path: Some("uploads".to_owned()), ..Default::default() };
    let message = complaint(|| drop(journal.verify(0, &uploads)));
    assert!(message.contains(behind), "{message}");
    journal.verify(0, &JournalFilter { after: 10, ..uploads.clone() });
    // Who clears it knows what was in it.
    journal.clear();
    journal.verify(0, &uploads);
    assert_eq!(ask(&server, "verify", &json!({"path": "users/me", "count": 0})).0, 200);
}

/// What a test in Rust that fails says.
fn complaint(verify: impl FnOnce()) -> String {
    let vain = panic::catch_unwind(panic::AssertUnwindSafe(verify));
    *vain.expect_err("it does not hold").downcast::<String>().expect("a message")
}

#[test]
fn a_request_that_came_too_early_is_a_near_miss() {
    let server = server();
    server.upload("a.txt", "hello");
    let (status, missed) = ask(&server, "verify", &json!({"path": "uploads", "after": 1}));
    assert_eq!(status, 409);
    assert_eq!(missed["near"][0]["misses"], json!(["number is 1, not above 1"]));
}

#[test]
fn a_filter_takes_texts_of_so_many_characters() {
    let server = server();
    server.get("/api/v2/users/me").fetch();
    let (longest, longer) = ("é".repeat(1_000), "é".repeat(1_001));
    for field in ["method", "path", "route", "object"] {
        let missed = ask(&server, "verify", &json!({field: longest}));
        assert_eq!(missed.0, 409, "{}", missed.1);
        let (status, refusal) = ask(&server, "verify", &json!({field: longer}));
        assert_eq!((status, &refusal["field"]), (400, &json!(field)));
        let accepts = refusal["accepts"].as_str().expect("what it accepts");
        assert!(accepts.contains("at most 1000 characters"), "{accepts}");
    }
}

#[test]
fn a_long_method_is_cut_short() {
    let server = server();
    let request = format!("{} /api/v2/users/me HTTP/1.1\r\nHost: x\r\n\r\n", "M".repeat(50_000));
    server.exchange(request.as_bytes());
    assert_eq!(entries(&server, "")[0]["method"], "M".repeat(32));
}

#[test]
fn a_large_journal_is_charged_while_it_goes_out() {
    let server = server();
    let mut connection = server.connect();
    let path = format!("/api/v2/users/search?query={}", "x".repeat(1_000));
    for _ in 0..100 {
        connection.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n{AGENT}\r\n").as_bytes());
        connection.read_response();
    }
    let mut reader = server.connect();
    reader.send(b"GET /_mock/journal HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(reader.read_response().json()["entries"].as_array().map(Vec::len), Some(100));
    let small = configured(|config| config.max_memory = 16 * 1024);
    let mut connection = small.connect();
    for _ in 0..100 {
        connection.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n{AGENT}\r\n").as_bytes());
        connection.read_response();
    }
    assert_eq!(small.get("/_mock/journal").fetch().status(), 503);
    assert_eq!(small.get("/_mock/journal?after=99").fetch().status(), 200);
}

#[test]
fn a_reset_begins_the_journal_anew_also_for_who_listens() {
    let server = server();
    server.upload("a.txt", "a");
    server.upload("b.txt", "b");
    let seen = events(&server, "", "", 1, || {
        server.post("/_mock/reset").fetch();
        server.upload("c.txt", "c");
    });
    assert_eq!(seen[0]["number"], 1);
}

/// Reads so many events behind the first line, which says that somebody listens.
fn events(
    server: &Server,
    headers: &str,
    query: &str,
    count: usize,
    act: impl FnOnce(),
) -> Vec<Value> {
    use std::io::{BufRead as _, BufReader, Write as _};

    let mut stream = std::net::TcpStream::connect(server.mock.address()).expect("connects");
    stream.set_read_timeout(Some(TIMEOUT)).expect("a socket option");
    let request = format!("GET /_mock/journal/events{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).expect("sends");
    let mut lines = BufReader::new(stream).lines().map(|line| line.expect("a line"));
    lines.by_ref().find(|line| line == ": listening").expect("somebody listens");
    act();
    let data = lines.filter_map(|line| line.strip_prefix("data: ").map(ToOwned::to_owned));
    data.take(count).map(|data| serde_json::from_str(&data).expect("JSON")).collect()
}

#[test]
fn the_journal_is_streamed_as_it_is_written() {
    let server = server();
    server.upload("before.txt", "x");
    let seen = events(&server, "", "", 2, || {
        server.upload("a.txt", "a");
        server.upload("b.txt", "b");
    });
    let numbers: Vec<_> = seen.iter().map(|entry| entry["number"].as_u64()).collect();
    assert_eq!(numbers, [Some(2), Some(3)]);
    assert_eq!(seen[0]["path"], "/api/v2/uploads?filename=a.txt");
    // Who comes back goes on where it was.
    for (headers, query) in [("", "?after=1"), ("Last-Event-ID: 1\r\n", "")] {
        let again = events(&server, headers, query, 2, || ());
        assert_eq!(again, seen);
    }
}

#[test]
fn what_was_cut_is_written_down_all_the_same() {
    let server = server();
    server.post("/_mock/faults").json(&json!({"cut": "before", "times": 1})).fetch();
    let mut connection = server.connect();
    connection.try_send(b"GET /api/v2/users/me HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(connection.read_to_end(), b"");
    let entry = &entries(&server, "")[0];
    assert_eq!((&entry["status"], &entry["fault"]), (&Value::Null, &json!(true)));
    assert!(entry["why"].as_str().is_some_and(|why| why.contains("cut by a fault")), "{entry}");
}

#[test]
fn the_journal_keeps_so_many_and_says_how_many_it_dropped() {
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
    assert_eq!(server.delete("/_mock/journal").fetch().status(), 204);
    server.get("/api/v2/users/me").fetch();
    assert_eq!(entries(&server, "")[0]["number"], 1_011, "numbers go on");
    assert_eq!(server.mock.memory_used(), 0, "the journal has a budget of its own");
}

#[test]
fn a_test_in_rust_waits_and_is_told_what_was_received() {
    let server = server();
    let account = server.mock.default_account();
    server.upload("a.txt", "hello");
    let found = account.journal().wait_for(1, TIMEOUT, |entry| entry.status == Some(201));
    assert_eq!(found[0].target, "/api/v2/uploads?filename=a.txt");
    let vain = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        account.journal().wait_for(2, Duration::from_millis(1), |entry| entry.status == Some(201))
    }));
    let message = vain.expect_err("too few").downcast::<String>().expect("a message");
    assert!(
        message.contains("1 of 2")
            && message.contains("1. POST /api/v2/uploads?filename=a.txt 201"),
        "{message}"
    );
    // What a test does while it looks is its own affair.
    let looked =
        account.journal().wait_for(1, TIMEOUT, |_| !account.journal().entries().is_empty());
    assert_eq!(looked.len(), 1);
    account.journal().clear();
    assert!(account.journal().entries().is_empty());
}

#[test]
fn a_test_in_rust_verifies_a_count_and_an_order() {
    let server = server();
    let zendesk = &server.mock;
    server.attach(&server.upload("a.txt", "hello")["token"]);
    let to = |route: &str| JournalFilter { route: Some(route.to_owned()), ..Default::default() };
    let (upload, ticket) = (to("/api/v2/uploads"), to("/api/v2/tickets"));
    assert_eq!(zendesk.journal().verify(1, &upload)[0].number, 1);
    let found = zendesk.journal().verify_order(&[upload.clone(), ticket.clone()]);
    assert_eq!(found.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2]);
    let twice = complaint(|| drop(zendesk.journal().verify(2, &ticket)));
    assert!(twice.starts_with("1 requests matched") && twice.contains("2. POST"), "{twice}");
    let near = "nearest were:\n  1. POST /api/v2/uploads?filename=a.txt 201: route is /api/v2/uploads, not /api/v2/tickets\n";
    assert!(twice.contains(near), "{twice}");
    let never = complaint(|| drop(zendesk.journal().verify(0, &ticket)));
    assert!(
        never.contains("nearest were:\n  2. POST /api/v2/tickets 201: it matched\n"),
        "{never}"
    );
    let reversed = complaint(|| drop(zendesk.journal().verify_order(&[ticket, upload])));
    assert!(reversed.contains("route is /api/v2/tickets, not /api/v2/uploads"), "{reversed}");
    assert!(
        reversed.starts_with("nothing matches step 2") && reversed.contains("1. POST"),
        "{reversed}"
    );
    assert_eq!(zendesk.journal().dropped(), 0);
}
