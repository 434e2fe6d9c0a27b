//! Properties of tickets, and the audits of their changes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;

fn update(server: &Server, ticket: &Value) -> Value {
    let request = server.put("/api/v2/tickets/1").agent();
    let response = request.json(&json!({ "ticket": ticket })).fetch();
    assert_eq!(response.status(), 200, "{ticket}");
    response.into_json()
}

/// Creates a ticket without properties. The first one has the id 1.
fn create_plain(server: &Server) -> Value {
    server.create_ticket(&json!({"description": "d"}))
}

/// The events of an audit without their ids, which must be unique.
fn events(answer: &Value) -> Vec<Value> {
    let mut events = answer["audit"]["events"].as_array().cloned().expect("events");
    let mut ids: Vec<_> = events.iter_mut().map(|event| event["id"].take().as_u64()).collect();
    ids.push(answer["audit"]["id"].as_u64());
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert!(ids.len() == count && ids[0].is_some(), "{ids:?}");
    for event in &mut events {
        event.as_object_mut().expect("an event").remove("id");
    }
    events
}

fn create(field: &str, value: &Value) -> Value {
    json!({"type": "Create", "field_name": field, "value": value})
}

fn change(field: &str, previous: &Value, value: &Value) -> Value {
    json!({"type": "Change", "field_name": field, "value": value, "previous_value": previous})
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["type"].as_str()).collect()
}

#[test]
fn every_answer_has_the_properties_that_were_set() {
    let server = server();
    let set = json!({
        "subject": "Printer", "status": "hold", "priority": "urgent", "type": "incident",
        "tags": ["zeta", "alpha"], "external_id": "ext 1", "due_at": "2026-02-03T04:05:06Z",
        "requester_id": 11, "assignee_id": 12, "group_id": 13, "organization_id": 14,
        "brand_id": 15, "ticket_form_id": 16, "problem_id": 17
    });
    let mut sent = set.clone();
    sent["comment"] = json!({"body": "It smokes."});
    let answer = server.create_ticket(&sent);
    let shown = server.get_json("/api/v2/tickets/1");
    let listed = server.get_json("/api/v2/tickets")["tickets"][0].take();
    let changed = update(&server, &json!({"comment": {"body": "still"}}));
    for ticket in [&answer["ticket"], &shown["ticket"], &listed, &changed["ticket"]] {
        for (name, value) in set.as_object().expect("properties") {
            assert_eq!(&ticket[name], value, "{name}");
        }
        assert_eq!(ticket["raw_subject"], "Printer");
        assert_eq!(ticket["description"], "It smokes.");
    }
}

#[test]
fn every_documented_status_priority_and_type_can_be_set() {
    let server = server();
    create_plain(&server);
    for (name, values) in [
        ("priority", &["low", "normal", "high", "urgent"][..]),
        ("type", &["problem", "incident", "question", "task"]),
        ("status", &["new", "open", "pending", "hold", "solved", "closed"]),
    ] {
        for value in values {
            let created = server.create_ticket(&json!({"description": "d", name: value}));
            assert_eq!(created["ticket"][name], **value);
            assert_eq!(update(&server, &json!({ name: value }))["ticket"][name], **value);
        }
    }
}

#[test]
fn a_ticket_with_an_assignee_is_open_by_default() {
    let server = server();
    for (ticket, status) in [
        (json!({"description": "d"}), "new"),
        (json!({"description": "d", "assignee_id": null}), "new"),
        (json!({"description": "d", "assignee_id": 7}), "open"),
        (json!({"description": "d", "assignee_id": 7, "status": "pending"}), "pending"),
    ] {
        assert_eq!(server.create_ticket(&ticket)["ticket"]["status"], status, "{ticket}");
    }
}

