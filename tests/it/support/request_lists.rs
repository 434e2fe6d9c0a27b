//! Lists of requests: those of the client, open ones, solved ones, and those with copies for it.

use std::time::Duration;

use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

use crate::harness::*;

fn as_user(request: RequestBuilder, name: &str) -> RequestBuilder {
    request.basic_auth(format!("{name}@x.test"), Some("pw"))
}

fn page(server: &Server, path_or_url: &str, name: &str) -> Value {
    let answer = as_user(server.get(path_or_url), name).fetch();
    assert_eq!(answer.status(), 200, "{path_or_url}");
    answer.into_json()
}

fn ids(page: &Value) -> Vec<u64> {
    let requests = page["requests"].as_array().expect("requests").iter();
    requests.map(|request| request["id"].as_u64().expect("an id")).collect()
}

/// Eve makes requests 1 to 6, one for each status and a minute apart; 7 is Ann's with a copy for
/// Eve. Request 1 is updated last, and 8 is a note about Eve that she does not see.
fn requests() -> Server {
    let server = server();
    let user = |name: &str| {
        let user = json!({"name": name, "email": format!("{name}@x.test"), "role": "end-user"});
        let made = server.post("/api/v2/users").agent().json(&json!({ "user": user })).fetch();
        assert_eq!(made.status(), 201);
    };
    user("eve");
    user("ann");
    let ask = |name: &str, copies: Value| {
        let body = json!({"request": {"comment": {"body": "b"}, "collaborators": copies}});
        let made = as_user(server.post("/api/v2/requests"), name).json(&body).fetch();
        assert_eq!(made.status(), 201);
        server.account.advance(Duration::from_secs(60));
    };
    let set = |id: u64, status: &str| {
        let change = json!({"ticket": {"status": status}});
        let path = format!("/api/v2/tickets/{id}");
        assert_eq!(server.put(&path).agent().json(&change).fetch().status(), 200);
    };
    for (id, status) in (1..).zip(["new", "open", "pending", "hold", "solved", "closed"]) {
        ask("eve", json!([]));
        set(id, status);
    }
    ask("ann", json!(["eve@x.test"]));
    let note = json!({
        "requester": {"email": "eve@x.test"}, "comment": {"body": "note", "public": false}
    });
    server.create_ticket(&note);
    server.account.advance(Duration::from_secs(60));
    set(1, "open");
    server
}

#[test]
fn a_client_lists_its_own_requests() {
    let server = requests();
    for (list, eve, ann) in [
        ("", vec![1, 2, 3, 4, 5, 6], vec![7]),
        ("/open", vec![1, 2, 3, 4], vec![7]),
        ("/solved", vec![5, 6], vec![]),
        ("/ccd", vec![7], vec![]),
    ] {
        for form in ["", ".json"] {
            let path = format!("/api/v2/requests{list}{form}");
            let listed = page(&server, &path, "eve");
            assert_eq!(
                (ids(&listed), &listed["count"]),
                (eve.clone(), &json!(eve.len())),
                "{path}"
            );
            assert_eq!(ids(&page(&server, &path, "ann")), ann, "{path}");
            assert!(ids(&server.get_json(&path)).is_empty(), "an agent without requests");
            assert!(ids(&page(&server, &path, "new")).is_empty(), "{path}");
            assert_eq!(server.get(&path).fetch().status(), 401, "{path}");
        }
    }
    let listed = page(&server, "/api/v2/requests", "eve")["requests"][1].take();
    let shown = page(&server, "/api/v2/requests/2", "eve")["request"].take();
    assert_eq!(listed, shown);
}

