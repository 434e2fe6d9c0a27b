//! Charges a large answer to the memory budget while it goes out.

use axum::body::{Body, to_bytes};
use axum::http::Method;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Response};
use http_body::Body as _;

use crate::core::blobs::Blob;
use crate::http::exchange::blob_range::BlobRange;
use crate::http::exchange::context::Exchange;
use crate::http::exchange::json::LARGE;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::route::Service;
use crate::http::pipeline::render::{Render, render_refusal};

/// Charges an answer, if it is large, until the connection has taken it. Stored bytes and lists are
/// charged already, and the files of the page are shared by all answers. A budget without room
/// refuses the answer. Answers of the control API, and of requests that may have changed something,
/// have room beside it.
pub async fn charge(
    response: Response,
    method: &Method,
    exchange: &Exchange,
    render: Render,
) -> Response {
    match response.body().size_hint().exact() {
        // Boxed, so that the future of other requests has no room for this one.
        Some(length) if length > LARGE as u64 => {
            Box::pin(charge_large(response, length, method, exchange, render)).await
        }
        _ => response,
    }
}

async fn charge_large(
    response: Response,
    length: u64,
    method: &Method,
    exchange: &Exchange,
    render: Render,
) -> Response {
    let Exchange { context, .. } = exchange;
    let account = &context.account;
    let charged = match context.route.service {
        Service::Page => return response,
        Service::Control => account.charge_beside(length),
        _ if method.is_safe() => account.charge(length),
        _ => account.charge_beside(length),
    };
    let charge = match charged {
        Ok(charge) => charge,
        Err(full) => {
            return render_refusal(Refusal::from(full).into_response(), exchange, render);
        }
    };
    let (mut parts, body) = response.into_parts();
    // A body of known length is complete.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    parts.headers.insert(CONTENT_LENGTH, length.into());
    parts.extensions.insert(BlobRange::new(Blob::new(bytes, charge), 0..length));
    Response::from_parts(parts, Body::empty())
}
