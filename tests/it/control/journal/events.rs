//! `/_mock/journal/events`

use serde_json::Value;

use crate::harness::*;

#[test]
fn a_reset_clears_the_journal_and_numbers_continue() {
    let server = server();
    server.upload("a.txt", "a");
    server.upload("b.txt", "b");
    let seen = events(&server, "", "", 1, || {
        server.post("/_mock/reset").fetch();
        server.upload("c.txt", "c");
    });
    assert_eq!(seen[0]["number"], 3);
    // A number beyond the last is one of another server.
    assert_eq!(events(&server, "", "?after=99", 1, || ()), seen);
}

/// The lines of a stream of events after the first.
fn listen(server: &Server, target: &str, headers: &str) -> impl Iterator<Item = String> + use<> {
    use std::io::{BufRead as _, BufReader, Write as _};

    let mut stream = std::net::TcpStream::connect(server.mock.address()).expect("connects");
    stream.set_read_timeout(Some(TIMEOUT)).expect("a socket option");
    let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).expect("sends");
    let mut lines = BufReader::new(stream).lines().map(|line| line.expect("a line"));
    lines.by_ref().find(|line| line == ": listening").expect("the first line");
    lines
}

/// Listens, acts, and reads this many events.
fn events(
    server: &Server,
    headers: &str,
    query: &str,
    count: usize,
    act: impl FnOnce(),
) -> Vec<Value> {
    let lines = listen(server, &format!("/_mock/journal/events{query}"), headers);
    act();
    let data = lines.filter_map(|line| line.strip_prefix("data: ").map(ToOwned::to_owned));
    // The data of a change.
    let data = data.filter(|data| data != "{}");
    data.take(count).map(|data| serde_json::from_str(&data).expect("JSON")).collect()
}

#[test]
fn the_journal_is_streamed() {
    let server = server();
    server.upload("before.txt", "x");
    let seen = events(&server, "", "", 2, || {
        server.upload("a.txt", "a");
        server.upload("b.txt", "b");
    });
    let numbers: Vec<_> = seen.iter().map(|entry| entry["number"].as_u64()).collect();
    assert_eq!(numbers, [Some(2), Some(3)]);
    assert_eq!(seen[0]["path"], "/api/v2/uploads?filename=a.txt");
    // A client that reconnects continues after its last event.
    for (headers, query) in [("", "?after=1"), ("Last-Event-ID: 1\r\n", "")] {
        let again = events(&server, headers, query, 2, || ());
        assert_eq!(again, seen);
    }
}

#[test]
fn the_stream_of_a_deleted_account_ends() {
    let server = server();
    let mut lines = listen(&server, "/@acme/_mock/journal/events", "Connection: close\r\n");
    assert_eq!(server.delete("/_mock/accounts/acme").fetch().status(), 200);
    assert!(lines.all(|line| line != ":"), "it goes on");
}

#[test]
fn a_call_that_may_change_the_account_is_an_event_and_reading_is_none() {
    let server = server();
    let mut lines = listen(&server, "/_mock/journal/events", "");
    server.get("/_mock/clock").fetch();
    server.post("/_mock/journal/verify").body("{}").fetch();
    server.post("/_mock/clock/advance").body("{}").fetch();
    server.upload("a.txt", "a");
    server.post("/_mock/clock/advance").body(r#"{"by": "1h"}"#).fetch();
    let mut names = lines.by_ref().filter(|line| line.starts_with("event: "));
    assert_eq!(names.next().as_deref(), Some("event: request"));
    assert_eq!(names.next().as_deref(), Some("event: change"));
    server.delete("/_mock/faults").fetch();
    assert_eq!(names.next().as_deref(), Some("event: change"));
}

#[test]
fn each_change_by_the_handle_is_an_event_and_reading_is_none() {
    use std::time::Duration;

    use zendesk_mock::{AccountHandle, Fault, ScanResult};

    type Change<'a> = (&'a str, &'a dyn Fn(&AccountHandle));

    let server = server();
    let attachment = server.upload("a.txt", "a")["attachment"]["id"].as_u64().expect("an id");
    let mut lines = listen(&server, "/_mock/journal/events", "");
    let changes: [Change<'_>; 18] = [
        ("configure", &|account| account.configure(|_| ()).expect("settings")),
        ("seed_random", &|account| account.seed_random(1)),
        ("freeze", &AccountHandle::freeze),
        ("advance", &|account| account.advance(Duration::from_secs(1))),
        ("set_time", &|account| account.set_time(START.parse().expect("an instant"))),
        ("resume", &AccountHandle::resume),
        ("set_scan_result", &|account| {
            account.set_scan_result(attachment, ScanResult::MalwareFound).expect("a file");
        }),
        ("set_inline", &|account| account.set_inline(attachment, true).expect("a file")),
        ("scan_next", &|account| {
            account.scan_next(1, ScanResult::MalwareFound, Duration::ZERO).expect("room");
        }),
        ("add_fault", &|account| {
            account.add_fault(Fault::hang()).expect("room");
        }),
        ("remove_fault", &|account| account.remove_fault(1).expect("a fault")),
        ("clear_faults", &AccountHandle::clear_faults),
        ("take_snapshot", &|account| drop(account.take_snapshot("a").expect("room"))),
        ("restore", &|account| drop(account.restore("a").expect("a snapshot"))),
        ("delete_snapshot", &|account| account.delete_snapshot("a").expect("a snapshot")),
        ("seed", &|account| account.seed("{}").expect("a seed")),
        ("clear_journal", &AccountHandle::clear_journal),
        ("reset", &AccountHandle::reset),
    ];
    for (name, change) in changes {
        let account = &server.account;
        drop((account.faults(), account.files(), account.tickets(), account.snapshots()));
        drop((account.requests(), account.leaks(), account.now(), account.export()));
        change(account);
        let event = lines.by_ref().find(|line| line.starts_with("event: "));
        assert_eq!(event.as_deref(), Some("event: change"), "{name}");
    }
    // Had reading been an event, it would come before this one.
    server.upload("b.txt", "b");
    let event = lines.by_ref().find(|line| line.starts_with("event: "));
    assert_eq!(event.as_deref(), Some("event: request"));
}
