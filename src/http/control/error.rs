//! What the control API refuses: always by name, and with what it accepts.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::Error;
use crate::core::account::settings::SettingError;
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::refusal;
use crate::seed::DocumentError;

/// Why the control API does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// A field that is missing or cannot be used.
    #[error("{field} {accepts}")]
    Field {
        /// Its name.
        field: String,
        /// What it accepts.
        accepts: String,
    },
    /// A body that is no JSON object.
    #[error("the body is not a JSON object: {0}")]
    Malformed(String),
    /// Nothing is there.
    #[error("{0}")]
    NotFound(String),
    /// A page of another origin.
    #[error("the control API answers no page of another origin")]
    ForeignPage,
    /// The account refused.
    #[error(transparent)]
    Core(#[from] Error),
}

impl ControlError {
    /// A field and what it accepts, as in "takes a time such as 90s".
    pub fn field(field: impl Into<String>, accepts: impl Into<String>) -> Self {
        Self::Field { field: field.into(), accepts: accepts.into() }
    }

    /// The same of what is inside of another field.
    pub fn within(self, outer: &str) -> Self {
        match self {
            Self::Field { field, accepts } => {
                Self::Field { field: format!("{outer}.{field}"), accepts }
            }
            error => error,
        }
    }
}

impl From<DocumentError> for ControlError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Field { at, accepts } => Self::Field { field: at, accepts },
            DocumentError::Core(error) => Self::Core(error),
            DocumentError::Malformed(why) => Self::Malformed(why),
            error => Self::Malformed(error.to_string()),
        }
    }
}

impl From<SettingError> for ControlError {
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

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let (status, error) = match &self {
            Self::Field { .. } | Self::Malformed(_) => (StatusCode::BAD_REQUEST, "BadRequest"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "NotFound"),
            Self::ForeignPage => (StatusCode::FORBIDDEN, "Forbidden"),
            Self::Core(
                Error::OutOfMemory { .. }
                | Error::TooManyAccounts { .. }
                | Error::TooManyFaults { .. }
                | Error::TooManySnapshots { .. }
                | Error::TooManyScans { .. },
            ) => (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"),
            // Whatever else an account refuses here is about something that it does not have.
            Self::Core(_) => (StatusCode::NOT_FOUND, "NotFound"),
        };
        let (field, accepts) = match &self {
            Self::Field { field, accepts } => (Some(&**field), Some(&**accepts)),
            _ => (None, None),
        };
        let body = Refused { error, description: self.to_string(), field, accepts };
        refusal(&self, (status, Json(body)))
    }
}
