//! Refusals of tickets.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;

/// Every route of tickets, with `{}` in place of the id.
const ROUTES: [(&str, &str); 12] = [
    ("GET", "tickets"),
    ("POST", "tickets"),
    ("POST", "imports/tickets"),
    ("GET", "tickets/{}"),
    ("PUT", "tickets/{}"),
    ("DELETE", "tickets/{}"),
    ("GET", "tickets/{}/comments"),
    ("GET", "tickets/{}/audits"),
    ("PUT", "tickets/{}/comments/1/attachments/1/redact"),
    ("GET", "requests/{}"),
    ("PUT", "requests/{}"),
    ("GET", "requests/{}/comments"),
];

fn method(name: &str) -> Method {
    name.parse().expect("a method")
}

/// A valid update of an existing ticket or request.
fn change() -> Value {
    json!({"ticket": {"comment": {"body": "b"}}, "request": {"comment": {"body": "b"}}})
}

fn create(server: &Server, ticket: &Value) -> (u16, Value) {
    let body = json!({ "ticket": ticket });
    server.post("/api/v2/tickets").agent().json(&body).fetch_json()
}

fn update(server: &Server, ticket: &Value) -> (u16, Value) {
    let body = json!({ "ticket": ticket });
    server.put("/api/v2/tickets/1").agent().json(&body).fetch_json()
}

#[track_caller]
fn assert_no_ticket(server: &Server) {
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 0);
}

#[test]
fn a_ticket_without_text_is_422() {
    let server = server();
    let blank = invalid("base", "Description: cannot be blank", Some("BlankValue"));
    for ticket in [
        json!({}),
        json!(null),
        json!({"subject": "only that"}),
        json!({"description": null}),
        json!({"description": ""}),
        json!({"description": " \t\r\n"}),
        json!({"comment": null}),
        json!({"comment": {}}),
        json!({"comment": ""}),
        json!({"comment": {"body": null}}),
        json!({"comment": {"body": "\n"}}),
        json!({"comment": {"html_body": " ", "value": ""}}),
        json!({"comment": {"html_body": "<p></p>"}}),
        json!({"comment": {"html_body": "<div><br>&nbsp;<!-- c --></div>", "body": " "}}),
        json!({"comments": [{"body": "only imports have those"}]}),
    ] {
        assert_eq!(create(&server, &ticket), blank, "{ticket}");
    }
    for body in
        ["", "null", "[]", "1", "\"ticket\"", "{}", "{\"Ticket\": {\"description\": \"d\"}}"]
    {
        let refused = server.post("/api/v2/tickets").agent().body(body).fetch();
        assert_eq!(refused.status_and_json(), blank, "{body}");
    }
    assert_no_ticket(&server);
    // A text elsewhere counts, and an image is one.
    for (ticket, description) in [
        (json!({"comment": {"html_body": "<p></p>", "body": "b"}}), "b"),
        (json!({"comment": {"html_body": "<br>"}, "description": "d"}), "d"),
        (json!({"comment": {"html_body": "<img src=\"/i.png\">"}}), "![](/i.png)"),
    ] {
        assert_eq!(create(&server, &ticket).1["ticket"]["description"], description, "{ticket}");
    }
    let (status, _) = update(&server, &json!({"comment": {"html_body": "<p>&nbsp;</p>"}}));
    assert_eq!(status, 200, "a change without a comment");
    assert_eq!(server.get_json("/api/v2/tickets/1/comments")["count"], 1);
}

