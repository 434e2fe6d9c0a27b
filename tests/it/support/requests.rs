//! `/api/v2/requests`: tickets as end users see them.

use std::time::Duration;

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::*;

const REQUESTS: &str = "/api/v2/requests";

fn create(server: &Server, request: &Value) -> Response {
    server.post(REQUESTS).agent().json(&json!({ "request": request })).fetch()
}

fn create_anonymously(server: &Server, request: &Value) -> Response {
    server.post(REQUESTS).json(&json!({ "request": request })).fetch()
}

fn update(server: &Server, request: &Value) -> Response {
    server.put("/api/v2/requests/1").agent().json(&json!({ "request": request })).fetch()
}

fn comments(server: &Server) -> Vec<Value> {
    let listed = server.get_json("/api/v2/requests/1/comments");
    listed["comments"].as_array().cloned().expect("comments")
}

#[test]
fn a_new_request_is_answered_without_an_audit() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let upload = server.upload("a.txt", "hello");
    let comment = json!({"body": "It smokes.", "uploads": [upload["token"]]});
    let response = create(&server, &json!({"subject": "Printer", "comment": comment}));
    assert_eq!(response.status(), 201);
    let url = format!("{}/api/v2/requests/1.json", server.mock.url());
    assert_eq!(response.header("location"), url);
    assert_eq!(response.header("x-zendesk-api-warn"), "");
    let answer = response.into_json();
    assert_eq!(
        answer,
        json!({"request": {
            "url": url, "id": 1, "status": "new", "priority": null, "type": null,
            "subject": "Printer", "description": "It smokes.", "organization_id": null,
            "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": null}},
            "custom_fields": [], "requester_id": me, "collaborator_ids": [], "email_cc_ids": [],
            "is_public": true, "due_at": null, "can_be_solved_by_me": false,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "recipient": null, "followup_source_id": null, "assignee_id": null,
            "ticket_form_id": null, "custom_status_id": null, "fields": []
        }})
    );
    assert_eq!(server.get_json(&url), answer);
    let ticket = server.get_json("/api/v2/tickets/1")["ticket"].take();
    assert_eq!((&ticket["subject"], &ticket["requester_id"]), (&json!("Printer"), &me));
}

#[test]
fn a_request_attaches_upload_tokens() {
    let server = server();
    let (first, second) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    let tokens = json!([second["token"], first["token"]]);
    let response = create(&server, &json!({"comment": {"body": "b", "uploads": tokens}}));
    assert_eq!(response.status(), 201);
    let expected = json!([second["attachment"], first["attachment"]]);
    assert_eq!(comments(&server)[0]["attachments"], expected);
    assert_eq!(server.comments(&json!(1))[0]["attachments"], expected);
    let third = server.upload("c.txt", "c");
    let comment = json!({"body": "more", "uploads": third["token"]});
    assert_eq!(update(&server, &json!({ "comment": comment })).status(), 200);
    assert_eq!(comments(&server)[1]["attachments"], third["attachments"]);
    server.account.advance(HOUR);
    assert_eq!(server.download(&third["attachment"]), b"c");
}

#[test]
fn an_anonymous_request_with_a_requester_is_created() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    let response = create_anonymously(
        &server,
        &json!({
            "requester": {"name": "Ann", "email": "ann@example.org"}, "subject": "Printer",
            "comment": {"body": "It smokes.", "uploads": [upload["token"]]}
        }),
    );
    assert_eq!(response.status(), 201);
    assert_eq!(
        response.header("location"),
        format!("{}/api/v2/requests/1.json", server.mock.url())
    );
    let requester = response.into_json()["request"]["requester_id"].take();
    let user = server.get_json(&format!("/api/v2/users/{requester}"))["user"].take();
    assert_eq!((&user["name"], &user["email"]), (&json!("Ann"), &json!("ann@example.org")));
    assert_eq!(user["role"], "end-user");
    let comments = server.comments(&json!(1));
    assert_eq!(comments[0]["author_id"], requester);
    assert_eq!(comments[0]["attachments"], upload["attachments"]);
    assert_eq!(server.get_json("/api/v2/tickets/1")["ticket"]["submitter_id"], requester);
}

