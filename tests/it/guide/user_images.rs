//! `/api/v2/guide/user_images`: reserve, PUT, publish, and look at the image.

use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::Response;
use serde_json::{Value, json};
use zendesk_mock::{BucketSizeCheck, Reuse, TypeCheck};

use crate::harness::images::{
    GIF, PNG, PUBLISH, RESERVE, Reservation, publish, put_request, reserve, store, try_publish,
};
use crate::harness::{HOUR, RequestExt as _, ResponseExt as _, Server, configured, server};

/// An answer in the Guide gateway's envelope, whose `meta` names this field, or nothing at all.
#[track_caller]
fn refused(response: Response, status: u16, field: Option<&str>) {
    assert_eq!(response.header("content-type"), "application/json; charset=utf-8");
    let (got, body) = (response.status().as_u16(), response.into_json());
    let (code, title) = match status {
        400 => ("BadRequest", "Invalid property"),
        401 => ("Unauthorized", "Unauthorized to access the resource"),
        404 => ("NotFound", "The Resource could not be found"),
        409 => ("Conflict", "The request causing a conflict"),
        other => panic!("nothing is documented for {other}"),
    };
    assert_eq!(got, status, "{body}");
    let error = &body["errors"][0];
    assert_eq!(
        (&error["code"], &error["title"], &error["status"]),
        (&json!(code), &json!(title), &json!(status.to_string())),
        "{body}"
    );
    assert_eq!(error["meta"]["field"].as_str(), field, "{body}");
    assert_eq!(body["errors"].as_array().map(Vec::len), Some(1), "{body}");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{body}");
}

fn post(server: &Server, path: &str, body: impl Into<String>) -> Response {
    server.post(path).body(body.into()).fetch()
}

/// A stored image that is ready to be published.
fn stored(server: &Server) -> Reservation {
    let reserved = reserve(server, "image/png", PNG.len() as u64);
    store(server, &reserved, PNG);
    reserved
}

