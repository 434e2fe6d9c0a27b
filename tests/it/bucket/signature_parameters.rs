//! The parameters of a presigned URL.

use std::time::Duration;

use super::{
    assert_bad_query, assert_denied, assert_refused, elements, minimal_put, minimal_put_to, pairs,
    reserve_png, send_signed,
};
use crate::harness::images::*;
use crate::harness::sigv4::PresignInput;
use crate::harness::*;

/// The code of a refusal of parameters.
const BAD_QUERY: &str = "AuthorizationQueryParametersError";

#[test]
fn a_request_without_a_signature_is_denied() {
    let server = server();
    let reserved = reserve_png(&server);
    for target in [reserved.path().to_owned(), format!("{}?x=y", reserved.path())] {
        let response = minimal_put_to(&server, &reserved, &target).fetch();
        assert_eq!(assert_denied(response, "Access Denied"), pairs(&[]));
    }
    let listed = server.get("/aus-uploaded-assets/1/2/x").fetch();
    assert_eq!(assert_denied(listed, "Access Denied"), pairs(&[]));
}

#[test]
fn a_missing_signature_parameter_is_400() {
    let server = server();
    let reserved = reserve_png(&server);
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
            minimal_put_to(&server, &reserved, &format!("{}?{}", reserved.path(), kept.join("&")))
                .fetch();
        assert_eq!(assert_bad_query(response, message), pairs(&[]), "{missing}");
    }
}

#[test]
fn a_malformed_credential_is_400() {
    let server = server();
    let reserved = reserve_png(&server);
    let credential = "AKIAIOSFODNN7EXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request";
    let message = "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; \
                   expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
    for malformed in [
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        // Some clients encode twice.
        credential.replace('%', "%25"),
        format!("{credential}%2Fmore"),
    ] {
        let response =
            minimal_put_to(&server, &reserved, &reserved.target().replace(credential, &malformed))
                .fetch();
        assert_eq!(assert_bad_query(response, message), pairs(&[]), "{malformed}");
    }
}

#[test]
fn a_date_of_the_credential_in_another_format_is_400() {
    let server = server();
    let reserved = reserve_png(&server);
    for date in ["3223423234", "2026-01-01", "2026101", "20261301", "today"] {
        let target = reserved.target().replace("%2F20260101%2F", &format!("%2F{date}%2F"));
        let message = format!(
            "Error parsing the X-Amz-Credential parameter; incorrect date format \"{date}\". This \
             date in the credential must be in the format \"yyyyMMdd\"."
        );
        let response = minimal_put_to(&server, &reserved, &target).fetch();
        assert_eq!(assert_bad_query(response, &message), pairs(&[]), "{date}");
    }
}

#[test]
fn an_invalid_expires_is_400() {
    let server = server();
    let reserved = reserve_png(&server);
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
        let response = send_signed(&server, &PresignInput { expires, ..reserved.presign_input() });
        assert_eq!(assert_bad_query(response, message), pairs(&[]), "{expires}");
    }
}

#[test]
fn an_unknown_access_key_is_403() {
    let server = server();
    let reserved = reserve_png(&server);
    let other = PresignInput { access_key_id: "AKIDOTHER", ..reserved.presign_input() };
    let message = "The AWS Access Key Id you provided does not exist in our records.";
    let elements = assert_refused(send_signed(&server, &other), 403, "InvalidAccessKeyId", message);
    assert_eq!(elements, pairs(&[("AWSAccessKeyId", "AKIDOTHER")]));
}

