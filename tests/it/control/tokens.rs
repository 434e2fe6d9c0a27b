//! `/_mock/tokens`: the history of each token.

use std::time::Duration;

use serde_json::{Value, json};
use zendesk_mock::{EventKind, MissingStep, TokenStatus};

use crate::harness::images::*;
use crate::harness::*;

fn histories(server: &Server, query: &str) -> Vec<Value> {
    let response = server.get(&format!("/_mock/tokens{query}")).fetch();
    assert_eq!(response.status(), 200, "{query}");
    response.into_json()["tokens"].as_array().expect("tokens").clone()
}

fn history_of(server: &Server, token: &str) -> Value {
    let response = server.get(&format!("/_mock/tokens/{token}")).fetch();
    assert_eq!(response.status(), 200, "{token}");
    response.into_json()["token"].take()
}

fn steps(history: &Value) -> Vec<&str> {
    let steps = history["steps"].as_array().expect("steps");
    steps.iter().map(|step| step["step"].as_str().expect("a word")).collect()
}

#[test]
fn the_history_of_an_upload_ends_with_its_downloads() {
    let server = server();
    let account = server.mock.default_account();
    let upload = server.upload("a.txt", "a");
    let token = token(&upload);
    account.advance(Duration::from_secs(1));
    let appended = server.upload(&format!("b.txt&token={token}"), "b");
    let open = history_of(&server, token);
    assert_eq!((&open["status"], &open["missing"]), (&json!("open"), &json!("attach")));
    assert_eq!(open["file_names"], json!(["a.txt", "b.txt"]));
    account.advance(Duration::from_secs(1));
    server.attach(&upload["token"]);
    for _ in 0..3 {
        account.advance(Duration::from_secs(1));
        server.download(&appended["attachment"]);
    }
    // HEAD is no download.
    let url = text(&upload["attachment"]["content_url"]);
    server.request(reqwest::Method::HEAD, url).fetch();
    let (first, second) = (&upload["attachment"]["id"], &appended["attachment"]["id"]);
    let history = json!({
        "token": token,
        "kind": "upload",
        "status": "attached",
        "missing": null,
        "issued_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-01-01T01:00:00Z",
        "steps": [
            {"step": "issued", "at": "2026-01-01T00:00:00.000Z", "object": format!("attachment/{first}")},
            {"step": "appended", "at": "2026-01-01T00:00:01.000Z", "object": format!("attachment/{second}")},
            {"step": "attached", "at": "2026-01-01T00:00:02.000Z", "object": "ticket/1"},
            {"step": "downloaded", "at": "2026-01-01T00:00:03.000Z", "object": format!("attachment/{second}"), "times": 3,
             "last_at": "2026-01-01T00:00:05.000Z"},
        ],
    });
    assert_eq!(history_of(&server, token), history);
    assert_eq!(histories(&server, ""), std::slice::from_ref(&history));
    account.advance(HOUR);
    assert_eq!(history_of(&server, token), history, "an attached token does not expire");
    let comments = server.get("/api/v2/tickets/1/comments").agent().fetch().into_json();
    let comment = format!("/api/v2/tickets/1/comments/{}", comments["comments"][0]["id"]);
    let redact = format!("{comment}/attachments/{first}/redact");
    assert_eq!(server.put(&redact).agent().fetch().status(), 200);
    server.delete("/api/v2/tickets/1").agent().fetch();
    let history = history_of(&server, token);
    assert_eq!(steps(&history)[4..], ["redacted", "deleted"]);
    assert_eq!(history["steps"][4]["object"], format!("attachment/{first}"));
    assert_eq!(history["steps"][5]["object"], "ticket/1");
}

#[test]
fn an_unattached_upload_expires_with_a_missing_step() {
    let server = server();
    let account = server.mock.default_account();
    let upload = server.upload("a.txt", "a");
    account.advance(HOUR);
    let history = history_of(&server, token(&upload));
    assert_eq!(
        (steps(&history), &history["missing"]),
        (vec!["issued", "expired"], &json!("attach"))
    );
    assert_eq!(history["steps"][1]["at"], "2026-01-01T01:00:00.000Z");
    // Setting the clock back does not restore the token.
    account.set_time("2026-01-01T00:00:00Z".parse().expect("an instant"));
    assert_eq!(history_of(&server, token(&upload)), history);
}

#[test]
fn deleting_a_token_ends_its_history_unless_it_was_attached() {
    let server = server();
    let (deleted, attached) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    server.attach(&attached["token"]);
    for upload in [&deleted, &attached] {
        let path = format!("/api/v2/uploads/{}", token(upload));
        assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    }
    let history = history_of(&server, token(&deleted));
    assert_eq!((steps(&history), &history["missing"]), (vec!["issued", "deleted"], &Value::Null));
    assert_eq!(history["status"], "deleted");
    assert_eq!(steps(&history_of(&server, token(&attached))), ["issued", "attached"]);
}

