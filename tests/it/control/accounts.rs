//! `/_mock/accounts`

use std::thread;

use serde_json::{Value, json};

use crate::harness::*;

fn create(server: &Server, input: &Value) -> Value {
    let response = server.post("/_mock/accounts").json(input).fetch();
    assert_eq!(response.status(), 201);
    response.into_json()
}

fn names(server: &Server) -> Vec<String> {
    let all = server.get("/_mock/accounts").fetch().into_json();
    let all = all["accounts"].as_array().expect("accounts").clone();
    all.iter().map(|account| account["account"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn an_account_is_created_used_and_deleted() {
    let server = server();
    let account = create(&server, &json!({"name": "Acme"}));
    assert_eq!(account["account"], "acme");
    assert_eq!(account["ends_at"], Value::Null);
    assert_eq!(names(&server), ["acme", "default"]);

    let url = text(&account["url"]);
    let upload = server.post(&format!("{url}/api/v2/uploads?filename=a.txt")).agent();
    let upload = upload.body("hello").fetch().into_json()["upload"].take();
    let shown = server.get(&format!("{url}/_mock/account")).fetch().into_json();
    assert_eq!((&shown["holds"]["uploads"], &shown["requests"]), (&json!(1), &json!(1)));
    assert_eq!(shown["id"], account["id"]);

    assert_eq!(server.delete("/_mock/accounts/acme").fetch().status(), 200);
    assert_eq!(names(&server), ["default"]);
    assert_eq!(server.mock.memory_used(), 0);
    let content = text(&upload["attachment"]["content_url"]);
    assert_eq!(server.get(content).fetch().status(), 404);
    // The request has created an empty account of that name.
    assert_eq!(names(&server), ["acme", "default"]);
}

#[test]
fn an_account_without_a_name_gets_a_unique_one() {
    let server = server();
    let (one, other) = (create(&server, &json!({})), create(&server, &json!({})));
    assert_ne!(one["account"], other["account"]);
    assert_ne!(one["id"], other["id"]);
}

#[test]
fn a_name_without_a_name_given_is_unused_after_a_reset_too() {
    let server = configured(|config| config.random_seed = Some(1));
    let one = create(&server, &json!({}));
    assert_eq!(server.post("/_mock/reset").fetch().status(), 200);
    assert_ne!(create(&server, &json!({}))["account"], one["account"]);
}

#[test]
fn creating_or_deleting_an_account_creates_no_other() {
    let server = server();
    let input = json!({"name": "acme", "seed": {"tickets": [{"comments": [{"body": "x"}]}]}});
    let created = server.post("/@acme/_mock/accounts").json(&input).fetch();
    assert_eq!(created.status(), 201);
    assert_eq!(created.into_json()["holds"]["tickets"], 1);
    assert_eq!(server.post("/@other/_mock/accounts").json(&json!({})).fetch().status(), 201);
    assert_eq!(server.delete("/@x/_mock/accounts/x").fetch().status(), 404);
    assert_eq!(names(&server).len(), 3, "acme, default and the one without a name");
}

/// A client that is refused must not delete the account that another client makes meanwhile.
#[test]
fn an_account_whose_seed_is_refused_is_never_there() {
    let server = server();
    let refused = json!({"name": "acme", "seed": {"tickets": [{"status": "x"}]}});
    thread::scope(|scope| {
        let racing = scope.spawn(|| {
            for _ in 0..50 {
                let refusal = server.post("/_mock/accounts").json(&refused).fetch_json();
                assert_eq!(refusal.0, 400, "{}", refusal.1);
            }
        });
        for _ in 0..50 {
            create(&server, &json!({"name": "acme"}));
            assert_eq!(server.delete("/_mock/accounts/acme").fetch().status(), 200);
        }
        racing.join().expect("the refused client");
    });
}

#[test]
fn an_account_with_a_life_is_deleted_after_it() {
    let server = server();
    let account = create(&server, &json!({"name": "brief", "life": 0.01}));
    assert!(account["ends_at"].is_string());
    server.wait_until("the account is swept", || names(&server) == ["default"]);
}

#[test]
fn deleting_the_default_or_an_unknown_account_is_refused() {
    let server = server();
    let (status, refusal) = server.delete("/_mock/accounts/default").fetch_json();
    assert_eq!((status, &refusal["field"]), (400, &json!("name")));
    for name in ["nobody", "a%20b"] {
        let (status, refusal) = server.delete(&format!("/_mock/accounts/{name}")).fetch_json();
        assert_eq!((status, &refusal["error"]), (404, &json!("NotFound")));
    }
}

#[test]
fn an_account_over_max_accounts_is_503() {
    let server = configured(|config| config.max_accounts = 2);
    create(&server, &json!({}));
    let (status, refusal) = server.post("/_mock/accounts").fetch_json();
    assert_eq!(status, 503);
    assert!(refusal["description"].as_str().is_some_and(|why| why.contains("max_accounts")));
}

/// Each account has its own clock, names, objects, faults and journal under concurrent load.
#[test]
fn sixty_four_concurrent_accounts_are_isolated() {
    const ACCOUNTS: u64 = 64;
    let server = server();
    thread::scope(|scope| {
        for number in 0..ACCOUNTS {
            let server = &server;
            scope.spawn(move || {
                let account = create(server, &json!({"name": format!("account-{number}")}));
                let url = text(&account["url"]);
                let call = |path: &str, input: &Value| {
                    let response = server.post(&format!("{url}/_mock/{path}")).json(input).fetch();
                    assert_eq!(response.status(), 200, "{path}");
                    response.into_json()
                };
                call("random", &json!({"seed": number}));
                call("clock/advance", &json!({"by": number * 60}));
                let files = number % 5 + 1;
                let mut last = Value::Null;
                for file in 0..files {
                    let target = format!("{url}/api/v2/uploads?filename={number}-{file}.txt");
                    let answer = server.post(&target).agent().body(number.to_string()).fetch();
                    last = answer.into_json()["upload"].take();
                }
                let (hour, minute) = (1 + number / 60, number % 60);
                assert_eq!(last["expires_at"], format!("2026-01-01T{hour:02}:{minute:02}:00Z"));
                assert_eq!(server.download(&last["attachment"]), number.to_string().as_bytes());
                assert_eq!(call("reset", &json!({}))["removed"]["uploads"], files);
                // Seeds and faults belong to the account too.
                call("seed", &json!({"tickets": [{"comments": [{"body": number.to_string()}]}]}));
                let ticket = || server.get(&format!("{url}/api/v2/tickets/1")).agent().fetch();
                let status = 500 + number % 50;
                let fault = json!({"operation": "other", "status": status, "nth": 2, "times": 1});
                let created = server.post(&format!("{url}/_mock/faults")).json(&fault).fetch();
                assert_eq!(created.status(), 201);
                assert_eq!(ticket().into_json()["ticket"]["description"], number.to_string());
                assert_eq!(u64::from(ticket().status().as_u16()), status);
                assert_eq!(ticket().status(), 200);
                let journal = server.get(&format!("{url}/_mock/journal")).fetch().into_json();
                assert_eq!(journal["entries"].as_array().map(Vec::len), Some(3));
                call("seed", &json!({}));
            });
        }
    });
    assert_eq!(names(&server).len() as u64, ACCOUNTS + 1);
    // An empty seed keeps one charge for each account.
    assert_eq!(server.mock.memory_used(), ACCOUNTS * OVERHEAD);
}

#[test]
fn every_answer_names_its_account() {
    let server = server();
    let token = text(&server.upload("a.txt", "hello")["token"]).to_owned();
    for path in [
        "/@acme/_mock/health",
        "/@acme/_mock/journal",
        "/@acme/_mock/clock",
        "/@acme/_mock/nowhere",
        "/@acme/_mock/tokens/x",
        "/@acme/_mock/journal?pth=x",
    ] {
        let answer = server.get(path).fetch();
        assert_eq!(answer.header("x-zendesk-mock-account"), "acme", "{path}");
        assert_eq!(answer.into_json()["account"], "acme", "{path}");
    }
    for path in ["/@acme/api/v2/users/me", "/@acme/nowhere", "/@acme/attachments/token/x/"] {
        assert_eq!(server.get(path).fetch().header("x-zendesk-mock-account"), "acme", "{path}");
    }
    // A name that no account can have.
    assert_eq!(server.get("/@-/api/v2/users/me").fetch().header("x-zendesk-mock-account"), "");
    assert_eq!(server.get("/@-/_mock/clock").fetch().into_json()["account"], Value::Null);

    // A test that addresses the wrong account is sent to the right one.
    let elsewhere =
        format!("account \"default\" has it: call {}/@default/_mock/…", server.mock.url());
    let shown = server.get(&format!("/@acme/_mock/tokens/{token}")).fetch_json();
    let file = &server.upload("a.txt", "hello")["attachment"]["id"];
    let edited = server.put(&format!("/@acme/_mock/attachments/{file}"));
    let scan = json!({"malware_scan_result": "malware_found", "attachment": file});
    for (status, refusal) in [
        shown,
        edited.json(&json!({"inline": true})).fetch_json(),
        server.post("/@acme/_mock/malware").json(&scan).fetch_json(),
    ] {
        assert_eq!((status, &refusal["account"]), (404, &json!("acme")), "{refusal}");
        assert!(text(&refusal["description"]).ends_with(&elsewhere), "{refusal}");
    }
    let nowhere = server.get("/@acme/_mock/tokens/0000000000000000000000000").fetch_json();
    assert!(!text(&nowhere.1["description"]).contains("has it"), "{}", nowhere.1);
}

#[test]
fn a_new_account_reports_what_was_applied() {
    let input = json!({
        "name": "acme",
        "life": "1h",
        "settings": {"upload_ttl": "90s"},
        "seed": {"tickets": [{"comments": [{"body": "x"}]}]},
    });
    let created = create(&server(), &input);
    assert_eq!(created["settings"]["upload_ttl"], "1m 30s");
    assert_eq!(created["holds"]["tickets"], 1);
    assert!(created["ends_at"].is_string(), "{created}");
}
