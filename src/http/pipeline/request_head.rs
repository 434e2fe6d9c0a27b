//! The head of a request: how long it may be, how many headers it may have, and its host.

use axum::body::Body;
use axum::http::header::{CONNECTION, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Version};
use axum::response::Response;

use crate::http::pipeline::reason_header::REASON;

/// The longest head, in bytes. hyper reads up to twice as much before it gives up, so the length
/// that it refuses depends on how the bytes arrive.
const LONGEST: usize = 64 * 1024;

/// As many headers as hyper reads of HTTP/1. Of a head of HTTP/2, hyper bounds only the length.
const MOST_HEADERS: usize = 100;

/// The answer to a request whose head is too long. Nothing else of it is read.
pub fn refuse(parts: &Parts) -> Option<Response<Body>> {
    if length(parts) > LONGEST {
        return Some(refusal("the head of the request has more than 65536 bytes"));
    }
    let has_too_many = parts.headers.len() > MOST_HEADERS;
    has_too_many.then(|| refusal("the request has more than 100 headers"))
}

/// The bytes of a head as HTTP/1 writes it.
fn length(parts: &Parts) -> usize {
    // The version, what separates the words of the first line, and the empty line at the end.
    const AROUND: usize = 14;
    // A colon, a space and the end of the line.
    const PER_HEADER: usize = 4;
    let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
    let authority = parts.uri.authority().map_or(0, |authority| authority.as_str().len());
    let headers = parts.headers.iter();
    let headers =
        headers.map(|(name, value)| name.as_str().len() + value.len() + PER_HEADER).sum::<usize>();
    parts.method.as_str().len() + authority + target + AROUND + headers
}

fn refusal(why: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(REASON, HeaderValue::from_static(why));
    response
}

/// HTTP/2 names the host in its target. One header `Host` stays (RFC 9113, section 8.3.1), which is
/// what presigned URLs sign.
pub fn name_host(parts: &mut Parts) {
    if parts.version != Version::HTTP_2 {
        return;
    }
    let authority =
        parts.uri.authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    if let Some(Ok(authority)) = authority
        && parts.headers.get(HOST).is_none_or(|host| *host != authority)
    {
        // A second one that differs makes the request invalid.
        parts.headers.append(HOST, authority);
    }
}
