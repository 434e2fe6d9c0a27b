//! Who may download a file, and by which URL: `private_attachments` and `downloads`.

use std::time::Duration;

use reqwest::blocking::{RequestBuilder, Response};
use serde_json::{Value, json};
use zendesk_mock::{Auth, Credential, Downloads, ServerConfig};

use crate::harness::images::{PNG, publish, reserve, store};
use crate::harness::{
    RequestExt as _, ResponseExt as _, Server, configured, not_found, text, token,
};

const MINUTE: Duration = Duration::from_secs(60);

fn with(change: impl FnOnce(&mut ServerConfig)) -> Server {
    configured(change)
}

fn private() -> Server {
    with(|config| config.account.private_attachments = true)
}

fn redirecting() -> Server {
    with(|config| config.account.downloads = Downloads::Redirect)
}

/// Follows a URL as a client with working DNS does: without credentials.
fn follow(server: &Server, url: &str) -> RequestBuilder {
    let (_, rest) = url.split_once("://").unwrap_or_else(|| panic!("not absolute: {url}"));
    let (authority, path) = rest.split_at(rest.find('/').expect("a path"));
    server.get(path).header("host", authority)
}

fn forbidden(response: Response) {
    let message = "You do not have access to this page. Please contact the account owner of this \
                   help desk for further help.";
    let refusal = json!({"error": {"title": "Forbidden", "message": message}});
    assert_eq!(response.status_and_json(), (403, refusal));
}

/// Where a file is redirected to.
fn location(server: &Server, attachment: &Value) -> String {
    let response = follow(server, text(&attachment["content_url"])).agent().fetch();
    assert_eq!(response.status(), 302);
    response.header("location")
}

fn bytes(response: Response) -> Vec<u8> {
    assert_eq!(response.status(), 200);
    response.bytes().expect("a file").to_vec()
}

#[test]
fn a_private_file_is_for_callers_with_any_credentials() {
    let server = private();
    let upload = server.upload("dot.png", PNG);
    let file = &upload["attachment"];
    let urls = [&file["content_url"], &file["thumbnails"][0]["content_url"]].map(text);
    let assert_private = |when: &str| {
        for url in urls {
            forbidden(server.get(url).fetch());
            for unreadable in ["Basic !!", "Bearer", ""] {
                forbidden(server.get(url).header("authorization", unreadable).fetch());
            }
            assert_eq!(bytes(server.get(url).agent().fetch()), PNG, "{when}");
            assert_eq!(bytes(server.get(url).bearer_auth("any").fetch()), PNG, "{when}");
            assert_eq!(bytes(server.get(&format!("{url}&access_token=any")).fetch()), PNG);
        }
    };
    assert_private("before it is attached");
    server.attach(&upload["token"]);
    assert_private("after it was attached");
    server.mock.default_account().advance(MINUTE * 600);
    assert_private("long after");
}

#[test]
fn a_private_server_does_not_tell_strangers_which_files_there_are() {
    let server = private();
    let unknown = "/attachments/token/0123456789012345678901234/?name=a.txt";
    forbidden(server.get(unknown).fetch());
    assert_eq!(server.get(unknown).agent().fetch().status_and_json(), not_found());
}

#[test]
fn private_files_go_by_the_same_credentials_as_the_api() {
    let known = vec![Credential::Bearer("good".to_owned())];
    let server = with(|config| {
        config.account.private_attachments = true;
        config.account.auth = Auth::Strict;
        config.credentials = known;
    });
    let upload = server.post("/api/v2/uploads?filename=a.txt").bearer_auth("good").body("hello");
    let upload = upload.fetch().into_json()["upload"].take();
    let url = text(&upload["attachment"]["content_url"]);
    forbidden(server.get(url).bearer_auth("bad").fetch());
    forbidden(server.get(url).agent().fetch());
    assert_eq!(bytes(server.get(url).bearer_auth("good").fetch()), b"hello");
    let server = with(|config| {
        config.account.private_attachments = true;
        config.account.auth = Auth::None;
    });
    assert_eq!(server.download(&server.upload("a.txt", "hello")["attachment"]), b"hello");
}

#[test]
fn published_images_are_for_everybody_whatever_is_said_of_attachments() {
    let server = with(|config| {
        config.account.private_attachments = true;
        config.account.downloads = Downloads::Redirect;
    });
    let reserved = reserve(&server, "image/png", PNG.len() as u64);
    store(&server, &reserved, PNG);
    let path = publish(&server, &reserved.token);
    assert_eq!(bytes(server.get(&path).fetch()), PNG);
}

