//! Lists of users, and of their tickets.

use serde_json::{Value, json};

use crate::harness::*;

fn create(server: &Server, user: &Value) -> Value {
    let request = server.post("/api/v2/users").agent().json(&json!({ "user": user }));
    let response = request.fetch();
    assert_eq!(response.status(), 201, "{user}");
    response.into_json()["user"]["id"].take()
}

fn ids(page: &Value, list: &str) -> Vec<Value> {
    page[list].as_array().expect(list).iter().map(|item| item["id"].clone()).collect()
}

#[test]
fn users_are_listed_by_role_external_id_and_page() {
    let server = server();
    let roles = ["end-user", "agent", "admin"];
    let [end_user, agent, admin] = roles.map(|role| {
        create(&server, &json!({"name": role, "role": role, "external_id": format!("X-{role}")}))
    });
    let listed = |query: &str| ids(&server.get_json(&format!("/api/v2/users{query}")), "users");
    let all = [end_user.clone(), agent.clone(), admin.clone()];
    assert_eq!(listed(""), all);
    assert_eq!(listed("?role=agent"), std::slice::from_ref(&agent));
    assert_eq!(listed("?role[]=agent&role[]=admin"), [agent.clone(), admin.clone()]);
    assert_eq!(listed("?role="), all);
    // It may be the name of a custom role, which no user has.
    for none in ["role=king", "role=ADMIN", "role[]=king", "role=admin,agent"] {
        assert_eq!(listed(&format!("?{none}")), Vec::<Value>::new(), "{none}");
        let page = server.get_json(&format!("/api/v2/users?page[size]=5&{none}"));
        assert_eq!(page["users"], json!([]), "{none}");
    }
    assert_eq!(listed("?role[]=king&role[]=admin"), std::slice::from_ref(&admin));
    assert_eq!(listed("?external_id=x-agent"), std::slice::from_ref(&agent));
    for none in
        ["external_id=nope", "external_id=", "external_id=X-agent&role=admin", "permission_set=7"]
    {
        assert_eq!(listed(&format!("?{none}")), Vec::<Value>::new(), "{none}");
    }
    let page = server.get_json("/api/v2/users?external_id=X-admin&page[size]=1");
    assert_eq!((ids(&page, "users"), &page["meta"]["has_more"]), (vec![admin], &json!(false)));
    assert!(text(&page["links"]["next"]).contains("external_id=X-admin"));
    let page = server.get_json("/api/v2/users?page[size]=2");
    assert_eq!(ids(&page, "users"), [end_user, agent]);
    let next = server.get_json(text(&page["links"]["next"]));
    assert_eq!(next["users"][0]["name"], "admin");
}

#[test]
fn users_are_shown_by_their_ids() {
    let server = server();
    let ada = create(&server, &json!({"name": "Ada", "external_id": "x1"}));
    let eve = create(&server, &json!({"name": "Eve", "external_id": "x2"}));
    let show = |query: &str| server.get_json(&format!("/api/v2/users/show_many.json?{query}"));
    let shown = show(&format!("ids={eve},7,{ada}"));
    assert_eq!(ids(&shown, "users"), [ada.clone(), eve.clone()]);
    assert_eq!((&shown["count"], &shown["next_page"]), (&json!(2), &Value::Null));
    assert_eq!(ids(&show("external_ids=x2,x9"), "users"), [eve]);
    assert_eq!(show("ids=7")["users"], json!([]));
    let wrong = server.get("/api/v2/users/show_many?ids=x").agent().fetch_json();
    assert_eq!(wrong, wrong_type("ids", "must be a list of integers"));
    let ids = vec!["1"; 101].join(",");
    let too_many = server.get(&format!("/api/v2/users/show_many?ids={ids}")).agent().fetch();
    assert_eq!(too_many.status(), 400);
}

#[test]
fn names_and_addresses_are_completed() {
    let server = server();
    let ada = create(&server, &json!({"name": "Ada Lovelace", "email": "countess@example.com"}));
    create(&server, &json!({"name": "Eve"}));
    let complete = |name: &str| {
        let page = server.get_json(&format!("/api/v2/users/autocomplete?name={name}"));
        ids(&page, "users")
    };
    for name in ["ad", "ADA", "love", "count", "ada%20lo"] {
        assert_eq!(complete(name), std::slice::from_ref(&ada), "{name}");
    }
    assert_eq!(complete("lace"), Vec::<Value>::new());
    for name in ["", "a"] {
        let path = format!("/api/v2/users/autocomplete?name={name}");
        let refusal = wrong_type("name", "must have at least 2 characters");
        assert_eq!(server.get(&path).agent().fetch_json(), refusal);
    }
}

#[test]
fn a_user_has_the_tickets_that_it_requested_or_is_assigned() {
    let server = server();
    let ada = create(&server, &json!({"name": "Ada", "email": "ada@example.com"}));
    let eve = create(&server, &json!({"name": "Eve"}));
    for (requester, assignee) in [(&ada, &eve), (&eve, &ada), (&ada, &ada)] {
        server.create_ticket(&json!({
            "comment": {"body": "b"}, "requester_id": requester, "assignee_id": assignee
        }));
    }
    let listed = |which: &str| {
        let page = server.get_json(&format!("/api/v2/users/{ada}/tickets/{which}"));
        (ids(&page, "tickets"), page["count"].clone())
    };
    assert_eq!(listed("requested"), (vec![json!(1), json!(3)], json!(2)));
    assert_eq!(listed("assigned"), (vec![json!(2), json!(3)], json!(2)));
    for which in ["requested", "assigned"] {
        let path = format!("/api/v2/users/{ada}/tickets/{which}");
        assert_eq!(server.get_json(&path)["tickets"][0]["fields"], json!([]), "{which} by offset");
        let by_cursor = server.get_json(&format!("{path}?page[size]=1"));
        assert_eq!(by_cursor["tickets"][0].get("fields"), None, "{which} by cursor");
    }
    let page = format!("/api/v2/users/{ada}/tickets/requested?page[size]=1");
    let next = server.get_json(&page)["links"]["next"].take();
    assert_eq!(ids(&server.get_json(text(&next)), "tickets"), [3]);
    let unknown = server.get("/api/v2/users/1/tickets/requested").agent().fetch_json();
    assert_eq!(unknown, not_found());
    let wrong = server.get("/api/v2/users/x/tickets/assigned").agent().fetch_json();
    assert_eq!(wrong, wrong_type("id", "must be an integer"));
}

#[test]
fn the_tickets_of_a_user_are_those_of_the_list_of_tickets() {
    let server = server();
    for subject in ["b", "a"] {
        server.create_ticket(&json!({"description": "d", "subject": subject}));
        server.account.advance(HOUR);
    }
    let change = json!({"ticket": {"tags": ["x"]}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&change).fetch().status(), 200);
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    for query in [
        "",
        "?sort_by=updated_at",
        "?sort_by=subject&sort_order=asc",
        "?sort_by=updated_at&sort_order=desc",
        "?include=users",
        "?page[size]=5",
        "?page[size]=5&sort=-updated_at",
        "?page[size]=5&sort_by=updated_at",
    ] {
        let of_user = server.get_json(&format!("/api/v2/users/{me}/tickets/requested{query}"));
        let all = server.get_json(&format!("/api/v2/tickets{query}"));
        assert_eq!(of_user["tickets"], all["tickets"], "{query}");
        assert_eq!(of_user["users"], all["users"], "{query}");
    }
    let path = format!("/api/v2/users/{me}/tickets/requested?page[size]=5&sort=foo");
    assert_eq!(server.get(&path).agent().fetch().status(), 400);
}