#[test]
fn deleting_a_file_leaves_its_token_open() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let id = &upload["attachment"]["id"];
    server.delete(&format!("/api/v2/attachments/{id}")).agent().fetch();
    let history = history_of(&server, token(&upload));
    assert_eq!(
        (steps(&history), &history["missing"]),
        (vec!["issued", "deleted"], &json!("attach"))
    );
    assert_eq!(history["steps"][1]["object"], format!("attachment/{id}"));
}

#[test]
fn a_refused_ticket_adds_no_step() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let ticket =
        json!({"ticket": {"comment": {"body": "b", "uploads": [upload["token"], "unknown"]}}});
    assert_eq!(server.post("/api/v2/tickets").agent().json(&ticket).fetch().status(), 422);
    assert_eq!(steps(&history_of(&server, token(&upload))), ["issued"]);
}

#[test]
fn the_history_of_an_image_names_the_missing_step() {
    let server = server();
    let image = reserve(&server, "image/png", PNG.len() as u64);
    let missing = || history_of(&server, &image.token)["missing"].take();
    assert_eq!(missing(), "store");
    store(&server, &image, PNG);
    store(&server, &image, PNG);
    assert_eq!(missing(), "publish");
    let path = publish(&server, &image.token);
    assert_eq!(missing(), Value::Null);
    store(&server, &image, PNG);
    server.get(&path).fetch();
    server.account.advance(HOUR);
    let history = history_of(&server, &image.token);
    assert_eq!(history["kind"], "image");
    assert_eq!(steps(&history), ["issued", "stored", "published", "downloaded"]);
    assert_eq!((&history["steps"][1]["times"], &history["missing"]), (&json!(2), &Value::Null));
    let name = path.rsplit('/').next().expect("a name");
    assert_eq!(history["steps"][2]["object"], format!("image/{name}"));

    let lost = [reserve(&server, "image/png", 1), reserve(&server, "image/png", 1)];
    store(&server, &lost[1], PNG);
    server.account.advance(HOUR);
    let missing = lost.map(|image| history_of(&server, &image.token)["missing"].take());
    assert_eq!(missing, ["store", "publish"]);
}

#[test]
fn histories_are_filtered_by_token_and_missing_step() {
    let server = server();
    let (open, attached) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    server.attach(&attached["token"]);
    let image = reserve(&server, "image/png", 1);
    let found = |query: &str| {
        let all = histories(&server, query);
        all.iter().map(|history| text(&history["token"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(""), [token(&open), token(&attached), &image.token]);
    assert_eq!(found("?missing=attach"), [token(&open)]);
    assert_eq!(found("?missing=store"), [&*image.token]);
    assert_eq!(found("?missing=publish"), [""; 0]);
    assert_eq!(found("?missing=any"), [token(&open), &image.token]);
    assert_eq!(found("?missing=none"), [token(&attached)]);
    assert_eq!(found(&format!("?token={}", token(&attached))), [token(&attached)]);
    assert_eq!(found("?token=unknown"), [""; 0]);
    let (status, refusal) = server.get("/_mock/tokens?missing=all").fetch_json();
    assert_eq!((status, &refusal["field"]), (400, &json!("missing")));
    assert!(refusal["problem"].as_str().is_some_and(|accepts| accepts.contains("publish")));
}

#[test]
fn a_reset_clears_the_histories_of_its_account() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let path = format!("/_mock/tokens/{}", token(&upload));
    assert_eq!(server.get(&format!("/@acme{path}")).fetch().status(), 404);
    server.post("/_mock/reset").fetch();
    for path in [&*path, "/_mock/tokens/unknown"] {
        let (status, refusal) = server.get(path).fetch_json();
        assert_eq!((status, &refusal["error"]), (404, &json!("NotFound")));
    }
    let all = server.get("/_mock/tokens").fetch().into_json();
    assert_eq!(
        all,
        json!({"account": "default", "tokens": [], "dropped": 0, "expired_dropped": 0})
    );
}

#[test]
fn a_restore_reopens_tokens_and_keeps_their_steps() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    assert_eq!(server.put("/_mock/snapshots/clean").fetch().status(), 200);
    server.attach(&upload["token"]);
    let later = server.upload("b.txt", "b");
    let restore = || server.post("/_mock/snapshots/clean/restore").fetch();
    assert_eq!(restore().status(), 200);
    // The snapshot does not have the later upload, whose token did not expire.
    let all = histories(&server, "");
    assert_eq!((all.len(), &all[0]["token"]), (1, &upload["token"]));
    assert_eq!(server.get(&format!("/_mock/tokens/{}", token(&later))).fetch().status(), 404);
    assert_eq!((&all[0]["status"], &all[0]["missing"]), (&json!("open"), &json!("attach")));
    assert_eq!(steps(&all[0]), ["issued", "attached"]);
    server.post("/_mock/reset").fetch();
    assert_eq!(histories(&server, ""), [Value::Null; 0]);
    // The reset cleared the journal. The snapshot knows when the token was issued.
    restore();
    server.download(&upload["attachment"]);
    assert_eq!(steps(&history_of(&server, token(&upload))), ["issued", "downloaded"]);
    server.mock.default_account().advance(HOUR);
    let history = history_of(&server, token(&upload));
    assert_eq!(
        (steps(&history), &history["missing"]),
        (vec!["issued", "expired"], &json!("attach"))
    );
}

#[test]
fn a_cleared_journal_leaves_open_tokens() {
    let server = server();
    let (open, attached) = (server.upload("a.txt", "a"), server.upload("b.txt", "b"));
    server.attach(&attached["token"]);
    server.delete("/_mock/journal").fetch();
    let all = histories(&server, "");
    assert_eq!((all.len(), &all[0]["token"]), (1, &open["token"]));
    assert_eq!((steps(&all[0]), &all[0]["missing"]), (vec!["issued"], &json!("attach")));
    assert_eq!(all[0]["issued_at"], "2026-01-01T00:00:00Z");
    let history = history_of(&server, token(&attached));
    assert_eq!((steps(&history), &history["status"]), (vec!["issued"], &json!("attached")));
}

#[test]
fn a_thousand_histories_are_kept_and_the_rest_counted() {
    let server = server();
    let mut connection = server.connect();
    let body = r#"{"content_type": "image/png", "file_size": 1}"#;
    for _ in 0..1_010 {
        let path = "/api/v2/guide/user_images/uploads";
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}", body.len());
        connection.send(format!("{head}\r\n\r\n{body}").as_bytes());
        assert_eq!(connection.read_response().status(), 200);
    }
    server.mock.default_account().advance(HOUR);
    let all = server.get("/_mock/tokens").fetch().into_json();
    assert_eq!(all["tokens"].as_array().map(Vec::len), Some(1_000));
    assert_eq!((&all["dropped"], &all["expired_dropped"]), (&json!(10), &json!(10)));
}

