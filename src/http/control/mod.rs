//! `/_mock/…`: what a test does to the server rather than to Zendesk.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::ORIGIN;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::answer::Json;
use super::error::refusal;
use super::extract::Context;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// `GET /_mock/health`: the server answers.
pub async fn health() -> Response {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") }).into_response()
}

#[derive(Serialize)]
struct Reset<'a> {
    account: &'a str,
    removed: Removed,
}

#[derive(Serialize)]
struct Removed {
    uploads: usize,
    attachments: usize,
    image_tokens: usize,
    published_images: usize,
}

/// `POST /_mock/reset`: empties the account that the request is addressed to.
pub async fn reset(context: Context) -> Response {
    let held = context.account.reset();
    Json(Reset {
        account: context.account.name(),
        removed: Removed {
            uploads: held.uploads,
            attachments: held.attachments,
            image_tokens: held.image_tokens,
            published_images: held.published_images,
        },
    })
    .into_response()
}

/// Any other path or method below `/_mock`.
pub async fn unknown() -> Response {
    refused(StatusCode::NOT_FOUND, "NotFound", "no such path or method below /_mock")
}

/// Pages of other origins must not empty a developer's server.
pub async fn own_pages_only(context: Context, request: Request, next: Next) -> Response {
    let is_own = |origin: &str| context.urls.is_own_origin(origin, &context.config);
    match request.headers().get(ORIGIN) {
        Some(origin) if !origin.to_str().is_ok_and(is_own) => refused(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "the control API answers no page of another origin",
        ),
        _ => next.run(request).await,
    }
}

#[derive(Serialize)]
struct Refused {
    error: &'static str,
    description: &'static str,
}

fn refused(status: StatusCode, error: &'static str, description: &'static str) -> Response {
    refusal(&description, (status, Json(Refused { error, description })))
}
