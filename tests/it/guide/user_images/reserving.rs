//! `POST /api/v2/guide/user_images/uploads`

use std::time::Duration;

use serde_json::json;

use super::{assert_refused, post};
use crate::harness::images::*;
use crate::harness::*;

#[test]
fn a_reservation_has_the_documented_keys_in_order() {
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
fn the_url_has_our_origin_and_the_documented_parameters() {
    let server = server();
    let reserved = reserve(&server, "image/jpeg", 169_846);
    let rest = reserved
        .url
        .strip_prefix(&format!("{}/aus-uploaded-assets/1/", server.mock.url()))
        .expect("our origin and the path of the bucket");
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
fn the_token_is_a_ulid_of_the_time_of_signing() {
    let server = server();
    server.account.advance(Duration::from_millis(12_345_678));
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
fn an_invalid_property_of_a_reservation_is_400() {
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
        assert_refused(response, 400, Some(field));
    }
}

#[test]
fn only_types_in_image_types_are_accepted() {
    let strict = server();
    for content_type in ["image/webp", "image/svg+xml", "text/plain", "image/jpg", "png", "image/"]
    {
        let body = json!({ "content_type": content_type, "file_size": 1 }).to_string();
        assert_refused(post(&strict, RESERVE, body), 400, Some("content_type"));
    }
    let webp = configured(|config| config.account.image_types = vec!["image/webp".to_owned()]);
    assert!(reserve(&webp, "image/webp", 1).disposition.ends_with(".webp\""));
    let body = json!({ "content_type": "image/png", "file_size": 1 }).to_string();
    assert_refused(post(&webp, RESERVE, body), 400, Some("content_type"));
}

#[test]
fn one_to_two_million_bytes_may_be_declared() {
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
    assert_refused(declare(2_000_001), 400, Some("file_size"));
    assert_refused(declare(u64::MAX), 400, Some("file_size"));
    assert_refused(declare(0), 400, Some("file_size"));
}

#[test]
fn a_full_store_refuses_reservations_with_503() {
    let server = configured(|config| config.max_memory = 9_000);
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let statuses: Vec<_> = (0..4).map(|_| post(&server, RESERVE, body).status().as_u16()).collect();
    assert_eq!(statuses.first(), Some(&200));
    assert_eq!(statuses.last(), Some(&503));
    let error = post(&server, RESERVE, body).into_json();
    assert_eq!(error["errors"][0]["status"], "503");
    assert_eq!(error["errors"][0]["meta"]["field"], "max_memory");
}
