//! `/api/v2/search`, `/api/v2/search/count` and `/api/v2/requests/search`.

use std::time::Duration;

use reqwest::Url;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

use crate::harness::*;

/// The path of a search with a query, and with other parameters.
fn path(list: &str, query: &str, others: &[(&str, &str)]) -> String {
    let base = format!("http://localhost/api/v2/{list}");
    let mut parameters = vec![("query", query)];
    parameters.extend(others);
    let url = Url::parse_with_params(&base, parameters).expect("a URL");
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// The kinds and ids of results, in order. Ids of users are not looked at.
fn found(answer: &Value) -> Vec<(String, u64)> {
    let results = answer["results"].as_array().unwrap_or_else(|| panic!("no results: {answer}"));
    let one = |result: &Value| {
        let kind = text(&result["result_type"]).to_owned();
        let id = if kind == "ticket" { result["id"].as_u64().expect("an id") } else { 0 };
        (kind, id)
    };
    results.iter().map(one).collect()
}

fn tickets(server: &Server, query: &str) -> Vec<u64> {
    let answer = server.get_json(&path("search", &format!("type:ticket {query}"), &[]));
    let mut ids: Vec<_> = found(&answer).into_iter().map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids
}

/// Tickets 1 to 3, a day apart.
fn filled() -> Server {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    for ticket in [
        json!({
            "subject": "Printer on fire", "status": "open", "priority": "urgent", "type": "incident",
            "tags": ["Red", "hot"], "external_id": "ext-1", "group_id": 7,
            "requester": {"name": "Ann Example", "email": "ann@x.test"},
            "email_ccs": [{"user_email": "cc@x.test"}],
            "custom_fields": [{"id": 9, "value": "alpha"}, {"id": 8, "value": true}],
            "comment": {"body": "It burns **brightly**.", "uploads": [upload["token"]]}
        }),
        json!({
            "subject": "Invoice", "status": "pending", "priority": "low", "tags": ["hot"],
            "requester": {"name": "Bob", "email": "bob@x.test"}, "description": "Please pay."
        }),
        json!({"subject": "Closed case", "description": "Done.", "status": "solved"}),
    ] {
        server.create_ticket(&ticket);
        server.account.advance(Duration::from_secs(24 * 60 * 60));
    }
    let note = json!({"ticket": {"comment": {"body": "a secret note", "public": false}}});
    assert_eq!(server.put("/api/v2/tickets/2").agent().json(&note).fetch().status(), 200);
    server
}

#[test]
fn tickets_are_found_by_what_is_kept_of_them() {
    let server = filled();
    for (query, expected) in [
        ("", vec![1, 2, 3]),
        ("printer", vec![1]),
        ("PRINTER burns", vec![1]),
        ("\"on fire\"", vec![1]),
        ("\"fire on\"", vec![]),
        ("print", vec![]),
        ("print*", vec![1]),
        ("brightly", vec![1]),
        ("secret", vec![2]),
        ("-printer", vec![2, 3]),
        ("3", vec![3]),
        ("status:open", vec![1]),
        ("status:open status:pending", vec![1, 2]),
        ("status<solved", vec![1, 2]),
        ("status>=pending", vec![2, 3]),
        ("-status:solved", vec![1, 2]),
        ("priority:urgent", vec![1]),
        ("priority>low", vec![1]),
        ("priority:none", vec![3]),
        ("ticket_type:incident", vec![1]),
        ("tags:hot", vec![1, 2]),
        ("tags:red", vec![1]),
        ("tags:\"red hot\"", vec![1]),
        ("tags:red tags:none", vec![1, 3]),
        ("tags:h*", vec![1, 2]),
        ("-tags:red tags:hot", vec![2]),
        ("subject:invoice", vec![2]),
        ("description:pay", vec![2]),
        ("comment:secret", vec![2]),
        ("requester:ann@x.test", vec![1]),
        ("requester:ann", vec![1]),
        ("requester:\"ann example\"", vec![1]),
        ("requester:me", vec![3]),
        ("submitter:me", vec![3]),
        ("submitter:ann", vec![1]),
        ("commenter:me", vec![2, 3]),
        ("requester:an", vec![]),
        ("assignee:none", vec![1, 2, 3]),
        ("cc:cc@x.test", vec![1]),
        ("external_id:EXT-1", vec![1]),
        ("group:7", vec![1]),
        ("group:none", vec![2, 3]),
        ("organization:none", vec![1, 2, 3]),
        ("has_attachment:true", vec![1]),
        ("has_attachment:false", vec![2, 3]),
        ("custom_field_9:alpha", vec![1]),
        ("custom_field_8:alpha", vec![]),
        ("fieldvalue:alpha", vec![1]),
        ("created:2026-01-01", vec![1]),
        ("created>2026-01-01", vec![2, 3]),
        ("created>=2026-01-02 created<2026-01-03", vec![2]),
        ("created<=2026-01-02T00:00:00Z", vec![1, 2]),
        ("created:2026-01", vec![1, 2, 3]),
        ("created>25hours", vec![3]),
        ("created<2days", vec![1]),
        ("updated>12hours", vec![2]),
        ("solved:2026-01-03", vec![3]),
        ("status:none", vec![]),
        ("satisfaction:good", vec![]),
    ] {
        assert_eq!(tickets(&server, query), expected, "{query}");
        let count = server.get_json(&path("search/count", &format!("type:ticket {query}"), &[]));
        assert_eq!(count, json!({"count": expected.len()}), "{query}");
    }
}

#[test]
fn users_are_found_beside_tickets() {
    let server = filled();
    for (query, kinds) in [
        ("ann", vec!["user"]),
        ("type:user ann", vec!["user"]),
        ("exam*", vec!["user"; 2]),
        ("ann exam*", vec!["user"]),
        ("nn", vec![]),
        ("exam", vec![]),
        ("type:user name:exam", vec![]),
        ("type:user email:ann@x.test", vec!["user"]),
        ("type:user role:end-user", vec!["user"; 3]),
        ("type:user", vec!["user"; 4]),
        ("type:ticket ann", vec![]),
        ("invoice", vec!["ticket"]),
        ("type:organization invoice", vec![]),
        ("-type:ticket invoice", vec![]),
        ("type:user type:ticket x.test", vec!["user"; 3]),
    ] {
        let answer = server.get_json(&path("search", query, &[]));
        let found: Vec<_> = found(&answer).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(found, kinds, "{query}");
        assert_eq!(answer["count"], kinds.len(), "{query}");
    }
    let answer = server.get_json(&path("search", "type:ticket invoice", &[]));
    let mut result = answer["results"][0].clone();
    result.as_object_mut().expect("an object").remove("result_type");
    assert_eq!(result, server.get_json("/api/v2/tickets/2")["ticket"]);
    let mut rest = answer;
    rest["results"].take();
    assert_eq!(
        rest,
        json!({
            "results": null, "facets": null, "next_page": null, "previous_page": null, "count": 1
        })
    );
}

#[test]
fn results_are_sorted_and_paged() {
    let server = filled();
    let order = |query: &str, others: &[(&str, &str)]| {
        let answer = server.get_json(&path("search", &format!("type:ticket {query}"), others));
        found(&answer).into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    for (query, others, expected) in [
        ("", vec![], [3, 2, 1]),
        ("", vec![("sort_order", "asc")], [1, 2, 3]),
        ("", vec![("sort_by", "created_at"), ("sort_order", "asc")], [1, 2, 3]),
        ("", vec![("sort_by", "updated_at")], [2, 3, 1]),
        ("", vec![("sort_by", "priority")], [1, 2, 3]),
        ("", vec![("sort_by", "status"), ("sort_order", "asc")], [1, 2, 3]),
        ("order_by:updated_at sort:asc", vec![], [1, 3, 2]),
        ("", vec![("sort_by", "ticket_type")], [1, 3, 2]),
    ] {
        assert_eq!(order(query, &others), expected, "{query} {others:?}");
    }
    let first = server.get_json(&path("search", "type:ticket", &[("per_page", "2")]));
    assert_eq!(first["count"], 3);
    let second = server.get_json(text(&first["next_page"]));
    assert_eq!(found(&second), [("ticket".to_owned(), 1)]);
    assert_eq!(server.get_json(text(&second["previous_page"])), first);
    let too_deep =
        "Invalid search: Requested response size was greater than Search Response Limits";
    let refused = (422, json!({"error": "invalid", "description": too_deep}));
    for page in [[("page", "11"), ("per_page", "100")], [("page", "101"), ("per_page", "10")]] {
        for list in ["search", "requests/search"] {
            let path = path(list, "a", &page);
            assert_eq!(server.get(&path).agent().fetch_json(), refused, "{path}");
        }
    }
    let last = path("search", "type:ticket", &[("page", "10")]);
    assert_eq!(server.get_json(&last)["results"], json!([]));
}

#[test]
fn a_search_without_a_query_is_refused_and_unknown_keywords_are_named() {
    let server = filled();
    for list in ["search", "search/count"] {
        for query in ["", "?query=", "?query=%20"] {
            let refused = server.get(&format!("/api/v2/{list}{query}")).agent().fetch_json();
            assert_eq!((refused.0, &refused.1["error"]), (422, &json!("invalid")), "{list}{query}");
        }
        assert_eq!(server.get(&format!("/api/v2/{list}?query=a")).fetch().status(), 401);
    }
    let hint = |query: &str| {
        server.get(&path("search", query, &[])).agent().fetch().header("x-zendesk-mock-hint")
    };
    assert!(hint("satisfaction:good").contains("found by satisfaction"));
    assert_eq!(hint("status:open"), "");
    for (query, unknown) in [
        ("type:user satisfaction:good", "satisfaction"),
        ("type:user is_suspended:true ann", "is_suspended"),
        ("type:user foo:bar -phone:1 email:a*", "foo, phone"),
        ("-type:ticket status:open", "status"),
    ] {
        let expected = format!("no user of zendesk-mock is found by {unknown}");
        assert_eq!(hint(query), expected, "{query}");
    }
    assert_eq!(hint("type:user email:a* role:admin created>2020-01-01 user:ann"), "");
    let users_hint = |query: &str| {
        let answer = server.get(&path("users/search", query, &[])).agent().fetch();
        answer.header("x-zendesk-mock-hint")
    };
    assert_eq!(users_hint("phone:1 ann"), "no user of zendesk-mock is found by phone");
    assert_eq!(users_hint("type:user name:ann external_id:1 updated<2030-01-01"), "");
    // Hostile queries take little work.
    for query in ["*".repeat(2_000), "\"".repeat(1_000), "-".repeat(1_000), "a:*b*".repeat(300)] {
        assert_eq!(server.get(&path("search", &query, &[])).agent().fetch().status(), 200);
    }
}

#[test]
fn a_client_searches_its_own_requests() {
    let server = filled();
    let bob = json!({"user": {"role": "end-user"}});
    let users = server.get_json("/api/v2/users/search?query=bob@x.test");
    let id = &users["users"][0]["id"];
    let changed = server.put(&format!("/api/v2/users/{id}")).agent().json(&bob).fetch();
    assert_eq!(changed.status(), 200);
    let as_bob = |request: RequestBuilder| request.basic_auth("bob@x.test", Some("pw"));
    let ids = |query: &str, others: &[(&str, &str)]| {
        let answer = as_bob(server.get(&path("requests/search", query, others))).fetch();
        assert_eq!(answer.status(), 200, "{query}");
        let answer = answer.into_json();
        let requests = answer["requests"].as_array().expect("requests").iter();
        requests.map(|request| request["id"].as_u64().expect("an id")).collect::<Vec<_>>()
    };
    for (query, others, expected) in [
        ("invoice", vec![], vec![2]),
        ("", vec![], vec![2]),
        ("printer", vec![], vec![]),
        // A note is hidden.
        ("secret", vec![], vec![]),
        ("pay", vec![("status", "hold,pending")], vec![2]),
        ("pay", vec![("status", "open")], vec![]),
        ("pay", vec![("organization_id", "1")], vec![]),
        ("", vec![("cc_id", "true")], vec![]),
    ] {
        assert_eq!(ids(query, &others), expected, "{query} {others:?}");
    }
    let copy = json!({"ticket": {"email_ccs": [{"user_id": id}]}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&copy).fetch().status(), 200);
    assert_eq!(ids("printer", &[("cc_id", "true")]), [1]);
    let forbidden = as_bob(server.get("/api/v2/search?query=a")).fetch();
    assert_eq!(forbidden.status(), 403);
    assert_eq!(server.get("/api/v2/requests/search?query=a").fetch().status(), 401);
}

/// Searches of long texts run apart from other requests.
#[test]
fn an_account_with_long_texts_is_searched_like_any_other() {
    let server = filled();
    for word in ["lorem", "ipsum"] {
        server.create_ticket(&json!({"description": format!("{word} ").repeat(10_000)}));
    }
    assert_eq!(tickets(&server, "printer"), [1]);
    assert_eq!(tickets(&server, "ipsum"), [5]);
    assert_eq!(tickets(&server, "-lorem -ipsum"), [1, 2, 3]);
    let first = |list: &str, query: &str, others: &[(&str, &str)], name: &str| {
        server.get_json(&path(list, query, others))[name][0]["id"].as_u64()
    };
    assert_eq!(server.get_json(&path("search/count", "lorem", &[])), json!({"count": 1}));
    let kind = [("filter[type]", "ticket")];
    assert_eq!(first("search/export", "lorem", &kind, "results"), Some(4));
    assert_eq!(first("requests/search", "lorem", &[], "requests"), Some(4));
    let ann = first("users/search", "ann@x.test", &[], "users");
    assert!(ann.is_some());
    assert_eq!(first("users/autocomplete", "", &[("name", "ann")], "users"), ann);
}
