//! CORS.

use reqwest::Method;
use reqwest::blocking::Response;
use zendesk_mock::Cors;

use super::{assert_mismatch, assert_refused, pairs, reserve_png};
use crate::harness::images::*;
use crate::harness::*;

fn preflight(server: &Server, reserved: &Reservation, headers: &[(&str, &str)]) -> Response {
    headers
        .iter()
        .fold(server.request(Method::OPTIONS, &reserved.url), |request, (name, value)| {
            request.header(*name, *value)
        })
        .fetch()
}

fn with_cors(cors: Cors) -> Server {
    configured(|config| config.account.cors = cors)
}

const PAGE: &str = "https://help.example.com";

const WANTED: &str = "Content-Disposition,content-type, X-Amz-Server-Side-Encryption";

/// As S3 repeats it.
const ALLOWED: &str = "content-disposition, content-type, x-amz-server-side-encryption";

const PREFLIGHT: [(&str, &str); 3] = [
    ("Origin", PAGE),
    ("Access-Control-Request-Method", "PUT"),
    ("Access-Control-Request-Headers", WANTED),
];

const VARY: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

#[test]
fn an_open_bucket_allows_puts_from_every_origin() {
    let server = with_cors(Cors::Open);
    let reserved = reserve_png(&server);
    let response = preflight(&server, &reserved, &PREFLIGHT);
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-length"), "0");
    assert_eq!(response.header("access-control-allow-origin"), PAGE);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
    assert_eq!(response.header("access-control-allow-methods"), "PUT");
    assert_eq!(response.header("access-control-allow-headers"), ALLOWED);
    assert_eq!(response.header("vary"), VARY);
    assert!(response.header("access-control-max-age").parse::<u32>().is_ok());
    assert_eq!(response.header("access-control-allow-private-network"), "");
}

#[test]
fn an_open_bucket_allows_private_network_access() {
    let server = with_cors(Cors::Open);
    let private = ("Access-Control-Request-Private-Network", "true");
    let headers = [PREFLIGHT.as_slice(), &[private]].concat();
    let response = preflight(&server, &reserve_png(&server), &headers);
    assert_eq!(response.header("access-control-allow-private-network"), "true");
}

#[test]
fn a_faithful_bucket_allows_only_puts() {
    let server = with_cors(Cors::Faithful);
    let reserved = reserve_png(&server);
    let response = preflight(&server, &reserved, &PREFLIGHT);
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("access-control-allow-origin"), "*");
    assert_eq!(response.header("access-control-allow-methods"), "PUT");
    assert_eq!(response.header("access-control-allow-headers"), ALLOWED);
    assert_eq!(response.header("access-control-allow-credentials"), "");
    assert_eq!(response.header("vary"), VARY);
    let deletion = [("Origin", PAGE), ("Access-Control-Request-Method", "DELETE")];
    let message = "CORSResponse: This CORS request is not allowed. This is usually because the \
                   evalution of Origin, request method / Access-Control-Request-Method or \
                   Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";
    let elements =
        assert_refused(preflight(&server, &reserved, &deletion), 403, "AccessForbidden", message);
    assert_eq!(elements, pairs(&[("Method", "DELETE"), ("ResourceType", "OBJECT")]));
}

#[test]
fn a_bucket_without_cors_refuses_every_preflight() {
    let server = with_cors(Cors::Off);
    let reserved = reserve_png(&server);
    for (headers, method) in [(&PREFLIGHT[..], "PUT"), (&PREFLIGHT[..1], "OPTIONS")] {
        let response = preflight(&server, &reserved, headers);
        assert_eq!(response.header("access-control-allow-origin"), "");
        let message = "CORSResponse: CORS is not enabled for this bucket.";
        let elements = assert_refused(response, 403, "AccessForbidden", message);
        assert_eq!(elements, pairs(&[("Method", method), ("ResourceType", "BUCKET")]));
    }
}

#[test]
fn a_preflight_without_an_origin_is_400_under_every_setting() {
    for cors in [Cors::Open, Cors::Faithful, Cors::Off] {
        let server = with_cors(cors);
        let response = preflight(&server, &reserve_png(&server), &PREFLIGHT[1..]);
        let message = "Insufficient information. Origin request header needed.";
        assert_eq!(assert_refused(response, 400, "BadRequest", message), pairs(&[]));
    }
}

#[test]
fn a_preflight_for_a_method_that_no_rule_can_have_is_400() {
    for cors in [Cors::Open, Cors::Faithful] {
        let server = with_cors(cors);
        let reserved = reserve_png(&server);
        for method in ["PATCH", "OPTIONS", "put", "FOO"] {
            let headers = [PREFLIGHT[0], ("Access-Control-Request-Method", method)];
            let message = format!("Invalid Access-Control-Request-Method: {method}");
            let refused = preflight(&server, &reserved, &headers);
            assert_eq!(assert_refused(refused, 400, "BadRequest", &message), pairs(&[]));
        }
        let message = "Invalid Access-Control-Request-Method: null";
        let refused = preflight(&server, &reserved, &PREFLIGHT[..1]);
        assert_eq!(assert_refused(refused, 400, "BadRequest", message), pairs(&[]));
    }
}

#[test]
fn a_put_from_a_page_has_cors_headers() {
    for (cors, allowed, credentials, exposed) in [
        (Cors::Open, PAGE, "true", "ETag"),
        (Cors::Faithful, "*", "", "ETag"),
        (Cors::Off, "", "", ""),
    ] {
        let server = with_cors(cors);
        let response =
            put_request(&server, &reserve_png(&server), PNG).header("Origin", PAGE).fetch();
        assert_eq!(response.status(), 200, "S3 does not check the origin of a PUT");
        assert_eq!(response.header("access-control-allow-origin"), allowed);
        assert_eq!(response.header("access-control-allow-credentials"), credentials);
        assert_eq!(response.header("access-control-expose-headers"), exposed);
    }
}

#[test]
fn a_page_can_read_the_refusal_of_a_put() {
    let server = with_cors(Cors::Open);
    let reserved = reserve_png(&server);
    let response = server.put(&reserved.url).header("Origin", PAGE).body(PNG).fetch();
    assert_eq!(response.header("access-control-allow-origin"), PAGE);
    assert_mismatch(response);
}

#[test]
fn a_put_without_an_origin_has_no_cors_headers() {
    let server = with_cors(Cors::Open);
    let response = put_request(&server, &reserve_png(&server), PNG).fetch();
    let about_cors: Vec<_> = response
        .headers()
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .collect();
    assert!(about_cors.is_empty(), "{about_cors:?}");
}
