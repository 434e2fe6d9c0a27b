//! Seeds: what accounts hold from the start and after each reset, and accounts told as one document.

use std::path::Path;

use reqwest::blocking::Response;
use serde_json::{Value, json};
use zendesk_mock::{Auth, SeedData, StartError, ZendeskMock};

use crate::harness::images::{PNG, publish, reserve, store};
use crate::harness::{RequestExt as _, ResponseExt as _, Server, configured, server, text, token};

const SEED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/seed");

const UPLOAD: &str = "SeededUploadToken00000001";
const SOON: &str = "SeededUploadToken00000002";

/// A server that was started with the seed of the fixtures.
fn seeded() -> Server {
    configured(|config| config.seed_data = Some(SeedData::Path(SEED.into())))
}

fn plant(server: &Server, document: &Value) -> Response {
    server.post("/_mock/seed").json(document).fetch()
}

#[track_caller]
fn planted(server: &Server, document: &Value) -> Value {
    let response = plant(server, document);
    assert_eq!(response.status(), 200, "{document}");
    response.into_json()["holds"].take()
}

fn export(server: &Server) -> Value {
    let response = server.get("/_mock/export").fetch();
    assert_eq!(response.status(), 200);
    response.into_json()
}

/// An export without what tells where it was made.
fn object_counts(server: &Server) -> Value {
    let mut told = export(server);
    for name in ["zendesk_mock", "account"] {
        assert!(told[name].take().is_string(), "{name}");
    }
    told
}

fn refusal(response: Response) -> (u16, String, String) {
    let (status, body) = response.status_and_json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (status, text("field"), text("accepts"))
}

#[test]
fn a_server_starts_with_what_its_seed_says() {
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
        (&json!(false), &json!("Use water."))
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

    // The next ids are larger than those that were given.
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
    assert_eq!(brand["brand_url"], server.mock.url(), "no URL leads away from here");
    assert_eq!((&brand["default"], &brands["brands"][0]["default"]), (&json!(false), &json!(true)));
    assert_eq!(server.get("/api/v2/brands/1").agent().fetch().status(), 404);
    assert_eq!(server.get("/api/v2/brands").fetch().status(), 401);
}

#[test]
fn images_of_a_seed_are_served_or_wait_to_be_published() {
    let server = seeded();
    let told = export(&server);
    let images = told["images"].as_array().expect("images");
    let named = images.iter().find_map(|image| image["published"].as_str()).expect("a name");
    // The last 32 bits of a name are its account.
    assert_eq!(&named[..19], "01J0000000000000000");
    let image = server.get(&format!("/hc/user_images/{named}.gif")).fetch();
    assert_eq!(image.header("content-type"), "image/gif");
    assert_eq!(image.bytes().expect("the image").len(), 14);
    let publish = crate::harness::images::try_publish(&server, "01J00000000000000000000001");
    assert_eq!(publish.status(), 404);
    let leaks = server.get("/_mock/leaks").fetch().into_json();
    assert_eq!(leaks["images"][0]["missing"], "the PUT of the bytes to upload.url");
}

