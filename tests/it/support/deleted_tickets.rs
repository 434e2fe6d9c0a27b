//! `/api/v2/deleted_tickets`, and the deletion of many tickets.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;

const LIST: &str = "/api/v2/deleted_tickets";
/// The head of a PNG file.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x80\x08\x02\0\0\0\0\0\0\0";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn delete(server: &Server, id: u64) {
    let deleted = server.delete(&format!("/api/v2/tickets/{id}")).agent().fetch();
    assert_eq!(deleted.status(), 204);
}

fn restore(server: &Server, ids: &str) -> (u16, Value) {
    let path = match ids.contains(',') {
        true => format!("{LIST}/restore_many?ids={ids}"),
        false => format!("{LIST}/{ids}/restore.json"),
    };
    server.put(&path).agent().fetch_json()
}

/// The ids of a list, in order.
fn listed(server: &Server, query: &str) -> Vec<u64> {
    let page = server.get_json(&format!("{LIST}.json{query}"));
    let all = page["deleted_tickets"].as_array().expect("a list").iter();
    all.map(|deleted| deleted["id"].as_u64().expect("an id")).collect()
}

/// Requests a job, and returns it as that call answers and as it is then.
fn job(server: &Server, path: &str) -> (Value, Value) {
    let requested = server.delete(path).agent().fetch();
    assert_eq!(requested.status(), 200, "{path}");
    let requested = requested.into_json()["job_status"].take();
    let now = server.get_json(text(&requested["url"]))["job_status"].take();
    (requested, now)
}

fn plain_tickets(server: &Server, subjects: &[&str]) {
    for subject in subjects {
        server.create_ticket(&json!({"subject": subject, "comment": {"body": "b"}}));
    }
}

#[test]
fn a_deleted_ticket_is_listed_and_restored_with_its_files() {
    let server = server();
    let upload = server.upload("dot.png", PNG);
    let comment = json!({"body": "b", "uploads": [upload["token"]]});
    let created =
        server.create_ticket(&json!({"subject": "s", "status": "open", "comment": comment}));
    let before = server.comments(&json!(1));
    server.account.advance(HOUR);
    delete(&server, 1);
    let me = server.get_json("/api/v2/users/me")["user"].take();
    let deleted = json!({
        "id": 1, "subject": "s", "actor": {"id": me["id"], "name": me["name"]},
        "deleted_at": "2026-01-01T01:00:00Z", "previous_state": "open"
    });
    let listed = server.get_json(LIST);
    let expected = json!({
        "deleted_tickets": [deleted], "next_page": null, "previous_page": null, "count": 1
    });
    assert_eq!(listed, expected);
    let attachment = &upload["attachment"];
    let urls = ["url", "content_url"].map(|name| text(&attachment[name]).to_owned());
    let thumbnail = text(&attachment["thumbnails"][0]["content_url"]).to_owned();
    for url in urls.iter().chain([&thumbnail]) {
        assert_eq!(server.get(url).agent().fetch_json(), not_found(), "{url}");
    }
    assert_eq!(server.get_json("/api/v2/search?query=s")["count"], 0);
    assert_eq!(server.get_json("/api/v2/requests")["count"], 0);

    server.account.advance(HOUR);
    assert_eq!(restore(&server, "1"), (200, json!({})));
    let mut ticket = created["ticket"].clone();
    ticket["updated_at"] = json!("2026-01-01T02:00:00Z");
    ticket["generated_timestamp"] = json!(1_767_225_600 + 2 * 60 * 60);
    assert_eq!(server.get_json("/api/v2/tickets/1")["ticket"], ticket);
    assert_eq!(server.comments(&json!(1)), before);
    assert_eq!(server.download(attachment), PNG);
    assert_eq!(server.download(&attachment["thumbnails"][0]), PNG);
    assert_eq!(server.get_json(LIST)["count"], 0);
    assert_eq!(restore(&server, "1"), not_found(), "it is not deleted");
    let change = json!({"ticket": {"comment": {"body": "welcome back"}}});
    assert_eq!(server.put("/api/v2/tickets/1").agent().json(&change).fetch().status(), 200);
    delete(&server, 1);
    assert_eq!(restore(&server, "1").0, 200);
    assert_eq!(server.comments(&json!(1)).len(), 2);
}

