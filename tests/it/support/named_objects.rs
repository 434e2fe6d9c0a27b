//! `/api/v2/groups`, `organizations`, `ticket_forms` and `ticket_fields`.

use serde_json::{Value, json};

use crate::harness::*;

/// The list of each kind, its item, and the property of tickets that names it.
const KINDS: [(&str, &str, &str); 4] = [
    ("groups", "group", "group_id"),
    ("organizations", "organization", "organization_id"),
    ("ticket_forms", "ticket_form", "ticket_form_id"),
    ("ticket_fields", "ticket_field", "custom_fields"),
];

fn ids(server: &Server, list: &str, query: &str) -> Vec<u64> {
    let page = server.get_json(&format!("/api/v2/{list}.json{query}"));
    let items = page[list].as_array().expect(list).iter();
    items.map(|item| item["id"].as_u64().expect("an id")).collect()
}

#[test]
fn a_fresh_account_has_one_of_each_and_the_system_fields() {
    let server = server();
    for (list, item, _) in KINDS {
        let page = server.get_json(&format!("/api/v2/{list}"));
        let all = page[list].as_array().expect(list);
        assert_eq!(all.len(), if list == "ticket_fields" { 7 } else { 1 }, "{list}");
        assert_eq!(page["count"], all.len(), "{list}");
        for listed in all {
            let url = text(&listed["url"]);
            let id = &listed["id"];
            assert_eq!(url, format!("{}/api/v2/{list}/{id}.json", server.mock.url()));
            assert_eq!(&server.get_json(url)[item], listed);
        }
    }
    let group = server.get_json("/api/v2/groups")["groups"][0].take();
    assert_eq!((&group["name"], &group["default"]), (&json!("Support"), &json!(true)));
    let form = server.get_json("/api/v2/ticket_forms")["ticket_forms"][0].take();
    assert_eq!((&form["default"], &form["active"]), (&json!(true), &json!(true)));
    let fields = ids(&server, "ticket_fields", "");
    assert_eq!(form["ticket_field_ids"], json!(fields), "a form has the fields of the account");
    let fields = server.get_json("/api/v2/ticket_fields")["ticket_fields"].take();
    let kinds: Vec<_> =
        fields.as_array().into_iter().flatten().map(|it| text(&it["type"])).collect();
    let system =
        ["subject", "description", "status", "tickettype", "priority", "group", "assignee"];
    assert_eq!(kinds, system);
    let organization = server.get_json("/@acme/api/v2/organizations")["organizations"][0].take();
    assert_eq!(organization["name"], "acme");
    assert_eq!(server.mock.memory_used(), 0, "they are stored nowhere");
}

#[test]
fn what_a_ticket_names_can_be_listed_and_shown() {
    let server = server();
    for (list, item, property) in KINDS {
        let before = ids(&server, list, "");
        let unnamed = server.get(&format!("/api/v2/{list}/77001")).agent().fetch_json();
        assert_eq!(unnamed, not_found(), "{list}");
        let value = match property {
            "custom_fields" => json!([{"id": 77_001, "value": "v"}]),
            _ => json!(77_001),
        };
        let ticket = json!({"comment": {"body": "b"}, property: value});
        let id = server.create_ticket(&ticket)["ticket"]["id"].take();
        assert_eq!(ids(&server, list, ""), [&before[..], &[77_001]].concat(), "{list}");
        let shown = server.get_json(&format!("/api/v2/{list}/77001"))[item].take();
        assert_eq!(shown["id"], 77_001);
        assert_ne!(shown["default"], true, "{list}");
        // A page by cursor and one by offset.
        let size = before.len();
        let page = server.get_json(&format!("/api/v2/{list}?page[size]={size}"));
        let next = server.get_json(text(&page["links"]["next"]));
        assert_eq!(next[list][0]["id"], 77_001, "{list}");
        let by_offset = ids(&server, list, &format!("?page=2&per_page={size}"));
        match list {
            "ticket_fields" => assert_eq!(by_offset.len(), size + 1, "all fields on one page"),
            _ => assert_eq!(by_offset, [77_001], "{list}"),
        }
        // It is gone with its last ticket.
        server.delete(&format!("/api/v2/tickets/{id}")).agent().fetch();
        assert_eq!(ids(&server, list, ""), before, "{list}");
    }
}

#[test]
fn what_else_zendesk_has_of_them_is_refused_as_not_emulated() {
    let server = server();
    for (list, ..) in KINDS {
        let path = format!("/api/v2/{list}");
        let one = format!("{path}/{}", ids(&server, list, "")[0]);
        for request in [
            server.post(&path).agent().json(&json!({})),
            server.put(&one).agent().json(&json!({})),
            server.delete(&one).agent(),
            server.get(&format!("{path}/{}", literal(list))).agent(),
        ] {
            let refused = request.fetch();
            let reason = refused.header("x-zendesk-mock-reason");
            assert!(reason.ends_with("zendesk-mock does not emulate it"), "{list}: {reason}");
            assert_eq!(refused.status_and_json(), no_endpoint(), "{list}");
        }
        let wrong = server.get(&format!("{path}/x")).agent().fetch_json();
        assert_eq!(wrong, wrong_type("id", "must be an integer"), "{list}");
        assert_eq!(server.get(&path).fetch_json(), unauthenticated(), "{list}");
        assert_eq!(server.get(&one).fetch_json(), unauthenticated(), "{list}");
    }
}

/// A documented sibling of the ids.
fn literal(list: &str) -> &'static str {
    if list == "groups" { "assignable" } else { "show_many" }
}

#[test]
fn ids_of_all_kinds_differ() {
    let server = server();
    let brands = ids(&server, "brands", "");
    let all = KINDS.iter().flat_map(|(list, ..)| ids(&server, list, "")).chain(brands);
    let all: Vec<Value> = all.map(Value::from).collect();
    let unique: std::collections::HashSet<_> = all.iter().map(Value::to_string).collect();
    assert_eq!(unique.len(), all.len());
}