#[test]
fn the_documented_curl_lines_take_an_image_from_reservation_to_its_path() {
    let server = server();
    // `curl -d` without `-H` declares a form, whatever the body is.
    let form = "application/x-www-form-urlencoded";
    let image = vec![7; 169_846];

    let first = server
        .post(RESERVE)
        .basic_auth("agent@example.com", Some("password"))
        .header("content-type", form)
        .body(r#"{"content_type": "image/jpeg", "file_size": 169846}"#)
        .fetch();
    assert_eq!(first.status(), 200);
    assert_eq!(first.header("content-type"), "application/json; charset=utf-8");
    let reserved = Reservation::from_json(first.into_json());

    let second = put_request(&server, &reserved, image.clone()).fetch();
    assert_eq!(second.status(), 200);
    assert_eq!(second.text().expect("a body"), "");

    let third = server
        .post(PUBLISH)
        .basic_auth("agent@example.com", Some("password"))
        .header("content-type", form)
        .body(format!(r#"{{"token": "{}", "brand_id": "10016"}}"#, reserved.token))
        .fetch();
    assert_eq!(third.status(), 201);
    assert_eq!(third.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(third.header("location"), "", "Guide answers 201 without a Location");
    let text = third.text().expect("a body");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    let path = answer["user_image"]["path"].as_str().expect("a path");
    assert_eq!(
        text,
        format!(
            r#"{{"user_image":{{"content_type":"image/jpeg","path":"{path}","size":169846}}}}"#
        )
    );

    let shown = server.get(path).fetch();
    assert_eq!(shown.status(), 200);
    assert_eq!(shown.header("content-type"), "image/jpeg");
    assert_eq!(shown.bytes().expect("a body"), image);
}

#[test]
fn zendesks_editor_sends_json_as_plain_text_and_is_understood() {
    let server = server();
    let editor = |path: &str, body: String| {
        server
            .post(path)
            .header("content-type", "text/plain;charset=UTF-8")
            .header("x-csrf-token", "csrf-123")
            .body(body)
            .fetch()
    };
    let first = editor(RESERVE, r#"{"content_type":"image/png","file_size":3000}"#.to_owned());
    assert_eq!(first.status(), 200);
    let reserved = Reservation::from_json(first.into_json());
    store(&server, &reserved, PNG);
    let third = editor(PUBLISH, format!(r#"{{"token":"{}","brand_id":"42"}}"#, reserved.token));
    assert_eq!(third.status(), 201);
}

#[test]
fn the_json_may_be_declared_as_json_or_not_at_all() {
    let server = server();
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let declared = server.post(RESERVE).header("content-type", "application/json").body(body);
    assert_eq!(declared.fetch().status(), 200);
    assert_eq!(server.post(RESERVE).body(body).fetch().status(), 200);
}

#[test]
fn a_reservation_has_the_documented_keys_casing_and_order() {
    let server = server();
    let text = post(&server, RESERVE, r#"{"content_type":"image/jpeg","file_size":169846}"#)
        .text()
        .expect("a body");
    let reserved = Reservation::from_json(serde_json::from_str(&text).expect("JSON"));
    let Reservation { token, url, .. } = &reserved;
    assert_eq!(
        text,
        format!(
            r#"{{"upload":{{"headers":{{"Content-Disposition":"attachment; filename=\"{token}.jpeg\"","Content-Type":"image/jpeg","X-Amz-Server-Side-Encryption":"AES256"}},"token":"{token}","url":"{url}"}}}}"#
        )
    );
}

#[test]
fn the_url_is_on_our_own_origin_and_its_parameters_are_in_the_documented_order() {
    let server = server();
    let reserved = reserve(&server, "image/jpeg", 169_846);
    let rest = reserved
        .url
        .strip_prefix(&format!("{}/aus-uploaded-assets/1/", server.mock.url()))
        .expect("our own origin and the bucket's path");
    let (account, rest) = rest.split_once('/').expect("an account");
    assert!(!account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit()), "{account}");
    let signature = rest
        .split('&')
        .find_map(|pair| pair.strip_prefix("X-Amz-Signature="))
        .expect("a signature");
    assert!(
        signature.len() == 64
            && signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        "{signature}"
    );
    assert_eq!(
        rest,
        format!(
            "{}?Content-Type=image%2Fjpeg&X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-Signature={signature}\
             &X-Amz-SignedHeaders=content-disposition%3Bhost%3Bx-amz-server-side-encryption\
             &x-amz-server-side-encryption=AES256",
            reserved.token
        )
    );
}

#[test]
fn the_token_is_a_ulid_of_the_instant_at_which_the_clock_stands_and_the_url_was_signed() {
    let server = server();
    server.mock.default_account().advance(Duration::from_millis(12_345_678));
    let reserved = reserve(&server, "image/png", 1);
    assert_eq!(reserved.token.len(), 26);
    let ulid = ulid::Ulid::from_string(&reserved.token).expect("a ULID");
    // 2026-01-01T03:25:45.678Z
    assert_eq!(ulid.timestamp_ms(), 1_767_225_600_000 + 12_345_678);
    assert!(reserved.query().contains("&X-Amz-Date=20260101T032545Z&"), "{}", reserved.url);
    let date = post(&server, RESERVE, r#"{"content_type":"image/png","file_size":1}"#);
    assert_eq!(date.header("date"), "Thu, 01 Jan 2026 03:25:45 GMT");
}

#[test]
fn each_type_has_its_documented_extension_in_the_file_name_and_in_the_path() {
    let server = server();
    for (content_type, extension) in
        [("image/jpeg", "jpeg"), ("image/png", "png"), ("image/gif", "gif")]
    {
        let reserved = reserve(&server, content_type, 1);
        assert_eq!(
            reserved.disposition,
            format!("attachment; filename=\"{}.{extension}\"", reserved.token)
        );
        store(&server, &reserved, "x");
        let path = publish(&server, &reserved.token);
        let name = path.strip_prefix("/hc/user_images/").expect("the documented folder");
        let (name, found) = name.split_once('.').expect("an extension");
        assert_eq!(found, extension);
        assert!(ulid::Ulid::from_string(name).is_ok(), "newer paths are ULIDs: {path}");
    }
}

#[test]
fn both_steps_are_open_to_anonymous_callers_and_work_with_the_json_suffix() {
    let server = server();
    let first = post(
        &server,
        "/api/v2/guide/user_images/uploads.json",
        r#"{"content_type":"image/png","file_size":1}"#,
    );
    assert_eq!(first.status(), 200);
    let reserved = Reservation::from_json(first.into_json());
    store(&server, &reserved, PNG);
    let body = json!({ "token": reserved.token, "brand_id": "1" }).to_string();
    assert_eq!(post(&server, "/api/v2/guide/user_images.json", body).status(), 201);
}

#[test]
fn credentials_that_cannot_be_read_are_refused_in_the_guide_envelope() {
    let server = server();
    for path in [RESERVE, PUBLISH] {
        for malformed in ["Basic !!", "Basic bm9jb2xvbg==", "Bearer", "Digest x"] {
            let body = r#"{"content_type":"image/png","file_size":1}"#;
            let response = server.post(path).header("authorization", malformed).body(body).fetch();
            refused(response, 401, None);
        }
    }
}

#[test]
fn a_401_is_the_documented_body_to_the_letter() {
    let text = server().post(RESERVE).header("authorization", "Basic !!").fetch().text();
    assert_eq!(
        text.expect("a body"),
        r#"{"errors":[{"code":"Unauthorized","meta":{},"status":"401","title":"Unauthorized to access the resource"}]}"#
    );
}

#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let server = server();
    for path in [RESERVE, PUBLISH] {
        for body in ["", "{", "content_type=image%2Fpng", "null", "\"text\"", "17", "[]", "{}x"] {
            refused(post(&server, path, body), 400, Some("body"));
        }
    }
}

#[test]
fn a_json_array_is_no_json_object_even_if_it_holds_the_right_values() {
    let server = server();
    refused(post(&server, RESERVE, r#"["image/png",1]"#), 400, Some("body"));
    let token = stored(&server).token;
    refused(post(&server, PUBLISH, format!(r#"["{token}","1"]"#)), 400, Some("body"));
}

#[test]
fn a_body_that_is_far_too_long_to_be_meant_is_refused() {
    let server = server();
    for path in [RESERVE, PUBLISH] {
        let body = format!(r#"{{"content_type":"{}"}}"#, "x".repeat(1_000_000));
        refused(post(&server, path, body), 400, Some("body"));
    }
}

#[test]
fn a_reservation_names_the_property_that_is_missing_or_of_the_wrong_kind() {
    let server = server();
    for (body, field) in [
        (json!({ "file_size": 1 }), "content_type"),
        (json!({ "content_type": null, "file_size": 1 }), "content_type"),
        (json!({ "content_type": 7, "file_size": 1 }), "content_type"),
        (json!({ "content_type": ["image/png"], "file_size": 1 }), "content_type"),
        (json!({ "content_type": "", "file_size": 1 }), "content_type"),
        (json!({ "content_type": "image/png" }), "file_size"),
        (json!({ "content_type": "image/png", "file_size": null }), "file_size"),
        (json!({ "content_type": "image/png", "file_size": "many" }), "file_size"),
        (json!({ "content_type": "image/png", "file_size": true }), "file_size"),
        (json!({ "content_type": "image/png", "file_size": {} }), "file_size"),
        (json!({ "content_type": "image/png", "file_size": 1.5 }), "file_size"),
        (json!({ "content_type": "image/png", "file_size": -1 }), "file_size"),
    ] {
        let response = post(&server, RESERVE, body.to_string());
        refused(response, 400, Some(field));
    }
}

#[test]
fn only_jpeg_png_and_gif_are_taken_unless_the_settings_say_otherwise() {
    let strict = server();
    for content_type in ["image/webp", "image/svg+xml", "text/plain", "image/jpg", "png", "image/"]
    {
        let body = json!({ "content_type": content_type, "file_size": 1 }).to_string();
        refused(post(&strict, RESERVE, body), 400, Some("content_type"));
    }
    let webp = configured(|config| config.account.image_types = vec!["image/webp".to_owned()]);
    assert!(reserve(&webp, "image/webp", 1).disposition.ends_with(".webp\""));
    let body = json!({ "content_type": "image/png", "file_size": 1 }).to_string();
    refused(post(&webp, RESERVE, body), 400, Some("content_type"));
}

#[test]
fn two_million_bytes_may_be_declared_and_neither_more_nor_none() {
    let server = server();
    let declare = |size: u64| {
        post(
            &server,
            RESERVE,
            json!({ "content_type": "image/png", "file_size": size }).to_string(),
        )
    };
    assert_eq!(declare(2_000_000).status(), 200);
    assert_eq!(declare(1).status(), 200);
    refused(declare(2_000_001), 400, Some("file_size"));
    refused(declare(u64::MAX), 400, Some("file_size"));
    refused(declare(0), 400, Some("file_size"));
}

#[test]
fn two_million_bytes_may_be_stored_and_published() {
    let server = server();
    let reserved = reserve(&server, "image/png", 2_000_000);
    store(&server, &reserved, vec![1; 2_000_000]);
    let answer = try_publish(&server, &reserved.token).into_json();
    assert_eq!(answer["user_image"]["size"], 2_000_000);
}

#[test]
fn the_size_in_the_answer_is_the_stored_one() {
    let server = server();
    let reserved = reserve(&server, "image/png", 1_000);
    store(&server, &reserved, PNG);
    let answer = try_publish(&server, &reserved.token).into_json();
    assert_eq!(answer["user_image"]["size"], PNG.len());
}

#[test]
fn unknown_properties_are_ignored() {
    let server = server();
    let body =
        r#"{"file_name":"a.png","content_type":"image/png","extra":{"a":[1]},"file_size":1}"#;
    let response = post(&server, RESERVE, body);
    assert_eq!(response.status(), 200);
    let reserved = Reservation::from_json(response.into_json());
    store(&server, &reserved, PNG);
    let body = json!({ "token": reserved.token, "brand_id": "1", "locale": "de" }).to_string();
    assert_eq!(post(&server, PUBLISH, body).status(), 201);
}

#[test]
fn the_brand_may_be_a_string_or_a_number() {
    let server = server();
    for brand in [json!("10016"), json!(10016), json!(360_000_000_000_017_u64)] {
        let token = stored(&server).token;
        let body = json!({ "token": token, "brand_id": brand }).to_string();
        assert_eq!(post(&server, PUBLISH, body).status(), 201, "{brand}");
    }
}

#[test]
fn a_publication_names_the_property_that_is_missing_or_of_the_wrong_kind() {
    let server = server();
    let token = stored(&server).token;
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
        refused(post(&server, PUBLISH, body.to_string()), 400, Some(field));
    }
    assert_eq!(try_publish(&server, &token).status(), 201, "no refusal has attached the token");
}

#[test]
fn a_token_that_was_never_reserved_is_not_found() {
    let server = server();
    for token in ["nonsense", "01GC9JEN2X052BAKW905PH9C36", "../../x", "é"] {
        refused(try_publish(&server, token), 404, Some("token"));
    }
}

#[test]
fn a_token_of_another_account_is_not_found() {
    let server = server();
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let path = "/@acme/api/v2/guide/user_images/uploads";
    let reserved = Reservation::from_json(post(&server, path, body).into_json());
    store(&server, &reserved, PNG);
    refused(try_publish(&server, &reserved.token), 404, Some("token"));
    let body = json!({ "token": reserved.token, "brand_id": "1" }).to_string();
    assert_eq!(post(&server, "/@acme/api/v2/guide/user_images", body).status(), 201);
}

/// The account is the one that was chosen, whichever way, until the image is on a page.
#[test]
fn a_prefix_wins_over_a_host_at_every_step() {
    let server = server();
    let host = format!("other.localhost:{}", server.mock.address().port());
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let first = server
        .post("/@acme/api/v2/guide/user_images/uploads")
        .header("host", &host)
        .body(body)
        .fetch();
    let reserved = Reservation::from_json(first.into_json());
    assert_eq!(reserved.host(), host);
    let second = server
        .put(reserved.target())
        .header("host", &host)
        .header("content-disposition", &reserved.disposition)
        .body(PNG)
        .fetch();
    assert_eq!(second.status(), 200, "{:?}", second.text());
}

#[test]
fn an_image_whose_put_never_came_or_was_refused_is_not_found() {
    let server = server();
    let reserved = reserve(&server, "image/png", 1);
    refused(try_publish(&server, &reserved.token), 404, Some("token"));
    let refused_put = server.put(&reserved.url).body(PNG).fetch();
    assert_eq!(refused_put.status(), 403, "the Content-Disposition is missing");
    refused(try_publish(&server, &reserved.token), 404, Some("token"));
    store(&server, &reserved, PNG);
    assert_eq!(try_publish(&server, &reserved.token).status(), 201);
}

#[test]
fn an_expired_token_is_not_found_even_if_its_image_is_stored() {
    let server = server();
    let reserved = stored(&server);
    server.mock.default_account().advance(HOUR);
    refused(try_publish(&server, &reserved.token), 404, Some("token"));
}

#[test]
fn a_bad_token_is_a_bad_request_where_the_settings_say_so() {
    let server = configured(|config| config.account.bad_image_token_status = 400);
    refused(try_publish(&server, "nonsense"), 400, Some("token"));
    let reserved = reserve(&server, "image/png", 1);
    refused(try_publish(&server, &reserved.token), 400, Some("token"));
    store(&server, &reserved, PNG);
    server.mock.default_account().advance(HOUR);
    refused(try_publish(&server, &reserved.token), 400, Some("token"));
}

#[test]
fn a_token_publishes_once() {
    let server = server();
    let reserved = stored(&server);
    let path = publish(&server, &reserved.token);
    refused(try_publish(&server, &reserved.token), 409, Some("token"));
    store(&server, &reserved, "something else");
    refused(try_publish(&server, &reserved.token), 409, Some("token"));
    assert_eq!(server.get(&path).fetch().status(), 200, "the image is still there");
}

#[test]
fn a_second_publication_repeats_the_first_where_the_settings_say_so() {
    let server = configured(|config| config.account.image_reuse = Reuse::Repeat);
    let reserved = stored(&server);
    let first = try_publish(&server, &reserved.token);
    let second = try_publish(&server, &reserved.token);
    assert_eq!((first.status().as_u16(), second.status().as_u16()), (201, 201));
    assert_eq!(first.text().expect("a body"), second.text().expect("a body"));
}

#[test]
fn what_the_bucket_let_pass_is_still_too_large_or_too_small_to_be_published() {
    let server = configured(|config| config.account.bucket_size_check = BucketSizeCheck::Off);
    for bytes in [vec![1; 2_000_001], Vec::new()] {
        let reserved = reserve(&server, "image/png", 1_000);
        store(&server, &reserved, bytes);
        refused(try_publish(&server, &reserved.token), 400, Some("file_size"));
        store(&server, &reserved, PNG);
        assert_eq!(try_publish(&server, &reserved.token).status(), 201, "a better PUT heals it");
    }
}

fn published_as(check: TypeCheck, header: Option<&str>, bytes: &[u8]) -> Response {
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
fn the_declared_type_of_the_put_must_be_the_reserved_one() {
    let declared = |header, bytes| published_as(TypeCheck::Declared, header, bytes);
    assert_eq!(declared(Some("image/png"), GIF).status(), 201, "bytes are not looked at");
    assert_eq!(declared(Some("IMAGE/PNG; x=y"), PNG).status(), 201);
    assert_eq!(declared(None, PNG).status(), 201, "nothing declared, nothing wrong");
    refused(declared(Some("image/gif"), PNG), 400, Some("content_type"));
    refused(declared(Some("application/octet-stream"), PNG), 400, Some("content_type"));
}

#[test]
fn the_first_bytes_must_be_of_the_reserved_type_where_the_settings_say_so() {
    let sniffed = |header, bytes| published_as(TypeCheck::Sniff, header, bytes);
    assert_eq!(sniffed(Some("image/gif"), PNG).status(), 201, "headers are not looked at");
    assert_eq!(sniffed(None, PNG).status(), 201);
    refused(sniffed(Some("image/png"), GIF), 400, Some("content_type"));
    refused(sniffed(Some("image/png"), b"not an image"), 400, Some("content_type"));
}

#[test]
fn the_type_does_not_matter_where_the_settings_say_so() {
    let unchecked = published_as(TypeCheck::Off, Some("text/html"), b"<script>");
    assert_eq!(unchecked.status(), 201);
    assert_eq!(unchecked.into_json()["user_image"]["content_type"], "image/png");
}

#[test]
fn the_path_serves_the_image_with_its_type_to_get_and_head() {
    let server = server();
    let path = publish(&server, &stored(&server).token);
    let got = server.get(&path).fetch();
    assert_eq!(got.status(), 200);
    assert_eq!(got.header("content-type"), "image/png");
    assert_eq!(got.header("content-length"), PNG.len().to_string());
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-security-policy").contains("sandbox"));
    assert_eq!(got.header("content-disposition"), "", "it is shown in place");
    assert_eq!(got.bytes().expect("a body"), PNG);
    let head = server.request(Method::HEAD, &path).fetch();
    assert_eq!(head.status(), 200);
    assert_eq!(head.header("content-type"), "image/png");
    assert_eq!(head.header("content-length"), PNG.len().to_string());
    assert_eq!(head.bytes().expect("no body").len(), 0);
}

#[test]
fn a_path_that_was_never_made_is_not_found() {
    let server = server();
    let path = publish(&server, &stored(&server).token);
    let other_extension = path.replace(".png", ".jpeg");
    let no_extension = path.replace(".png", "");
    for unknown in
        ["/hc/user_images/x.png", "/hc/user_images/%FF.png", &other_extension, &no_extension]
    {
        let response = server.get(unknown).fetch();
        assert_eq!(response.status(), 404, "{unknown}");
    }
}

#[test]
fn a_published_image_outlives_its_token_and_vanishes_at_reset() {
    let server = server();
    let path = publish(&server, &stored(&server).token);
    server.mock.default_account().advance(100 * HOUR);
    assert_eq!(server.get(&path).fetch().status(), 200);
    server.mock.default_account().reset();
    assert_eq!(server.get(&path).fetch().status(), 404);
}

#[test]
fn a_published_image_stays_as_it_is_whatever_is_put_later() {
    let server = server();
    let reserved = stored(&server);
    let path = publish(&server, &reserved.token);
    store(&server, &reserved, "something else");
    assert_eq!(server.get(&path).fetch().bytes().expect("a body"), PNG);
}

#[test]
fn an_image_of_another_account_is_shown_at_its_path_without_saying_whose_it_is() {
    let server = server();
    let as_acme = |request: reqwest::blocking::RequestBuilder| {
        request.basic_auth("me@acme.mock/token", Some("x"))
    };
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let reserved =
        Reservation::from_json(as_acme(server.post(RESERVE)).body(body).fetch().into_json());
    store(&server, &reserved, PNG);
    let body = json!({ "token": reserved.token, "brand_id": "1" }).to_string();
    let answer = as_acme(server.post(PUBLISH)).body(body).fetch().into_json();
    let path = answer["user_image"]["path"].as_str().expect("a path");
    assert_eq!(server.get(path).fetch().status(), 200);
    server.mock.account("acme").expect("it has appeared").reset();
    assert_eq!(server.get(path).fetch().status(), 404);
}

#[test]
fn a_method_that_nobody_has_is_an_invalid_endpoint() {
    let server = server();
    for path in [RESERVE, PUBLISH] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            assert_eq!(server.request(method, path).fetch().status(), 404);
        }
    }
}

#[test]
fn guide_answers_have_the_gateways_own_headers_and_not_those_of_support() {
    let server = server();
    let response = post(&server, RESERVE, r#"{"content_type":"image/png","file_size":1}"#);
    assert_eq!(response.header("x-zendesk-api-gateway"), "yes");
    assert_eq!(response.header("x-rate-limit"), "700");
    assert!(!response.header("x-request-id").is_empty());
    for supports in ["x-runtime", "etag", "cache-control", "x-frame-options"] {
        assert_eq!(response.header(supports), "", "{supports}");
    }
}

#[test]
fn a_full_store_refuses_reservations_and_names_the_setting() {
    let server = configured(|config| config.max_memory = 9_000);
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let statuses: Vec<_> = (0..4).map(|_| post(&server, RESERVE, body).status().as_u16()).collect();
    assert_eq!(statuses.first(), Some(&200));
    assert_eq!(statuses.last(), Some(&503));
    let error = post(&server, RESERVE, body).into_json();
    assert_eq!(error["errors"][0]["status"], "503");
    assert_eq!(error["errors"][0]["meta"]["field"], "max_memory");
}
