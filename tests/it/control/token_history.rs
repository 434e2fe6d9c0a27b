//! `/_mock/chains`: the history of each token.

use std::time::Duration;

use serde_json::{Value, json};
use zendesk_mock::{Missing, StepKind};

use crate::harness::images::*;
use crate::harness::*;

fn histories(server: &Server, query: &str) -> Vec<Value> {
    let response = server.get(&format!("/_mock/chains{query}")).fetch();
    assert_eq!(response.status(), 200, "{query}");
    response.into_json()["chains"].as_array().expect("chains").clone()
}

fn history_of(server: &Server, token: &str) -> Value {
    let response = server.get(&format!("/_mock/chains/{token}")).fetch();
    assert_eq!(response.status(), 200, "{token}");
    response.into_json()["chain"].take()
}

fn steps(chain: &Value) -> Vec<&str> {
    let steps = chain["steps"].as_array().expect("steps");
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
    assert_eq!(history_of(&server, token)["missing"], "attach");
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
        "expires_at": "2026-01-01T01:00:00Z",
        "missing": null,
        "steps": [
            {"step": "issued", "at": "2026-01-01T00:00:00.000Z", "object": format!("attachment/{first}")},
            {"step": "appended", "at": "2026-01-01T00:00:01.000Z", "object": format!("attachment/{second}")},
            {"step": "attached", "at": "2026-01-01T00:00:02.000Z", "object": "ticket/1"},
            {"step": "downloaded", "at": "2026-01-01T00:00:03.000Z", "object": format!("attachment/{second}"), "times": 3,
             "last_at": "2026-01-01T00:00:05.000Z"},
        ],
        "omitted": 0,
    });
    assert_eq!(history_of(&server, token), history);
    assert_eq!(histories(&server, ""), std::slice::from_ref(&history));
    account.advance(HOUR);
    assert_eq!(history_of(&server, token), history, "an attached token does not expire");
    server.delete("/api/v2/tickets/1").agent().fetch();
    let history = history_of(&server, token);
    assert_eq!(steps(&history)[4..], ["deleted", "deleted"]);
    assert_eq!(history["steps"][4]["object"], format!("attachment/{first}"));
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
    server.mock.advance(HOUR);
    let history = history_of(&server, &image.token);
    assert_eq!(history["kind"], "image");
    assert_eq!(steps(&history), ["issued", "stored", "published", "downloaded"]);
    assert_eq!((&history["steps"][1]["times"], &history["missing"]), (&json!(2), &Value::Null));
    let name = path.rsplit('/').next().expect("a name");
    assert_eq!(history["steps"][2]["object"], format!("image/{name}"));

    let lost = [reserve(&server, "image/png", 1), reserve(&server, "image/png", 1)];
    store(&server, &lost[1], PNG);
    server.mock.advance(HOUR);
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
        all.iter().map(|chain| text(&chain["token"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(""), [token(&open), token(&attached), &image.token]);
    assert_eq!(found("?missing=attach"), [token(&open)]);
    assert_eq!(found("?missing=store"), [&*image.token]);
    assert_eq!(found("?missing=publish"), [""; 0]);
    assert_eq!(found("?missing=any"), [token(&open), &image.token]);
    assert_eq!(found("?missing=none"), [token(&attached)]);
    assert_eq!(found(&format!("?token={}", token(&attached))), [token(&attached)]);
    assert_eq!(found("?token=unknown"), [""; 0]);
    let (status, refusal) = server.get("/_mock/chains?missing=all").fetch_json();
    assert_eq!((status, &refusal["field"]), (400, &json!("missing")));
    assert!(refusal["accepts"].as_str().is_some_and(|accepts| accepts.contains("publish")));
}

#[test]
fn a_reset_clears_the_histories_of_its_account() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let path = format!("/_mock/chains/{}", token(&upload));
    assert_eq!(server.get(&format!("/@acme{path}")).fetch().status(), 404);
    server.post("/_mock/reset").fetch();
    for path in [&*path, "/_mock/chains/unknown"] {
        let (status, refusal) = server.get(path).fetch_json();
        assert_eq!((status, &refusal["error"]), (404, &json!("NotFound")));
    }
    let all = server.get("/_mock/chains").fetch().into_json();
    assert_eq!(all, json!({"chains": [], "dropped": 0}));
}

#[test]
fn a_restore_brings_histories_back() {
    let server = server();
    let upload = server.upload("a.txt", "a");
    let was = histories(&server, "");
    assert_eq!(server.put("/_mock/snapshots/clean").fetch().status(), 200);
    server.attach(&upload["token"]);
    server.upload("b.txt", "b");
    assert_eq!(steps(&history_of(&server, token(&upload))), ["issued", "attached"]);
    for _ in 0..2 {
        assert_eq!(server.post("/_mock/snapshots/clean/restore").fetch().status(), 200);
        assert_eq!(histories(&server, ""), was);
        server.download(&upload["attachment"]);
        assert_eq!(steps(&history_of(&server, token(&upload))), ["issued", "downloaded"]);
        server.post("/_mock/reset").fetch();
        assert_eq!(histories(&server, ""), [Value::Null; 0]);
    }
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
    let all = server.get("/_mock/chains").fetch().into_json();
    assert_eq!(all["chains"].as_array().map(Vec::len), Some(1_000));
    assert_eq!(all["dropped"], 10);
    assert_eq!(server.mock.chains_dropped(), 10);
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
    let chain = account.chain(token(&upload)).expect("a chain");
    assert_eq!((chain.missing, chain.steps[0].kind), (Some(Missing::Attach), StepKind::Issued));
    assert_eq!(account.chains(), [chain]);
    assert_eq!(account.chain("unknown"), None);
}
