//! Leaves out a body that the client has: 304.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Method, Response, StatusCode, request};

use crate::http::exchange::etag;
use crate::http::exchange::stored::Stored;

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

    /// Takes the body off a success that the client has. Its other headers stay.
    pub fn apply(&self, response: &mut Response<Body>) {
        let is_known = response.status() == StatusCode::OK
            && response.headers().get(ETAG).is_some_and(|tag| etag::names(&self.0, tag));
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.extensions_mut().remove::<Stored>();
            response.headers_mut().remove(CONTENT_TYPE);
            response.headers_mut().remove(CONTENT_LENGTH);
        }
    }
}
