use jiff::Timestamp;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::canonical::Query;
use super::sign::SIGNATURE;
use super::*;

const DISPOSITION: &str = r#"attachment; filename="01GC9JEN2X052BAKW905PH9C36.jpeg""#;

fn keys() -> Keys<'static> {
    Keys {
        access_key_id: "AKIAIOSFODNN7EXAMPLE",
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The request of the example in the AWS documentation.
fn aws_example() -> Presign<'static> {
    Presign {
        method: "GET",
        host: "examplebucket.s3.amazonaws.com",
        path: "/test.txt",
        query: &[],
        headers: &[],
        at: time("2013-05-24T00:00:00Z"),
        expires_in: 86_400,
    }
}

/// The request of the upload URL in Zendesk's documentation of user images.
fn zendesk() -> Presign<'static> {
    Presign {
        method: "PUT",
        host: "aus-uploaded-assets-production.s3-accelerate.amazonaws.com",
        path: "/20/13633840/01GC9JEN2X052BAKW905PH9C36",
        query: &[("Content-Type", "image/jpeg"), ("x-amz-server-side-encryption", "AES256")],
        headers: &[
            ("Content-Disposition", DISPOSITION),
            ("X-Amz-Server-Side-Encryption", "AES256"),
        ],
        at: time("2022-09-06T14:14:48.157Z"),
        expires_in: 3600,
    }
}

/// A request on its way to the server, to be tampered with.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    host: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    at: Timestamp,
}

impl Sent {
    /// What a faithful client sends.
    fn new(request: &Presign<'_>) -> Self {
        let mut sent = Self {
            method: request.method.to_owned(),
            host: request.host.to_owned(),
            path: request.path.to_owned(),
            query: presign(&keys(), request),
            headers: Vec::new(),
            at: request.at,
        };
        for (name, value) in request.headers {
            sent = sent.with(&name.to_ascii_lowercase(), value);
        }
        sent
    }

    fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let header = (name.to_owned(), value.as_ref().to_vec());
        self.headers.push(header);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// Replaces a piece of the query, which must be there.
    fn query(mut self, from: &str, to: &str) -> Self {
        assert!(self.query.contains(from), "{from} is not in {}", self.query);
        self.query = self.query.replace(from, to);
        self
    }

    fn verify_at(&self, now: Timestamp) -> Result<(), SignatureRefusal> {
        let headers = self.headers.iter();
        let headers: Vec<_> =
            headers.map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let received = Received {
            method: &self.method,
            host: &self.host,
            path: &self.path,
            query: &self.query,
            headers: &headers,
        };
        verify(&keys(), &received, now)
    }

    fn verify(&self) -> Result<(), SignatureRefusal> {
        self.verify_at(self.at)
    }

    fn refusal(&self) -> SignatureRefusal {
        self.verify().expect_err("the request is verified")
    }

    fn code(&self) -> &'static str {
        self.refusal().code()
    }

    /// What [`difference`] says of this request against the one that was presigned.
    fn difference_from(&self, request: &Presign<'_>) -> Option<String> {
        let SignatureRefusal::SignatureMismatch { canonical_request: received, .. } =
            self.refusal()
        else {
            panic!("not a mismatch: {self:?}");
        };
        difference(&canonical_request(&keys(), request), &received)
    }
}

fn sent() -> Sent {
    Sent::new(&zendesk())
}

fn signature_of(request: &Presign<'_>) -> String {
    let query = presign(&keys(), request);
    Query::parse(&query).get(SIGNATURE).unwrap().into_owned()
}

fn hash_of(request: &Presign<'_>) -> String {
    hex(&Sha256::digest(canonical_request(&keys(), request)))
}

const MISMATCH: &str = "SignatureDoesNotMatch";

// Known signatures.