#[test]
fn custom_fields_keep_values_of_every_documented_type() {
    let server = server();
    for name in ["custom_fields", "fields"] {
        for value in [
            json!("text"),
            json!(""),
            json!("2026-01-01"),
            json!(0),
            json!(-7),
            json!(1.5),
            json!(true),
            json!(false),
            json!(null),
            json!(["one", "two"]),
            json!([]),
        ] {
            let kept = json!([{"id": 360_001, "value": value}, {"id": 7, "value": "beside"}]);
            let listed = kept.clone();
            let by_id = json!({"360001": value, "7": "beside"});
            for sent in [&listed, &by_id] {
                let ticket = server.create_ticket(&json!({"description": "d", name: sent}));
                assert_eq!(ticket["ticket"]["custom_fields"], kept, "{name} {sent}");
                assert_eq!(ticket["ticket"]["fields"], kept, "{name} {sent}");
                let mut listed =
                    server.get_json("/api/v2/tickets?sort_by=id&sort_order=desc&per_page=1");
                assert_eq!(listed["tickets"][0]["custom_fields"].take(), kept, "{name} {sent}");
            }
        }
    }
}

#[test]
fn an_update_changes_single_custom_fields() {
    let server = server();
    let field = |id: u64, value: &str| json!({"id": id, "value": value});
    let both = [field(1, "a"), field(2, "b")];
    server.create_ticket(&json!({"description": "d", "custom_fields": both}));
    let changed =
        update(&server, &json!({"custom_fields": [field(2, "c"), field(3, "d"), both[0]]}));
    let expected = json!([field(1, "a"), field(2, "c"), field(3, "d")]);
    assert_eq!(changed["ticket"]["custom_fields"], expected);
    assert_eq!(
        events(&changed),
        [change("2", &json!("b"), &json!("c")), change("3", &json!(null), &json!("d"))]
    );
}

#[test]
fn ids_may_be_strings_and_null_unsets_a_property() {
    let server = server();
    create_plain(&server);
    for name in
        ["assignee_id", "group_id", "organization_id", "brand_id", "ticket_form_id", "problem_id"]
    {
        assert_eq!(update(&server, &json!({ name: "42" }))["ticket"][name], 42, "{name}");
        assert_eq!(update(&server, &json!({}))["ticket"][name], 42, "{name}");
        assert_eq!(update(&server, &json!({ name: null }))["ticket"][name], json!(null), "{name}");
    }
    for (name, value) in [
        ("subject", "s"),
        ("external_id", "x"),
        ("priority", "low"),
        ("type", "task"),
        ("due_at", "2026-01-01T00:00:00Z"),
    ] {
        assert_eq!(update(&server, &json!({ name: value }))["ticket"][name], value);
        assert_eq!(update(&server, &json!({ name: null }))["ticket"][name], json!(null), "{name}");
    }
}

#[test]
fn tags_are_a_list_or_words_and_replace_the_old_ones() {
    let server = server();
    create_plain(&server);
    for (sent, kept) in [
        (json!(["b", "a"]), json!(["b", "a"])),
        (json!("c d,e"), json!(["c", "d", "e"])),
        (json!(["f"]), json!(["f"])),
        (json!([]), json!([])),
        (json!("g"), json!(["g"])),
        (json!(null), json!([])),
    ] {
        let changed = update(&server, &json!({ "tags": sent }));
        assert_eq!(changed["ticket"]["tags"], kept, "{sent}");
        assert_eq!(update(&server, &json!({"subject": "s"}))["ticket"]["tags"], kept, "{sent}");
    }
}

#[test]
fn a_due_date_is_a_datetime_or_a_date() {
    let server = server();
    create_plain(&server);
    for (sent, kept) in [
        ("2026-02-03T04:05:06Z", "2026-02-03T04:05:06Z"),
        ("2026-02-03T04:05:06.789Z", "2026-02-03T04:05:06Z"),
        ("2026-02-03T04:05:06+02:00", "2026-02-03T02:05:06Z"),
        ("2026-02-03", "2026-02-03T00:00:00Z"),
    ] {
        assert_eq!(update(&server, &json!({ "due_at": sent }))["ticket"]["due_at"], kept, "{sent}");
    }
}