#[test]
fn under_strict_authentication_only_those_who_are_seeded_are_let_in() {
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
fn who_has_a_role_by_the_seed_keeps_it() {
    let server = seeded();
    let role = |user: &str| {
        let me = server.get("/api/v2/users/me").basic_auth(user, Some("any")).fetch();
        me.into_json()["user"]["role"].take()
    };
    assert_eq!(role("eve@example.com"), "end-user");
    assert_eq!(role("ada@example.com"), "admin");
}

#[test]
fn what_a_seed_brings_lives_for_ever_unless_it_says_how_long() {
    let server = seeded();
    let shown =
        |token: &str| server.get(&format!("/api/v2/uploads/{token}")).agent().fetch().status();
    assert_eq!((shown(UPLOAD).as_u16(), shown(SOON).as_u16()), (200, 200));
    server.post("/_mock/clock/advance").json(&json!({"by": "10m"})).fetch();
    assert_eq!((shown(UPLOAD).as_u16(), shown(SOON).as_u16()), (200, 404));
    server.post("/_mock/clock/advance").json(&json!({"by": "100000h"})).fetch();
    assert_eq!(shown(UPLOAD), 200);
    let chain = server.get(&format!("/_mock/chains/{UPLOAD}")).fetch().into_json();
    assert_eq!(chain["chain"]["missing"], "attach", "{chain}");
    server.attach(&json!(UPLOAD));
}

#[test]
fn a_reset_returns_to_the_seed_again_and_again() {
    let server = seeded();
    let first = object_counts(&server);
    for _ in 0..3 {
        server.attach(&json!(UPLOAD));
        server.delete("/api/v2/tickets/35").agent().fetch();
        server.post("/_mock/clock/advance").json(&json!({"by": "24h"})).fetch();
        server.post("/_mock/reset").fetch();
        assert_eq!(object_counts(&server), first);
    }
    // Seeded names repeat from the seed on.
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
    let told = |account: &str| {
        let path = format!("/@{account}/api/v2/tickets/1");
        let response = server.get(&path).agent().fetch();
        let found = response.status() == 200;
        found.then(|| response.into_json()["ticket"]["description"].take())
    };
    assert_eq!(told("default"), Some(json!("of default")));
    assert_eq!(told("acme"), Some(json!("of acme")));
    assert_eq!(told("void"), None);
    let upload = |account: &str| {
        let path = format!("/@{account}/api/v2/uploads?filename=a");
        server.post(&path).agent().body("four").fetch().status().as_u16()
    };
    assert_eq!((upload("default"), upload("acme")), (201, 413));
    server.post("/@acme/_mock/reset").fetch();
    assert_eq!(upload("acme"), 413);
}

/// Whatever an account can hold.
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
    // Their tokens and places are forgotten, and what they came to stays.
    server.post("/_mock/clock/advance").json(&json!({"by": "30m"})).fetch();
    server.upload("young.txt", "young");
    let settings = json!({"max_upload_size": "1MB", "bad_token_on_ticket": "ignore"});
    server.request(reqwest::Method::PATCH, "/_mock/settings").json(&settings).fetch();
}

#[test]
fn an_account_is_told_and_made_again_elsewhere_to_the_last_name() {
    let one = server();
    fill(&one);
    let told = export(&one);
    let other = configured(|config| (config.seed, config.frozen_at) = (Some(7), None));
    planted(&other, &told);
    assert_eq!(export(&other), told);
    let lists = ["/api/v2/tickets", "/api/v2/tickets/1/audits", "/api/v2/tickets/1/comments"];
    for path in lists {
        let answer = |server: &Server| {
            let text = server.get(path).agent().fetch().text().expect("a body");
            text.replace(&server.mock.url(), "")
        };
        assert_eq!(answer(&other), answer(&one), "{path}");
    }
    // Half an hour is left, here as there.
    let uploads = told["uploads"].as_array().expect("uploads");
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
    // Once more, and the time is that of the document again.
    other.post("/_mock/reset").fetch();
    assert_eq!(export(&other), told);
}

