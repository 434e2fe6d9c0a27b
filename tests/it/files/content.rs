//! `/attachments/token/{token}/`: the file itself, for whoever has the URL.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use reqwest::blocking::Response;
use serde_json::Value;

use crate::harness::{
    HOUR, RequestExt as _, ResponseExt as _, Server, no_endpoint, server, text, token,
};

const TEN: &str = "0123456789";

fn url(upload: &Value) -> &str {
    upload["attachment"]["content_url"].as_str().expect("a content_url")
}

fn ranged(server: &Server, url: &str, range: &str) -> Response {
    server.get(url).header("range", range).fetch()
}

fn bytes(response: Response) -> Vec<u8> {
    response.bytes().expect("a body").to_vec()
}

#[test]
fn a_file_comes_back_byte_for_byte_to_anybody_who_has_its_url() {
    let server = server();
    let file: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let upload = server.upload("data.bin", file.clone());
    let plain = server.get(url(&upload)).fetch();
    assert_eq!(plain.status(), 200);
    assert_eq!(plain.header("content-length"), "3000000");
    assert_eq!(plain.header("content-type"), "application/octet-stream");
    assert!(bytes(plain) == file);
    // Some clients send what they have anyway.
    for response in [
        server.get(url(&upload)).agent().fetch(),
        server.get(url(&upload)).header("authorization", "nonsense").fetch(),
    ] {
        assert!(bytes(response) == file);
    }
}

#[test]
fn a_file_is_found_by_its_token_and_the_name_is_for_people() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let (bare, _) = url(&upload).split_once("/?").expect("a query");
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
fn an_unknown_token_is_not_found() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let upload_token = token(&upload);
    for token in ["0123456789012345678901234", "x", "%FF", "%00", "..%2f", upload_token] {
        let refused = server.get(&format!("/attachments/token/{token}/?name=a.txt")).fetch();
        assert_eq!(refused.status(), 404, "{token}");
    }
}

#[test]
fn the_disposition_names_the_file_in_ascii_and_if_need_be_in_unicode() {
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
        let response = server.get(url(&upload)).fetch();
        assert_eq!(response.header("content-disposition"), disposition, "{sent}");
        assert_eq!(response.header("set-cookie"), "");
    }
}

#[test]
fn no_browser_takes_a_file_for_a_page_of_this_server() {
    let server = server();
    let upload = server.upload("evil.html", "<script>alert(1)</script>");
    for response in [server.get(url(&upload)).fetch(), ranged(&server, url(&upload), "bytes=0-3")] {
        assert_eq!(response.header("content-type"), "text/html");
        assert_eq!(response.header("x-content-type-options"), "nosniff");
        let policy = response.header("content-security-policy");
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
        assert!(response.header("content-disposition").starts_with("attachment"));
    }
}

#[test]
fn a_file_that_the_client_has_already_is_not_sent_again() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let other = server.upload("a.txt", TEN);
    let etag = server.get(url(&upload)).fetch().header("etag");
    assert!(etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'), "{etag}");
    assert_ne!(etag, server.get(url(&other)).fetch().header("etag"));
    let asking = |if_none_match: &str| {
        server.get(url(&upload)).header("if-none-match", if_none_match).fetch()
    };
    for has_it in [etag.clone(), format!("W/{etag}"), format!("\"old\", {etag}"), "*".to_owned()] {
        let response = asking(&has_it);
        assert_eq!(response.status(), 304, "{has_it}");
        assert_eq!(response.header("etag"), etag);
        assert_eq!(bytes(response), b"");
    }
    assert_eq!(asking("\"old\"").status(), 200);
    assert_eq!(asking("").status(), 200);
}

#[test]
fn one_range_is_answered_with_that_part() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    for (range, part, content_range) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=4-4", "4", "bytes 4-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=0-", TEN, "bytes 0-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=-100", TEN, "bytes 0-9/10"),
        ("bytes=8-100", "89", "bytes 8-9/10"),
    ] {
        let response = ranged(&server, url(&upload), range);
        assert_eq!(response.status(), 206, "{range}");
        assert_eq!(response.header("content-range"), content_range);
        assert_eq!(response.header("content-length"), part.len().to_string());
        assert_eq!(response.header("accept-ranges"), "bytes");
        assert_eq!(bytes(response), part.as_bytes(), "{range}");
    }
}

