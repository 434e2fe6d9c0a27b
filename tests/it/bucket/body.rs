//! The body of a PUT.

use std::time::Duration;

use zendesk_mock::BucketSizeCheck;

use super::{assert_refused, elements, pairs, raw_put, reserve_png};
use crate::harness::images::*;
use crate::harness::*;

#[test]
fn a_chunked_body_is_501_and_the_connection_is_reusable() {
    let server = server();
    let reserved = reserve_png(&server);
    let mut connection = server.connect();
    connection.send(
        format!(
            "PUT {} HTTP/1.1\r\nHost: {}\r\nContent-Disposition: {}\r\nTransfer-Encoding: chunked\r\n\r\n\
             5\r\nhello\r\n0\r\n\r\n",
            reserved.target(),
            reserved.host(),
            reserved.disposition
        )
        .as_bytes(),
    );
    let answer = connection.read_response();
    assert_eq!(answer.status(), 501);
    let found = elements(&String::from_utf8(answer.body).expect("text"));
    assert_eq!(
        found[..3],
        pairs(&[
            ("Code", "NotImplemented"),
            ("Message", "A header you provided implies functionality that is not implemented"),
            ("Header", "Transfer-Encoding"),
        ])
    );
    assert_eq!((found[3].0.as_str(), found[4].0.as_str()), ("RequestId", "HostId"));
    connection.send(b"GET /_mock/health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(connection.read_response().status(), 200);
}

#[test]
fn a_put_without_a_length_is_411() {
    let server = server();
    let reserved = reserve_png(&server);
    let answer = raw_put(&server, reserved.target(), "", &reserved.disposition, b"");
    assert_eq!(answer.status(), 411);
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    let found = elements(&String::from_utf8(answer.body).expect("text"));
    assert_eq!(
        found[..2],
        pairs(&[
            ("Code", "MissingContentLength"),
            ("Message", "You must provide the Content-Length HTTP header."),
        ])
    );
}

#[test]
fn over_two_million_bytes_are_refused_and_read_to_their_end() {
    let server = server();
    let reserved = reserve_png(&server);
    let mut connection = server.connect();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {}\r\nContent-Disposition: {}\r\nContent-Length: 2000001\r\n\r\n",
        reserved.target(),
        reserved.host(),
        reserved.disposition
    );
    connection.send(head.as_bytes());
    connection.send(&vec![0; 2_000_001]);
    let answer = connection.read_response();
    assert_eq!(answer.status(), 400);
    let found = elements(&String::from_utf8(answer.body).expect("text"));
    assert_eq!(
        found[..4],
        pairs(&[
            ("Code", "EntityTooLarge"),
            ("Message", "Your proposed upload exceeds the maximum allowed size"),
            ("ProposedSize", "2000001"),
            ("MaxSizeAllowed", "2000000"),
        ])
    );
    assert_eq!((found[4].0.as_str(), found[5].0.as_str()), ("RequestId", "HostId"));
    connection.send(b"GET /_mock/health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(connection.read_response().status(), 200, "the connection was drained, not reset");
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
}

#[test]
fn another_size_than_the_declared_one_is_accepted() {
    let server = server();
    let reserved = reserve(&server, "image/png", 10);
    for size in [0, 1, 10, 11, 2_000_000] {
        let response = put_request(&server, &reserved, vec![0; size]).fetch();
        assert_eq!(response.status(), 200, "{size}");
    }
}

#[test]
fn another_size_is_400_under_size_check_declared() {
    let server = configured(|config| config.account.bucket_size_check = BucketSizeCheck::Declared);
    let reserved = reserve(&server, "image/png", 10);
    assert_eq!(put_request(&server, &reserved, [0; 10]).fetch().status(), 200);
    let large = put_request(&server, &reserved, [0; 11]).fetch();
    let message = "Your proposed upload exceeds the maximum allowed size";
    let elements = assert_refused(large, 400, "EntityTooLarge", message);
    assert_eq!(elements, pairs(&[("ProposedSize", "11"), ("MaxSizeAllowed", "10")]));
    let small = put_request(&server, &reserved, [0; 9]).fetch();
    let message = "Your proposed upload is smaller than the minimum allowed size";
    let elements = assert_refused(small, 400, "EntityTooSmall", message);
    assert_eq!(elements, pairs(&[("ProposedSize", "9"), ("MinSizeAllowed", "10")]));
}

#[test]
fn any_size_is_accepted_under_size_check_off() {
    let server = configured(|config| config.account.bucket_size_check = BucketSizeCheck::Off);
    let reserved = reserve(&server, "image/png", 10);
    assert_eq!(put_request(&server, &reserved, vec![0; 3_000_000]).fetch().status(), 200);
}

/// curl sends `Expect: 100-continue` before a large body.
#[test]
fn an_expectation_over_the_limit_is_refused_before_sending() {
    let server = server();
    let reserved = reserve_png(&server);
    let ask = |length: u32| {
        let headers = format!("Content-Length: {length}\r\nExpect: 100-continue\r\n");
        raw_put(&server, reserved.target(), &headers, &reserved.disposition, b"").status()
    };
    assert_eq!(ask(2_000_001), 400);
    assert_eq!(ask(2_000_000), 100);
}

#[test]
fn a_body_that_ends_early_is_400() {
    let server = server();
    let reserved = reserve_png(&server);
    let mut connection = server.connect();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {}\r\nContent-Disposition: {}\r\nContent-Length: 100\r\n\r\n",
        reserved.target(),
        reserved.host(),
        reserved.disposition
    );
    connection.send(head.as_bytes());
    connection.send(b"ten bytes.");
    connection.shutdown_write();
    let answer = connection.read_response();
    assert_eq!(answer.status(), 400);
    let found = elements(&String::from_utf8(answer.body).expect("text"));
    let message =
        "You did not provide the number of bytes specified by the Content-Length HTTP header";
    assert_eq!(found[..2], pairs(&[("Code", "IncompleteBody"), ("Message", message)]));
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
}

