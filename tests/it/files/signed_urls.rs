//! Redirects of downloads to signed URLs: `downloads = redirect`.

use std::time::Duration;

use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};
use zendesk_mock::Downloads;

use super::{assert_forbidden, file_of};
use crate::harness::images::*;
use crate::harness::*;

const MINUTE: Duration = Duration::from_secs(60);

fn redirecting() -> Server {
    configured(|config| config.account.downloads = Downloads::Redirect)
}

/// Follows a URL without credentials, through its path and `Host`.
fn follow(server: &Server, url: &str) -> RequestBuilder {
    let (_, rest) = url.split_once("://").unwrap_or_else(|| panic!("not absolute: {url}"));
    let (authority, path) = rest.split_at(rest.find('/').expect("a path"));
    server.get(path).header("host", authority)
}

/// The target of the redirect of a file.
fn redirect_of(server: &Server, attachment: &Value) -> String {
    let response = follow(server, text(&attachment["content_url"])).agent().fetch();
    assert_eq!(response.status(), 302);
    response.header("location")
}

#[test]
fn a_download_redirects_to_a_signed_url_on_another_host() {
    let server = redirecting();
    let port = server.mock.address().port();
    let upload = server.upload("a b.txt", "hello");
    let url = text(&upload["attachment"]["content_url"]);
    let token = url.split('/').rev().nth(1).expect("a token");
    for (host, other) in [
        (format!("127.0.0.1:{port}"), format!("localhost:{port}")),
        (format!("localhost:{port}"), format!("127.0.0.1:{port}")),
        ("LOCALHOST".to_owned(), "127.0.0.1".to_owned()),
        ("[::1]:3375".to_owned(), "localhost:3375".to_owned()),
    ] {
        for request in [server.get(url), server.get(url).agent()] {
            let response = request.header("host", &host).fetch();
            assert_eq!(response.status(), 302, "{host}");
            assert_eq!(response.header("cache-control"), "no-store", "{host}");
            let location = response.header("location");
            let base = format!("http://{other}/attachment/");
            let rest = location.strip_prefix(&base).unwrap_or_else(|| panic!("{location}"));
            let (account, rest) = rest.split_once('/').expect("an account");
            assert!(account.parse::<u64>().is_ok(), "{location}");
            assert!(rest.starts_with(&format!("{token}?token=")), "{location}");
            assert_eq!(response.bytes().expect("no body").len(), 0, "{host}");
            let file = follow(&server, &location).fetch();
            assert_eq!(file.header("content-type"), "text/plain");
            assert!(file.header("content-disposition").contains("\"a b.txt\""));
            assert_eq!(file_of(file), b"hello", "{location}");
        }
    }
}

#[test]
fn a_signed_url_on_another_host_refuses_credentials() {
    let server = redirecting();
    let location = redirect_of(&server, &server.upload("a.txt", "hello")["attachment"]);
    assert_forbidden(follow(&server, &location).agent().fetch());
    assert_forbidden(follow(&server, &location).bearer_auth("any").fetch());
    assert_forbidden(follow(&server, &location).header("authorization", "Basic !!").fetch());
    assert_eq!(file_of(follow(&server, &location).header("authorization", "").fetch()), b"hello");
}

#[test]
fn a_thumbnail_is_redirected() {
    let server = redirecting();
    let upload = server.upload("dot.png", PNG);
    let thumbnail = &upload["attachment"]["thumbnails"][0];
    let file = follow(&server, &redirect_of(&server, thumbnail)).fetch();
    assert!(file.header("content-disposition").contains("dot_thumb.png"));
    assert_eq!(file_of(file), PNG);
}

