//! `/api/v2/guide/user_images`: all steps together, and what both calls have in common.

mod publishing;
mod reserving;

use reqwest::Method;
use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::harness::images::*;
use crate::harness::*;

/// Checks a refusal in the envelope of the Guide gateway, and the field that it names.
#[track_caller]
fn assert_refused(response: Response, status: u16, field: Option<&str>) {
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

#[test]
fn the_documented_curl_commands_publish_an_image() {
    let server = server();
    // `curl -d` without `-H` declares a form.
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

/// Zendesk's editor declares its JSON as `text/plain`.
#[test]
fn json_declared_as_plain_text_is_read() {
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
fn json_declared_as_json_or_undeclared_is_read() {
    let server = server();
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let declared = server.post(RESERVE).header("content-type", "application/json").body(body);
    assert_eq!(declared.fetch().status(), 200);
    assert_eq!(server.post(RESERVE).body(body).fetch().status(), 200);
}

#[test]
fn each_type_has_its_documented_extension() {
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
fn anonymous_clients_may_reserve_and_publish_with_json_suffix() {
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
fn malformed_credentials_are_401_in_the_guide_envelope() {
    let server = server();
    for path in [RESERVE, PUBLISH] {
        for malformed in ["Basic !!", "Basic bm9jb2xvbg==", "Bearer", "Digest x"] {
            let body = r#"{"content_type":"image/png","file_size":1}"#;
            let response = server.post(path).header("authorization", malformed).body(body).fetch();
            assert_refused(response, 401, None);
        }
    }
}

#[test]
fn a_401_has_exactly_the_documented_body() {
    let text = server().post(RESERVE).header("authorization", "Basic !!").fetch().text();
    assert_eq!(
        text.expect("a body"),
        r#"{"errors":[{"code":"Unauthorized","meta":{},"status":"401","title":"Unauthorized to access the resource"}]}"#
    );
}

#[test]
fn a_body_that_is_not_a_json_object_is_400() {
    let server = server();
    for path in [RESERVE, PUBLISH] {
        for body in ["", "{", "content_type=image%2Fpng", "null", "\"text\"", "17", "[]", "{}x"] {
            assert_refused(post(&server, path, body), 400, Some("body"));
        }
    }
}

#[test]
fn a_json_array_is_400() {
    let server = server();
    assert_refused(post(&server, RESERVE, r#"["image/png",1]"#), 400, Some("body"));
    let token = reserve_and_store(&server).token;
    assert_refused(post(&server, PUBLISH, format!(r#"["{token}","1"]"#)), 400, Some("body"));
}

#[test]
fn a_body_of_a_million_bytes_is_400() {
    let server = server();
    for path in [RESERVE, PUBLISH] {
        let body = format!(r#"{{"content_type":"{}"}}"#, "x".repeat(1_000_000));
        assert_refused(post(&server, path, body), 400, Some("body"));
    }
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
fn a_prefix_outweighs_the_host_at_every_step() {
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
fn a_wrong_method_is_404() {
    let server = server();
    for path in [RESERVE, PUBLISH] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            assert_eq!(server.request(method, path).fetch().status(), 404);
        }
    }
}

#[test]
fn answers_have_the_headers_of_the_guide_gateway() {
    let server = server();
    let response = post(&server, RESERVE, r#"{"content_type":"image/png","file_size":1}"#);
    assert_eq!(response.header("x-zendesk-api-gateway"), "yes");
    assert_eq!(response.header("x-rate-limit"), "700");
    assert!(!response.header("x-request-id").is_empty());
    for name in ["x-runtime", "etag", "cache-control", "x-frame-options"] {
        assert_eq!(response.header(name), "", "{name}");
    }
}
