//! Refused seeds.

use std::path::Path;

use serde_json::json;
use zendesk_mock::{SeedData, StartError, ZendeskMock};

use super::{UPLOAD, comparable_export, post_seed, refusal, seed};
use crate::harness::*;

#[test]
fn an_invalid_seed_is_400_with_its_place_and_changes_nothing() {
    let server = server();
    let kept = server.upload("kept.txt", "kept");
    let file = json!({"name": "a.txt", "text": "x"});
    let comments = json!([{"body": "x"}]);
    let cases = [
        (json!({"users": [{"id": 1}, {"id": 1}]}), "users[1].id", "nothing else of its kind"),
        (json!({"users": [{"id": 0}]}), "users[0].id", "from 1 to 9007199254740991"),
        (json!({"users": [{"id": "x"}]}), "users[0].id", "takes a whole number"),
        (
            json!({"users": [{"email": "a@b"}, {"email": "A@b"}]}),
            "users[1].email",
            "nothing else of its kind",
        ),
        (json!({"users": [{"api_tokens": ["t"]}]}), "users[0].email", "must be there"),
        (json!({"users": [{"role": "king"}]}), "users[0].role", "`admin`, `agent`, `end-user`"),
        (json!({"brands": [{}]}), "brands[0].name", "must be there"),
        (
            json!({"brands": [{"name": "a", "subdomain": "x"}, {"name": "b", "subdomain": "X"}]}),
            "brands[1].subdomain",
            "nothing else of its kind",
        ),
        (json!({"uploads": [{"token": "short"}]}), "uploads[0].token", "25 letters and digits"),
        (
            json!({"uploads": [{"token": UPLOAD}, {"token": UPLOAD}]}),
            "uploads[1].token",
            "nothing else of its kind",
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
            json!({"tickets": [{"id": 2, "comments": comments}, {"id": 2, "comments": comments}]}),
            "tickets[1].id",
            "larger",
        ),
        (
            json!({"tickets": [{"comments": comments, "priority": "top"}]}),
            "tickets[0].priority",
            "`urgent`, `high`, `normal`, `low`",
        ),
        (
            json!({"tickets": [{"comments": comments, "requester": []}]}),
            "tickets[0].requester",
            "an id, an address",
        ),
        (
            json!({"tickets": [{"comments": comments, "audits": []}]}),
            "tickets[0].comments[0].id",
            "where there are audits",
        ),
        (
            json!({"tickets": [{"comments": [{"id": 1, "body": "x"}], "audits": []}]}),
            "tickets[0].audits",
            "each comment once",
        ),
        (json!({"images": [{}]}), "images[0].content_type", "must be there"),
        (
            json!({"images": [{"content_type": "text/html", "published": true, "file": file}]}),
            "images[0].content_type",
            "an image type in lower case, or one of image_types",
        ),
        (
            json!({"images": [{"content_type": "image/png;x=<", "file": file}]}),
            "images[0].content_type",
            "an image type",
        ),
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
            json!({"tickets": [{"comments": comments, "created_at": "1900-01-01T00:00:00Z"}]}),
            "tickets[0].created_at",
            "from 1970 on",
        ),
        (
            json!({"users": [{"access_tokens": ["t"]}, {"access_tokens": ["t"]}]}),
            "users[1].access_tokens",
            "nothing else of its kind",
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
        (
            json!({"settings": {"max_uplaod_size": 1}}),
            "settings.max_uplaod_size",
            "unknown field; did you mean `max_upload_size`?",
        ),
        (json!({"users": [["Ada"]]}), "users[0]", "takes a JSON object"),
        (json!({"usres": []}), "usres", "unknown field; did you mean `users`?"),
        (
            json!({"tickets": [{"comments": comments}, {"comemnts": comments}]}),
            "tickets[1].comemnts",
            "unknown field; did you mean `comments`?",
        ),
        (
            json!({"uploads": [{"files": [{"name": "a", "text": "", "zebra": 1}]}]}),
            "uploads[0].files[0].zebra",
            "unknown field",
        ),
        (
            json!({"tickets": [{"comments": comments, "custom_fields": [{"id": 1, "vaule": 2}]}]}),
            "tickets[0].custom_fields[0].vaule",
            "did you mean `value`?",
        ),
    ];
    for (document, field, accepts) in cases {
        let (status, at, why) = refusal(post_seed(&server, &document));
        assert_eq!((status, &*at), (400, field), "{document}: {why}");
        assert!(why.contains(accepts), "{document}: {why}");
    }
    let own = json!({"id": 5, "token": UPLOAD});
    let gif = "R0lGODlhAQABAAAAADs=";
    let mut image =
        json!({"name": "a.gif", "content_type": "image/gif", "base64": gif, "thumbnail": own});
    (image["id"], image["token"]) = (json!(5), json!("SeededFileToken0000000001"));
    let same = json!({"uploads": [{"files": [image]}]});
    let (status, at, _) = refusal(post_seed(&server, &same));
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
    seed(&server, &first);
    let before = comparable_export(&server);
    for second in [
        json!({"settings": {"max_upload_size": 20}, "users": [{"id": 7}, {"id": 7}]}),
        json!({"settings": {"max_upload_size": 0}, "users": []}),
    ] {
        assert_eq!(refusal(post_seed(&server, &second)).0, 400, "{second}");
        assert_eq!(comparable_export(&server), before);
        server.post("/_mock/reset").fetch();
        assert_eq!(comparable_export(&server), before, "a reset returns to the first seed");
    }
}

