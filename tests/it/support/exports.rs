//! `/api/v2/incremental`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;

const TICKETS: &str = "/api/v2/incremental/tickets.json";
const CURSOR: &str = "/api/v2/incremental/tickets/cursor.json";
const EVENTS: &str = "/api/v2/incremental/ticket_events.json";
/// [`START`] in seconds.
const START_SECOND: i64 = 1_767_225_600;

fn ids(page: &Value, list: &str) -> Vec<u64> {
    let items = page[list].as_array().expect(list).iter();
    items.map(|item| item["id"].as_u64().expect("an id")).collect()
}

fn minute(server: &Server) {
    server.account.advance(Duration::from_secs(60));
}

/// Two tickets in one second, a third one ten seconds later, and a minute behind them.
fn three_tickets(server: &Server) {
    (0..2).for_each(|_| drop(server.create_ticket(&json!({"comment": {"body": "b"}}))));
    server.account.advance(Duration::from_secs(10));
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    minute(server);
}

#[test]
fn tickets_are_exported_by_time() {
    let server = server();
    three_tickets(&server);
    let page = server.get_json(&format!("{TICKETS}?start_time=0"));
    assert_eq!(ids(&page, "tickets"), [1, 2, 3]);
    assert_eq!(page["tickets"][0]["generated_timestamp"], START_SECOND);
    let next = format!("{}{TICKETS}?start_time={}", server.mock.url(), START_SECOND + 10);
    let mut rest = page.clone();
    rest["tickets"].take();
    assert_eq!(
        rest,
        json!({
            "tickets": null, "count": 3, "end_of_stream": true, "next_page": next,
            "end_time": START_SECOND + 10
        })
    );
    // A page ends with the last ticket of a second.
    let page = server.get_json(&format!("{TICKETS}?start_time=0&per_page=1"));
    assert_eq!((ids(&page, "tickets"), &page["end_of_stream"]), (vec![1, 2], &json!(false)));
    let next = text(&page["next_page"]);
    assert!(next.ends_with(&format!("?per_page=1&start_time={}", START_SECOND + 10)), "{next}");
    let page = server.get_json(next);
    assert_eq!((ids(&page, "tickets"), &page["end_of_stream"]), (vec![3], &json!(true)));
}

#[test]
fn a_change_moves_a_ticket_to_the_end() {
    let server = server();
    three_tickets(&server);
    server.put("/api/v2/tickets/1").agent().json(&json!({"ticket": {"subject": "s"}})).fetch();
    minute(&server);
    let page = server.get_json(&format!("{TICKETS}?start_time={}", START_SECOND + 1));
    assert_eq!(ids(&page, "tickets"), [3, 1]);
}

#[test]
fn the_last_minute_is_withheld_unless_a_setting_says_otherwise() {
    let server = server();
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    let export = || server.get_json(&format!("{TICKETS}?start_time=0"));
    let empty = json!({
        "tickets": [], "count": 0, "end_of_stream": true, "next_page": null, "end_time": null
    });
    server.account.advance(Duration::from_secs(59));
    assert_eq!(export(), empty);
    server.account.advance(Duration::from_secs(1));
    assert_eq!(ids(&export(), "tickets"), [1]);
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    server.account.configure(|settings| settings.export_delay = Duration::ZERO).expect("settings");
    assert_eq!(ids(&export(), "tickets"), [1, 2]);
}

#[test]
fn a_start_time_within_the_last_minute_is_refused() {
    let server = server();
    let too_recent = |minutes: &str| {
        let text = format!("Too recent start_time. Use a start_time older than {minutes}");
        (422, json!({"error": "InvalidValue", "description": text}))
    };
    for path in [TICKETS, CURSOR, EVENTS] {
        let export =
            |start: i64| server.get(&format!("{path}?start_time={start}")).agent().fetch_json();
        assert_eq!(export(START_SECOND - 60).0, 200, "{path}");
        assert_eq!(export(START_SECOND - 59), too_recent("1 minute"), "{path}");
        assert_eq!(export(START_SECOND + 9_999), too_recent("1 minute"), "{path}");
        for start in ["", "?start_time=", "?start_time=x", "?start_time=-1"] {
            let refused = server.get(&format!("{path}{start}")).agent().fetch_json();
            assert_eq!(refused, wrong_type("start_time", "must be an integer"), "{path}{start}");
        }
        assert_eq!(server.get(&format!("{path}?start_time=0")).fetch_json(), unauthenticated());
    }
    let five = Duration::from_secs(300);
    server.account.configure(|settings| settings.export_delay = five).expect("settings");
    let refused = server.get(&format!("{TICKETS}?start_time={START_SECOND}")).agent().fetch_json();
    assert_eq!(refused, too_recent("5 minutes"));
}

