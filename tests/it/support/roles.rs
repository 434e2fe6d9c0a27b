//! What users with a role may do.

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};
use zendesk_mock::Auth;

use crate::harness::images::*;
use crate::harness::*;

/// The refusal of a user whose role does not allow an endpoint.
pub fn forbidden() -> (u16, Value) {
    let message = "You do not have access to this page. Please contact the account owner of this \
                   help desk for further help.";
    (403, json!({"error": {"title": "Forbidden", "message": message}}))
}

/// One user of each role, and one without a role of its own.
pub fn seeded() -> Server {
    let server = server();
    let user = |name: &str, role: &str| {
        json!({
            "name": name, "email": format!("{name}@example.com"), "role": role, "password": "pw",
            "api_tokens": [format!("{name}-token")], "access_tokens": [format!("{name}-bearer")]
        })
    };
    let users = [user("eve", "end-user"), user("aki", "agent"), user("ada", "admin")];
    seed(&server, &json!({ "users": users }));
    server
}

pub fn seed(server: &Server, document: &Value) {
    let seeded = server.post("/_mock/seed").json(document).fetch();
    assert_eq!(seeded.status(), 200, "{document}");
}

/// As a user that [`seeded`] has.
pub fn as_user(request: RequestBuilder, name: &str) -> RequestBuilder {
    request.basic_auth(format!("{name}@example.com"), Some("pw"))
}

/// Method, path, and the least role that Zendesk's OpenAPI document gives.
const ENDPOINTS: &[(&str, &str, &str)] = &[
    ("GET", "tickets", "agent"),
    ("POST", "tickets", "agent"),
    ("GET", "tickets/1", "agent"),
    ("PUT", "tickets/1", "agent"),
    ("DELETE", "tickets/1", "agent"),
    ("GET", "tickets/show_many?ids=1", "agent"),
    ("POST", "tickets/create_many", "agent"),
    ("PUT", "tickets/update_many?ids=1", "agent"),
    ("GET", "tickets/1/comments", "agent"),
    ("GET", "tickets/1/audits", "agent"),
    ("PUT", "tickets/1/comments/2/attachments/3/redact", "agent"),
    ("PUT", "tickets/1/comments/2/redact", "agent"),
    ("PUT", "tickets/1/comments/2/make_private", "agent"),
    ("PUT", "comment_redactions/2", "agent"),
    ("GET", "tickets/count", "agent"),
    ("GET", "tickets/recent", "agent"),
    ("GET", "tickets/1/comments/count", "agent"),
    ("GET", "tickets/1/audits/count", "agent"),
    ("GET", "tickets/1/audits/2", "agent"),
    ("PUT", "tickets/1/audits/2/make_private", "agent"),
    ("GET", "tickets/1/collaborators", "agent"),
    ("GET", "tickets/1/email_ccs", "agent"),
    ("GET", "tickets/1/followers", "agent"),
    ("GET", "tickets/1/tags", "agent"),
    ("POST", "tickets/1/tags", "agent"),
    ("PUT", "tickets/1/tags", "agent"),
    ("DELETE", "tickets/1/tags", "agent"),
    ("GET", "users/1/tickets/ccd", "agent"),
    ("GET", "users/1/tickets/ccd/count", "agent"),
    ("GET", "users/1/tickets/assigned/count", "agent"),
    ("GET", "search?query=a", "agent"),
    ("GET", "search/count?query=a", "agent"),
    ("GET", "requests/search?query=a", "end-user"),
    ("GET", "requests", "end-user"),
    ("GET", "requests/open", "end-user"),
    ("GET", "requests/solved", "end-user"),
    ("GET", "requests/ccd", "end-user"),
    ("GET", "requests/1/comments/2", "end-user"),
    ("GET", "attachments/1", "agent"),
    ("DELETE", "attachments/1", "agent"),
    ("PUT", "attachments/1", "admin"),
    ("POST", "imports/tickets", "admin"),
    ("POST", "imports/tickets/create_many", "admin"),
    ("GET", "incremental/tickets?start_time=1", "admin"),
    ("GET", "incremental/tickets/cursor?start_time=1", "admin"),
    ("GET", "incremental/ticket_events?start_time=1", "admin"),
    ("GET", "job_statuses", "agent"),
    ("GET", "job_statuses/show_many?ids=1", "agent"),
    ("GET", "job_statuses/1", "agent"),
    ("GET", "brands", "agent"),
    ("GET", "brands/1", "agent"),
    ("GET", "users", "agent"),
    ("POST", "users", "agent"),
    ("POST", "users/create_or_update", "agent"),
    ("GET", "users/show_many?ids=1", "agent"),
    ("GET", "users/autocomplete?name=eve", "agent"),
    ("GET", "users/search?query=eve", "agent"),
    ("GET", "users/1", "agent"),
    ("PUT", "users/1", "agent"),
    ("GET", "users/1/tickets/requested", "agent"),
    ("GET", "users/1/tickets/assigned", "agent"),
    ("GET", "users/me", "end-user"),
    ("POST", "uploads?filename=a.txt", "end-user"),
    ("GET", "uploads/none", "end-user"),
    ("DELETE", "uploads/none", "end-user"),
    ("POST", "requests", "end-user"),
    ("GET", "requests/1", "end-user"),
    ("PUT", "requests/1", "end-user"),
    ("GET", "requests/1/comments", "end-user"),
    ("POST", "guide/user_images/uploads", "end-user"),
    ("POST", "guide/user_images", "end-user"),
    ("GET", "help_center/sessions", "end-user"),
];