#[test]
fn a_seed_over_max_memory_is_503_and_frees_its_memory() {
    let server = configured(|config| config.max_memory = 1024 * 1024);
    let kept = server.upload("kept.txt", "kept");
    let used = server.mock.memory_used();
    let files: Vec<_> = (0..9).map(|_| json!({"name": "a", "text": "x".repeat(100_000)})).collect();
    let response = post_seed(&server, &json!({"uploads": [{"files": files}]}));
    let (status, body) = response.status_and_json();
    assert_eq!((status, &body["error"]), (503, &json!("ServiceUnavailable")), "{body}");
    assert_eq!(server.mock.memory_used(), used);
    assert_eq!(server.download(&kept["attachment"]), b"kept");
}

#[test]
fn a_seed_is_charged_before_it_is_built() {
    let server = configured(|config| config.max_memory = 16 * 1024 * 1024);
    let refused = |document: &str| {
        let response = server.post("/_mock/seed").body(document.to_owned()).fetch();
        let (status, body) = response.status_and_json();
        assert_eq!((status, &body["error"]), (503, &json!("ServiceUnavailable")), "{body}");
        assert_eq!(server.mock.memory_used(), 0);
    };
    // Short JSON can need much memory.
    refused(&format!("{{\"tickets\": [{}]}}", vec!["{}"; 100_000].join(",")));
    refused(&format!("{{\"settings\": [{}0]}}", "0,".repeat(200_000)));
    let tokens: Vec<_> = (0..100_000).map(|number| format!("\"{number}\"")).collect();
    refused(&format!("{{\"users\": [{{\"access_tokens\": [{}]}}]}}", tokens.join(",")));
    let long = "x".repeat(3_000_000);
    let past = json!({"id": 2, "created_at": "2026-01-01T00:00:00Z", "author_id": 1, "events": [{"type": "Comment", "id": 1}]});
    let ticket = json!({"subject": long, "comments": [{"id": 1, "body": "x"}], "audits": [past]});
    seed(&server, &json!({"tickets": [ticket]}));
    assert!(server.mock.memory_used() > 3_000_000);
}

#[test]
fn a_refusal_does_not_repeat_the_input() {
    let server = server();
    for document in [
        json!({"users": [{"email": "a@b.c", "api_tokens": "hunter2"}]}),
        json!({"users": "hunter2".repeat(100_000)}),
        json!({"accounts": {"hunter2".repeat(1_000): 1}}),
        json!({"users": [{"role": "hunter2"}]}),
    ] {
        let answer = post_seed(&server, &document).text().expect("a body");
        assert!(answer.len() < 1_000, "{}", answer.len());
        assert!(!answer.contains("hunter2") || document["accounts"].is_object(), "{answer}");
    }
}

#[test]
fn a_server_does_not_start_with_an_invalid_seed() {
    let start = |data: SeedData| {
        let started =
            ZendeskMock::builder().configure(|config| config.seed_data = Some(data)).start();
        started.expect_err("a refusal")
    };
    let bad = start(SeedData::Json("{\"accounts\": {\"acme\": {\"brands\": [{}]}}}".to_owned()));
    assert!(matches!(bad, StartError::Seed { .. }), "{bad}");
    assert_eq!(bad.to_string(), "seed_data: accounts.acme.brands[0].name: must be there");
    let missing = start(SeedData::Path(Path::new("no/such/place").to_owned()));
    assert!(missing.to_string().contains("no/such/place cannot be read"), "{missing}");
}

#[test]
fn a_seed_larger_than_the_memory_is_not_read() {
    let start = |data: &Path| {
        let started = ZendeskMock::builder().configure(|config| {
            config.seed_data = Some(SeedData::Path(data.to_owned()));
            config.max_memory = 10;
        });
        started.start().expect_err("a refusal").to_string()
    };
    let refused = start(Path::new(super::SEED));
    assert!(refused.starts_with("seed_data: "), "{refused}");
    assert!(refused.ends_with("larger than max_memory, 10 bytes"), "{refused}");
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let pipe = std::env::temp_dir().join(format!("zendesk-mock-pipe-{}", std::process::id()));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|made| made.success()), "mkfifo is part of POSIX");
    let server = server();
    for path in [Path::new("/dev/zero"), &pipe] {
        let started = ZendeskMock::builder()
            .configure(|config| config.seed_data = Some(SeedData::Path(path.to_owned())));
        let refused = started.start().expect_err("a refusal").to_string();
        assert!(refused.contains("no regular file"), "{refused}");
        let file = json!({"name": "a", "path": path});
        let document = json!({"uploads": [{"files": [file]}]}).to_string();
        let refused = server.mock.default_account().seed(&document).expect_err("a refusal");
        assert!(refused.to_string().contains("no regular file"), "{refused}");
    }
    let _ = std::fs::remove_file(pipe);
}
