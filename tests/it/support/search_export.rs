//! `/api/v2/search/export`.

use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};

use crate::harness::*;

fn path(parameters: &[(&str, &str)]) -> String {
    let base = "http://localhost/api/v2/search/export.json";
    let url = Url::parse_with_params(base, parameters).expect("a URL");
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

fn ids(page: &Value) -> Vec<u64> {
    let results = page["results"].as_array().unwrap_or_else(|| panic!("no results: {page}"));
    results.iter().map(|result| result["id"].as_u64().expect("an id")).collect()
}

fn seconds(server: &Server, seconds: u64) {
    server.account.advance(Duration::from_secs(seconds));
}

/// Tickets 1 to 5: 2 and 3 of one second, the others an hour apart.
fn five_tickets() -> Server {
    let server = server();
    for (subject, behind) in [("a", 3_600), ("b", 0), ("a", 3_600), ("a", 3_600), ("a", 0)] {
        server.create_ticket(&json!({"subject": subject, "comment": {"body": "word"}}));
        seconds(&server, behind);
    }
    server
}

/// All pages from one on.
fn walk(server: &Server, first: &Value) -> Vec<u64> {
    let mut found = ids(first);
    let mut next = first["links"]["next"].clone();
    while !next.is_null() {
        let page = server.get_json(text(&next));
        found.extend(ids(&page));
        assert_eq!(page["meta"]["has_more"], !page["links"]["next"].is_null());
        next = page["links"]["next"].clone();
    }
    found
}

#[test]
fn all_results_are_exported_newest_first() {
    let server = five_tickets();
    let export = |size: &str, query: &str| {
        server.get_json(&path(&[
            ("query", query),
            ("filter[type]", "ticket"),
            ("page[size]", size),
        ]))
    };
    for size in ["1", "2", "3", "100", "1000", "5000", "0"] {
        assert_eq!(walk(&server, &export(size, "word")), [5, 4, 2, 3, 1], "{size}");
        assert_eq!(walk(&server, &export(size, "subject:a")), [5, 4, 3, 1], "{size}");
        assert_eq!(walk(&server, &export(size, "absent")), Vec::<u64>::new(), "{size}");
    }
    let page = export("2", "word");
    let keys: Vec<_> = page.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["facets", "links", "meta", "results"]);
    assert_eq!((&page["facets"], &page["links"]["prev"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&page["meta"]["has_more"], &page["meta"]["before_cursor"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(page["results"][0]["result_type"], "ticket");
    let next = text(&page["links"]["next"]);
    let start = format!(
        "{}/api/v2/search/export.json?filter%5Btype%5D=ticket&page%5Bafter%5D=",
        server.mock.url()
    );
    assert!(next.starts_with(&start) && next.ends_with("&page%5Bsize%5D=2&query=word"), "{next}");
    let last = export("5", "word");
    assert_eq!(
        (&last["meta"]["after_cursor"], &last["links"]["next"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn users_are_exported_as_zenpy_asks_for_them() {
    let server = five_tickets();
    server.create_ticket(&json!({
        "requester": {"name": "Ann", "email": "ann@x.test"}, "comment": {"body": "b"}
    }));
    // The query was recorded in 2024: it names the kind too.
    for query in ["created_at>=2026-01-01 type:user", "type:user", "*", "created:2026 -role:agent"]
    {
        let page = server.get_json(&path(&[("query", query), ("filter[type]", "user")]));
        let names: Vec<_> =
            page["results"].as_array().expect("results").iter().map(|it| &it["name"]).collect();
        assert!(names.len() == 2 && names[0] == "Ann", "{query}: {names:?}");
        assert_eq!(page["results"][0]["result_type"], "user");
    }
    for kind in ["organization", "group"] {
        let answer = server.get(&path(&[("query", "a"), ("filter[type]", kind)])).agent().fetch();
        assert!(answer.header("x-zendesk-mock-hint").contains("tickets and users"), "{kind}");
        assert_eq!(answer.into_json()["results"], json!([]));
    }
}

#[test]
fn a_cursor_is_good_for_an_hour_and_one_search() {
    let server = five_tickets();
    let query = [("query", "word"), ("filter[type]", "ticket"), ("page[size]", "2")];
    let cursor = server.get_json(&path(&query))["meta"]["after_cursor"].take();
    let send = |text_of: &str, kind: &str, cursor: &str| {
        let parameters = [
            ("query", text_of),
            ("filter[type]", kind),
            ("page[size]", "2"),
            ("page[after]", cursor),
        ];
        server.get(&path(&parameters)).agent().fetch()
    };
    let go_on = |cursor: &str| send("word", "ticket", cursor).into_json();
    let cursor = text(&cursor);
    // New tickets come before the place, and do not shift it.
    server.create_ticket(&json!({"comment": {"body": "word"}}));
    assert_eq!(ids(&go_on(cursor)), [2, 3]);
    seconds(&server, 3_599);
    assert_eq!(ids(&go_on(cursor)), [2, 3]);
    let refused = |text_of: &str, kind: &str, cursor: &str| {
        let answer = send(text_of, kind, cursor);
        let reason = answer.header("x-zendesk-mock-reason");
        let description = "page[after] is not valid";
        let refusal = json!({"error": "InvalidPaginationParameter", "description": description});
        assert_eq!(answer.status_and_json(), (400, refusal));
        reason
    };
    assert!(refused("words", "ticket", cursor).contains("same query"));
    assert!(refused("word", "user", cursor).contains("same query"));
    for bad in ["", "x", &cursor[4..]] {
        assert!(refused("word", "ticket", bad).contains("must be a cursor"), "{bad}");
    }
    seconds(&server, 1);
    assert!(refused("word", "ticket", cursor).contains("an hour old"));
}

#[test]
fn a_bad_export_is_refused() {
    let server = server();
    for parameters in [
        vec![("query", "a")],
        vec![("query", "a"), ("filter[type]", "")],
        vec![("query", "a"), ("filter[type]", "tickets")],
        vec![("filter[type]", "ticket")],
        vec![("query", " "), ("filter[type]", "ticket")],
        vec![("query", "type:user a"), ("filter[type]", "ticket")],
        vec![("query", "type:ticket type:user a"), ("filter[type]", "ticket")],
        vec![("query", "-type:ticket a"), ("filter[type]", "ticket")],
        vec![("query", "type:ticket a"), ("filter[type]", "group")],
    ] {
        let refused = server.get(&path(&parameters)).agent().fetch_json();
        assert_eq!((refused.0, &refused.1["error"]), (422, &json!("invalid")), "{parameters:?}");
        assert!(text(&refused.1["description"]).starts_with("Invalid search: "));
    }
    let fine = path(&[("query", "a"), ("filter[type]", "ticket")]);
    assert_eq!(server.get(&fine).fetch_json(), unauthenticated());
    assert_eq!(server.post(&fine).agent().fetch_json(), no_endpoint());
}
