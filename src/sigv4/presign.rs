//! Presigned URLs: their query strings.

use std::borrow::Cow;

use jiff::Timestamp;

use super::canonical::{Headers, Query, canonical};
use super::sign::{ALGORITHM, Keys, LONG_DATE, SIGNATURE, scope, sign, string_to_sign};

/// A request to be presigned.
#[derive(Clone, Copy, Debug)]
pub struct UnsignedRequest<'a> {
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
    /// How long the URL stays valid, in seconds. `verify` refuses more than `MAX_EXPIRES_IN`.
    pub expires_in: u32,
}

/// Presigns a request and returns its whole query string, in ASCII order.
///
/// The order puts `X-Amz-Signature` before `X-Amz-SignedHeaders`, as in the URLs that Zendesk
/// documents and aws-sdk-js v2 makes.
#[must_use]
pub fn presign(keys: &Keys<'_>, request: &UnsignedRequest<'_>) -> String {
    let (mut query, canonical) = prepare(keys, request);
    let signature = sign(keys, request.at, &string_to_sign(request.at, &canonical));
    query.0.insert(SIGNATURE.to_owned(), signature);
    query.to_string()
}

/// The canonical request that [`presign`] signs, for comparison with a received one.
#[must_use]
pub fn canonical_request(keys: &Keys<'_>, request: &UnsignedRequest<'_>) -> String {
    prepare(keys, request).1
}

/// The query of a request to presign, without its signature, and its canonical form.
fn prepare(keys: &Keys<'_>, request: &UnsignedRequest<'_>) -> (Query, String) {
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
