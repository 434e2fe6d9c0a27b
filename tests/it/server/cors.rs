//! CORS of the Support and Guide APIs.

use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use zendesk_mock::Cors;

use crate::harness::*;

const PAGE: &str = "https://app.example.com";
const UPLOADS: &str = "/api/v2/uploads?filename=a.txt";

fn with_cors(cors: Cors) -> Server {
    configured(|config| config.account.cors = cors)
}

fn preflight(server: &Server, path: &str) -> RequestBuilder {
    server
        .request(Method::OPTIONS, path)
        .header("Origin", PAGE)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,content-type")
}

fn upload(server: &Server) -> Response {
    server.post(UPLOADS).agent().header("Origin", PAGE).body("hello").fetch()
}

fn cors_headers(response: &Response) -> Vec<&str> {
    response
        .headers()
        .keys()
        .map(reqwest::header::HeaderName::as_str)
        .filter(|name| name.starts_with("access-control-"))
        .collect()
}

#[test]
fn open_allows_every_preflight_without_credentials() {
    let server = with_cors(Cors::Open);
    for path in [UPLOADS, "/api/v2/guide/user_images/uploads", "/api/v2/uploads/x.json"] {
        let response = preflight(&server, path).fetch();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        assert_eq!(response.header("access-control-allow-origin"), PAGE);
        assert_eq!(response.header("access-control-allow-credentials"), "true");
        assert_eq!(response.header("access-control-allow-methods"), "POST");
        assert_eq!(response.header("access-control-allow-headers"), "authorization,content-type");
    }
}

#[test]
fn open_allows_private_network_access_on_request() {
    let server = with_cors(Cors::Open);
    let requested =
        preflight(&server, UPLOADS).header("Access-Control-Request-Private-Network", "true");
    assert_eq!(requested.fetch().header("access-control-allow-private-network"), "true");
    let not_requested = preflight(&server, UPLOADS).fetch();
    assert_eq!(not_requested.header("access-control-allow-private-network"), "");
}

#[test]
fn open_exposes_answers_refusals_and_useful_headers() {
    let server = with_cors(Cors::Open);
    let refused = server.post(UPLOADS).header("Origin", PAGE).body("hello").fetch();
    assert_eq!(refused.status(), 401);
    for response in [upload(&server), refused] {
        assert_eq!(response.header("access-control-allow-origin"), PAGE);
        assert_eq!(response.header("access-control-allow-credentials"), "true");
        let exposed = response.header("access-control-expose-headers").to_ascii_lowercase();
        let exposed: Vec<_> = exposed.split(',').map(str::trim).collect();
        for useful in ["location", "x-request-id", "retry-after", "etag", "x-rate-limit"] {
            assert!(exposed.contains(&useful), "{useful} is not in {exposed:?}");
        }
        let vary = response.header("vary").to_ascii_lowercase();
        assert!(vary.contains("origin"), "an answer with a mirrored origin varies by it: {vary:?}");
    }
}

#[test]
fn open_lets_pages_download_files() {
    let server = with_cors(Cors::Open);
    let uploaded = server.upload("a.txt", "hello");
    let url = text(&uploaded["attachment"]["content_url"]);
    let response = server.get(url).header("Origin", PAGE).fetch();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("access-control-allow-origin"), PAGE);
}

#[test]
fn faithful_allows_every_origin_without_credentials() {
    let server = with_cors(Cors::Faithful);
    let allowed = preflight(&server, UPLOADS).fetch();
    assert!(allowed.status().is_success());
    assert_eq!(allowed.header("access-control-allow-origin"), "*");
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    assert_eq!(allowed.header("access-control-allow-headers"), "authorization,content-type");
    assert!(allowed.header("access-control-allow-methods").contains("POST"));
    let response = upload(&server);
    assert_eq!(response.status(), 201);
    assert_eq!(response.header("access-control-allow-origin"), "*");
    assert_eq!(response.header("access-control-allow-credentials"), "");
    assert!(response.header("access-control-expose-headers").contains("X-Zendesk-API-Warn"));
}

#[test]
fn off_refuses_preflights_and_sends_no_cors_headers() {
    let server = with_cors(Cors::Off);
    let refused = preflight(&server, UPLOADS).fetch();
    assert!(refused.status().is_client_error(), "{}", refused.status());
    assert_eq!(cors_headers(&refused), [""; 0]);
    let response = upload(&server);
    assert_eq!(response.status(), 201, "the browser blocks the page, not the server");
    assert_eq!(cors_headers(&response), [""; 0]);
}

/// Recorded: Support sends the wild card to clients that are no browsers.
#[test]
fn without_an_origin_only_support_sends_cors_headers() {
    for cors in [Cors::Open, Cors::Faithful] {
        let server = with_cors(cors);
        let support = server.post(UPLOADS).agent().body("hello").fetch();
        assert_eq!(support.header("access-control-allow-origin"), "*");
        assert_eq!(support.header("access-control-allow-credentials"), "");
        let body = r#"{"content_type":"image/png","file_size":1}"#;
        let guide = server.post(crate::harness::images::RESERVE).body(body).fetch();
        assert_eq!(guide.status(), 200);
        assert_eq!(cors_headers(&guide), [""; 0]);
    }
    let off = with_cors(Cors::Off).post(UPLOADS).agent().body("hello").fetch();
    assert_eq!(cors_headers(&off), [""; 0]);
}

#[test]
fn the_allow_origin_header_is_sent_once() {
    for cors in [Cors::Open, Cors::Faithful] {
        let server = with_cors(cors);
        for response in [upload(&server), preflight(&server, UPLOADS).fetch()] {
            let allowed = response.headers().get_all("access-control-allow-origin");
            assert_eq!(allowed.iter().count(), 1, "browsers refuse two");
        }
    }
}

/// A server whose rate limit is used up.
fn exhausted(cors: Cors) -> Server {
    let server = configured(|config| {
        config.account.cors = cors;
        config.account.rate_limit = Some(2);
    });
    for _ in 0..2 {
        assert_eq!(server.post(UPLOADS).agent().body("hello").fetch().status(), 201);
    }
    server
}

#[test]
fn open_lets_a_page_read_a_429_and_its_retry_after() {
    let server = exhausted(Cors::Open);
    for path in [UPLOADS, crate::harness::images::RESERVE] {
        let response = server.post(path).agent().header("Origin", PAGE).body("{}").fetch();
        assert_eq!(response.status(), 429, "{path}");
        assert_eq!(response.header("access-control-allow-origin"), PAGE, "{path}");
        assert_eq!(response.header("access-control-allow-credentials"), "true", "{path}");
        let exposed = response.header("access-control-expose-headers").to_ascii_lowercase();
        assert!(exposed.contains("retry-after"), "{path}: {exposed:?}");
    }
}

/// A browser reports a refused preflight as a CORS error.
#[test]
fn a_preflight_is_answered_over_the_rate_limit() {
    for cors in [Cors::Open, Cors::Faithful] {
        let response = preflight(&exhausted(cors), UPLOADS).fetch();
        assert!(response.status().is_success(), "{cors:?}: {}", response.status());
    }
}

#[test]
fn open_lets_a_page_read_a_404() {
    let server = with_cors(Cors::Open);
    let response = server.get("/api/v2/nothing").header("Origin", PAGE).fetch();
    assert_eq!(response.status(), 404);
    assert_eq!(response.header("access-control-allow-origin"), PAGE);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
}
