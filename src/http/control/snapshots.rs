//! `/_mock/snapshots`: saved states of the account.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::{Snapshot, SnapshotName};
use crate::http::control::object_counts::ObjectCountsJson;
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::Path;
use crate::http::exchange::json::{Json, Named};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

#[derive(Serialize)]
struct SnapshotJson {
    name: String,
    taken_at: String,
    holds: ObjectCountsJson,
}

impl From<Snapshot> for SnapshotJson {
    fn from(Snapshot { name, taken_at, holds }: Snapshot) -> Self {
        let name = name.as_str().to_owned();
        Self { name, taken_at: format!("{taken_at:.0}"), holds: holds.into() }
    }
}

/// `GET /_mock/snapshots`
pub async fn list(context: Context) -> Response {
    let snapshots = context.account.snapshots().into_iter().map(SnapshotJson::from);
    Json(Named("snapshots", snapshots.collect::<Vec<_>>())).into_response()
}

/// `PUT /_mock/snapshots/{name}`
pub async fn take(context: Context, Path(name): Path) -> Result<Response, Refusal> {
    let snapshot = context.account.take_snapshot(named(&name)?)?;
    Ok(Json(Named("snapshot", SnapshotJson::from(snapshot))).into_response())
}

/// `POST /_mock/snapshots/{name}/restore`
pub async fn restore(context: Context, Path(name): Path) -> Result<Response, Refusal> {
    let snapshot = context.account.restore(&named(&name)?)?;
    Ok(Json(Named("snapshot", SnapshotJson::from(snapshot))).into_response())
}

/// `DELETE /_mock/snapshots/{name}`
pub async fn delete(context: Context, Path(name): Path) -> Result<StatusCode, Refusal> {
    context.account.delete_snapshot(&named(&name)?)?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(name: &str) -> Result<SnapshotName, Problem> {
    SnapshotName::parse(name).ok_or_else(|| {
        Problem::field("name", "takes 1 to 64 letters, digits, dots, hyphens and underscores")
    })
}
