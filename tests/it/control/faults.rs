//! `/_mock/faults` and `X-Mock-Fault`.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::images::*;
use crate::harness::*;

const UPLOAD: &str = "/api/v2/uploads?filename=a.txt";

fn add_fault(server: &Server, input: &Value) -> Value {
    let response = server.post("/_mock/faults").json(input).fetch();
    assert_eq!(response.status(), 201, "{input}");
    response.into_json()["fault"].take()
}

fn upload(server: &Server) -> reqwest::blocking::Response {
    server.post(UPLOAD).agent().body("hello").fetch()
}

/// Sends a request, and reads until the connection ends.
fn exchange_until_closed(server: &Server, request: &str) -> String {
    let mut connection = server.connect();
    connection.try_send(request.as_bytes());
    String::from_utf8_lossy(&connection.read_to_end()).into_owned()
}

fn raw_upload(announced: usize, body: &str) -> String {
    format!(
        "POST {UPLOAD} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{AGENT}Content-Length: {announced}\r\n\r\n{body}"
    )
}

fn uploads(server: &Server) -> Value {
    server.get("/_mock/account").fetch().into_json()["holds"]["uploads"].take()
}

#[test]
fn a_status_fault_has_the_body_of_its_service() {
    let server = server();
    for (status, text) in [
        (401, "Couldn't authenticate you"),
        (403, "Forbidden"),
        (404, "RecordNotFound"),
        (409, "Requester creation collision - please try again"),
        (413, "AttachmentTooLarge"),
        (422, "RecordInvalid"),
        (429, "Number of allowed API requests per minute exceeded"),
        (500, "500 Internal Server Error"),
        (503, "503 Service Unavailable"),
    ] {
        add_fault(&server, &json!({"operation": "upload", "status": status, "times": 1}));
        let refused = upload(&server);
        assert_eq!(refused.status(), status);
        let body = refused.text().expect("a body");
        assert!(body.contains(text), "{status}: {body}");
        assert_eq!(uploads(&server), 0);
    }
    assert_eq!(upload(&server).status(), 201, "each fault triggered once");
}

#[test]
fn each_operation_can_fail_alone() {
    let server = server();
    let reserved = reserve_and_store(&server);
    let file = server.upload("b.txt", "hello")["attachment"].take();
    let content = text(&file["content_url"]);
    let ticket = json!({"ticket": {"comment": {"body": "b"}}});
    let reserving = json!({"content_type": "image/png", "file_size": 1});
    let operations: [(&str, &dyn Fn() -> reqwest::blocking::Response); 7] = [
        ("upload", &|| upload(&server)),
        ("reserve", &|| server.post("/api/v2/guide/user_images/uploads").json(&reserving).fetch()),
        ("put", &|| put_request(&server, &reserved, PNG).fetch()),
        ("publish", &|| try_publish(&server, &reserved.token)),
        ("ticket", &|| server.post("/api/v2/tickets").agent().json(&ticket).fetch()),
        ("download", &|| server.get(content).fetch()),
        ("other", &|| server.get("/api/v2/users/me").fetch()),
    ];
    for (failing, _) in &operations {
        let created = add_fault(&server, &json!({"operation": failing, "status": 503}));
        for (operation, call) in &operations {
            // Publishing twice is 409, which is not the fault.
            let status = call().status().as_u16();
            assert_eq!(
                status == 503,
                operation == failing,
                "{operation} while {failing} fails: {status}"
            );
        }
        let path = format!("/_mock/faults/{}", created["id"]);
        assert_eq!(server.delete(&path).fetch().status(), 200);
    }
}

#[test]
fn guide_and_bucket_faults_have_their_own_bodies() {
    let server = server();
    let reserved = reserve(&server, "image/png", 1);
    add_fault(&server, &json!({"status": 503, "retry_after": 7}));
    let slow_down = put_request(&server, &reserved, PNG).fetch();
    assert_eq!(slow_down.status(), 503);
    assert_eq!(slow_down.header("retry-after"), "7");
    let xml = slow_down.text().expect("XML");
    assert!(
        xml.contains("<Code>SlowDown</Code><Message>Please reduce your request rate."),
        "{xml}"
    );
    let (status, body) = try_publish(&server, &reserved.token).status_and_json();
    assert_eq!((status, &body["errors"][0]["status"]), (503, &json!("503")));
}