/// An own test of MEDIGO/go-zendesk expects two users among the comments of such a ticket.
#[test]
fn the_submitter_is_the_requester_unless_another_is_named() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let ann = json!({"name": "Ann", "email": "ann@x.test"});
    let plain = create_plain(&server);
    assert_eq!((&plain["ticket"]["submitter_id"], &plain["audit"]["author_id"]), (&me, &me));
    for path in ["/api/v2/tickets", "/api/v2/imports/tickets"] {
        let create = |ticket: Value| {
            let body = json!({ "ticket": ticket });
            server.post(path).agent().json(&body).fetch().into_json()["ticket"].take()
        };
        let author = |ticket: &Value| server.comments(&ticket["id"])[0]["author_id"].take();
        let ticket = create(json!({"description": "d", "requester": ann}));
        assert_ne!(ticket["requester_id"], me);
        assert_eq!(ticket["submitter_id"], ticket["requester_id"], "{path}");
        assert_eq!(author(&ticket), ticket["requester_id"], "{path}");
        let audit = server.get_json(&format!("/api/v2/tickets/{}/audits", ticket["id"]));
        assert_eq!(audit["audits"][0]["author_id"], me, "the caller made the change: {path}");

        let ticket = create(json!({"description": "d", "requester": ann, "submitter_id": me}));
        assert_eq!((&ticket["submitter_id"], author(&ticket)), (&me, me.clone()), "{path}");
        let comment = json!({"body": "b", "author_id": 77});
        let ticket = create(json!({"comment": comment, "requester": ann}));
        assert_eq!(ticket["submitter_id"], ticket["requester_id"], "{path}");
        assert_eq!(author(&ticket), 77, "{path}");
    }
    let wrong = json!({"ticket": {"description": "d", "submitter_id": "x"}});
    assert_eq!(server.post("/api/v2/tickets").agent().json(&wrong).fetch().status(), 400);
}

#[test]
fn the_requester_is_the_named_user_or_the_caller() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let known = |answer: &Value| {
        let id = &answer["ticket"]["requester_id"];
        let user = server.get_json(&format!("/api/v2/users/{id}"))["user"].take();
        (user["name"].clone(), user["email"].clone())
    };
    let plain = create_plain(&server);
    assert_eq!(plain["ticket"]["requester_id"], me);
    let named = json!({"name": "Ann", "email": "Ann@Example.org"});
    let first = server.create_ticket(&json!({"description": "d", "requester": named}));
    assert_eq!(known(&first), (json!("Ann"), json!("ann@example.org")));
    let again = json!({"name": "Another Name", "email": "ann@example.org"});
    let second = server.create_ticket(&json!({"description": "d", "requester": again}));
    assert_eq!(second["ticket"]["requester_id"], first["ticket"]["requester_id"]);
    let by_id = first["ticket"]["requester_id"].clone();
    let third = server.create_ticket(&json!({"description": "d", "requester_id": by_id}));
    assert_eq!(third["ticket"]["requester_id"], by_id);
    let by_name = json!({"description": "d", "requester": {"name": "Bob"}});
    assert_eq!(known(&server.create_ticket(&by_name)).0, "Bob");
    let changed = update(&server, &json!({ "requester": named }));
    assert_eq!(changed["ticket"]["requester_id"], by_id);
    let as_text = |id: &Value| json!(id.to_string());
    assert_eq!(events(&changed), [change("requester_id", &as_text(&me), &as_text(&by_id))]);
}

#[test]
fn the_first_audit_has_the_comment_and_all_properties() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].to_string();
    let bare = events(&create_plain(&server));
    assert_eq!(bare[0]["type"], "Comment");
    assert_eq!(
        bare[1..],
        [
            create("subject", &json!(null)),
            create("requester_id", &json!(me)),
            create("priority", &json!(null)),
            create("type", &json!(null)),
            create("status", &json!("new")),
        ]
    );
    let full = events(&server.create_ticket(&json!({
        "comment": {"body": "b"}, "subject": "s", "priority": "low", "type": "task",
        "status": "open", "tags": ["a", "b"], "assignee_id": 5, "external_id": "x", "group_id": 6,
        "custom_fields": [{"id": 7, "value": 1}, {"id": 8, "value": true}, {"id": 9, "value": ["c"]}]
    })));
    assert_eq!(full[0]["type"], "Comment");
    for expected in [
        create("subject", &json!("s")),
        create("requester_id", &json!(me)),
        create("priority", &json!("low")),
        create("type", &json!("task")),
        create("status", &json!("open")),
        create("tags", &json!(["a", "b"])),
        create("assignee_id", &json!("5")),
        create("external_id", &json!("x")),
        create("group_id", &json!("6")),
        create("7", &json!("1")),
        create("8", &json!("1")),
        create("9", &json!(["c"])),
    ] {
        assert!(full.contains(&expected), "{expected} in {full:?}");
    }
    assert_eq!(full.len(), 13, "one event for each property: {full:?}");
}

