//! What all lists have in common: pages, cursors and orders.

use serde_json::{Value, json};

use crate::harness::*;

struct List {
    path: String,
    /// Under which name the items are.
    name: &'static str,
    /// How its cursors name its order.
    order: &'static str,
    /// The values of `sort`.
    sorts: &'static [&'static str],
}

impl List {
    fn with(&self, query: &str) -> String {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        format!("/api/v2/{}{separator}{query}", self.path)
    }

    fn page(&self, server: &Server, query: &str) -> Value {
        server.get_json(&self.with(query))
    }

    /// The ids of a page, in order.
    fn ids(&self, server: &Server, query: &str) -> Vec<Value> {
        let page = self.page(server, query);
        let items = page[self.name].as_array().unwrap_or_else(|| panic!("{}: {page}", self.path));
        items.iter().map(|item| item["id"].clone()).collect()
    }

    fn refusal(&self, server: &Server, query: &str) -> (u16, Value) {
        server.get(&self.with(query)).agent().fetch_json()
    }
}

/// An account with at least two items in each list but that of brands.
fn filled() -> Server {
    let server = server();
    let named = |name: &str| json!({"name": name, "email": format!("{name}@x.test")});
    let people = ["nan", "nat"].map(|name| {
        let request = server.post("/api/v2/users").agent().json(&json!({"user": named(name)}));
        request.fetch().into_json()["user"]["id"].take()
    });
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    for number in 1..=9 {
        server.account.advance(HOUR);
        let requester = if number < 8 { &me } else { &people[0] };
        server.create_ticket(&json!({
            "comment": {"body": "word"}, "requester_id": requester, "assignee_id": me,
            "status": if number < 6 { "open" } else { "solved" }, "group_id": number,
            "organization_id": number, "ticket_form_id": number,
            "custom_fields": [{"id": number, "value": "v"}],
            "collaborators": people,
            "email_ccs": [{"user_id": people[1]}, {"user_id": me}],
        }));
    }
    for number in 1..=3 {
        server.account.advance(HOUR);
        let change = json!({"ticket": {"comment": {"body": number.to_string()}}});
        assert_eq!(server.put("/api/v2/tickets/4").agent().json(&change).fetch().status(), 200);
    }
    let message = json!({"message": {"body": "b", "to": [{"email": "bo@x.test"}]}});
    let send = |path: &str| {
        let path = format!("/api/v2/tickets/4/side_conversations{path}");
        let sent = server.post(&path).agent().json(&message).fetch();
        assert_eq!(sent.status(), 201, "{path}");
        sent.into_json()["side_conversation"]["id"].take()
    };
    let first = send("");
    for _ in 0..2 {
        send(&format!("/{}/reply", text(&first)));
        send("");
    }
    for ids in ["1", "2,3"] {
        let path = format!("/api/v2/tickets/destroy_many?ids={ids}");
        assert_eq!(server.delete(&path).agent().fetch().status(), 200);
    }
    server
}

/// Every list with cursors but `search/export`, whose cursors are others.
fn lists(server: &Server) -> Vec<List> {
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let found = server.get_json("/api/v2/users/search?query=email:nat@x.test");
    let copied = &found["users"][0]["id"];
    let list = |path: &str, name, order, sorts| List { path: path.to_owned(), name, order, sorts };
    let by_id = |path: &str, name| list(path, name, "id", &["id"]);
    let tickets = |path: &str| list(path, "tickets", "nice_id", &["id", "updated_at", "status"]);
    let requests = |path: &str| list(path, "requests", "nice_id", &["id"]);
    let conversations = "tickets/4/side_conversations";
    let conversation = server.get_json(&format!("/api/v2/{conversations}"));
    let conversation = text(&conversation["side_conversations"][0]["id"]);
    let by_time = |path: &str, name| list(path, name, "created_at,id", &["created_at"]);
    vec![
        by_id("users", "users"),
        by_id("users/autocomplete?name=na", "users"),
        by_id("tickets/4/collaborators", "users"),
        by_id("tickets/4/email_ccs", "users"),
        by_id("groups", "groups"),
        by_id("organizations", "organizations"),
        by_id("ticket_forms", "ticket_forms"),
        by_id("ticket_fields", "ticket_fields"),
        by_id("brands", "brands"),
        tickets("tickets"),
        tickets(&format!("users/{me}/tickets/requested")),
        tickets(&format!("users/{me}/tickets/assigned")),
        tickets(&format!("users/{copied}/tickets/ccd")),
        requests("requests"),
        requests("requests/open"),
        requests("requests/solved"),
        requests("requests/ccd"),
        requests(&format!("users/{me}/requests")),
        by_time("tickets/4/comments", "comments"),
        by_time("requests/4/comments", "comments"),
        by_time("tickets/4/audits", "audits"),
        by_id(conversations, "side_conversations"),
        by_id(&format!("{conversations}/{conversation}/events"), "events"),
        list("deleted_tickets", "deleted_tickets", "nice_id", &["id"]),
        list("job_statuses", "job_statuses", "id", &[]),
    ]
}