#[test]
fn an_endpoint_refuses_users_with_less_than_its_role() {
    let server = seeded();
    let roles = ["end-user", "agent", "admin"];
    let rank = |role: &str| roles.iter().position(|known| *known == role);
    for (method, path, least) in ENDPOINTS {
        for form in ["", ".json"] {
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let path = format!("/api/v2/{path}{form}?{query}");
            let method: Method = method.parse().expect("a method");
            for (name, role) in ["eve", "aki", "ada"].iter().zip(roles) {
                let request = as_user(server.request(method.clone(), &path), name).body("{}");
                let response = request.fetch();
                let what = format!("{method} {path} by {role}");
                if rank(role) < rank(least) {
                    assert_eq!(response.status_and_json(), forbidden(), "{what}");
                } else {
                    assert_ne!(response.status(), 403, "{what}");
                    assert_ne!(response.status(), 401, "{what}");
                }
            }
        }
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 0);
    assert_eq!(server.get_json("/api/v2/users")["count"], 3, "the clients are known users");
}

#[test]
fn every_kind_of_credentials_has_the_role_of_its_user() {
    let server = seeded();
    let ticket = || server.post("/api/v2/tickets").json(&json!({"ticket": {"description": "d"}}));
    let in_query = "/api/v2/tickets?access_token=eve-bearer";
    for as_eve in [
        ticket().basic_auth("eve@example.com", Some("pw")),
        ticket().basic_auth("eve@example.com/token", Some("eve-token")),
        ticket().basic_auth("EVE@Example.com", Some("another password")),
        ticket().bearer_auth("eve-bearer"),
        server.get(in_query),
    ] {
        assert_eq!(as_eve.fetch_json(), forbidden());
    }
    // The header goes before the query.
    assert_eq!(server.get(in_query).bearer_auth("ada-bearer").fetch().status(), 200);
    for others in [
        ticket().bearer_auth("unknown"),
        ticket().basic_auth("new@example.com", Some("pw")),
        ticket().bearer_auth("aki-bearer"),
        as_user(ticket(), "ada"),
    ] {
        assert_eq!(others.fetch().status(), 201);
    }
    server.account.configure(|settings| settings.auth = Auth::Strict).expect("settings");
    assert_eq!(as_user(ticket(), "eve").fetch_json(), forbidden());
    assert_eq!(as_user(ticket(), "aki").fetch().status(), 201);
    let wrong = ticket().basic_auth("eve@example.com", Some("another password"));
    assert_eq!(wrong.fetch_json(), unauthenticated(), "credentials go before roles");
    server.account.configure(|settings| settings.auth = Auth::None).expect("settings");
    assert_eq!(as_user(ticket(), "eve").fetch_json(), forbidden());
    assert_eq!(ticket().fetch().status(), 201);
}

