//! How the Support API says what is wrong.

use std::collections::HashMap;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::accounts::AccountError;
use crate::core::attachments::AttachmentError;
use crate::core::blobs::OutOfMemory;
use crate::core::tickets::TicketError;
use crate::core::uploads::{BadTokenError, UploadError};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::Exchange;
use crate::http::exchange::json::{Json, Pretty};
use crate::http::exchange::plain::{page, rate_limited};
use crate::http::exchange::problem::Problem;
use crate::http::support::json_input::TOO_MANY;

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
fn own(error: &'static str, problem: &impl ToString) -> Envelope {
    plain(error, problem.to_string())
}

/// Renders a problem as the Support API does.
pub fn render(problem: &Problem, exchange: &Exchange) -> Response {
    if let Some(difference) = difference(problem) {
        exchange.recorder.record_difference(difference);
    }
    let settings = &exchange.context.settings;
    let (status, body) = match problem {
        Problem::Unauthenticated(_) => return unauthenticated(),
        Problem::RateLimited { .. } => return rate_limited(),
        // The envelope was recorded on incremental exports in 2022, the text on another deep list in the same year.
        Problem::EndpointLimited { limit, .. } if limit.name == "tickets-index-pagination" => {
            let text = "Pagination limit reached for offset model";
            return (StatusCode::TOO_MANY_REQUESTS, text).into_response();
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
        Problem::Fault { status, .. } => return faulty(problem, *status),
        Problem::UnknownEndpoint | Problem::NotEmulated(_) => {
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
        Problem::NotAllowed { field, value, .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            invalid(field, format!("{}: {value} is not valid", label(field)), Some("InvalidValue")),
        ),
        Problem::CommentRequired => (
            StatusCode::NOT_ACCEPTABLE,
            plain("CommentRequired", "A comment is required to update your request."),
        ),
        Problem::Forbidden(_) | Problem::ForeignPage => forbidden(),
        Problem::NotFound(_) => not_found(),
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
        Problem::FileTooLarge { .. } => (
            StatusCode::from_u16(settings.too_large_status)
                .unwrap_or(StatusCode::PAYLOAD_TOO_LARGE),
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
        Problem::JsonMalformed(_) => (
            StatusCode::from_u16(settings.malformed_json_status)
                .unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
            Envelope::Unparsed {
                error: "Unprocessable Entity",
                message: "Server could not parse JSON",
            },
        ),
        Problem::JsonTooLarge { .. }
        | Problem::Property { .. }
        | Problem::Field { .. }
        | Problem::BadHost
        | Problem::FaultMalformed(_)
        | Problem::BodyBroken { .. } => (StatusCode::BAD_REQUEST, own("BadRequest", problem)),
        Problem::BodyTimedOut { .. } => {
            (StatusCode::REQUEST_TIMEOUT, own("RequestTimeout", problem))
        }
        Problem::Upload(error) => upload(error),
        Problem::Attachment(error) => attachment(error),
        Problem::Ticket(error) => ticket(error),
        Problem::OutOfMemory(error) => out_of_memory(error),
        Problem::Account(AccountError::TooMany { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, own("TooManyAccounts", problem))
        }
        // Users and brands. The rest belongs to other services.
        _ => not_found(),
    };
    match body {
        // With line breaks, as recorded. A parser that stumbled over one in 2024 did so in line 2.
        Envelope::Titled { .. } => (status, Pretty(body)).into_response(),
        _ => (status, Json(body)).into_response(),
    }
}

/// In what a refusal is known to differ from Zendesk's.
fn difference(problem: &Problem) -> Option<KnownDifference> {
    match problem {
        Problem::FileTooLarge { .. } => Some(KnownDifference::UploadLimit),
        Problem::JsonMalformed(_) => Some(KnownDifference::MalformedJson),
        Problem::JsonTooLarge { .. } | Problem::WrongType { must: TOO_MANY, .. } => {
            Some(KnownDifference::TextLimits)
        }
        Problem::EndpointLimited { .. } => Some(KnownDifference::EndpointRefusal),
        Problem::Upload(UploadError::TooManyFiles { .. }) => Some(KnownDifference::FilesPerUpload),
        Problem::Ticket(TicketError::BadToken(_)) => Some(KnownDifference::BadTokenRefused),
        Problem::Ticket(
            TicketError::CommentTooLong { .. } | TicketError::TooManyCustomFields { .. },
        ) => Some(KnownDifference::TextLimits),
        _ => None,
    }
}

fn upload(error: &UploadError) -> (StatusCode, Envelope) {
    match error {
        UploadError::Unknown | UploadError::Attached { .. } | UploadError::Taken => not_found(),
        UploadError::TooManyFiles { .. } => unprocessable(error),
        UploadError::OutOfMemory(error) => out_of_memory(error),
    }
}

fn attachment(error: &AttachmentError) -> (StatusCode, Envelope) {
    match error {
        AttachmentError::Unknown | AttachmentError::UnknownContent => not_found(),
        AttachmentError::MalwareFound => (
            StatusCode::FORBIDDEN,
            plain("MalwareDetected", "This attachment contains malware and cannot be downloaded"),
        ),
    }
}

fn ticket(error: &TicketError) -> (StatusCode, Envelope) {
    let invalid = |field, description: String, error| {
        (StatusCode::UNPROCESSABLE_ENTITY, invalid(field, description, error))
    };
    let blank =
        |field, what: &str| invalid(field, format!("{what}: cannot be blank"), Some("BlankValue"));
    match error {
        TicketError::Unknown | TicketError::UnknownComment => not_found(),
        TicketError::Closed => {
            invalid("status", "Status: closed prevents ticket update".to_owned(), None)
        }
        TicketError::DescriptionBlank => blank("base", "Description"),
        TicketError::CommentBlank => blank("base", "Comment"),
        TicketError::CommentTooLong { max } => {
            let description = format!("Comment: is too long (maximum is {max} characters)");
            invalid("base", description, Some("TooLong"))
        }
        TicketError::TooManyCustomFields { .. } => unprocessable(error),
        TicketError::RequesterMissing => blank("requester", "Requester"),
        TicketError::IdempotencyKeyReused => (
            StatusCode::BAD_REQUEST,
            plain(
                "IdempotentRequestError",
                "Request parameters do not match with the given idempotency key",
            ),
        ),
        TicketError::BadToken(BadTokenError { token, .. }) => {
            let description = format!("Uploads: {token} is not a valid upload token");
            invalid("uploads", description, Some("InvalidValue"))
        }
        TicketError::Attachment(error) => attachment(error),
        TicketError::OutOfMemory(error) => out_of_memory(error),
    }
}

/// What is not known of Zendesk, in the words of the error.
fn unprocessable(error: &impl ToString) -> (StatusCode, Envelope) {
    (StatusCode::UNPROCESSABLE_ENTITY, invalid("base", error.to_string(), None))
}

fn out_of_memory(error: &OutOfMemory) -> (StatusCode, Envelope) {
    (StatusCode::SERVICE_UNAVAILABLE, own("OutOfMemory", error))
}

fn not_found() -> (StatusCode, Envelope) {
    (StatusCode::NOT_FOUND, plain("RecordNotFound", "Not found"))
}

fn forbidden() -> (StatusCode, Envelope) {
    let message = "You do not have access to this page. Please contact the account owner of this \
                   help desk for further help.";
    (StatusCode::FORBIDDEN, titled("Forbidden", message))
}

/// What the Support API shows with a status, where nothing else is known of it.
fn faulty(problem: &Problem, status: u16) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match status {
        401 => return unauthenticated(),
        429 => return rate_limited(),
        // Recorded as plain text.
        409 => return (code, "Requester creation collision - please try again").into_response(),
        500.. => return page(code),
        403 => {
            let (code, body) = forbidden();
            return (code, Pretty(body)).into_response();
        }
        404 => plain("RecordNotFound", "Not found"),
        413 => plain("AttachmentTooLarge", "Attachment exceeds the maximum size allowed"),
        422 => invalid("base", "Something is not valid", Some("InvalidValue")),
        _ => plain("BadRequest", problem.to_string()),
    };
    (code, Json(body)).into_response()
}

/// The name of a field as it begins a message.
fn label(field: &str) -> String {
    let (first, rest) = field.split_at(field.len().min(1));
    first.to_uppercase() + rest
}

fn unauthenticated() -> Response {
    let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Web Password\""))];
    let body = Envelope::Bare { error: "Couldn't authenticate you" };
    (StatusCode::UNAUTHORIZED, challenge, Json(body)).into_response()
}
