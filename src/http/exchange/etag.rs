//! `If-None-Match`: which entity tags a client has.

use axum::http::header::IF_NONE_MATCH;
use axum::http::{HeaderMap, HeaderValue};

/// Whether the lists in `If-None-Match` headers name a tag.
pub fn is_named(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    names(headers.get_all(IF_NONE_MATCH), tag)
}

/// Whether lists name a tag. RFC 9110 §13.1.2 demands weak comparison.
pub fn names<'a>(lists: impl IntoIterator<Item = &'a HeaderValue>, tag: &HeaderValue) -> bool {
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
            assert!(names([&HeaderValue::from_static(list)], &tag), "{list}");
        }
        for list in ["", "\"y\"", "x"] {
            assert!(!names([&HeaderValue::from_static(list)], &tag), "{list}");
        }
    }
}
