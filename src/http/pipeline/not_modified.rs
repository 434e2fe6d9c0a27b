//! Leaves out a body that the client has: 304.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Method, Response, StatusCode, request};

use crate::http::exchange::blob_range::BlobRange;
use crate::http::exchange::refusal::RefusalReason;

/// The lists of entity tags that a request sends.
#[derive(Debug, Default)]
pub struct KnownTags(Vec<HeaderValue>);

impl KnownTags {
    /// Reads a request. Only GET and HEAD are conditional here.
    pub fn read(parts: &request::Parts) -> Self {
        let is_conditional = matches!(parts.method, Method::GET | Method::HEAD);
        let lists = parts.headers.get_all(IF_NONE_MATCH);
        Self(if is_conditional { lists.iter().cloned().collect() } else { Vec::new() })
    }

    /// Takes the body off the response with an object or a file that the client has, or with a part
    /// of it: RFC 9110 §13.2.2 puts `If-None-Match` before `Range`. Its other headers stay.
    pub fn apply(&self, response: &mut Response<Body>) {
        let is_conditional = matches!(
            response.status(),
            StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE
        );
        if is_conditional && response.headers().get(ETAG).is_some_and(|tag| self.has(tag)) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.extensions_mut().remove::<BlobRange>();
            response.extensions_mut().remove::<RefusalReason>();
            for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_RANGE] {
                response.headers_mut().remove(name);
            }
        }
    }

    /// Whether a list names a tag. RFC 9110 §13.1.2 demands weak comparison.
    fn has(&self, tag: &HeaderValue) -> bool {
        let Some(tag) = tag.to_str().ok().map(opaque) else { return false };
        let lists = self.0.iter().filter_map(|list| list.to_str().ok());
        let mut named = lists.flat_map(|list| list.split(',')).map(str::trim);
        named.any(|named| named == "*" || opaque(named) == tag)
    }
}

/// A tag without the mark of a weak one.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}
