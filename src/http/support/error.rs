//! How the Support API says what is wrong.

use std::collections::HashMap;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::Error;
use crate::http::exchange::json::{Json, Pretty};
use crate::http::exchange::problem::{Problem, page, rate_limited, refusal};
use crate::http::pipeline::difference_header;

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
    Unparsed {
        error: &'static str,
        message: &'static str,
    },
}

#[derive(Serialize)]
struct Title {
    title: String,
    message: String,
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

fn titled(title: impl Into<String>, message: impl Into<String>) -> Envelope {
    Envelope::Titled { error: Title { title: title.into(), message: message.into() } }
}

fn invalid_attribute(attribute: &str, must: &str) -> Envelope {
    let message = format!("You passed an invalid value for the {attribute} attribute. {must}");
    titled("Invalid attribute", message)
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
        let differs = difference_header::of_support(&self.0);
        difference_header::noted(self.said(), differs)
    }
}

impl SupportError {
    fn said(self) -> Response {
        let problem = self.0;
        let (status, body) = match &problem {
            Problem::Unauthenticated(_) => return unauthenticated(&problem),
            Problem::RateLimited { .. } => return rate_limited(&problem),
            // The envelope was recorded on incremental exports in 2022, the text on another deep list in the same year.
            Problem::EndpointLimited { limit, .. } if limit.name == "tickets-index-pagination" => {
                let text = "Pagination limit reached for offset model";
                return refusal(&problem, (StatusCode::TOO_MANY_REQUESTS, text));
            }
            Problem::EndpointLimited { limit, .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                plain(
                    "APIRateLimitExceeded",
                    format!(
                        "Number of allowed {} API requests per {} exceeded",
                        limit.name.replace('-', " "),
                        limit.window()
                    ),
                ),
            ),
            Problem::Fault { status, .. } => return faulty(&problem, *status),
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
            Problem::NotAnId(_) => {
                (StatusCode::BAD_REQUEST, invalid_attribute("id", "must be an integer"))
            }
            Problem::WrongType { attribute, must } => {
                (StatusCode::BAD_REQUEST, invalid_attribute(attribute, must))
            }
            Problem::NotAllowed { field, value } => (
                StatusCode::UNPROCESSABLE_ENTITY,
                invalid(
                    field,
                    format!("{}: {value} is not valid", label(field)),
                    Some("InvalidValue"),
                ),
            ),
            Problem::CommentRequired => (
                StatusCode::NOT_ACCEPTABLE,
                plain("CommentRequired", "A comment is required to update your request."),
            ),
            Problem::Forbidden(_) => (
                StatusCode::FORBIDDEN,
                titled(
                    "Forbidden",
                    "You do not have access to this page. Please contact the account owner of this help desk for further help.",
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
            Problem::JsonMalformed { status, .. } => (
                StatusCode::from_u16(*status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
                Envelope::Unparsed {
                    error: "Unprocessable Entity",
                    message: "Server could not parse JSON",
                },
            ),
            Problem::JsonTooLarge { .. }
            | Problem::Property { .. }
            | Problem::FaultMalformed(_) => (StatusCode::BAD_REQUEST, own("BadRequest", &problem)),
            Problem::BodyTimedOut { .. } => {
                (StatusCode::REQUEST_TIMEOUT, own("RequestTimeout", &problem))
            }
            Problem::BodyBroken { .. } => (StatusCode::BAD_REQUEST, own("BadRequest", &problem)),
            Problem::Core(error) => match error {
                Error::UnknownUpload
                | Error::UploadAttached { .. }
                | Error::UploadTaken
                | Error::UnknownAttachment
                | Error::UnknownContent
                | Error::UnknownTicket
                | Error::UnknownComment
                | Error::UnknownUser
                | Error::UnknownBrand
                | Error::AccountExists
                | Error::UnknownAccount
                | Error::AccountNeeded
                | Error::TooManyFaults { .. }
                | Error::TooManySnapshots { .. }
                | Error::UnknownSnapshot
                | Error::UnknownFault
                | Error::TooManyScans { .. }
                | Error::UnknownImage
                | Error::UnknownImageToken
                | Error::ImageNotStored => {
                    (StatusCode::NOT_FOUND, plain("RecordNotFound", "Not found"))
                }
                Error::BadToken { token, .. } => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    invalid(
                        "uploads",
                        format!("Uploads: {token} is not a valid upload token"),
                        Some("InvalidValue"),
                    ),
                ),
                Error::MalwareFound => (
                    StatusCode::FORBIDDEN,
                    plain(
                        "MalwareDetected",
                        "This attachment contains malware and cannot be downloaded",
                    ),
                ),
                Error::TicketClosed => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    invalid("status", "Status: closed prevents ticket update", None),
                ),
                Error::DescriptionBlank => blank("base", "Description"),
                Error::CommentBlank => blank("base", "Comment"),
                Error::CommentTooLong { max } => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    invalid(
                        "base",
                        format!("Comment: is too long (maximum is {max} characters)"),
                        Some("TooLong"),
                    ),
                ),
                Error::RequesterMissing => blank("requester", "Requester"),
                Error::IdempotencyKeyReused => (
                    StatusCode::BAD_REQUEST,
                    plain(
                        "IdempotentRequestError",
                        "Request parameters do not match with the given idempotency key",
                    ),
                ),
                Error::TooManyFiles { .. } | Error::TooManyCustomFields { .. } => {
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
        match body {
            // With line breaks, as recorded. A parser that stumbled over one in 2024 did so in line 2.
            Envelope::Titled { .. } => refusal(&problem, (status, Pretty(body))),
            _ => refusal(&problem, (status, Json(body))),
        }
    }
}

/// What the Support API says with a status, when nothing else is known of it.
fn faulty(problem: &Problem, status: u16) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match status {
        401 => return unauthenticated(problem),
        429 => return rate_limited(problem),
        // Recorded as plain text.
        409 => return refusal(problem, (code, "Requester creation collision - please try again")),
        500.. => return page(problem, code),
        403 => return SupportError(Problem::Forbidden("a fault")).into_response(),
        404 => plain("RecordNotFound", "Not found"),
        413 => plain("AttachmentTooLarge", "Attachment exceeds the maximum size allowed"),
        422 => invalid("base", "Something is not valid", Some("InvalidValue")),
        _ => plain("BadRequest", problem.to_string()),
    };
    refusal(problem, (code, Json(body)))
}

fn blank(field: &'static str, what: &str) -> (StatusCode, Envelope) {
    let body = invalid(field, format!("{what}: cannot be blank"), Some("BlankValue"));
    (StatusCode::UNPROCESSABLE_ENTITY, body)
}

/// The name of a field as it begins a message.
fn label(field: &str) -> String {
    let (first, rest) = field.split_at(field.len().min(1));
    first.to_uppercase() + rest
}

fn unauthenticated(problem: &Problem) -> Response {
    let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Web Password\""))];
    let body = Envelope::Bare { error: "Couldn't authenticate you" };
    refusal(problem, (StatusCode::UNAUTHORIZED, challenge, Json(body)))
}
