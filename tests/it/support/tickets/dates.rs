//! Dates that clients send: in tickets, requests, imports and searches.

use reqwest::Url;
use serde_json::{Value, json};

use crate::harness::*;

const ISO: &str = "It must be an acceptable ISO 8601 date format";
const REASON: &str = "x-zendesk-mock-reason";

/// Texts that are dates, and what answers show of them.
const DATES: [(&str, &str); 12] = [
    ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z"),
    ("2020-01-02T03:04:05.678Z", "2020-01-02T03:04:05Z"),
    ("2020-01-02T03:04:05.000+0000", "2020-01-02T03:04:05Z"),
    ("2020-01-02T03:04:05+01:00", "2020-01-02T02:04:05Z"),
    ("2020-01-02T03:04:05-0130", "2020-01-02T04:34:05Z"),
    ("2020-01-02T03:04:05", "2020-01-02T03:04:05Z"),
    ("2020-01-02T03:04:05.678901", "2020-01-02T03:04:05Z"),
    ("2020-01-02T03:04Z", "2020-01-02T03:04:00Z"),
    ("20200102T030405Z", "2020-01-02T03:04:05Z"),
    ("2020-01-02t03:04:05z", "2020-01-02T03:04:05Z"),
    ("2020-01-02", "2020-01-02T00:00:00Z"),
    ("20200102", "2020-01-02T00:00:00Z"),
];

/// Values that are none.
fn no_dates() -> Vec<Value> {
    let texts = [
        "soon",
        "2020",
        "2020-01-02 03:04:05",
        "2020-01-02 03:04:05Z",
        "2020-01-02 03:04:05 +0000",
        "2020-13-01",
        "2020-02-30T00:00:00Z",
        "2020-01-02T25:00:00Z",
        "01/02/2020",
        "Thu, 02 Jan 2020 03:04:05 GMT",
        "1577934245",
        "2020-01-02T03:04:05+00:00[UTC]",
    ];
    let others =
        [json!(1_577_934_245), json!(1_420_070_462_000_u64), json!(true), json!([]), json!({})];
    texts.into_iter().map(Value::from).chain(others).collect()
}

fn send(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    server.post(path).agent().json(body).fetch_json()
}

#[test]
fn a_date_is_one_of_iso_8601_wherever_it_stands() {
    let server = server();
    for (id, (sent, shown)) in (1..).step_by(2).zip(DATES) {
        let ticket = json!({
            "created_at": sent, "updated_at": sent, "solved_at": sent, "status": "solved",
            "due_at": sent, "type": "task", "comments": [{"body": "b", "created_at": sent}]
        });
        let body = json!({ "ticket": ticket });
        let (status, imported) = send(&server, "/api/v2/imports/tickets", &body);
        assert_eq!(status, 201, "{sent}: {imported}");
        let ticket =
            server.get_json(&format!("/api/v2/tickets/{id}?include=dates"))["ticket"].take();
        for name in ["created_at", "updated_at", "due_at"] {
            assert_eq!(ticket[name], shown, "{sent}");
        }
        assert_eq!(ticket["dates"]["solved_at"], shown, "{sent}");
        assert_eq!(server.comments(&json!(id))[0]["created_at"], shown, "{sent}");
        let request =
            json!({"request": {"subject": "s", "comment": {"body": "b"}, "due_at": sent}});
        let (status, made) = send(&server, "/api/v2/requests", &request);
        assert_eq!((status, &made["request"]["due_at"]), (201, &json!(shown)), "{sent}");
        let stale = json!({"ticket": {"safe_update": true, "updated_stamp": sent, "subject": "s"}});
        let path = format!("/api/v2/tickets/{}", id + 1);
        assert_eq!(server.put(&path).agent().json(&stale).fetch().status(), 409, "{sent}");
    }
}

#[test]
fn what_is_no_date_is_400_and_changes_nothing() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    for value in no_dates() {
        let comment = json!({"body": "b", "created_at": value});
        let import = "/api/v2/imports/tickets";
        for (path, name, body) in [
            ("/api/v2/tickets", "due_at", json!({"ticket": {"description": "d", "due_at": value}})),
            (
                "/api/v2/requests",
                "due_at",
                json!({"request": {"subject": "s", "comment": {"body": "b"}, "due_at": value}}),
            ),
            (import, "created_at", json!({"ticket": {"description": "d", "created_at": value}})),
            (import, "updated_at", json!({"ticket": {"description": "d", "updated_at": value}})),
            (import, "solved_at", json!({"ticket": {"description": "d", "solved_at": value}})),
            (import, "created_at", json!({"ticket": {"comments": [comment]}})),
            (
                "/api/v2/imports/tickets/create_many",
                "created_at",
                json!({"tickets": [{"description": "d"}, {"comments": [comment]}]}),
            ),
        ] {
            let refused = server.post(path).agent().json(&body).fetch();
            let reason = refused.header(REASON);
            let start = format!("{name}: ");
            let end = " is no date of ISO 8601; send one such as 2026-01-31T12:00:00Z";
            assert!(reason.starts_with(&start) && reason.ends_with(end), "{reason}");
            assert_eq!(refused.status_and_json(), wrong_type(name, ISO), "{path} {body}");
        }
        let change = json!({"ticket": {"safe_update": true, "updated_stamp": value}});
        let refused = server.put("/api/v2/tickets/1").agent().json(&change).fetch();
        assert_eq!(refused.status_and_json(), wrong_type("updated_stamp", ISO), "{value}");
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
}