const EXPORT: &str = "/api/v2/search/export?query=word&filter[type]=ticket";

const BAD_SORTS: [&str; 9] =
    ["foo", "-foo", "-name", "-", "--id", "ID", "subject", "-deleted_at", "priority"];

fn bad_pagination(parameter: &str) -> (u16, Value) {
    let description = format!("{parameter} is not valid");
    (400, json!({"error": "InvalidPaginationParameter", "description": description}))
}

fn no_integer(parameter: &str) -> (u16, Value) {
    wrong_type(parameter, &format!("Invalid parameter: {parameter} must be an integer"))
}

#[test]
fn a_list_by_cursor_is_sorted_by_its_keys_alone() {
    let server = filled();
    for list in lists(&server) {
        let usual = list.ids(&server, "page[size]=100");
        assert!(usual.len() > 1 || list.name == "brands", "{}: {usual:?}", list.path);
        assert_eq!(list.ids(&server, "page[size]=100&sort="), usual, "{}", list.path);
        for (place, key) in list.sorts.iter().enumerate() {
            let mut sorted = list.ids(&server, &format!("page[size]=100&sort={key}"));
            if place == 0 {
                assert_eq!(sorted, usual, "{} by {key}", list.path);
            }
            sorted.reverse();
            let reversed = list.ids(&server, &format!("page[size]=100&sort=-{key}"));
            assert_eq!(reversed, sorted, "{} by -{key}", list.path);
        }
        for sort in BAD_SORTS {
            let by_cursor = format!("page[size]=100&sort={sort}");
            assert_eq!(list.refusal(&server, &by_cursor), bad_pagination("sort"), "{by_cursor}");
            let by_offset = list.ids(&server, &format!("sort={sort}"));
            assert_eq!(by_offset, usual, "{} by offset, sort={sort}", list.path);
        }
        let refused = server.get(&list.with("page[size]=1&sort=foo")).agent().fetch();
        let reason = refused.header("x-zendesk-mock-reason");
        assert!(list.sorts.iter().all(|key| reason.contains(key)), "{reason}");
    }
    for sort in BAD_SORTS {
        let refused = server.get(&format!("{EXPORT}&sort={sort}")).agent().fetch_json();
        assert_eq!(refused, bad_pagination("sort"), "export by {sort}");
    }
}

#[test]
fn sort_by_and_sort_order_have_no_effect_with_cursors() {
    let server = filled();
    let export = List { path: EXPORT[8..].to_owned(), name: "results", order: "", sorts: &[] };
    for list in lists(&server).into_iter().chain([export]) {
        let usual = list.page(&server, "page[size]=2");
        for query in [
            "sort_order=desc",
            "sort_by=updated_at&sort_order=desc",
            "sort_by=created_at&sort_order=DESC",
            "sort_by=status",
            "sort_by=nothing",
        ] {
            let path = list.with(&format!("page[size]=2&{query}"));
            let answer = server.get(&path).agent().fetch();
            assert!(!answer.header("x-zendesk-mock-difference").contains("sort"), "{path}");
            assert_eq!(answer.into_json(), usual, "{path}, links included");
        }
    }
}