#[test]
fn a_download_of_a_thumbnail_is_a_step_of_its_upload() {
    let server = server();
    let upload = server.upload("a.png", PNG);
    let thumbnail = &upload["attachment"]["thumbnails"][0];
    server.download(thumbnail);
    let history = history_of(&server, token(&upload));
    assert_eq!(steps(&history), ["issued", "downloaded"]);
    assert_eq!(history["steps"][1]["object"], format!("attachment/{}", thumbnail["id"]));
}

#[test]
fn a_download_by_a_signed_url_counts_once() {
    let server = configured(|config| config.account.downloads = zendesk_mock::Downloads::Redirect);
    let upload = server.upload("a.txt", "a");
    let url = text(&upload["attachment"]["content_url"]);
    let redirect = server.get(url).fetch();
    assert_eq!(redirect.status(), 302);
    assert_eq!(steps(&history_of(&server, token(&upload))), ["issued"]);
    let location = redirect.header("location");
    let (_, rest) = location.split_once("://").expect("a scheme");
    let target = &rest[rest.find('/').expect("a path")..];
    assert_eq!(server.get(target).fetch().status(), 200);
    let history = history_of(&server, token(&upload));
    assert_eq!(
        (steps(&history), &history["steps"][1]["times"]),
        (vec!["issued", "downloaded"], &Value::Null)
    );
}

#[test]
fn the_handle_returns_the_same_histories() {
    let server = server();
    let account = server.mock.default_account();
    let upload = server.upload("a.txt", "a");
    let history = account.token_history(token(&upload)).expect("a history");
    assert_eq!((history.status, history.missing), (TokenStatus::Open, Some(MissingStep::Attach)));
    assert_eq!(history.steps[0].kind, EventKind::Issued);
    assert_eq!(account.token_histories(), [history]);
    assert_eq!(account.token_history("unknown"), None);
}

#[test]
fn the_list_names_the_account_that_has_the_token_of_its_filter() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let token = token(&upload);
    let list = |account: &str, token: &str| {
        let list = server.get_json(&format!("{account}/_mock/tokens?token={token}"));
        (list["tokens"].as_array().map(Vec::len), list["elsewhere"].clone())
    };
    assert_eq!(list("", token), (Some(1), Value::Null));
    assert_eq!(list("", &format!("{token}&missing=store")), (Some(0), Value::Null));
    assert_eq!(list("/@acme", token), (Some(0), json!("default")));
    assert_eq!(list("/@acme", "unknown"), (Some(0), Value::Null));
}