#[test]
fn a_property_of_a_wrong_type_is_400() {
    let server = server();
    const STRING: &str = "must be a string";
    const INTEGER: &str = "must be an integer";
    const OBJECT: &str = "must be an object";
    const BOOLEAN: &str = "must be either true or false";
    const ARRAY: &str = "must be an array";
    let ids = [
        "requester_id",
        "assignee_id",
        "group_id",
        "organization_id",
        "brand_id",
        "ticket_form_id",
        "problem_id",
    ];
    let no_ids = [json!(1.5), json!(-1), json!("x"), json!(""), json!(true), json!([1]), json!({})];
    let texts = ["subject", "external_id", "status", "priority", "type"];
    let no_texts = [json!(1), json!(true), json!(["a"]), json!({})];
    let comment = |name: &str, value: Value| json!({"comment": {"body": "b", name: value}});
    let mut wrong: Vec<(Value, &str, &str)> = vec![
        (json!({"tags": 1}), "tags", ARRAY),
        (json!({"tags": {"a": 1}}), "tags", ARRAY),
        (json!({"tags": ["a", 1]}), "tags", "must be an array of strings"),
        (json!({"custom_fields": 1}), "custom_fields", ARRAY),
        (json!({"custom_fields": [1]}), "custom_fields", "must be an array of objects"),
        (json!({"custom_fields": [{"value": 1}]}), "id", INTEGER),
        (json!({"custom_fields": [{"id": "x", "value": 1}]}), "id", INTEGER),
        (json!({"fields": {"x": 1}}), "id", INTEGER),
        (json!({"requester": "me@example.com"}), "requester", OBJECT),
        (json!({"requester": {"name": 1}}), "name", STRING),
        (json!({"requester": {"email": []}}), "email", STRING),
        (json!({"comment": 1}), "comment", OBJECT),
        (json!({"comment": ["b"]}), "comment", OBJECT),
        (comment("body", json!(1)), "body", STRING),
        (comment("html_body", json!({})), "html_body", STRING),
        (comment("public", json!("no")), "public", BOOLEAN),
        (comment("public", json!(2)), "public", BOOLEAN),
        (comment("author_id", json!("me")), "author_id", INTEGER),
        (comment("uploads", json!(1)), "uploads", ARRAY),
        (comment("uploads", json!({"token": "t"})), "uploads", ARRAY),
        (comment("uploads", json!([["t"]])), "uploads", "must be an array of strings"),
    ];
    for value in [json!({}), json!([1]), json!([{}])] {
        let must = "must be a string, a number, a boolean, null or an array of strings";
        wrong.push((json!({"custom_fields": [{"id": 1, "value": value}]}), "value", must));
    }
    let all_ids = ids.iter().flat_map(|name| no_ids.iter().map(move |value| (name, value)));
    wrong.extend(all_ids.map(|(name, value)| (json!({ *name: value }), *name, INTEGER)));
    let all_texts = texts.iter().flat_map(|name| no_texts.iter().map(move |value| (name, value)));
    wrong.extend(all_texts.map(|(name, value)| (json!({ *name: value }), *name, STRING)));
    server.create_ticket(&json!({"description": "d"}));
    for (ticket, attribute, must) in wrong {
        let refusal = wrong_type(attribute, must);
        assert_eq!(update(&server, &ticket), refusal, "{ticket}");
        let mut described = ticket.clone();
        described["description"] = json!("d");
        assert_eq!(create(&server, &described), refusal, "{described}");
    }
    assert_eq!(create(&server, &json!({"description": 1})), wrong_type("description", STRING));
    let list = json!({"ticket": [{"description": "d"}]});
    let refused = server.post("/api/v2/tickets").agent().json(&list).fetch();
    assert_eq!(refused.status_and_json(), wrong_type("ticket", OBJECT));
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
    assert_eq!(server.get_json("/api/v2/tickets/1/audits")["count"], 1);
}

#[test]
fn an_invalid_status_priority_or_type_is_422() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    for (name, label, value) in [
        ("status", "Status", "lost"),
        ("status", "Status", "Open"),
        ("status", "Status", ""),
        ("status", "Status", "deleted"),
        ("priority", "Priority", "most"),
        ("priority", "Priority", "HIGH"),
        ("type", "Type", "ticket"),
        ("type", "Type", "incident "),
    ] {
        let refusal =
            invalid(name, &format!("{label}: {value} is not valid"), Some("InvalidValue"));
        assert_eq!(create(&server, &json!({"description": "d", name: value})), refusal);
        assert_eq!(update(&server, &json!({ name: value })), refusal);
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
}

