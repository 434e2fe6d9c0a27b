//! CORS of the Support and Guide APIs.

use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::json;
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

/// Recorded for uploads; documented for new requests and OAuth tokens.
#[test]
fn faithful_answers_say_so_for_uploads_new_requests_and_oauth_tokens() {
    let server = with_cors(Cors::Faithful);
    let request = json!({"request": {"requester": {"name": "Eve"}, "comment": {"body": "b"}}});
    let ticket = json!({"ticket": {"description": "d"}});
    server.create_ticket(&ticket["ticket"]);
    let upload = server.upload("a.txt", "a");
    let of_upload = format!("/api/v2/uploads/{}", token(&upload));
    let image = r#"{"content_type":"image/png","file_size":1}"#;
    let file = text(&upload["attachment"]["content_url"]).to_owned();
    // What is sent, whether without an OAuth token its answer says so, and whether with one.
    let cases: [(&str, RequestBuilder, bool, bool); 10] = [
        ("upload", server.post(UPLOADS).body("a"), true, true),
        ("refused upload", server.post("/api/v2/uploads").body("a"), true, true),
        ("new request", server.post("/api/v2/requests").json(&request), true, true),
        ("request", server.get("/api/v2/requests/1"), false, true),
        ("tickets", server.get("/api/v2/tickets.json"), false, true),
        ("new ticket", server.post("/api/v2/tickets").json(&ticket), false, true),
        ("unknown", server.get("/api/v2/tickets/99"), false, true),
        ("shown upload", server.get(&of_upload), false, true),
        ("image", server.post(crate::harness::images::RESERVE).body(image), false, true),
        ("file", server.get(&file), false, false),
    ];
    for (what, request, without, with) in cases {
        let send = |request: RequestBuilder| {
            let plain = request.try_clone().expect("a body that repeats").fetch();
            let page = request.header("Origin", PAGE).fetch();
            let says = [&plain, &page].map(|response| {
                assert_eq!(response.header("access-control-allow-credentials"), "", "{what}");
                response.header("access-control-allow-origin")
            });
            assert_eq!(says[0], says[1], "{what}: a page changes nothing");
            let exposed = plain.header("access-control-expose-headers");
            assert_eq!(exposed.is_empty(), says[0].is_empty(), "{what}");
            says[0] == "*"
        };
        let twin = request.try_clone().expect("a body that repeats");
        assert_eq!(send(request.agent()), without, "{what} by an API token");
        assert_eq!(send(twin.bearer_auth("any")), with, "{what} by an OAuth token");
    }
    let deleted = server.delete(&of_upload).agent().header("Origin", PAGE).fetch();
    assert_eq!((deleted.status().as_u16(), cors_headers(&deleted)), (204, vec![]));
}

#[test]
fn faithful_says_nothing_on_403_and_429() {
    let server = exhausted(Cors::Faithful);
    for request in [server.post(UPLOADS).body("a"), server.get("/api/v2/tickets")] {
        let refused = request.bearer_auth("any").header("Origin", PAGE).fetch();
        assert_eq!((refused.status().as_u16(), cors_headers(&refused)), (429, vec![]));
    }
    let server = with_cors(Cors::Faithful);
    let eve = json!({"users": [{"role": "end-user", "access_tokens": ["eve"]}]});
    assert_eq!(server.post("/_mock/seed").json(&eve).fetch().status(), 200);
    let refused = server.get("/api/v2/tickets").bearer_auth("eve").header("Origin", PAGE).fetch();
    assert_eq!((refused.status().as_u16(), cors_headers(&refused)), (403, vec![]));
    let unauthenticated = server.post(UPLOADS).header("Origin", PAGE).body("a").fetch();
    assert_eq!(unauthenticated.status(), 401);
    assert_eq!(unauthenticated.header("access-control-allow-origin"), "*");
    let other = server.get("/api/v2/tickets").header("Origin", PAGE).fetch();
    assert_eq!((other.status().as_u16(), cors_headers(&other)), (401, vec![]));
}

#[test]
fn faithful_answers_preflights_of_every_endpoint() {
    let server = with_cors(Cors::Faithful);
    for path in [UPLOADS, "/api/v2/tickets", "/api/v2/requests/1.json", "/api/v2/nothing"] {
        let response = preflight(&server, path).fetch();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        assert_eq!(response.header("access-control-allow-origin"), "*", "{path}");
    }
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
