//! `/api/v2/users`: callers, requesters, search, and help center sessions.

use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};
use zendesk_mock::{Auth, Credential};

use crate::harness::*;

const ME: &str = "/api/v2/users/me";
const SEARCH: &str = "/api/v2/users/search";

fn create_requester(server: &Server, name: &str, email: &str) -> Value {
    let requester = json!({"name": name, "email": email});
    let ticket = server.create_ticket(&json!({"description": "d", "requester": requester}));
    let id = &ticket["ticket"]["requester_id"];
    server.get_json(&format!("/api/v2/users/{id}"))["user"].take()
}

fn names(page: &Value) -> Vec<&str> {
    let users = page["users"].as_array().expect("users");
    users.iter().filter_map(|user| user["name"].as_str()).collect()
}

fn csrf_token(server: &Server, prefix: &str) -> String {
    let me = server.get(&format!("{prefix}{ME}.json")).fetch();
    assert_eq!(me.status(), 200);
    text(&me.into_json()["user"]["authenticity_token"]).to_owned()
}

#[test]
fn me_is_the_calling_user() {
    let server = server();
    let me = server.get_json(ME)["user"].take();
    let id = me["id"].as_u64().expect("an id");
    assert_eq!(me["url"], format!("{}/api/v2/users/{id}.json", server.mock.url()));
    for (name, value) in [
        ("name", json!("agent")),
        ("email", json!("agent@example.com")),
        ("role", json!("admin")),
        ("verified", json!(true)),
        ("active", json!(true)),
        ("created_at", json!("2026-01-01T00:00:00Z")),
    ] {
        assert_eq!(me[name], value, "{name}");
    }
    assert_eq!(server.get_json(ME)["user"], me);
    let shown = server.get_json(text(&me["url"]))["user"].take();
    let mut expected = me.clone();
    expected.as_object_mut().expect("a user").remove("authenticity_token").expect("a token");
    assert_eq!(shown, expected, "only `me` has the token");
}

#[test]
fn callers_are_identified_by_email_or_token() {
    let server = server();
    let me = |request: RequestBuilder| {
        let user = request.fetch().into_json()["user"].take();
        (user["id"].as_u64().expect("an id"), user["email"].clone())
    };
    let basic = |user: &str, password: &str| me(server.get(ME).basic_auth(user, Some(password)));
    let bearer = |token: &str| me(server.get(ME).bearer_auth(token));
    let ann = basic("ann@example.org", "a password");
    assert_eq!(ann.1, "ann@example.org");
    assert_eq!(basic("ann@example.org/token", "an API token"), ann);
    assert_eq!(basic("Ann@Example.org", "x"), ann);
    let bob = basic("bob@example.org", "x");
    assert_ne!(bob.0, ann.0);
    let first = bearer("one");
    assert_eq!(first.1, json!(null));
    assert_eq!(bearer("one"), first);
    assert_eq!(me(server.get(&format!("{ME}?access_token=one"))), first);
    assert_ne!(bearer("two").0, first.0);
    assert_ne!(first.0, ann.0);
}

#[test]
fn me_without_credentials_is_an_anonymous_user() {
    let server = server();
    let me = server.get(ME).fetch();
    assert_eq!(me.status(), 200);
    let me = me.into_json()["user"].take();
    assert_eq!((&me["id"], &me["url"]), (&json!(null), &json!(null)));
    assert_eq!((&me["role"], &me["verified"]), (&json!("end-user"), &json!(false)));
    assert!(me["authenticity_token"].is_string());
    assert_eq!(names(&server.get_json(&format!("{SEARCH}?query=anonymous"))), [""; 0]);
}

#[test]
fn the_authenticity_token_belongs_to_the_account() {
    let server = server();
    let token = csrf_token(&server, "");
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    assert!(token.len() == 86 && token.bytes().all(is_base64url), "{token}");
    assert_eq!(csrf_token(&server, ""), token);
    let of_agent = server.get_json(ME)["user"]["authenticity_token"].take();
    let other = server.get(ME).bearer_auth("other").fetch().into_json();
    assert_eq!((text(&of_agent), text(&other["user"]["authenticity_token"])), (&*token, &*token));
    let of_acme = csrf_token(&server, "/@acme");
    assert_eq!(of_acme.len(), 86);
    assert_ne!(of_acme, token);
}

#[test]
fn a_requester_can_be_shown() {
    let server = server();
    let ann = create_requester(&server, "Ann Example", "ann@example.org");
    assert_eq!(ann["name"], "Ann Example");
    assert_eq!(ann["email"], "ann@example.org");
    assert_eq!((&ann["role"], &ann["verified"]), (&json!("end-user"), &json!(false)));
    let path = format!("/api/v2/users/{}", ann["id"]);
    let in_acme = server.get(&format!("/@acme{path}")).agent().fetch();
    assert_eq!(in_acme.status_and_json(), not_found());
    for same in [format!("{path}.json"), path] {
        assert_eq!(server.get_json(&same), json!({ "user": ann }), "{same}");
    }
}

