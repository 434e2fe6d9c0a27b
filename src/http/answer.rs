//! JSON answers with Zendesk's own `Content-Type`, which names the charset.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Recorded on Support and Guide alike.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Longer than most answers, so that most are written without growing.
const USUAL_LENGTH: usize = 2048;

/// A JSON answer.
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        as_type(&self.0, JSON)
    }
}

/// A JSON answer under another content type, which Zendesk gives to some.
pub fn as_type(value: &impl Serialize, content_type: HeaderValue) -> Response {
    let mut json = Vec::with_capacity(USUAL_LENGTH);
    // Nothing that we send has keys that are no strings, which is all that can fail here.
    let _ = serde_json::to_writer(&mut json, value);
    ([(CONTENT_TYPE, content_type)], json).into_response()
}
