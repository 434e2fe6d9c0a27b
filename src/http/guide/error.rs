//! How the Guide gateway says what is wrong: as Guide Media is documented to.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::Error;
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::{Problem, rate_limited, refusal};
use crate::http::pipeline::difference_header;

/// A problem as the Guide gateway says it.
#[derive(Debug)]
pub struct GuideError {
    problem: Problem,
    bad_token_status: StatusCode,
}

impl<P: Into<Problem>> From<P> for GuideError {
    fn from(problem: P) -> Self {
        Self { problem: problem.into(), bad_token_status: StatusCode::NOT_FOUND }
    }
}

impl GuideError {
    /// Says a bad image token with this status (`bad_image_token_status`).
    pub fn with_bad_token_status(error: Error, status: u16) -> Self {
        let bad_token_status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
        Self { problem: error.into(), bad_token_status }
    }
}

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

impl IntoResponse for GuideError {
    fn into_response(self) -> Response {
        let differs = difference_header::of_guide(&self.problem);
        difference_header::noted(self.said(), differs)
    }
}

impl GuideError {
    fn said(self) -> Response {
        let Self { problem, bad_token_status } = self;
        let no_meta = Meta::default;
        let (status, meta) = match &problem {
            Problem::RateLimited { .. }
            | Problem::EndpointLimited { .. }
            | Problem::Fault { status: 429, .. } => {
                return rate_limited(&problem);
            }
            Problem::Fault { status, .. } => (
                StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
                no_meta(),
            ),
            Problem::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, no_meta()),
            Problem::UnknownEndpoint
            | Problem::NoSuchAccount(_)
            | Problem::NotAnId(_)
            | Problem::Forbidden(_) => (StatusCode::NOT_FOUND, no_meta()),
            Problem::FilenameMissing
            | Problem::FilenameTooLong { .. }
            | Problem::FileEmpty
            | Problem::FileTooLarge { .. }
            | Problem::TypeUnknown
            | Problem::FormMalformed(_)
            | Problem::JsonMalformed { .. }
            | Problem::WrongType { .. }
            | Problem::NotAllowed { .. }
            | Problem::CommentRequired
            | Problem::FaultMalformed(_)
            | Problem::JsonTooLarge { .. }
            | Problem::BodyBroken { .. } => (StatusCode::BAD_REQUEST, meta("body", &problem)),
            Problem::Property { field, reason } => (StatusCode::BAD_REQUEST, meta(field, reason)),
            Problem::BodyTimedOut { .. } => (StatusCode::REQUEST_TIMEOUT, meta("body", &problem)),
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
        refusal(&problem, (status, Json(Errors { errors: [error] })))
    }
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
