//! Lists in pages, by offset and by cursor.

use serde_json::{Value, json};

use crate::harness::*;

const COMMENTS: &str = "/api/v2/tickets/1/comments";

/// A ticket whose comments are 1, 2, 3 and so on, in the account of the prefix.
fn with_comments(prefix: &str, count: usize) -> Server {
    let server = server();
    let comments: Vec<_> = (1..=count).map(|n| json!({"body": n.to_string()})).collect();
    let body = json!({"ticket": {"comments": comments}});
    let path = format!("{prefix}/api/v2/imports/tickets");
    assert_eq!(server.post(&path).agent().json(&body).fetch().status(), 201);
    server
}

fn bodies(page: &Value) -> Vec<usize> {
    let comments = page["comments"].as_array().expect("comments").iter();
    comments.map(|comment| text(&comment["body"]).parse().expect("a number")).collect()
}

fn query<'a>(server: &Server, link: &'a Value) -> &'a str {
    let link = text(link);
    let base = format!("{}{COMMENTS}.json?", server.mock.url());
    link.strip_prefix(&base).unwrap_or_else(|| panic!("{link} is not below {base}"))
}

/// All pages from a path on, along one kind of link, until that is null.
fn follow(server: &Server, first: &str, link: &str) -> Vec<Value> {
    let mut pages = vec![server.get_json(first)];
    while let Some(next) = pages.last().and_then(|page| page.pointer(link)?.as_str()) {
        assert!(pages.len() < 20, "no end: {next}");
        let next = server.get_json(next);
        pages.push(next);
    }
    pages
}

fn column(pages: &[Value], read: impl Fn(&Value) -> Value) -> Vec<Value> {
    pages.iter().map(read).collect()
}

#[test]
fn an_offset_page_has_at_most_100_items() {
    let server = with_comments("", 101);
    let pages = follow(&server, COMMENTS, "/next_page");
    let all: Vec<_> = pages.iter().flat_map(bodies).collect();
    assert_eq!(all, (1..=101).collect::<Vec<_>>());
    assert_eq!(pages.iter().map(|page| bodies(page).len()).collect::<Vec<_>>(), [100, 1]);
    assert_eq!(query(&server, &pages[0]["next_page"]), "page=2");
    assert_eq!(query(&server, &pages[1]["previous_page"]), "page=1");
    assert_eq!(column(&pages, |page| page["count"].clone()), [101, 101]);
    for more in ["per_page=101", "per_page=1000", "per_page=0", "per_page=-1"] {
        assert_eq!(bodies(&server.get_json(&format!("{COMMENTS}?{more}"))).len(), 100, "{more}");
    }
    let beyond = server.get_json(&format!("{COMMENTS}?page={}", usize::MAX));
    assert_eq!((bodies(&beyond), &beyond["next_page"]), (vec![], &json!(null)));
}

#[test]
fn an_offset_page_links_to_its_neighbours() {
    let server = with_comments("", 5);
    let pages = follow(&server, &format!("{COMMENTS}?per_page=2"), "/next_page");
    assert_eq!(pages.iter().map(bodies).collect::<Vec<_>>(), [vec![1, 2], vec![3, 4], vec![5]]);
    assert_eq!(column(&pages, |page| page["count"].clone()), [5, 5, 5]);
    assert_eq!(query(&server, &pages[0]["next_page"]), "page=2&per_page=2");
    assert_eq!(pages[0]["previous_page"], json!(null));
    assert_eq!(pages[2]["next_page"], json!(null));
    let last = format!("{COMMENTS}?page=3&per_page=2");
    let back = follow(&server, &last, "/previous_page");
    assert_eq!(back.iter().map(bodies).collect::<Vec<_>>(), [vec![5], vec![3, 4], vec![1, 2]]);
    assert!(back.iter().all(|page| page.get("meta").is_none() && page.get("links").is_none()));
    let behind = server.get_json(&format!("{COMMENTS}?page=9&per_page=2"));
    assert_eq!((bodies(&behind), &behind["next_page"]), (vec![], &json!(null)));
    assert_eq!(query(&server, &behind["previous_page"]), "page=8&per_page=2");
}

