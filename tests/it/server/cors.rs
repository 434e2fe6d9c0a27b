//! What browsers of other origins may do with the API. The bucket has its own rules, in `bucket`.

use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use zendesk_mock::Cors;

use crate::harness::{RequestExt as _, ResponseExt as _, Server, configured, text};

const PAGE: &str = "https://app.example.com";
const UPLOADS: &str = "/api/v2/uploads?filename=a.txt";

fn with(cors: Cors) -> Server {
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

fn about_cors(response: &Response) -> Vec<&str> {
    response
        .headers()
        .keys()
        .map(reqwest::header::HeaderName::as_str)
        .filter(|name| name.starts_with("access-control-"))
        .collect()
}

#[test]
fn open_allows_every_preflight_without_credentials() {
    let server = with(Cors::Open);
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
fn open_allows_private_network_access_to_who_asks_for_it() {
    let server = with(Cors::Open);
    let asked =
        preflight(&server, UPLOADS).header("Access-Control-Request-Private-Network", "true");
    assert_eq!(asked.fetch().header("access-control-allow-private-network"), "true");
    let not_asked = preflight(&server, UPLOADS).fetch();
    assert_eq!(not_asked.header("access-control-allow-private-network"), "");
}

#[test]
fn open_shows_answers_and_refusals_to_the_page_with_every_header_of_use() {
    let server = with(Cors::Open);
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
        assert!(vary.contains("origin"), "a mirrored origin must not be cached: {vary:?}");
    }
}

#[test]
fn open_lets_pages_fetch_files_and_images() {
    let server = with(Cors::Open);
    let uploaded = server.upload("a.txt", "hello");
    let url = text(&uploaded["attachment"]["content_url"]);
    let response = server.get(url).header("Origin", PAGE).fetch();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("access-control-allow-origin"), PAGE);
}

#[test]
fn faithful_answers_preflights_and_shows_everything_to_everybody_without_credentials() {
    let server = with(Cors::Faithful);
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
fn off_allows_no_preflight_and_says_nothing_of_cors() {
    let server = with(Cors::Off);
    let refused = preflight(&server, UPLOADS).fetch();
    assert!(refused.status().is_client_error(), "{}", refused.status());
    assert_eq!(about_cors(&refused), [""; 0]);
    let response = upload(&server);
    assert_eq!(response.status(), 201, "the browser keeps the answer from the page, not we");
    assert_eq!(about_cors(&response), [""; 0]);
}

/// The wild card is recorded on answers to clients that are no browsers.
#[test]
fn without_an_origin_support_answers_as_recorded_and_guide_says_nothing() {
    for cors in [Cors::Open, Cors::Faithful] {
        let server = with(cors);
        let support = server.post(UPLOADS).agent().body("hello").fetch();
        assert_eq!(support.header("access-control-allow-origin"), "*");
        assert_eq!(support.header("access-control-allow-credentials"), "");
        let body = r#"{"content_type":"image/png","file_size":1}"#;
        let guide = server.post(crate::harness::images::RESERVE).body(body).fetch();
        assert_eq!(guide.status(), 200);
        assert_eq!(about_cors(&guide), [""; 0]);
    }
    let off = with(Cors::Off).post(UPLOADS).agent().body("hello").fetch();
    assert_eq!(about_cors(&off), [""; 0]);
}

#[test]
fn an_origin_is_never_allowed_twice() {
    for cors in [Cors::Open, Cors::Faithful] {
        let server = with(cors);
        for response in [upload(&server), preflight(&server, UPLOADS).fetch()] {
            let allowed = response.headers().get_all("access-control-allow-origin");
            assert_eq!(allowed.iter().count(), 1, "browsers refuse two");
        }
    }
}

/// Two requests a minute, and both are made.
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
fn open_lets_a_page_read_that_it_was_too_fast_and_when_to_come_back() {
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

/// A page never sees what becomes of its preflight: it would take a refusal for a CORS error.
#[test]
fn a_preflight_is_answered_even_when_the_page_was_too_fast() {
    for cors in [Cors::Open, Cors::Faithful] {
        let response = preflight(&exhausted(cors), UPLOADS).fetch();
        assert!(response.status().is_success(), "{cors:?}: {}", response.status());
    }
}

#[test]
fn open_lets_a_page_read_that_its_path_is_unknown() {
    let server = with(Cors::Open);
    let response = server.get("/api/v2/nothing").header("Origin", PAGE).fetch();
    assert_eq!(response.status(), 404);
    assert_eq!(response.header("access-control-allow-origin"), PAGE);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
}
