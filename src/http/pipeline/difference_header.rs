//! The header that names in which known differences from Zendesk a response took part.

use axum::http::{HeaderName, HeaderValue, Response};

use crate::fidelity::DifferenceSet;

pub const HEADER: HeaderName = HeaderName::from_static("x-zendesk-mock-difference");

/// Names differences on a response.
pub fn name<B>(differences: DifferenceSet, response: &mut Response<B>) {
    let mut names = differences.names();
    let value = match (names.next(), names.next()) {
        (None, _) => return,
        (Some(only), None) => Some(HeaderValue::from_static(only)),
        _ => differences.names().collect::<Vec<_>>().join(", ").try_into().ok(),
    };
    if let Some(value) = value {
        response.headers_mut().insert(HEADER, value);
    }
}
