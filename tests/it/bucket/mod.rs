//! `/aus-uploaded-assets/…`: the fake S3.

mod body;
mod conditions;
mod cors;
mod reasons;
mod signature;
mod signature_parameters;

use std::time::Duration;

use md5::{Digest as _, Md5};
use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};

use crate::harness::images::*;
use crate::harness::sigv4::{PresignInput, hex};
use crate::harness::*;

const MISMATCH: &str = "The request signature we calculated does not match the signature you \
                        provided. Check your key and signing method.";

/// The elements of an error document of S3, in order.
fn elements(xml: &str) -> Vec<(String, String)> {
    let body = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>")
        .and_then(|rest| rest.strip_suffix("</Error>"))
        .unwrap_or_else(|| panic!("not S3's document: {xml}"));
    let mut rest = body;
    let mut elements = Vec::new();
    while let Some(open) = rest.strip_prefix('<') {
        let (name, after) = open.split_once('>').expect("a tag");
        let (text, after) = after.split_once(&format!("</{name}>")).expect("its end");
        assert!(!text.contains('<'), "no element holds others: {xml}");
        let text = ["&lt;<", "&gt;>", "&quot;\"", "&#13;\r", "&amp;&"].iter().fold(
            text.to_owned(),
            |text, pair| {
                let (entity, plain) = pair.split_at(pair.len() - 1);
                text.replace(entity, plain)
            },
        );
        elements.push((name.to_owned(), text));
        rest = after;
    }
    assert_eq!(rest, "", "{xml}");
    elements
}

