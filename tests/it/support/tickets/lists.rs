//! Filters, orders and side-loads of lists of tickets.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;

/// Tickets 1 to 4, one minute apart, of which 1 was updated last.
fn tickets() -> Server {
    let server = server();
    for (status, external_id, subject) in
        [("solved", "x", "c"), ("new", "y", "a"), ("open", "x", "d"), ("new", "z", "b")]
    {
        server.create_ticket(&json!({
            "description": "d", "status": status, "external_id": external_id, "subject": subject
        }));
        server.account.advance(Duration::from_secs(60));
    }
    let change = json!({"ticket": {"comment": {"body": "more"}}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&change).fetch().status(), 200);
    server
}

fn ids(page: &Value) -> Vec<u64> {
    let tickets = page["tickets"].as_array().expect("tickets").iter();
    tickets.map(|ticket| ticket["id"].as_u64().expect("an id")).collect()
}

#[test]
fn a_list_is_filtered() {
    let server = tickets();
    for (query, expected) in [
        ("external_id=x", vec![1, 3]),
        ("external_id=none", vec![]),
        ("external_id=", vec![]),
        ("external_id=x&per_page=1&page=2", vec![3]),
        ("external_id=x&page[size]=1", vec![1]),
        // 2026-01-01T00:02:00Z
        ("start_time=1767225720", vec![1, 3, 4]),
        ("start_time=1767225720&external_id=x", vec![1, 3]),
        ("start_time=1767225720.5", vec![1, 3, 4]),
    ] {
        assert_eq!(ids(&server.get_json(&format!("/api/v2/tickets?{query}"))), expected, "{query}");
    }
    for start in ["never", "", "-1", "2026-01-01"] {
        let refused = server.get(&format!("/api/v2/tickets?start_time={start}")).agent().fetch();
        assert_eq!(refused.status_and_json(), wrong_type("start_time", "must be an integer"));
    }
    let first = server.get_json("/api/v2/tickets?external_id=x&page[size]=1");
    let next = server.get_json(text(&first["links"]["next"]));
    assert_eq!((ids(&next), &next["meta"]["has_more"]), (vec![3], &json!(false)));
}

#[test]
fn a_list_by_cursor_is_sorted_by_documented_fields() {
    let server = tickets();
    for (sort, expected) in [
        ("", [1, 2, 3, 4]),
        ("sort=id", [1, 2, 3, 4]),
        ("sort=-id", [4, 3, 2, 1]),
        ("sort=updated_at", [2, 3, 4, 1]),
        ("sort=-updated_at", [1, 4, 3, 2]),
        ("sort=status", [2, 4, 3, 1]),
        ("sort=-status", [1, 3, 4, 2]),
        // Seen in 2026: they are dropped.
        ("sort_by=status", [1, 2, 3, 4]),
        ("sort_by=updated_at&sort_order=desc", [1, 2, 3, 4]),
        ("sort=-id&sort_order=asc&sort_by=status", [4, 3, 2, 1]),
    ] {
        for size in [1, 2, 4] {
            let mut page = server.get_json(&format!("/api/v2/tickets?page[size]={size}&{sort}"));
            let (mut forward, mut pages) = (ids(&page), 1);
            while page["meta"]["has_more"] == true {
                assert!(!text(&page["links"]["next"]).contains("sort_"), "{sort}");
                page = server.get_json(text(&page["links"]["next"]));
                forward.extend(ids(&page));
                pages += 1;
            }
            assert_eq!((&forward[..], pages), (&expected[..], 4_usize.div_ceil(size)), "{sort}");
            let mut backward = ids(&page);
            while let Some(previous) = page["links"]["prev"].as_str() {
                page = server.get_json(previous);
                backward.splice(0..0, ids(&page));
            }
            assert_eq!(backward, expected, "{sort} backwards");
        }
    }
}

#[test]
fn a_bad_sort_is_400_by_cursor_only() {
    let server = tickets();
    for sort in ["foo", "-foo", "subject", "created_at", "ID"] {
        let path = format!("/api/v2/tickets?page[size]=2&sort={sort}");
        assert_eq!(server.get(&path).agent().fetch().status(), 400, "{sort}");
        assert_eq!(ids(&server.get_json(&format!("/api/v2/tickets?sort={sort}"))).len(), 4);
    }
}

#[test]
fn a_list_by_offset_is_sorted_by_documented_fields() {
    let server = tickets();
    for (sort, expected) in [
        ("sort_by=subject", [2, 4, 1, 3]),
        ("sort_by=subject&sort_order=desc", [3, 1, 4, 2]),
        ("sort_by=updated_at&sort_order=desc", [1, 4, 3, 2]),
        ("sort_by=created_at&sort_order=desc", [4, 3, 2, 1]),
        ("sort_by=status", [2, 4, 3, 1]),
        ("sort_by=unknown", [1, 2, 3, 4]),
    ] {
        let first = server.get_json(&format!("/api/v2/tickets?{sort}&per_page=3"));
        let second = server.get_json(text(&first["next_page"]));
        assert_eq!([ids(&first), ids(&second)].concat(), expected, "{sort}");
    }
}

#[test]
fn side_loads_come_along() {
    let server = server();
    let ann = json!({"name": "Ann", "email": "ann@x.test"});
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let created =
        server.create_ticket(&json!({"description": "d", "requester": ann, "submitter_id": me}));
    let requester = &created["ticket"]["requester_id"];
    let user_ids = |path: &str| -> Vec<Value> {
        let users = server.get_json(path)["users"].take();
        let users = users.as_array().unwrap_or_else(|| panic!("no users: {path}")).clone();
        users.iter().map(|user| user["id"].clone()).collect()
    };
    for path in [
        "/api/v2/tickets?include=users",
        "/api/v2/tickets?page[size]=1&include=users,groups",
        "/api/v2/tickets/1?include=comment_count,users",
    ] {
        assert_eq!(user_ids(path), [requester.clone(), me.clone()], "{path}");
    }
    for path in [
        "/api/v2/tickets/1/comments?include=users",
        "/api/v2/tickets/1/audits?include=users",
        "/api/v2/requests/1/comments?include=users",
    ] {
        assert_eq!(user_ids(path), std::slice::from_ref(&me), "{path}");
    }
    for include in ["comment_count", "users,comment_count", "dates,%20comment_count"] {
        let path = format!("/api/v2/tickets/1.json?include={include}");
        assert_eq!(server.get_json(&path)["ticket"]["comment_count"], 1, "{path}");
    }
    let listed = server.get_json("/api/v2/tickets?include=comment_count");
    assert_eq!(listed["tickets"][0]["comment_count"], 1);
    assert_eq!(listed.get("users"), None);
    let plain = server.get_json("/api/v2/tickets/1");
    assert_eq!((plain.get("users"), plain["ticket"].get("comment_count")), (None, None));
    for (include, is_declared) in [("slas", true), ("users,slas", true), ("users", false)] {
        let path = format!("/api/v2/tickets/1?include={include}");
        let header = server.get(&path).agent().fetch().header("x-zendesk-mock-difference");
        assert_eq!(header.contains("sort-and-include"), is_declared, "{include}");
    }
}
