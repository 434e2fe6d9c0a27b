//! `If-None-Match` and `If-Match` of a PUT.

use reqwest::blocking::Response;

use super::{assert_refused, minimal_put, pairs, reserve_png};
use crate::harness::images::*;
use crate::harness::sigv4::hex;
use crate::harness::*;
use md5::{Digest as _, Md5};

const FAILED: &str = "At least one of the pre-conditions you specified did not hold";
const NOT_IMPLEMENTED: &str = "A header you provided implies functionality that is not implemented";

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex(&Md5::digest(bytes)))
}

/// A PUT of [`PNG`] with these headers.
fn put(server: &Server, reserved: &Reservation, headers: &[(&str, &str)]) -> Response {
    let request = minimal_put(server, reserved);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).fetch()
}

fn published(server: &Server, reserved: &Reservation) -> Vec<u8> {
    let path = publish(server, &reserved.token);
    server.get(&path).fetch().bytes().expect("a body").to_vec()
}

#[test]
fn a_put_that_wants_no_object_stores_the_first_one_only() {
    let server = server();
    let reserved = reserve_png(&server);
    let first = put(&server, &reserved, &[("If-None-Match", "*")]);
    assert_eq!((first.status().as_u16(), first.header("etag")), (200, tag(PNG)));
    store(&server, &reserved, "second");
    let third = put(&server, &reserved, &[("If-None-Match", "*")]);
    let elements = assert_refused(third, 412, "PreconditionFailed", FAILED);
    assert_eq!(elements, pairs(&[("Condition", "If-None-Match")]));
    assert_eq!(published(&server, &reserved), b"second");
    let fourth = put(&server, &reserved, &[("If-None-Match", "*")]);
    let elements = assert_refused(fourth, 412, "PreconditionFailed", FAILED);
    assert_eq!(elements, pairs(&[("Condition", "If-None-Match")]), "it is published by now");
}

#[test]
fn a_put_that_wants_an_object_replaces_that_one_only() {
    let server = server();
    let reserved = reserve_png(&server);
    let key = reserved.path().strip_prefix("/aus-uploaded-assets/").expect("the bucket");
    let missing = put(&server, &reserved, &[("If-Match", &tag(PNG))]);
    let elements = assert_refused(missing, 404, "NoSuchKey", "The specified key does not exist.");
    assert_eq!(elements, pairs(&[("Key", key)]));
    store(&server, &reserved, "first");
    let bare = tag(b"first").replace('"', "");
    let weak = format!("W/{}", tag(b"first"));
    for other in [&tag(PNG), "\"\"", "", &weak, &bare.to_uppercase(), "x", &format!("{bare}, x")] {
        let refused = put(&server, &reserved, &[("If-Match", other)]);
        let elements = assert_refused(refused, 412, "PreconditionFailed", FAILED);
        assert_eq!(elements, pairs(&[("Condition", "If-Match")]), "{other}");
    }
    for same in [tag(b"first"), bare] {
        store(&server, &reserved, "first");
        assert_eq!(put(&server, &reserved, &[("If-Match", &same)]).status(), 200, "{same}");
    }
    assert_eq!(published(&server, &reserved), PNG);
    assert_eq!(put(&server, &reserved, &[("If-Match", &tag(PNG))]).status(), 200);
}

#[test]
fn other_conditions_are_501() {
    let server = server();
    let reserved = reserve_png(&server);
    let unaccepted =
        |name: &str| format!("We don't accept the provided value of {name} header for this API");
    let both = "Multiple conditional request headers present in the request".to_owned();
    let tag = tag(PNG);
    for (headers, names, detail) in [
        (&[("If-None-Match", &*tag)][..], "If-None-Match", unaccepted("If-None-Match")),
        (&[("If-None-Match", "")], "If-None-Match", unaccepted("If-None-Match")),
        (&[("If-None-Match", "*, *")], "If-None-Match", unaccepted("If-None-Match")),
        (&[("If-Match", "*")], "If-Match", unaccepted("If-Match")),
        (&[("If-Match", &tag), ("If-None-Match", "*")], "If-Match,If-None-Match", both),
    ] {
        let refused = put(&server, &reserved, headers);
        let elements = assert_refused(refused, 501, "NotImplemented", NOT_IMPLEMENTED);
        let expected = pairs(&[("Header", names), ("additionalMessage", &detail)]);
        assert_eq!(elements, expected, "{headers:?}");
    }
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
}

#[test]
fn the_signature_is_verified_before_a_condition() {
    let server = server();
    let reserved = reserve_and_store(&server);
    let put = |url: &str| {
        let request = server.put(url).header("Content-Disposition", &reserved.disposition);
        request.header("If-None-Match", "*").body(PNG).fetch().status()
    };
    assert_eq!(put(&reserved.url.replace("Expires=3600", "Expires=3601")), 403);
    assert_eq!(put(&reserved.url), 412);
    server.account.advance(HOUR);
    assert_eq!(put(&reserved.url), 403);
}

/// The head of a conditional PUT that waits before it sends its five bytes.
fn open(server: &Server, reserved: &Reservation, condition: &str) -> Connection {
    let mut connection = server.connect();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {}\r\nContent-Disposition: {}\r\nContent-Length: 5\r\n\
         {condition}\r\nExpect: 100-continue\r\n\r\n",
        reserved.target(),
        reserved.host(),
        reserved.disposition
    );
    connection.send(head.as_bytes());
    connection
}

#[test]
fn a_condition_is_refused_before_the_body_is_sent() {
    let server = server();
    let reserved = reserve_and_store(&server);
    for condition in ["If-None-Match: *", "If-Match: \"other\""] {
        let answer = open(&server, &reserved, condition).read_response();
        assert_eq!(answer.status(), 412, "{condition}");
    }
}

/// S3 lets one of several conditional writes succeed.
#[test]
fn what_another_put_stores_meanwhile_is_a_conflict() {
    let server = server();
    let message = "The conditional request cannot succeed due to a conflicting operation against \
                   this resource.";
    for (before, condition, name) in [
        (None, "If-None-Match: *".to_owned(), "If-None-Match"),
        (Some("first"), format!("If-Match: {}", tag(b"first")), "If-Match"),
    ] {
        let reserved = reserve_png(&server);
        if let Some(before) = before {
            store(&server, &reserved, before);
        }
        let mut slow = open(&server, &reserved, &condition);
        assert_eq!(slow.read_response().status(), 100);
        store(&server, &reserved, "other");
        slow.send(b"later");
        let answer = slow.read_response();
        assert_eq!(answer.status(), 409, "{answer}");
        let found = super::elements(&String::from_utf8(answer.body).expect("text"));
        let key = reserved.path().strip_prefix("/aus-uploaded-assets/").expect("the bucket");
        let expected = [
            ("Code", "ConditionalRequestConflict"),
            ("Message", message),
            ("Condition", name),
            ("Key", key),
        ];
        assert_eq!(found[..4], pairs(&expected));
        assert_eq!(published(&server, &reserved), b"other");
        // Without a change in between it is stored.
        let reserved = reserve_png(&server);
        if let Some(before) = before {
            store(&server, &reserved, before);
        }
        let mut slow = open(&server, &reserved, &condition);
        assert_eq!(slow.read_response().status(), 100);
        slow.send(b"later");
        assert_eq!(slow.read_response().status(), 200);
        assert_eq!(published(&server, &reserved), b"later");
    }
}