#[test]
fn a_forged_signed_url_is_403() {
    let server = redirecting();
    let upload = server.upload("a.txt", "hello");
    let location = redirect_of(&server, &upload["attachment"]);
    let other = redirect_of(&server, &server.upload("b.txt", "other")["attachment"]);
    let (path, token) = location.split_once("?token=").expect("a token");
    let (other_path, other_token) = other.split_once("?token=").expect("a token");
    let (claim, signature) = token.split_once('.').expect("a signature");
    let changed = |text: &str, at: usize| {
        let mut letters: Vec<char> = text.chars().collect();
        letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
        letters.into_iter().collect::<String>()
    };
    for url in [
        path.to_owned(),
        format!("{path}?token="),
        format!("{path}?token=."),
        format!("{path}?token={claim}"),
        format!("{path}?token={claim}."),
        format!("{path}?token=.{signature}"),
        format!("{path}?token={claim}.{}", &signature[..signature.len() - 2]),
        format!("{path}?token={token}.x"),
        format!("{path}?token=%FF"),
        format!("{path}?token={other_token}"),
        format!("{other_path}?token={token}"),
        format!("{path}x?token={token}"),
    ] {
        assert_ne!(url, location);
        assert_forbidden(follow(&server, &url).fetch());
    }
    for at in (0..token.len()).filter(|&at| at != claim.len()) {
        assert_forbidden(follow(&server, &format!("{path}?token={}", changed(token, at))).fetch());
    }
    assert_eq!(file_of(follow(&server, &location).fetch()), b"hello");
    // A server with another seed has another key.
    let elsewhere = configured(|config| {
        config.account.downloads = Downloads::Redirect;
        config.random_seed = Some(2);
    });
    let there = redirect_of(&elsewhere, &elsewhere.upload("a.txt", "there")["attachment"]);
    let (there, _) = there.split_once("?token=").expect("a token");
    assert_forbidden(follow(&elsewhere, &format!("{there}?token={token}")).fetch());
}

#[test]
fn a_signed_url_expires_after_download_ttl() {
    for (life, server) in [
        (10 * MINUTE, redirecting()),
        (
            MINUTE,
            configured(|config| {
                config.account.downloads = Downloads::Redirect;
                config.account.download_ttl = MINUTE;
            }),
        ),
    ] {
        let upload = server.upload("a.txt", "hello");
        server.attach(&upload["token"]);
        let location = redirect_of(&server, &upload["attachment"]);
        let account = server.mock.default_account();
        account.advance(life - Duration::from_secs(1));
        for _ in 0..2 {
            assert_eq!(file_of(follow(&server, &location).fetch()), b"hello", "{life:?}");
        }
        account.advance(Duration::from_secs(1));
        assert_forbidden(follow(&server, &location).fetch());
        let renewed = redirect_of(&server, &upload["attachment"]);
        assert_eq!(file_of(follow(&server, &renewed).fetch()), b"hello", "{life:?}");
    }
}

#[test]
fn an_expired_signed_url_stays_expired_when_the_clock_is_set_back() {
    let server = redirecting();
    let upload = server.upload("a.txt", "hello");
    server.attach(&upload["token"]);
    let account = server.mock.default_account();
    account.freeze();
    let start = account.now();
    let first = redirect_of(&server, &upload["attachment"]);
    account.set_time(start - MINUTE);
    assert_eq!(file_of(follow(&server, &first).fetch()), b"hello", "it has not expired");
    account.set_time(start + 10 * MINUTE);
    assert_forbidden(follow(&server, &first).fetch());
    account.set_time(start - MINUTE);
    assert_forbidden(follow(&server, &first).fetch());
    let second = redirect_of(&server, &upload["attachment"]);
    assert_eq!(file_of(follow(&server, &second).fetch()), b"hello", "it is another one");
    account.set_time(start - 2 * MINUTE);
    assert_forbidden(follow(&server, &first).fetch());
    assert_eq!(file_of(follow(&server, &second).fetch()), b"hello", "it has not expired");
}

#[test]
fn a_signed_url_serves_ranges() {
    let server = redirecting();
    let location = redirect_of(&server, &server.upload("a.txt", "0123456789")["attachment"]);
    let part = follow(&server, &location).header("range", "bytes=2-4").fetch();
    assert_eq!(part.status(), 206);
    assert_eq!(part.header("content-range"), "bytes 2-4/10");
    let tag = part.header("etag");
    assert_eq!(part.text().expect("a part"), "234");
    let outside = follow(&server, &location).header("range", "bytes=10-").fetch();
    assert_eq!(outside.status(), 416);
    let known = follow(&server, &location).header("if-none-match", tag).fetch();
    assert_eq!(known.status(), 304);
}

#[test]
fn signed_urls_have_the_host_of_download_url() {
    let server = configured(|config| {
        config.account.downloads = Downloads::Redirect;
        config.account.download_url = Some("http://files.example.org:3375".to_owned());
    });
    let location = redirect_of(&server, &server.upload("a.txt", "hello")["attachment"]);
    assert!(location.starts_with("http://files.example.org:3375/attachment/"), "{location}");
    assert_eq!(file_of(follow(&server, &location).fetch()), b"hello");
    assert_forbidden(follow(&server, &location).agent().fetch());
}

#[test]
fn a_private_download_needs_credentials_before_the_redirect() {
    let server = configured(|config| {
        config.account.private_attachments = true;
        config.account.downloads = Downloads::Redirect;
    });
    let upload = server.upload("a.txt", "hello");
    assert_forbidden(server.get(text(&upload["attachment"]["content_url"])).fetch());
    let location = redirect_of(&server, &upload["attachment"]);
    assert_eq!(file_of(follow(&server, &location).fetch()), b"hello");
    assert_forbidden(follow(&server, &location).agent().fetch());
}