#[test]
fn a_requester_who_calls_becomes_an_agent() {
    let server = server();
    let ann = create_requester(&server, "Ann", "ann@example.org");
    let me = server.get(ME).basic_auth("ann@example.org", Some("x")).fetch().into_json();
    assert_eq!((&me["user"]["id"], &me["user"]["name"]), (&ann["id"], &json!("Ann")));
    assert_eq!(me["user"]["role"], "admin");
    assert_eq!(server.get_json(&format!("/api/v2/users/{}", ann["id"]))["user"]["role"], "admin");
}

#[test]
fn users_are_found_by_a_part_of_email_or_name() {
    let server = server();
    let ann = create_requester(&server, "Ann Smith", "ann@example.org");
    create_requester(&server, "Bob Smith", "bob@example.net");
    for query in [
        "ann@example.org",
        "ANN@EXAMPLE.ORG",
        "email:ann@example.org",
        "email%3Aann%40example.org",
        "email:%22ann@example.org%22",
        "user:ann",
        "name:%22Ann+Smith%22",
        "ann+smith",
        "+ann@example+",
    ] {
        let found = server.get_json(&format!("{SEARCH}?query={query}"));
        assert_eq!((&found["users"], &found["count"]), (&json!([ann]), &json!(1)), "{query}");
    }
    let both = server.get_json(&format!("{SEARCH}.json?query=smith"));
    assert_eq!(names(&both), ["Ann Smith", "Bob Smith"]);
    for query in ["role:end-user+ann", "type:user+email:ann@*", "@example.org+name:ann"] {
        let found = server.get_json(&format!("{SEARCH}?query={query}"));
        assert_eq!(found["users"], json!([ann]), "{query}");
    }
    let longer = create_requester(&server, "Joann", "joann@example.org.test");
    assert_eq!(server.get_json(&format!("{SEARCH}?query=joann"))["users"], json!([longer]));
    for query in [
        "carol",
        "email:carol@example.org",
        "ann@example.org.uk",
        "%25",
        "nn@example.org",
        "ann@example.org.test",
        "email:ann",
        "role:admin+ann",
        "phone:1",
    ] {
        let found = server.get_json(&format!("{SEARCH}?query={query}"));
        assert_eq!((&found["users"], &found["count"]), (&json!([]), &json!(0)), "{query}");
    }
}

#[test]
fn users_are_found_by_their_external_id() {
    let server = server();
    for (name, id) in [("Ann", "A-1"), ("Bob", "A-10"), ("Eve", "A*")] {
        let user = json!({"user": {"name": name, "external_id": id}});
        assert_eq!(server.post("/api/v2/users").agent().json(&user).fetch().status(), 201);
    }
    for (query, expected) in [
        ("external_id=A-1", vec!["Ann"]),
        ("external_id=a-10", vec!["Bob"]),
        ("external_id=A*", vec!["Eve"]),
        ("query=external_id:A-1", vec!["Ann"]),
        ("external_id=A-1&query=ann", vec!["Ann"]),
        ("external_id=A-1&query=bob", vec![]),
        ("external_id=A", vec![]),
        ("external_id=%20A-1", vec![]),
        ("external_id=", vec![]),
    ] {
        assert_eq!(names(&server.get_json(&format!("{SEARCH}?{query}"))), expected, "{query}");
    }
    let shown = server.get_json("/api/v2/users/show_many?external_ids=a-1,a-10");
    assert_eq!(names(&shown), ["Ann", "Bob"]);
    let same = json!({"user": {"name": "Ann B.", "external_id": "a-1"}});
    let same = server.post("/api/v2/users/create_or_update").agent().json(&same).fetch();
    assert_eq!(
        (same.status().as_u16(), &same.into_json()["user"]["name"]),
        (200, &json!("Ann B."))
    );
}

#[test]
fn search_results_are_paginated() {
    let server = server();
    for name in ["Smith 1", "Smith 2", "Smith 3"] {
        create_requester(&server, name, &format!("{}@example.org", name.replace(' ', "")));
    }
    let first = server.get_json(&format!("{SEARCH}?query=smith&per_page=2"));
    assert_eq!((names(&first), &first["count"]), (vec!["Smith 1", "Smith 2"], &json!(3)));
    let next = format!("{}{SEARCH}.json?page=2&per_page=2&query=smith", server.mock.url());
    assert_eq!(first["next_page"], next);
    let second = server.get_json(&next);
    assert_eq!((names(&second), &second["next_page"]), (vec!["Smith 3"], &json!(null)));
}

#[test]
fn an_unknown_user_is_404_and_an_invalid_id_is_400() {
    let server = server();
    let me = server.get_json(ME)["user"]["id"].as_u64().expect("an id");
    for id in [0, 1, me - 1, me + 1, u64::MAX] {
        let refused = server.get(&format!("/api/v2/users/{id}")).agent().fetch();
        assert_eq!(refused.status_and_json(), not_found(), "{id}");
    }
    for id in ["x", "you", "-1", "18446744073709551616"] {
        let refused = server.get(&format!("/api/v2/users/{id}")).agent().fetch();
        assert_eq!(refused.status_and_json(), wrong_type("id", "must be an integer"), "{id}");
    }
}

