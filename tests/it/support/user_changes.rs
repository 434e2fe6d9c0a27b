//! `POST` and `PUT` of users.

use serde_json::{Value, json};

use crate::harness::*;

fn create(server: &Server, user: &Value) -> (u16, Value) {
    server.post("/api/v2/users").agent().json(&json!({ "user": user })).fetch_json()
}

#[test]
fn a_new_user_is_answered_and_can_be_read_and_call() {
    let server = server();
    let user = json!({
        "id": "", "name": " Ada ", "email": "Ada@Example.com", "role": "agent", "external_id": "x1"
    });
    let response = server.post("/api/v2/users").agent().json(&json!({ "user": user })).fetch();
    assert_eq!(response.status(), 201);
    let location = response.header("location");
    let created = response.into_json();
    let ada = &created["user"];
    assert_eq!((&ada["name"], &ada["email"]), (&json!("Ada"), &json!("ada@example.com")));
    assert_eq!((&ada["role"], &ada["external_id"]), (&json!("agent"), &json!("x1")));
    assert_eq!(ada["url"], location);
    assert_eq!(server.get_json(&location), created);
    // The documented test of an attachment: a user is created, and uploads and attaches.
    let as_ada = |request: reqwest::blocking::RequestBuilder| {
        request.basic_auth("ada@example.com/token", Some("secret"))
    };
    let upload = as_ada(server.post("/api/v2/uploads?filename=a.txt")).body("a").fetch();
    let token = upload.into_json()["upload"]["token"].take();
    let ticket = json!({"ticket": {"comment": {"body": "b", "uploads": [token]}}});
    let ticket = as_ada(server.post("/api/v2/tickets")).json(&ticket).fetch().into_json();
    assert_eq!(ticket["ticket"]["requester_id"], ada["id"]);
    assert_eq!(server.get_json("/api/v2/users/search?query=ada@example.com")["count"], 1);
}

#[test]
fn updated_at_is_the_time_of_the_last_change() {
    let server = server();
    let ada = create(&server, &json!({"name": "Ada", "external_id": "x1"})).1["user"].take();
    assert_eq!((&ada["created_at"], &ada["updated_at"]), (&json!(START), &json!(START)));
    let path = format!("/api/v2/users/{}", ada["id"]);
    let times = || {
        let user = server.get_json(&path)["user"].take();
        assert_eq!(user["created_at"], START);
        text(&user["updated_at"]).to_owned()
    };
    server.account.advance(HOUR);
    for same in [json!({}), json!({"name": "Ada"}), json!({"phone": "1"})] {
        let put = server.put(&path).agent().json(&json!({ "user": same })).fetch();
        assert_eq!((put.status().as_u16(), &*times()), (200, START), "{same}");
    }
    let put = server.put(&path).agent().json(&json!({"user": {"name": "Ada L."}})).fetch();
    assert_eq!(put.into_json()["user"]["updated_at"], "2026-01-01T01:00:00Z");
    assert_eq!(times(), "2026-01-01T01:00:00Z");
    server.account.advance(HOUR);
    let user = json!({"user": {"external_id": "x1", "name": "Ada", "email": "ada@example.com"}});
    let same = server.post("/api/v2/users/create_or_update").agent().json(&user).fetch();
    assert_eq!(same.status(), 200);
    assert_eq!(times(), "2026-01-01T02:00:00Z");
    // An export keeps it.
    let exported = server.account.export().expect("room");
    server.account.seed(&exported).expect("an export is a seed");
    assert_eq!(times(), "2026-01-01T02:00:00Z");
}

#[test]
fn a_user_without_a_role_is_an_end_user() {
    let server = server();
    let (status, created) = create(&server, &json!({"name": "Eve"}));
    let eve = &created["user"];
    assert_eq!((status, &eve["role"], &eve["email"]), (201, &json!("end-user"), &Value::Null));
    assert_eq!(eve["ticket_restriction"], "requested");
}

