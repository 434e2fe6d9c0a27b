//! `/_mock/settings`: the settings of an account at run time.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::*;

fn change(server: &Server, prefix: &str, settings: &Value) -> (u16, Value) {
    let request = server.request(reqwest::Method::PATCH, &format!("{prefix}/_mock/settings"));
    request.json(settings).fetch_json()
}

fn shown(server: &Server, prefix: &str) -> Value {
    server.get(&format!("{prefix}/_mock/settings")).fetch().into_json()["settings"].take()
}

#[test]
fn shown_settings_can_be_sent_back() {
    let server = server();
    let settings = shown(&server, "");
    assert_eq!(settings["upload_ttl"], "1h");
    assert_eq!(settings["max_upload_size"], 52_428_800);
    assert_eq!(settings["bad_token_on_ticket"], "reject");
    assert_eq!(settings["rate_limit"], "off");
    assert_eq!(settings["credentials"], Value::Null, "secrets are not shown");
    let (status, answer) = change(&server, "", &settings);
    assert_eq!(
        (status, &answer["settings"]),
        (200, &settings),
        "the shown settings change nothing"
    );
}

#[test]
fn a_setting_changes_for_one_account_until_a_reset() {
    let server = server();
    let upload = |prefix: &str| {
        let target = format!("{prefix}/api/v2/uploads?filename=a.txt");
        server.post(&target).agent().body("hello").fetch()
    };
    let (status, answer) =
        change(&server, "/@acme", &json!({"max_upload_size": "4B", "upload_ttl": "2h"}));
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["settings"]["max_upload_size"], 4);
    assert_eq!(upload("/@acme").status(), 413);
    assert_eq!(upload("").into_json()["upload"]["expires_at"], "2026-01-01T01:00:00Z");
    assert_eq!(shown(&server, "")["max_upload_size"], 52_428_800);

    server.post("/@acme/_mock/reset").fetch();
    assert_eq!(shown(&server, "/@acme"), shown(&server, ""));
    assert_eq!(upload("/@acme").status(), 201);
}

#[test]
fn changed_settings_take_effect_in_the_core() {
    let server = server();
    change(
        &server,
        "",
        &json!({"upload_ttl": 30, "rate_limit": 2, "bad_token_on_ticket": "ignore"}),
    );
    let upload = server.upload("a.txt", "hello");
    assert_eq!(upload["expires_at"], "2026-01-01T00:00:30Z");
    let ticket = json!({"ticket": {"comment": {"body": "b", "uploads": ["gone"]}}});
    assert_eq!(server.post("/api/v2/tickets").agent().json(&ticket).fetch().status(), 201);
    assert_eq!(server.get("/api/v2/users/me").agent().fetch().status(), 429);
    let (_, answer) = change(&server, "", &json!({"rate_limit": "enterprise-plus"}));
    assert_eq!(answer["settings"]["rate_limit"], 2_500);
    let limited = server.get("/api/v2/users/me").agent().fetch();
    assert_eq!((limited.status().as_u16(), &*limited.header("x-rate-limit")), (200, "2500"));
}

#[test]
fn a_reset_returns_to_the_settings_of_creation() {
    let server = server();
    let input = json!({"name": "acme", "settings": {"faithful": true, "image_ttl": "90s"}});
    assert_eq!(server.post("/_mock/accounts").json(&input).fetch().status(), 201);
    assert_eq!(shown(&server, "/@acme")["faithful"], true);
    change(&server, "/@acme", &json!({"faithful": false}));
    server.post("/@acme/_mock/reset").fetch();
    let settings = shown(&server, "/@acme");
    assert_eq!((&settings["faithful"], &settings["image_ttl"]), (&json!(true), &json!("1m 30s")));
    // Another account with the same name has the default settings.
    server.delete("/_mock/accounts/acme").fetch();
    assert_eq!(shown(&server, "/@acme"), shown(&server, ""));
}

#[test]
fn cors_follows_the_setting_of_the_account() {
    let server = server();
    let allowed = |prefix: &str| {
        let request = server.get(&format!("{prefix}/api/v2/users/me")).agent();
        request.header("Origin", "http://page.test").fetch().header("access-control-allow-origin")
    };
    change(&server, "/@closed", &json!({"cors": "off"}));
    change(&server, "/@real", &json!({"cors": "faithful"}));
    assert_eq!(allowed(""), "http://page.test");
    assert_eq!(allowed("/@real"), "", "Zendesk answers no page for an API token");
    assert_eq!(allowed("/@closed"), "");
}

#[test]
fn an_invalid_setting_is_400_and_changes_nothing() {
    let server = server();
    for (setting, value, accepts) in [
        ("upload_ttl", json!("soon"), "90s"),
        ("upload_ttl", json!(0), "longer than none"),
        ("max_upload_size", json!("lots"), "50MiB"),
        ("max_files_per_upload", json!(0), "at least 1"),
        ("too_large_status", json!(500), "413 or 422"),
        ("auth", json!("some"), "takes one of: any, anonymous-requests, none, strict"),
        ("cors", json!(true), "takes one of: open, faithful, off"),
        ("faithful", json!("yes"), "true or false"),
        ("rate_limit", json!(0), "at least 1"),
        ("rate_limit", json!("on"), "off"),
        ("public_url", json!("desk.test"), "scheme"),
        ("download_url", json!("files.test"), "scheme"),
        ("image_types", json!(["text/plain"]), "image/webp"),
        ("image_types", json!("image/png"), "list"),
        ("malformed_json_status", json!(true), "number"),
    ] {
        let sent = json!({"faithful": true, setting: value});
        let sent = if setting == "faithful" { json!({"faithful": value}) } else { sent };
        let (status, refusal) = change(&server, "", &sent);
        assert_eq!(status, 400, "{sent}");
        let about = refusal["field"].as_str().expect("a field");
        // `strict` is refused because no credentials are known.
        assert!(about == setting || about == "credentials", "{refusal}");
        let accepted = refusal["problem"].as_str().expect("accepts");
        assert!(accepted.contains(accepts), "{setting}: {accepted}");
    }
    assert_eq!(shown(&server, "")["faithful"], false);
    let input = json!({"name": "acme", "settings": {"auth": "some"}});
    assert_eq!(server.post("/_mock/accounts").json(&input).fetch().status(), 400);
    let all = server.get("/_mock/accounts").fetch().into_json();
    assert_eq!(all["accounts"].as_array().map(Vec::len), Some(1), "no account was created");
}