#[test]
fn over_1000_tags_or_custom_fields_are_400() {
    let server = server();
    let tags = |count: u64| (0..count).map(|n| json!(format!("t{n}"))).collect::<Vec<_>>();
    let fields = |count: u64| (1..=count).map(|id| json!({"id": id})).collect::<Vec<_>>();
    for (name, most, more) in [
        ("tags", tags(1000), tags(1001)),
        ("custom_fields", fields(1000), fields(1001)),
        ("fields", fields(1000), fields(1001)),
    ] {
        let refusal = wrong_type(name, "must have at most 1000 items");
        assert_eq!(create(&server, &json!({"description": "d", name: more})), refusal);
        let created = server.create_ticket(&json!({"description": "d", name: most}));
        assert_eq!(created["ticket"][name].as_array().map(Vec::len), Some(1000));
    }
}

#[test]
fn a_closed_ticket_can_only_be_read_and_deleted() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    assert_eq!(update(&server, &json!({"status": "closed"})).0, 200);
    let closed = invalid("status", "Status: closed prevents ticket update", None);
    let before = server.get_json("/api/v2/tickets/1");
    for ticket in [
        json!({"comment": {"body": "more"}}),
        json!({"subject": "s"}),
        json!({"status": "open"}),
        json!({}),
    ] {
        assert_eq!(update(&server, &ticket), closed, "{ticket}");
    }
    let request = server.put("/api/v2/requests/1").agent().json(&change());
    assert_eq!(request.fetch_json(), closed);
    assert_eq!(server.get_json("/api/v2/tickets/1"), before);
    assert_eq!(server.get_json("/api/v2/tickets/1/audits")["count"], 2);
    assert_eq!(server.delete("/api/v2/tickets/1").agent().fetch().status(), 204);
}

#[test]
fn an_unknown_ticket_is_404() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    for (name, route) in ROUTES.into_iter().filter(|(_, route)| route.contains("{}")) {
        for id in [0, 2, u64::MAX] {
            let path = format!("/api/v2/{}", route.replace("{}", &id.to_string()));
            let refused = server.request(method(name), &path).agent().json(&change()).fetch();
            assert_eq!(refused.status_and_json(), not_found(), "{name} {path}");
        }
    }
}

#[test]
fn an_id_that_is_not_a_number_is_400() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    for (name, route) in ROUTES.into_iter().filter(|(_, route)| route.contains("{}")) {
        for id in ["x", "1x", "-1", "+1", "1.0", "%20", "18446744073709551616", "%FF"] {
            let path = format!("/api/v2/{}", route.replace("{}", id));
            let refused = server.request(method(name), &path).agent().json(&change()).fetch();
            let refusal = wrong_type("id", "must be an integer");
            assert_eq!(refused.status_and_json(), refusal, "{name} {path}");
        }
    }
}

#[test]
fn malformed_json_is_refused_with_malformed_json_status() {
    for status in [422, 400] {
        let server = configured(|config| config.account.malformed_json_status = status);
        server.create_ticket(&json!({"description": "d"}));
        let deep = "[".repeat(200_000);
        for body in ["{", "{\"ticket\":", "ticket=1", "<xml/>", "{} {}", "\u{feff}{}", "nul", &deep]
        {
            for request in [
                server.post("/api/v2/tickets"),
                server.post("/api/v2/imports/tickets"),
                server.put("/api/v2/tickets/1"),
                server.post("/api/v2/requests"),
                server.put("/api/v2/requests/1"),
            ] {
                let refused = request.agent().body(body.to_owned()).fetch_json();
                let unparsed = json!({
                    "error": "Unprocessable Entity", "message": "Server could not parse JSON"
                });
                assert_eq!(refused, (status, unparsed), "{}", &body[..body.len().min(20)]);
            }
        }
        let bytes =
            server.post("/api/v2/tickets").agent().body(&b"{\"ticket\": \"\xff\"}"[..]).fetch();
        assert_eq!(bytes.status(), status);
        assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
    }
}

