//! `/_mock/health`: the server answers.

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::exchange::json::Json;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// `GET /_mock/health`
pub async fn show() -> Response {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") }).into_response()
}
