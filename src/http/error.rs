//! What can be wrong with a request, and how the Support API and the Guide gateway say it: two
//! exhaustive matches. How S3 says it is in `bucket`.
//!
//! What is shown is Zendesk's own wording where that is known. What is logged is why.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::answer::Json;
use crate::core::Error;

/// What is wrong with a request.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Problem {
    /// No credentials where some are needed, or none that we know.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Too many requests in this minute of the account's clock.
    #[error("rate_limit is {limit} requests a minute")]
    RateLimited {
        /// The limit.
        limit: u32,
    },
    /// The path or method is none of ours.
    #[error("no such path or method")]
    UnknownEndpoint,
    /// The path names an account that cannot exist.
    #[error("{0:?} cannot be the name of an account: use letters, digits, hyphens and underscores")]
    NoSuchAccount(String),
    /// A path segment that should be a number.
    #[error("{0:?} is not an attachment id")]
    NotAnId(String),
    /// No file name.
    #[error("the filename parameter is missing or blank")]
    FilenameMissing,
    /// A file name over the limit.
    #[error("the file name has {length} characters; max_filename_length is {max}")]
    FilenameTooLong {
        /// Its length in characters.
        length: usize,
        /// The limit.
        max: usize,
    },
    /// No bytes.
    #[error("the file is empty")]
    FileEmpty,
    /// Too many bytes.
    #[error("the file is larger than max_upload_size, {max} bytes")]
    FileTooLarge {
        /// The limit in bytes.
        max: u64,
        /// The status to say it with.
        status: u16,
    },
    /// No content type, and `unknown_type` is `reject`.
    #[error("neither Content-Type nor the file name says what this is, and unknown_type is reject")]
    TypeUnknown,
    /// A multipart form that cannot be parsed.
    #[error("the multipart form is malformed: {0}")]
    FormMalformed(String),
    /// A body that is no JSON object.
    #[error("the body is not a JSON object: {0}")]
    JsonMalformed(String),
    /// A JSON body over the limit.
    #[error("the JSON body is larger than {max} bytes")]
    JsonTooLarge {
        /// The limit in bytes.
        max: usize,
    },
    /// A property of a JSON body that is missing or of the wrong type.
    #[error("{field}: {reason}")]
    Property {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The body stopped arriving.
    #[error("the body stopped arriving after {received} bytes; body_timeout is {patience:?}")]
    BodyTimedOut {
        /// Bytes that had arrived.
        received: u64,
        /// How long the server waited.
        patience: Duration,
    },
    /// The body ended early or is badly framed.
    #[error("the body broke off after {received} bytes: {cause}")]
    BodyBroken {
        /// Bytes that had arrived.
        received: u64,
        /// What the connection said.
        cause: String,
    },
    /// The account refused.
    #[error(transparent)]
    Core(#[from] Error),
}

/// Why an answer refuses something. It travels beside the answer, to the log.
#[derive(Debug, Clone)]
pub struct Why(pub String);

/// Joins an answer and why it refuses.
pub fn refusal(why: &impl std::fmt::Display, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.extensions_mut().insert(Why(why.to_string()));
    response
}

/// A problem as the Support API says it.
#[derive(Debug)]
pub struct SupportError(Problem);

impl<P: Into<Problem>> From<P> for SupportError {
    fn from(problem: P) -> Self {
        Self(problem.into())
    }
}

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

/// The Support API's envelopes, in the recorded order of their keys.
#[derive(Serialize)]
#[serde(untagged)]
enum Envelope {
    Plain {
        error: &'static str,
        description: String,
    },
    Titled {
        error: Title,
    },
    Invalid {
        error: &'static str,
        description: &'static str,
        details: HashMap<&'static str, [Detail; 1]>,
    },
    Bare {
        error: &'static str,
    },
}

#[derive(Serialize)]
struct Title {
    title: String,
    message: &'static str,
}

#[derive(Serialize)]
struct Detail {
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

fn plain(error: &'static str, description: impl Into<String>) -> Envelope {
    Envelope::Plain { error, description: description.into() }
}

fn titled(title: impl Into<String>, message: &'static str) -> Envelope {
    Envelope::Titled { error: Title { title: title.into(), message } }
}

fn invalid(
    field: &'static str,
    description: impl Into<String>,
    error: Option<&'static str>,
) -> Envelope {
    Envelope::Invalid {
        error: "RecordInvalid",
        description: "Record validation errors",
        details: HashMap::from([(field, [Detail { description: description.into(), error }])]),
    }
}

/// An answer in the Support API's ordinary envelope, for problems that only this server has.
fn own(error: &'static str, problem: &Problem) -> Envelope {
    plain(error, problem.to_string())
}

impl IntoResponse for SupportError {
    fn into_response(self) -> Response {
        let problem = self.0;
        let (status, body) = match &problem {
            Problem::Unauthenticated(_) => return unauthenticated(&problem),
            Problem::RateLimited { .. } => return rate_limited(&problem),
            Problem::UnknownEndpoint => {
                (StatusCode::NOT_FOUND, plain("InvalidEndpoint", "Not found"))
            }
            Problem::NoSuchAccount(name) => (
                StatusCode::NOT_FOUND,
                titled(
                    format!("No help desk at {name}"),
                    "There is no help desk configured at this address. This means that the address is available \
                     and that you can claim it at http://www.zendesk.com/signup",
                ),
            ),
            Problem::NotAnId(_) => (
                StatusCode::BAD_REQUEST,
                titled(
                    "Invalid attribute",
                    "You passed an invalid value for the id attribute. must be an integer",
                ),
            ),
            Problem::FilenameMissing => {
                (StatusCode::UNPROCESSABLE_ENTITY, invalid("filename", "cannot be blank", None))
            }
            Problem::FilenameTooLong { max, .. } => (
                StatusCode::UNPROCESSABLE_ENTITY,
                plain(
                    "AttachmentFilenameTooLong",
                    format!("The filename is too long (maximum is {max} characters)"),
                ),
            ),
            Problem::FileEmpty => (
                StatusCode::UNPROCESSABLE_ENTITY,
                invalid("size", "Size Size is not included in the list (1..1073741824)", None),
            ),
            Problem::FileTooLarge { status, .. } => (
                StatusCode::from_u16(*status).unwrap_or(StatusCode::PAYLOAD_TOO_LARGE),
                plain("AttachmentTooLarge", "Attachment exceeds the maximum size allowed"),
            ),
            Problem::TypeUnknown => (
                StatusCode::UNPROCESSABLE_ENTITY,
                invalid("content_type", "Content type cannot be blank", Some("BlankValue")),
            ),
            Problem::FormMalformed(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                plain("AttachmentUnprocessable", "The uploaded file could not be processed"),
            ),
            Problem::JsonMalformed(_) | Problem::JsonTooLarge { .. } | Problem::Property { .. } => {
                (StatusCode::BAD_REQUEST, own("BadRequest", &problem))
            }
            Problem::BodyTimedOut { .. } => {
                (StatusCode::REQUEST_TIMEOUT, own("RequestTimeout", &problem))
            }
            Problem::BodyBroken { .. } => (StatusCode::BAD_REQUEST, own("BadRequest", &problem)),
            Problem::Core(error) => match error {
                Error::UnknownUpload
                | Error::UnknownAttachment
                | Error::UnknownContent
                | Error::UnknownImage
                | Error::UnknownImageToken
                | Error::ImageNotStored => {
                    (StatusCode::NOT_FOUND, plain("RecordNotFound", "Not found"))
                }
                Error::TooManyFiles { .. } => {
                    (StatusCode::UNPROCESSABLE_ENTITY, invalid("base", error.to_string(), None))
                }
                Error::OutOfMemory { .. } => {
                    (StatusCode::SERVICE_UNAVAILABLE, own("OutOfMemory", &problem))
                }
                Error::TooManyAccounts { .. } => {
                    (StatusCode::SERVICE_UNAVAILABLE, own("TooManyAccounts", &problem))
                }
                Error::ImageTypeNotAllowed { .. }
                | Error::ImageTooLarge { .. }
                | Error::ImageEmpty
                | Error::ImageTypeDiffers { .. }
                | Error::ImageAlreadyPublished => {
                    (StatusCode::UNPROCESSABLE_ENTITY, invalid("base", error.to_string(), None))
                }
            },
        };
        refusal(&problem, (status, Json(body)))
    }
}

fn unauthenticated(problem: &Problem) -> Response {
    let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Web Password\""))];
    let body = Envelope::Bare { error: "Couldn't authenticate you" };
    refusal(problem, (StatusCode::UNAUTHORIZED, challenge, Json(body)))
}