#[test]
fn a_role_follows_changes_snapshots_and_resets() {
    let server = server();
    let eve = json!({"user": {"name": "Eve", "email": "eve@example.com", "role": "end-user"}});
    let created = server.post("/api/v2/users").agent().json(&eve).fetch().into_json();
    let list = || as_user(server.get("/api/v2/tickets"), "eve").fetch().status().as_u16();
    assert_eq!(list(), 403);
    let change = |role: &str| {
        let path = format!("/api/v2/users/{}", created["user"]["id"]);
        let body = json!({"user": {"role": role}});
        assert_eq!(server.put(&path).agent().json(&body).fetch().status(), 200);
    };
    change("agent");
    assert_eq!(list(), 200);
    assert_eq!(server.put("/_mock/snapshots/agent").fetch().status(), 200);
    change("end-user");
    assert_eq!(list(), 403);
    assert_eq!(server.post("/_mock/snapshots/agent/restore").fetch().status(), 200);
    assert_eq!(list(), 200);
    change("end-user");
    let exported = server.get("/_mock/export").fetch().into_json();
    server.account.reset();
    assert_eq!(list(), 200, "an unknown user");
    seed(&server, &exported);
    assert_eq!(list(), 403);
    // A requester without a role of its own becomes an admin when it calls.
    let requester =
        json!({"requester": {"name": "Ann", "email": "ann@example.com"}, "description": "d"});
    server.create_ticket(&requester);
    assert_eq!(as_user(server.get("/api/v2/tickets"), "ann").fetch().status(), 200);
}

#[test]
fn a_refusal_names_the_user_and_the_role() {
    let server = seeded();
    let reason = |path: &str, name: &str| {
        let refused = as_user(server.post(path), name).body("{}").fetch();
        refused.header("x-zendesk-mock-reason")
    };
    assert_eq!(
        reason("/api/v2/tickets", "eve"),
        "eve@example.com has the role end-user, and this endpoint takes agents; give it another \
         role, or call as another user"
    );
    assert!(
        reason("/api/v2/imports/tickets", "aki")
            .contains("role agent, and this endpoint takes admins")
    );
    // A long and foreign name is cut and escaped.
    let name = "ü".repeat(3_000);
    let user = json!({"name": name, "role": "end-user", "access_tokens": ["long"]});
    seed(&server, &json!({"users": [user]}));
    let refused = server.get("/api/v2/tickets").bearer_auth("long").fetch();
    assert!(refused.header("x-zendesk-mock-reason").starts_with(r"\u{fc}"));
    assert_eq!(refused.status_and_json(), forbidden());
}

fn ask(request: RequestBuilder, text: &str) -> Value {
    let asked = request.json(&json!({"request": {"comment": {"body": text}}})).fetch();
    assert_eq!(asked.status(), 201);
    asked.into_json()["request"].take()
}

#[test]
fn an_end_user_sees_its_own_requests_only() {
    let server = seeded();
    let requests = "/api/v2/requests";
    ask(as_user(server.post(requests), "eve"), "by eve");
    ask(as_user(server.post(requests), "ada"), "by ada");
    let more = json!({"request": {"comment": {"body": "more"}}});
    let of = |id: u64, name: &str| {
        let path = format!("{requests}/{id}");
        [
            as_user(server.get(&path), name),
            as_user(server.get(&format!("{path}/comments?include=users")), name),
            as_user(server.put(&path), name).json(&more),
            as_user(server.put(&path), name).json(&json!({})),
        ]
        .map(|request| request.fetch_json().0)
    };
    assert_eq!(of(1, "eve"), [200, 200, 200, 406]);
    assert_eq!(of(2, "eve"), [404; 4]);
    assert_eq!(of(3, "eve"), [404; 4]);
    assert_eq!(of(1, "aki"), [200, 200, 200, 406], "agents see every request");
    assert_eq!(server.comments(&json!(2)).len(), 1, "nothing was added");
    let hidden = as_user(server.get("/api/v2/requests/2"), "eve").fetch();
    assert_eq!(hidden.header("x-zendesk-mock-difference"), "hidden-request");
    server.account.configure(|settings| settings.hidden_request_status = 403).expect("settings");
    assert_eq!(of(2, "eve"), [403; 4]);
    assert_eq!(of(3, "eve"), [404; 4], "an unknown request");
    let copies = json!({"ticket": {"email_ccs": [{"user_email": "eve@example.com"}]}});
    assert_eq!(server.put("/api/v2/tickets/2").agent().json(&copies).fetch().status(), 200);
    assert_eq!(of(2, "eve"), [200, 200, 200, 406], "it gets a copy");
}