/// Checks a refusal, and returns its elements between `Message` and `RequestId`.
#[track_caller]
fn assert_refused(
    response: Response,
    status: u16,
    code: &str,
    message: &str,
) -> Vec<(String, String)> {
    let ids = (response.header("x-amz-request-id"), response.header("x-amz-id-2"));
    assert_eq!(response.header("content-type"), "application/xml");
    assert_eq!(response.header("server"), "AmazonS3");
    assert_eq!(response.header("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
    let got = response.status().as_u16();
    let text = response.text().expect("a body");
    assert_eq!(got, status, "{text}");
    let mut elements = elements(&text);
    let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    assert_eq!(elements.pop(), Some(pair("HostId", &ids.1)));
    assert_eq!(elements.pop(), Some(pair("RequestId", &ids.0)));
    assert!(
        ids.0.len() == 16
            && ids.0.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
        "{}",
        ids.0
    );
    assert_eq!(elements[0], pair("Code", code));
    assert_eq!(elements[1], pair("Message", message));
    elements.split_off(2)
}

#[track_caller]
fn assert_denied(response: Response, message: &str) -> Vec<(String, String)> {
    assert_refused(response, 403, "AccessDenied", message)
}

#[track_caller]
fn assert_mismatch(response: Response) -> Vec<(String, String)> {
    assert_refused(response, 403, "SignatureDoesNotMatch", MISMATCH)
}

#[track_caller]
fn assert_bad_query(response: Response, message: &str) -> Vec<(String, String)> {
    assert_refused(response, 400, "AuthorizationQueryParametersError", message)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn reserve_png(server: &Server) -> Reservation {
    reserve(server, "image/png", PNG.len() as u64)
}

/// A PUT with only the required header.
fn minimal_put(server: &Server, reserved: &Reservation) -> RequestBuilder {
    minimal_put_to(server, reserved, &reserved.url)
}

/// [`minimal_put`] to another path or URL.
fn minimal_put_to(server: &Server, reserved: &Reservation, target: &str) -> RequestBuilder {
    server.put(target).header("Content-Disposition", &reserved.disposition).body(PNG)
}

fn send_signed(server: &Server, signing: &PresignInput<'_>) -> Response {
    let method = Method::from_bytes(signing.method.as_bytes()).expect("a method");
    server
        .request(method, &format!("{}?{}", signing.path, signing.query()))
        .header("Content-Disposition", signing.disposition)
        .body(PNG)
        .fetch()
}

/// A raw PUT with the required headers and these.
fn raw_put(
    server: &Server,
    target: impl AsRef<[u8]>,
    headers: &str,
    disposition: &str,
    body: &[u8],
) -> RawResponse {
    let rest = format!(
        " HTTP/1.1\r\nHost: {}\r\nContent-Disposition: {disposition}\r\n{headers}\r\n",
        server.mock.address()
    );
    server.exchange(&[b"PUT ", target.as_ref(), rest.as_bytes(), body].concat())
}

#[test]
fn a_valid_put_is_answered_like_s3() {
    let server = server();
    let response = put_request(&server, &reserve_png(&server), PNG).fetch();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("etag"), format!("\"{}\"", hex(&Md5::digest(PNG))));
    assert_eq!(response.header("x-amz-server-side-encryption"), "AES256");
    assert_eq!(response.header("content-length"), "0");
    assert_eq!(response.header("content-type"), "", "S3 sends no type for an empty body");
    assert_eq!(response.header("server"), "AmazonS3");
    assert_eq!(response.header("x-amz-request-id").len(), 16);
    assert!(!response.header("x-amz-id-2").is_empty());
    assert_eq!(response.text().expect("a body"), "");
}

#[test]
fn the_etag_is_the_md5_of_the_body() {
    let server = server();
    for size in [0, 1, 70_000, 1_000_000] {
        let bytes: Vec<u8> = (0..size).map(|n: u32| n.to_le_bytes()[0]).collect();
        let response = put_request(&server, &reserve_png(&server), bytes.clone()).fetch();
        assert_eq!(response.header("etag"), format!("\"{}\"", hex(&Md5::digest(&bytes))), "{size}");
    }
}

#[test]
fn content_type_is_not_signed() {
    let server = server();
    let reserved = reserve_png(&server);
    assert_eq!(minimal_put(&server, &reserved).fetch().status(), 200);
    for other in ["image/gif", "application/octet-stream", "nonsense"] {
        let response = minimal_put(&server, &reserved).header("Content-Type", other).fetch();
        assert_eq!(response.status(), 200, "{other}");
    }
}

#[test]
fn the_encryption_header_may_be_omitted_but_not_changed() {
    let server = server();
    let reserved = reserve_png(&server);
    let with =
        |value| minimal_put(&server, &reserved).header("X-Amz-Server-Side-Encryption", value);
    assert_eq!(minimal_put(&server, &reserved).fetch().status(), 200);
    assert_eq!(with("AES256").fetch().status(), 200);
    assert_mismatch(with("aws:kms").fetch());
    assert_mismatch(with("").fetch());
}

#[test]
fn content_disposition_may_not_be_omitted_or_changed() {
    let server = server();
    let reserved = reserve_png(&server);
    assert_mismatch(server.put(&reserved.url).body(PNG).fetch());
    for other in ["attachment", "", "attachment; filename=\"other.png\""] {
        let response =
            server.put(&reserved.url).header("Content-Disposition", other).body(PNG).fetch();
        assert_mismatch(response);
    }
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
}

#[test]
fn white_space_in_a_signed_header_is_normalised() {
    let server = server();
    let reserved = reserve_png(&server);
    let loose = format!("  {}  ", reserved.disposition.replace("; ", ";   "));
    let answer = raw_put(&server, reserved.target(), "Content-Length: 1\r\n", &loose, b"x");
    assert_eq!(answer.status(), 200, "{answer}");
}

#[test]
fn unsigned_amz_headers_are_refused_by_name() {
    let server = server();
    let reserved = reserve_png(&server);
    let message = "There were headers present in the request which were not signed";
    let one = minimal_put(&server, &reserved).header("x-amz-acl", "private").fetch();
    assert_eq!(assert_denied(one, message), pairs(&[("HeadersNotSigned", "x-amz-acl")]));
    let two = minimal_put(&server, &reserved)
        .header("X-Amz-Meta-Name", "x")
        .header("X-Amz-Acl", "private")
        .fetch();
    assert_eq!(
        assert_denied(two, message),
        pairs(&[("HeadersNotSigned", "x-amz-acl, x-amz-meta-name")])
    );
}

/// Recorded from S3 in 2020. A client that sends its Zendesk credentials everywhere does this.
#[test]
fn credentials_with_a_presigned_url_are_400() {
    let server = server();
    let reserved = reserve_png(&server);
    let response = minimal_put(&server, &reserved).agent().fetch();
    let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query \
                   string parameter or the Authorization header should be specified";
    let elements = assert_refused(response, 400, "InvalidArgument", message);
    assert_eq!(elements[0], pairs(&[("ArgumentName", "Authorization")])[0]);
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
}

#[test]
fn every_path_below_the_bucket_is_answered_like_s3() {
    let server = server();
    for path in ["", "/", "/1", "/1//x/y", "/1/2/3/", "/1/2/3/4"] {
        let response = server.put(&format!("/aus-uploaded-assets{path}")).fetch();
        assert_refused(response, 403, "AccessDenied", "Access Denied");
    }
}

#[test]
fn other_headers_are_ignored() {
    let server = server();
    let reserved = reserve_png(&server);
    let response = minimal_put(&server, &reserved)
        .header("Cache-Control", "no-cache")
        .header("X-Custom", "x")
        .fetch();
    assert_eq!(response.status(), 200);
}

#[test]
fn a_url_can_be_reused_and_the_last_bytes_are_published() {
    let server = server();
    let reserved = reserve_png(&server);
    store(&server, &reserved, "first");
    store(&server, &reserved, "second");
    server.account.advance(Duration::from_secs(3599));
    store(&server, &reserved, "third");
    let path = publish(&server, &reserved.token);
    assert_eq!(server.get(&path).fetch().text().expect("a body"), "third");
}

#[test]
fn query_order_and_encoding_are_normalised() {
    let server = server();
    let reserved = reserve_png(&server);
    let backwards: Vec<_> = reserved.query().split('&').rev().collect();
    let query = backwards.join("&").replace("%2F", "%2f").replace("content-d", "%63ontent-d");
    let url = format!("{}?{query}", reserved.path());
    let response = minimal_put_to(&server, &reserved, &url).fetch();
    assert_eq!(response.status(), 200);
}