#[test]
fn a_full_last_offset_page_has_no_next_page() {
    let server = with_comments("", 4);
    let pages = follow(&server, &format!("{COMMENTS}?per_page=2"), "/next_page");
    assert_eq!(pages.iter().map(bodies).collect::<Vec<_>>(), [[1, 2], [3, 4]]);
}

#[test]
fn an_offset_list_can_be_sorted_descending() {
    let server = with_comments("", 5);
    for order in ["sort_order=desc", "sort_order=DESC", "sort=-created_at"] {
        let pages = follow(&server, &format!("{COMMENTS}?per_page=2&{order}"), "/next_page");
        let numbers: Vec<_> = pages.iter().map(bodies).collect();
        assert_eq!(numbers, [vec![5, 4], vec![3, 2], vec![1]], "{order}");
    }
    for order in ["sort_order=asc", "sort_order=", "sort=created_at"] {
        assert_eq!(
            bodies(&server.get_json(&format!("{COMMENTS}?{order}"))),
            [1, 2, 3, 4, 5],
            "{order}"
        );
    }
}

#[test]
fn a_cursor_list_ends_with_an_empty_page() {
    let server = with_comments("", 5);
    let pages = follow(&server, &format!("{COMMENTS}?page[size]=2"), "/links/next");
    let numbers: Vec<_> = pages.iter().map(bodies).collect();
    assert_eq!(numbers, [vec![1, 2], vec![3, 4], vec![5], vec![]]);
    let has_more = column(&pages, |page| page["meta"]["has_more"].clone());
    assert_eq!(has_more, [true, true, false, false]);
    for page in &pages[..3] {
        let (next, prev) = (text(&page["links"]["next"]), text(&page["links"]["prev"]));
        let (after, before) =
            (text(&page["meta"]["after_cursor"]), text(&page["meta"]["before_cursor"]));
        let escaped =
            |cursor: &str| cursor.replace('=', "%3D").replace('/', "%2F").replace('+', "%2B");
        assert_eq!(
            query(&server, &json!(next)),
            format!("page%5Bafter%5D={}&page%5Bsize%5D=2", escaped(after))
        );
        assert_eq!(
            query(&server, &json!(prev)),
            format!("page%5Bbefore%5D={}&page%5Bsize%5D=2", escaped(before))
        );
    }
    let nothing = json!({"has_more": false, "after_cursor": null, "before_cursor": null});
    assert_eq!(pages[3]["meta"], nothing);
    assert_eq!(pages[3]["links"], json!({"prev": null, "next": null}));
    for page in &pages {
        let names: Vec<_> = page.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["comments", "links", "meta"], "no count, as recorded");
    }
}

#[test]
fn an_empty_list_is_one_empty_page() {
    let server = server();
    let by_cursor = json!({
        "tickets": [], "links": {"prev": null, "next": null},
        "meta": {"has_more": false, "after_cursor": null, "before_cursor": null}
    });
    assert_eq!(server.get_json("/api/v2/tickets?page[size]=2"), by_cursor);
    let by_offset = json!({"tickets": [], "next_page": null, "previous_page": null, "count": 0});
    assert_eq!(server.get_json("/api/v2/tickets?per_page=2"), by_offset);
}

#[test]
fn a_cursor_list_can_be_read_backwards() {
    let server = with_comments("", 5);
    let pages = follow(&server, &format!("{COMMENTS}?page[size]=2"), "/links/next");
    let back = follow(&server, text(&pages[2]["links"]["prev"]), "/links/prev");
    assert_eq!(back.iter().map(bodies).collect::<Vec<_>>(), [vec![3, 4], vec![1, 2], vec![]]);
    assert_eq!(column(&back, |page| page["meta"]["has_more"].clone()), [true, false, false]);
    let again = server.get_json(text(&back[1]["links"]["next"]));
    assert_eq!(bodies(&again), [3, 4]);
}

