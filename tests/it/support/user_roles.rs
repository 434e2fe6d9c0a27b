//! Which users an agent may create and change.

use serde_json::{Value, json};

use crate::harness::*;
use crate::support::roles::{as_user, forbidden, seed, seeded};

const USERS: &str = "/api/v2/users";
const UPSERT: &str = "/api/v2/users/create_or_update";

/// The id of a user that [`seeded`] has.
fn id(server: &Server, name: &str) -> Value {
    let found = server.get_json(&format!("{USERS}/search?query={name}@example.com"));
    found["users"][0]["id"].clone()
}

fn write(server: &Server, caller: &str, method: &str, path: &str, user: &Value) -> (u16, Value) {
    let request = server.request(method.parse().expect("a method"), path);
    as_user(request, caller).json(&json!({ "user": user })).fetch_json()
}

fn change(server: &Server, caller: &str, user: &str, change: &Value) -> (u16, Value) {
    let path = format!("{USERS}/{}", id(server, user));
    write(server, caller, "PUT", &path, change)
}

#[test]
fn an_agent_makes_no_agent_and_no_admin() {
    let server = seeded();
    let before = server.get("/_mock/export").fetch().into_json();
    for role in ["agent", "admin"] {
        let new = json!({"name": "New", "email": "new@example.com", "role": role});
        assert_eq!(write(&server, "aki", "POST", USERS, &new), forbidden(), "{role}");
        assert_eq!(write(&server, "aki", "POST", UPSERT, &new), forbidden(), "{role}");
        let eve = json!({"name": "Eve", "email": "EVE@example.com", "role": role});
        assert_eq!(write(&server, "aki", "POST", UPSERT, &eve), forbidden(), "{role}");
        assert_eq!(change(&server, "aki", "eve", &json!({ "role": role })), forbidden(), "{role}");
    }
    for role in ["admin", "end-user"] {
        assert_eq!(change(&server, "aki", "aki", &json!({ "role": role })), forbidden(), "{role}");
    }
    assert_eq!(server.get("/_mock/export").fetch().into_json(), before);
}

#[test]
fn an_agent_changes_end_users_and_itself_only() {
    let server = seeded();
    let bob = json!({
        "name": "bob", "email": "bob@example.com", "role": "agent", "external_id": "b1"
    });
    assert_eq!(write(&server, "ada", "POST", USERS, &bob).0, 201);
    let before = server.get("/_mock/export").fetch().into_json();
    for name in ["ada", "bob"] {
        for wish in [json!({"name": "X"}), json!({"suspended": true}), json!({"role": "end-user"})]
        {
            assert_eq!(change(&server, "aki", name, &wish), forbidden(), "{name} {wish}");
        }
        let by_address = json!({"name": "X", "email": format!("{name}@example.com")});
        assert_eq!(write(&server, "aki", "POST", UPSERT, &by_address), forbidden(), "{name}");
    }
    let by_external_id = json!({"name": "X", "external_id": "B1"});
    assert_eq!(write(&server, "aki", "POST", UPSERT, &by_external_id), forbidden());
    assert_eq!(server.get("/_mock/export").fetch().into_json(), before);
    for (name, wish) in [
        ("eve", json!({"name": "Eve", "role": "end-user", "suspended": true})),
        ("aki", json!({"name": "Aki", "role": "agent"})),
        ("aki", json!({"external_id": "a1"})),
    ] {
        assert_eq!(change(&server, "aki", name, &wish).0, 200, "{name} {wish}");
    }
    let ann = json!({"name": "Ann", "email": "ann@example.com", "role": "end-user"});
    assert_eq!(write(&server, "aki", "POST", USERS, &ann).0, 201);
    let new = json!({"name": "Max", "email": "max@example.com"});
    assert_eq!(write(&server, "aki", "POST", UPSERT, &new).0, 201);
    assert_eq!(write(&server, "aki", "POST", UPSERT, &new).0, 200);
    assert_eq!(write(&server, "aki", "PUT", "/api/v2/users/1", &json!({"role": "admin"})).0, 404);
}

#[test]
fn admins_and_clients_without_a_role_change_every_user() {
    let server = seeded();
    assert_eq!(change(&server, "ada", "aki", &json!({"role": "admin"})).0, 200);
    assert_eq!(change(&server, "aki", "eve", &json!({"role": "agent"})).0, 200, "an admin now");
    let path = format!("{USERS}/{}", id(&server, "ada"));
    let wish = json!({"user": {"role": "agent"}});
    assert_eq!(server.put(&path).agent().json(&wish).fetch().status(), 200);
    // An admin that acts for an agent has its role.
    let eve = id(&server, "eve").to_string();
    let wish = json!({"user": {"role": "admin"}});
    let request = server.put(&format!("{USERS}/{eve}")).header("x-on-behalf-of", eve);
    assert_eq!(request.agent().json(&wish).fetch_json(), forbidden());
}

#[test]
fn a_refused_change_names_the_agent() {
    let server = seeded();
    let path = format!("{USERS}/{}", id(&server, "aki"));
    let wish = json!({"user": {"role": "admin"}});
    let refused = as_user(server.put(&path), "aki").json(&wish).fetch();
    let reason = refused.header("x-zendesk-mock-reason");
    assert!(reason.starts_with("aki@example.com is an agent"), "{reason}");
    // A name that is no text of a header is escaped.
    let agent = json!({"name": "ü", "role": "agent", "access_tokens": ["bearer"]});
    seed(&server, &json!({ "users": [agent] }));
    let new = json!({"user": {"name": "New", "role": "admin"}});
    let refused = server.post(USERS).bearer_auth("bearer").json(&new).fetch();
    assert!(refused.header("x-zendesk-mock-reason").starts_with(r"\u{fc} is an agent"));
    assert_eq!(refused.status_and_json(), forbidden());
}
