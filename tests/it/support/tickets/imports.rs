//! `/api/v2/imports/tickets`: a ticket with its history.

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::*;

fn import(server: &Server, ticket: &Value) -> Response {
    server.post("/api/v2/imports/tickets").agent().json(&json!({ "ticket": ticket })).fetch()
}

fn import_ticket(server: &Server, ticket: &Value) -> Value {
    let response = import(server, ticket);
    assert_eq!(response.status(), 201, "{ticket}");
    response.into_json()
}

#[test]
fn an_import_is_answered_without_an_audit() {
    let server = server();
    let ticket = json!({"subject": "old", "comments": [{"body": "first"}]});
    let response = import(&server, &ticket);
    assert_eq!(response.status(), 201);
    let url = format!("{}/api/v2/tickets/1.json", server.mock.url());
    assert_eq!(response.header("location"), url);
    let answer = response.into_json();
    assert_eq!(answer, server.get_json(&url));
    assert_eq!(answer.as_object().expect("an object").keys().collect::<Vec<_>>(), ["ticket"]);
    assert_eq!(answer["ticket"]["description"], "first");
}

#[test]
fn imported_comments_have_files_times_and_authors() {
    let server = server();
    let me = server.get_json("/api/v2/users/me")["user"]["id"].take();
    let (first, second) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    let third = server.upload(&format!("c.txt&token={}", token(&second)), "c");
    import_ticket(
        &server,
        &json!({"comments": [
            {"body": "first", "created_at": "2020-05-06T07:08:09Z", "uploads": [first["token"]]},
            {"body": "second", "created_at": "2021-01-01", "author_id": 99, "public": false},
            {"html_body": "<i>third</i>", "uploads": third["token"]}
        ]}),
    );
    server.account.advance(HOUR);
    let comments = server.comments(&json!(1));
    let column =
        |name: &str| comments.iter().map(|comment| comment[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("body"), ["first", "second", "_third_"]);
    let times = ["2020-05-06T07:08:09Z", "2021-01-01T00:00:00Z", "2026-01-01T00:00:00Z"];
    assert_eq!(column("created_at"), times);
    assert_eq!(column("author_id"), [me.clone(), json!(99), me]);
    assert_eq!(column("public"), [true, false, true]);
    assert_eq!(
        column("attachments"),
        [first["attachments"].clone(), json!([]), third["attachments"].clone()]
    );
    assert_eq!(server.download(&third["attachment"]), b"c");
}

#[test]
fn each_imported_comment_has_an_audit() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let comments =
        json!([{"body": "first"}, {"body": "second", "uploads": [upload["token"]]}, {"body": "3"}]);
    import_ticket(&server, &json!({"comments": comments, "subject": "s"}));
    let audits = server.get_json("/api/v2/tickets/1/audits");
    assert_eq!(audits["count"], 3);
    let comments = server.comments(&json!(1));
    for (audit, comment) in audits["audits"].as_array().expect("audits").iter().zip(&comments) {
        assert_eq!(audit["events"][0]["id"], comment["id"]);
        assert_eq!(audit["events"][0]["attachments"], comment["attachments"]);
        assert_eq!(audit["id"], comment["audit_id"]);
    }
    assert_eq!(audits["audits"][0]["events"][1]["field_name"], "subject");
    assert_eq!(audits["audits"][1]["events"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_import_keeps_its_dates() {
    let server = server();
    let ticket = json!({
        "subject": "old", "status": "solved", "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-03-03T00:00:00Z", "solved_at": "2020-02-02T00:00:00Z",
        "comments": [
            {"body": "first", "created_at": "2020-01-01T00:00:00Z"},
            {"body": "second", "created_at": "2020-02-01T00:00:00Z"},
            {"body": "undated"}
        ]
    });
    let response = import(&server, &ticket);
    assert_eq!(response.header("x-zendesk-api-warn"), "");
    let imported = response.into_json()["ticket"].take();
    let listed = server.get_json("/api/v2/tickets")["tickets"][0].take();
    let request = server.get_json("/api/v2/requests/1")["request"].take();
    for shown in [&imported, &listed, &request] {
        assert_eq!(shown["created_at"], "2020-01-01T00:00:00Z");
        assert_eq!(shown["updated_at"], "2020-03-03T00:00:00Z");
    }
    let dates = server.get_json("/api/v2/tickets/1?include=dates")["ticket"]["dates"].take();
    assert_eq!(dates["solved_at"], "2020-02-02T00:00:00Z");
    let audits = server.get_json("/api/v2/tickets/1/audits")["audits"].take();
    let dated = ["2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z", START];
    for (place, date) in dated.into_iter().enumerate() {
        assert_eq!(audits[place]["created_at"], date, "an audit is as old as its comment");
    }
    server.account.advance(HOUR);
    let changed = json!({"ticket": {"status": "open"}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&changed).fetch().status(), 200);
    let ticket = server.get_json("/api/v2/tickets/1?include=dates")["ticket"].take();
    assert_eq!(ticket["created_at"], "2020-01-01T00:00:00Z");
    assert_eq!(ticket["updated_at"], "2026-01-01T01:00:00Z");
    assert_eq!(ticket["dates"]["solved_at"], json!(null), "it is open again");
    let undated = import(&server, &json!({"description": "d"})).into_json()["ticket"].take();
    assert_eq!(undated["created_at"], "2026-01-01T01:00:00Z");
}

#[test]
fn an_imported_ticket_may_be_closed() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let comments = json!([{"body": "first", "uploads": [upload["token"]]}]);
    let ticket = import_ticket(&server, &json!({"status": "closed", "comments": comments}));
    assert_eq!(ticket["ticket"]["status"], "closed");
    let body = json!({"ticket": {"comment": {"body": "more"}}});
    let refused = server.put("/api/v2/tickets/1").agent().json(&body).fetch();
    let closed = invalid("status", "Status: closed prevents ticket update", None);
    assert_eq!(refused.status_and_json(), closed);
    assert_eq!(server.comments(&json!(1))[0]["attachments"], upload["attachments"]);
}

#[test]
fn a_description_precedes_the_comments() {
    let server = server();
    let ticket = json!({"description": "what it is", "comments": [{"body": "more"}]});
    assert_eq!(import_ticket(&server, &ticket)["ticket"]["description"], "what it is");
    let bodies: Vec<_> =
        server.comments(&json!(1)).iter_mut().map(|comment| comment["body"].take()).collect();
    assert_eq!(bodies, ["what it is", "more"]);
    import_ticket(&server, &json!({"description": "alone"}));
    assert_eq!(server.comments(&json!(2)).len(), 1);
}

#[test]
fn an_invalid_import_is_refused_like_a_ticket() {
    let server = server();
    let blank = invalid("base", "Description: cannot be blank", Some("BlankValue"));
    for (ticket, refusal) in [
        (json!({}), blank.clone()),
        (json!({"comments": []}), blank.clone()),
        (json!({"comments": null}), blank.clone()),
        (json!({"comments": [{"body": " "}]}), blank),
        (json!({"comments": {"body": "b"}}), wrong_type("comments", "must be an array")),
        (json!({"comments": ["b"]}), wrong_type("comments", "must be an array of objects")),
        (
            json!({"comments": [{"body": "b", "public": "no"}]}),
            wrong_type("public", "must be either true or false"),
        ),
        (
            json!({"comments": [{"body": "b"}], "status": "ended"}),
            invalid("status", "Status: ended is not valid", Some("InvalidValue")),
        ),
    ] {
        assert_eq!(import(&server, &ticket).status_and_json(), refusal, "{ticket}");
    }
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 0);
}

#[test]
fn unused_properties_of_an_import_are_reported() {
    let server = server();
    let ticket = json!({
        "comments": [{"body": "b", "created_at": "2020-01-01", "metadata": 1}, {"body": "c", "metadata": 2}],
        "uploads": []
    });
    let response = import(&server, &ticket);
    assert_eq!(response.status(), 201);
    let warning = response.header("x-zendesk-api-warn");
    let keys = r#":unpermitted_keys=>["ticket.comments.metadata", "ticket.uploads"]"#;
    assert!(warning.contains(keys), "{warning}");
    assert!(warning.contains(r#":controller=>"imports/tickets""#), "{warning}");
}

/// HTTP dates cannot precede 1970.
#[test]
fn a_comment_from_before_1970_is_400() {
    let server = server();
    for at in ["1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "-009999-01-03T00:00:00Z"] {
        let ticket =
            json!({"ticket": {"description": "d", "comments": [{"body": "b", "created_at": at}]}});
        let refused = server.post("/api/v2/imports/tickets").agent().json(&ticket).fetch();
        assert_eq!(
            refused.status_and_json(),
            wrong_type("created_at", "must not be before 1970"),
            "{at}"
        );
    }
    let ticket = json!({"ticket": {"description": "d", "comments": [{"body": "b", "created_at": "1970-01-01"}]}});
    assert_eq!(server.post("/api/v2/imports/tickets").agent().json(&ticket).fetch().status(), 201);
    let comments = server.get_json("/api/v2/tickets/1/comments");
    assert_eq!(comments["comments"][1]["created_at"], "1970-01-01T00:00:00Z");
}

#[test]
fn imported_comments_are_listed_and_audited_by_their_dates() {
    let server = server();
    let dated = |body: &str, at: &str| json!({"body": body, "created_at": at});
    let (late, early) = (dated("late", "2020-03-01T00:00:00Z"), dated("early", "2020-02-01"));
    let undated = json!({"body": "now"});
    let bodies = |id: u64| {
        let comments = server.comments(&json!(id));
        let audits = server.get_json(&format!("/api/v2/tickets/{id}/audits"))["audits"].take();
        let times = audits.as_array().expect("audits").iter().map(|audit| &audit["created_at"]);
        assert!(times.eq(comments.iter().map(|comment| &comment["created_at"])), "{audits}");
        comments.iter().map(|comment| text(&comment["body"]).to_owned()).collect::<Vec<_>>()
    };
    for (id, ticket, expected) in [
        (1, json!({"comments": [late, early]}), vec!["early", "late"]),
        (2, json!({"description": "d", "comments": [late, early]}), vec!["d", "early", "late"]),
        (3, json!({"comments": [late, undated, early]}), vec!["late", "now", "early"]),
        (4, json!({"comments": [early, dated("same", "2020-02-01")]}), vec!["early", "same"]),
    ] {
        let imported = import_ticket(&server, &ticket);
        assert_eq!(bodies(id), expected, "{ticket}");
        assert_eq!(imported["ticket"]["description"], expected[0]);
    }
}