#[test]
fn an_end_user_makes_requests_in_its_own_name_only() {
    let server = seeded();
    let me = as_user(server.get("/api/v2/users/me"), "eve").fetch();
    assert_eq!(me.header("x-zendesk-mock-difference"), "one-csrf-token");
    let me = me.into_json()["user"].take();
    assert_eq!(me["role"], "end-user");
    for requester in [
        json!({"name": "Ada", "email": "ada@example.com"}),
        json!({"email": "new@example.com"}),
        json!({"name": "Somebody"}),
    ] {
        let body = json!({"request": {
            "requester": requester, "requester_id": 7,
            "comment": {"body": "b", "public": false, "author_id": 7}
        }});
        let made = as_user(server.post("/api/v2/requests"), "eve").json(&body).fetch();
        let request = made.into_json()["request"].take();
        assert_eq!(request["requester_id"], me["id"], "{requester}");
        let comment = &server.comments(&request["id"])[0];
        assert_eq!((&comment["author_id"], &comment["public"]), (&me["id"], &json!(true)));
    }
    assert_eq!(server.get_json("/api/v2/users")["count"], 3, "no other user is made");
}

#[test]
fn an_end_user_uploads_attaches_and_publishes() {
    let server = seeded();
    let upload = as_user(server.post("/api/v2/uploads?filename=a.txt"), "eve").body("hello");
    let upload = upload.fetch().into_json()["upload"].take();
    let more = format!("/api/v2/uploads?filename=b.txt&token={}", token(&upload));
    assert_eq!(as_user(server.post(&more), "eve").body("b").fetch().status(), 201);
    let body = json!({"request": {"comment": {"body": "b", "uploads": [upload["token"]]}}});
    let made = as_user(server.post("/api/v2/requests"), "eve").json(&body).fetch();
    assert_eq!(made.status(), 201);
    let attached = server.comments(&json!(1))[0]["attachments"].take();
    assert_eq!(attached.as_array().map(Vec::len), Some(2));
    let image = json!({"content_type": "image/png", "file_size": 1});
    assert_eq!(as_user(server.post(RESERVE), "eve").json(&image).fetch().status(), 200);
}

#[test]
fn an_end_user_reads_private_files_of_comments_that_it_sees() {
    let server = seeded();
    server.account.configure(|settings| settings.private_attachments = true).expect("settings");
    let upload = |name: &str| server.upload(name, name.to_owned());
    let [own, note, foreign, loose] =
        ["own.txt", "note.txt", "foreign.txt", "loose.txt"].map(upload);
    let body = json!({"request": {"comment": {"body": "b", "uploads": [own["token"]]}}});
    assert_eq!(as_user(server.post("/api/v2/requests"), "eve").json(&body).fetch().status(), 201);
    let comment = json!({"body": "b", "public": false, "uploads": [note["token"]]});
    let body = json!({"ticket": {"comment": comment}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&body).fetch().status(), 200);
    server.attach(&foreign["token"]);
    for (upload, status) in [(&own, 200), (&note, 403), (&foreign, 403), (&loose, 200)] {
        let url = text(&upload["attachment"]["content_url"]);
        let read = |name| as_user(server.get(url), name).fetch().status();
        assert_eq!(read("eve"), status, "{url}");
        assert_eq!(read("aki"), 200, "{url}");
        server
            .account
            .configure(|settings| settings.downloads = zendesk_mock::Downloads::Redirect)
            .expect("settings");
        assert_eq!(read("eve").as_u16(), if status == 200 { 302 } else { 403 }, "{url}");
        server
            .account
            .configure(|settings| settings.downloads = zendesk_mock::Downloads::Direct)
            .expect("settings");
    }
    server.account.configure(|settings| settings.private_attachments = false).expect("settings");
    let url = text(&foreign["attachment"]["content_url"]);
    assert_eq!(as_user(server.get(url), "eve").fetch().status(), 200);
}