#[test]
fn sort_order_counts_with_sort_by_unless_a_list_has_one_order() {
    let server = filled();
    for list in lists(&server) {
        let usual = list.ids(&server, "");
        let mut expected = usual.clone();
        if list.order == "created_at,id" {
            expected.reverse();
        }
        assert_eq!(list.ids(&server, "sort_order=desc"), expected, "{}", list.path);
        assert_eq!(list.ids(&server, "sort_order=asc"), usual, "{}", list.path);
        let by = list.ids(&server, "sort_by=created_at&sort_order=desc");
        if list.order != "id" {
            assert!(by.iter().eq(usual.iter().rev()), "{}", list.path);
        }
    }
}

#[test]
fn a_cursor_is_refused_by_a_list_in_another_order() {
    let server = filled();
    let lists = lists(&server);
    let escaped = |cursor: &Value| text(cursor).replace('+', "%2B").replace('/', "%2F");
    let cursor = |list: &List, query: &str| {
        escaped(&list.page(&server, &format!("page[size]=1{query}"))["meta"]["after_cursor"])
    };
    for list in &lists {
        for other in &lists {
            let query = format!("page[after]={}", cursor(other, ""));
            if list.order == other.order {
                list.ids(&server, &query);
            } else {
                let refused = list.refusal(&server, &query);
                assert_eq!(refused, bad_pagination("page[after]"), "{} {}", list.path, other.path);
            }
        }
        for key in list.sorts {
            for sort in [format!("&sort=-{key}"), format!("&sort={key}")] {
                let query = format!("page[after]={}", cursor(list, &sort));
                list.ids(&server, &format!("{query}{sort}"));
                let is_usual = sort == format!("&sort={}", list.sorts[0]);
                let refused = server.get(&list.with(&query)).agent().fetch().status() == 400;
                assert_eq!(refused, !is_usual, "{}{sort}", list.path);
            }
        }
    }
}

#[test]
fn parameters_of_pages_mean_the_same_in_all_lists() {
    let server = filled();
    for list in lists(&server) {
        let usual = list.ids(&server, "");
        for query in [
            "page=0",
            "page=1",
            "page=",
            "per_page=0",
            "per_page=101",
            "per_page=",
            "page=-1",
            "page[size]=0",
            "page[size]=101",
            "page[size]=",
            "page[size]=-1",
            "page[size]=99999999999999999999999",
            "per_page=2&page[size]=100",
        ] {
            assert_eq!(list.ids(&server, query), usual, "{} {query}", list.path);
        }
        for (query, parameter) in [
            ("page=x", "page"),
            ("page=1.5", "page"),
            ("page=-", "page"),
            ("per_page=x", "per_page"),
            ("page[size]=x", "page.size"),
            ("page[size]=True", "page.size"),
            ("page=1&page[size]=1", "page"),
            ("page[size]=1&page=2", "page"),
        ] {
            assert_eq!(list.refusal(&server, query), no_integer(parameter), "{query}");
        }
        for name in ["page[after]", "page[before]"] {
            for cursor in ["", "x", "bm8=", "eyJvIjoiIiwidiI6IiJ9", "%FF", "null"] {
                let query = format!("page[size]=2&{name}={cursor}");
                assert_eq!(list.refusal(&server, &query), bad_pagination(name), "{query}");
            }
        }
        let cursor = list.page(&server, "page[size]=1")["meta"]["after_cursor"].take();
        let cursor = text(&cursor).replace('+', "%2B");
        let both = format!("page[after]={cursor}&page[before]={cursor}");
        assert_eq!(list.refusal(&server, &both), bad_pagination("page[before]"), "{}", list.path);
    }
}