#[test]
fn a_later_audit_has_only_the_changes() {
    let server = server();
    server.create_ticket(&json!({
        "description": "d", "subject": "s", "priority": "low", "tags": ["a"], "group_id": 6,
        "custom_fields": [{"id": 7, "value": "x"}, {"id": 8, "value": "same"}], "status": "open"
    }));
    let changed = update(
        &server,
        &json!({
            "comment": {"body": "more"}, "subject": "s", "priority": "high", "tags": ["a", "b"],
            "group_id": null, "type": "task", "status": "open", "external_id": null,
            "custom_fields": [{"id": 7, "value": null}, {"id": 8, "value": "same"}]
        }),
    );
    let events = events(&changed);
    assert_eq!(kinds(&events), ["Comment", "Change", "Change", "Change", "Change", "Change"]);
    for expected in [
        change("priority", &json!("low"), &json!("high")),
        change("tags", &json!(["a"]), &json!(["a", "b"])),
        change("group_id", &json!("6"), &json!(null)),
        change("type", &json!(null), &json!("task")),
        change("7", &json!("x"), &json!(null)),
    ] {
        assert!(events.contains(&expected), "{expected} in {events:?}");
    }
    let listed = server.get_json("/api/v2/tickets/1/audits");
    assert_eq!((&listed["audits"][1], &listed["count"]), (&changed["audit"], &json!(2)));
}

#[test]
fn an_update_without_changes_has_an_empty_audit() {
    let server = server();
    create_plain(&server);
    for nothing in [json!({}), json!({"comment": {}}), json!({"comment": null, "status": "new"})] {
        let changed = update(&server, &nothing);
        assert_eq!(changed["audit"]["events"], json!([]), "{nothing}");
    }
    assert_eq!(server.comments(&json!(1)).len(), 1);
}

#[test]
fn a_ticket_has_the_times_of_creation_and_last_update() {
    let server = server();
    create_plain(&server);
    for (seconds, updated_at) in [(1, "2026-01-01T00:00:01Z"), (59, "2026-01-01T00:01:00Z")] {
        server.account.advance(Duration::from_secs(seconds));
        let changed = update(&server, &json!({"subject": updated_at}));
        assert_eq!(changed["ticket"]["updated_at"], updated_at);
        assert_eq!(changed["audit"]["created_at"], updated_at);
        assert_eq!(changed["ticket"]["created_at"], "2026-01-01T00:00:00Z");
    }
}

#[test]
fn the_description_is_the_first_comment() {
    let server = server();
    for (ticket, description) in [
        (json!({"description": "from it"}), "from it"),
        (json!({"comment": {"body": "a body"}}), "a body"),
        (json!({"comment": {"value": "a value"}}), "a value"),
        (json!({"comment": "only text"}), "only text"),
        (json!({"comment": {"html_body": "<p>some <b>HTML</b></p>"}}), "some **HTML**"),
        (json!({"comment": {"body": "the comment"}, "description": "not this"}), "the comment"),
        (json!({"comment": {"public": false}, "description": "filled in"}), "filled in"),
    ] {
        let created = server.create_ticket(&ticket);
        assert_eq!(created["ticket"]["description"], description, "{ticket}");
        assert_eq!(created["audit"]["events"][0]["body"], description, "{ticket}");
        let changed = update(&server, &json!({"description": "another"}));
        assert_eq!(changed["ticket"]["description"], "from it", "the description is immutable");
    }
}
