//! Verification of a presigned request.

use jiff::{SignedDuration, Timestamp};

use super::auth_parameters::AuthParameters;
use super::canonical::{Headers, Query, canonical};
use super::refusal::SignatureRefusal;
use super::sign::{Keys, sign, string_to_sign};

/// How far ahead of the server's clock a signature may be dated; S3 allows fifteen minutes.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(15);

/// A request as it arrived. Nothing in it is trusted.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedRequest<'a> {
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
/// The first of S3's refusals that applies: parameters, then time, then headers that were not
/// signed, then access key and signature. S3's own order is not on record; that time comes
/// before headers, key and signature is that of implementations checked against S3 (2026-11).
pub fn verify(
    keys: &Keys<'_>,
    request: &ReceivedRequest<'_>,
    now: Timestamp,
) -> Result<(), SignatureRefusal> {
    let query = Query::parse(request.query);
    let auth = AuthParameters::read(&query)?;
    check_time(&auth, now)?;

    let sent = request.headers.iter();
    let mut headers = Headers::new(
        request.host,
        sent.map(|(name, value)| (*name, String::from_utf8_lossy(value))),
    );
    let unsigned = headers.not_in(&auth.signed_headers);
    if !unsigned.is_empty() {
        return Err(SignatureRefusal::HeadersNotSigned(unsigned));
    }
    if auth.access_key_id != keys.access_key_id {
        return Err(SignatureRefusal::UnknownAccessKey(auth.access_key_id));
    }

    headers.fill_from(&query);
    let canonical_request =
        canonical(request.method, request.path, &query, &headers, &auth.signed_headers);
    let string_to_sign = string_to_sign(auth.at, &canonical_request);
    // The secret of an emulator is public, so the comparison need not take constant time.
    if auth.signature != sign(keys, auth.at, &string_to_sign) {
        return Err(SignatureRefusal::SignatureMismatch {
            access_key_id: auth.access_key_id,
            string_to_sign,
            canonical_request,
            signature: auth.signature,
        });
    }
    Ok(())
}

fn check_time(auth: &AuthParameters, now: Timestamp) -> Result<(), SignatureRefusal> {
    let lifetime = SignedDuration::from_secs(auth.expires_in.into());
    // `X-Amz-Date` may be valid although the end of the lifetime is out of range.
    let end = auth.at.checked_add(lifetime).unwrap_or(Timestamp::MAX);
    if auth.at.duration_since(now) > CLOCK_SKEW {
        return Err(SignatureRefusal::NotYetValid { at: auth.at, expires_at: end });
    }
    // S3's answer in the last second is not on record. Advancing a clock by the whole lifetime
    // ends it, although `X-Amz-Date` omits the fraction of a second.
    if now.duration_since(auth.at) >= lifetime {
        return Err(SignatureRefusal::Expired { expires_in: auth.expires_in, expired_at: end });
    }
    Ok(())
}
