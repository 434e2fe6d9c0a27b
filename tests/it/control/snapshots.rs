//! `/_mock/snapshots`: named states of an account.

use serde_json::{Value, json};
use zendesk_mock::{SnapshotError, ZendeskMock};

use crate::harness::images::*;
use crate::harness::*;

fn take(server: &Server, name: &str) -> Value {
    let response = server.put(&format!("/_mock/snapshots/{name}")).fetch();
    assert_eq!(response.status(), 200, "{name}");
    response.into_json()["snapshot"].take()
}

fn restore(server: &Server, name: &str) -> Value {
    let response = server.post(&format!("/_mock/snapshots/{name}/restore")).fetch();
    assert_eq!(response.status(), 200, "{name}");
    response.into_json()["snapshot"].take()
}

fn holds(server: &Server) -> Value {
    server.get("/_mock/account").fetch().into_json()["holds"].take()
}

#[test]
fn a_restore_brings_the_account_back() {
    let server = server();
    let open = server.upload("open.txt", "open");
    let attached = server.upload("attached.txt", "attached");
    let ticket = server.attach(&attached["token"])["ticket"]["id"].take();
    let image = reserve(&server, "image/png", 1);
    store(&server, &image, PNG);
    let path = publish(&server, &image.token);
    let held = holds(&server);

    let taken = take(&server, "all");
    assert_eq!(taken, json!({"name": "all", "taken_at": "2026-01-01T00:00:00Z", "holds": held}));
    server.delete(&format!("/api/v2/uploads/{}", open["token"].as_str().unwrap())).agent().fetch();
    server.delete(&format!("/api/v2/tickets/{ticket}")).agent().fetch();
    server.post("/_mock/clock/advance").json(&json!({"by": "72h"})).fetch();
    let later = server.upload("later.txt", "later");

    assert_eq!(restore(&server, "all"), taken);
    assert_eq!(holds(&server), held);
    assert_eq!(server.download(&open["attachment"]), b"open");
    assert_eq!(server.download(&attached["attachment"]), b"attached");
    assert_eq!(server.comments(&ticket).len(), 1);
    assert_eq!(server.get(&path).fetch().bytes().expect("the image"), PNG);
    assert_eq!(server.get("/_mock/clock").fetch().into_json()["now"], "2026-01-01T00:00:00.000Z");
    let url = text(&later["attachment"]["url"]);
    assert_eq!(server.get(url).agent().fetch().status(), 404);
    // The token is open, and can be attached.
    server.attach(&open["token"]);
}

#[test]
fn resets_and_restores_keep_snapshots() {
    let server = server();
    let upload = server.upload("a.txt", "hello");
    take(&server, "one");
    server.upload("b.txt", "hello");
    take(&server, "two");
    server.post("/_mock/reset").fetch();
    assert_eq!(holds(&server)["uploads"], 0);
    restore(&server, "one");
    assert_eq!(server.download(&upload["attachment"]), b"hello");
    restore(&server, "two");
    assert_eq!(holds(&server)["uploads"], 2);
    let listed = server.get("/_mock/snapshots").fetch().into_json();
    let names: Vec<_> = listed["snapshots"].as_array().into_iter().flatten().collect();
    assert_eq!((&names[0]["name"], &names[1]["name"]), (&json!("one"), &json!("two")));
}

#[test]
fn a_restore_keeps_journal_faults_and_settings() {
    let server = server();
    take(&server, "before");
    server.upload("a.txt", "hello");
    server.post("/_mock/faults").json(&json!({"operation": "upload", "status": 503})).fetch();
    let settings = server.request(reqwest::Method::PATCH, "/_mock/settings");
    assert_eq!(settings.json(&json!({"max_upload_size": "1KB"})).fetch().status(), 200);
    restore(&server, "before");
    let journal = server.get("/_mock/journal").fetch().into_json();
    assert_eq!(journal["entries"].as_array().map(Vec::len), Some(1));
    assert_eq!(server.post("/api/v2/uploads?filename=a").agent().body("x").fetch().status(), 503);
    let settings = server.get("/_mock/settings").fetch().into_json();
    assert_eq!(settings["settings"]["max_upload_size"], 1000, "{settings}");
}

#[test]
fn a_restore_resets_rate_limits() {
    let server = configured(|config| config.account.rate_limit = Some(2));
    take(&server, "start");
    let get = || server.get("/api/v2/users/me").fetch().status().as_u16();
    assert_eq!([get(), get(), get()], [200, 200, 429]);
    restore(&server, "start");
    assert_eq!(get(), 200);
}

#[test]
fn names_repeat_after_a_restore_with_a_seed() {
    let seeded = server();
    take(&seeded, "start");
    let first = seeded.upload("a.txt", "hello");
    restore(&seeded, "start");
    let second = seeded.upload("a.txt", "hello");
    assert_eq!(first["token"], second["token"]);

    let unseeded = configured(|config| config.random_seed = None);
    take(&unseeded, "start");
    let first = unseeded.upload("a.txt", "hello");
    restore(&unseeded, "start");
    let second = unseeded.upload("a.txt", "hello");
    assert_ne!(first["token"], second["token"]);
}

