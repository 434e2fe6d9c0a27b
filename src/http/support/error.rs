//! How the Support API says what is wrong.

mod detail;
mod difference;
mod envelope;
mod file;
mod user;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

pub use self::detail::describe;
use self::difference::find_difference;
pub use self::envelope::Envelope;
use self::envelope::{
    forbidden, ids_exhausted, invalid, invalid_attribute, not_found, out_of_memory, plain, titled,
    too_large,
};
use self::user::user;
use crate::core::account::CallerError;
use crate::core::accounts::AccountError;
use crate::core::attachments::AttachmentError;
use crate::core::file_checks::FailedCheck;
use crate::core::tickets::TicketError;
use crate::core::uploads::{BadTokenError, UploadError};
use crate::http::exchange::context::Exchange;
use crate::http::exchange::json::{Json, PrettyJson};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::{page, rate_limited};

/// Renders a problem as the Support API does.
pub fn render(problem: &Problem, exchange: &Exchange) -> Response {
    if let Some(difference) = find_difference(problem) {
        exchange.recorder.record_difference(difference);
    }
    let settings = &exchange.context.settings;
    let (status, body) = match problem {
        Problem::Unauthenticated(_) | Problem::Fault { status: 401, .. } => {
            return unauthenticated();
        }
        Problem::RateLimited { .. } | Problem::Fault { status: 429, .. } => return rate_limited(),
        // Recorded as plain text.
        Problem::Fault { status: 409, .. } => {
            let text = "Requester creation collision - please try again";
            return (StatusCode::CONFLICT, text).into_response();
        }
        Problem::Fault { status: status @ 500.., .. } => {
            return page(
                StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            );
        }
        // How Rails answers; the body is unknown.
        Problem::FileCheck(FailedCheck::EmptyContentType) => {
            return StatusCode::NOT_ACCEPTABLE.into_response();
        }
        Problem::Panicked => return page(StatusCode::INTERNAL_SERVER_ERROR),
        Problem::Fault { status, .. } => (*status, fault_body(*status, problem)),
        // The envelope was recorded on incremental exports in 2022, the text on another deep list
        // in the same year.
        Problem::EndpointLimited { limit, .. } if limit.name == "tickets-index-pagination" => {
            let text = "Pagination limit reached for offset model";
            return (StatusCode::TOO_MANY_REQUESTS, text).into_response();
        }
        Problem::EndpointLimited { limit, .. } => {
            let (name, window) = (limit.name.replace('-', " "), limit.window());
            let text = format!("Number of allowed {name} API requests per {window} exceeded");
            (429, plain("APIRateLimitExceeded", text))
        }
        Problem::UnknownEndpoint | Problem::NotEmulated(_) => {
            (404, plain("InvalidEndpoint", "Not found"))
        }
        Problem::NoSuchAccount(name) => {
            let text = "There is no help desk configured at this address. This means that the \
                        address is available and that you can claim it at \
                        http://www.zendesk.com/signup";
            (404, titled(format!("No help desk at {name}"), text))
        }
        Problem::NotAnId(_) => (400, invalid_attribute("id", "must be an integer")),
        Problem::WrongType { attribute, must } => (400, invalid_attribute(attribute, must)),
        // A user quoted it (2016-01-26).
        Problem::NoDate { attribute, .. } => {
            (400, invalid_attribute(attribute, "It must be an acceptable ISO 8601 date format"))
        }
        // The text is that of Zendesk's description of trigger categories, and of a client's note
        // of 2026 about tickets.
        Problem::Pagination { parameter, .. } => {
            (400, plain("InvalidPaginationParameter", format!("{parameter} is not valid")))
        }
        Problem::PageNumber { parameter, .. } => {
            let must = format!("Invalid parameter: {parameter} must be an integer");
            (400, invalid_attribute(parameter, &must))
        }
        Problem::NotAllowed { field, value, .. } => (422, not_allowed(field, value)),
        // The text is that of readers of exports (2016 to 2018), with the documented delay.
        Problem::StartTooRecent { delay } => {
            let age = match delay.as_secs() {
                60 => "1 minute".to_owned(),
                seconds if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
                seconds => format!("{seconds} seconds"),
            };
            let text = format!("Too recent start_time. Use a start_time older than {age}");
            (422, plain("InvalidValue", text))
        }
        Problem::TooManyValues { max } => {
            let description = format!("Parameter  cannot specify more than {max} values");
            let error = "TooManyValues";
            (400, Envelope::TooMany { error, description, max_count: *max })
        }
        Problem::Ticket(TicketError::NotShown) if settings.hidden_request_status == 403 => {
            (403, forbidden())
        }
        // A client library quotes the first one.
        Problem::SearchTooDeep { .. } => {
            let text =
                "Invalid search: Requested response size was greater than Search Response Limits";
            (422, plain("invalid", text))
        }
        Problem::InvalidSearch(_) | Problem::IllegalSearchDate { .. } => {
            (422, plain("invalid", format!("Invalid search: {problem}")))
        }
        Problem::CommentRequired => {
            (406, plain("CommentRequired", "A comment is required to update your request."))
        }
        Problem::UnknownImpersonated => {
            let error_description = "The access token provided is expired, revoked, malformed or \
                                     invalid for other reasons.";
            (401, Envelope::Token { error: "invalid_token", error_description })
        }
        Problem::Unreachable(_) => (502, plain("BadGateway", problem.to_string())),
        Problem::Forbidden(_)
        | Problem::ForeignPage
        | Problem::NoImpersonation(_)
        | Problem::RoleTooLow { .. } => (403, forbidden()),
        Problem::NotProxied(_) => (403, plain("Forbidden", problem.to_string())),
        Problem::JsonMalformed(_) => {
            let (error, message) = ("Unprocessable Entity", "Server could not parse JSON");
            (settings.malformed_json_status, Envelope::Unparsed { error, message })
        }
        Problem::JsonTooLarge { .. }
        | Problem::FormTooLong { .. }
        | Problem::Property { .. }
        | Problem::Field { .. }
        | Problem::BadHost
        | Problem::FaultMalformed(_)
        | Problem::BodyBroken { .. } => (400, plain("BadRequest", problem.to_string())),
        Problem::BodyTimedOut { .. } => (408, plain("RequestTimeout", problem.to_string())),
        Problem::Upload(UploadError::TooManyFiles { .. }) => (422, unprocessable(problem)),
        Problem::Upload(UploadError::OutOfMemory(error))
        | Problem::Caller(CallerError::OutOfMemory(error)) => out_of_memory(error),
        Problem::Upload(UploadError::IdsExhausted(error))
        | Problem::Caller(CallerError::IdsExhausted(error)) => ids_exhausted(*error),
        Problem::Attachment(error) => attachment(error),
        Problem::Ticket(error) => ticket(error),
        Problem::UserChange(error) => user(error),
        Problem::OutOfMemory(error) => out_of_memory(error),
        Problem::Account(AccountError::TooMany { .. }) => {
            (503, plain("TooManyAccounts", problem.to_string()))
        }
        // Files, and else uploads, users and brands. The rest belongs to other services.
        _ => file::refusal(problem, settings).unwrap_or_else(|| (404, not_found())),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match body {
        // With line breaks, as recorded. A parser that stumbled over one in 2024 did so in line 2.
        Envelope::Titled { .. } => (status, PrettyJson(body)).into_response(),
        _ => (status, Json(body)).into_response(),
    }
}

fn not_allowed(field: &'static str, value: &str) -> Envelope {
    let text = format!("{}: {value} is not valid", label(field));
    invalid(field, text, Some("InvalidValue"))
}

fn attachment(error: &AttachmentError) -> (u16, Envelope) {
    match error {
        AttachmentError::Unknown | AttachmentError::UnknownContent => (404, not_found()),
        AttachmentError::MalwareFound => {
            let text = "This attachment contains malware and cannot be downloaded";
            (403, plain("MalwareDetected", text))
        }
    }
}

fn ticket(error: &TicketError) -> (u16, Envelope) {
    let blank = |field, what: &str| {
        (422, invalid(field, format!("{what}: cannot be blank"), Some("BlankValue")))
    };
    match error {
        TicketError::Unknown
        | TicketError::NotDeleted
        | TicketError::NotShown
        | TicketError::UnknownComment
        | TicketError::UnknownAudit
        | TicketError::UnknownSideConversation => (404, not_found()),
        TicketError::UnknownSideFile(_) => (422, unprocessable(error)),
        TicketError::Closed => {
            (422, invalid("status", "Status: closed prevents ticket update", None))
        }
        // The name was seen; the text is documented.
        TicketError::UpdateConflict => {
            let text = "Safe Update prevented the update due to outdated ticket data. Please fetch \
                        the latest ticket data and try again.";
            (409, plain("UpdateConflict", text))
        }
        TicketError::NothingToRedact(_) => (400, plain("BadRequest", error.to_string())),
        TicketError::DescriptionBlank | TicketError::DescriptionOfFiles => {
            blank("base", "Description")
        }
        TicketError::CommentBlank | TicketError::CommentOfFiles => blank("base", "Comment"),
        // A user quoted it (2025-11-26).
        TicketError::RequesterSuspended { name } => {
            let text = format!("Requester: {name} is suspended.");
            (422, invalid("requester", text, Some("UserSuspended")))
        }
        TicketError::RequesterMalformed { email } => {
            let text = format!("Requester: Email: {email} is not properly formatted");
            (422, invalid("requester", text, None))
        }
        // A user quoted it, with two spaces (2019-01-17).
        TicketError::RequesterUnnamed => {
            let text = "Requester: Name:  is too short (minimum is 1 character)";
            (422, invalid("requester", text, None))
        }
        TicketError::CopyMalformed { email } => {
            let text = format!("Email: {email} is not properly formatted");
            (422, invalid("base", text, Some("InvalidValue")))
        }
        TicketError::CommentTooLong { max } => {
            let text = format!("Comment: is too long (maximum is {max} characters)");
            (422, invalid("base", text, Some("TooLong")))
        }
        TicketError::TooManyCustomFields { .. } => (422, unprocessable(error)),
        TicketError::RequesterMissing => blank("requester", "Requester"),
        TicketError::IdempotencyKeyReused => {
            let text = "Request parameters do not match with the given idempotency key";
            (400, plain("IdempotentRequestError", text))
        }
        TicketError::BadToken(BadTokenError { token, .. }) => {
            let text = format!("Uploads: {token} is not a valid upload token");
            (422, invalid("uploads", text, Some("InvalidValue")))
        }
        TicketError::Attachment(error) => attachment(error),
        TicketError::OutOfMemory(error) => out_of_memory(error),
        TicketError::IdsExhausted(error) => ids_exhausted(*error),
    }
}

/// A refusal of which no answer of Zendesk is known, with the text of the error.
fn unprocessable(error: &impl ToString) -> Envelope {
    invalid("base", error.to_string(), None)
}

/// What the Support API sends with a status, where nothing else is known of it.
fn fault_body(status: u16, problem: &Problem) -> Envelope {
    match status {
        403 => forbidden(),
        404 => not_found(),
        413 => too_large(),
        422 => invalid("base", "Something is not valid", Some("InvalidValue")),
        _ => plain("BadRequest", problem.to_string()),
    }
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
