//! `X-On-Behalf-Of`: what an admin does for another user.

use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};
use zendesk_mock::{Auth, Downloads, Impersonation};

use super::roles::{forbidden, seed};
use crate::harness::images::*;
use crate::harness::*;

const HEADER: &str = "X-On-Behalf-Of";
const REQUESTS: &str = "/api/v2/requests";

/// A server with an end user, an agent and an admin, and the id of the end user.
fn seeded() -> (Server, Value) {
    let server = server();
    let user = |name: &str, role: &str| {
        let email = format!("{name}@example.com");
        json!({"name": name, "email": email, "role": role, "access_tokens": [name]})
    };
    let users = [user("eve", "end-user"), user("aki", "agent"), user("ada", "admin")];
    seed(&server, &json!({ "users": users }));
    let eve = server.get_json("/api/v2/users/search?query=eve@example.com");
    (server, eve["users"][0]["id"].clone())
}

fn invalid_token() -> (u16, Value) {
    let text = "The access token provided is expired, revoked, malformed or invalid for other \
                reasons.";
    (401, json!({"error": "invalid_token", "error_description": text}))
}

fn question() -> Value {
    json!({"request": {"comment": {"body": "b"}}})
}

fn ask(server: &Server) -> RequestBuilder {
    server.post(REQUESTS).bearer_auth("any").json(&question())
}

#[test]
fn a_request_on_behalf_of_a_user_is_its_own() {
    let (server, eve) = seeded();
    for name in [eve.to_string(), "eve@example.com".to_owned(), " EVE@Example.com ".to_owned()] {
        let upload = server.post("/api/v2/uploads?filename=a.txt").bearer_auth("any");
        let upload = upload.header(HEADER, &name).body("a").fetch().into_json()["upload"].take();
        let comment = json!({"body": "b", "author_id": 7, "uploads": [upload["token"]]});
        let requester = json!({"email": "another@example.com"});
        let body = json!({"request": {"comment": comment, "requester": requester}});
        let asked = server.post(REQUESTS).bearer_auth("any").header(HEADER, &name).json(&body);
        let asked = asked.fetch();
        assert_eq!(asked.status(), 201, "{name}");
        assert!(!asked.header("x-zendesk-mock-difference").contains("impersonation"));
        let request = asked.into_json()["request"].take();
        assert_eq!(request["requester_id"], eve, "{name}");
        let ticket = &server.get_json(&format!("/api/v2/tickets/{}", request["id"]))["ticket"];
        assert_eq!(ticket["submitter_id"], eve);
        let comment = &server.comments(&request["id"])[0];
        assert_eq!(
            (&comment["author_id"], &comment["attachments"]),
            (&eve, &upload["attachments"])
        );
        let more = server.put(&format!("{REQUESTS}/{}", request["id"])).bearer_auth("any");
        let more = more.header(HEADER, &name).json(&question()).fetch();
        assert_eq!(more.status(), 200);
        assert_eq!(server.comments(&request["id"])[1]["author_id"], eve);
    }
    let users = server.get_json("/api/v2/users");
    assert!(!users.to_string().contains("another@example.com"), "{users}");
}

#[test]
fn the_user_is_known_by_any_way_into_the_account() {
    let server = server();
    let requester =
        json!({"requester": {"name": "Ann", "email": "ann@example.com"}, "description": "d"});
    let ann = server.create_ticket(&requester)["ticket"]["requester_id"].take();
    let bob = json!({"user": {"name": "Bob", "email": "bob@example.com"}});
    let bob = server.post("/api/v2/users").agent().json(&bob).fetch().into_json();
    for (name, id) in [("ann@example.com", &ann), ("bob@example.com", &bob["user"]["id"])] {
        let me = server.get("/api/v2/users/me").bearer_auth("any").header(HEADER, name);
        let me = me.fetch().into_json()["user"].take();
        assert_eq!((&me["id"], &me["role"]), (id, &json!("end-user")), "{name}");
        let list = server.get("/api/v2/tickets").bearer_auth("any").header(HEADER, name);
        assert_eq!(list.fetch_json(), forbidden(), "{name} is no admin because another acts");
        assert_eq!(
            ask(&server).header(HEADER, name).fetch().into_json()["request"]["requester_id"],
            *id
        );
    }
    // A user that calls is an admin, and a user may have no address.
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let list = server.get("/api/v2/tickets").bearer_auth("any").header(HEADER, me.to_string());
    assert_eq!(list.fetch().status(), 200);
    let dan = server.create_ticket(&json!({"requester": {"name": "Dan"}, "description": "d"}));
    let dan = &dan["ticket"]["requester_id"];
    let asked = ask(&server).header(HEADER, dan.to_string()).fetch().into_json();
    assert_eq!(asked["request"]["requester_id"], *dan);
}