#[test]
fn tickets_are_exported_by_cursor() {
    let server = server();
    three_tickets(&server);
    let first = server.get_json(&format!("{CURSOR}?start_time=0&per_page=2"));
    assert_eq!((ids(&first, "tickets"), &first["end_of_stream"]), (vec![1, 2], &json!(false)));
    let keys: Vec<_> = first.as_object().expect("an object").keys().cloned().collect();
    for key in ["after_cursor", "after_url", "before_cursor", "before_url", "end_of_stream"] {
        assert!(keys.iter().any(|known| known == key), "{keys:?}");
    }
    assert_eq!((&first["before_url"], &first["before_cursor"]), (&Value::Null, &Value::Null));
    let last = server.get_json(text(&first["after_url"]));
    assert_eq!((ids(&last, "tickets"), &last["end_of_stream"]), (vec![3], &json!(true)));
    // A later change is found with the last cursor.
    let same = server.get_json(text(&last["after_url"]));
    assert_eq!((ids(&same, "tickets"), &same["after_cursor"]), (vec![], &last["after_cursor"]));
    server.create_ticket(&json!({"comment": {"body": "b"}}));
    minute(&server);
    assert_eq!(ids(&server.get_json(text(&same["after_url"])), "tickets"), [4]);
    let bad = server.get(&format!("{CURSOR}?cursor=x")).agent().fetch_json();
    assert_eq!(bad, wrong_type("cursor", "must be a cursor that an earlier page gave"));
}

/// An import keeps its dates, which say nothing about when a reader can find it.
#[test]
fn an_import_is_exported_when_it_is_made() {
    let server = server();
    three_tickets(&server);
    let kept = server.get_json(&format!("{CURSOR}?start_time=0"))["after_url"].take();
    for date in ["2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z"] {
        let ticket = json!({
            "created_at": date, "updated_at": date, "comments": [{"body": "x", "created_at": date}]
        });
        let body = json!({ "ticket": ticket });
        let imported = server.post("/api/v2/imports/tickets").agent().json(&body).fetch();
        assert_eq!(imported.status(), 201);
    }
    minute(&server);
    let imported_at = START_SECOND + 70;
    let since = imported_at - 1;
    let by_time = format!("{TICKETS}?start_time={since}");
    for page in [server.get_json(text(&kept)), server.get_json(&by_time)] {
        assert_eq!(ids(&page, "tickets"), [4, 5]);
        assert_eq!(page["tickets"][0]["updated_at"], "2020-01-01T00:00:00Z");
        assert_eq!(page["tickets"][0]["generated_timestamp"], imported_at);
    }
    let events = server.get_json(&format!("{EVENTS}?start_time={since}"))["ticket_events"].take();
    let events: Vec<_> = events.as_array().expect("events").iter().collect();
    assert_eq!(events.iter().map(|event| &event["ticket_id"]).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(events[0]["created_at"], "2020-01-01T00:00:00Z");
    assert_eq!(events[0]["timestamp"], imported_at);
    // The same after a change.
    let change = json!({"ticket": {"subject": "s"}});
    assert_eq!(server.put("/api/v2/tickets/5").agent().json(&change).fetch().status(), 200);
    minute(&server);
    let page = server.get_json(&by_time);
    assert_eq!(ids(&page, "tickets"), [4, 5]);
    assert_eq!(page["tickets"][1]["generated_timestamp"], imported_at + 60);
}

#[test]
fn events_have_the_attachments_of_comments_if_they_are_asked_for() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let ticket = json!({"subject": "s", "comment": {"body": "b", "uploads": [upload["token"]]}});
    let created = server.create_ticket(&ticket);
    server.put("/api/v2/tickets/1").agent().json(&json!({"ticket": {"status": "open"}})).fetch();
    minute(&server);
    let page = server.get_json(&format!("{EVENTS}?start_time=0&include=comment_events"));
    assert_eq!((&page["count"], &page["end_of_stream"]), (&json!(2), &json!(true)));
    let event = &page["ticket_events"][0];
    assert_eq!((&event["id"], &event["ticket_id"]), (&created["audit"]["id"], &json!(1)));
    assert_eq!(
        (&event["event_type"], &event["timestamp"]),
        (&json!("Audit"), &json!(START_SECOND))
    );
    let comment = &event["child_events"][0];
    assert_eq!((&comment["event_type"], &comment["body"]), (&json!("Comment"), &json!("b")));
    assert_eq!(comment["attachments"][0], upload["attachment"]);
    assert_eq!(server.download(&comment["attachments"][0]), b"hello");
    let subject = &event["child_events"][1];
    assert_eq!((&subject["event_type"], &subject["subject"]), (&json!("Create"), &json!("s")));
    let change = &page["ticket_events"][1]["child_events"][0];
    assert_eq!((&change["event_type"], &change["status"]), (&json!("Change"), &json!("open")));
    assert_eq!(change["previous_value"], "new");
    let without = server.get_json(&format!("{EVENTS}?start_time=0"));
    let comment = &without["ticket_events"][0]["child_events"][0];
    assert_eq!((&comment["comment_present"], &comment["body"]), (&json!(true), &Value::Null));
    assert_eq!(comment["comment_public"], true);
}