#[test]
fn a_range_of_a_file_in_many_chunks_is_that_part() {
    let server = server();
    let file: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let upload = server.upload("data.bin", file.clone());
    for (first, last) in [(0, 999_999), (65_535, 65_536), (131_000, 700_000), (999_999, 999_999)] {
        let response = ranged(&server, url(&upload), &format!("bytes={first}-{last}"));
        assert_eq!(response.status(), 206);
        assert!(bytes(response) == file[first..=last], "{first}-{last}");
    }
}

#[test]
fn a_range_outside_the_file_cannot_be_satisfied() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    for range in ["bytes=10-", "bytes=10-20", "bytes=1000-"] {
        let response = ranged(&server, url(&upload), range);
        assert_eq!(response.status(), 416, "{range}");
        assert_eq!(response.header("content-range"), "bytes */10", "{range}");
        assert_eq!(bytes(response), b"");
    }
}

#[test]
fn several_ranges_and_what_is_no_range_are_ignored() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    for range in ["bytes=0-1,3-4", "lines=1-2", "bytes=x-y", "bytes=", "bytes=5-2", "nonsense", ""]
    {
        let response = ranged(&server, url(&upload), range);
        assert_eq!(response.status(), 200, "{range}");
        assert_eq!(bytes(response), TEN.as_bytes(), "{range}");
    }
}

#[test]
fn a_range_is_honoured_only_if_the_file_is_still_the_same() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let etag = server.get(url(&upload)).fetch().header("etag");
    let asking = |if_range: &str| {
        server.get(url(&upload)).header("range", "bytes=0-3").header("if-range", if_range).fetch()
    };
    assert_eq!(asking(&etag).status(), 206);
    for other in ["\"old\"", &format!("W/{etag}"), "Thu, 01 Jan 2026 00:00:00 GMT"] {
        let response = asking(other);
        assert_eq!(response.status(), 200, "{other}");
        assert_eq!(bytes(response), TEN.as_bytes());
    }
}

#[test]
fn head_answers_as_get_does_without_the_file() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let got = server.get(url(&upload)).fetch();
    let response = server.request(Method::HEAD, url(&upload)).fetch();
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
fn no_other_method_is_known_here() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let refused = server.request(method.clone(), url(&upload)).agent().fetch();
        assert_eq!(refused.status_and_json(), no_endpoint(), "{method}");
    }
    assert_eq!(server.download(&upload["attachment"]), TEN.as_bytes());
}

#[test]
fn a_file_is_gone_when_its_upload_has_expired_or_is_deleted() {
    let server = server();
    let deleted = server.upload("a.txt", TEN);
    let expired = server.upload("b.txt", TEN);
    let path = format!("/api/v2/uploads/{}", text(&deleted["token"]));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(server.get(url(&deleted)).fetch().status(), 404);
    let etag = server.get(url(&expired)).fetch().header("etag");
    let asking = server.get(url(&expired)).header("if-none-match", &etag).fetch();
    assert_eq!(asking.status(), 304);
    server.mock.default_account().advance(HOUR);
    let asking = server.get(url(&expired)).header("if-none-match", &etag).fetch();
    assert_eq!(asking.status(), 404);
}

#[test]
fn a_download_that_has_begun_survives_the_deletion_of_its_upload() {
    const SIZE: usize = 24 * 1024 * 1024;
    let server = server();
    let file: Vec<u8> = (0..SIZE).map(|n| (n % 251) as u8).collect();
    let upload = server.upload("data.bin", file.clone());
    let begun = server.get(url(&upload)).fetch();
    let path = format!("/api/v2/uploads/{}", token(&upload));
    assert_eq!(server.delete(&path).agent().fetch().status(), 204);
    assert_eq!(server.get(url(&upload)).fetch().status(), 404);
    assert!(server.mock.memory_used() >= SIZE as u64, "bytes on their way out are still charged");
    assert!(bytes(begun) == file);
    server.wait_until("the memory comes back", || server.mock.memory_used() == 0);
}

#[test]
fn any_name_and_any_bytes_come_back_as_they_were_sent() {
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
        .expect("every name and every file");
}