#[test]
fn side_conversations_and_their_files_come_back() {
    let server = server();
    plain_tickets(&server, &["s"]);
    let form = reqwest::blocking::multipart::Form::new();
    let part = reqwest::blocking::multipart::Part::bytes(b"hello".to_vec()).file_name("a.txt");
    let upload = server.post("/api/v2/tickets/side_conversations/attachments").agent();
    let file = upload.multipart(form.part("file", part)).fetch().into_json();
    let message = json!({
        "body": "b", "to": [{"email": "bob@x.test"}], "attachment_ids": [file["id"]]
    });
    let conversations = "/api/v2/tickets/1/side_conversations";
    let started =
        server.post(conversations).agent().json(&json!({ "message": message })).fetch().into_json();
    let content = text(&started["event"]["message"]["attachments"][0]["content_url"]).to_owned();
    let before = server.get_json(conversations);
    delete(&server, 1);
    assert_eq!(server.get(conversations).agent().fetch().status(), 404);
    assert_eq!(server.get(&content).fetch().status(), 404);
    assert_eq!(restore(&server, "1").0, 200);
    assert_eq!(server.get_json(conversations), before);
    assert_eq!(server.get(&content).fetch().text().expect("a text"), "hello");
}

#[test]
fn deleted_tickets_are_sorted_and_paged() {
    let server = server();
    plain_tickets(&server, &["b", "c", "a"]);
    for id in [3, 1, 2] {
        delete(&server, id);
        server.account.advance(HOUR);
    }
    for (query, expected) in [
        ("", [1, 2, 3]),
        ("?sort_order=desc", [1, 2, 3]),
        ("?sort_by=subject", [3, 1, 2]),
        ("?sort_by=deleted_at", [3, 1, 2]),
        ("?sort_by=deleted_at&sort_order=desc", [2, 1, 3]),
        ("?sort_by=created_at", [1, 2, 3]),
        ("?sort_by=status&sort_order=DESC", [3, 2, 1]),
        ("?sort_by=nothing", [1, 2, 3]),
        ("?page[size]=3", [1, 2, 3]),
    ] {
        assert_eq!(listed(&server, query), expected, "{query}");
    }
    assert_eq!(listed(&server, "?per_page=2&page=2"), [3]);
    let first = server.get_json(&format!("{LIST}?page[size]=2"));
    assert_eq!(first["meta"]["has_more"], true);
    let next = server.get_json(text(&first["links"]["next"]));
    assert_eq!(next["deleted_tickets"][0]["id"], 3);
    let bad = server.get(&format!("{LIST}?page[after]=x")).agent().fetch_json();
    assert_eq!((bad.0, &bad.1["error"]), (400, &json!("InvalidPaginationParameter")));
}

#[test]
fn a_deletion_becomes_permanent_after_30_days() {
    let server = server();
    plain_tickets(&server, &["a", "b"]);
    delete(&server, 1);
    server.account.advance(DAY * 30 - Duration::from_secs(1));
    assert_eq!(listed(&server, ""), [1]);
    delete(&server, 2);
    server.account.advance(Duration::from_secs(1));
    assert_eq!(listed(&server, ""), [2]);
    assert_eq!(restore(&server, "1"), not_found());
    assert_eq!(restore(&server, "2"), (200, json!({})));

    let none = Duration::ZERO;
    server.account.configure(|settings| settings.deleted_ticket_ttl = none).expect("settings");
    delete(&server, 2);
    assert_eq!(listed(&server, ""), Vec::<u64>::new());
    let refused = server.put(&format!("{LIST}/2/restore")).agent().fetch();
    assert!(refused.header("x-zendesk-mock-reason").contains("deleted_ticket_ttl"));
    assert_eq!(refused.status_and_json(), not_found());
}

#[test]
fn a_permanent_deletion_is_a_job_without_counts() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    server.attach(&upload["token"]);
    plain_tickets(&server, &["b", "c", "d"]);
    let used = server.mock.memory_used();
    assert_eq!(server.delete(&format!("{LIST}/1")).agent().fetch_json(), not_found());
    (1..4).for_each(|id| delete(&server, id));
    assert_eq!(server.mock.memory_used(), used, "deleted tickets stay charged");
    let (requested, now) = job(&server, &format!("{LIST}/1.json"));
    let mut expected = json!({
        "id": requested["id"], "job_type": "Permanently Delete Ticket", "url": requested["url"],
        "total": null, "progress": null, "status": "queued", "message": null, "results": null
    });
    assert_eq!(requested, expected);
    expected["status"] = json!("completed");
    expected["message"] = json!("Completed at 2026-01-01 00:00:00 +0000");
    expected["results"] = json!({"success": true});
    assert_eq!(now, expected);
    assert!(server.mock.memory_used() < used);
    assert_eq!(restore(&server, "1"), not_found(), "as recorded");
    // The others are deleted although one fails.
    let (_, now) = job(&server, &format!("{LIST}/destroy_many?ids=2,99,4"));
    assert_eq!(
        (&now["status"], &now["results"]),
        (&json!("completed"), &json!({"success": false}))
    );
    assert_eq!(listed(&server, ""), [3]);
    assert_eq!(server.get_json("/api/v2/tickets")["tickets"][0]["id"], 4, "it is not deleted");
    let (_, now) = job(&server, &format!("{LIST}/destroy_many.json?ids=98,99"));
    assert_eq!((&now["status"], &now["results"]), (&json!("failed"), &json!({"success": false})));
}