#[test]
fn an_expired_url_is_403_with_both_times() {
    let server = server();
    let reserved = reserve_png(&server);
    server.account.advance(Duration::from_secs(3605));
    let response = minimal_put(&server, &reserved).fetch();
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

/// Whatever is wrong with its headers, access key or signature.
#[test]
fn an_expired_url_is_reported_before_other_faults() {
    let server = server();
    let reserved = reserve_png(&server);
    let url = &reserved.url;
    let (before, after) = url.split_once("X-Amz-Signature=").expect("a signature");
    let forged = format!("{before}X-Amz-Signature=00{}", &after[2..]);
    let other_key = url.replace("AKIAIOSFODNN7EXAMPLE", "AKIDOTHER");
    let put = |url: &str| put_request(&server, &reserved, PNG).header("x-test", url);
    let requests = [
        (server.put(url).body(PNG), "a header is missing"),
        (put(url).header("x-amz-acl", "private"), "a header is not signed"),
        (server.put(&forged).body(PNG), "the signature is wrong"),
        (server.put(&other_key).body(PNG), "the access key is unknown"),
        (server.get(url), "the method is another one"),
    ];
    server.account.advance(HOUR);
    for (request, also) in requests {
        let found = elements(&request.fetch().text().expect("a body"));
        assert_eq!(found[1].1, "Request has expired", "{also}");
    }
    let other_algorithm = url.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1");
    let other_day = url.replace("%2F20260101%2F", "%2F20260102%2F");
    let no_day = url.replace("%2F20260101%2F", "%2Ftoday%2F");
    let other_region = url.replace("us-east-1", "eu-west-1");
    let not_signed = before.trim_end_matches('&');
    let not_dated = url.replace("X-Amz-Date=20260101T000000Z&", "");
    for (request, status, code, also) in [
        (server.put(url).bearer_auth("x"), 400, "InvalidArgument", "it has Authorization"),
        (server.put(&other_algorithm), 400, BAD_QUERY, "its algorithm is unknown"),
        (server.put(&other_day), 400, BAD_QUERY, "its credential has another date"),
        (server.put(&no_day), 400, BAD_QUERY, "its credential has no date"),
        (server.put(&other_region), 400, BAD_QUERY, "its credential has another region"),
        (server.put(not_signed), 400, BAD_QUERY, "it has no signature"),
        (server.put(&not_dated), 400, BAD_QUERY, "it has no date"),
        (server.put(reserved.path()), 403, "AccessDenied", "it has no signature parameters"),
    ] {
        let response = request.body(PNG).fetch();
        assert_eq!(response.status(), status, "{also}");
        let found = elements(&response.text().expect("a body"));
        assert_eq!(found[0].1, code, "{also}");
        assert_ne!(found[1].1, "Request has expired", "{also}");
    }
}

#[test]
fn a_url_over_15_minutes_in_the_future_is_403() {
    let server = server();
    let reserved = reserve_png(&server);
    let soon = PresignInput { date: "20260101T001500Z", ..reserved.presign_input() };
    assert_eq!(send_signed(&server, &soon).status(), 200, "clocks may differ by 15 minutes");
    let later = PresignInput { date: "20260101T001501Z", ..reserved.presign_input() };
    let elements = assert_denied(send_signed(&server, &later), "Request is not yet valid");
    let expected = [
        ("X-Amz-Date", "1767226501000"),
        ("Expires", "2026-01-01T01:15:01Z"),
        ("ServerTime", "2026-01-01T00:00:00Z"),
    ];
    assert_eq!(elements, pairs(&expected));
}

#[test]
fn an_unreserved_object_is_denied_despite_a_good_signature() {
    let server = server();
    let reserved = reserve_png(&server);
    let path = reserved.path().replace(&reserved.token, "01GC9JEN2X052BAKW905PH9C36");
    let forged = PresignInput { path: &path, ..reserved.presign_input() };
    assert_eq!(assert_denied(send_signed(&server, &forged), "Access Denied"), pairs(&[]));
}

/// The time that counts is that at which the server looks at the head of the request.
#[test]
fn a_put_that_a_fault_delays_beyond_its_lifetime_has_expired() {
    let server = configured(|config| {
        config.frozen_at = None;
        config.account.image_ttl = Duration::from_secs(1);
    });
    let delayed = put_request(&server, &reserve_png(&server), PNG);
    let response = delayed.header("X-Mock-Fault", r#"{"delay": "1100ms"}"#).fetch();
    assert_eq!(response.status(), 403);
    assert!(response.text().expect("a body").contains("<Message>Request has expired</Message>"));
}

/// As on S3, what was verified is received, however long that takes.
#[test]
fn a_put_that_expires_while_its_body_arrives_is_answered_as_if_it_had_not() {
    let server = server();
    let reserved = reserve_png(&server);
    let mut connection = server.connect();
    let (target, host, disposition) = (reserved.target(), reserved.host(), &reserved.disposition);
    connection.send(
        format!(
            "PUT {target} HTTP/1.1\r\nHost: {host}\r\nContent-Disposition: {disposition}\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            PNG.len()
        )
        .as_bytes(),
    );
    assert_eq!(connection.read_response().status(), 100);
    server.account.advance(HOUR);
    connection.send(PNG);
    assert_eq!(connection.read_response().status(), 200);
    assert_eq!(try_publish(&server, &reserved.token).status(), 404);
}
