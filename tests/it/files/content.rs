//! `/attachments/token/{token}/`: the file.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;

use super::{bytes, file_url, get_range};
use crate::harness::*;

pub const TEN: &str = "0123456789";

#[test]
fn the_url_returns_the_file_without_credentials() {
    let server = server();
    let file: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let upload = server.upload("data.bin", file.clone());
    let plain = server.get(file_url(&upload)).fetch();
    assert_eq!(plain.status(), 200);
    assert_eq!(plain.header("content-length"), "3000000");
    assert_eq!(plain.header("content-type"), "application/octet-stream");
    assert!(bytes(plain) == file);
    // Some clients send credentials with every request.
    for response in [
        server.get(file_url(&upload)).agent().fetch(),
        server.get(file_url(&upload)).header("authorization", "nonsense").fetch(),
    ] {
        assert!(bytes(response) == file);
    }
}

#[test]
fn the_name_in_the_url_is_ignored() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let (bare, _) = file_url(&upload).split_once("/?").expect("a query");
    for url in [
        bare.to_owned(),
        format!("{bare}/"),
        format!("{bare}/?name="),
        format!("{bare}?name=b.txt"),
        format!("{bare}/?name=%FF&x=%zz"),
    ] {
        let response = server.get(&url).fetch();
        assert_eq!(response.header("content-disposition"), "attachment; filename=\"a.txt\"");
        assert_eq!(bytes(response), TEN.as_bytes(), "{url}");
    }
}

#[test]
fn an_unknown_token_is_404() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let upload_token = token(&upload);
    for token in ["0123456789012345678901234", "x", "%FF", "%00", "..%2f", upload_token] {
        let refused = server.get(&format!("/attachments/token/{token}/?name=a.txt")).fetch();
        assert_eq!(refused.status(), 404, "{token}");
    }
}

#[test]
fn the_disposition_has_an_ascii_and_a_unicode_name() {
    let server = server();
    for (sent, disposition) in [
        ("a%20b.txt", "attachment; filename=\"a b.txt\""),
        ("x%3B%20y%27s.txt", "attachment; filename=\"x; y's.txt\""),
        (
            "%C3%A9t%C3%A9.txt",
            "attachment; filename=\"_t_.txt\"; filename*=UTF-8''%C3%A9t%C3%A9.txt",
        ),
        (
            "%E6%97%A5%F0%9F%98%80.png",
            "attachment; filename=\"__.png\"; filename*=UTF-8''%E6%97%A5%F0%9F%98%80.png",
        ),
        ("%22q%22.txt", "attachment; filename=\"_q_.txt\"; filename*=UTF-8''%22q%22.txt"),
        ("100%25.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        (
            "a%0D%0ASet-Cookie:%20b.txt",
            "attachment; filename=\"a__Set-Cookie: b.txt\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b.txt",
        ),
    ] {
        let upload = server.upload(sent, TEN);
        let response = server.get(file_url(&upload)).fetch();
        assert_eq!(response.header("content-disposition"), disposition, "{sent}");
        assert_eq!(response.header("set-cookie"), "");
    }
}

#[test]
fn a_browser_does_not_run_a_file_as_a_page() {
    let server = server();
    let upload = server.upload("evil.html", "<script>alert(1)</script>");
    for response in
        [server.get(file_url(&upload)).fetch(), get_range(&server, file_url(&upload), "bytes=0-3")]
    {
        assert_eq!(response.header("content-type"), "text/html");
        assert_eq!(response.header("x-content-type-options"), "nosniff");
        let policy = response.header("content-security-policy");
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
        assert!(response.header("content-disposition").starts_with("attachment"));
    }
}