#[test]
fn a_download_is_redirected_to_a_temporary_url_on_another_host() {
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
            assert_eq!(bytes(file), b"hello", "{location}");
        }
    }
}

#[test]
fn a_temporary_url_refuses_who_brings_credentials_to_the_other_host() {
    let server = redirecting();
    let location = location(&server, &server.upload("a.txt", "hello")["attachment"]);
    forbidden(follow(&server, &location).agent().fetch());
    forbidden(follow(&server, &location).bearer_auth("any").fetch());
    forbidden(follow(&server, &location).header("authorization", "Basic !!").fetch());
    assert_eq!(bytes(follow(&server, &location).header("authorization", "").fetch()), b"hello");
}

#[test]
fn a_thumbnail_is_redirected_too() {
    let server = redirecting();
    let upload = server.upload("dot.png", PNG);
    let thumbnail = &upload["attachment"]["thumbnails"][0];
    let file = follow(&server, &location(&server, thumbnail)).fetch();
    assert!(file.header("content-disposition").contains("dot_thumb.png"));
    assert_eq!(bytes(file), PNG);
}

#[test]
fn a_temporary_url_that_was_not_made_here_is_forbidden() {
    let server = redirecting();
    let upload = server.upload("a.txt", "hello");
    let location = location(&server, &upload["attachment"]);
    let other = self::location(&server, &server.upload("b.txt", "other")["attachment"]);
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
        forbidden(follow(&server, &url).fetch());
    }
    for at in (0..token.len()).filter(|&at| at != claim.len()) {
        forbidden(follow(&server, &format!("{path}?token={}", changed(token, at))).fetch());
    }
    assert_eq!(bytes(follow(&server, &location).fetch()), b"hello");
    // A server that makes other names has another key too.
    let elsewhere = with(|config| {
        config.account.downloads = Downloads::Redirect;
        config.seed = Some(2);
    });
    let there = self::location(&elsewhere, &elsewhere.upload("a.txt", "there")["attachment"]);
    let (there, _) = there.split_once("?token=").expect("a token");
    forbidden(follow(&elsewhere, &format!("{there}?token={token}")).fetch());
}

#[test]
fn a_temporary_url_lives_as_long_as_the_setting_says() {
    for (life, server) in [
        (10 * MINUTE, redirecting()),
        (
            MINUTE,
            with(|config| {
                config.account.downloads = Downloads::Redirect;
                config.account.download_ttl = MINUTE;
            }),
        ),
    ] {
        let upload = server.upload("a.txt", "hello");
        server.attach(&upload["token"]);
        let location = location(&server, &upload["attachment"]);
        let account = server.mock.default_account();
        account.advance(life - Duration::from_secs(1));
        for _ in 0..2 {
            assert_eq!(bytes(follow(&server, &location).fetch()), b"hello", "{life:?}");
        }
        account.advance(Duration::from_secs(1));
        forbidden(follow(&server, &location).fetch());
        let anew = self::location(&server, &upload["attachment"]);
        assert_eq!(bytes(follow(&server, &anew).fetch()), b"hello", "{life:?}");
    }
}

