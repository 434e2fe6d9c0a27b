//! How the Guide gateway says what is wrong: as Guide Media is documented to.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::Error;
use crate::fidelity::Differs;
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
        Problem::Core(Error::ImageTypeDiffers { .. }) => Some(Differs::StoredType),
        Problem::Core(Error::ImageAlreadyPublished) => Some(Differs::PublishedOnce),
        _ => None,
    };
    if let Some(difference) = difference {
        exchange.recorder.differs(difference);
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
        Problem::UnknownEndpoint
        | Problem::NoSuchAccount(_)
        | Problem::NotAnId(_)
        | Problem::Forbidden(_)
        | Problem::ForeignPage
        | Problem::NotFound(_) => (StatusCode::NOT_FOUND, no_meta()),
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
        Problem::Core(error) => match error {
            Error::ImageTypeNotAllowed { .. } | Error::ImageTypeDiffers { .. } => {
                (StatusCode::BAD_REQUEST, meta("content_type", error))
            }
            Error::ImageTooLarge { .. } | Error::ImageEmpty => {
                (StatusCode::BAD_REQUEST, meta("file_size", error))
            }
            Error::UnknownImageToken | Error::ImageNotStored => {
                (bad_token_status, meta("token", error))
            }
            Error::ImageAlreadyPublished => (StatusCode::CONFLICT, meta("token", error)),
            Error::OutOfMemory { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, meta("max_memory", error))
            }
            Error::TooManyAccounts { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, meta("max_accounts", error))
            }
            // Nothing of these is asked of the Guide gateway.
            Error::UnknownUpload
            | Error::UploadAttached { .. }
            | Error::UploadTaken
            | Error::BadToken { .. }
            | Error::UnknownAttachment
            | Error::UnknownContent
            | Error::MalwareFound
            | Error::TooManyFiles { .. }
            | Error::UnknownTicket
            | Error::UnknownComment
            | Error::UnknownUser
            | Error::UnknownBrand
            | Error::TicketClosed
            | Error::DescriptionBlank
            | Error::CommentBlank
            | Error::RequesterMissing
            | Error::IdempotencyKeyReused
            | Error::AccountExists
            | Error::UnknownAccount
            | Error::AccountNeeded
            | Error::TooManyFaults { .. }
            | Error::TooManySnapshots { .. }
            | Error::UnknownSnapshot
            | Error::UnknownFault
            | Error::TooManyScans { .. }
            | Error::CommentTooLong { .. }
            | Error::TooManyCustomFields { .. }
            | Error::UnknownImage => (StatusCode::NOT_FOUND, no_meta()),
        },
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
