//! How the Guide gateway says what is wrong: as Guide Media is documented to.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::ObjectError;
use crate::core::accounts::AccountError;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::Exchange;
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::rate_limited;

/// The Guide gateway's envelope, in the documented order of its keys.
#[derive(Serialize, JsonSchema)]
pub struct Errors {
    errors: [GuideProblem; 1],
}

#[derive(Serialize, JsonSchema)]
struct GuideProblem {
    code: String,
    meta: Meta,
    status: String,
    title: &'static str,
}

/// Which property is at fault, and why. Documented errors have an empty one.
#[derive(Default, Serialize, JsonSchema)]
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
    let bad_token_status = exchange.context.settings.bad_image_token_status;
    let (status, meta) = match problem {
        Problem::RateLimited { .. }
        | Problem::EndpointLimited { .. }
        | Problem::Fault { status: 429, .. } => return rate_limited(),
        Problem::Fault { status, .. } => (*status, Meta::default()),
        Problem::Panicked => (500, Meta::default()),
        Problem::Unauthenticated(_) | Problem::UnknownImpersonated => (401, Meta::default()),
        Problem::Property { field, reason } => (400, meta(field, reason)),
        Problem::JsonMalformed(_)
        | Problem::JsonTooLarge { .. }
        | Problem::FaultMalformed(_)
        | Problem::Field { .. }
        | Problem::BodyBroken { .. } => (400, meta("body", problem)),
        Problem::BodyTimedOut { .. } => (408, meta("body", problem)),
        Problem::OutOfMemory(error) => (503, meta("max_memory", error)),
        Problem::Account(error @ AccountError::TooMany { .. }) => {
            (503, meta("max_accounts", error))
        }
        Problem::Object(error) => match error {
            ObjectError::TypeNotAllowed { .. } => (400, meta("content_type", error)),
            ObjectError::TypeDiffers { .. } => {
                exchange.recorder.record_difference(KnownDifference::StoredType);
                (400, meta("content_type", error))
            }
            ObjectError::TooLarge { .. } | ObjectError::Empty(_) => (400, meta("file_size", error)),
            ObjectError::UnknownToken(_) | ObjectError::NotStored(_) => {
                (bad_token_status, meta("token", error))
            }
            ObjectError::AlreadyPublished(_) => {
                exchange.recorder.record_difference(KnownDifference::PublishedOnce);
                (409, meta("token", error))
            }
            ObjectError::OutOfMemory(error) => (503, meta("max_memory", error)),
            ObjectError::Unknown(_) => (404, Meta::default()),
        },
        Problem::Unreachable(_) => (502, Meta::default()),
        Problem::NotProxied(_) | Problem::NoImpersonation(_) | Problem::RoleTooLow { .. } => {
            (403, Meta::default())
        }
        Problem::BadHost => (400, meta("host", problem)),
        // Errors of other services.
        _ => (404, Meta::default()),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let (code, title) = code_and_title(status);
    let error = GuideProblem { code, meta, status: status.as_str().to_owned(), title };
    (status, Json(Errors { errors: [error] })).into_response()
}

/// The code and title that Guide's documentation gives to a status, and ours for the rest: the
/// phrase of HTTP, of which the code leaves out the spaces, as the documented ones do.
fn code_and_title(status: StatusCode) -> (String, &'static str) {
    let (code, title) = match status {
        StatusCode::BAD_REQUEST => ("BadRequest", "Invalid property"),
        StatusCode::UNAUTHORIZED => ("Unauthorized", "Unauthorized to access the resource"),
        StatusCode::NOT_FOUND => ("NotFound", "The Resource could not be found"),
        StatusCode::CONFLICT => ("Conflict", "The request causing a conflict"),
        StatusCode::REQUEST_TIMEOUT => ("RequestTimeout", "The request took too long"),
        StatusCode::SERVICE_UNAVAILABLE => ("ServiceUnavailable", "The service is unavailable"),
        _ => match status.canonical_reason() {
            Some(phrase) => (phrase, phrase),
            None if status.is_client_error() => ("ClientError", "The request is refused"),
            None => ("ServiceUnavailable", "The service is unavailable"),
        },
    };
    (code.replace(' ', ""), title)
}
