//! `/_mock/export`

use serde_json::{Value, json};
use zendesk_mock::ZendeskMock;

use super::{SEED, export, fill, seed, seeded};
use crate::harness::*;

#[test]
fn an_export_seeds_an_equal_account_elsewhere() {
    let one = server();
    fill(&one);
    let exported = export(&one);
    let other = configured(|config| (config.random_seed, config.frozen_at) = (Some(7), None));
    seed(&other, &exported);
    assert_eq!(export(&other), exported);
    let lists = ["/api/v2/tickets", "/api/v2/tickets/1/audits", "/api/v2/tickets/1/comments"];
    for path in lists {
        let answer = |server: &Server| {
            let text = server.get(path).agent().fetch().text().expect("a body");
            text.replace(&server.mock.url(), "")
        };
        assert_eq!(answer(&other), answer(&one), "{path}");
    }
    // Half an hour is left on both servers.
    let uploads = exported["uploads"].as_array().expect("uploads");
    let open = uploads
        .iter()
        .find(|upload| upload["files"].as_array().is_some_and(|files| files.len() == 2));
    let first = token(open.expect("the first upload")).to_owned();
    for server in [&one, &other] {
        server.post("/_mock/clock/advance").json(&json!({"by": "29m"})).fetch();
        assert_eq!(server.get(&format!("/api/v2/uploads/{first}")).agent().fetch().status(), 200);
        server.post("/_mock/clock/advance").json(&json!({"by": "2m"})).fetch();
        assert_eq!(server.get(&format!("/api/v2/uploads/{first}")).agent().fetch().status(), 404);
    }
    // A reset returns to the time of the document.
    other.post("/_mock/reset").fetch();
    assert_eq!(export(&other), exported);
}

/// The dates of an import say nothing about when a reader of exports finds it.
#[test]
fn an_import_is_found_by_readers_of_exports_in_a_seeded_account_too() {
    let lists = [
        ("tickets", "tickets", 3),
        ("tickets/cursor", "tickets", 3),
        ("ticket_events", "ticket_events", 6),
    ];
    let one = server();
    for date in ["2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z"] {
        let comments = [json!({"body": "x", "created_at": date}), json!({"body": "undated"})];
        let ticket = json!({"created_at": date, "updated_at": date, "comments": comments});
        let body = json!({ "ticket": ticket });
        let imported = one.post("/api/v2/imports/tickets").agent().json(&body).fetch();
        assert_eq!(imported.status(), 201);
    }
    one.create_ticket(&json!({"comment": {"body": "x"}}));
    let change = json!({"ticket": {"subject": "changed after the import"}});
    assert_eq!(one.put("/api/v2/tickets/2").agent().json(&change).fetch().status(), 200);
    one.account.advance(HOUR);
    let exported = export(&one);
    let generated = exported["tickets"].as_array().expect("tickets").iter();
    let generated: Vec<_> = generated.map(|ticket| &ticket["generated_at"]).collect();
    assert_eq!(generated, [&json!(START), &json!(null), &json!(null)]);
    let other = server();
    seed(&other, &exported);
    assert_eq!(export(&other), exported);
    for (list, name, count) in lists {
        let path = format!("/api/v2/incremental/{list}?start_time=1767225600");
        let items = |server: &Server| {
            let text = server.get_json(&path)[name].to_string();
            serde_json::from_str::<Vec<Value>>(&text.replace(&server.mock.url(), ""))
                .expect("items")
        };
        assert_eq!(items(&one).len(), count, "{list}");
        assert_eq!(items(&other), items(&one), "{list}");
    }
}

#[test]
fn a_seeded_ticket_says_when_it_changed() {
    let server = server();
    let ticket = |rest: Value| {
        let mut ticket = json!({"updated_at": "2020-01-01T00:00:00Z", "comments": [{"body": "x"}]});
        ticket.as_object_mut().expect("an object").extend(rest.as_object().expect("one").clone());
        ticket
    };
    let generated = json!({"generated_at": "2025-12-31T00:00:00Z"});
    seed(&server, &json!({"tickets": [ticket(json!({})), ticket(generated)]}));
    let page = server.get_json("/api/v2/incremental/tickets?start_time=0");
    let found = page["tickets"].as_array().expect("tickets").iter();
    let found: Vec<_> = found.map(|ticket| &ticket["generated_timestamp"]).collect();
    assert_eq!(found, [1_577_836_800, 1_767_139_200]);
    let refused = super::refusal(super::post_seed(
        &server,
        &json!({"tickets": [{"generated_at": "2020", "comments": [{"body": "x"}]}]}),
    ));
    assert_eq!((refused.0, &*refused.1), (400, "tickets[0].generated_at"));
}

#[test]
fn an_export_is_a_file_without_secrets() {
    let server = seeded();
    let response = server.get("/_mock/export").fetch();
    assert_eq!(response.header("content-disposition"), "attachment; filename=\"default.json\"");
    let text = response.text().expect("a body");
    for secret in ["opensesame", "ada-token", "robot-token", "wJalr"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn an_export_is_charged_before_it_is_written() {
    let server = configured(|config| config.max_memory = 16 * 1024 * 1024);
    let comments: Vec<_> = (0..40).map(|_| json!({"body": "x".repeat(60_000)})).collect();
    seed(&server, &json!({"tickets": [{"comments": comments}]}));
    let used = server.mock.memory_used();
    let fill = 16 * 1024 * 1024 - used - 4 * 1024 * 1024;
    server.upload("fill.bin", vec![b'x'; usize::try_from(fill).expect("small")]);
    let refused = server.get("/_mock/export").fetch();
    assert_eq!(refused.status_and_json().1["error"], "ServiceUnavailable");
}

#[test]
fn seeded_and_generated_names_do_not_collide() {
    // Both servers have one random seed, so the export has the names that come next.
    let one = server();
    one.upload("old.txt", "old");
    let mut exported = export(&one);
    let new = json!({"files": [{"name": "new.txt", "text": "new"}]});
    exported["uploads"].as_array_mut().expect("uploads").insert(0, new);
    let other = server();
    let counts = seed(&other, &exported);
    assert_eq!((&counts["uploads"], &counts["attachments"]), (&json!(2), &json!(2)));
}

#[test]
fn ids_continue_after_an_export_and_seed() {
    let one = server();
    for _ in 0..2 {
        one.create_ticket(&json!({"comment": {"body": "x"}}));
    }
    one.delete("/api/v2/tickets/2").agent().fetch();
    let other = server();
    seed(&other, &export(&one));
    assert_eq!(other.create_ticket(&json!({"comment": {"body": "x"}}))["ticket"]["id"], 3);
}

#[test]
fn seeded_comments_keep_their_clients() {
    let server = server();
    let comment = |client: &str| json!({"body": "x", "client": client});
    seed(&server, &json!({"tickets": [{"comments": [comment("one"), comment("two")]}]}));
    let exported = export(&server);
    let comments = exported["tickets"][0]["comments"].as_array().expect("comments");
    assert_eq!((&comments[0]["client"], &comments[1]["client"]), (&json!("one"), &json!("two")));
}

#[test]
fn the_handle_seeds_and_exports() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let account = zendesk.default_account();
    account.seed_from(SEED).expect("a seed");
    let exported = account.export().expect("there is room");
    let other = zendesk.account("other").expect("an account");
    other.seed(&exported).expect("a seed");
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let again = other.export().expect("there is room");
    assert_eq!(parse(&exported)["tickets"], parse(&again)["tickets"]);
    let refused = account.seed("{\"users\": 1}").expect_err("users are a list");
    assert_eq!(refused.to_string(), "users: takes a list");
}
