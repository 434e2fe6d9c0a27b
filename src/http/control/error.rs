//! Refusals of the control API: always by name, and with what it accepts.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::settings::SettingError;
use crate::core::account::{ScanError, SnapshotError};
use crate::core::accounts::AccountError;
use crate::core::faults::FaultError;
use crate::http::exchange::context::Exchange;
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::Problem;
use crate::seed::SeedError;

impl From<SeedError> for Problem {
    fn from(error: SeedError) -> Self {
        match error {
            SeedError::Field(error) if error.path.is_empty() => Self::JsonMalformed(error.problem),
            SeedError::Field(error) => Self::field(error.path, error.problem),
            SeedError::OutOfMemory(error) => Self::OutOfMemory(error),
            error => Self::JsonMalformed(error.to_string()),
        }
    }
}

impl From<SettingError> for Problem {
    fn from(error: SettingError) -> Self {
        Self::field(error.setting, error.accepts)
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    error: &'static str,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepts: Option<&'a str>,
}

/// Renders a problem as the control API does.
pub fn render(problem: &Problem, _: &Exchange) -> Response {
    let (status, error) = match problem {
        Problem::UnknownEndpoint
        | Problem::NotEmulated(_)
        | Problem::NotFound(_)
        | Problem::NoSuchAccount(_)
        | Problem::NotAnId(_) => (StatusCode::NOT_FOUND, "NotFound"),
        Problem::ForeignPage => (StatusCode::FORBIDDEN, "Forbidden"),
        Problem::BodyTimedOut { .. } => (StatusCode::REQUEST_TIMEOUT, "RequestTimeout"),
        Problem::OutOfMemory(_)
        | Problem::Account(AccountError::TooMany { .. })
        | Problem::FaultRule(FaultError::TooMany { .. })
        | Problem::Snapshot(SnapshotError::TooMany { .. } | SnapshotError::OutOfMemory(_))
        | Problem::Scan(ScanError::TooMany { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable")
        }
        // The others are about something that does not exist.
        Problem::Account(_)
        | Problem::Attachment(_)
        | Problem::FaultRule(_)
        | Problem::Scan(_)
        | Problem::Snapshot(_) => (StatusCode::NOT_FOUND, "NotFound"),
        _ => (StatusCode::BAD_REQUEST, "BadRequest"),
    };
    let description = match problem {
        Problem::UnknownEndpoint | Problem::NotEmulated(_) => {
            "no such path or method below /_mock; /_mock/openapi.json lists them".to_owned()
        }
        problem => problem.to_string(),
    };
    let (field, accepts) = match problem {
        Problem::Field { field, accepts } => (Some(&**field), Some(&**accepts)),
        _ => (None, None),
    };
    (status, Json(Refused { error, description, field, accepts })).into_response()
}
