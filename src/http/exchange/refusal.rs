//! Refusals on their way to the step that renders them, and why, for the log and the journal.

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
