//! `/_mock/faults`: the faults of the account.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::http::exchange::context::Context;
use crate::http::exchange::extract::Path;
use crate::http::exchange::fault_json::{read, show};
use crate::http::exchange::input::Input;
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

/// `GET /_mock/faults`
pub async fn list(context: Context) -> Response {
    let faults: Vec<_> = context.account.faults().iter().map(show).collect();
    Json(json!({"faults": faults})).into_response()
}

/// `POST /_mock/faults`
pub async fn add(context: Context, input: Input) -> Result<Response, Refusal> {
    let active = context.account.add_fault(read(&input)?)?;
    Ok((StatusCode::CREATED, Json(json!({"fault": show(&active)}))).into_response())
}

/// `DELETE /_mock/faults`
pub async fn clear(context: Context) -> StatusCode {
    context.account.clear_faults();
    StatusCode::NO_CONTENT
}

/// `DELETE /_mock/faults/{id}`
pub async fn remove(context: Context, Path(id): Path) -> Result<StatusCode, Refusal> {
    let id = id.parse().map_err(|_| Problem::field("id", "takes the id of a fault"))?;
    context.account.remove_fault(id)?;
    Ok(StatusCode::NO_CONTENT)
}
