//! Seeds and exports.

mod export;
mod ids;
mod refusals;

use reqwest::blocking::Response;
use serde_json::{Value, json};
use zendesk_mock::{Auth, SeedData};

use crate::harness::images::*;
use crate::harness::*;

const SEED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/seed");

const UPLOAD: &str = "SeededUploadToken00000001";
const SOON: &str = "SeededUploadToken00000002";

/// A server that starts with the seed of the fixtures.
fn seeded() -> Server {
    configured(|config| config.seed_data = Some(SeedData::Path(SEED.into())))
}

fn post_seed(server: &Server, document: &Value) -> Response {
    server.post("/_mock/seed").json(document).fetch()
}

#[track_caller]
fn seed(server: &Server, document: &Value) -> Value {
    let response = post_seed(server, document);
    assert_eq!(response.status(), 200, "{document}");
    response.into_json()["holds"].take()
}

fn export(server: &Server) -> Value {
    let response = server.get("/_mock/export").fetch();
    assert_eq!(response.status(), 200);
    response.into_json()
}

/// An export without version and account.
fn comparable_export(server: &Server) -> Value {
    let mut exported = export(server);
    for name in ["zendesk_mock", "account"] {
        assert!(exported[name].take().is_string(), "{name}");
    }
    exported
}

/// Creates objects of every kind.
fn fill(server: &Server) {
    let token = token(&server.upload("a.txt", "hello")).to_owned();
    server.upload(&format!("b.png&token={token}"), PNG);
    let attached = server.upload("attached.txt", "attached");
    let ticket = server.attach(&attached["token"])["ticket"]["id"].take();
    let redacted = server.upload("secret.txt", "secret");
    let change = json!({"ticket": {
        "status": "pending", "tags": ["a", "b"], "custom_fields": [{"id": 1, "value": [ "x" ]}, {"id": 2, "value": 1.5}],
        "due_at": "2026-02-01T00:00:00Z", "requester": {"name": "Some Body", "email": "some@body.test"},
        "comment": {"html_body": "<b>bold</b>", "public": false, "uploads": [redacted["token"]]},
    }});
    server
        .request(reqwest::Method::PUT, &format!("/api/v2/tickets/{ticket}"))
        .agent()
        .json(&change)
        .fetch();
    let comment = server.comments(&ticket)[1]["id"].take();
    let file = &redacted["attachment"]["id"];
    let redact = format!("/api/v2/tickets/{ticket}/comments/{comment}/attachments/{file}/redact");
    assert_eq!(server.put(&redact).agent().fetch().status(), 200);
    server
        .create_ticket(&json!({"subject": "second", "status": "closed", "comment": {"body": "x"}}));
    reserve(server, "image/png", 1);
    let stored = reserve(server, "image/png", 70);
    store(server, &stored, PNG);
    let seen = reserve(server, "image/png", 70);
    store(server, &seen, PNG);
    publish(server, &seen.token);
    let scanned = server.upload("scanned.txt", "x")["attachment"]["id"].take();
    let found = json!({"malware_scan_result": "malware_found", "inline": true});
    server.put(&format!("/_mock/attachments/{scanned}")).json(&found).fetch();
    // Attached and published tokens are still alive, with half an hour left.
    server.post("/_mock/clock/advance").json(&json!({"by": "30m"})).fetch();
    server.upload("young.txt", "young");
    let settings = json!({"max_upload_size": "1MB", "bad_token_on_ticket": "ignore"});
    server.request(reqwest::Method::PATCH, "/_mock/settings").json(&settings).fetch();
}

fn refusal(response: Response) -> (u16, String, String) {
    let (status, body) = response.status_and_json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (status, text("field"), text("problem"))
}

