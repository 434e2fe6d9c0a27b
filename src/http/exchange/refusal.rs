//! Refusals on their way to the step that renders them, their reasons for the log and the journal,
//! and those that look the same in more than one service.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::http::exchange::problem::Problem;

/// A response that the service of the request's route is to render.
#[derive(Debug, Clone)]
pub struct Refusal(pub Problem);

impl<P: Into<Problem>> From<P> for Refusal {
    fn from(problem: P) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// Why a response refuses something. It is among the response's extensions.
#[derive(Debug, Clone)]
pub struct RefusalReason(pub String);

/// Joins a response and why it refuses.
pub fn refuse(why: &impl std::fmt::Display, response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    response.extensions_mut().insert(RefusalReason(why.to_string()));
    response
}

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
