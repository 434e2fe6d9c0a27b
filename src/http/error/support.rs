//! How the Support API says what is wrong.

use std::collections::HashMap;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{Problem, rate_limited, refusal};
use crate::core::Error;
use crate::http::answer::Json;

/// A problem as the Support API says it.
#[derive(Debug)]
pub struct SupportError(Problem);

impl<P: Into<Problem>> From<P> for SupportError {
    fn from(problem: P) -> Self {
        Self(problem.into())
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