#[test]
fn a_user_that_cannot_be_is_refused() {
    let server = server();
    create(&server, &json!({"name": "Ada", "email": "ada@example.com", "external_id": "x1"}));
    let short = invalid("name", "Name: is too short (minimum is 1 characters)", None);
    let taken = |field: &str, text: &str| {
        let text = format!("{text} is already being used by another user");
        invalid(field, &text, Some("DuplicateValue"))
    };
    for (user, refusal) in [
        (json!({}), &short),
        (json!({"name": "  "}), &short),
        (json!({"name": null, "email": "b@example.com"}), &short),
        (
            json!({"name": "Bob", "email": "bob"}),
            &invalid("email", "Email: bob is not properly formatted", Some("InvalidValue")),
        ),
        (
            json!({"name": "Bob", "email": "ADA@example.com"}),
            &taken("email", "Email: ADA@example.com"),
        ),
        (json!({"name": "Bob", "external_id": "x1"}), &taken("external_id", "External: x1")),
        (
            json!({"name": "Bob", "role": "king"}),
            &invalid("role", "Role: king is not valid", Some("InvalidValue")),
        ),
        (json!({"name": 1}), &wrong_type("name", "must be a string")),
        (json!({"name": "Bob", "email": []}), &wrong_type("email", "must be a string")),
        (json!(1), &wrong_type("user", "must be an object")),
    ] {
        assert_eq!(&create(&server, &user), refusal, "{user}");
    }
    let no_object = server.post("/api/v2/users").agent().json(&json!([1])).fetch_json();
    assert_eq!(no_object, short);
    // The caller is the other one.
    assert_eq!(server.get_json("/api/v2/users")["count"], 1);
}

#[test]
fn a_change_keeps_what_it_does_not_name_and_adds_an_address() {
    let server = server();
    let ada = json!({"name": "Ada", "email": "ada@example.com", "external_id": "x1"});
    let ada = create(&server, &ada).1["user"].take();
    let change = |user: Value| {
        let path = format!("/api/v2/users/{}", ada["id"]);
        server.put(&path).agent().json(&json!({ "user": user })).fetch_json()
    };
    let (status, changed) = change(json!({"name": "Ada L.", "role": "admin"}));
    let changed = &changed["user"];
    assert_eq!((status, &changed["name"]), (200, &json!("Ada L.")));
    assert_eq!((&changed["role"], &changed["external_id"]), (&json!("admin"), &json!("x1")));
    let (_, changed) = change(json!({"email": "l@example.com", "external_id": null}));
    assert_eq!(changed["user"]["email"], "ada@example.com", "the first address is kept");
    assert_eq!(changed["user"]["external_id"], Value::Null);
    let by_other =
        server.get("/api/v2/users/me").basic_auth("l@example.com/token", Some("s")).fetch();
    assert_eq!(by_other.into_json()["user"]["id"], ada["id"]);
    assert_eq!(change(json!({"name": ""})).0, 422);
    let unknown = server.put("/api/v2/users/1").agent().json(&json!({"user": 1})).fetch_json();
    assert_eq!(unknown, not_found());
}

#[test]
fn create_or_update_finds_users_by_external_id_and_address() {
    let server = server();
    let send = |user: Value| {
        let request = server.post("/api/v2/users/create_or_update").agent();
        let (status, answer) = request.json(&json!({ "user": user })).fetch_json();
        (status, answer["user"].clone())
    };
    let (status, ada) = send(json!({"name": "Ada", "email": "ada@example.com"}));
    assert_eq!(status, 201);
    let (status, same) =
        send(json!({"name": "Ada L.", "email": "ADA@example.com", "external_id": "x1"}));
    assert_eq!((status, &same["id"], &same["name"]), (200, &ada["id"], &json!("Ada L.")));
    let (status, same) = send(json!({"external_id": "x1", "role": "agent"}));
    assert_eq!((status, &same["id"], &same["role"]), (200, &ada["id"], &json!("agent")));
    assert_eq!(send(json!({"email": "eve@example.com"})).0, 422, "a new user needs a name");
    assert_eq!(send(json!({"name": "Eve", "email": "eve@example.com"})).0, 201);
}

#[test]
fn users_that_were_created_are_exported_and_seeded() {
    let server = server();
    let ada = json!({"name": "Ada", "email": "a@example.com", "role": "agent", "external_id": "x"});
    let ada = create(&server, &ada).1["user"].take();
    let document = server.account.export().expect("a document");
    server.account.reset();
    server.account.seed(&document).expect("a seed");
    let path = format!("/api/v2/users/{}", ada["id"]);
    assert_eq!(server.get_json(&path)["user"], ada);
}

#[test]
fn changes_of_users_need_credentials() {
    let server = server();
    for request in [
        server.post("/api/v2/users"),
        server.post("/api/v2/users/create_or_update"),
        server.put("/api/v2/users/1"),
        server.get("/api/v2/users"),
        server.get("/api/v2/users/show_many?ids=1"),
        server.get("/api/v2/users/autocomplete?name=ada"),
        server.get("/api/v2/users/1/tickets/requested"),
    ] {
        assert_eq!(request.fetch_json(), unauthenticated());
    }
}
