//! `POST /api/v2/guide/user_images`

use reqwest::blocking::Response;
use serde_json::json;
use zendesk_mock::{BucketSizeCheck, Reuse, TypeCheck};

use super::{assert_refused, post};
use crate::harness::images::*;
use crate::harness::*;

#[test]
fn the_size_is_that_of_the_stored_bytes_up_to_two_million() {
    let server = server();
    for (declared, bytes) in [(2_000_000, vec![1; 2_000_000]), (1_000, PNG.to_vec())] {
        let reserved = reserve(&server, "image/png", declared);
        store(&server, &reserved, bytes.clone());
        let answer = try_publish(&server, &reserved.token).into_json();
        assert_eq!(answer["user_image"]["size"], bytes.len());
    }
}

#[test]
fn the_brand_may_be_a_string_or_a_number() {
    let server = server();
    for brand in [json!("10016"), json!(10016), json!(360_000_000_000_017_u64)] {
        let token = reserve_and_store(&server).token;
        let body = json!({ "token": token, "brand_id": brand }).to_string();
        assert_eq!(post(&server, PUBLISH, body).status(), 201, "{brand}");
    }
}

#[test]
fn an_invalid_property_of_a_publication_is_400() {
    let server = server();
    let token = reserve_and_store(&server).token;
    for (body, field) in [
        (json!({ "brand_id": "1" }), "token"),
        (json!({ "token": null, "brand_id": "1" }), "token"),
        (json!({ "token": 5, "brand_id": "1" }), "token"),
        (json!({ "token": "", "brand_id": "1" }), "token"),
        (json!({ "token": token }), "brand_id"),
        (json!({ "token": token, "brand_id": null }), "brand_id"),
        (json!({ "token": token, "brand_id": "" }), "brand_id"),
        (json!({ "token": token, "brand_id": true }), "brand_id"),
        (json!({ "token": token, "brand_id": [1] }), "brand_id"),
    ] {
        assert_refused(post(&server, PUBLISH, body.to_string()), 400, Some(field));
    }
    assert_eq!(try_publish(&server, &token).status(), 201, "a refusal does not use up the token");
}

#[test]
fn an_unknown_token_is_404() {
    let server = server();
    for token in ["nonsense", "01GC9JEN2X052BAKW905PH9C36", "../../x", "é"] {
        assert_refused(try_publish(&server, token), 404, Some("token"));
    }
}

#[test]
fn a_token_of_another_account_is_404() {
    let server = server();
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let path = "/@acme/api/v2/guide/user_images/uploads";
    let reserved = Reservation::from_json(post(&server, path, body).into_json());
    store(&server, &reserved, PNG);
    assert_refused(try_publish(&server, &reserved.token), 404, Some("token"));
    let body = json!({ "token": reserved.token, "brand_id": "1" }).to_string();
    assert_eq!(post(&server, "/@acme/api/v2/guide/user_images", body).status(), 201);
}

#[test]
fn publishing_an_image_that_is_not_stored_is_404() {
    let server = server();
    let reserved = reserve(&server, "image/png", 1);
    assert_refused(try_publish(&server, &reserved.token), 404, Some("token"));
    let refused_put = server.put(&reserved.url).body(PNG).fetch();
    assert_eq!(refused_put.status(), 403, "the Content-Disposition is missing");
    assert_refused(try_publish(&server, &reserved.token), 404, Some("token"));
    store(&server, &reserved, PNG);
    assert_eq!(try_publish(&server, &reserved.token).status(), 201);
}

#[test]
fn an_expired_token_of_a_stored_image_is_404() {
    let server = server();
    let reserved = reserve_and_store(&server);
    server.account.advance(HOUR);
    assert_refused(try_publish(&server, &reserved.token), 404, Some("token"));
}