#[test]
fn a_server_starts_with_its_seed() {
    let server = seeded();
    let upload = server.get_json(&format!("/api/v2/uploads/{UPLOAD}"))["upload"].take();
    assert_eq!(upload["attachments"][0]["id"], 201);
    assert_eq!(upload["attachments"][0]["file_name"], "receipt.txt");
    assert_eq!(upload["attachments"][0]["content_type"], "text/plain");
    assert_eq!(server.download(&upload["attachments"][0]), b"Paid: 42\n");
    let image = &upload["attachments"][1];
    assert_eq!((&image["width"], &image["thumbnails"][0]["width"]), (&json!(1), &json!(1)));

    let ticket = server.get_json("/api/v2/tickets/35")["ticket"].take();
    assert_eq!(ticket["subject"], "My printer is on fire");
    assert_eq!((&ticket["requester_id"], &ticket["submitter_id"]), (&json!(103), &json!(103)));
    assert_eq!((&ticket["status"], &ticket["priority"]), (&json!("open"), &json!("urgent")));
    assert_eq!(ticket["custom_fields"], json!([{"id": 900, "value": "second floor"}]));
    assert_eq!(ticket["created_at"], "2025-12-24T18:00:00Z");
    let comments = server.comments(&json!(35));
    assert_eq!((&comments[0]["author_id"], &comments[1]["author_id"]), (&json!(103), &json!(101)));
    assert_eq!(
        (&comments[1]["public"], &comments[1]["body"]),
        (&json!(false), &json!("Use **water**."))
    );
    assert_eq!(comments[1]["created_at"], "2025-12-24T18:05:00Z");
    assert_eq!(server.download(&comments[0]["attachments"][0]), b"puff");
    let virus = text(&comments[0]["attachments"][1]["content_url"]).to_owned();
    assert_eq!(server.get(&virus).fetch().status(), 403);
    let audits = server.get_json("/api/v2/tickets/35/audits");
    assert_eq!(audits["count"], 2);

    let users = server.get_json("/api/v2/users/search?query=example.com");
    let names: Vec<_> = users["users"].as_array().into_iter().flatten().collect();
    assert_eq!((&names[0]["name"], &names[0]["role"]), (&json!("Ada Agent"), &json!("admin")));
    assert_eq!((&names[1]["name"], &names[1]["role"]), (&json!("Eve Enduser"), &json!("end-user")));

    // New ids are larger than those of the seed.
    assert_eq!(server.create_ticket(&json!({"comment": {"body": "x"}}))["ticket"]["id"], 36);
    let next = server.upload("next.txt", "x")["attachment"]["id"].as_u64();
    assert!(next > Some(302), "{next:?}");
}

#[test]
fn brands_come_from_the_seed() {
    let server = seeded();
    let brands = server.get_json("/api/v2/brands.json");
    assert_eq!((&brands["count"], &brands["brands"][0]["id"]), (&json!(2), &json!(10016)));
    let brand = server.get_json("/api/v2/brands/10017")["brand"].take();
    assert_eq!(brand["url"], format!("{}/api/v2/brands/10017.json", server.mock.url()));
    assert_eq!((&brand["name"], &brand["subdomain"]), (&json!("Outlet"), &json!("outlet")));
    assert_eq!(brand["brand_url"], server.mock.url(), "a URL never leads to another server");
    assert_eq!((&brand["default"], &brands["brands"][0]["default"]), (&json!(false), &json!(true)));
    assert_eq!(server.get("/api/v2/brands/1").agent().fetch().status(), 404);
    assert_eq!(server.get("/api/v2/brands").fetch().status(), 401);
}

#[test]
fn seeded_images_are_served_or_can_be_published() {
    let server = seeded();
    let exported = export(&server);
    let images = exported["images"].as_array().expect("images");
    let named = images.iter().find_map(|image| image["published"].as_str()).expect("a name");
    // The last 32 bits of a name are the account.
    assert_eq!(&named[..19], "01J0000000000000000");
    let image = server.get(&format!("/hc/user_images/{named}.gif")).fetch();
    assert_eq!(image.header("content-type"), "image/gif");
    assert_eq!(image.bytes().expect("the image").len(), 14);
    let publish = crate::harness::images::try_publish(&server, "01J00000000000000000000001");
    assert_eq!(publish.status(), 404);
    let leaks = server.get("/_mock/leaks").fetch().into_json();
    let leaks = leaks["tokens"].as_array().expect("tokens");
    let image = leaks.iter().find(|leak| leak["kind"] == "image").expect("an image");
    assert_eq!(image["missing"], "store");
}