#[test]
fn the_role_of_the_user_decides() {
    let (server, eve) = seeded();
    let as_user = |request: RequestBuilder, name: &str| {
        request.bearer_auth("any").header(HEADER, format!("{name}@example.com"))
    };
    for path in [
        "tickets",
        "tickets/1",
        "tickets/show_many?ids=1",
        "users",
        "users/search?query=eve",
        "users/1",
        "brands",
        "incremental/tickets?start_time=1",
        "attachments/1",
        "job_statuses",
    ] {
        let get = || server.get(&format!("/api/v2/{path}"));
        assert_eq!(as_user(get(), "eve").fetch_json(), forbidden(), "{path}");
        assert_ne!(as_user(get(), "ada").fetch().status(), 403, "{path}");
    }
    let ticket = || server.post("/api/v2/tickets").json(&json!({"ticket": {"description": "d"}}));
    assert_eq!(as_user(ticket(), "eve").fetch_json(), forbidden());
    // A user reported in 2021 that this works for agents.
    let made = as_user(ticket(), "aki").fetch();
    assert_eq!(made.status(), 201);
    assert_eq!(
        made.into_json()["ticket"]["submitter_id"],
        server.get_json("/api/v2/users/search?query=aki@example.com")["users"][0]["id"]
    );
    let import = server.post("/api/v2/imports/tickets");
    assert_eq!(as_user(import, "aki").fetch_json(), forbidden());
    // The request of another is as hidden as from the user itself, and so is the rest.
    let other = server.get(&format!("{REQUESTS}/1"));
    assert_eq!(as_user(other, "eve").fetch_json(), not_found());
    let me = as_user(server.get("/api/v2/users/me"), "eve").fetch().into_json();
    assert_eq!((&me["user"]["id"], &me["user"]["role"]), (&eve, &json!("end-user")));
    let image = json!({"content_type": "image/png", "file_size": 1});
    assert_eq!(as_user(server.post(RESERVE), "eve").json(&image).fetch().status(), 200);
}

#[test]
fn an_unknown_user_is_an_invalid_token_and_is_not_created() {
    let (server, eve) = seeded();
    let long = "x".repeat(6_000);
    let unknown = [
        "",
        " ",
        "0",
        "1",
        "-1",
        "1.5",
        "+1",
        "99999999999999999999999",
        "new@example.com",
        "eve",
        "eve@example.com.test",
        "eve@example.com, ada@example.com",
        "null",
        &*long,
    ];
    for name in unknown {
        for request in [
            ask(&server),
            server.get("/api/v2/users/me").bearer_auth("any"),
            server.post("/api/v2/uploads?filename=a.txt").bearer_auth("any").body("a"),
            server.get("/api/v2/tickets").bearer_auth("any"),
        ] {
            let refused = request.header(HEADER, name).fetch();
            let reason = refused.header("x-zendesk-mock-reason");
            assert!(reason.starts_with("X-On-Behalf-Of names no user"), "{name}: {reason}");
            assert_eq!(refused.status_and_json(), invalid_token(), "{name}");
        }
        let image = server.post(RESERVE).bearer_auth("any").header(HEADER, name).body("{}");
        assert_eq!(image.fetch().status(), 401, "{name}");
    }
    let bytes: &[u8] = b"\xff\xfe";
    assert_eq!(ask(&server).header(HEADER, bytes).fetch_json(), invalid_token());
    let two = ask(&server).header(HEADER, "eve@example.com").header(HEADER, "ada@example.com");
    assert_eq!(two.fetch_json(), invalid_token());
    let twice = ask(&server).header(HEADER, eve.to_string()).header(HEADER, eve.to_string());
    assert_eq!(twice.fetch().status(), 201);
    assert_eq!(server.get_json("/api/v2/users")["count"], 3);
}

#[test]
fn only_admins_act_for_others() {
    let (server, _) = seeded();
    let send = || server.post(REQUESTS).header(HEADER, "eve@example.com").json(&question());
    assert_eq!(send().bearer_auth("ada").fetch().status(), 201);
    for name in ["eve", "aki"] {
        let refused = send().bearer_auth(name).fetch();
        let reason = refused.header("x-zendesk-mock-reason");
        assert!(reason.starts_with("X-On-Behalf-Of is for admins"), "{reason}");
        assert_eq!(refused.status_and_json(), forbidden(), "{name}");
        let unknown = server.get("/api/v2/users/me").bearer_auth(name).header(HEADER, "1");
        assert_eq!(
            unknown.fetch_json(),
            forbidden(),
            "{name} does not learn which users there are"
        );
    }
    for auth in [Auth::Any, Auth::AnonymousRequests, Auth::Strict] {
        server.account.configure(|settings| settings.auth = auth).expect("settings");
        assert_eq!(send().fetch_json(), unauthenticated(), "{auth:?}");
        assert_eq!(send().header("authorization", "Bearer").fetch_json(), unauthenticated());
        let upload = server.post("/api/v2/uploads?filename=a.txt").body("a");
        assert_eq!(upload.header(HEADER, "eve@example.com").fetch_json(), unauthenticated());
    }
    assert_eq!(send().bearer_auth("unknown").fetch_json(), unauthenticated(), "auth is strict");
    server.account.configure(|settings| settings.auth = Auth::None).expect("settings");
    assert_eq!(send().fetch().status(), 201);
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 2);
}