#[test]
fn a_body_that_stops_arriving_is_400_request_timeout() {
    let server = configured(|config| config.idle_timeout = Duration::from_millis(50));
    let reserved = reserve_png(&server);
    let length = "Content-Length: 100\r\n";
    let answer = raw_put(&server, reserved.target(), length, &reserved.disposition, b"ten bytes.");
    assert_eq!(answer.status(), 400);
    let found = elements(&String::from_utf8(answer.body).expect("text"));
    assert_eq!(found[0].1, "RequestTimeout");
}

#[test]
fn a_put_that_names_no_account_is_404_no_such_bucket() {
    let server = server();
    let put = server.put("/@-x/aus-uploaded-assets/1/2/3").body(PNG).fetch();
    let message = "The specified bucket does not exist";
    let found = assert_refused(put, 404, "NoSuchBucket", message);
    assert_eq!(found, pairs(&[("BucketName", "-x")]));
}

#[test]
fn a_put_with_a_malformed_fault_is_400_invalid_request() {
    let server = server();
    let reserved = reserve_png(&server);
    let put = put_request(&server, &reserved, PNG).header("x-mock-fault", "{").fetch();
    assert_eq!(assert_refused(put, 400, "InvalidRequest", "Invalid Request"), []);
}

#[test]
fn a_full_store_is_503_and_keeps_stored_objects() {
    let server = configured(|config| config.max_memory = 100_000);
    let (first, second) = (reserve_png(&server), reserve_png(&server));
    store(&server, &first, vec![1; 60_000]);
    let response = put_request(&server, &second, vec![2; 60_000]).fetch();
    assert_eq!(response.status(), 503);
    let found = elements(&response.text().expect("a body"));
    assert_eq!(found[0].1, "ServiceUnavailable");
    assert!(found[1].1.contains("max_memory"), "{}", found[1].1);
    let path = publish(&server, &first.token);
    assert_eq!(server.get(&path).fetch().bytes().expect("a body"), vec![1; 60_000]);
}

#[test]
fn content_md5_is_compared_with_the_body() {
    let server = server();
    let reserved = reserve_png(&server);
    let with = |digest: &str| {
        put_request(&server, &reserved, *b"hello").header("Content-MD5", digest).fetch()
    };
    assert_refused(
        with("nonsense"),
        400,
        "InvalidDigest",
        "The Content-MD5 you specified was invalid.",
    );
    let message = "The Content-MD5 you specified did not match what we received.";
    let elements = assert_refused(with("AAAAAAAAAAAAAAAAAAAAAA=="), 400, "BadDigest", message);
    let digests = [
        ("CalculatedDigest", "XUFAKrxLKna5cZ2REBfFkg=="),
        ("ExpectedDigest", "00000000000000000000000000000000"),
    ];
    assert_eq!(elements, pairs(&digests));
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
    assert_eq!(with("XUFAKrxLKna5cZ2REBfFkg==").status(), 200);
}