#[test]
fn requesters_with_the_same_email_are_one_user() {
    let server = server();
    let ask = |name: &str, email: &str| {
        let requester = json!({"name": name, "email": email});
        let request = json!({"requester": requester, "comment": {"body": "b"}});
        create_anonymously(&server, &request).into_json()["request"]["requester_id"].take()
    };
    let ann = ask("Ann", "ann@example.org");
    assert_eq!(ask("Ann again", "ANN@example.org"), ann);
    assert_ne!(ask("Ann", "other@example.org"), ann);
}

#[test]
fn an_agent_may_name_another_requester() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let requester = json!({"name": "Ann", "email": "ann@example.org"});
    let request = json!({"requester": requester, "comment": {"body": "b"}});
    let made = create(&server, &request).into_json()["request"].take();
    assert_ne!(made["requester_id"], me);
    let ticket = server.get_json("/api/v2/tickets/1")["ticket"].take();
    assert_eq!(ticket["submitter_id"], made["requester_id"]);
}

#[test]
fn an_anonymous_request_without_a_requester_is_422() {
    let server = server();
    let refusal = invalid("requester", "Requester: cannot be blank", Some("BlankValue"));
    for requester in
        [json!(null), json!({}), json!({"name": "", "email": " "}), json!({"locale_id": 1})]
    {
        let request = json!({"requester": requester, "comment": {"body": "b"}});
        assert_eq!(create_anonymously(&server, &request).status_and_json(), refusal, "{requester}");
    }
    for authorization in ["Basic !!", "Bearer", ""] {
        let body = json!({"request": {"requester": {"name": "Ann"}, "comment": {"body": "b"}}});
        let request = server.post(REQUESTS).header("authorization", authorization).json(&body);
        let refused = request.fetch();
        assert_eq!(refused.status(), 401, "bad credentials are refused: {authorization}");
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 0);
}

#[test]
fn a_request_keeps_its_properties_and_reports_the_others() {
    let server = server();
    let set = json!({
        "subject": "s", "priority": "high", "type": "task", "due_at": "2026-02-03T00:00:00Z",
        "ticket_form_id": 5, "custom_fields": [{"id": 7, "value": "x"}]
    });
    let mut sent = set.clone();
    sent["comment"] = json!({"body": "b", "public": false, "author_id": 99});
    sent["status"] = json!("solved");
    sent["assignee_id"] = json!(9);
    let response = create(&server, &sent);
    assert_eq!(response.status(), 201);
    let warning = response.header("x-zendesk-api-warn");
    let keys = r#"{:controller=>"requests", :action=>"create", :unpermitted_keys=>["request.assignee_id", "request.status"]"#;
    assert!(warning.contains(keys), "{warning}");
    let request = response.into_json()["request"].take();
    for (name, value) in set.as_object().expect("properties") {
        assert_eq!(&request[name], value, "{name}");
    }
    assert_eq!((&request["status"], &request["assignee_id"]), (&json!("new"), &json!(null)));
    let comment = &comments(&server)[0];
    assert_eq!(
        (&comment["public"], &comment["author_id"]),
        (&json!(true), &request["requester_id"])
    );
}

#[test]
fn an_invalid_request_is_refused_like_a_ticket() {
    let server = server();
    let blank = invalid("base", "Description: cannot be blank", Some("BlankValue"));
    for (request, refusal) in [
        (json!({}), blank.clone()),
        (json!({"comment": {"body": " "}}), blank.clone()),
        (json!({"description": "of tickets only"}), blank.clone()),
        (json!({"comment": 1}), wrong_type("comment", "must be an object")),
        (
            json!({"comment": {"body": "b"}, "subject": 1}),
            wrong_type("subject", "must be a string"),
        ),
        (
            json!({"comment": {"body": "b"}, "type": "x"}),
            invalid("type", "Type: x is not valid", Some("InvalidValue")),
        ),
    ] {
        assert_eq!(create(&server, &request).status_and_json(), refusal, "{request}");
    }
    let refused =
        server.post(REQUESTS).agent().json(&json!({"ticket": {"description": "d"}})).fetch();
    assert_eq!(refused.status_and_json(), blank);
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 0);
}