#[test]
fn a_bad_token_is_400_under_bad_image_token_status_400() {
    let server = configured(|config| config.account.bad_image_token_status = 400);
    assert_refused(try_publish(&server, "nonsense"), 400, Some("token"));
    let reserved = reserve(&server, "image/png", 1);
    assert_refused(try_publish(&server, &reserved.token), 400, Some("token"));
    store(&server, &reserved, PNG);
    server.account.advance(HOUR);
    assert_refused(try_publish(&server, &reserved.token), 400, Some("token"));
}

#[test]
fn publishing_twice_is_409() {
    let server = server();
    let reserved = reserve_and_store(&server);
    let path = publish(&server, &reserved.token);
    assert_refused(try_publish(&server, &reserved.token), 409, Some("token"));
    store(&server, &reserved, "something else");
    assert_refused(try_publish(&server, &reserved.token), 409, Some("token"));
    assert_eq!(server.get(&path).fetch().status(), 200, "the image is still served");
}

#[test]
fn publishing_twice_repeats_the_answer_under_reuse_repeat() {
    let server = configured(|config| config.account.image_reuse = Reuse::Repeat);
    let reserved = reserve_and_store(&server);
    let first = try_publish(&server, &reserved.token);
    let second = try_publish(&server, &reserved.token);
    assert_eq!((first.status().as_u16(), second.status().as_u16()), (201, 201));
    assert_eq!(first.text().expect("a body"), second.text().expect("a body"));
}

#[test]
fn publishing_checks_sizes_that_the_bucket_did_not_check() {
    let server = configured(|config| config.account.bucket_size_check = BucketSizeCheck::Off);
    for bytes in [vec![1; 2_000_001], Vec::new()] {
        let reserved = reserve(&server, "image/png", 1_000);
        store(&server, &reserved, bytes);
        assert_refused(try_publish(&server, &reserved.token), 400, Some("file_size"));
        store(&server, &reserved, PNG);
        assert_eq!(
            try_publish(&server, &reserved.token).status(),
            201,
            "another PUT replaces the bytes"
        );
    }
}

fn publish_as(check: TypeCheck, header: Option<&str>, bytes: &[u8]) -> Response {
    let server = configured(|config| config.account.image_type_check = check);
    let reserved = reserve(&server, "image/png", 1);
    let put = server.put(&reserved.url).header("Content-Disposition", &reserved.disposition);
    let put = match header {
        Some(content_type) => put.header("Content-Type", content_type),
        None => put,
    };
    assert_eq!(put.body(bytes.to_vec()).fetch().status(), 200);
    try_publish(&server, &reserved.token)
}

#[test]
fn the_put_must_declare_the_reserved_type() {
    let declared = |header, bytes| publish_as(TypeCheck::Declared, header, bytes);
    assert_eq!(declared(Some("image/png"), GIF).status(), 201, "bytes are not checked");
    assert_eq!(declared(Some("IMAGE/PNG; x=y"), PNG).status(), 201);
    assert_eq!(declared(None, PNG).status(), 201, "no type is declared");
    assert_refused(declared(Some("image/gif"), PNG), 400, Some("content_type"));
    assert_refused(declared(Some("application/octet-stream"), PNG), 400, Some("content_type"));
}

#[test]
fn the_bytes_must_have_the_reserved_type_under_type_check_sniff() {
    let sniffed = |header, bytes| publish_as(TypeCheck::Sniff, header, bytes);
    assert_eq!(sniffed(Some("image/gif"), PNG).status(), 201, "headers are not checked");
    assert_eq!(sniffed(None, PNG).status(), 201);
    assert_refused(sniffed(Some("image/png"), GIF), 400, Some("content_type"));
    assert_refused(sniffed(Some("image/png"), b"not an image"), 400, Some("content_type"));
}

#[test]
fn any_type_is_published_under_type_check_off() {
    let unchecked = publish_as(TypeCheck::Off, Some("text/html"), b"<script>");
    assert_eq!(unchecked.status(), 201);
    assert_eq!(unchecked.into_json()["user_image"]["content_type"], "image/png");
}
