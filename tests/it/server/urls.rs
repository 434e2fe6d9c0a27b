//! URLs in answers: prefix, host, `public_url` and forwarded headers.

use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::accounts::{SELECTORS, Selector, account_of_reset, follow};
use crate::harness::*;

#[test]
fn api_urls_keep_prefix_and_host_of_the_request() {
    let server = server();
    for selector in SELECTORS {
        let response = selector.try_upload(&server, "");
        let location = response.header("location");
        let attachment = response.into_json()["upload"]["attachment"].take();
        let url = format!(
            "http://{}{}/api/v2/attachments/{}.json",
            selector.host, selector.prefix, attachment["id"]
        );
        assert_eq!(attachment["url"], url, "{selector:?}");
        assert_eq!(location, url, "{selector:?}");
        let shown = follow(&server, Method::GET, &attachment["url"])
            .basic_auth(selector.user, Some("secret"))
            .fetch();
        assert_eq!(shown.into_json()["attachment"]["id"], attachment["id"], "{selector:?}");
    }
}

/// The URL contains its account, even if prefix and host disagree.
#[test]
fn an_image_put_needs_no_credentials_for_any_selector() {
    let server = server();
    for selector in SELECTORS {
        let (put, _) = put_image(&server, selector);
        assert_eq!(put.status(), 200, "{selector:?}: {}", put.text().expect("a body"));
    }
}

#[test]
fn an_image_path_needs_no_credentials() {
    let server = server();
    for selector in &SELECTORS[..2] {
        let (put, token) = put_image(&server, *selector);
        assert_eq!(put.status(), 200, "{selector:?}");
        let path = publish_image(&server, *selector, &token);
        let image = server.get(&path).fetch();
        assert_eq!(image.status(), 200, "{selector:?} {path}");
        assert_eq!(image.text().expect("the image"), "image");
    }
}

/// The path is relative and contains its account. A page resolves it against its own host.
#[test]
fn an_image_path_works_on_the_host_of_the_request() {
    let server = server();
    for selector in SELECTORS {
        let for_reserving = Selector { host: "127.0.0.1:3375", ..selector };
        let for_reserving = if selector.prefix.is_empty() { selector } else { for_reserving };
        let (put, token) = put_image(&server, for_reserving);
        assert_eq!(put.status(), 200, "{selector:?}");
        let path = publish_image(&server, selector, &token);
        let image = server.get(&path).header("host", selector.host).fetch();
        assert_eq!(image.status(), 200, "{selector:?} {path}");
    }
}

#[test]
fn an_absolute_request_target_names_the_host() {
    let server = server();
    let answer = server.exchange(
        b"POST http://acme.zendesk.com/api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: ignored.test\r\n\
          Authorization: Bearer t\r\nContent-Length: 5\r\n\r\nhello",
    );
    assert_eq!(answer.status(), 201);
    let url = &answer.json()["upload"]["attachment"]["content_url"];
    assert!(
        url.as_str().is_some_and(|url| url.starts_with("http://acme.zendesk.com/attachments/"))
    );
    let response = follow(&server, Method::GET, url).fetch();
    assert_eq!(response.text().expect("the file"), "hello");
}

#[test]
fn a_request_without_a_host_gets_urls_with_the_address() {
    let server = server();
    let answer = server.exchange(
        b"POST /api/v2/uploads?filename=a.txt HTTP/1.0\r\nAuthorization: Bearer t\r\nContent-Length: 5\r\n\r\nhello",
    );
    assert_eq!(answer.status(), 201);
    assert_eq!(server.download(&answer.json()["upload"]["attachment"]), b"hello");
}

#[test]
fn a_public_url_is_in_every_answer_and_works_behind_a_proxy() {
    let server = configured(|config| {
        config.account.public_url = Some("https://desk.example.com".to_owned())
    });
    for selector in SELECTORS {
        let response = selector.try_upload(&server, "");
        let location = response.header("location");
        let attachment = response.into_json()["upload"]["attachment"].take();
        for url in [&location, text(&attachment["url"])] {
            let api = format!("https://desk.example.com{}/api/v2/attachments/", selector.prefix);
            assert!(url.starts_with(&api), "{selector:?} {url}");
        }
        let url = text(&attachment["content_url"]);
        assert!(url.starts_with("https://desk.example.com/"), "{selector:?} {url}");
        let followed = follow(&server, Method::GET, &attachment["content_url"]).fetch();
        assert_eq!(followed.status(), 200, "{selector:?} {url}");
    }
}