#[test]
fn under_strict_auth_only_seeded_credentials_are_accepted() {
    let server = configured(|config| {
        config.seed_data = Some(SeedData::Path(SEED.into()));
        config.account.auth = Auth::Strict;
    });
    let me = |user: &str, secret: &str| {
        let response = server.get("/api/v2/users/me").basic_auth(user, Some(secret)).fetch();
        let status = response.status().as_u16();
        (status, response.into_json()["user"]["id"].take())
    };
    assert_eq!(me("ada@example.com", "opensesame"), (200, json!(101)));
    assert_eq!(me("ADA@example.com/token", "ada-token"), (200, json!(101)));
    let robot = server.get("/api/v2/users/me").bearer_auth("robot-token").fetch();
    assert_eq!(robot.into_json()["user"]["id"], 102);
    for (user, secret) in [
        ("ada@example.com", "ada-token"),
        ("ada@example.com/token", "opensesame"),
        ("eve@example.com", ""),
        ("nobody@example.com", "opensesame"),
    ] {
        assert_eq!(me(user, secret).0, 401, "{user} {secret}");
    }
    assert_eq!(server.get("/api/v2/users/me").bearer_auth("ada-token").fetch().status(), 401);
}

#[test]
fn a_seeded_user_keeps_its_role() {
    let server = seeded();
    let role = |user: &str| {
        let me = server.get("/api/v2/users/me").basic_auth(user, Some("any")).fetch();
        me.into_json()["user"]["role"].take()
    };
    assert_eq!(role("eve@example.com"), "end-user");
    assert_eq!(role("ada@example.com"), "admin");
}

#[test]
fn a_seeded_upload_expires_only_if_the_seed_says_so() {
    let server = seeded();
    let shown =
        |token: &str| server.get(&format!("/api/v2/uploads/{token}")).agent().fetch().status();
    assert_eq!((shown(UPLOAD).as_u16(), shown(SOON).as_u16()), (200, 200));
    server.post("/_mock/clock/advance").json(&json!({"by": "10m"})).fetch();
    assert_eq!((shown(UPLOAD).as_u16(), shown(SOON).as_u16()), (200, 404));
    server.post("/_mock/clock/advance").json(&json!({"by": "100000h"})).fetch();
    assert_eq!(shown(UPLOAD), 200);
    let history = server.get(&format!("/_mock/tokens/{UPLOAD}")).fetch().into_json();
    assert_eq!(history["token"]["missing"], "attach", "{history}");
    assert_eq!(history["token"]["steps"][0]["step"], "issued", "{history}");
    server.attach(&json!(UPLOAD));
}

#[test]
fn every_reset_returns_to_the_seed() {
    let server = seeded();
    let first = comparable_export(&server);
    for _ in 0..3 {
        server.attach(&json!(UPLOAD));
        server.delete("/api/v2/tickets/35").agent().fetch();
        server.post("/_mock/clock/advance").json(&json!({"by": "24h"})).fetch();
        server.post("/_mock/reset").fetch();
        assert_eq!(comparable_export(&server), first);
    }
    // Names repeat after each reset.
    let one = server.upload("a.txt", "x");
    server.post("/_mock/reset").fetch();
    assert_eq!(server.upload("a.txt", "x")["token"], one["token"]);
}

#[test]
fn one_document_seeds_many_accounts() {
    let document = json!({
        "tickets": [{"comments": [{"body": "of default"}]}],
        "accounts": {
            "acme": {"tickets": [{"comments": [{"body": "of acme"}]}], "settings": {"max_upload_size": 3}},
            "void": {},
        },
    });
    let server = configured(|config| config.seed_data = Some(SeedData::Json(document.to_string())));
    let exported = |account: &str| {
        let path = format!("/@{account}/api/v2/tickets/1");
        let response = server.get(&path).agent().fetch();
        let found = response.status() == 200;
        found.then(|| response.into_json()["ticket"]["description"].take())
    };
    assert_eq!(exported("default"), Some(json!("of default")));
    assert_eq!(exported("acme"), Some(json!("of acme")));
    assert_eq!(exported("void"), None);
    let upload = |account: &str| {
        let path = format!("/@{account}/api/v2/uploads?filename=a");
        server.post(&path).agent().body("four").fetch().status().as_u16()
    };
    assert_eq!((upload("default"), upload("acme")), (201, 413));
    server.post("/@acme/_mock/reset").fetch();
    assert_eq!(upload("acme"), 413);
}