#[test]
fn the_handle_changes_settings() {
    let server = server();
    let account = server.mock.default_account();
    let brief =
        |settings: &mut zendesk_mock::AccountSettings| settings.upload_ttl = Duration::from_secs(5);
    account.configure(brief).expect("a valid setting");
    assert_eq!(server.upload("a.txt", "x")["expires_at"], "2026-01-01T00:00:05Z");
    let refused = account.configure(|settings| settings.upload_ttl = Duration::ZERO);
    assert_eq!(refused.map_err(|error| error.setting), Err("upload_ttl"));
    account.reset();
    assert_eq!(server.upload("a.txt", "x")["expires_at"], "2026-01-01T01:00:00Z");
}

#[test]
fn concurrent_changes_are_all_applied() {
    const SETTINGS: [(&str, u64); 4] = [
        ("max_upload_size", 11),
        ("max_files_per_upload", 12),
        ("max_filename_length", 13),
        ("max_image_size", 14),
    ];
    let server = server();
    for _ in 0..20 {
        server.post("/_mock/reset").fetch();
        std::thread::scope(|scope| {
            for (name, value) in SETTINGS {
                let server = &server;
                scope.spawn(move || assert_eq!(change(server, "", &json!({name: value})).0, 200));
            }
        });
        let settings = shown(&server, "");
        for (name, value) in SETTINGS {
            assert_eq!(settings[name], value, "{name}");
        }
    }
}

#[test]
fn an_unknown_setting_is_refused_and_changes_nothing() {
    let server = server();
    let sent = json!({"max_upload_size": 5, "max_uplod_size": 1});
    let (status, refusal) = change(&server, "", &sent);
    assert_eq!((status, &refusal["field"]), (400, &json!("max_uplod_size")), "{refusal}");
    let description = refusal["description"].as_str().expect("a description");
    assert!(description.contains("max_upload_size"), "{description}");
    assert_eq!(shown(&server, "")["max_upload_size"], 52_428_800);
}

#[test]
fn a_change_for_a_deleted_account_does_not_reach_its_successor() {
    let server = server();
    server.post("/_mock/accounts").json(&json!({"name": "stale"})).fetch();
    let body = json!({"max_upload_size": 5}).to_string();
    let (start, rest) = body.split_at(5);
    let mut connection = server.connect();
    let head = format!(
        "PATCH /@stale/_mock/settings HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    connection.send(head.as_bytes());
    // The request has been assigned to its account.
    assert_eq!(connection.read_response().status(), 100);
    connection.send(start.as_bytes());
    assert_eq!(server.delete("/_mock/accounts/stale").fetch().status(), 200);
    let successor = json!({"name": "stale", "settings": {"max_upload_size": 1_000}});
    assert_eq!(server.post("/_mock/accounts").json(&successor).fetch().status(), 201);
    connection.send(rest.as_bytes());
    assert_eq!(connection.read_response().status(), 200, "it changed the deleted account");
    assert_eq!(shown(&server, "/@stale")["max_upload_size"], 1_000);
    server.post("/@stale/_mock/reset").fetch();
    assert_eq!(shown(&server, "/@stale")["max_upload_size"], 1_000);
}

#[test]
fn a_request_follows_the_settings_that_admitted_it() {
    let server = server();
    let mut connection = server.connect();
    let head = format!(
        "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: x\r\n{AGENT}\
         Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    );
    connection.send(head.as_bytes());
    assert_eq!(connection.read_response().status(), 100);
    let (status, _) = change(&server, "", &json!({"max_upload_size": 1, "upload_ttl": "2h"}));
    assert_eq!(status, 200);
    connection.send(b"hello");
    let answer = connection.read_response();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.json()["upload"]["expires_at"], "2026-01-01T01:00:00Z");
    let next = server.upload("b.txt", "h");
    assert_eq!(next["expires_at"], "2026-01-01T02:00:00Z");
}

#[test]
fn public_url_applies_to_one_account() {
    let server = server();
    let settings = server.request(reqwest::Method::PATCH, "/@desk/_mock/settings");
    let changed = settings.json(&json!({"public_url": "https://desk.example.test"})).fetch();
    assert_eq!(changed.status(), 200);
    let url = |account: &str| {
        let path = format!("/@{account}/api/v2/uploads?filename=a.txt");
        let mut upload = server.post(&path).agent().body("x").fetch().into_json()["upload"].take();
        upload["attachment"]["url"].take().as_str().expect("a URL").to_owned()
    };
    assert!(url("desk").starts_with("https://desk.example.test/@desk/api/v2/attachments/"));
    assert!(url("other").starts_with(&server.mock.url()));
}
