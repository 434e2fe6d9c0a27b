//! Signed URLs of downloads, as the CDN behind Zendesk has them: on another host, for a limited
//! time, and refused to requests with credentials.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::core::clock::{self, Timestamp};
use crate::core::ids::{AccountId, FileToken};
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::query;

/// The claim of a signed URL: when it ends, how often the clock had been set back when it was made,
/// and by which host its client knows this server.
#[derive(Debug, PartialEq, Eq)]
struct UrlClaim<'a> {
    ends: i64,
    clock_turns: u64,
    host: &'a str,
}

pub fn url(context: &RequestContext, token: FileToken) -> String {
    let ends = clock::after(context.admission.now, context.settings.download_ttl).as_second();
    // A client that stays on one host keeps its credentials, and is not refused for that. Behind a
    // proxy, the host that arrives here is another one, but the same before and after.
    let leaves = context.urls.leaves_for_downloads(&context.settings);
    let host = if leaves { context.urls.host() } else { context.urls.arrived_host() };
    let claim = match context.account.clock_turns() {
        0 => format!("{ends} {host}"),
        turns => format!("{ends} {turns} {host}"),
    };
    let signature = mac(context, token, &claim).map(|mac| mac.finalize().into_bytes());
    let signature = URL_SAFE_NO_PAD.encode(signature.unwrap_or_default());
    let claim = URL_SAFE_NO_PAD.encode(claim);
    let path = path(context.account.id(), token);
    context.urls.signed(&format!("{path}?token={claim}.{signature}"), &context.settings)
}

/// The path of a file, with the number of its account, as on the CDN.
fn path(account: AccountId, token: FileToken) -> String {
    format!("/attachment/{account}/{token}")
}

/// Checks a signed URL.
///
/// # Errors
/// Why the URL does not hold.
pub fn check(
    context: &RequestContext,
    token: FileToken,
    query: &str,
    headers: &HeaderMap,
) -> Result<(), &'static str> {
    let sent = query::value(query, "token").unwrap_or_default();
    let parts = sent.split_once('.').and_then(|(claim, signature)| {
        let claim = String::from_utf8(URL_SAFE_NO_PAD.decode(claim).ok()?).ok()?;
        Some((claim, URL_SAFE_NO_PAD.decode(signature).ok()?))
    });
    let Some((claim, signature)) = parts else {
        return Err("the temporary URL has no token that can be read");
    };
    if mac(context, token, &claim).is_none_or(|mac| mac.verify_slice(&signature).is_err()) {
        return Err("the token of the temporary URL was not made for this file");
    }
    let Some(UrlClaim { ends, clock_turns, host }) = read(&claim) else {
        return Err("the token of the temporary URL says nothing");
    };
    let has_ended =
        |ends| ends <= context.admission.now || context.account.has_been(ends, clock_turns);
    if Timestamp::from_second(ends).is_ok_and(has_ended) {
        return Err("the temporary URL is past its life, download_ttl");
    }
    let is_elsewhere = !host.eq_ignore_ascii_case(context.urls.arrived_host());
    if is_elsewhere && headers.get(AUTHORIZATION).is_some_and(|sent| !sent.is_empty()) {
        return Err(
            "an Authorization header came along to another host; the client should drop it",
        );
    }
    Ok(())
}

fn read(claim: &str) -> Option<UrlClaim<'_>> {
    let (ends, rest) = claim.split_once(' ')?;
    let (clock_turns, host) = rest.split_once(' ').unwrap_or(("0", rest));
    Some(UrlClaim { ends: ends.parse().ok()?, clock_turns: clock_turns.parse().ok()?, host })
}

/// The keyed digest of a claim. HMAC takes keys of any length, so there always is one.
fn mac(context: &RequestContext, token: FileToken, claim: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&context.account.download_key()).ok()?;
    mac.update(path(context.account.id(), token).as_bytes());
    mac.update(b" ");
    mac.update(claim.as_bytes());
    Some(mac)
}

/// A redirect must not be cached: the URL behind it ends.
pub const NOT_CACHED: HeaderValue = HeaderValue::from_static("no-store");