#[test]
fn pages_have_the_same_properties_in_all_lists() {
    let server = filled();
    for list in lists(&server) {
        let names = |query: &str| -> Vec<String> {
            let page = list.page(&server, query);
            page.as_object().expect("an object").keys().cloned().collect()
        };
        let sorted = |mut names: Vec<&'static str>| {
            names.push(list.name);
            names.sort_unstable();
            names
        };
        assert_eq!(names("page[size]=1"), sorted(vec!["links", "meta"]), "{}", list.path);
        let by_offset = sorted(vec!["count", "next_page", "previous_page"]);
        assert_eq!(names("per_page=1"), by_offset, "{}", list.path);
        let all = list.ids(&server, "page[size]=100");
        assert_eq!(list.page(&server, "per_page=1")["count"], all.len(), "{}", list.path);
        // Along the links, and then back.
        let mut seen = Vec::new();
        let mut next = list.with("page[size]=1");
        let mut last = Value::Null;
        loop {
            let page = server.get_json(&next);
            seen.extend(
                page[list.name].as_array().expect("items").iter().map(|it| it["id"].clone()),
            );
            let Some(link) = page["links"]["next"].as_str() else { break };
            next = link.to_owned();
            last = page;
        }
        assert_eq!(seen, all, "{}", list.path);
        let mut back = vec![all[all.len() - 1].clone()];
        while let Some(previous) = last["links"]["prev"].as_str() {
            last = server.get_json(previous);
            let items = last[list.name].as_array().expect("items");
            back.extend(items.iter().map(|it| it["id"].clone()));
        }
        assert!(back.iter().eq(all.iter().rev()), "{}: {back:?}", list.path);
    }
}

#[test]
fn a_search_has_no_cursors() {
    let server = filled();
    for (path, name) in [
        ("search?query=word", "results"),
        ("requests/search?query=word", "requests"),
        ("users/search?query=role:end-user", "users"),
    ] {
        let list = List { path: path.to_owned(), name, order: "", sorts: &[] };
        assert!(list.ids(&server, "page=1&per_page=100").len() > 1, "{path}");
        for query in ["page[size]=1", "page[size]=", "page[after]=x", "page[before]=", "page=x"] {
            assert_eq!(list.refusal(&server, query), no_integer("page"), "{path} {query}");
        }
        let refused = server.get(&list.with("page[size]=1")).agent().fetch();
        assert!(refused.header("x-zendesk-mock-reason").contains("no cursors"), "{path}");
    }
}

#[test]
fn what_a_list_by_offset_ignores_is_declared() {
    let server = filled();
    let declared = |path: &str| {
        let answer = server.get(path).agent().fetch();
        assert_eq!(answer.status(), 200, "{path}");
        answer.header("x-zendesk-mock-difference")
    };
    for list in lists(&server) {
        for query in ["sort_by=nothing", "sort=nothing", "include=nothing"] {
            let path = list.with(query);
            assert!(declared(&path).contains("sort-and-include"), "{path}");
        }
        for query in ["sort_order=desc", "sort_order=nothing", "sort=", "page=1"] {
            let path = list.with(query);
            assert!(!declared(&path).contains("sort-and-include"), "{path}");
        }
        let (last, deep) = (list.with("page=100"), list.with("page=101"));
        assert!(!declared(&last).contains("endless-offset"), "{last}");
        assert!(declared(&deep).contains("endless-offset"), "{deep}");
    }
}

#[test]
fn answers_without_pages_ignore_their_parameters() {
    let server = filled();
    for path in [
        "tickets/4",
        "tickets/show_many?ids=4,5",
        "tickets/recent",
        "tickets/count",
        "search/count?query=word",
    ] {
        let answer = List { path: path.to_owned(), name: "", order: "", sorts: &[] };
        let usual = answer.page(&server, "");
        for query in ["page=x", "page=9&page[size]=1", "page[after]=", "page[size]=1&sort=foo"] {
            assert_eq!(answer.page(&server, query), usual, "{path} {query}");
        }
    }
    let back = server.get(&format!("{EXPORT}&page[before]=x")).agent().fetch_json();
    assert_eq!(back, bad_pagination("page[before]"), "an export goes forward alone");
}