#[test]
fn an_update_adds_a_public_comment() {
    let server = server();
    assert_eq!(create(&server, &json!({"comment": {"body": "first"}})).status(), 201);
    server.account.advance(Duration::from_secs(60));
    let response = update(&server, &json!({"comment": {"body": "second", "public": false}}));
    assert_eq!(response.status(), 200);
    let answer = response.into_json();
    assert_eq!(answer, server.get_json("/api/v2/requests/1"));
    assert_eq!(answer["request"]["updated_at"], "2026-01-01T00:01:00Z");
    assert_eq!(answer["request"]["status"], "new");
    let bodies: Vec<_> =
        comments(&server).iter_mut().map(|comment| comment["body"].take()).collect();
    assert_eq!(bodies, ["first", "second"], "comments on a request are public");
    assert_eq!(server.comments(&json!(1)).len(), 2);
}

#[test]
fn an_update_without_a_comment_is_406() {
    let server = server();
    assert_eq!(create(&server, &json!({"comment": {"body": "first"}})).status(), 201);
    let upload = server.upload("a.txt", "a");
    let description = "A comment is required to update your request.";
    let refusal = (406, json!({"error": "CommentRequired", "description": description}));
    for request in [
        json!({}),
        json!({"solved": true}),
        json!({"comment": null}),
        json!({"comment": {}}),
        json!({"comment": {"body": " "}}),
    ] {
        assert_eq!(update(&server, &request).status_and_json(), refusal, "{request}");
    }
    let refused = server.put("/api/v2/requests/1").agent().fetch();
    assert_eq!(refused.status_and_json(), refusal);
    let only_files = json!({"comment": {"uploads": [upload["token"]]}});
    assert_ne!(update(&server, &only_files).status(), 200);
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.get_json(&path), json!({ "upload": upload }), "nothing was attached");
    assert_eq!(server.get_json("/api/v2/requests/1")["request"]["status"], "new");
    assert_eq!(comments(&server).len(), 1);
}

#[test]
fn a_requester_may_solve_the_request() {
    let server = server();
    assert_eq!(create(&server, &json!({"comment": {"body": "first"}})).status(), 201);
    let thanks = |solved: Value| json!({"comment": {"body": "thanks"}, "solved": solved});
    let request = || server.get_json("/api/v2/requests/1")["request"].take();
    // Recorded in 2015 and seen in 2018: a request without an assignee stays as it is.
    for solved in [json!(false), json!(null), json!(true)] {
        assert_eq!(request()["can_be_solved_by_me"], false);
        let answer = update(&server, &thanks(solved)).into_json();
        assert_eq!(answer["request"]["status"], "new");
    }
    assert_eq!(server.comments(&json!(1)).len(), 4);
    let assign = json!({"ticket": {"assignee_id": 7, "status": "open"}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&assign).fetch().status(), 200);
    assert_eq!(request()["can_be_solved_by_me"], true);
    // As `zendesk/stronger_parameters` reads booleans (2026-11).
    let solutions = [
        (json!(false), "open"),
        (json!("false"), "open"),
        (json!("0"), "open"),
        (json!(0), "open"),
        (json!(1), "solved"),
    ];
    for (solved, status) in solutions {
        assert_eq!(update(&server, &thanks(solved)).into_json()["request"]["status"], status);
    }
    assert_eq!(request()["can_be_solved_by_me"], false, "it is solved");
    assert_eq!(server.get_json("/api/v2/tickets/1")["ticket"]["status"], "solved");
    let refused = update(&server, &thanks(json!("yes"))).status_and_json();
    assert_eq!(refused, wrong_type("solved", "must be either true or false"));
}