#[test]
fn showing_or_searching_users_without_credentials_is_401() {
    let server = server();
    let me = server.get_json(ME)["user"]["id"].take();
    let token = csrf_token(&server, "");
    for path in [format!("/api/v2/users/{me}"), SEARCH.to_owned(), "/api/v2/users/x".to_owned()] {
        assert_eq!(server.get(&path).fetch_json(), unauthenticated(), "{path}");
        let in_session = server.get(&path).header("x-csrf-token", &token).fetch();
        assert_eq!(in_session.status_and_json(), unauthenticated(), "{path}");
    }
}

#[test]
fn me_with_bad_credentials_is_401() {
    let credentials = Credential::Bearer("good".to_owned());
    let server = configured(|config| {
        config.account.auth = Auth::Strict;
        config.credentials = vec![credentials];
    });
    for bad in ["Basic !!", "Bearer", "Bearer bad", ""] {
        let refused = server.get(ME).header("authorization", bad).fetch();
        assert_eq!(refused.status_and_json(), unauthenticated(), "{bad}");
    }
    assert_eq!(server.get(ME).fetch().status(), 200);
    assert_eq!(server.get(ME).bearer_auth("good").fetch().into_json()["user"]["role"], "admin");
}

#[test]
fn a_help_center_session_may_upload_and_delete() {
    let server = server();
    let token = csrf_token(&server, "");
    let in_session = |request: RequestBuilder| request.header("x-csrf-token", &token).fetch();
    let upload = in_session(server.post("/api/v2/uploads.json?filename=a.txt").body("a"));
    assert_eq!(upload.status(), 201);
    let upload = upload.into_json()["upload"].take();
    let path = format!("/api/v2/uploads/{}", text(&upload["token"]));
    let more = format!("/api/v2/uploads?filename=b.txt&token={}", text(&upload["token"]));
    assert_eq!(in_session(server.post(&more).body("b")).status(), 201);
    assert_eq!(in_session(server.delete(&path)).status(), 204);
    assert_eq!(in_session(server.delete(&path)).status_and_json(), not_found());
}

#[test]
fn a_wrong_csrf_token_is_401() {
    let server = server();
    let token = csrf_token(&server, "");
    let of_acme = csrf_token(&server, "/@acme");
    let upload = server.upload("a.txt", "a");
    let path = format!("/api/v2/uploads/{}", text(&upload["token"]));
    let shorter = &token[..85];
    let longer = format!("{token}A");
    let swapped: String = token.chars().rev().collect();
    for wrong in ["", "x", &of_acme, shorter, &longer, &swapped, &token.to_uppercase()] {
        for request in
            [server.post("/api/v2/uploads?filename=a.txt").body("a"), server.delete(&path)]
        {
            let refused = request.header("x-csrf-token", wrong).fetch();
            assert_eq!(refused.status_and_json(), unauthenticated(), "{wrong}");
        }
    }
    assert_eq!(server.get_json(&path), json!({ "upload": upload }));
}

#[test]
fn a_session_does_not_outweigh_bad_credentials_or_open_other_paths() {
    let server = server();
    let token = csrf_token(&server, "");
    let upload = server.upload("a.txt", "a");
    let path = format!("/api/v2/uploads/{}", text(&upload["token"]));
    for bad in ["Basic !!", "Bearer", "Basic OnB3", ""] {
        for request in
            [server.post("/api/v2/uploads?filename=a.txt").body("a"), server.delete(&path)]
        {
            let request = request.header("authorization", bad).header("x-csrf-token", &token);
            assert_eq!(request.fetch_json(), unauthenticated(), "{bad}");
        }
    }
    let ticket = json!({"ticket": {"description": "d"}});
    for request in [
        server.get(&path),
        server.get(text(&upload["attachment"]["url"])),
        server.delete(text(&upload["attachment"]["url"])),
        server.post("/api/v2/tickets").json(&ticket),
        server.get("/api/v2/tickets"),
    ] {
        assert_eq!(request.header("x-csrf-token", &token).fetch_json(), unauthenticated());
    }
}

#[test]
fn good_credentials_outweigh_a_wrong_csrf_token() {
    let server = server();
    let request = server.post("/api/v2/uploads?filename=a.txt").agent().body("a");
    assert_eq!(request.header("x-csrf-token", "of another server").fetch().status(), 201);
}

#[test]
fn an_empty_search_finds_no_users() {
    let server = server();
    server.get_json("/api/v2/users/me");
    for query in ["", "?query=", "?query=%20", "?external_id=5", "?query=user:"] {
        let found = server.get_json(&format!("/api/v2/users/search{query}"));
        assert_eq!((&found["count"], &found["users"]), (&json!(0), &json!([])), "{query}");
    }
}
