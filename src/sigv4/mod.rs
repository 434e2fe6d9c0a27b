//! AWS Signature Version 4 in the query string, as S3 presigns and verifies it.
//!
//! Everything here is a pure function: the keys, the request and the time go in, a query string
//! or a verdict comes out. The algorithm is that of the AWS documentation, "Authenticating
//! Requests: Using Query Parameters (AWS Signature Version 4)". Where S3 does more or less than
//! that page says, the item concerned names the observation it follows.
//!
//! The body is never signed: a presigned URL is issued before its body exists, so the last line
//! of its canonical request is always `UNSIGNED-PAYLOAD`.

mod canonical;
mod claim;
mod difference;
mod refusal;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use self::canonical::{Headers, Query, canonical};
use self::claim::Claim;
pub use self::difference::difference;
pub use self::refusal::Refusal;

/// The only region that signs and verifies.
pub const REGION: &str = "us-east-1";

/// The longest life of a presigned URL, in seconds: one week (AWS documentation, same page).
pub const MAX_EXPIRES_IN: u32 = 604_800;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "s3";
const TERMINATOR: &str = "aws4_request";
const SIGNATURE: &str = "X-Amz-Signature";
const LONG_DATE: &str = "%Y%m%dT%H%M%SZ";
const SHORT_DATE: &str = "%Y%m%d";

/// How far ahead of the server's clock a signature may be dated; S3 allows fifteen minutes.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(15);

/// An AWS access key. `Debug` shows the secret, which in an emulator is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The public half, named in `X-Amz-Credential`.
    pub access_key_id: String,
    /// The secret half, which signs.
    pub secret_access_key: String,
}

/// A request to be presigned.
#[derive(Clone, Copy, Debug)]
pub struct Presign<'a> {
    /// The method the URL is for, in upper case.
    pub method: &'a str,
    /// The `Host` header the client will send, with its port unless that is the scheme's default.
    pub host: &'a str,
    /// The path as it stands in the URL, percent-encoded where it needs to be.
    pub path: &'a str,
    /// Further query parameters, not yet encoded. The signature covers them.
    ///
    /// To let a client leave out an `x-amz-*` header, give it here and in `headers`: that is how
    /// aws-sdk-js v2 presigns. `Content-Type` given here and not in `headers` is only advice.
    pub query: &'a [(&'a str, &'a str)],
    /// The headers, besides `Host`, that the client must send with exactly these values.
    pub headers: &'a [(&'a str, &'a str)],
    /// When the URL was signed; only whole seconds count.
    pub at: Timestamp,
    /// How long the URL stays valid, in seconds. [`verify`] refuses more than [`MAX_EXPIRES_IN`].
    pub expires_in: u32,
}

/// A request as it arrived. Nothing in it is trusted.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The method.
    pub method: &'a str,
    /// The `Host` header or the authority, port included.
    pub host: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// The query string without its question mark, still percent-encoded.
    pub query: &'a str,
    /// Every header, in order, repeated ones included; [`Self::host`] replaces any `host` in it.
    pub headers: &'a [(&'a str, &'a [u8])],
}

/// Presigns a request and gives its whole query string, in plain ASCII order.
///
/// The order puts `X-Amz-Signature` before `X-Amz-SignedHeaders`, as in the URLs that Zendesk
/// documents and aws-sdk-js v2 makes.
#[must_use]
pub fn presign(keys: &Keys, request: &Presign<'_>) -> String {
    let (mut query, canonical) = prepare(keys, request);
    let signature = sign(keys, request.at, &string_to_sign(request.at, &canonical));
    query.0.insert(SIGNATURE.to_owned(), signature);
    query.to_string()
}

/// The canonical request that [`presign`] signs, to be compared with one that arrived.
#[must_use]
pub fn canonical_request(keys: &Keys, request: &Presign<'_>) -> String {
    prepare(keys, request).1
}