#[test]
fn lists_of_requests_are_sorted_and_paged() {
    let server = requests();
    for (query, expected) in [
        ("sort_by=created_at&sort_order=desc", [6, 5, 4, 3, 2, 1]),
        ("sort_by=updated_at", [2, 3, 4, 5, 6, 1]),
        ("sort_by=updated_at&sort_order=desc", [1, 6, 5, 4, 3, 2]),
        ("sort_by=priority", [1, 2, 3, 4, 5, 6]),
        ("sort_order=desc", [1, 2, 3, 4, 5, 6]),
    ] {
        let first = page(&server, &format!("/api/v2/requests?{query}&per_page=4"), "eve");
        let second = page(&server, text(&first["next_page"]), "eve");
        assert_eq!([ids(&first), ids(&second)].concat(), expected, "{query}");
    }
    // A user saw in 2024 that the parameters have no effect on a list by cursor.
    let by_cursor = "/api/v2/requests?sort_by=updated_at&sort_order=desc&page[size]=4";
    let first = page(&server, by_cursor, "eve");
    let second = page(&server, text(&first["links"]["next"]), "eve");
    assert_eq!([ids(&first), ids(&second)].concat(), [1, 2, 3, 4, 5, 6]);
    let refused = as_user(server.get("/api/v2/requests?page[after]=x"), "eve").fetch();
    assert_eq!(refused.status(), 400);
}

#[test]
fn the_requests_of_a_user_are_listed() {
    let server = requests();
    let user = |name: &str| {
        let found = server.get_json(&format!("/api/v2/users/search?query={name}@x.test"));
        found["users"][0]["id"].clone()
    };
    let (eve, ann) = (user("eve"), user("ann"));
    let (of_eve, of_ann) =
        (format!("/api/v2/users/{eve}/requests"), format!("/api/v2/users/{ann}/requests.json"));
    let listed = server.get_json(&format!("{of_eve}?sort_by=updated_at&per_page=4"));
    assert_eq!((ids(&listed), &listed["count"]), (vec![2, 3, 4, 5], &json!(6)));
    assert_eq!(ids(&server.get_json(text(&listed["next_page"]))), [6, 1]);
    let shown = server.get_json("/api/v2/requests/2")["request"].take();
    assert_eq!(listed["requests"][0], shown);
    assert_eq!(ids(&server.get_json(&of_ann)), [7]);
    // End users see what they see of requests.
    assert_eq!(ids(&page(&server, &of_eve, "eve")), [1, 2, 3, 4, 5, 6]);
    assert_eq!(ids(&page(&server, &of_ann, "eve")), [7], "Eve gets copies of it");
    assert!(ids(&page(&server, &of_eve, "ann")).is_empty());
    for (path, status) in [("/api/v2/users/7/requests", 404), ("/api/v2/users/x/requests", 400)] {
        assert_eq!(server.get(path).agent().fetch().status(), status, "{path}");
    }
    assert_eq!(server.get(&of_eve).fetch().status(), 401);
}

#[test]
fn one_comment_of_a_request_is_shown() {
    let server = requests();
    let upload = server.upload("a.txt", "hello");
    for comment in [
        json!({"body": "files", "uploads": [upload["token"]]}),
        json!({"body": "note", "public": false}),
    ] {
        let body = json!({"ticket": { "comment": comment }});
        assert_eq!(server.put("/api/v2/tickets/1").agent().json(&body).fetch().status(), 200);
    }
    let listed = page(&server, "/api/v2/requests/1/comments", "eve")["comments"].take();
    assert_eq!(listed.as_array().expect("comments").len(), 2);
    let path =
        |request: u64, comment: &Value| format!("/api/v2/requests/{request}/comments/{comment}");
    let shown = page(&server, &path(1, &listed[1]["id"]), "eve");
    assert_eq!(shown, json!({"comment": listed[1]}));
    assert_eq!(shown["comment"]["attachments"][0]["file_name"], "a.txt");
    let note = server.comments(&json!(1))[2]["id"].clone();
    for (path, name) in [
        (path(1, &note), "eve"),
        (path(2, &listed[1]["id"]), "eve"),
        (path(99, &listed[1]["id"]), "eve"),
        (path(1, &json!(1)), "eve"),
        (path(1, &listed[1]["id"]), "ann"),
    ] {
        assert_eq!(as_user(server.get(&path), name).fetch_json(), not_found(), "{path}");
    }
    let refusal = wrong_type("id", "must be an integer");
    let path = path(1, &json!("x")).replace('"', "");
    assert_eq!(as_user(server.get(&path), "eve").fetch_json(), refusal);
}
