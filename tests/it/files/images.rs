//! `/hc/user_images/…`: published images.

use reqwest::Method;
use serde_json::json;

use crate::harness::images::*;
use crate::harness::*;

#[test]
fn the_path_serves_the_image_to_get_and_head() {
    let server = server();
    let path = publish(&server, &reserve_and_store(&server).token);
    let got = server.get(&path).fetch();
    assert_eq!(got.status(), 200);
    assert_eq!(got.header("content-type"), "image/png");
    assert_eq!(got.header("content-length"), PNG.len().to_string());
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-security-policy").contains("sandbox"));
    assert_eq!(got.header("content-disposition"), "", "the image is shown inline");
    assert_eq!(got.bytes().expect("a body"), PNG);
    let head = server.request(Method::HEAD, &path).fetch();
    assert_eq!(head.status(), 200);
    assert_eq!(head.header("content-type"), "image/png");
    assert_eq!(head.header("content-length"), PNG.len().to_string());
    assert_eq!(head.bytes().expect("no body").len(), 0);
}

#[test]
fn an_unknown_path_is_404() {
    let server = server();
    let path = publish(&server, &reserve_and_store(&server).token);
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
fn a_published_image_outlives_its_token_until_a_reset() {
    let server = server();
    let path = publish(&server, &reserve_and_store(&server).token);
    server.account.advance(100 * HOUR);
    assert_eq!(server.get(&path).fetch().status(), 200);
    server.account.reset();
    assert_eq!(server.get(&path).fetch().status(), 404);
}

#[test]
fn a_later_put_does_not_change_a_published_image() {
    let server = server();
    let reserved = reserve_and_store(&server);
    let path = publish(&server, &reserved.token);
    store(&server, &reserved, "something else");
    assert_eq!(server.get(&path).fetch().bytes().expect("a body"), PNG);
}

#[test]
fn an_image_path_needs_no_account() {
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