#[test]
fn a_matching_if_none_match_is_304() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let other = server.upload("a.txt", TEN);
    let etag = server.get(file_url(&upload)).fetch().header("etag");
    assert!(etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'), "{etag}");
    assert_ne!(etag, server.get(file_url(&other)).fetch().header("etag"));
    let get = |if_none_match: &str| {
        server.get(file_url(&upload)).header("if-none-match", if_none_match).fetch()
    };
    for known in [etag.clone(), format!("W/{etag}"), format!("\"old\", {etag}"), "*".to_owned()] {
        let response = get(&known);
        assert_eq!(response.status(), 304, "{known}");
        assert_eq!(response.header("etag"), etag);
        assert_eq!(bytes(response), b"");
    }
    assert_eq!(get("\"old\"").status(), 200);
    assert_eq!(get("").status(), 200);
}

#[test]
fn head_has_the_headers_of_get() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let got = server.get(file_url(&upload)).fetch();
    let response = server.request(Method::HEAD, file_url(&upload)).fetch();
    assert_eq!(response.status(), 200);
    for name in ["content-length", "content-type", "content-disposition", "etag", "accept-ranges"] {
        assert_ne!(got.header(name), "", "{name}");
        assert_eq!(response.header(name), got.header(name), "{name}");
    }
    assert_eq!(bytes(response), b"");
    let unknown = server.request(Method::HEAD, "/attachments/token/unknown/").fetch();
    assert_eq!(unknown.status(), 404);
}

#[test]
fn a_wrong_method_is_404_invalid_endpoint() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let refused = server.request(method.clone(), file_url(&upload)).agent().fetch();
        assert_eq!(refused.status_and_json(), no_endpoint(), "{method}");
    }
    assert_eq!(server.download(&upload["attachment"]), TEN.as_bytes());
}

#[test]
fn a_file_of_an_expired_or_deleted_upload_is_404() {
    let server = server();
    let deleted = server.upload("a.txt", TEN);
    let expired = server.upload("b.txt", TEN);
    let path = format!("/api/v2/uploads/{}", text(&deleted["token"]));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(server.get(file_url(&deleted)).fetch().status(), 404);
    let etag = server.get(file_url(&expired)).fetch().header("etag");
    let unchanged = server.get(file_url(&expired)).header("if-none-match", &etag).fetch();
    assert_eq!(unchanged.status(), 304);
    server.account.advance(HOUR);
    let gone = server.get(file_url(&expired)).header("if-none-match", &etag).fetch();
    assert_eq!(gone.status(), 404);
}

#[test]
fn a_running_download_survives_the_deletion_of_its_upload() {
    const SIZE: usize = 24 * 1024 * 1024;
    let server = server();
    let file: Vec<u8> = (0..SIZE).map(|n| (n % 251) as u8).collect();
    let upload = server.upload("data.bin", file.clone());
    let download = server.get(file_url(&upload)).fetch();
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(server.get(file_url(&upload)).fetch().status(), 404);
    assert!(server.mock.memory_used() >= SIZE as u64, "bytes of a running download are charged");
    assert!(bytes(download) == file);
    server.wait_until("the memory is free", || server.mock.memory_used() == 0);
}

#[test]
fn any_name_and_any_bytes_are_returned_unchanged() {
    let server = server();
    let name = "[^/\\\\\\p{C}\\p{Z}]([^/\\\\\\p{C}]{0,60}[^/\\\\\\p{C}\\p{Z}])?";
    let around =
        prop::sample::select(vec!["", " ", "  ", "/", "some/folder/", "C:\\folder\\", " \\ "]);
    let file = prop::collection::vec(any::<u8>(), 1..20_000);
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(name, around, file), |(name, before, file)| {
            let sent = format!("{before}{name} ");
            let response = server
                .post("/api/v2/uploads")
                .query(&[("filename", &sent)])
                .agent()
                .body(file.clone())
                .fetch();
            prop_assert_eq!(response.status().as_u16(), 201);
            let attachment = response.into_json()["upload"]["attachment"].take();
            prop_assert_eq!(&attachment["file_name"], &name);
            prop_assert_eq!(&attachment["size"], file.len());
            prop_assert!(server.download(&attachment) == file);
            Ok(())
        })
        .expect("the property");
}