/// The recorded 429 is plain text, whichever service it comes from. What `Retry-After` says is
/// for whoever knows the clock.
fn rate_limited(problem: &Problem) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/plain")),
        (CACHE_CONTROL, HeaderValue::from_static("max-age=1,public")),
        (RETRY_AFTER, HeaderValue::from_static("1")),
    ];
    let body = "Number of allowed API requests per minute exceeded";
    refusal(problem, (StatusCode::TOO_MANY_REQUESTS, headers, body))
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
        let Self { problem, bad_token_status } = self;
        let no_meta = Meta::default;
        let (status, meta) = match &problem {
            Problem::RateLimited { .. } => return rate_limited(&problem),
            Problem::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, no_meta()),
            Problem::UnknownEndpoint | Problem::NoSuchAccount(_) | Problem::NotAnId(_) => {
                (StatusCode::NOT_FOUND, no_meta())
            }
            Problem::FilenameMissing
            | Problem::FilenameTooLong { .. }
            | Problem::FileEmpty
            | Problem::FileTooLarge { .. }
            | Problem::TypeUnknown
            | Problem::FormMalformed(_)
            | Problem::JsonMalformed(_)
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
                Error::UnknownUpload
                | Error::UnknownAttachment
                | Error::UnknownContent
                | Error::TooManyFiles { .. }
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