/// A proxy may replace the host, so the host cannot select the account.
#[test]
fn a_public_url_with_an_account_works_for_any_host() {
    let server = configured(|config| {
        config.account.public_url = Some("https://path.zendesk.com".to_owned())
    });
    for selector in [SELECTORS[0], SELECTORS[1], SELECTORS[4]] {
        let upload = selector.create_upload(&server);
        let url = text(&upload["attachment"]["content_url"]);
        let path = url.strip_prefix("https://path.zendesk.com").expect("the public URL");
        let followed = server.get(path).header("host", "127.0.0.1:3375").fetch();
        assert_eq!(followed.status(), 200, "{selector:?} {url}");
    }
}

#[test]
fn forwarded_headers_are_ignored_unless_trusted() {
    for (trusted, origin, account) in
        [(true, "https://acme.zendesk.com", "acme"), (false, "http://127.0.0.1:3375", "default")]
    {
        let server = configured(|config| config.trust_forwarded = trusted);
        let forwarded = |request: RequestBuilder| {
            request
                .agent()
                .header("host", "127.0.0.1:3375")
                .header("x-forwarded-proto", "https, http")
                .header("x-forwarded-host", "acme.zendesk.com, inner.test")
        };
        let upload = forwarded(server.post("/api/v2/uploads?filename=a.txt")).body("a").fetch();
        let attachment = upload.into_json()["upload"]["attachment"].take();
        for url in ["url", "content_url", "mapped_content_url"] {
            let url = text(&attachment[url]);
            assert!(url.starts_with(&format!("{origin}/a")), "{url}");
        }
        assert_eq!(account_of_reset(forwarded(server.post("/_mock/reset"))), account);
    }
}

#[test]
fn an_invalid_host_is_refused_and_not_repeated() {
    let server = server();
    for host in ["a\"<>b", "u@acme.localhost:99", "a b"] {
        let request = format!(
            "POST /api/v2/uploads?filename=a.txt HTTP/1.1\r\nHost: {host}\r\n{AGENT}Content-Length: 1\r\n\r\na"
        );
        let answer = server.exchange(request.as_bytes());
        assert_eq!(answer.status(), 400, "{answer}");
        assert!(!String::from_utf8_lossy(&answer.body).contains(host), "{answer}");
    }
}

#[test]
fn a_content_url_needs_no_credentials_for_any_selector() {
    let server = server();
    for selector in SELECTORS {
        let upload = selector.create_upload(&server);
        let url = &upload["attachment"]["content_url"];
        let response = follow(&server, Method::GET, url).fetch();
        assert_eq!(response.status(), 200, "{selector:?}: {url}");
        assert_eq!(response.text().expect("the file"), "hello");
        assert_eq!(upload["attachment"]["mapped_content_url"], *url);
    }
}

/// Reserves an image with this selector, and PUTs it.
fn put_image(server: &Server, selector: Selector) -> (Response, Value) {
    let reserved = selector
        .request(server, Method::POST, "/api/v2/guide/user_images/uploads")
        .body(json!({"content_type": "image/png", "file_size": 5}).to_string())
        .fetch();
    assert_eq!(reserved.status(), 200, "{selector:?}");
    let upload = reserved.into_json()["upload"].take();
    let mut put = follow(server, Method::PUT, &upload["url"]);
    for (name, value) in upload["headers"].as_object().expect("headers") {
        put = put.header(name, value.as_str().expect("a value"));
    }
    (put.body("image").fetch(), upload["token"].clone())
}

fn publish_image(server: &Server, selector: Selector, token: &Value) -> String {
    let published = selector
        .request(server, Method::POST, "/api/v2/guide/user_images")
        .body(json!({"token": token, "brand_id": "1"}).to_string())
        .fetch();
    assert_eq!(published.status(), 201, "{selector:?}");
    published.into_json()["user_image"]["path"].as_str().expect("a path").to_owned()
}
