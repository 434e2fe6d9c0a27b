//! Ranges of files.

use super::content::TEN;
use super::{bytes, file_url, get_range};
use crate::harness::*;

#[test]
fn a_range_is_206_with_that_part() {
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
        let response = get_range(&server, file_url(&upload), range);
        assert_eq!(response.status(), 206, "{range}");
        assert_eq!(response.header("content-range"), content_range);
        assert_eq!(response.header("content-length"), part.len().to_string());
        assert_eq!(response.header("accept-ranges"), "bytes");
        assert_eq!(bytes(response), part.as_bytes(), "{range}");
    }
}

#[test]
fn a_range_may_span_many_chunks() {
    let server = server();
    let file: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let upload = server.upload("data.bin", file.clone());
    for (first, last) in [(0, 999_999), (65_535, 65_536), (131_000, 700_000), (999_999, 999_999)] {
        let response = get_range(&server, file_url(&upload), &format!("bytes={first}-{last}"));
        assert_eq!(response.status(), 206);
        assert!(bytes(response) == file[first..=last], "{first}-{last}");
    }
}

#[test]
fn a_range_outside_the_file_is_416() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    for range in ["bytes=10-", "bytes=10-20", "bytes=1000-"] {
        let response = get_range(&server, file_url(&upload), range);
        assert_eq!(response.status(), 416, "{range}");
        assert_eq!(response.header("content-range"), "bytes */10", "{range}");
        assert_eq!(bytes(response), b"");
    }
}

#[test]
fn several_or_malformed_ranges_are_ignored() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    for range in ["bytes=0-1,3-4", "lines=1-2", "bytes=x-y", "bytes=", "bytes=5-2", "nonsense", ""]
    {
        let response = get_range(&server, file_url(&upload), range);
        assert_eq!(response.status(), 200, "{range}");
        assert_eq!(bytes(response), TEN.as_bytes(), "{range}");
    }
}

#[test]
fn if_range_must_match_the_etag() {
    let server = server();
    let upload = server.upload("a.txt", TEN);
    let etag = server.get(file_url(&upload)).fetch().header("etag");
    let get = |if_range: &str| {
        server
            .get(file_url(&upload))
            .header("range", "bytes=0-3")
            .header("if-range", if_range)
            .fetch()
    };
    assert_eq!(get(&etag).status(), 206);
    for other in ["\"old\"", &format!("W/{etag}"), "Thu, 01 Jan 2026 00:00:00 GMT"] {
        let response = get(other);
        assert_eq!(response.status(), 200, "{other}");
        assert_eq!(bytes(response), TEN.as_bytes());
    }
}