#[test]
fn impersonation_can_be_limited_to_oauth_tokens() {
    let (server, eve) = seeded();
    let send = || server.post(REQUESTS).header(HEADER, eve.to_string()).json(&question());
    let by_basic = send().agent().fetch();
    assert!(by_basic.header("x-zendesk-mock-difference").contains("impersonation-credentials"));
    assert_eq!(by_basic.into_json()["request"]["requester_id"], eve);
    server
        .account
        .configure(|settings| settings.impersonation = Impersonation::Bearer)
        .expect("settings");
    assert_eq!(send().agent().fetch_json(), forbidden());
    assert_eq!(send().bearer_auth("any").fetch().status(), 201);
    let in_query = server.post(&format!("{REQUESTS}?access_token=any")).json(&question());
    assert_eq!(in_query.header(HEADER, eve.to_string()).fetch().status(), 201);
}

#[test]
fn the_header_changes_nothing_elsewhere() {
    let (server, eve) = seeded();
    for name in ["nothing at all".to_owned(), eve.to_string()] {
        for (path, status) in [("/_mock/account", 200), ("/nothing", 404), ("/api/v2/nothing", 404)]
        {
            assert_eq!(server.get(path).header(HEADER, &name).fetch().status(), status, "{path}");
        }
        let file = server.upload("a.txt", "a");
        let url = text(&file["attachment"]["content_url"]);
        assert_eq!(server.get(url).header(HEADER, &name).fetch().status(), 200);
        server.account.configure(|settings| settings.faithful = true).expect("settings");
        let shown = server.get(&format!("/api/v2/uploads/{}", token(&file)));
        let shown = shown.bearer_auth("any").header(HEADER, eve.to_string());
        assert_eq!(shown.fetch().status(), 404, "faithful");
        server.account.configure(|settings| settings.faithful = false).expect("settings");
    }
    // Accounts share no users.
    let other = server.post(&format!("/@other{REQUESTS}")).bearer_auth("any").json(&question());
    assert_eq!(other.header(HEADER, eve.to_string()).fetch_json(), invalid_token());
}

#[test]
fn private_files_are_those_that_the_user_may_read() {
    let (server, eve) = seeded();
    let suspended = json!({"name": "Sue", "email": "sue@example.com", "suspended": true});
    let sue = server.post("/api/v2/users").agent().json(&json!({ "user": suspended }));
    assert_eq!(sue.fetch().status(), 201);
    let upload = |name: &str| server.upload(name, name.to_owned());
    let [own, foreign] = ["own.txt", "foreign.txt"].map(upload);
    let comment = json!({"body": "b", "uploads": [own["token"]]});
    let asked = server.post(REQUESTS).bearer_auth("eve");
    let asked = asked.json(&json!({"request": {"comment": comment}})).fetch();
    assert_eq!(asked.status(), 201);
    server.attach(&foreign["token"]);
    let [own, foreign] = [&own, &foreign].map(|upload| text(&upload["attachment"]["content_url"]));
    let as_user = |url: &str, name: &str| server.get(url).bearer_auth("any").header(HEADER, name);
    // Without private_attachments, a file is for all.
    for name in ["eve@example.com", "nobody@example.com"] {
        assert_eq!(as_user(foreign, name).fetch().status(), 200, "{name}");
    }
    server.account.configure(|settings| settings.private_attachments = true).expect("settings");
    for downloads in [Downloads::Direct, Downloads::Redirect] {
        server.account.configure(|settings| settings.downloads = downloads).expect("settings");
        let good = if downloads == Downloads::Direct { 200 } else { 302 };
        let id = eve.to_string();
        for (url, name, status) in [
            (own, "eve@example.com", good),
            (own, &*id, good),
            (own, "sue@example.com", 403),
            (own, "aki@example.com", good),
            (foreign, "eve@example.com", 403),
            (foreign, &*id, 403),
            (foreign, "sue@example.com", 403),
            (foreign, "aki@example.com", good),
            (foreign, "ada@example.com", good),
        ] {
            assert_eq!(as_user(url, name).fetch().status(), status, "{url} for {name}");
        }
        for name in ["nobody@example.com", "99", ""] {
            assert_eq!(as_user(own, name).fetch_json(), invalid_token(), "{name}");
        }
        for name in ["aki", "eve"] {
            let refused = server.get(own).bearer_auth(name).header(HEADER, "ada@example.com");
            assert_eq!(refused.fetch().status(), 403, "{name} is no admin");
        }
        let anonymous = server.get(own).header(HEADER, "eve@example.com").fetch();
        assert_eq!(anonymous.status(), 403);
        let basic = server.get(own).agent().header(HEADER, "eve@example.com").fetch();
        let difference = basic.header("x-zendesk-mock-difference");
        assert!(difference.contains("impersonation-credentials"), "{difference}");
    }
}
