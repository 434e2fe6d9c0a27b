//! Refusals that look the same in more than one service.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// What a service that is down shows: a page, for want of evidence of what else.
pub fn page(status: StatusCode) -> Response {
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    let body = format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
    );
    (status, headers, body).into_response()
}

/// The recorded 429, which is plain text. A limit's own `Retry-After` replaces this one.
pub fn rate_limited() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/plain")),
        (CACHE_CONTROL, HeaderValue::from_static("max-age=1,public")),
        (RETRY_AFTER, HeaderValue::from_static("1")),
    ];
    let body = "Number of allowed API requests per minute exceeded";
    (StatusCode::TOO_MANY_REQUESTS, headers, body).into_response()
}