#[test]
fn a_seed_replaces_the_whole_account() {
    let server = server();
    fill(&server);
    server.post("/_mock/faults").json(&json!({"operation": "upload", "status": 503})).fetch();
    let counts = seed(
        &server,
        &json!({"uploads": [{"token": UPLOAD, "files": [{"name": "a.txt", "text": "x"}]}]}),
    );
    assert_eq!((&counts["uploads"], &counts["tickets"]), (&json!(1), &json!(0)));
    assert_eq!(server.get("/_mock/faults").fetch().into_json()["faults"], json!([]));
    assert_eq!(server.get("/_mock/journal").fetch().into_json()["entries"], json!([]));
    let settings = server.get("/_mock/settings").fetch().into_json();
    assert_eq!(settings["settings"]["max_upload_size"], 52_428_800);
    server.attach(&json!(UPLOAD));
    seed(&server, &json!({}));
    assert_eq!(server.mock.memory_used(), crate::harness::OVERHEAD);
}

#[test]
fn a_new_account_can_have_a_seed() {
    let server = server();
    let seed = json!({"tickets": [{"comments": [{"body": "hello"}]}]});
    let created =
        server.post("/_mock/accounts").json(&json!({"name": "acme", "seed": seed})).fetch();
    assert_eq!(created.status(), 201);
    assert_eq!(created.into_json()["holds"]["tickets"], 1);
    let bad = json!({"name": "bad", "seed": {"tickets": [{"status": "lost", "comments": [{"body": "x"}]}]}});
    let refused = refusal(server.post("/_mock/accounts").json(&bad).fetch());
    assert_eq!((refused.0, &*refused.1), (400, "seed.tickets[0].status"));
    let all = server.get("/_mock/accounts").fetch().into_json();
    assert_eq!(all["accounts"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_seed_replaces_the_settings_of_the_last_one() {
    let server = server();
    let users = json!([{"email": "a@b.c", "api_tokens": ["t"]}]);
    seed(&server, &json!({"settings": {"auth": "strict", "max_upload_size": 10}, "users": users}));
    let me = |token| server.get("/api/v2/users/me").basic_auth("a@b.c/token", Some(token)).fetch();
    assert_eq!((me("t").status().as_u16(), me("u").status().as_u16()), (200, 401));
    seed(&server, &export(&server));
    assert_eq!(me("t").status(), 401, "secrets are not exported");
    seed(&server, &json!({}));
    assert_eq!(me("any").status(), 200);
    let settings = server.get("/_mock/settings").fetch().into_json();
    assert_eq!(settings["settings"]["max_upload_size"], 52_428_800);
}

#[test]
fn a_reset_restarts_lifetimes_if_the_seed_sets_the_clock() {
    let server = configured(|config| config.frozen_at = None);
    let upload = json!({"token": UPLOAD, "life": "10m", "files": [{"name": "a", "text": "x"}]});
    let clock = json!({"now": "2026-05-05T05:05:05Z", "frozen": false});
    seed(&server, &json!({"clock": clock, "uploads": [upload]}));
    let shown = || server.get(&format!("/api/v2/uploads/{UPLOAD}")).agent().fetch().status();
    for _ in 0..2 {
        assert_eq!(shown(), 200);
        server.post("/_mock/clock/advance").json(&json!({"by": "11m"})).fetch();
        assert_eq!(shown(), 404);
        server.post("/_mock/reset").fetch();
    }
}

#[test]
fn a_seed_may_exceed_the_limit_of_other_json() {
    let server = server();
    let text = "0123456789".repeat(300_000);
    let document =
        json!({"uploads": [{"token": UPLOAD, "files": [{"name": "big.txt", "text": text}]}]});
    seed(&server, &document);
    let upload = server.get_json(&format!("/api/v2/uploads/{UPLOAD}"))["upload"].take();
    assert_eq!(server.download(&upload["attachments"][0]), text.as_bytes());
    assert_eq!(
        export(&server)["uploads"][0]["files"][0]["base64"].as_str().map(str::len),
        Some(4_000_000)
    );
}