#[test]
fn many_tickets_are_deleted_in_a_job_and_restored() {
    let server = server();
    plain_tickets(&server, &["a", "b", "c"]);
    let body = json!({"tickets": [{"id": 1}, {"id": 3}]});
    let path = "/api/v2/tickets/destroy_many.json?ids=1,9,3";
    let requested = server.delete(path).agent().json(&body).fetch();
    let warning = requested.header("x-zendesk-api-warn");
    assert!(
        warning.contains(":action=>\"destroy_many\", :unpermitted_keys=>[\"tickets\"]"),
        "{warning}"
    );
    let requested = requested.into_json()["job_status"].take();
    // The name was recorded in 2024.
    assert_eq!(
        (&requested["job_type"], &requested["total"]),
        (&json!("Bulk Update Ticket"), &json!(3))
    );
    let now = server.get_json(text(&requested["url"]))["job_status"].take();
    let done = |id| json!({"id": id, "action": "delete", "status": "Deleted", "success": true});
    assert_eq!((&now["results"][0], &now["results"][2]), (&done(1), &done(3)));
    assert_eq!(now["results"][1]["error"], "TicketDeleteFailed");
    assert_eq!(listed(&server, ""), [1, 3]);
    assert_eq!(restore(&server, "7,8"), not_found());
    assert_eq!(restore(&server, "3,7,1"), (200, json!({})));
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 3);
}

#[test]
fn a_bad_call_is_refused_and_changes_nothing() {
    let server = server();
    plain_tickets(&server, &["a", "b"]);
    delete(&server, 1);
    let many = "1,".repeat(101);
    for path in [
        format!("{LIST}/restore_many"),
        format!("{LIST}/destroy_many"),
        "/api/v2/tickets/destroy_many".to_owned(),
    ] {
        for query in ["", "?ids=", "?ids=x", "?ids=1,x", "?ids=-1", &format!("?ids={many}")] {
            let path = format!("{path}{query}");
            let request =
                if path.contains("restore") { server.put(&path) } else { server.delete(&path) };
            assert_eq!(request.agent().fetch().status(), 400, "{path}");
        }
    }
    for id in ["x", "1x", "-1"] {
        assert_eq!(restore(&server, id).0, 400, "{id}");
        assert_eq!(server.delete(&format!("{LIST}/{id}")).agent().fetch().status(), 400, "{id}");
    }
    assert_eq!(server.put(&format!("{LIST}/1/restore")).fetch_json(), unauthenticated());
    assert_eq!(server.get(LIST).fetch_json(), unauthenticated());
    assert_eq!((listed(&server, ""), listed(&server, "?per_page=0")), (vec![1], vec![1]));
    assert_eq!(server.get_json("/api/v2/tickets")["count"], 1);
}

#[test]
fn exports_show_deleted_tickets_unless_they_are_excluded() {
    let server = server();
    plain_tickets(&server, &["a", "b"]);
    server.account.advance(HOUR);
    delete(&server, 1);
    server.account.advance(HOUR);
    for path in ["/api/v2/incremental/tickets", "/api/v2/incremental/tickets/cursor"] {
        let export = |query: &str| {
            server.get_json(&format!("{path}.json?start_time={query}"))["tickets"].take()
        };
        let all = export("0");
        let ids = [&all[0]["id"], &all[1]["id"]];
        assert_eq!((ids, all.as_array().map(Vec::len)), ([&json!(2), &json!(1)], Some(2)));
        let deleted = &all[1];
        assert_eq!((&deleted["status"], &deleted["subject"]), (&json!("deleted"), &json!("a")));
        let times = (&deleted["updated_at"], &deleted["generated_timestamp"]);
        assert_eq!(times, (&json!("2026-01-01T00:00:00Z"), &json!(1_767_225_600 + 60 * 60)));
        assert_eq!(export("0&exclude_deleted=true").as_array().map(Vec::len), Some(1));
        assert_eq!(export("0&exclude_deleted=false").as_array().map(Vec::len), Some(2));
        // A reader that was here before the deletion learns of it.
        assert_eq!(export("1767229000").as_array().map(Vec::len), Some(1));
    }
    restore(&server, "1");
    server.account.advance(HOUR);
    let all = server.get_json("/api/v2/incremental/tickets?start_time=0")["tickets"].take();
    assert_eq!((&all[1]["id"], &all[1]["status"]), (&json!(1), &json!("new")));
    delete(&server, 1);
    job(&server, &format!("{LIST}/1"));
    server.account.advance(HOUR);
    let all = server.get_json("/api/v2/incremental/tickets?start_time=0")["tickets"].take();
    assert_eq!(all.as_array().map(Vec::len), Some(1));
}