#[test]
fn the_code_of_a_guide_fault_is_that_of_its_status() {
    let server = server();
    for (status, code) in [
        (400, "BadRequest"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (409, "Conflict"),
        (413, "PayloadTooLarge"),
        (422, "UnprocessableEntity"),
        (499, "ClientError"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
        (599, "ServiceUnavailable"),
    ] {
        add_fault(&server, &json!({"operation": "publish", "status": status, "times": 1}));
        let (answered, body) = try_publish(&server, "unknown").status_and_json();
        assert_eq!((answered, &body["errors"][0]["code"]), (status, &json!(code)), "{body}");
    }
}

#[test]
fn a_429_fault_has_the_recorded_body_and_retry_after() {
    let server = server();
    add_fault(
        &server,
        &json!({"operation": "upload", "status": 429, "retry_after": 3, "times": 1}),
    );
    let refused = upload(&server);
    assert_eq!((refused.status().as_u16(), &*refused.header("retry-after")), (429, "3"));
    assert_eq!(refused.header("content-type"), "text/plain");
}

#[test]
fn a_rule_triggers_from_the_nth_request_and_counts() {
    let server = server();
    let created =
        add_fault(&server, &json!({"operation": "upload", "status": 500, "nth": 2, "times": 2}));
    assert_eq!(
        (&created["matched"], &created["triggered"], &created["probability"]),
        (&json!(0), &json!(0), &json!(1.0))
    );
    let statuses: Vec<_> = (0..4).map(|_| upload(&server).status().as_u16()).collect();
    assert_eq!(statuses, [201, 500, 500, 201]);
    let rule = server.get("/_mock/faults").fetch().into_json()["faults"][0].take();
    assert_eq!(
        (&rule["matched"], &rule["triggered"], &rule["operation"]),
        (&json!(4), &json!(2), &json!("upload"))
    );
}

#[test]
fn probability_repeats_with_the_seed_of_the_account() {
    let pattern = || {
        let server = server();
        add_fault(&server, &json!({"operation": "upload", "status": 500, "probability": 0.5}));
        (0..32).map(|_| upload(&server).status().as_u16() == 500).collect::<Vec<_>>()
    };
    let first = pattern();
    assert_eq!(first, pattern());
    assert!(first.contains(&true) && first.contains(&false), "{first:?}");
}

#[test]
fn a_cut_closes_the_connection_before_during_or_after() {
    let server = server();
    let request = raw_upload(5, "hello");
    for (when, done) in [("before", 0), ("during", 0), ("after", 1)] {
        server.delete("/_mock/journal").fetch();
        add_fault(&server, &json!({"operation": "upload", "cut": when, "times": 1}));
        assert_eq!(exchange_until_closed(&server, &request), "", "{when}: no response");
        assert_eq!(uploads(&server), done, "{when}");
        let entry = &server.account.requests()[0];
        assert_eq!((entry.status, entry.triggered), (None, true), "{when}: no status");
        assert_eq!(entry.route.as_deref(), Some("/api/v2/uploads"), "{when}: the route is known");
        assert_eq!(entry.received, if when == "before" { 0 } else { 5 }, "{when}");
    }
}

#[test]
fn a_request_refused_by_a_fault_has_its_route_in_the_journal() {
    let server = server();
    add_fault(&server, &json!({"operation": "upload", "status": 503, "times": 1}));
    add_fault(&server, &json!({"operation": "other", "status": 500, "times": 1}));
    add_fault(&server, &json!({"operation": "put", "status": 503, "times": 1}));
    let upload =
        || server.post("/api/v2/uploads?filename=a.txt").agent().body("x").fetch().status();
    assert_eq!((upload().as_u16(), upload().as_u16()), (503, 201));
    assert_eq!(server.get("/api/v2/nowhere").agent().fetch().status(), 500);
    assert_eq!(server.put("/aus-uploaded-assets/x/1/y").body("x").fetch().status(), 503);
    let entries = server.account.requests();
    let routes: Vec<_> = entries.iter().map(|entry| entry.route.as_deref()).collect();
    let uploads = Some("/api/v2/uploads");
    assert_eq!(routes, [uploads, uploads, None, Some("/aus-uploaded-assets/{*key}")]);
}

#[test]
fn a_truncated_answer_announces_its_whole_length() {
    let server = server();
    add_fault(&server, &json!({"operation": "upload", "truncate": 10, "times": 1}));
    let answer = exchange_until_closed(&server, &raw_upload(5, "hello"));
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 201 Created"), "{head}");
    assert_eq!(body, "{\"upload\":");
    let announced = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    assert!(
        announced.and_then(|length| length.parse().ok()).is_some_and(|length: usize| length > 500)
    );
    assert_eq!(uploads(&server), 1, "the work is done");
}

#[test]
fn downloads_can_be_throttled_and_truncated() {
    let server = server();
    let file = server.upload("a.bin", vec![7; 200_000])["attachment"].take();
    let url = text(&file["content_url"]);
    add_fault(&server, &json!({"operation": "download", "throttle": 10_000_000, "times": 1}));
    assert_eq!(server.get(url).fetch().bytes().expect("all of it").len(), 200_000);
    add_fault(&server, &json!({"operation": "download", "truncate": 150_000, "times": 1}));
    let broken = server.get(url).fetch();
    assert_eq!(broken.header("content-length"), "200000");
    assert!(broken.bytes().is_err(), "the body is truncated");
    let entries = server.get_json("/_mock/journal")["entries"].take();
    let sent: Vec<_> =
        entries.as_array().expect("entries").iter().map(|entry| &entry["sent"]).collect();
    assert_eq!(sent[1..], [200_000, 150_000], "the journal has what was sent");
}

#[test]
fn a_request_can_be_delayed_or_hang() {
    let server = server();
    add_fault(
        &server,
        &json!({"operation": "upload", "delay": 0.05, "jitter": "10ms", "times": 1}),
    );
    #[expect(clippy::disallowed_methods, reason = "real time is what a delay is about")]
    let started = std::time::Instant::now();
    assert_eq!(upload(&server).status(), 201);
    assert!(started.elapsed() >= Duration::from_millis(50));

    add_fault(&server, &json!({"operation": "upload", "hang": true, "times": 1}));
    let (sender, hung) = mpsc::channel();
    thread::scope(|scope| {
        let server = &server;
        scope.spawn(move || {
            let mut connection = server.connect();
            connection.send(raw_upload(5, "hello").as_bytes());
            let account = server.mock.default_account();
            server.wait_until("it hangs", || {
                account.faults().iter().all(|fault| fault.triggered == 1)
            });
            // Other requests are served meanwhile.
            assert_eq!(upload(server).status(), 201);
            sender.send(()).expect("the test waits");
        });
        hung.recv_timeout(TIMEOUT).expect("the other upload is answered");
    });
    assert_eq!(uploads(&server), 2, "the hanging upload stores nothing");
}

#[test]
fn a_hanging_request_ends_with_its_client() {
    let server = configured(|config| config.max_connections = 4);
    add_fault(&server, &json!({"operation": "upload", "hang": true}));
    for _ in 0..12 {
        // Larger than the buffers of a connection.
        let mut connection = server.connect();
        connection.try_send(raw_upload(2_000_000, &"x".repeat(2_000_000)).as_bytes());
    }
    assert_eq!(server.get("/_mock/health").fetch().status(), 200, "other connections are accepted");
    server.wait_until("all requests have ended", || {
        server.account.requests().iter().filter(|entry| entry.triggered).count() == 12
    });
}

#[test]
fn an_abandoned_request_is_in_the_journal() {
    let server = server();
    add_fault(&server, &json!({"operation": "upload", "delay": "1h", "times": 1}));
    drop({
        let mut connection = server.connect();
        connection.send(raw_upload(5, "hello").as_bytes());
        server.wait_until("the request has arrived", || server.account.faults()[0].triggered == 1);
        connection
    });
    let input = json!({"path": "uploads", "count": 1});
    let (status, seen) = server.post("/_mock/journal/wait").json(&input).fetch_json();
    assert_eq!(status, 200, "{seen}");
    let entry = &seen["entries"][0];
    assert_eq!((&entry["status"], &entry["triggered"]), (&Value::Null, &json!(true)));
    assert!(text(&entry["reason"]).contains("the client went away"), "{entry}");
}

#[test]
fn the_journal_has_the_size_of_a_body_whose_request_hung_until_its_client_left() {
    const SIZE: usize = 32 * 1024 * 1024;
    let server = server();
    add_fault(&server, &json!({"operation": "upload", "hang": true, "times": 1}));
    // Larger than the buffers of a connection, so the server has read most of it once it is sent.
    server.connect().send(raw_upload(SIZE, &"x".repeat(SIZE)).as_bytes());
    server.wait_until("the request has ended", || server.account.requests().len() == 1);
    let entry = &server.account.requests()[0];
    assert!(entry.reason.as_deref().is_some_and(|why| why.contains("the client went away")));
    assert!(entry.received > 0);
}

#[test]
fn truncate_0_sends_only_the_head() {
    let server = server();
    add_fault(&server, &json!({"operation": "upload", "truncate": 0, "times": 1}));
    let answer = exchange_until_closed(&server, &raw_upload(5, "hello"));
    assert!(answer.starts_with("HTTP/1.1 201 Created") && answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn a_throttled_answer_takes_the_expected_time() {
    let server = server();
    let file = server.upload("a.bin", vec![7; 70])["attachment"].take();
    for (rate, least) in [(300, 70.0 / 300.0), (39, 1.7), (1_000_000, 0.0)] {
        add_fault(&server, &json!({"operation": "download", "throttle": rate, "times": 1}));
        #[expect(clippy::disallowed_methods, reason = "real time is what a rate is about")]
        let started = std::time::Instant::now();
        assert_eq!(server.download(&file).len(), 70);
        let took = started.elapsed().as_secs_f64();
        // The last chunk is not followed by a wait.
        assert!(took >= least * 0.9 - 0.05, "{rate}: {took}");
    }
}

#[test]
fn a_refused_request_triggers_no_fault() {
    let server = configured(|config| config.account.rate_limit = Some(1));
    server.get("/api/v2/users/me").fetch();
    add_fault(&server, &json!({"status": 503, "times": 1}));
    assert_eq!(server.get("/api/v2/users/me").fetch().status(), 429);
    assert_eq!(server.get("/@not%20ok/api/v2/users/me").fetch().status(), 404);
    let account = server.mock.default_account();
    assert_eq!(account.faults()[0].triggered, 0);
    assert_eq!(account.requests().len(), 2, "a request without an account is in no journal");
}

#[test]
fn control_calls_do_not_change_random_outcomes() {
    let pattern = |reads_journal: bool| {
        let server = server();
        add_fault(&server, &json!({"operation": "upload", "status": 500, "probability": 0.5}));
        let one = |_| {
            if reads_journal {
                server.get("/_mock/journal").fetch();
            }
            upload(&server).status().as_u16()
        };
        (0..24).map(one).collect::<Vec<_>>()
    };
    assert_eq!(pattern(false), pattern(true));
}

#[test]
fn faults_belong_to_one_account_and_end_with_a_reset() {
    let server = server();
    add_fault(&server, &json!({"status": 500}));
    let other = server.post("/@acme/api/v2/uploads?filename=a.txt").agent().body("x").fetch();
    assert_eq!(other.status(), 201);
    assert_eq!(server.get("/_mock/health").fetch().status(), 200, "control calls are no operation");
    server.post("/_mock/reset").fetch();
    assert_eq!(upload(&server).status(), 201);
    add_fault(&server, &json!({"status": 500}));
    assert_eq!(server.delete("/_mock/faults").fetch().status(), 200);
    assert_eq!(upload(&server).status(), 201);
    assert_eq!(server.delete("/_mock/faults/99").fetch().status(), 404);
}

#[test]
fn an_invalid_rule_is_400_with_the_field() {
    let server = server();
    for (input, field, accepts) in [
        (json!({}), "status", "or give delay"),
        (json!({"status": 200}), "status", "400 to 599"),
        (json!({"status": "503"}), "status", "400 to 599"),
        (json!({"status": 500, "hang": true}), "hang", "cannot go together with status"),
        (json!({"status": 500, "operation": "nowhere"}), "operation", "upload"),
        (json!({"status": 500, "nth": 0}), "nth", "from 1 on"),
        (json!({"status": 500, "times": 0}), "times", "from 1 on"),
        (json!({"status": 500, "probability": 2}), "probability", "from 0 to 1"),
        (json!({"delay": "2h"}), "delay", "at most 1h"),
        (json!({"delay": "1s", "retry_after": 1}), "retry_after", "together with status"),
        (json!({"retry_after": 1}), "retry_after", "together with status"),
        (json!({"cut": "sometimes"}), "cut", "before, during, after"),
        (json!({"throttle": 0}), "throttle", "from 1 on"),
        (json!({"status": 429, "retry_after": -1}), "retry_after", "whole number"),
    ] {
        let (status, refusal) = server.post("/_mock/faults").json(&input).fetch_json();
        assert_eq!((status, &refusal["field"]), (400, &json!(field)), "{input}: {refusal}");
        assert!(
            refusal["problem"].as_str().is_some_and(|text| text.contains(accepts)),
            "{refusal}"
        );
    }
}

#[test]
fn a_header_adds_a_fault_to_one_request() {
    let server = server();
    let upload_with = |fault: &str| {
        server.post(UPLOAD).agent().header("x-mock-fault", fault).body("hello").fetch()
    };
    let refused = upload_with(r#"{"status": 429, "retry_after": 4}"#);
    assert_eq!((refused.status().as_u16(), &*refused.header("retry-after")), (429, "4"));
    assert_eq!(upload(&server).status(), 201, "the fault applies to one request");
    for malformed in
        ["", "503", "{\"status\": 200}", "{\"operation\": \"x\", \"status\": 500}", "{"]
    {
        let (status, refusal) = upload_with(malformed).status_and_json();
        assert_eq!((status, &refusal["error"]), (400, &json!("BadRequest")), "{malformed}");
        let why = refusal["description"].as_str().expect("why");
        assert!(why.starts_with("X-Mock-Fault: ") && !why.contains("body"), "{why}");
    }
    for field in ["operation", "nth", "times", "probability"] {
        let fault = json!({"status": 503, field: 1}).to_string();
        let (status, refusal) = upload_with(&fault).status_and_json();
        assert_eq!(status, 400, "{fault}");
        let why = text(&refusal["description"]);
        assert!(why.starts_with(&format!("X-Mock-Fault: {field}: ")), "{why}");
    }
    assert_eq!(uploads(&server), 1);
}

#[test]
fn a_header_replaces_the_rules_of_the_account_for_its_request() {
    let server = server();
    add_fault(&server, &json!({"operation": "upload", "status": 503, "times": 1}));
    for (header, status) in [(r#"{"status": 429}"#, 429), ("{", 400)] {
        let answer = server.post(UPLOAD).agent().header("x-mock-fault", header).fetch();
        assert_eq!(answer.status(), status);
    }
    let faults = server.mock.default_account().faults();
    assert_eq!((faults[0].matched, faults[0].triggered), (0, 0));
    assert_eq!((upload(&server).status().as_u16(), upload(&server).status().as_u16()), (503, 201));
}

#[test]
fn a_malformed_header_counts_toward_no_limit() {
    let server = server();
    server.account.configure(|settings| settings.rate_limit = Some(1)).expect("settings");
    let refused = server.post(UPLOAD).agent().header("x-mock-fault", "{").fetch();
    assert_eq!(refused.status(), 400);
    assert_eq!((upload(&server).status().as_u16(), upload(&server).status().as_u16()), (201, 429));
}

#[test]
fn the_handle_adds_and_removes_faults() {
    use zendesk_mock::{Fault, FaultError, Operation, Phase};

    let server = server();
    let account = &server.account;
    let busy = Fault::status(429).retry_after(2).on(Operation::Upload).nth(2).once();
    account.add_fault(busy).expect("there is room");
    server.get("/api/v2/users/me").fetch();
    let answers = [(); 3].map(|()| upload(&server));
    assert_eq!(answers.each_ref().map(|answer| answer.status().as_u16()), [201, 429, 201]);
    assert_eq!(answers[1].header("retry-after"), "2");
    account.add_fault(Fault::cut(Phase::Before).once()).expect("there is room");
    assert_eq!(exchange_until_closed(&server, &raw_upload(5, "hello")), "");
    assert_eq!(account.faults().iter().map(|active| active.triggered).collect::<Vec<_>>(), [1, 1]);
    let id = account.faults()[0].id;
    assert_eq!(account.remove_fault(id), Ok(()));
    assert_eq!(account.remove_fault(id), Err(FaultError::Unknown));
    assert_eq!(account.faults().len(), 1);
    account.clear_faults();
    assert!(account.faults().is_empty());
    let refused = account.add_fault(Fault::status(200)).expect_err("it refuses nothing");
    assert_eq!(refused.to_string(), "status takes a number from 400 to 599");
    let second = Duration::from_secs(1);
    for without_status in [
        Fault::hang(),
        Fault::cut(Phase::After),
        Fault::truncate(1),
        Fault::throttle(1),
        Fault::delay(second),
    ] {
        let refused = account.add_fault(without_status.retry_after(3)).expect_err("no status");
        assert_eq!(refused.to_string(), "retry_after goes together with status");
    }
    let late = account.add_fault(Fault::status(503).after(second).retry_after(3));
    assert_eq!(late.expect("a fault").fault.impairment.retry_after, Some(3));
}