#[test]
fn a_cursor_list_can_be_sorted_descending() {
    let server = with_comments("", 5);
    let first = format!("{COMMENTS}?page[size]=2&sort=-created_at");
    let pages = follow(&server, &first, "/links/next");
    let numbers: Vec<_> = pages.iter().map(bodies).collect();
    assert_eq!(numbers, [vec![5, 4], vec![3, 2], vec![1], vec![]]);
    let back = server.get_json(text(&pages[2]["links"]["prev"]));
    assert_eq!(bodies(&back), [3, 2]);
}

#[test]
fn a_cursor_page_has_at_most_100_items() {
    let server = with_comments("", 101);
    for (size, count) in [("1", 1), ("99", 99), ("100", 100), ("101", 100), ("9999999999999", 100)]
    {
        let page = server.get_json(&format!("{COMMENTS}?page[size]={size}"));
        assert_eq!(bodies(&page).len(), count, "{size}");
        assert_eq!(page["meta"]["has_more"], true, "{size}");
    }
    let first = server.get_json(&format!("{COMMENTS}?page[size]=100"));
    let after = text(&first["meta"]["after_cursor"]).replace('+', "%2B");
    let rest = server.get_json(&format!("{COMMENTS}?page[after]={after}"));
    assert_eq!((bodies(&rest), &rest["meta"]["has_more"]), (vec![101], &json!(false)));
}

#[test]
fn a_cursor_finds_items_added_later() {
    let server = with_comments("", 3);
    let pages = follow(&server, &format!("{COMMENTS}?page[size]=2"), "/links/next");
    let body = json!({"ticket": {"comment": {"body": "4"}}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&body).fetch().status(), 200);
    assert_eq!(bodies(&server.get_json(text(&pages[1]["links"]["next"]))), [4]);
}

#[test]
fn page_links_keep_other_parameters() {
    let server = with_comments("", 3);
    let others = "include_inline_images=true&sort_order=desc&x=a%26b+%C3%A9";
    let page = server.get_json(&format!("{COMMENTS}?{others}&per_page=1&page=2"));
    let sorted = |number: u8| {
        format!(
            "include_inline_images=true&page={number}&per_page=1&sort_order=desc&x=a%26b+%C3%A9"
        )
    };
    assert_eq!(query(&server, &page["next_page"]), sorted(3));
    assert_eq!(query(&server, &page["previous_page"]), sorted(1));
    let others = others.replace("sort_order=desc", "sort=-created_at");
    let page = server.get_json(&format!("{COMMENTS}?{others}&page[size]=1"));
    for (link, direction) in [("next", "after"), ("prev", "before")] {
        let query = query(&server, &page["links"][link]);
        assert!(query.starts_with(&format!("include_inline_images=true&page%5B{direction}%5D=")));
        assert!(query.ends_with("&page%5Bsize%5D=1&sort=-created_at&x=a%26b+%C3%A9"), "{query}");
    }
}

#[test]
fn page_links_keep_the_account_prefix() {
    let server = with_comments("/@acme", 2);
    for (query, link) in [("page[size]=1", "/links/next"), ("per_page=1", "/next_page")] {
        let page = server.get_json(&format!("/@acme{COMMENTS}?{query}"));
        let next = page.pointer(link).expect("a link");
        let base = format!("{}/@acme{COMMENTS}.json?", server.mock.url());
        assert!(text(next).starts_with(&base), "{next}");
        assert_eq!(bodies(&server.get_json(text(next))), [2]);
    }
    assert_eq!(server.get(COMMENTS).agent().fetch().status(), 404, "the ticket belongs to acme");
}