#[test]
fn an_export_holds_no_secret_and_is_offered_as_a_file() {
    let server = seeded();
    let response = server.get("/_mock/export").fetch();
    assert_eq!(response.header("content-disposition"), "attachment; filename=\"default.json\"");
    let text = response.text().expect("a body");
    for secret in ["opensesame", "ada-token", "robot-token", "wJalr"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn a_seed_by_call_takes_the_place_of_all_that_was_there() {
    let server = server();
    fill(&server);
    server.post("/_mock/faults").json(&json!({"operation": "upload", "status": 503})).fetch();
    let holds = planted(
        &server,
        &json!({"uploads": [{"token": UPLOAD, "files": [{"name": "a.txt", "text": "x"}]}], "unknown": 1}),
    );
    assert_eq!((&holds["uploads"], &holds["tickets"]), (&json!(1), &json!(0)));
    assert_eq!(server.get("/_mock/faults").fetch().into_json()["faults"], json!([]));
    assert_eq!(server.get("/_mock/journal").fetch().into_json()["entries"], json!([]));
    let settings = server.get("/_mock/settings").fetch().into_json();
    assert_eq!(settings["settings"]["max_upload_size"], 52_428_800);
    server.attach(&json!(UPLOAD));
    planted(&server, &json!({}));
    assert_eq!(server.mock.memory_used(), crate::harness::OVERHEAD);
}

#[test]
fn a_new_account_can_have_a_seed() {
    let server = server();
    let seed = json!({"tickets": [{"comments": [{"body": "hello"}]}]});
    let made = server.post("/_mock/accounts").json(&json!({"name": "acme", "seed": seed})).fetch();
    assert_eq!(made.status(), 201);
    assert_eq!(made.into_json()["account"]["holds"]["tickets"], 1);
    let bad = json!({"name": "bad", "seed": {"tickets": [{"status": "lost", "comments": [{"body": "x"}]}]}});
    let refused = refusal(server.post("/_mock/accounts").json(&bad).fetch());
    assert_eq!((refused.0, &*refused.1), (400, "seed.tickets[0].status"));
    let all = server.get("/_mock/accounts").fetch().into_json();
    assert_eq!(all["accounts"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_cannot_be_is_refused_by_its_place_and_changes_nothing() {
    let server = server();
    let kept = server.upload("kept.txt", "kept");
    let file = json!({"name": "a.txt", "text": "x"});
    let says = json!([{"body": "x"}]);
    let cases = [
        (json!({"users": [{"id": 1}, {"id": 1}]}), "users[1].id", "nothing else of its kind"),
        (json!({"users": [{"id": 0}]}), "users[0].id", "from 1 to 9007199254740991"),
        (json!({"users": [{"id": "x"}]}), "users[0].id", "it takes a whole number"),
        (json!({"users": [{"email": "a@b"}, {"email": "A@b"}]}), "users[1].email", "no other user"),
        (json!({"users": [{"api_tokens": ["t"]}]}), "users[0].email", "must be there"),
        (json!({"users": [{"role": "king"}]}), "users[0].role", "`admin` or `end-user`"),
        (json!({"brands": [{}]}), "brands[0].name", "must be there"),
        (json!({"uploads": [{"token": "short"}]}), "uploads[0].token", "25 letters and digits"),
        (
            json!({"uploads": [{"token": UPLOAD}, {"token": UPLOAD}]}),
            "uploads[1].token",
            "nothing else has",
        ),
        (json!({"uploads": [{"life": "soon"}]}), "uploads[0].life", "a time such as"),
        (
            json!({"uploads": [{"life": 1, "expires_at": "2026-01-02T00:00:00Z"}]}),
            "uploads[0].life",
            "cannot go together",
        ),
        (
            json!({"uploads": [{"files": [{"text": "x"}]}]}),
            "uploads[0].files[0].name",
            "must be there",
        ),
        (
            json!({"uploads": [{"files": [{"name": "x"}]}]}),
            "uploads[0].files[0]",
            "one of path, base64 and text",
        ),
        (
            json!({"uploads": [{"files": [{"name": "x", "base64": "!"}]}]}),
            "uploads[0].files[0].base64",
            "not base64",
        ),
        (
            json!({"uploads": [{"files": [{"path": "/etc/hostname"}]}]}),
            "uploads[0].files[0].path",
            "loads itself",
        ),
        (
            json!({"uploads": [{"files": [{"id": 5, "name": "a", "text": ""}, {"id": 5, "name": "b", "text": ""}]}]}),
            "uploads[0].files[1].id",
            "nothing else",
        ),
        (
            json!({"uploads": [{"files": [{"name": "a", "text": "", "malware_scan_result": "ill"}]}]}),
            "uploads[0].files[0].malware_scan_result",
            "malware_found",
        ),
        (json!({"tickets": [{}]}), "tickets[0].comments", "the first says something"),
        (
            json!({"tickets": [{"id": 2, "comments": says}, {"id": 2, "comments": says}]}),
            "tickets[1].id",
            "larger",
        ),
        (
            json!({"tickets": [{"comments": says, "priority": "top"}]}),
            "tickets[0].priority",
            "urgent, high, normal or low",
        ),
        (
            json!({"tickets": [{"comments": says, "requester": []}]}),
            "tickets[0].requester",
            "an id, an address",
        ),
        (
            json!({"tickets": [{"comments": says, "audits": []}]}),
            "tickets[0].comments[0].id",
            "where audits are told",
        ),
        (
            json!({"tickets": [{"comments": [{"id": 1, "body": "x"}], "audits": []}]}),
            "tickets[0].audits",
            "each comment once",
        ),
        (json!({"images": [{}]}), "images[0].content_type", "must be there"),
        (
            json!({"images": [{"content_type": "image/png", "published": true}]}),
            "images[0].file",
            "must be there",
        ),
        (
            json!({"images": [{"content_type": "image/png", "token": "x"}]}),
            "images[0].token",
            "a ULID",
        ),
        (
            json!({"images": [{"content_type": "image/png", "published": "x", "file": file}]}),
            "images[0].published",
            "a ULID",
        ),
        (
            json!({"settings": {"max_upload_size": "big"}}),
            "settings.max_upload_size",
            "takes a size",
        ),
        (json!({"clock": {"now": "1969-12-31T23:59:59Z"}}), "clock.now", "from 1970 on"),
        (
            json!({"tickets": [{"comments": [{"body": "x", "created_at": "1900-01-01T00:00:00Z"}]}]}),
            "tickets[0].comments[0].created_at",
            "from 1970 on",
        ),
        (
            json!({"tickets": [{"comments": says, "created_at": "1900-01-01T00:00:00Z"}]}),
            "tickets[0].created_at",
            "from 1970 on",
        ),
        (
            json!({"users": [{"access_tokens": ["t"]}, {"access_tokens": ["t"]}]}),
            "users[1].access_tokens",
            "nobody else",
        ),
        (
            json!({"uploads": [{"attached_to": 1, "files": [file]}]}),
            "uploads[0].files",
            "cannot go together",
        ),
        (
            json!({"uploads": [{"files": [{"name": "x".repeat(1001), "text": ""}]}]}),
            "uploads[0].files[0].name",
            "1 to 1000 characters",
        ),
        (
            json!({"uploads": [{"files": [{"name": "a", "text": "", "content_type": "a\r\nb"}]}]}),
            "uploads[0].files[0].content_type",
            "none of which ends a line",
        ),
        (
            json!({"images": [{"content_type": "image/png", "host": "x".repeat(256)}]}),
            "images[0].host",
            "at most 255 characters",
        ),
        (
            json!({"tickets": [{"comments": [{"body": "x", "client": "x".repeat(256)}]}]}),
            "tickets[0].comments[0].client",
            "at most 255 characters",
        ),
        (
            json!({"tickets": [{"comments": [{"id": 3, "body": "x"}, {"id": 2, "body": "x"}], "audits": []}]}),
            "tickets[0].comments[1].id",
            "larger than those before",
        ),
        (json!({"accounts": {"other": {}}}), "accounts", "a whole server"),
    ];
    for (document, field, accepts) in cases {
        let (status, at, why) = refusal(plant(&server, &document));
        assert_eq!((status, &*at), (400, field), "{document}: {why}");
        assert!(why.contains(accepts), "{document}: {why}");
    }
    let own = json!({"id": 5, "token": UPLOAD});
    let gif = "R0lGODlhAQABAAAAADs=";
    let mut image =
        json!({"name": "a.gif", "content_type": "image/gif", "base64": gif, "thumbnail": own});
    (image["id"], image["token"]) = (json!(5), json!("SeededFileToken0000000001"));
    let same = json!({"uploads": [{"files": [image]}]});
    let (status, at, _) = refusal(plant(&server, &same));
    assert_eq!((status, &*at), (400, "uploads[0].files[0].thumbnail.id"));
    for malformed in ["", "[]", "{", "{} {}", "null"] {
        let response = server.post("/_mock/seed").body(malformed).fetch();
        assert_eq!(response.status(), 400, "{malformed}");
    }
    assert_eq!(server.download(&kept["attachment"]), b"kept");
}

#[test]
fn a_refused_seed_changes_neither_objects_nor_settings() {
    let server = server();
    let first = json!({"settings": {"max_upload_size": 10}, "users": [{"name": "First"}]});
    planted(&server, &first);
    let before = object_counts(&server);
    for second in [
        json!({"settings": {"max_upload_size": 20}, "users": [{"id": 7}, {"id": 7}]}),
        json!({"settings": {"max_upload_size": 0}, "users": []}),
    ] {
        assert_eq!(refusal(plant(&server, &second)).0, 400, "{second}");
        assert_eq!(object_counts(&server), before);
        server.post("/_mock/reset").fetch();
        assert_eq!(object_counts(&server), before, "a reset returns to the first seed");
    }
}

#[test]
fn a_seed_that_does_not_fit_changes_nothing_and_gives_back_what_it_took() {
    let server = configured(|config| config.max_memory = 1024 * 1024);
    let kept = server.upload("kept.txt", "kept");
    let used = server.mock.memory_used();
    let files: Vec<_> = (0..9).map(|_| json!({"name": "a", "text": "x".repeat(100_000)})).collect();
    let response = plant(&server, &json!({"uploads": [{"files": files}]}));
    let (status, body) = response.status_and_json();
    assert_eq!((status, &body["error"]), (503, &json!("ServiceUnavailable")), "{body}");
    assert_eq!(server.mock.memory_used(), used);
    assert_eq!(server.download(&kept["attachment"]), b"kept");
}

#[test]
fn what_a_seed_takes_is_charged_before_it_is_taken() {
    let server = configured(|config| config.max_memory = 16 * 1024 * 1024);
    let refused = |document: &str| {
        let response = server.post("/_mock/seed").body(document.to_owned()).fetch();
        let (status, body) = response.status_and_json();
        assert_eq!((status, &body["error"]), (503, &json!("ServiceUnavailable")), "{body}");
        assert_eq!(server.mock.memory_used(), 0);
    };
    // Small things in a text are large ones in memory.
    refused(&format!("{{\"tickets\": [{}]}}", vec!["{}"; 100_000].join(",")));
    refused(&format!("{{\"settings\": [{}0]}}", "0,".repeat(200_000)));
    let tokens: Vec<_> = (0..100_000).map(|number| format!("\"{number}\"")).collect();
    refused(&format!("{{\"users\": [{{\"access_tokens\": [{}]}}]}}", tokens.join(",")));
    let long = "x".repeat(3_000_000);
    let past = json!({"id": 2, "created_at": "2026-01-01T00:00:00Z", "author_id": 1, "events": [{"type": "Comment", "id": 1}]});
    let ticket = json!({"subject": long, "comments": [{"id": 1, "body": "x"}], "audits": [past]});
    planted(&server, &json!({"tickets": [ticket]}));
    assert!(server.mock.memory_used() > 3_000_000);
}

#[test]
fn an_export_is_charged_before_it_is_told() {
    let server = configured(|config| config.max_memory = 16 * 1024 * 1024);
    let comments: Vec<_> = (0..40).map(|_| json!({"body": "x".repeat(60_000)})).collect();
    planted(&server, &json!({"tickets": [{"comments": comments}]}));
    let used = server.mock.memory_used();
    let fill = 16 * 1024 * 1024 - used - 4 * 1024 * 1024;
    server.upload("fill.bin", vec![b'x'; usize::try_from(fill).expect("small")]);
    let refused = server.get("/_mock/export").fetch();
    assert_eq!(refused.status_and_json().1["error"], "ServiceUnavailable");
}

#[test]
fn what_stands_in_the_wrong_place_is_not_told() {
    let server = server();
    for document in [
        json!({"users": [{"email": "a@b.c", "api_tokens": "hunter2"}]}),
        json!({"users": "hunter2".repeat(100_000)}),
        json!({"accounts": {"hunter2".repeat(1_000): 1}}),
        json!({"users": [{"role": "hunter2"}]}),
    ] {
        let answer = plant(&server, &document).text().expect("a body");
        assert!(answer.len() < 1_000, "{}", answer.len());
        assert!(!answer.contains("hunter2") || document["accounts"].is_object(), "{answer}");
    }
}

#[test]
fn given_names_and_made_ones_do_not_meet() {
    // With one seed for chance, what was exported has the names that would be made next.
    let one = server();
    one.upload("old.txt", "old");
    let mut told = export(&one);
    let new = json!({"files": [{"name": "new.txt", "text": "new"}]});
    told["uploads"].as_array_mut().expect("uploads").insert(0, new);
    let other = server();
    let holds = planted(&other, &told);
    assert_eq!((&holds["uploads"], &holds["attachments"]), (&json!(2), &json!(2)));
}

#[test]
fn an_account_goes_on_counting_where_it_was_told() {
    let one = server();
    for _ in 0..2 {
        one.create_ticket(&json!({"comment": {"body": "x"}}));
    }
    one.delete("/api/v2/tickets/2").agent().fetch();
    let other = server();
    planted(&other, &export(&one));
    assert_eq!(other.create_ticket(&json!({"comment": {"body": "x"}}))["ticket"]["id"], 3);
}

#[test]
fn the_settings_of_a_seed_go_with_the_next_one() {
    let server = server();
    let users = json!([{"email": "a@b.c", "api_tokens": ["t"]}]);
    planted(
        &server,
        &json!({"settings": {"auth": "strict", "max_upload_size": 10}, "users": users}),
    );
    let me = |token| server.get("/api/v2/users/me").basic_auth("a@b.c/token", Some(token)).fetch();
    assert_eq!((me("t").status().as_u16(), me("u").status().as_u16()), (200, 401));
    planted(&server, &export(&server));
    assert_eq!(me("t").status(), 401, "secrets are not told");
    planted(&server, &json!({}));
    assert_eq!(me("any").status(), 200);
    let settings = server.get("/_mock/settings").fetch().into_json();
    assert_eq!(settings["settings"]["max_upload_size"], 52_428_800);
}

#[test]
fn a_life_begins_anew_with_each_reset_where_the_seed_tells_the_time() {
    let server = configured(|config| config.frozen_at = None);
    let upload = json!({"token": UPLOAD, "life": "10m", "files": [{"name": "a", "text": "x"}]});
    let clock = json!({"now": "2026-05-05T05:05:05Z", "frozen": false});
    planted(&server, &json!({"clock": clock, "uploads": [upload]}));
    let shown = || server.get(&format!("/api/v2/uploads/{UPLOAD}")).agent().fetch().status();
    for _ in 0..2 {
        assert_eq!(shown(), 200);
        server.post("/_mock/clock/advance").json(&json!({"by": "11m"})).fetch();
        assert_eq!(shown(), 404);
        server.post("/_mock/reset").fetch();
    }
}

#[test]
fn comments_of_a_seed_tell_their_own_programs() {
    let server = server();
    let says = |client: &str| json!({"body": "x", "client": client});
    planted(&server, &json!({"tickets": [{"comments": [says("one"), says("two")]}]}));
    let told = export(&server);
    let comments = told["tickets"][0]["comments"].as_array().expect("comments");
    assert_eq!((&comments[0]["client"], &comments[1]["client"]), (&json!("one"), &json!("two")));
}

#[test]
fn a_seed_may_be_larger_than_any_other_json() {
    let server = server();
    let text = "0123456789".repeat(300_000);
    let document =
        json!({"uploads": [{"token": UPLOAD, "files": [{"name": "big.txt", "text": text}]}]});
    planted(&server, &document);
    let upload = server.get_json(&format!("/api/v2/uploads/{UPLOAD}"))["upload"].take();
    assert_eq!(server.download(&upload["attachments"][0]), text.as_bytes());
    assert_eq!(
        export(&server)["uploads"][0]["files"][0]["base64"].as_str().map(str::len),
        Some(4_000_000)
    );
}

#[test]
fn a_test_in_rust_does_the_same() {
    let zendesk = ZendeskMock::start();
    let account = zendesk.default_account();
    account.seed_from(SEED);
    let told = account.export();
    let other = zendesk.account("default").expect("it is there");
    other.seed(&told);
    let (told, again): (Value, Value) = (
        serde_json::from_str(&told).expect("JSON"),
        serde_json::from_str(&other.export()).expect("JSON"),
    );
    assert_eq!(told["tickets"], again["tickets"]);
    let bad = std::panic::catch_unwind(|| account.seed("{\"users\": 1}")).expect_err("it is bad");
    let message = bad.downcast::<String>().expect("a message");
    assert!(message.starts_with("the seed cannot be used: users cannot be read"), "{message}");
}

#[test]
fn a_server_does_not_start_with_a_seed_that_cannot_be() {
    let start = |data: SeedData| {
        let started =
            ZendeskMock::builder().configure(|config| config.seed_data = Some(data)).start();
        started.expect_err("it must not start")
    };
    let bad =
        start(SeedData::Json("{\"accounts\": {\"acme\": {\"users\": [{\"id\": 0}]}}}".to_owned()));
    assert!(matches!(&bad, StartError::Seed { account, .. } if account == "acme"), "{bad}");
    let missing = start(SeedData::Path(Path::new("no/such/place").to_owned()));
    assert!(missing.to_string().contains("no/such/place cannot be read"), "{missing}");
}