#[test]
fn a_reply_of_the_requester_reopens_a_ticket() {
    let server = server();
    assert_eq!(create(&server, &json!({"comment": {"body": "first"}})).status(), 201);
    let change = |change: &Value| {
        let response = server.put("/api/v2/tickets/1").agent().json(change).fetch();
        response.into_json()["ticket"]["status"].take()
    };
    change(&json!({"ticket": {"assignee_id": 7}}));
    for (before, after) in [
        ("new", "new"),
        ("open", "open"),
        ("pending", "open"),
        ("hold", "open"),
        ("solved", "open"),
    ] {
        change(&json!({"ticket": {"status": before}}));
        let private = json!({"ticket": {"comment": {"body": "by an agent"}}});
        assert_eq!(change(&private), before, "an agent's comment changes no status");
        let upload = server.upload("a.txt", "a");
        let reply = json!({"comment": {"body": "again", "uploads": [upload["token"]]}});
        assert_eq!(update(&server, &reply).into_json()["request"]["status"], after, "{before}");
        let audits = server.get_json("/api/v2/tickets/1/audits");
        let events =
            audits["audits"].as_array().and_then(|audits| audits.last()).unwrap()["events"]
                .as_array()
                .unwrap();
        let changed = events.iter().find(|event| event["type"] == "Change");
        let expected = (before != after).then_some((json!(before), json!(after)));
        let change = |event: &Value| (event["previous_value"].clone(), event["value"].clone());
        assert_eq!(changed.map(change), expected, "{before}");
    }
    change(&json!({"ticket": {"status": "pending"}}));
    let solving = json!({"comment": {"body": "thanks"}, "solved": true});
    for _ in 0..2 {
        assert_eq!(update(&server, &solving).into_json()["request"]["status"], "solved");
    }
}

#[test]
fn private_comments_are_not_shown_on_a_request() {
    let server = server();
    let public = server.upload("public.txt", "p");
    let private = server.upload("private.txt", "s");
    let add_comment = |comment: &Value| {
        let body = json!({"ticket": {"comment": comment}});
        let response = server.put("/api/v2/tickets/1").agent().json(&body).fetch();
        assert_eq!(response.status(), 200);
    };
    assert_eq!(create(&server, &json!({"comment": {"body": "first"}})).status(), 201);
    add_comment(&json!({"body": "among us", "public": false, "uploads": private["token"]}));
    add_comment(&json!({"body": "to you", "uploads": public["token"]}));
    let listed = server.get_json("/api/v2/requests/1/comments");
    assert_eq!(listed["count"], 2);
    let of_agents = &server.comments(&json!(1))[2];
    let url = |id: &Value| format!("{}/api/v2/requests/1/comments/{id}.json", server.mock.url());
    assert_eq!(
        listed["comments"][1],
        json!({
            "url": url(&of_agents["id"]), "id": of_agents["id"], "type": "Comment",
            "request_id": 1, "body": "to you", "html_body": of_agents["html_body"],
            "plain_body": "to you", "public": true, "author_id": of_agents["author_id"],
            "attachments": public["attachments"], "created_at": "2026-01-01T00:00:00Z"
        })
    );
    let first = server.get_json("/api/v2/requests/1/comments?page[size]=1");
    let next = server.get_json(text(&first["links"]["next"]));
    assert_eq!(first["meta"]["has_more"], true);
    assert_eq!(
        (&next["comments"][0]["body"], &next["meta"]["has_more"]),
        (&json!("to you"), &json!(false))
    );
}

#[test]
fn comments_of_a_request_are_filtered() {
    let server = server();
    let eve = json!({"name": "Eve", "email": "eve@x.test"});
    server.create_ticket(&json!({"comment": {"body": "1"}, "requester": eve}));
    for (number, public) in [(2, true), (3, false), (4, true)] {
        server.account.advance(HOUR);
        let comment =
            json!({"ticket": {"comment": {"body": number.to_string(), "public": public}}});
        assert_eq!(server.put("/api/v2/tickets/1").agent().json(&comment).fetch().status(), 200);
    }
    for (query, expected) in [
        ("", vec!["1", "2", "4"]),
        ("role=agent", vec!["2", "4"]),
        ("role=end_user", vec!["1"]),
        ("role=king", vec!["1", "2", "4"]),
        ("since=2026-01-01T00:00:00Z", vec!["1", "2", "4"]),
        ("since=2026-01-01T01:00:00Z", vec!["2", "4"]),
        ("since=2026-01-01T01:00:01%2B00:00&sort_order=desc", vec!["4"]),
        ("since=2027-01-01T00:00:00Z", vec![]),
        ("since=2026-01-02", vec![]),
        ("since=", vec!["1", "2", "4"]),
        ("since=2026-01-01T01:00:00Z&role=agent&per_page=1&page=2", vec!["4"]),
        ("role=agent&page[size]=1&sort=-created_at", vec!["4"]),
    ] {
        let page = server.get_json(&format!("/api/v2/requests/1/comments?{query}"));
        let listed = page["comments"].as_array().expect("comments").iter();
        let bodies: Vec<_> = listed.map(|comment| text(&comment["body"])).collect();
        assert_eq!(bodies, expected, "{query}");
    }
    let refused = server.get("/api/v2/requests/1/comments?since=yesterday").agent().fetch_json();
    assert_eq!(refused, wrong_type("since", "It must be an acceptable ISO 8601 date format"));
}

