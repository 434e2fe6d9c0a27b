//! Refusals of the control API: the field, the problem, and what is accepted.

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::settings::SettingError;
use crate::core::account::{ScanError, SnapshotError};
use crate::core::accounts::AccountError;
use crate::core::attachments::AttachmentError;
use crate::core::faults::FaultError;
use crate::http::exchange::context::Exchange;
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::Problem;
use crate::seed::SeedError;

impl From<SeedError> for Problem {
    fn from(error: SeedError) -> Self {
        match error {
            SeedError::Field(error) => error.into(),
            SeedError::OutOfMemory(error) => Self::OutOfMemory(error),
            error => Self::NoDocument(error.to_string()),
        }
    }
}

impl From<SettingError> for Problem {
    fn from(error: SettingError) -> Self {
        Self::field(error.setting, error.accepts)
    }
}

/// A refusal.
#[derive(Serialize, JsonSchema)]
pub struct ControlError<'a> {
    /// The account that the request addresses, if it names one that can exist.
    account: Option<&'a str>,
    /// What kind of problem it is, such as `BadRequest`.
    error: &'static str,
    description: String,
    /// The path of the field that cannot be used, such as `order[0].status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    /// What is wrong with the field, and what it accepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
}

/// Renders a problem as the control API does.
pub fn render(problem: &Problem, exchange: &Exchange) -> Response {
    let (status, error) = match problem {
        Problem::UnknownEndpoint
        | Problem::NotEmulated(_)
        | Problem::NotFound(_)
        | Problem::NoSuchAccount(_)
        | Problem::NotAnId(_) => (StatusCode::NOT_FOUND, "NotFound"),
        Problem::WrongMethod(_) => (StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
        Problem::Unauthenticated(_) | Problem::UnknownImpersonated => {
            (StatusCode::UNAUTHORIZED, "Unauthorized")
        }
        Problem::ForeignPage
        | Problem::ForeignHost(_)
        | Problem::NotProxied(_)
        | Problem::NoImpersonation(_)
        | Problem::RoleTooLow { .. } => (StatusCode::FORBIDDEN, "Forbidden"),
        Problem::Unreachable(_) => (StatusCode::BAD_GATEWAY, "BadGateway"),
        Problem::Panicked => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        Problem::BodyTimedOut { .. } => (StatusCode::REQUEST_TIMEOUT, "RequestTimeout"),
        Problem::OutOfMemory(_)
        | Problem::TooManyStreams { .. }
        | Problem::Account(AccountError::TooMany { .. })
        | Problem::FaultRule(FaultError::TooMany { .. })
        | Problem::Snapshot(SnapshotError::TooMany { .. } | SnapshotError::OutOfMemory(_))
        | Problem::Scan(ScanError::TooMany { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable")
        }
        Problem::Account(AccountError::Unknown)
        | Problem::Attachment(AttachmentError::Unknown | AttachmentError::UnknownContent)
        | Problem::FaultRule(FaultError::Unknown)
        | Problem::Scan(ScanError::Attachment(_))
        | Problem::Snapshot(SnapshotError::Unknown) => (StatusCode::NOT_FOUND, "NotFound"),
        // No arm catches all, so that a new error cannot become one of these by accident.
        Problem::Account(
            AccountError::Exists
            | AccountError::Default
            | AccountError::InvalidName
            | AccountError::NoLife
            | AccountError::Setting(_),
        )
        | Problem::Attachment(AttachmentError::MalwareFound)
        | Problem::FaultRule(FaultError::Invalid { .. })
        | Problem::Snapshot(SnapshotError::InvalidName)
        | Problem::RateLimited { .. }
        | Problem::EndpointLimited { .. }
        | Problem::Fault { .. }
        | Problem::FaultMalformed(_)
        | Problem::Forbidden(_)
        | Problem::BadHost
        | Problem::WrongType { .. }
        | Problem::NoDate { .. }
        | Problem::NotAllowed { .. }
        | Problem::CommentRequired
        | Problem::SearchTooDeep { .. }
        | Problem::InvalidSearch(_)
        | Problem::IllegalSearchDate { .. }
        | Problem::FilenameMissing(_)
        | Problem::FilenameTooLong { .. }
        | Problem::FileEmpty(_)
        | Problem::FileTooLarge { .. }
        | Problem::TypeUnknown
        | Problem::FileCheck(_)
        | Problem::FormMalformed(_)
        | Problem::FormTooLong { .. }
        | Problem::JsonMalformed(_)
        | Problem::JsonTooLarge { .. }
        | Problem::Property { .. }
        | Problem::NoDocument(_)
        | Problem::Field { .. }
        | Problem::BodyBroken { .. }
        | Problem::Upload(_)
        | Problem::Ticket(_)
        | Problem::Object(_)
        | Problem::User(_)
        | Problem::Brand(_)
        | Problem::Pagination { .. }
        | Problem::PageNumber { .. }
        | Problem::TooManyValues { .. }
        | Problem::StartTooRecent { .. }
        | Problem::Job(_)
        | Problem::UserChange(_)
        | Problem::Caller(_) => (StatusCode::BAD_REQUEST, "BadRequest"),
    };
    let (field, what) = match problem {
        Problem::Field { field, problem } => (Some(&**field), Some(&**problem)),
        _ => (None, None),
    };
    let context = &exchange.context;
    let account = context.has_account.then(|| context.account.name());
    let description = problem.to_string();
    let refused = ControlError { account, error, description, field, problem: what };
    let mut response = (status, Json(refused)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
