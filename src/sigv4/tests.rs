use jiff::Timestamp;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::canonical::Query;
use super::sign::{SIGNATURE, hex};
use super::*;

const ENCRYPTION: &str = "x-amz-server-side-encryption";
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
fn aws_example() -> UnsignedRequest<'static> {
    UnsignedRequest {
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
fn zendesk() -> UnsignedRequest<'static> {
    UnsignedRequest {
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
    fn new(request: &UnsignedRequest<'_>) -> Self {
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
        let received = ReceivedRequest {
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
    fn difference_from(&self, request: &UnsignedRequest<'_>) -> Option<String> {
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

const MISMATCH: &str = "SignatureDoesNotMatch";

/// Requests, the SHA-256 of their canonical forms, and their signatures: the example of the AWS
/// documentation, two PUTs of the s3s project, and a URL in the shape of Zendesk's.
#[test]
fn known_signatures_are_reproduced() {
    let put = UnsignedRequest { method: "PUT", ..aws_example() };
    let typed = UnsignedRequest { headers: &[("content-type", "application/octet-stream")], ..put };
    for (request, hash, signature) in [
        (
            aws_example(),
            Some("3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04"),
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        ),
        (put, None, "f4db56459304dafaa603a99a23c6bea8821890259a65c18ff503a4a72a80efd9"),
        (typed, None, "fd31b71961609f4b313497cb07ab0aedd268863bd547cc198db23cf04b8f663d"),
        (
            zendesk(),
            Some("cc8fa9fc010817e29ea75a721b9921952474ee4d5383a6f547f43aac65484a45"),
            "66adfa5088ec86372d5b5e4a397a75d859f8a0feb7d30d95affef1b60482a3a7",
        ),
    ] {
        let query = presign(&keys(), &request);
        assert_eq!(Query::parse(&query).get(SIGNATURE).as_deref(), Some(signature));
        let canonical = hex(&Sha256::digest(canonical_request(&keys(), &request)));
        assert!(hash.is_none_or(|hash| hash == canonical), "{request:?}");
    }
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
fn what_s3_ignores_is_ignored() {
    let backwards = |mut sent: Sent| {
        let mut pairs: Vec<_> = sent.query.split('&').rev().collect();
        pairs.rotate_left(3);
        sent.query = pairs.join("&&");
        sent
    };
    let repeated = |mut sent: Sent| {
        sent.query.push_str("&X-Amz-Expires=604800&Content-Type=a");
        sent
    };
    let encoded_path = |mut sent: Sent| {
        sent.path = sent.path.replace('0', "%30");
        sent
    };
    let spaced = format!("  {} ", DISPOSITION.replace(' ', " \t  "));
    for same in [
        sent().with("content-type", "text/html"),
        sent().without(ENCRYPTION),
        sent().with("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        sent().without("content-disposition").with("content-disposition", spaced),
        backwards(sent()),
        repeated(sent()),
        encoded_path(sent()),
        sent().query("%2F", "/").query("%3B", ";"),
        sent().query("%2F", "%2f").query("%3B", "%3b"),
        sent().query("X-Amz-Date", "%58-Amz-Date"),
    ] {
        assert_eq!(same.verify(), Ok(()), "{same:?}");
    }
}

#[test]
fn an_amz_header_is_found_in_the_query_whatever_the_case_of_its_name() {
    let request =
        UnsignedRequest { query: &[("X-Amz-Server-Side-Encryption", "AES256")], ..zendesk() };
    assert_eq!(Sent::new(&request).without(ENCRYPTION).verify(), Ok(()));
}

#[test]
fn a_signed_header_that_is_not_amz_is_never_taken_from_the_query() {
    let request = UnsignedRequest {
        query: &[("content-disposition", DISPOSITION)],
        headers: &[("content-disposition", DISPOSITION)],
        ..zendesk()
    };
    assert_eq!(Sent::new(&request).without("content-disposition").code(), MISMATCH);
}

#[test]
fn headers_that_must_be_signed_are_refused_by_name() {
    for (sent, names) in [
        (
            sent().with("x-amz-acl", "a").with("x-amz-acl", "b").with("x-forwarded-for", "c"),
            "x-amz-acl",
        ),
        // A parameter of the query that is sent as a header too.
        (sent().with("x-amz-date", "20220906T141448Z"), "x-amz-date"),
        (sent().query("%3Bhost", ""), "host"),
        // Encoded twice.
        (sent().query("%3B", "%253B"), "host, x-amz-server-side-encryption"),
    ] {
        let SignatureRefusal::HeadersNotSigned(refused) = sent.refusal() else {
            panic!("not refused: {sent:?}");
        };
        assert_eq!(refused.join(", "), names);
        assert_eq!(sent.code(), "AccessDenied");
    }
}

#[test]
fn a_repeated_header_is_signed_as_its_values_joined_by_commas() {
    let request = UnsignedRequest { headers: &[("x-amz-meta-a", "1,2")], ..aws_example() };
    let sent = Sent::new(&request).without("x-amz-meta-a");
    let sent = sent.with("x-amz-meta-a", "1").with("x-amz-meta-a", " 2");
    assert_eq!(sent.verify(), Ok(()));
    assert_eq!(sent.with("x-amz-meta-a", "3").code(), MISMATCH);
}

#[test]
fn a_mismatch_is_explained_by_the_first_part_that_differs() {
    let edited = |edit: fn(&mut Sent)| {
        let mut sent = sent();
        edit(&mut sent);
        sent
    };
    for (sent, expected) in [
        (edited(|sent| sent.method = "POST".to_owned()), "method: signed PUT, received POST"),
        (
            edited(|sent| sent.path = "/1/42".to_owned()),
            "path: signed /20/13633840/01GC9JEN2X052BAKW905PH9C36, received /1/42",
        ),
        (
            edited(|sent| sent.host = "localhost:8080".to_owned()),
            "host: signed aus-uploaded-assets-production.s3-accelerate.amazonaws.com, \
             received localhost:8080",
        ),
        (
            sent().query("jpeg", "png"),
            "query parameter Content-Type: signed image/jpeg, received image/png",
        ),
        (
            edited(|sent| sent.query.push_str("&acl")),
            r#"query parameter acl: signed nothing, received """#,
        ),
        (
            sent().without("content-disposition"),
            r#"header content-disposition: signed "attachment; filename=\"01GC9JEN2X052BAKW905PH9C36.jpeg\"", received nothing"#,
        ),
        (
            sent().without(ENCRYPTION).with(ENCRYPTION, "aws:kms"),
            "header x-amz-server-side-encryption: signed AES256, received aws:kms",
        ),
    ] {
        assert_eq!(sent.difference_from(&zendesk()).as_deref(), Some(expected));
    }
    // The signature itself was changed, and the request was not.
    assert_eq!(sent().query("66adfa50", "66adfa51").difference_from(&zendesk()), None);
    let long = sent().query("image%2Fjpeg", &"é".repeat(5000)).difference_from(&zendesk());
    assert!(long.is_some_and(|difference| difference.chars().count() < 250));
}

#[test]
fn a_bare_plus_in_the_query_is_a_space_and_an_encoded_plus_is_a_plus() {
    let spaced = Sent::new(&UnsignedRequest { query: &[("q", "a b")], ..aws_example() });
    assert_eq!(spaced.clone().query("a%20b", "a+b").verify(), Ok(()));
    assert_eq!(spaced.query("a%20b", "a%2Bb").code(), MISMATCH);
}

#[test]
fn bytes_that_are_not_utf8_survive_canonicalisation() {
    let mut sent = sent().without("content-disposition").with("content-disposition", [0xff]);
    sent.path = "/%ff%FE%zz%".to_owned();
    sent.query.push_str("&%ff=%fe");
    let SignatureRefusal::SignatureMismatch { canonical_request, .. } = sent.refusal() else {
        panic!("not a mismatch");
    };
    assert!(canonical_request.starts_with("PUT\n/%FF%FE%25zz%25\n%FF=%FE&Content-Type="));
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
        let request = UnsignedRequest { expires_in, ..zendesk() };
        let now = time("2022-09-06T14:14:48Z");
        assert_eq!(Sent::new(&request).verify_at(now), Ok(()), "{expires_in}");
    }
}

#[test]
fn a_url_is_valid_from_fifteen_minutes_before_its_date_until_its_lifetime_has_passed() {
    let end = time("2022-09-06T15:14:48Z");
    let expired = SignatureRefusal::Expired { expires_in: 3600, expired_at: end };
    let early = SignatureRefusal::NotYetValid { at: time("2022-09-06T14:14:48Z"), expires_at: end };
    assert_eq!(sent().verify_at(time("2022-09-06T13:59:47Z")), Err(early));
    assert_eq!(sent().verify_at(time("2022-09-06T13:59:48Z")), Ok(()));
    assert_eq!(sent().verify_at(time("2022-09-06T15:14:47.999Z")), Ok(()));
    assert_eq!(sent().verify_at(end), Err(expired));
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
fn parameters_are_checked_before_the_time_then_headers_then_the_key_then_the_signature() {
    let now = time("2022-09-06T14:14:48Z");
    let code = |sent: &Sent| sent.verify_at(now).unwrap_err().code();
    let forged = sent().query("66adfa50", "00000000");
    assert_eq!(code(&forged), MISMATCH);
    let unknown = forged.query("AKIAIOSFODNN7EXAMPLE", "AKIAOTHER");
    assert_eq!(code(&unknown), "InvalidAccessKeyId");
    let extra = unknown.with("x-amz-acl", "private");
    assert_eq!(code(&extra), "AccessDenied");
    assert!(matches!(
        extra.verify_at(time("2030-01-01T00:00:00Z")),
        Err(SignatureRefusal::Expired { .. })
    ));
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
        Sent::new(&UnsignedRequest {
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