/// As a reader of a data warehouse does it.
#[test]
fn every_attachment_is_found_page_by_page() {
    let server = server();
    for number in 0..7 {
        let file = format!("file {number}");
        let token = server.upload("a.txt", file)["token"].take();
        server.attach(&token);
        server.account.advance(Duration::from_secs(1));
    }
    minute(&server);
    let mut url = format!("{EVENTS}?start_time=0&include=comment_events&per_page=2");
    let mut files = Vec::new();
    loop {
        let page = server.get_json(&url);
        for event in page["ticket_events"].as_array().expect("events") {
            files.push(server.download(&event["child_events"][0]["attachments"][0]));
        }
        if page["end_of_stream"] == true {
            break;
        }
        url = text(&page["next_page"]).to_owned();
    }
    let expected: Vec<_> = (0..7).map(|number| format!("file {number}").into_bytes()).collect();
    assert_eq!(files, expected);
}

#[test]
fn the_size_of_a_page_is_a_number() {
    let server = server();
    three_tickets(&server);
    minute(&server);
    for path in ["tickets", "tickets/cursor", "ticket_events"] {
        let path = format!("/api/v2/incremental/{path}?start_time=0");
        let whole = server.get_json(&path);
        for size in ["a", "1.5", "-"] {
            let refused = server.get(&format!("{path}&per_page={size}")).agent().fetch();
            assert_eq!(refused.status(), 400, "{path} {size}");
            assert_eq!(refused.into_json()["error"]["title"], "Invalid attribute");
        }
        for size in ["", "1000", "99999999999999999999999"] {
            let page = server.get_json(&format!("{path}&per_page={size}"));
            assert_eq!(page["count"], whole["count"], "{path} {size}");
        }
    }
}

#[test]
fn exports_bring_users_along() {
    let server = server();
    let requester = |name: &str| json!({"name": name, "email": format!("{name}@x.test")});
    for name in ["ann", "bob"] {
        let ccs = json!([{"user_email": "cc@x.test"}]);
        let ticket = json!({
            "requester": requester(name), "email_ccs": ccs, "comment": {"body": "b"}
        });
        server.create_ticket(&ticket);
        server.account.advance(Duration::from_secs(1));
    }
    server.delete("/api/v2/tickets/1").agent().fetch();
    minute(&server);
    for path in [TICKETS, CURSOR] {
        let names = |query: &str| {
            let page = server.get_json(&format!("{path}?start_time=0{query}"));
            let Value::Array(users) = &page["users"] else { return None };
            let mut names: Vec<_> =
                users.iter().map(|user| text(&user["email"]).to_owned()).collect();
            names.sort();
            Some(names)
        };
        let all = ["ann@x.test", "bob@x.test", "cc@x.test"].map(ToOwned::to_owned);
        assert_eq!(names("&include=users"), Some(all.to_vec()), "{path}");
        let first = ["bob@x.test", "cc@x.test"].map(ToOwned::to_owned);
        assert_eq!(names("&include=users&per_page=1"), Some(first.to_vec()), "those of the page");
        assert_eq!(names(""), None);
        assert_eq!(names("&include=groups"), None);
    }
    for (path, include, is_declared) in [
        (TICKETS, "users", false),
        (TICKETS, "users,groups", true),
        (CURSOR, "users", false),
        (CURSOR, "metric_sets", true),
        (EVENTS, "comment_events", false),
        (EVENTS, "comment_events,users", true),
    ] {
        let path = format!("{path}?start_time=0&include={include}");
        let answer = server.get(&path).agent().fetch();
        let header = answer.header("x-zendesk-mock-difference");
        assert_eq!(header.contains("sort-and-include"), is_declared, "{path}");
    }
    let page = server.get_json(&format!("{CURSOR}?start_time=0&include=users&per_page=1"));
    assert!(text(&page["after_url"]).contains("include=users"), "{page}");
}
