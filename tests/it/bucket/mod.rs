//! `/aus-uploaded-assets/…`: the fake S3 takes what S3 takes, and refuses what S3 refuses, in
//! S3's own words.

use std::time::Duration;

use md5::{Digest as _, Md5};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config as Cases, TestRunner};
use reqwest::Method;
use reqwest::blocking::{RequestBuilder, Response};
use zendesk_mock::{BucketSizeCheck, Cors};

use crate::harness::images::{PNG, Reservation, publish, put_request, reserve, store, try_publish};
use crate::harness::sigv4::{ACCESS_KEY_ID, PresignInput, hex};
use crate::harness::{
    HOUR, RawResponse, RequestExt as _, ResponseExt as _, Server, configured, server,
};

const MISMATCH: &str = "The request signature we calculated does not match the signature you \
                        provided. Check your key and signing method.";

/// The elements of S3's error document, in order.
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

/// Checks a refusal, all that every refusal has, and gives what stands between `Message` and
/// `RequestId`.
#[track_caller]
fn refused(response: Response, status: u16, code: &str, message: &str) -> Vec<(String, String)> {
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
fn denied(response: Response, message: &str) -> Vec<(String, String)> {
    refused(response, 403, "AccessDenied", message)
}

#[track_caller]
fn mismatch(response: Response) -> Vec<(String, String)> {
    refused(response, 403, "SignatureDoesNotMatch", MISMATCH)
}

#[track_caller]
fn bad_query(response: Response, message: &str) -> Vec<(String, String)> {
    refused(response, 400, "AuthorizationQueryParametersError", message)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn reserved(server: &Server) -> Reservation {
    reserve(server, "image/png", PNG.len() as u64)
}

/// A PUT with nothing but the header that must come.
fn bare(server: &Server, reserved: &Reservation) -> RequestBuilder {
    bare_at(server, reserved, &reserved.url)
}

/// The same to another path or URL.
fn bare_at(server: &Server, reserved: &Reservation, target: &str) -> RequestBuilder {
    server.put(target).header("Content-Disposition", &reserved.disposition).body(PNG)
}

fn signed(server: &Server, signing: &PresignInput<'_>) -> Response {
    let method = Method::from_bytes(signing.method.as_bytes()).expect("a method");
    server
        .request(method, &format!("{}?{}", signing.path, signing.query()))
        .header("Content-Disposition", signing.disposition)
        .body(PNG)
        .fetch()
}

/// A PUT byte for byte, with the headers that must come and these.
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

// What S3 takes.

#[test]
fn a_put_as_told_is_answered_as_s3_answers_it() {
    let server = server();
    let response = put_request(&server, &reserved(&server), PNG).fetch();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("etag"), format!("\"{}\"", hex(&Md5::digest(PNG))));
    assert_eq!(response.header("x-amz-server-side-encryption"), "AES256");
    assert_eq!(response.header("content-length"), "0");
    assert_eq!(response.header("content-type"), "", "S3 gives an empty body no type");
    assert_eq!(response.header("server"), "AmazonS3");
    assert_eq!(response.header("x-amz-request-id").len(), 16);
    assert!(!response.header("x-amz-id-2").is_empty());
    assert_eq!(response.text().expect("a body"), "");
}

#[test]
fn the_etag_is_the_md5_of_what_came_however_much_it_was() {
    let server = server();
    for size in [0, 1, 70_000, 1_000_000] {
        let bytes: Vec<u8> = (0..size).map(|n: u32| n.to_le_bytes()[0]).collect();
        let response = put_request(&server, &reserved(&server), bytes.clone()).fetch();
        assert_eq!(response.header("etag"), format!("\"{}\"", hex(&Md5::digest(&bytes))), "{size}");
    }
}

#[test]
fn a_wrong_or_missing_content_type_is_fine_because_it_is_not_signed() {
    let server = server();
    let reserved = reserved(&server);
    assert_eq!(bare(&server, &reserved).fetch().status(), 200);
    for other in ["image/gif", "application/octet-stream", "nonsense"] {
        let response = bare(&server, &reserved).header("Content-Type", other).fetch();
        assert_eq!(response.status(), 200, "{other}");
    }
}

#[test]
fn the_encryption_header_may_be_left_out_or_sent_but_not_changed() {
    let server = server();
    let reserved = reserved(&server);
    let with = |value| bare(&server, &reserved).header("X-Amz-Server-Side-Encryption", value);
    assert_eq!(bare(&server, &reserved).fetch().status(), 200);
    assert_eq!(with("AES256").fetch().status(), 200);
    mismatch(with("aws:kms").fetch());
    mismatch(with("").fetch());
}

#[test]
fn the_content_disposition_may_neither_be_left_out_nor_changed() {
    let server = server();
    let reserved = reserved(&server);
    mismatch(server.put(&reserved.url).body(PNG).fetch());
    for other in ["attachment", "", "attachment; filename=\"other.png\""] {
        let response =
            server.put(&reserved.url).header("Content-Disposition", other).body(PNG).fetch();
        mismatch(response);
    }
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
}

#[test]
fn white_space_around_and_within_a_signed_header_does_not_count() {
    let server = server();
    let reserved = reserved(&server);
    let loose = format!("  {}  ", reserved.disposition.replace("; ", ";   "));
    let answer = raw_put(&server, reserved.target(), "Content-Length: 1\r\n", &loose, b"x");
    assert_eq!(answer.status(), 200, "{answer}");
}

#[test]
fn amz_headers_that_were_not_signed_are_refused_by_name() {
    let server = server();
    let reserved = reserved(&server);
    let message = "There were headers present in the request which were not signed";
    let one = bare(&server, &reserved).header("x-amz-acl", "private").fetch();
    assert_eq!(denied(one, message), pairs(&[("HeadersNotSigned", "x-amz-acl")]));
    let two = bare(&server, &reserved)
        .header("X-Amz-Meta-Name", "x")
        .header("X-Amz-Acl", "private")
        .fetch();
    assert_eq!(denied(two, message), pairs(&[("HeadersNotSigned", "x-amz-acl, x-amz-meta-name")]));
}

/// Seen on S3 (a pasted answer of 2020). A client that sends its Zendesk credentials everywhere makes this mistake.
#[test]
fn credentials_beside_a_presigned_url_are_one_too_many() {
    let server = server();
    let reserved = reserved(&server);
    let response = bare(&server, &reserved).agent().fetch();
    let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query \
                   string parameter or the Authorization header should be specified";
    let elements = refused(response, 400, "InvalidArgument", message);
    assert_eq!(elements[0], pairs(&[("ArgumentName", "Authorization")])[0]);
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
}

#[test]
fn a_digest_that_is_announced_is_compared_with_what_arrives() {
    let server = server();
    let reserved = reserved(&server);
    let with = |digest: &str| {
        put_request(&server, &reserved, *b"hello").header("Content-MD5", digest).fetch()
    };
    refused(with("nonsense"), 400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
    let message = "The Content-MD5 you specified did not match what we received.";
    let elements = refused(with("AAAAAAAAAAAAAAAAAAAAAA=="), 400, "BadDigest", message);
    let digests = [
        ("ExpectedDigest", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("CalculatedDigest", "XUFAKrxLKna5cZ2REBfFkg=="),
    ];
    assert_eq!(elements, pairs(&digests));
    assert_eq!(try_publish(&server, &reserved.token).status(), 404, "nothing was stored");
    assert_eq!(with("XUFAKrxLKna5cZ2REBfFkg==").status(), 200);
}

#[test]
fn every_path_below_the_bucket_is_answered_by_the_bucket() {
    let server = server();
    for path in ["", "/", "/1", "/1//x/y", "/1/2/3/", "/1/2/3/4"] {
        let response = server.put(&format!("/aus-uploaded-assets{path}")).fetch();
        refused(response, 403, "AccessDenied", "Access Denied");
    }
}

#[test]
fn other_headers_are_ignored() {
    let server = server();
    let reserved = reserved(&server);
    let response = bare(&server, &reserved)
        .header("Cache-Control", "no-cache")
        .header("X-Custom", "x")
        .fetch();
    assert_eq!(response.status(), 200);
}

#[test]
fn a_url_may_be_used_again_until_it_ends_and_the_later_bytes_are_published() {
    let server = server();
    let reserved = reserved(&server);
    store(&server, &reserved, "first");
    store(&server, &reserved, "second");
    server.mock.default_account().advance(Duration::from_secs(3599));
    store(&server, &reserved, "third");
    let path = publish(&server, &reserved.token);
    assert_eq!(server.get(&path).fetch().text().expect("a body"), "third");
}

#[test]
fn the_query_may_be_in_another_order_or_spelling() {
    let server = server();
    let reserved = reserved(&server);
    let backwards: Vec<_> = reserved.query().split('&').rev().collect();
    let query = backwards.join("&").replace("%2F", "%2f").replace("content-d", "%63ontent-d");
    let url = format!("{}?{query}", reserved.path());
    let response = bare_at(&server, &reserved, &url).fetch();
    assert_eq!(response.status(), 200);
}

// What S3 refuses: the signature.

#[test]
fn a_mismatch_shows_both_sides_element_for_element() {
    let server = server();
    let reserved = reserved(&server);
    let changed = "attachment; filename=\"<a&b>.png\"";
    let response =
        server.put(&reserved.url).header("Content-Disposition", changed).body(PNG).fetch();
    let elements = mismatch(response);
    let names: Vec<_> = elements.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "AWSAccessKeyId",
            "StringToSign",
            "SignatureProvided",
            "StringToSignBytes",
            "CanonicalRequest",
            "CanonicalRequestBytes"
        ]
    );
    let text = |index: usize| elements[index].1.as_str();
    let (query, signature) = without_signature(reserved.query());
    let canonical = format!(
        "PUT\n{}\n{query}\ncontent-disposition:{changed}\nhost:{}\n\
         x-amz-server-side-encryption:AES256\n\n\
         content-disposition;host;x-amz-server-side-encryption\nUNSIGNED-PAYLOAD",
        reserved.path(),
        reserved.host()
    );
    assert_eq!(text(0), ACCESS_KEY_ID);
    assert_eq!(text(2), signature);
    assert_eq!(text(4), canonical);
    let hash = hex(&<sha2::Sha256 as sha2::Digest>::digest(&canonical));
    let to_sign =
        format!("AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/us-east-1/s3/aws4_request\n{hash}");
    assert_eq!(text(1), to_sign);
    assert_eq!(text(3), spaced_hex(&to_sign));
    assert_eq!(text(5), spaced_hex(&canonical));
    assert!(text(3).starts_with("41 57 53 34 2d 48 4d 41 43 "), "{}", text(3));
}

fn spaced_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// The query without its signature, and the signature.
fn without_signature(query: &str) -> (String, String) {
    let (signature, others): (Vec<_>, Vec<_>) =
        query.split('&').partition(|pair| pair.starts_with("X-Amz-Signature="));
    (others.join("&"), signature[0].replace("X-Amz-Signature=", ""))
}

#[test]
fn our_signature_is_the_one_that_anybody_with_the_key_would_make() {
    let server = server();
    server.mock.default_account().advance(Duration::from_secs(86_399));
    let reserved = reserve(&server, "image/gif", 17);
    let independent = PresignInput { date: "20260101T235959Z", ..reserved.presign_input() };
    assert_eq!(reserved.query(), independent.query());
}

#[test]
fn our_signature_depends_on_the_keys_that_were_set() {
    let server = configured(|config| {
        config.access_key_id = "AKIDOTHER".to_owned();
        config.secret_access_key = "other/secret+key".to_owned();
    });
    let reserved = reserved(&server);
    let independent = PresignInput {
        access_key_id: "AKIDOTHER",
        secret_access_key: "other/secret+key",
        ..reserved.presign_input()
    };
    assert_eq!(reserved.query(), independent.query());
    store(&server, &reserved, PNG);
}

#[test]
fn what_somebody_else_signed_with_our_key_is_taken() {
    let server = server();
    let reserved = reserved(&server);
    assert_eq!(signed(&server, &reserved.presign_input()).status(), 200);
    let wrong_secret = PresignInput { secret_access_key: "guessed", ..reserved.presign_input() };
    mismatch(signed(&server, &wrong_secret));
}

#[test]
fn another_path_is_not_what_was_signed() {
    let server = server();
    let (reserved, other) = (reserved(&server), reserve(&server, "image/png", 1));
    let elsewhere = [
        reserved.target().replace(&reserved.token, &other.token),
        reserved.target().replace(&reserved.token, "01GC9JEN2X052BAKW905PH9C36"),
        reserved.target().replace("/aus-uploaded-assets/1/", "/aus-uploaded-assets/2/"),
        reserved.target().replace("?", "x?"),
    ];
    for target in elsewhere {
        let response = bare_at(&server, &reserved, &target).fetch();
        mismatch(response);
    }
}

#[test]
fn another_host_is_not_what_was_signed() {
    let server = server();
    let reserved = reserved(&server);
    let port = server.mock.address().port();
    for host in [format!("localhost:{port}"), "127.0.0.1".to_owned(), format!("acme.test:{port}")] {
        let response = bare(&server, &reserved).header("Host", host).fetch();
        mismatch(response);
    }
}

#[test]
fn the_host_of_the_first_step_is_the_one_that_the_put_must_go_to() {
    let server = server();
    let host = format!("localhost:{}", server.mock.address().port());
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let reserved = Reservation::from_json(
        server
            .post(crate::harness::images::RESERVE)
            .header("Host", &host)
            .body(body)
            .fetch()
            .into_json(),
    );
    assert_eq!(reserved.host(), host);
    let put = |host: &str| {
        server
            .put(reserved.target())
            .header("Host", host)
            .header("Content-Disposition", &reserved.disposition)
            .body(PNG)
            .fetch()
    };
    assert_eq!(put(&host).status(), 200);
    mismatch(put(&server.mock.address().to_string()));
}

#[test]
fn a_request_line_may_hold_the_whole_url_as_proxies_get_it() {
    let server = server();
    let reserved = reserved(&server);
    let length = "Content-Length: 1\r\n";
    let answer = raw_put(&server, &reserved.url, length, &reserved.disposition, b"x");
    assert_eq!(answer.status(), 200, "{answer}");
}

#[test]
fn behind_a_public_url_the_signature_is_for_that_whatever_host_the_proxy_names() {
    let server = configured(|config| {
        config.account.public_url = Some("https://desk.example.test".to_owned());
    });
    let reserved = reserved(&server);
    assert!(reserved.url.starts_with("https://desk.example.test/aus-"), "{}", reserved.url);
    let independent = PresignInput { host: "desk.example.test", ..reserved.presign_input() };
    assert_eq!(reserved.query(), independent.query());
    let response = bare_at(&server, &reserved, reserved.target()).fetch();
    assert_eq!(response.status(), 200, "{:?}", response.text());
}

#[test]
fn behind_a_trusted_proxy_the_signature_is_for_the_host_that_the_client_used() {
    let forwarded = |request: RequestBuilder| {
        request.header("X-Forwarded-Proto", "https").header("X-Forwarded-Host", "desk.test:8443")
    };
    let server = configured(|config| config.trust_forwarded = true);
    let body = r#"{"content_type":"image/png","file_size":1}"#;
    let first = forwarded(server.post(crate::harness::images::RESERVE)).body(body).fetch();
    let reserved = Reservation::from_json(first.into_json());
    assert!(reserved.url.starts_with("https://desk.test:8443/aus-"), "{}", reserved.url);
    let put = || bare_at(&server, &reserved, reserved.target());
    assert_eq!(forwarded(put()).fetch().status(), 200);
    mismatch(put().fetch());
}

#[test]
fn another_method_is_not_what_was_signed() {
    let server = server();
    let reserved = reserved(&server);
    store(&server, &reserved, PNG);
    for method in [Method::GET, Method::POST, Method::DELETE, Method::PATCH] {
        let response = server
            .request(method.clone(), &reserved.url)
            .header("Content-Disposition", &reserved.disposition)
            .fetch();
        mismatch(response);
    }
    let head = server.request(Method::HEAD, &reserved.url).fetch();
    assert_eq!(head.status(), 403);
}

#[test]
fn a_method_that_was_signed_but_that_no_bucket_of_images_needs_is_not_allowed() {
    let server = server();
    let reserved = reserved(&server);
    for method in ["GET", "DELETE"] {
        let response = signed(&server, &PresignInput { method, ..reserved.presign_input() });
        let message = "The specified method is not allowed against this resource.";
        let elements = refused(response, 405, "MethodNotAllowed", message);
        assert_eq!(elements, pairs(&[("Method", method), ("ResourceType", "OBJECT")]));
    }
}

#[test]
fn a_changed_parameter_is_not_what_was_signed() {
    let server = server();
    let reserved = reserved(&server);
    for (signed, changed) in [
        ("X-Amz-Expires=3600", "X-Amz-Expires=7200"),
        ("Content-Type=image%2Fpng", "Content-Type=image%2Fgif"),
        ("x-amz-server-side-encryption=AES256", "x-amz-server-side-encryption=aws%3Akms"),
        ("&x-amz-server-side-encryption=AES256", ""),
        ("?", "?response-content-type=text%2Fhtml&"),
        ("X-Amz-Date=20260101T000000Z", "X-Amz-Date=20260101T000001Z"),
    ] {
        let target = reserved.target().replacen(signed, changed, 1);
        assert_ne!(target, reserved.target(), "{signed} is there to be changed");
        let response = bare_at(&server, &reserved, &target).fetch();
        mismatch(response);
    }
}

#[test]
fn fewer_signed_headers_do_not_make_a_header_optional() {
    let server = server();
    let reserved = reserved(&server);
    let target = reserved.target().replace("content-disposition%3B", "");
    mismatch(server.put(&target).body(PNG).fetch());
    let target = reserved.target().replace("host%3B", "");
    let response = bare_at(&server, &reserved, &target).fetch();
    assert_eq!(response.status(), 403);
}

#[test]
fn a_request_without_any_signature_is_denied() {
    let server = server();
    let reserved = reserved(&server);
    for target in [reserved.path().to_owned(), format!("{}?x=y", reserved.path())] {
        let response = bare_at(&server, &reserved, &target).fetch();
        assert_eq!(denied(response, "Access Denied"), pairs(&[]));
    }
    let listed = server.get("/aus-uploaded-assets/1/2/x").fetch();
    assert_eq!(denied(listed, "Access Denied"), pairs(&[]));
}

#[test]
fn each_of_the_six_parameters_must_be_there() {
    let server = server();
    let reserved = reserved(&server);
    let message = "Query-string authentication version 4 requires the X-Amz-Algorithm, \
                   X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and \
                   X-Amz-Expires parameters.";
    for missing in [
        "X-Amz-Algorithm=",
        "X-Amz-Credential=",
        "X-Amz-Signature=",
        "X-Amz-Date=",
        "X-Amz-SignedHeaders=",
        "X-Amz-Expires=",
    ] {
        let kept: Vec<_> =
            reserved.query().split('&').filter(|pair| !pair.starts_with(missing)).collect();
        let response =
            bare_at(&server, &reserved, &format!("{}?{}", reserved.path(), kept.join("&"))).fetch();
        assert_eq!(bad_query(response, message), pairs(&[]), "{missing}");
    }
}

#[test]
fn a_malformed_credential_is_refused_as_such() {
    let server = server();
    let reserved = reserved(&server);
    let credential = "AKIAIOSFODNN7EXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request";
    let message = "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; \
                   expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
    for malformed in [
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        // Encoded twice, as some clients do.
        credential.replace('%', "%25"),
        format!("{credential}%2Fmore"),
    ] {
        let response =
            bare_at(&server, &reserved, &reserved.target().replace(credential, &malformed)).fetch();
        assert_eq!(bad_query(response, message), pairs(&[]), "{malformed}");
    }
}

#[test]
fn a_life_that_is_no_number_negative_or_longer_than_a_week_is_refused_as_such() {
    let server = server();
    let reserved = reserved(&server);
    for (expires, message) in [
        ("soon", "X-Amz-Expires should be a number"),
        ("", "X-Amz-Expires should be a number"),
        ("-1", "X-Amz-Expires must be non-negative"),
        (
            "604801",
            "X-Amz-Expires must be less than a week (in seconds); that is, the given \
             X-Amz-Expires must be less than 604800 seconds",
        ),
    ] {
        let response = signed(&server, &PresignInput { expires, ..reserved.presign_input() });
        assert_eq!(bad_query(response, message), pairs(&[]), "{expires}");
    }
}

#[test]
fn another_access_key_is_unknown() {
    let server = server();
    let reserved = reserved(&server);
    let other = PresignInput { access_key_id: "AKIDOTHER", ..reserved.presign_input() };
    let message = "The AWS Access Key Id you provided does not exist in our records.";
    let elements = refused(signed(&server, &other), 403, "InvalidAccessKeyId", message);
    assert_eq!(elements, pairs(&[("AWSAccessKeyId", "AKIDOTHER")]));
}

#[test]
fn a_url_ends_with_its_life_and_the_refusal_tells_both_times() {
    let server = server();
    let reserved = reserved(&server);
    server.mock.default_account().advance(Duration::from_secs(3605));
    let response = bare(&server, &reserved).fetch();
    assert_eq!(response.status(), 403);
    let text = response.text().expect("a body");
    let found = elements(&text);
    assert_eq!(
        found[..5],
        pairs(&[
            ("Code", "AccessDenied"),
            ("Message", "Request has expired"),
            ("X-Amz-Expires", "3600"),
            ("Expires", "2026-01-01T01:00:00Z"),
            ("ServerTime", "2026-01-01T01:00:05Z"),
        ])
    );
    assert_eq!((found[5].0.as_str(), found[6].0.as_str()), ("RequestId", "HostId"));
    assert_eq!(found.len(), 7);
}

#[test]
fn a_wrong_signature_that_has_expired_too_is_called_wrong_first() {
    let server = server();
    let reserved = reserved(&server);
    server.mock.default_account().advance(HOUR);
    let response = server.put(&reserved.url).body(PNG).fetch();
    assert_eq!(elements(&response.text().expect("a body"))[0].1, "SignatureDoesNotMatch");
}

#[test]
fn a_url_of_the_future_is_not_valid_yet() {
    let server = server();
    let reserved = reserved(&server);
    let soon = PresignInput { date: "20260101T001500Z", ..reserved.presign_input() };
    assert_eq!(signed(&server, &soon).status(), 200, "clocks may differ by 15 minutes");
    let later = PresignInput { date: "20260101T001501Z", ..reserved.presign_input() };
    assert_eq!(denied(signed(&server, &later), "Request is not valid yet"), pairs(&[]));
}

#[test]
fn an_object_that_nobody_reserved_is_denied_even_with_a_good_signature() {
    let server = server();
    let reserved = reserved(&server);
    let path = reserved.path().replace(&reserved.token, "01GC9JEN2X052BAKW905PH9C36");
    let forged = PresignInput { path: &path, ..reserved.presign_input() };
    assert_eq!(denied(signed(&server, &forged), "Access Denied"), pairs(&[]));
}

#[test]
fn whatever_one_character_of_the_query_becomes_it_is_refused_unless_it_says_the_same() {
    let server = server();
    let reserved = reserved(&server);
    let query = reserved.query().as_bytes();
    let decoded = |query: &[u8]| {
        let mut pairs: Vec<_> = form_urlencoded::parse(query).into_owned().collect();
        pairs.sort();
        pairs
    };
    let strategy = (any::<Index>(), b'!'..=u8::MAX);
    let check = |(index, byte): (Index, u8)| {
        let mut flipped = query.to_vec();
        flipped[index.index(query.len())] = byte;
        let says_the_same = decoded(&flipped) == decoded(query);
        let target = [reserved.path().as_bytes(), b"?", &flipped].concat();
        let length = "Content-Length: 1\r\nConnection: close\r\n";
        let answer = raw_put(&server, &target, length, &reserved.disposition, b"x");
        let expected = if says_the_same { 200..=200 } else { 400..=403 };
        prop_assert!(expected.contains(&answer.status()), "{}\n{answer}", target.escape_ascii());
        Ok(())
    };
    let cases = Cases { cases: 300, failure_persistence: None, ..Cases::default() };
    TestRunner::new(cases).run(&strategy, check).unwrap_or_else(|failure| panic!("{failure}"));
    // The one spelling that one character can change, since the above may not have hit upon it.
    let lower_case = reserved.target().replacen("%2F", "%2f", 1);
    let length = "Content-Length: 1\r\n";
    let answer = raw_put(&server, &lower_case, length, &reserved.disposition, b"x");
    assert_eq!(answer.status(), 200, "{answer}");
}

// What S3 refuses: the body.

#[test]
fn a_chunked_body_is_not_implemented_and_the_connection_goes_on() {
    let server = server();
    let reserved = reserved(&server);
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
fn a_put_without_a_length_is_told_to_send_one() {
    let server = server();
    let reserved = reserved(&server);
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
fn more_than_two_million_bytes_are_too_large_and_are_read_to_their_end() {
    let server = server();
    let reserved = reserved(&server);
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
fn a_size_that_merely_differs_from_the_declared_one_is_fine() {
    let server = server();
    let reserved = reserve(&server, "image/png", 10);
    for size in [0, 1, 10, 11, 2_000_000] {
        let response = put_request(&server, &reserved, vec![0; size]).fetch();
        assert_eq!(response.status(), 200, "{size}");
    }
}

#[test]
fn the_declared_size_is_the_only_one_where_the_settings_say_so() {
    let server = configured(|config| config.account.bucket_size_check = BucketSizeCheck::Declared);
    let reserved = reserve(&server, "image/png", 10);
    assert_eq!(put_request(&server, &reserved, [0; 10]).fetch().status(), 200);
    let large = put_request(&server, &reserved, [0; 11]).fetch();
    let message = "Your proposed upload exceeds the maximum allowed size";
    let elements = refused(large, 400, "EntityTooLarge", message);
    assert_eq!(elements, pairs(&[("ProposedSize", "11"), ("MaxSizeAllowed", "10")]));
    let small = put_request(&server, &reserved, [0; 9]).fetch();
    let message = "Your proposed upload is smaller than the minimum allowed size";
    let elements = refused(small, 400, "EntityTooSmall", message);
    assert_eq!(elements, pairs(&[("ProposedSize", "9"), ("MinSizeAllowed", "10")]));
}

#[test]
fn any_size_is_fine_where_the_settings_say_so() {
    let server = configured(|config| config.account.bucket_size_check = BucketSizeCheck::Off);
    let reserved = reserve(&server, "image/png", 10);
    assert_eq!(put_request(&server, &reserved, vec![0; 3_000_000]).fetch().status(), 200);
}

/// curl asks before it sends more than a megabyte, and then sends nothing.
#[test]
fn who_asks_before_sending_too_much_is_refused_before_it_is_sent() {
    let server = server();
    let reserved = reserved(&server);
    let ask = |length: u32| {
        let headers = format!("Content-Length: {length}\r\nExpect: 100-continue\r\n");
        raw_put(&server, reserved.target(), &headers, &reserved.disposition, b"").status()
    };
    assert_eq!(ask(2_000_001), 400);
    assert_eq!(ask(2_000_000), 100);
}

#[test]
fn a_body_that_ends_early_is_incomplete() {
    let server = server();
    let reserved = reserved(&server);
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
fn a_body_that_stops_arriving_times_out_in_s3s_words() {
    let server = configured(|config| config.body_timeout = Duration::from_millis(50));
    let reserved = reserved(&server);
    let length = "Content-Length: 100\r\n";
    let answer = raw_put(&server, reserved.target(), length, &reserved.disposition, b"ten bytes.");
    assert_eq!(answer.status(), 400);
    let found = elements(&String::from_utf8(answer.body).expect("text"));
    assert_eq!(found[0].1, "RequestTimeout");
}

#[test]
fn a_full_store_is_an_unavailable_service_that_names_the_setting_and_loses_nothing() {
    let server = configured(|config| config.max_memory = 100_000);
    let (first, second) = (reserved(&server), reserved(&server));
    store(&server, &first, vec![1; 60_000]);
    let response = put_request(&server, &second, vec![2; 60_000]).fetch();
    assert_eq!(response.status(), 503);
    let found = elements(&response.text().expect("a body"));
    assert_eq!(found[0].1, "ServiceUnavailable");
    assert!(found[1].1.contains("max_memory"), "{}", found[1].1);
    let path = publish(&server, &first.token);
    assert_eq!(server.get(&path).fetch().bytes().expect("a body"), vec![1; 60_000]);
}

// Browsers.

fn preflight(server: &Server, reserved: &Reservation, headers: &[(&str, &str)]) -> Response {
    headers
        .iter()
        .fold(server.request(Method::OPTIONS, &reserved.url), |request, (name, value)| {
            request.header(*name, *value)
        })
        .fetch()
}

fn with_cors(cors: Cors) -> Server {
    configured(|config| config.account.cors = cors)
}

const PAGE: &str = "https://help.example.com";
const WANTED: &str = "content-disposition,content-type,x-amz-server-side-encryption";
const PREFLIGHT: [(&str, &str); 3] = [
    ("Origin", PAGE),
    ("Access-Control-Request-Method", "PUT"),
    ("Access-Control-Request-Headers", WANTED),
];
const VARY: &str = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

#[test]
fn an_open_bucket_lets_every_page_put_with_the_three_headers() {
    let server = with_cors(Cors::Open);
    let reserved = reserved(&server);
    let response = preflight(&server, &reserved, &PREFLIGHT);
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-length"), "0");
    assert_eq!(response.header("access-control-allow-origin"), PAGE);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
    assert_eq!(response.header("access-control-allow-methods"), "PUT");
    assert_eq!(response.header("access-control-allow-headers"), WANTED);
    assert_eq!(response.header("vary"), VARY);
    assert!(response.header("access-control-max-age").parse::<u32>().is_ok());
    assert_eq!(response.header("access-control-allow-private-network"), "");
}

#[test]
fn an_open_bucket_lets_pages_in_from_the_public_network() {
    let server = with_cors(Cors::Open);
    let private = ("Access-Control-Request-Private-Network", "true");
    let headers = [PREFLIGHT.as_slice(), &[private]].concat();
    let response = preflight(&server, &reserved(&server), &headers);
    assert_eq!(response.header("access-control-allow-private-network"), "true");
}

#[test]
fn a_faithful_bucket_lets_every_page_put_and_nothing_else() {
    let server = with_cors(Cors::Faithful);
    let reserved = reserved(&server);
    let response = preflight(&server, &reserved, &PREFLIGHT);
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("access-control-allow-origin"), "*");
    assert_eq!(response.header("access-control-allow-methods"), "PUT");
    assert_eq!(response.header("access-control-allow-headers"), WANTED);
    assert_eq!(response.header("access-control-allow-credentials"), "");
    assert_eq!(response.header("vary"), VARY);
    let deletion = [("Origin", PAGE), ("Access-Control-Request-Method", "DELETE")];
    let message = "CORSResponse: This CORS request is not allowed. This is usually because the \
                   evalution of Origin, request method / Access-Control-Request-Method or \
                   Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";
    let elements =
        refused(preflight(&server, &reserved, &deletion), 403, "AccessForbidden", message);
    assert_eq!(elements, pairs(&[("Method", "DELETE"), ("ResourceType", "OBJECT")]));
}

#[test]
fn a_bucket_without_cors_forbids_every_preflight() {
    let server = with_cors(Cors::Off);
    let response = preflight(&server, &reserved(&server), &PREFLIGHT);
    assert_eq!(response.header("access-control-allow-origin"), "");
    let message = "CORSResponse: CORS is not enabled for this bucket.";
    let elements = refused(response, 403, "AccessForbidden", message);
    assert_eq!(elements, pairs(&[("Method", "PUT"), ("ResourceType", "OBJECT")]));
}

#[test]
fn a_preflight_without_an_origin_is_a_bad_request_whatever_the_setting() {
    for cors in [Cors::Open, Cors::Faithful, Cors::Off] {
        let server = with_cors(cors);
        let response = preflight(&server, &reserved(&server), &PREFLIGHT[1..]);
        let message = "Insufficient information. Origin request header needed.";
        assert_eq!(refused(response, 400, "BadRequest", message), pairs(&[]));
    }
}

#[test]
fn a_put_from_a_page_succeeds_and_says_what_the_page_may_see() {
    for (cors, allowed, credentials, exposed) in [
        (Cors::Open, PAGE, "true", "ETag"),
        (Cors::Faithful, "*", "", "ETag"),
        (Cors::Off, "", "", ""),
    ] {
        let server = with_cors(cors);
        let response = put_request(&server, &reserved(&server), PNG).header("Origin", PAGE).fetch();
        assert_eq!(response.status(), 200, "S3 stores whatever the origin");
        assert_eq!(response.header("access-control-allow-origin"), allowed);
        assert_eq!(response.header("access-control-allow-credentials"), credentials);
        assert_eq!(response.header("access-control-expose-headers"), exposed);
    }
}

#[test]
fn a_refused_put_from_a_page_says_so_where_the_page_can_read_it() {
    let server = with_cors(Cors::Open);
    let reserved = reserved(&server);
    let response = server.put(&reserved.url).header("Origin", PAGE).body(PNG).fetch();
    assert_eq!(response.header("access-control-allow-origin"), PAGE);
    mismatch(response);
}

#[test]
fn a_put_without_an_origin_hears_nothing_of_cors() {
    let server = with_cors(Cors::Open);
    let response = put_request(&server, &reserved(&server), PNG).fetch();
    let about_cors: Vec<_> = response
        .headers()
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"))
        .collect();
    assert!(about_cors.is_empty(), "{about_cors:?}");
}
