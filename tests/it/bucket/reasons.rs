//! Why a PUT was refused, in the journal: the part that differs from what was signed, whatever
//! became of the account's settings after that.

use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

use super::{assert_mismatch, minimal_put, reserve_png};
use crate::harness::images::{PNG, publish, put_request};
use crate::harness::{RequestExt as _, ResponseExt as _, Server, configured, server};

fn change_settings(server: &Server, settings: &Value) {
    let response = server.request(Method::PATCH, "/_mock/settings").json(settings).fetch();
    assert_eq!(response.status(), 200, "{settings}");
}

/// Sends a request whose signature does not match, and returns the reason in the journal.
#[track_caller]
fn reason(server: &Server, request: RequestBuilder) -> String {
    assert_mismatch(request.fetch());
    let mut journal = server.get("/_mock/journal").fetch().into_json();
    let entries = journal["entries"].as_array_mut().expect("entries");
    match entries.last_mut().expect("an entry")["reason"].take() {
        Value::String(why) => why,
        other => panic!("why is {other}"),
    }
}

#[test]
fn a_change_of_settings_is_not_taken_for_a_change_of_the_url() {
    let server = server();
    let reserved = reserve_png(&server);
    for settings in [
        json!({"image_ttl": "90s"}),
        json!({"public_url": "https://desk.example.test"}),
        json!({"image_ttl": "24h", "public_url": null}),
    ] {
        change_settings(&server, &settings);
        let disposition = server
            .put(&reserved.url)
            .header("Content-Disposition", "attachment; filename=\"mine.png\"")
            .body(PNG);
        let disposition = reason(&server, disposition);
        assert!(disposition.contains("header content-disposition: signed "), "{disposition}");
        let encryption =
            minimal_put(&server, &reserved).header("x-amz-server-side-encryption", "aws:kms");
        let encryption = reason(&server, encryption);
        let differs = "header x-amz-server-side-encryption: signed AES256, received aws:kms";
        assert!(encryption.contains(differs), "{encryption}");
        let longer = reserved.url.replace("Expires=3600", "Expires=9999");
        let longer = server.put(&longer).header("Content-Disposition", &reserved.disposition);
        let longer = reason(&server, longer.body(PNG));
        let differs = "query parameter X-Amz-Expires: signed 3600, received 9999";
        assert!(longer.contains(differs), "{longer}");
    }
}

#[test]
fn a_url_is_good_for_as_long_as_it_was_signed_for() {
    let server = server();
    let reserved = reserve_png(&server);
    change_settings(&server, &json!({"image_ttl": "1s"}));
    server.mock.default_account().advance(Duration::from_secs(3599));
    assert_eq!(put_request(&server, &reserved, PNG).fetch().status(), 200);
    publish(&server, &reserved.token);
}

#[test]
fn a_url_leads_where_it_was_signed_for_after_the_account_got_a_public_url() {
    let server = server();
    let reserved = reserve_png(&server);
    change_settings(&server, &json!({"public_url": "https://desk.example.test"}));
    assert_eq!(put_request(&server, &reserved, PNG).fetch().status(), 200);
    // The host is still part of what was signed.
    let other = format!("localhost:{}", server.mock.address().port());
    let why = reason(&server, put_request(&server, &reserved, PNG).header("Host", other));
    let differs = format!("host: signed {}, received desk.example.test", reserved.host());
    assert!(why.contains(&differs), "{why}");
}

#[test]
fn a_reason_names_the_public_url_that_was_signed() {
    let server = configured(|config| {
        config.account.public_url = Some("https://desk.example.test".to_owned());
    });
    let reserved = reserve_png(&server);
    change_settings(&server, &json!({"public_url": null, "image_ttl": "1s"}));
    let put = server.put(reserved.target()).header("Content-Disposition", &reserved.disposition);
    let why = reason(&server, put.body(PNG));
    let arrived = server.mock.address();
    let differs = format!("host: signed desk.example.test, received {arrived}");
    assert!(why.contains(&differs), "{why}");
}