#[test]
fn a_restore_brings_the_clock_offset_back() {
    let server = configured(|config| config.frozen_at = None);
    let emulated = || server.get("/_mock/clock").fetch().into_json()["emulated"].take();
    take(&server, "real");
    server.post("/_mock/clock/advance").json(&json!({"by": "1h"})).fetch();
    assert_eq!(emulated(), true);
    restore(&server, "real");
    assert_eq!(emulated(), false);
}

#[test]
fn a_snapshot_keeps_files_and_memory_until_it_is_deleted() {
    let server = server();
    server.upload("a.txt", vec![b'x'; 100_000]);
    let before = server.mock.memory_used();
    take(&server, "held");
    // The snapshot: an upload and its attachment at 1 KiB each, and the token.
    let with_snapshot = before + OVERHEAD + 2 * 1024 + TOKEN_OVERHEAD;
    assert_eq!(server.mock.memory_used(), with_snapshot);
    take(&server, "held");
    assert_eq!(server.mock.memory_used(), with_snapshot);
    server.post("/_mock/reset").fetch();
    assert_eq!(server.mock.memory_used(), with_snapshot);
    restore(&server, "held");
    assert_eq!(server.mock.memory_used(), with_snapshot);
    server.post("/_mock/reset").fetch();
    assert_eq!(server.delete("/_mock/snapshots/held").fetch().status(), 200);
    assert_eq!(server.mock.memory_used(), 0);
}

#[test]
fn memory_freed_by_a_reset_is_usable_at_once() {
    let server = configured(|config| config.max_memory = 1024 * 1024);
    for _ in 0..20 {
        for _ in 0..8 {
            server.upload("a.txt", vec![b'x'; 100_000]);
        }
        server.post("/_mock/reset").fetch();
    }
}

#[test]
fn an_impossible_snapshot_or_restore_is_refused() {
    let server = server();
    let refusal = |response: reqwest::blocking::Response| {
        let (status, body) = response.status_and_json();
        (status, body["description"].as_str().unwrap_or_default().to_owned())
    };
    let accepts = "name: takes 1 to 64 letters, digits, dots, hyphens and underscores";
    for name in ["a%20b", &"x".repeat(65), "%C3%A9"] {
        let refused = refusal(server.put(&format!("/_mock/snapshots/{name}")).fetch());
        assert_eq!(refused, (400, accepts.to_owned()), "{name}");
    }
    let unknown = "no snapshot has this name: never taken, or deleted".to_owned();
    let restored = server.post("/_mock/snapshots/none/restore").fetch();
    assert_eq!(refusal(restored), (404, unknown.clone()));
    assert_eq!(refusal(server.delete("/_mock/snapshots/none").fetch()), (404, unknown.clone()));
    // Snapshots belong to one account.
    take(&server, "mine");
    let other = server.post("/@other/_mock/snapshots/mine/restore").fetch();
    let (status, why) = refusal(other);
    assert!(status == 404 && why.starts_with(&unknown) && why.contains("\"default\" has it"));
    for number in 1..100 {
        take(&server, &format!("s{number}"));
    }
    let (status, why) = refusal(server.put("/_mock/snapshots/one-more").fetch());
    assert_eq!(
        (status, &*why),
        (503, "an account has at most 100 snapshots; delete those that are not needed")
    );
    take(&server, "mine");
}

#[test]
fn the_handle_takes_restores_and_deletes_snapshots() {
    let zendesk = ZendeskMock::start().expect("the server starts");
    let account = zendesk.default_account();
    account.take_snapshot("clean").expect("there is room");
    account.restore("clean").expect("it was taken");
    account.delete_snapshot("clean").expect("it was taken");
    assert_eq!(account.delete_snapshot("clean"), Err(SnapshotError::Unknown));
    assert_eq!(account.restore("clean"), Err(SnapshotError::Unknown));
    assert_eq!(account.take_snapshot("a b"), Err(SnapshotError::InvalidName));
}

#[test]
fn the_handle_lists_snapshots() {
    let server = server();
    let account = &server.account;
    assert!(account.snapshots().is_empty());
    account.take_snapshot("empty").expect("there is room");
    server.upload("a.txt", "hello");
    account.advance(std::time::Duration::from_secs(60));
    account.take_snapshot("busy").expect("there is room");
    let listed: Vec<_> = account
        .snapshots()
        .into_iter()
        .map(|taken| {
            (taken.name.as_str().to_owned(), taken.taken_at.to_string(), taken.holds.uploads)
        })
        .collect();
    let taken = |name: &str, at: &str, uploads| (name.to_owned(), at.to_owned(), uploads);
    assert_eq!(
        listed,
        [taken("busy", "2026-01-01T00:01:00Z", 1), taken("empty", "2026-01-01T00:00:00Z", 0)]
    );
    account.delete_snapshot("busy").expect("it was taken");
    assert_eq!(account.snapshots().len(), 1);
}
