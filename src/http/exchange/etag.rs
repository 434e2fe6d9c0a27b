//! `If-None-Match`: what a client has already is not sent again.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, request};

/// What a request knows of the answer already, kept while the request itself goes its way.
#[derive(Debug, Default)]
pub struct Known(Vec<HeaderValue>);

impl Known {
    /// Reads a request. Only GET and HEAD ask such things of this server.
    pub fn of(parts: &request::Parts) -> Self {
        let asks = matches!(parts.method, Method::GET | Method::HEAD);
        let tags = parts.headers.get_all(IF_NONE_MATCH);
        Self(if asks { tags.iter().cloned().collect() } else { Vec::new() })
    }

    /// Leaves out of a success what the client has already. It keeps its headers.
    pub fn spare(&self, response: &mut Response<Body>) {
        let is_known = response.status() == StatusCode::OK
            && response.headers().get(ETAG).is_some_and(|tag| named(&self.0, tag));
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_TYPE);
            response.headers_mut().remove(CONTENT_LENGTH);
        }
    }
}

/// Whether the lists in `If-None-Match` headers name a tag.
pub fn is_named(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    named(headers.get_all(IF_NONE_MATCH), tag)
}

/// Weak comparison, as RFC 9110 §13.1.2 demands.
fn named<'a>(lists: impl IntoIterator<Item = &'a HeaderValue>, tag: &HeaderValue) -> bool {
    let Some(tag) = tag.to_str().ok().map(opaque) else {
        return false;
    };
    lists
        .into_iter()
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|named| named == "*" || opaque(named) == tag)
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_named_alone_in_a_list_weakly_or_by_a_star() {
        let tag = HeaderValue::from_static("W/\"x\"");
        for list in ["W/\"x\"", "\"x\"", "\"y\", W/\"x\"", "*"] {
            assert!(named([&HeaderValue::from_static(list)], &tag), "{list}");
        }
        for list in ["", "\"y\"", "x"] {
            assert!(!named([&HeaderValue::from_static(list)], &tag), "{list}");
        }
    }
}