/// Clients keep their credentials when they follow a redirect to the same host.
#[test]
fn a_redirect_to_the_same_host_accepts_credentials() {
    for host in ["zendesk:3375", "desk.example.org", "acme.zendesk.com", "192.168.1.2:3375"] {
        let server = redirecting();
        let request = server.post("/api/v2/uploads?filename=a.txt").header("host", host).agent();
        let upload = request.body("hello").fetch().into_json()["upload"].take();
        let location = redirect_of(&server, &upload["attachment"]);
        assert!(location.starts_with(&format!("http://{host}/attachment/")), "{location}");
        for request in [follow(&server, &location), follow(&server, &location).agent()] {
            assert_eq!(file_of(request.fetch()), b"hello", "{location}");
        }
        assert_forbidden(
            server.get(&location[7 + host.len()..]).header("host", "other").agent().fetch(),
        );
    }
}

/// A proxy may send another `Host` than the client.
#[test]
fn a_redirect_behind_a_proxy_accepts_credentials() {
    let server = configured(|config| {
        config.account.downloads = Downloads::Redirect;
        config.account.public_url = Some("https://desk.example.test".to_owned());
    });
    let upload = server.upload("a.txt", "hello");
    let path = text(&upload["attachment"]["content_url"]);
    let path = path.strip_prefix("https://desk.example.test").expect("the public URL").to_owned();
    let redirect = server.get(&path).agent().fetch().header("location");
    let there = redirect.strip_prefix("https://desk.example.test").expect("the same host");
    assert_eq!(file_of(server.get(there).agent().fetch()), b"hello");
}

#[test]
fn a_signed_url_of_an_unknown_account_is_403() {
    let server = redirecting();
    let url = redirect_of(&server, &server.upload("a.txt", "hello")["attachment"]);
    for prefix in ["9", "0", "x", "+"] {
        let forged = url.replace("/attachment/", &format!("/attachment/{prefix}"));
        assert_forbidden(follow(&server, &forged).fetch());
    }
}

#[test]
fn a_signed_url_contains_its_account() {
    let server = redirecting();
    let of_default = redirect_of(&server, &server.upload("a.txt", "default")["attachment"]);
    let account_of = |url: &str| {
        let rest = url.split_once("/attachment/").expect("a signed URL").1;
        rest.split_once('/').expect("an account").0.to_owned()
    };
    for (prefix, host) in [("/@acme", "127.0.0.1:3375"), ("", "acme.localhost:3375")] {
        let request = server.post(&format!("{prefix}/api/v2/uploads?filename=a.txt"));
        let upload = request.header("host", host).agent().body("acme").fetch().into_json();
        let location = redirect_of(&server, &upload["upload"]["attachment"]);
        assert!(!location.contains('@'), "{location}");
        assert_ne!(account_of(&location), account_of(&of_default));
        for host in ["127.0.0.1:3375", "localhost", "other.zendesk.com"] {
            let path = &location[location.find("/attachment/").expect("a path")..];
            assert_eq!(file_of(server.get(path).header("host", host).fetch()), b"acme", "{host}");
        }
        let swapped = location.replace(&account_of(&location), &account_of(&of_default));
        assert_forbidden(follow(&server, &swapped).fetch());
    }
    assert_eq!(file_of(follow(&server, &of_default).fetch()), b"default");
}

#[test]
fn a_deleted_file_is_404_at_both_urls() {
    let server = redirecting();
    let upload = server.upload("a.txt", "hello");
    let location = redirect_of(&server, &upload["attachment"]);
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(follow(&server, &location).fetch_json(), not_found());
    let content = server.get(text(&upload["attachment"]["content_url"])).agent().fetch();
    assert_eq!(content.status_and_json(), not_found());
}

#[test]
fn malware_is_403_at_both_urls() {
    let server = redirecting();
    let file = server.upload("a.txt", "hello")["attachment"].take();
    let location = redirect_of(&server, &file);
    let scan = json!({"malware_scan_result": "malware_found"});
    let path = format!("/_mock/attachments/{}", file["id"]);
    assert_eq!(server.put(&path).json(&scan).fetch().status(), 200);
    for request in [follow(&server, &location), server.get(text(&file["content_url"])).agent()] {
        let (status, refusal) = request.fetch_json();
        assert_eq!((status, &refusal["error"]), (403, &json!("MalwareDetected")));
    }
}
