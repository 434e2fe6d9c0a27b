//! How the Guide gateway says what is wrong: as Guide Media is documented to.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::accounts::AccountError;
use crate::core::user_images::ImageError;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::Exchange;
use crate::http::exchange::json::Json;
use crate::http::exchange::plain::rate_limited;
use crate::http::exchange::problem::Problem;

/// The Guide gateway's envelope, in the documented order of its keys.
#[derive(Serialize)]
struct Errors {
    errors: [GuideProblem; 1],
}

#[derive(Serialize)]
struct GuideProblem {
    code: &'static str,
    meta: Meta,
    status: String,
    title: &'static str,
}

/// Which property is at fault, and why. Documented errors have an empty one.
#[derive(Default, Serialize)]
struct Meta {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

fn meta(field: &'static str, reason: &dyn std::fmt::Display) -> Meta {
    Meta { field: Some(field), reason: Some(reason.to_string()) }
}

/// Renders a problem as the Guide gateway does.
pub fn render(problem: &Problem, exchange: &Exchange) -> Response {
    let difference = match problem {
        Problem::Image(ImageError::TypeDiffers { .. }) => Some(KnownDifference::StoredType),
        Problem::Image(ImageError::AlreadyPublished) => Some(KnownDifference::PublishedOnce),
        _ => None,
    };
    if let Some(difference) = difference {
        exchange.recorder.record_difference(difference);
    }
    let bad_token_status = StatusCode::from_u16(exchange.context.settings.bad_image_token_status)
        .unwrap_or(StatusCode::NOT_FOUND);
    let no_meta = Meta::default;
    let (status, meta) = match problem {
        Problem::RateLimited { .. }
        | Problem::EndpointLimited { .. }
        | Problem::Fault { status: 429, .. } => {
            return rate_limited();
        }
        Problem::Fault { status, .. } => {
            (StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE), no_meta())
        }
        Problem::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, no_meta()),
        Problem::FilenameMissing
        | Problem::FilenameTooLong { .. }
        | Problem::FileEmpty
        | Problem::FileTooLarge { .. }
        | Problem::TypeUnknown
        | Problem::FormMalformed(_)
        | Problem::JsonMalformed(_)
        | Problem::WrongType { .. }
        | Problem::NotAllowed { .. }
        | Problem::CommentRequired
        | Problem::FaultMalformed(_)
        | Problem::JsonTooLarge { .. }
        | Problem::BodyBroken { .. } => (StatusCode::BAD_REQUEST, meta("body", problem)),
        Problem::Field { .. } => (StatusCode::BAD_REQUEST, meta("body", problem)),
        Problem::Property { field, reason } => (StatusCode::BAD_REQUEST, meta(field, reason)),
        Problem::BodyTimedOut { .. } => (StatusCode::REQUEST_TIMEOUT, meta("body", problem)),
        Problem::OutOfMemory(error) => (StatusCode::SERVICE_UNAVAILABLE, meta("max_memory", error)),
        Problem::Account(error @ AccountError::TooMany { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, meta("max_accounts", error))
        }
        Problem::Image(error) => match error {
            ImageError::TypeNotAllowed { .. } | ImageError::TypeDiffers { .. } => {
                (StatusCode::BAD_REQUEST, meta("content_type", error))
            }
            ImageError::TooLarge { .. } | ImageError::Empty => {
                (StatusCode::BAD_REQUEST, meta("file_size", error))
            }
            ImageError::UnknownToken | ImageError::NotStored => {
                (bad_token_status, meta("token", error))
            }
            ImageError::AlreadyPublished => (StatusCode::CONFLICT, meta("token", error)),
            ImageError::OutOfMemory(error) => {
                (StatusCode::SERVICE_UNAVAILABLE, meta("max_memory", error))
            }
            ImageError::Unknown => (StatusCode::NOT_FOUND, no_meta()),
        },
        Problem::BadHost => (StatusCode::BAD_REQUEST, meta("host", problem)),
        // Errors of other services.
        _ => (StatusCode::NOT_FOUND, no_meta()),
    };
    let (code, title) = documented(status);
    let error = GuideProblem { code, meta, status: status.as_str().to_owned(), title };
    (status, Json(Errors { errors: [error] })).into_response()
}

/// The code and title that Guide's documentation gives to a status, and ours for the rest.
fn documented(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::BAD_REQUEST => ("BadRequest", "Invalid property"),
        StatusCode::UNAUTHORIZED => ("Unauthorized", "Unauthorized to access the resource"),
        StatusCode::NOT_FOUND => ("NotFound", "The Resource could not be found"),
        StatusCode::CONFLICT => ("Conflict", "The request causing a conflict"),
        StatusCode::REQUEST_TIMEOUT => ("RequestTimeout", "The request took too long"),
        _ => ("ServiceUnavailable", "The service is unavailable"),
    }
}