#[test]
fn audits_are_paginated() {
    let server = with_comments("", 3);
    let path = "/api/v2/tickets/1/audits";
    let all = server.get_json(path)["audits"].take();
    let all = all.as_array().expect("audits");
    let flat = |pages: Vec<Value>| -> Vec<Value> {
        pages.iter().flat_map(|page| page["audits"].as_array().cloned().expect("audits")).collect()
    };
    assert_eq!(flat(follow(&server, &format!("{path}?page[size]=1"), "/links/next")), *all);
    assert_eq!(flat(follow(&server, &format!("{path}?per_page=1"), "/next_page")), *all);
    let reversed =
        flat(follow(&server, &format!("{path}?page[size]=2&sort=-created_at"), "/links/next"));
    assert_eq!(reversed.iter().rev().collect::<Vec<_>>(), all.iter().collect::<Vec<_>>());
}

#[test]
fn what_is_asked_for_is_brought_along_or_declared() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let comment = json!({"body": "b", "uploads": [upload["token"]]});
    let created = server.create_ticket(&json!({"subject": "s", "comment": comment}));
    let (user, audit) = (&created["ticket"]["requester_id"], &created["audit"]["id"]);
    let attachment = &upload["attachment"]["id"];
    let named = |path: &str| {
        let answer = server.get(&format!("/api/v2/{path}")).agent().fetch();
        assert_eq!(answer.status(), 200, "{path}");
        answer.header("x-zendesk-mock-difference").contains("sort-and-include")
    };
    for path in [
        "tickets/1?include=users,comment_count",
        "tickets/1?include=%20dates%20,",
        "tickets/1?include=",
        "tickets/1?include_inline_images=true",
        "tickets?include=users",
        &format!("users/{user}/tickets/requested?include=users,comment_count"),
        "tickets/show_many?ids=1&include=users,comment_count,dates",
        "tickets/1/comments?include=users",
        "tickets/1/audits?include=users",
        "requests/1/comments?include=users",
        "incremental/ticket_events?start_time=0&include=comment_events",
        "incremental/tickets?start_time=0&include=users",
        "incremental/tickets/cursor?start_time=0&include=users",
        "requests/1",
    ] {
        assert!(!named(path), "{path}");
    }
    for path in [
        "tickets/1?include=groups",
        "tickets/1?include[]=comment_count",
        "tickets/recent?include=users",
        "tickets/show_many?ids=1&include=metric_sets",
        &format!("tickets/1/audits/{audit}?include=users"),
        "tickets/1/tags?include=users",
        "requests?include=users",
        "requests/1?include=users",
        &format!("users/{user}?include=identities"),
        "search?query=s&include=tickets(users)",
        "search/count?query=s&include=users",
        "search/export?query=s&filter[type]=ticket&include=users",
        "incremental/tickets?start_time=0&include=groups",
        "incremental/tickets/cursor?start_time=0&include=metric_sets",
        "incremental/ticket_events?start_time=0&include=users",
        &format!("attachments/{attachment}?include=users"),
        "job_statuses?include=users",
        "deleted_tickets?include=users",
        "groups?include=users",
        "tickets/1/side_conversations?include=side_conversations",
        "users/me?include=organizations",
    ] {
        assert!(named(path), "{path}");
    }
    let change = server.put("/api/v2/tickets/1?include=comment_count").agent();
    let change = change.json(&json!({"ticket": {"subject": "t"}})).fetch();
    assert!(change.header("x-zendesk-mock-difference").contains("sort-and-include"));
    let refused = server.get("/api/v2/requests/9?include=groups").agent().fetch();
    assert!(!refused.header("x-zendesk-mock-difference").contains("sort-and-include"));
}

#[test]
fn tickets_by_their_ids_bring_users_along() {
    let server = server();
    (0..2).for_each(|_| drop(server.create_ticket(&json!({"comment": {"body": "b"}}))));
    let list = server.get_json("/api/v2/tickets/show_many?ids=2,1&include=users,comment_count");
    assert_eq!(
        (&list["tickets"][1]["id"], &list["tickets"][1]["comment_count"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(list["users"].as_array().map(Vec::len), Some(1));
    let plain = server.get_json("/api/v2/tickets/show_many?ids=2,1");
    assert!(plain.get("users").is_none() && plain["tickets"][0].get("comment_count").is_none());
}