/// Verifies a presigned request at the time `now`.
///
/// S3 is more lenient than its documentation in four ways, which this follows:
/// * a signed `x-amz-*` header that is absent takes its value from the query parameter of that
///   name (recorded against AWS in `LocalStack`'s validated tests, 2026-02-21);
/// * the query and the path are decoded and encoded again, so their spelling does not matter
///   (aws-sdk-js#853), and a bare `+` is a space (aws4fetch#83);
/// * of a repeated query parameter only the first counts (aws-sdk-go#1495);
/// * `x-amz-content-sha256` is ignored when it is not signed (`LocalStack`).
///
/// # Errors
///
/// The first of S3's refusals that applies: parameters, then headers that were not signed, then
/// access key and signature, then time. S3's own order is not on record; this is `LocalStack`'s.
pub fn verify(keys: &Keys, request: &Received<'_>, now: Timestamp) -> Result<(), Refusal> {
    let query = Query::parse(request.query);
    let claim = Claim::read(&query)?;

    let sent = request.headers.iter();
    let mut headers = Headers::new(
        request.host,
        sent.map(|(name, value)| (*name, String::from_utf8_lossy(value))),
    );
    let unsigned = headers.not_in(&claim.signed_headers);
    if !unsigned.is_empty() {
        return Err(Refusal::HeadersNotSigned(unsigned));
    }
    if claim.access_key_id != keys.access_key_id {
        return Err(Refusal::UnknownAccessKey(claim.access_key_id));
    }

    headers.fill_from(&query);
    let canonical_request =
        canonical(request.method, request.path, &query, &headers, &claim.signed_headers);
    let string_to_sign = string_to_sign(claim.at, &canonical_request);
    // Not in constant time: the secret of an emulator is no secret.
    if claim.signature != sign(keys, claim.at, &string_to_sign) {
        return Err(Refusal::SignatureMismatch {
            access_key_id: claim.access_key_id,
            string_to_sign,
            canonical_request,
            signature: claim.signature,
        });
    }

    if claim.at.duration_since(now) > CLOCK_SKEW {
        return Err(Refusal::NotYetValid);
    }
    let life = SignedDuration::from_secs(claim.expires_in.into());
    // S3's answer in the very last second is not on record. Advancing a clock by the whole life
    // must end it, whichever fraction of a second the date has lost.
    if now.duration_since(claim.at) >= life {
        return Err(Refusal::Expired {
            expires_in: claim.expires_in,
            // A date at the very end of the calendar is valid, and its end cannot be told.
            expired_at: claim.at.checked_add(life).unwrap_or(Timestamp::MAX),
        });
    }
    Ok(())
}

/// The query of a request to presign, without its signature, and its canonical form.
fn prepare(keys: &Keys, request: &Presign<'_>) -> (Query, String) {
    let given = request.headers.iter();
    let headers =
        Headers::new(request.host, given.map(|(name, value)| (*name, Cow::Borrowed(*value))));
    let signed = headers.names();

    let mut query = Query::default();
    let credential = format!("{}/{}", keys.access_key_id, scope(request.at));
    query.add("X-Amz-Algorithm", ALGORITHM);
    query.add("X-Amz-Credential", &credential);
    query.add("X-Amz-Date", &request.at.strftime(LONG_DATE).to_string());
    query.add("X-Amz-Expires", &request.expires_in.to_string());
    query.add("X-Amz-SignedHeaders", &signed);
    for (name, value) in request.query {
        query.add(name, value);
    }
    let canonical = canonical(request.method, request.path, &query, &headers, &signed);
    (query, canonical)
}

fn string_to_sign(at: Timestamp, canonical: &str) -> String {
    let date = at.strftime(LONG_DATE);
    let hash = hex(&Sha256::digest(canonical));
    format!("{ALGORITHM}\n{date}\n{}\n{hash}", scope(at))
}

fn scope(at: Timestamp) -> String {
    let day = at.strftime(SHORT_DATE);
    format!("{day}/{REGION}/{SERVICE}/{TERMINATOR}")
}

fn sign(keys: &Keys, at: Timestamp, string_to_sign: &str) -> String {
    let secret = format!("AWS4{}", keys.secret_access_key).into_bytes();
    let key = scope(at).split('/').fold(secret, |key, part| hmac(&key, part));
    hex(&hmac(&key, string_to_sign))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