#[test]
fn a_temporary_url_serves_parts() {
    let server = redirecting();
    let location = location(&server, &server.upload("a.txt", "0123456789")["attachment"]);
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
fn temporary_urls_lead_to_the_host_of_the_setting() {
    let server = with(|config| {
        config.account.downloads = Downloads::Redirect;
        config.account.download_url = Some("http://files.example.org:3375".to_owned());
    });
    let location = location(&server, &server.upload("a.txt", "hello")["attachment"]);
    assert!(location.starts_with("http://files.example.org:3375/attachment/"), "{location}");
    assert_eq!(bytes(follow(&server, &location).fetch()), b"hello");
    forbidden(follow(&server, &location).agent().fetch());
}

#[test]
fn a_private_download_asks_for_credentials_before_it_is_redirected() {
    let server = with(|config| {
        config.account.private_attachments = true;
        config.account.downloads = Downloads::Redirect;
    });
    let upload = server.upload("a.txt", "hello");
    forbidden(server.get(text(&upload["attachment"]["content_url"])).fetch());
    let location = location(&server, &upload["attachment"]);
    assert_eq!(bytes(follow(&server, &location).fetch()), b"hello");
    forbidden(follow(&server, &location).agent().fetch());
}

/// Clients keep their credentials on the way from a host to itself, and must not fail here for that.
#[test]
fn a_host_without_another_name_redirects_to_itself_and_puts_up_with_credentials() {
    for host in ["zendesk:3375", "desk.example.org", "acme.zendesk.com", "192.168.1.2:3375"] {
        let server = redirecting();
        let request = server.post("/api/v2/uploads?filename=a.txt").header("host", host).agent();
        let upload = request.body("hello").fetch().into_json()["upload"].take();
        let location = location(&server, &upload["attachment"]);
        assert!(location.starts_with(&format!("http://{host}/attachment/")), "{location}");
        for request in [follow(&server, &location), follow(&server, &location).agent()] {
            assert_eq!(bytes(request.fetch()), b"hello", "{location}");
        }
        forbidden(server.get(&location[7 + host.len()..]).header("host", "other").agent().fetch());
    }
}

/// A proxy may name another host to the server than the client used.
#[test]
fn behind_a_proxy_a_redirect_to_the_same_host_puts_up_with_credentials() {
    let server = with(|config| {
        config.account.downloads = Downloads::Redirect;
        config.account.public_url = Some("https://desk.example.test".to_owned());
    });
    let upload = server.upload("a.txt", "hello");
    let path = text(&upload["attachment"]["content_url"]);
    let path = path.strip_prefix("https://desk.example.test").expect("the public URL").to_owned();
    let redirect = server.get(&path).agent().fetch().header("location");
    let there = redirect.strip_prefix("https://desk.example.test").expect("the same host");
    assert_eq!(bytes(server.get(there).agent().fetch()), b"hello");
}

#[test]
fn a_temporary_url_of_an_account_that_there_is_not_is_forbidden() {
    let server = redirecting();
    let url = location(&server, &server.upload("a.txt", "hello")["attachment"]);
    for prefix in ["9", "0", "x", "+"] {
        let forged = url.replace("/attachment/", &format!("/attachment/{prefix}"));
        forbidden(follow(&server, &forged).fetch());
    }
}

#[test]
fn a_temporary_url_leads_to_its_account_by_itself() {
    let server = redirecting();
    let of_default = location(&server, &server.upload("a.txt", "default")["attachment"]);
    let account_of = |url: &str| {
        let rest = url.split_once("/attachment/").expect("a temporary URL").1;
        rest.split_once('/').expect("an account").0.to_owned()
    };
    for (prefix, host) in [("/@acme", "127.0.0.1:3375"), ("", "acme.localhost:3375")] {
        let request = server.post(&format!("{prefix}/api/v2/uploads?filename=a.txt"));
        let upload = request.header("host", host).agent().body("acme").fetch().into_json();
        let location = location(&server, &upload["upload"]["attachment"]);
        assert!(!location.contains('@'), "{location}");
        assert_ne!(account_of(&location), account_of(&of_default));
        for host in ["127.0.0.1:3375", "localhost", "other.zendesk.com"] {
            let path = &location[location.find("/attachment/").expect("a path")..];
            assert_eq!(bytes(server.get(path).header("host", host).fetch()), b"acme", "{host}");
        }
        let swapped = location.replace(&account_of(&location), &account_of(&of_default));
        forbidden(follow(&server, &swapped).fetch());
    }
    assert_eq!(bytes(follow(&server, &of_default).fetch()), b"default");
}

#[test]
fn a_file_that_is_gone_is_not_redirected_and_not_found_by_its_temporary_url() {
    let server = redirecting();
    let upload = server.upload("a.txt", "hello");
    let location = location(&server, &upload["attachment"]);
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(follow(&server, &location).fetch().status_and_json(), not_found());
    let content = server.get(text(&upload["attachment"]["content_url"])).agent().fetch();
    assert_eq!(content.status_and_json(), not_found());
}

#[test]
fn malware_is_not_redirected_and_not_downloaded_by_a_url_that_was_made_before() {
    let server = redirecting();
    let file = server.upload("a.txt", "hello")["attachment"].take();
    let location = location(&server, &file);
    let scan = json!({"malware_scan_result": "malware_found"});
    let path = format!("/_mock/attachments/{}", file["id"]);
    assert_eq!(server.put(&path).json(&scan).fetch().status(), 200);
    for request in [follow(&server, &location), server.get(text(&file["content_url"])).agent()] {
        let (status, refusal) = request.fetch().status_and_json();
        assert_eq!((status, &refusal["error"]), (403, &json!("MalwareDetected")));
    }
}