#[test]
fn malware_is_not_shown_on_a_request() {
    let server = server();
    let first = server.upload("a.txt", "a");
    let upload = server.upload(&format!("b.txt&token={}", token(&first)), "b");
    let comment = json!({"body": "b", "uploads": upload["token"]});
    assert_eq!(create(&server, &json!({ "comment": comment })).status(), 201);
    let id = &first["attachment"]["id"];
    let scan = json!({"malware_scan_result": "malware_found"});
    assert_eq!(server.put(&format!("/_mock/attachments/{id}")).json(&scan).fetch().status(), 200);
    let attached = |comments: Vec<Value>| comments[0]["attachments"].clone();
    assert_eq!(attached(comments(&server)), json!([upload["attachment"]]));
    let of_agents = attached(server.comments(&json!(1)));
    assert_eq!(of_agents[0]["malware_scan_result"], "malware_found", "agents see it");
    let allow = json!({"attachment": {"malware_access_override": true}});
    assert_eq!(
        server.put(&format!("/api/v2/attachments/{id}")).agent().json(&allow).fetch().status(),
        200
    );
    assert_eq!(attached(comments(&server)).as_array().map(Vec::len), Some(2));
}

#[test]
fn reading_or_updating_without_credentials_is_401() {
    let server = server();
    assert_eq!(create(&server, &json!({"comment": {"body": "first"}})).status(), 201);
    let more = json!({"request": {"comment": {"body": "more"}}});
    for request in [
        server.get("/api/v2/requests/1"),
        server.get("/api/v2/requests/2"),
        server.get("/api/v2/requests/1/comments"),
        server.put("/api/v2/requests/1").json(&more),
    ] {
        assert_eq!(request.fetch_json(), unauthenticated());
    }
    assert_eq!(comments(&server).len(), 1);
}

#[test]
fn an_unknown_request_is_404_before_its_body_is_checked() {
    let server = server();
    for request in [
        server.get("/api/v2/requests/1"),
        server.get("/api/v2/requests/1/comments"),
        server.put("/api/v2/requests/1").json(&json!({"request": {"comment": {"body": "b"}}})),
        server.put("/api/v2/requests/1").json(&json!({"request": {}})),
    ] {
        assert_eq!(request.agent().fetch_json(), not_found());
    }
}

#[test]
fn a_request_belongs_to_the_account_of_its_path() {
    let server = server();
    let body = json!({"request": {"comment": {"body": "b"}}});
    let request = server.post("/@acme/api/v2/requests.json").header("host", "desk.test:3375");
    let response = request.agent().json(&body).fetch();
    assert_eq!(response.status(), 201);
    let url = "http://desk.test:3375/@acme/api/v2/requests/1.json";
    assert_eq!(response.header("location"), url);
    assert_eq!(response.into_json()["request"]["url"], url);
    assert_eq!(server.get("/api/v2/requests/1").agent().fetch().status(), 404);
    assert_eq!(server.get_json("/@acme/api/v2/requests/1")["request"]["description"], "b");
}

#[test]
fn a_ticket_with_only_private_comments_is_no_request() {
    let server = server();
    server.create_ticket(&json!({"comment": {"body": "a secret note", "public": false}}));
    let comment = json!({"request": {"comment": {"body": "b"}}});
    for refused in [
        server.get("/api/v2/requests/1").agent().fetch(),
        server.get("/api/v2/requests/1/comments").agent().fetch(),
        server.put("/api/v2/requests/1").agent().json(&comment).fetch(),
    ] {
        assert_eq!(refused.status_and_json(), not_found());
    }
}