/// Zendesk exports it still, without what was in it.
#[test]
fn an_export_without_a_permanently_deleted_ticket_names_the_difference() {
    let server = server();
    plain_tickets(&server, &["a", "b", "c"]);
    let exports = ["/api/v2/incremental/tickets", "/api/v2/incremental/tickets/cursor"];
    let named = |query: &str| {
        exports.map(|path| {
            let export = server.get(&format!("{path}?start_time={query}")).agent().fetch();
            export.header("x-zendesk-mock-difference").contains("ticket-deletion")
        })
    };
    server.account.advance(HOUR);
    assert_eq!(named("0"), [false; 2]);
    delete(&server, 1);
    job(&server, &format!("{LIST}/1"));
    server.account.advance(HOUR);
    assert_eq!(named("0"), [true; 2]);
    assert_eq!(named("0&exclude_deleted=true"), [false; 2]);
    assert_eq!(named("1767232700"), [false; 2], "it was deleted before");
    // So does one that expired, swept or not, and one that is not kept at all.
    delete(&server, 2);
    server.account.advance(30 * DAY);
    assert_eq!(named("1767232800"), [true; 2]);
    server.account.configure(|settings| settings.deleted_ticket_ttl = Duration::ZERO).expect("set");
    server.account.advance(DAY);
    let since = 1_767_225_600 + 31 * 24 * 60 * 60 + 2 * 60 * 60;
    assert_eq!(named(&since.to_string()), [false; 2]);
    delete(&server, 3);
    server.account.advance(HOUR);
    assert_eq!(named(&since.to_string()), [true; 2]);
    server.post("/_mock/reset").fetch();
    assert_eq!(named("0"), [false; 2]);
}

#[test]
fn a_full_store_evicts_the_oldest_deleted_tickets_before_it_refuses() {
    let server = configured(|config| config.max_memory = 1_000_000);
    for _ in 0..20 {
        let upload = server.upload("a.bin", vec![7; 300_000]);
        let id = server.attach(&upload["token"])["ticket"]["id"].as_u64().expect("an id");
        delete(&server, id);
        assert!(server.mock.memory_used() <= 1_000_000);
    }
    let kept = listed(&server, "");
    assert!((1..4).contains(&kept.len()) && kept.last() == Some(&20), "{kept:?}");
    assert_eq!(restore(&server, "1"), not_found());
    assert_eq!(restore(&server, "20"), (200, json!({})));
    server.account.advance(DAY * 30);
    server.account.reset();
    server.wait_until("all is freed", || server.mock.memory_used() == 0);
}

#[test]
fn a_snapshot_keeps_deleted_tickets_and_a_reset_does_not() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    server.attach(&upload["token"]);
    delete(&server, 1);
    server.account.take_snapshot("a").expect("a snapshot");
    restore(&server, "1");
    server.account.restore("a").expect("the snapshot");
    assert_eq!(listed(&server, ""), [1]);
    server.account.reset();
    assert_eq!(listed(&server, ""), Vec::<u64>::new());
    server.account.restore("a").expect("the snapshot");
    assert_eq!(restore(&server, "1").0, 200);
    assert_eq!(server.download(&upload["attachment"]), b"hello");
    // An export, which seeds another account, leaves them out.
    delete(&server, 1);
    let exported = server.get("/_mock/export").fetch().into_json();
    assert!(!exported.to_string().contains("a.txt"), "{exported}");
}

#[test]
fn the_actor_is_the_user_that_deleted_it() {
    let server = server();
    plain_tickets(&server, &["a"]);
    let deleted =
        server.delete("/api/v2/tickets/1").basic_auth("bob@x.test/token", Some("t")).fetch();
    assert_eq!(deleted.status(), 204);
    let listed = server.get_json(LIST)["deleted_tickets"][0]["actor"]["name"].take();
    assert_eq!(
        listed,
        server.get_json("/api/v2/users/search?query=bob@x.test")["users"][0]["name"]
    );
}