#[test]
fn the_example_of_the_aws_documentation_is_reproduced() {
    assert_eq!(
        hash_of(&aws_example()),
        "3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04"
    );
    assert_eq!(
        signature_of(&aws_example()),
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}

#[test]
fn the_put_vectors_of_s3s_are_reproduced() {
    let put = Presign { method: "PUT", ..aws_example() };
    assert_eq!(
        signature_of(&put),
        "f4db56459304dafaa603a99a23c6bea8821890259a65c18ff503a4a72a80efd9"
    );
    let typed = Presign { headers: &[("content-type", "application/octet-stream")], ..put };
    assert_eq!(
        signature_of(&typed),
        "fd31b71961609f4b313497cb07ab0aedd268863bd547cc198db23cf04b8f663d"
    );
}

#[test]
fn a_url_in_the_shape_of_zendesk_has_the_expected_canonical_request_and_signature() {
    assert_eq!(
        hash_of(&zendesk()),
        "cc8fa9fc010817e29ea75a721b9921952474ee4d5383a6f547f43aac65484a45"
    );
    assert_eq!(
        signature_of(&zendesk()),
        "66adfa5088ec86372d5b5e4a397a75d859f8a0feb7d30d95affef1b60482a3a7"
    );
}

#[test]
fn the_query_string_is_the_one_zendesk_documents_in_its_order() {
    assert_eq!(
        presign(&keys(), &zendesk()),
        "Content-Type=image%2Fjpeg\
         &X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20220906%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20220906T141448Z\
         &X-Amz-Expires=3600\
         &X-Amz-Signature=66adfa5088ec86372d5b5e4a397a75d859f8a0feb7d30d95affef1b60482a3a7\
         &X-Amz-SignedHeaders=content-disposition%3Bhost%3Bx-amz-server-side-encryption\
         &x-amz-server-side-encryption=AES256"
    );
}

#[test]
fn a_faithful_client_is_verified() {
    assert_eq!(sent().verify(), Ok(()));
}

// Headers.

#[test]
fn a_wrong_or_missing_content_type_header_does_not_matter() {
    let missing = sent();
    assert!(missing.headers.iter().all(|(name, _)| name != "content-type"));
    assert_eq!(missing.verify(), Ok(()));
    assert_eq!(missing.with("content-type", "text/html").verify(), Ok(()));
}

#[test]
fn an_amz_header_given_in_the_query_may_be_left_out() {
    let sent = sent().without("x-amz-server-side-encryption");
    assert_eq!(sent.verify(), Ok(()));
}

#[test]
fn an_amz_header_is_found_in_the_query_whatever_the_case_of_its_name() {
    let request = Presign { query: &[("X-Amz-Server-Side-Encryption", "AES256")], ..zendesk() };
    let sent = Sent::new(&request).without("x-amz-server-side-encryption");
    assert_eq!(sent.verify(), Ok(()));
}

#[test]
fn an_amz_header_that_differs_from_the_query_is_a_mismatch() {
    let sent = sent().without("x-amz-server-side-encryption");
    let sent = sent.with("x-amz-server-side-encryption", "aws:kms");
    assert_eq!(
        sent.difference_from(&zendesk()).unwrap(),
        "header x-amz-server-side-encryption: signed AES256, received aws:kms"
    );
}

#[test]
fn a_missing_or_changed_content_disposition_is_a_mismatch() {
    let missing = sent().without("content-disposition");
    assert_eq!(missing.code(), MISMATCH);
    assert_eq!(missing.clone().with("content-disposition", "inline").code(), MISMATCH);
    assert_eq!(missing.with("content-disposition", [0xff, 0xfe]).code(), MISMATCH);
}

#[test]
fn a_signed_header_that_is_not_amz_is_never_taken_from_the_query() {
    let request = Presign {
        query: &[("content-disposition", DISPOSITION)],
        headers: &[("content-disposition", DISPOSITION)],
        ..zendesk()
    };
    let sent = Sent::new(&request).without("content-disposition");
    assert_eq!(sent.code(), MISMATCH);
}

#[test]
fn amz_headers_that_were_not_signed_are_refused_by_name() {
    let sent = sent()
        .with("x-amz-meta-a", "1")
        .with("x-amz-acl", "public-read")
        .with("x-amz-acl", "private")
        .with("x-forwarded-for", "127.0.0.1");
    let names = vec!["x-amz-acl".to_owned(), "x-amz-meta-a".to_owned()];
    assert_eq!(sent.refusal(), SignatureRefusal::HeadersNotSigned(names));
    assert_eq!(sent.code(), "AccessDenied");
}

#[test]
fn a_parameter_of_the_query_sent_as_a_header_too_must_be_signed() {
    let names = vec!["x-amz-date".to_owned()];
    assert_eq!(
        sent().with("x-amz-date", "20220906T141448Z").refusal(),
        SignatureRefusal::HeadersNotSigned(names)
    );
}

#[test]
fn a_content_hash_that_was_not_signed_is_ignored() {
    let sent = sent().with("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    assert_eq!(sent.verify(), Ok(()));
}

#[test]
fn host_must_be_among_the_signed_headers() {
    let sent = sent().query("%3Bhost", "");
    let names = vec!["host".to_owned()];
    assert_eq!(sent.refusal(), SignatureRefusal::HeadersNotSigned(names));
}

#[test]
fn white_space_around_and_inside_a_header_value_is_collapsed() {
    let spaced = DISPOSITION.replace(' ', " \t  ");
    let sent = sent().without("content-disposition");
    let sent = sent.with("content-disposition", format!("  {spaced} "));
    assert_eq!(sent.verify(), Ok(()));
}

#[test]
fn a_repeated_header_is_signed_as_its_values_joined_by_commas() {
    let request = Presign { headers: &[("x-amz-meta-a", "1,2")], ..aws_example() };
    let sent = Sent::new(&request).without("x-amz-meta-a");
    let sent = sent.with("x-amz-meta-a", "1").with("x-amz-meta-a", " 2");
    assert_eq!(sent.verify(), Ok(()));
    assert_eq!(sent.with("x-amz-meta-a", "3").code(), MISMATCH);
}

// Method, host, path and query.

#[test]
fn a_changed_method_host_path_or_parameter_is_a_mismatch_that_the_difference_names() {
    let change = |edit: fn(&mut Sent)| {
        let mut sent = sent();
        edit(&mut sent);
        sent.difference_from(&zendesk()).unwrap()
    };
    assert_eq!(change(|sent| sent.method = "POST".to_owned()), "method: signed PUT, received POST");
    assert_eq!(
        change(|sent| sent.path = "/1/42".to_owned()),
        "path: signed /20/13633840/01GC9JEN2X052BAKW905PH9C36, received /1/42"
    );
    assert_eq!(
        change(|sent| sent.host = "localhost:8080".to_owned()),
        "host: signed aus-uploaded-assets-production.s3-accelerate.amazonaws.com, \
         received localhost:8080"
    );
    assert_eq!(
        change(|sent| sent.query = sent.query.replace("jpeg", "png")),
        "query parameter Content-Type: signed image/jpeg, received image/png"
    );
    assert_eq!(
        change(|sent| sent.query.push_str("&acl")),
        r#"query parameter acl: signed nothing, received """#
    );
    assert_eq!(
        change(|sent| *sent = sent.clone().without("content-disposition")),
        r#"header content-disposition: signed "attachment; filename=\"01GC9JEN2X052BAKW905PH9C36.jpeg\"", received nothing"#
    );
}

#[test]
fn a_changed_signature_alone_makes_no_difference_in_the_request() {
    let sent = sent().query("66adfa50", "66adfa51");
    assert_eq!(sent.difference_from(&zendesk()), None);
}

#[test]
fn a_difference_in_a_very_long_value_is_cut_to_a_line() {
    let long = "é".repeat(5000);
    let sent = sent().query("image%2Fjpeg", &long);
    let difference = sent.difference_from(&zendesk()).unwrap();
    assert!(difference.chars().count() < 250, "{difference}");
}

#[test]
fn a_mismatch_carries_what_the_error_document_shows() {
    let SignatureRefusal::SignatureMismatch {
        access_key_id,
        string_to_sign,
        canonical_request,
        signature,
    } = sent().query("66adfa50", "00000000").refusal()
    else {
        panic!("not a mismatch");
    };
    assert_eq!(access_key_id, "AKIAIOSFODNN7EXAMPLE");
    assert_eq!(
        string_to_sign,
        "AWS4-HMAC-SHA256\n20220906T141448Z\n20220906/us-east-1/s3/aws4_request\n\
         cc8fa9fc010817e29ea75a721b9921952474ee4d5383a6f547f43aac65484a45"
    );
    assert_eq!(canonical_request, super::canonical_request(&keys(), &zendesk()));
    assert!(signature.starts_with("0000000088ec86"), "{signature}");
}

#[test]
fn the_port_is_part_of_the_host() {
    let request = Presign { host: "localhost:8080", ..zendesk() };
    let mut sent = Sent::new(&request);
    assert_eq!(sent.verify(), Ok(()));
    sent.host = "localhost".to_owned();
    assert_eq!(sent.code(), MISMATCH);
}

#[test]
fn the_order_of_the_query_does_not_matter() {
    let mut sent = sent();
    let mut pairs: Vec<_> = sent.query.split('&').rev().collect();
    pairs.rotate_left(3);
    sent.query = pairs.join("&&");
    assert_eq!(sent.verify(), Ok(()));
}

#[test]
fn the_spelling_of_percent_encoding_in_query_and_path_does_not_matter() {
    assert_eq!(sent().query("%2F", "/").verify(), Ok(()));
    assert_eq!(sent().query("%3B", ";").verify(), Ok(()));
    assert_eq!(sent().query("%2F", "%2f").query("%3B", "%3b").verify(), Ok(()));
    assert_eq!(sent().query("X-Amz-Date", "%58-Amz-Date").verify(), Ok(()));
    let mut sent = sent();
    sent.path = sent.path.replace('0', "%30");
    assert_eq!(sent.verify(), Ok(()));
}

#[test]
fn a_bare_plus_in_the_query_is_a_space_and_an_encoded_plus_is_a_plus() {
    let spaced = Sent::new(&Presign { query: &[("q", "a b")], ..aws_example() });
    assert_eq!(spaced.clone().query("a%20b", "a+b").verify(), Ok(()));
    assert_eq!(spaced.query("a%20b", "a%2Bb").code(), MISMATCH);
}

#[test]
fn of_a_repeated_parameter_only_the_first_counts() {
    let mut sent = sent();
    sent.query.push_str("&X-Amz-Expires=604800&Content-Type=a");
    assert_eq!(sent.verify(), Ok(()));
    sent.query.insert_str(0, "X-Amz-Expires=604800&");
    assert_eq!(sent.code(), MISMATCH);
}

#[test]
fn bytes_that_are_not_utf8_survive_canonicalisation() {
    let mut sent = sent();
    sent.path = "/%ff%FE%zz%".to_owned();
    sent.query.push_str("&%ff=%fe");
    let SignatureRefusal::SignatureMismatch { canonical_request, .. } = sent.refusal() else {
        panic!("not a mismatch");
    };
    assert!(canonical_request.starts_with("PUT\n/%FF%FE%25zz%25\n%FF=%FE&Content-Type="));
}

// Parameters.

#[test]
fn a_request_without_any_of_the_six_parameters_is_anonymous() {
    let mut sent = sent();
    sent.query = "Content-Type=image%2Fjpeg".to_owned();
    assert_eq!(sent.refusal(), SignatureRefusal::Unsigned);
    assert_eq!(sent.refusal().to_string(), "Access Denied");
}

#[test]
fn each_of_the_six_parameters_is_required() {
    for name in [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
    ] {
        let sent = sent().query(&format!("{name}="), "other=");
        assert_eq!(sent.refusal(), SignatureRefusal::MissingParameter, "{name}");
    }
}

#[test]
fn parameters_are_refused_in_the_words_of_s3() {
    let refused = |from, to| sent().query(from, to).refusal().to_string();
    assert_eq!(
        refused("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
        r#"X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256""#
    );
    assert_eq!(
        refused("EXAMPLE%2F", "EXAMPLE"),
        "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; \
         expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
    );
    assert_eq!(
        refused("us-east-1", "eu-west-1"),
        "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; \
         expecting 'us-east-1'"
    );
    assert_eq!(
        refused("%2Fs3%2F", "%2Fsqs%2F"),
        "Error parsing the X-Amz-Credential parameter; incorrect service \"sqs\". This \
         endpoint belongs to \"s3\"."
    );
    assert_eq!(
        refused("aws4_request", "aws5_request"),
        "Error parsing the X-Amz-Credential parameter; incorrect terminal \"aws5_request\". \
         This endpoint uses \"aws4_request\"."
    );
    assert_eq!(
        refused("%2F20220906", "%2F20220907"),
        "Invalid credential date \"20220907\". This date is not the same as X-Amz-Date: \
         \"20220906\"."
    );
    assert_eq!(
        refused("Expires=3600", "Expires=604801"),
        "X-Amz-Expires must be less than a week (in seconds); that is, the given \
         X-Amz-Expires must be less than 604800 seconds"
    );
}

#[test]
fn a_credential_that_was_encoded_twice_is_malformed() {
    let sent = sent().query("EXAMPLE%2F20220906%2F", "EXAMPLE%252F20220906%252F");
    assert_eq!(sent.refusal(), SignatureRefusal::MalformedCredential);
    assert_eq!(sent.code(), "AuthorizationQueryParametersError");
}

#[test]
fn signed_headers_that_were_encoded_twice_do_not_name_the_host() {
    let SignatureRefusal::HeadersNotSigned(names) = sent().query("%3B", "%253B").refusal() else {
        panic!("verified otherwise");
    };
    assert_eq!(names, ["host", "x-amz-server-side-encryption"]);
}

#[test]
fn only_one_date_format_is_read() {
    for date in [
        "",
        "20220906",
        "2022-09-06T14:14:48Z",
        "20220906T141448",
        "20220906T141460Z",
        "20220931T141448Z",
        "+20220906T141448Z",
        "20220906T14144%208Z",
        "20220906T141448Z%0A",
    ] {
        let sent = sent().query("20220906T141448Z", date);
        assert_eq!(sent.refusal(), SignatureRefusal::MalformedDate, "{date}");
    }
}

#[test]
fn the_lifetime_is_a_number_of_seconds_up_to_a_week() {
    let refused = |value: &str| {
        let sent = sent().query("Expires=3600", &format!("Expires={value}"));
        sent.refusal()
    };
    for text in ["", "-", "1h", "1.5", "0x10", "%2B1", "\u{663}"] {
        assert_eq!(refused(text), SignatureRefusal::ExpiresNotANumber, "{text}");
    }
    assert_eq!(refused("-1"), SignatureRefusal::ExpiresNegative);
    assert_eq!(refused("604801"), SignatureRefusal::ExpiresTooLong);
    assert_eq!(refused(&"9".repeat(5000)), SignatureRefusal::ExpiresTooLong);
    for expires_in in [1, MAX_EXPIRES_IN] {
        let request = Presign { expires_in, ..zendesk() };
        let now = time("2022-09-06T14:14:48Z");
        assert_eq!(Sent::new(&request).verify_at(now), Ok(()), "{expires_in}");
    }
}

#[test]
fn an_unknown_access_key_is_refused_before_its_signature() {
    let sent = sent().query("AKIAIOSFODNN7EXAMPLE", "AKIAOTHER");
    assert_eq!(sent.refusal(), SignatureRefusal::UnknownAccessKey("AKIAOTHER".to_owned()));
    assert_eq!(sent.code(), "InvalidAccessKeyId");
}

// Time.

#[test]
fn a_url_is_valid_until_its_lifetime_has_passed() {
    let last = time("2022-09-06T15:14:47.999Z");
    assert_eq!(sent().verify_at(last), Ok(()));
    let end = time("2022-09-06T15:14:48Z");
    let expired = SignatureRefusal::Expired { expires_in: 3600, expired_at: end };
    assert_eq!(expired.to_string(), "Request has expired");
    assert_eq!(sent().verify_at(end), Err(expired));
}

#[test]
fn a_url_from_the_future_is_valid_within_fifteen_minutes() {
    assert_eq!(sent().verify_at(time("2022-09-06T13:59:48Z")), Ok(()));
    assert_eq!(sent().verify_at(time("2022-09-06T13:59:47Z")), Err(SignatureRefusal::NotYetValid));
}

#[test]
fn the_ends_of_the_calendar_are_dates_like_others() {
    for date in ["00000101T000000Z", "99991230T220000Z", "99991231T235959Z"] {
        let sent = sent()
            .query("20220906T141448Z", date)
            .query("%2F20220906%2F", &format!("%2F{}%2F", &date[..8]))
            .query("Expires=3600", "Expires=604800");
        let _ = sent.verify_at(Timestamp::MAX);
        let _ = sent.verify_at(Timestamp::MIN);
    }
}

#[test]
fn parameters_are_checked_before_headers_then_the_signature_then_the_time() {
    let late = time("2030-01-01T00:00:00Z");
    let forged = sent().query("66adfa50", "00000000");
    let code = |sent: &Sent| sent.verify_at(late).unwrap_err().code();
    assert_eq!(code(&forged), MISMATCH);
    let extra = forged.with("x-amz-acl", "private");
    assert_eq!(code(&extra), "AccessDenied");
    let malformed = extra.query("Expires=3600", "Expires=soon");
    assert_eq!(code(&malformed), "AuthorizationQueryParametersError");
}

// Properties.

type Pairs = Vec<(String, String)>;

fn borrow(pairs: &Pairs) -> Vec<(&str, &str)> {
    let pairs = pairs.iter();
    pairs.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

prop_compose! {
    fn any_request()(
        method in "[A-Z]{1,7}",
        host in any::<String>(),
        path in any::<String>(),
        query in prop::collection::vec(any::<(String, String)>(), 0..4),
        headers in prop::collection::vec(
            ("(x-amz-)?[A-Za-z0-9-]{1,8}", any::<String>()),
            0..4,
        ),
        second in 0..4_000_000_000_i64,
        expires_in in 0..=MAX_EXPIRES_IN,
    ) -> Sent {
        let (query, headers) = (borrow(&query), borrow(&headers));
        Sent::new(&Presign {
            method: &method,
            host: &host,
            path: &path,
            query: &query,
            headers: &headers,
            at: Timestamp::from_second(second).unwrap(),
            expires_in,
        })
    }
}

proptest! {
    #[test]
    fn whatever_is_presigned_is_verified(sent in any_request()) {
        prop_assert_eq!(sent.verify(), Ok(()));
    }

    #[test]
    fn any_other_character_in_the_signature_is_refused(
        at in 0..64_usize,
        other in any::<char>(),
    ) {
        let mut sent = sent();
        let at = sent.query.find("Signature=").unwrap() + "Signature=".len() + at;
        prop_assume!(!sent.query[at..].starts_with(other));
        sent.query.replace_range(at..=at, &other.to_string());
        prop_assert_eq!(sent.code(), MISMATCH);
    }

    #[test]
    fn any_change_of_a_signed_part_is_a_mismatch_and_is_named(
        part in 0..5,
        text in "[a-z]{1,9}",
    ) {
        let mut sent = sent();
        match part {
            0 => sent.method.push_str(&text),
            1 => sent.host.push_str(&text),
            2 => sent.path.push_str(&text),
            3 => sent.query.push_str(&text),
            _ => sent = sent.with("content-disposition", &text),
        }
        prop_assert!(sent.difference_from(&zendesk()).is_some());
    }

    #[test]
    fn no_request_makes_the_verifier_panic(
        parts in any::<(String, String, String, String)>(),
        headers in any::<Vec<(String, Vec<u8>)>>(),
    ) {
        let (method, host, path, query) = parts;
        let sent = Sent { method, host, path, query, headers, at: Timestamp::UNIX_EPOCH };
        let _ = sent.verify();
    }

    #[test]
    fn no_parameter_makes_the_verifier_panic(which in 0..8_usize, value in any::<String>()) {
        let mut sent = sent();
        let mut pairs: Vec<_> = sent.query.split('&').map(str::to_owned).collect();
        let (name, _) = pairs[which].split_once('=').unwrap();
        pairs[which] = format!("{name}={value}");
        sent.query = pairs.join("&");
        let _ = sent.verify_at(Timestamp::MAX);
    }

    #[test]
    fn no_pair_of_texts_makes_the_difference_panic(
        one in any::<String>(),
        other in ".*\n.*\n.*\n.*",
    ) {
        let _ = difference(&one, &other);
        prop_assert_eq!(difference(&other, &other), None);
    }
}