#[test]
fn a_body_over_512_kib_is_400() {
    const MOST: usize = 512 * 1024;
    let server = server();
    server.get_json("/api/v2/users/me");
    let used = server.mock.memory_used();
    let of_size = |size: usize| {
        // Unused properties count too.
        let around = json!({"padding": "", "ticket": {"description": "d"}}).to_string();
        around.replace("\"\"", &format!("\"{}\"", "d".repeat(size - around.len())))
    };
    let larger = of_size(MOST + 1);
    assert_eq!(larger.len(), MOST + 1);
    for request in [
        server.post("/api/v2/tickets"),
        server.post("/api/v2/imports/tickets"),
        server.put("/api/v2/tickets/1"),
        server.post("/api/v2/requests"),
        server.put("/api/v2/attachments/1"),
    ] {
        let (status, refusal) = request.agent().body(larger.clone()).fetch_json();
        assert_eq!((status, &refusal["error"]), (400, &json!("BadRequest")));
        let why = text(&refusal["description"]);
        assert!(why.contains("524288"), "{why}");
    }
    assert_eq!(server.mock.memory_used(), used);
    assert_no_ticket(&server);
    let response = server.post("/api/v2/tickets").agent().body(of_size(MOST)).fetch();
    assert_eq!(response.status(), 201);
}

#[test]
fn a_comment_over_65535_characters_is_422() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let (longest, longer) = ("ä".repeat(65_535), "ä".repeat(65_536));
    for (comment, is_short) in [(longest, true), (longer, false)] {
        let ticket = json!({"ticket": {"comment": {"body": comment}}});
        let created = server.post("/api/v2/tickets").agent().json(&ticket).fetch();
        let updated = server.put("/api/v2/tickets/1").agent().json(&ticket).fetch();
        let expected = if is_short { (201, 200) } else { (422, 422) };
        assert_eq!((created.status().as_u16(), updated.status().as_u16()), expected);
    }
}

#[test]
fn an_unknown_ticket_is_404_before_its_body_is_checked() {
    let server = server();
    server.create_ticket(&json!({"description": "d", "status": "closed"}));
    for (wrapper, path) in [("ticket", "tickets"), ("request", "requests")] {
        let wrong = json!({wrapper: {"subject": 5, "comment": 7}});
        let change =
            |id: u64| server.put(&format!("/api/v2/{path}/{id}")).agent().json(&wrong).fetch();
        assert_eq!(
            (change(9).status().as_u16(), change(1).status().as_u16()),
            (404, 422),
            "{path}"
        );
    }
}

#[test]
fn missing_or_malformed_credentials_are_401() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    let before = server.get_json("/api/v2/tickets");
    for (name, route) in ROUTES {
        for id in ["1", "2", "x"] {
            let path = format!("/api/v2/{}", route.replace("{}", id));
            for authorization in [None, Some("Basic !!"), Some("Bearer")] {
                let mut request = server.request(method(name), &path).json(&change());
                if let Some(authorization) = authorization {
                    request = request.header("authorization", authorization);
                }
                let refused = request.fetch();
                let challenge = "Basic realm=\"Web Password\"";
                assert_eq!(refused.header("www-authenticate"), challenge);
                assert_eq!(
                    refused.status_and_json(),
                    unauthenticated(),
                    "{name} {path} {authorization:?}"
                );
            }
        }
    }
    assert_eq!(server.get_json("/api/v2/tickets"), before);
}

#[test]
fn a_wrong_method_is_404_invalid_endpoint() {
    let server = server();
    server.create_ticket(&json!({"description": "d"}));
    for (name, path) in [
        ("PUT", "tickets"),
        ("DELETE", "tickets"),
        ("POST", "tickets/1"),
        ("POST", "tickets/1/comments"),
        ("PUT", "tickets/1/audits"),
        ("GET", "imports/tickets"),
        ("DELETE", "tickets/1/comments/1/attachments/1/redact"),
        ("DELETE", "requests/1"),
        ("GET", "tickets/1/nothing"),
    ] {
        let request = server.request(method(name), &format!("/api/v2/{path}"));
        assert_eq!(request.fetch_json(), no_endpoint(), "{name} {path} without credentials");
    }
}