#[test]
fn a_missing_date_may_be_null_or_empty() {
    let server = server();
    for value in [json!(null), json!("")] {
        let ticket = json!({
            "created_at": value, "updated_at": value, "solved_at": value, "due_at": value,
            "comments": [{"body": "b", "created_at": value}]
        });
        let body = json!({ "ticket": ticket });
        let (status, imported) = send(&server, "/api/v2/imports/tickets", &body);
        assert_eq!((status, &imported["ticket"]["created_at"]), (201, &json!(START)), "{value}");
        assert_eq!(imported["ticket"]["due_at"], json!(null));
    }
}

/// Programs in Go send year 1 for no date.
#[test]
fn dates_of_an_import_are_rounded_up_to_1970() {
    let server = server();
    for early in ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1900-01-01"] {
        let ticket = json!({
            "description": "d", "created_at": early, "updated_at": early, "solved_at": early,
            "status": "solved"
        });
        let body = json!({ "ticket": ticket });
        let import = server.post("/api/v2/imports/tickets").agent().json(&body).fetch();
        let hint = import.header("x-zendesk-mock-hint");
        for name in ["created_at", "updated_at", "solved_at"] {
            assert!(hint.contains(&format!("ticket.{name} is rounded up to 1970")), "{hint}");
        }
        let (status, imported) = import.status_and_json();
        assert_eq!(status, 201, "{early}");
        let ticket = &imported["ticket"];
        let times = (&ticket["created_at"], &ticket["updated_at"]);
        let rounded = json!("1970-01-01T00:00:00Z");
        assert_eq!(times, (&rounded, &rounded), "{early}");
        let many =
            json!({"tickets": [{"description": "d"}, {"description": "d", "created_at": early}]});
        let many = server.post("/api/v2/imports/tickets/create_many").agent().json(&many).fetch();
        let hint = many.header("x-zendesk-mock-hint");
        let expected =
            "ticket.created_at is rounded up to 1970, as Zendesk does with earlier dates";
        assert_eq!((many.status().as_u16(), &*hint), (200, expected), "{early}");
        let due = json!({"ticket": {"description": "d", "due_at": early}});
        let expected = wrong_type("due_at", "must not be before 1970");
        assert_eq!(send(&server, "/api/v2/tickets", &due), expected, "{early}");
    }
}

#[test]
fn a_search_for_what_is_no_date_is_422() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let get = |path: &str, query: &str| {
        let mut url = Url::parse(&format!("{}/api/v2/{path}", server.mock.url())).expect("a URL");
        url.query_pairs_mut().append_pair("query", query).append_pair("filter[type]", "ticket");
        server.get(url.as_str()).agent().fetch_json()
    };
    let paths = ["search", "search/count", "search/export", "requests/search", "users/search"];
    for value in ["2026-01-01T00:00:00", "2026-01-01 00:00:00", "soon", "2026-13", "1/1/2026"] {
        for sign in [":", ">", "<="] {
            for keyword in ["created", "updated", "solved", "due_date"] {
                for path in paths {
                    let query = format!("{keyword}{sign}\"{value}\"");
                    let description = format!(
                        "Invalid search: Illegal value \"{value}\" for \"{keyword}\". Expected \
                         date as yyyy-mm-dd, ISO time such as yyyy-mm-ddThh:mm:ss+05:00, or \
                         relative time such as 2hours."
                    );
                    let expected = json!({"error": "invalid", "description": description});
                    assert_eq!(get(path, &query), (422, expected), "{path} {query}");
                }
            }
        }
    }
    for value in [
        "2026-01-01",
        "2026-01",
        "2026",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00+05:00",
        "2hours",
    ] {
        for path in paths {
            assert_eq!(get(path, &format!("created>={value}")).0, 200, "{path} {value}");
        }
    }
    // A client that does not encode a plus sends a space (a user, 2019).
    let raw = "/api/v2/search.json?query=type:ticket%20created>2019-08-10T00:00:00+00:00";
    let refused = server.get(raw).agent().fetch_json();
    assert!(text(&refused.1["description"]).contains("\"2019-08-10T00:00:00\" for \"created\""));
}
