//! `/_mock/snapshots`: saved states of the account.

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::nearest::did_you_mean;
use crate::core::account::{Snapshot, SnapshotError, SnapshotName};
use crate::http::control::answer::Reply;
use crate::http::control::call::{Call, NoFields};
use crate::http::control::object_counts::ObjectCountsJson;
use crate::http::exchange::problem::Problem;

#[derive(Serialize, JsonSchema)]
pub struct SnapshotJson {
    name: String,
    /// On the account's clock.
    taken_at: String,
    holds: ObjectCountsJson,
}

#[derive(Serialize, JsonSchema)]
pub struct OneSnapshot {
    snapshot: SnapshotJson,
}

#[derive(Serialize, JsonSchema)]
pub struct SnapshotList {
    snapshots: Vec<SnapshotJson>,
}

impl From<Snapshot> for SnapshotJson {
    fn from(Snapshot { name, taken_at, holds }: Snapshot) -> Self {
        let name = name.as_str().to_owned();
        Self { name, taken_at: format!("{taken_at:.0}"), holds: holds.into() }
    }
}

pub async fn list(call: Call) -> Reply<SnapshotList> {
    let snapshots = call.account().snapshots().into_iter().map(Into::into).collect();
    call.answer(SnapshotList { snapshots }).await
}

pub async fn take(call: Call) -> Reply<OneSnapshot> {
    let snapshot = call.account().take_snapshot(name(&call)?)?;
    call.answer(OneSnapshot { snapshot: snapshot.into() }).await
}

pub async fn restore(call: Call) -> Reply<OneSnapshot> {
    let name = name(&call)?;
    let snapshot = call.account().restore(&name).map_err(|error| missing(&call, error))?;
    call.answer(OneSnapshot { snapshot: snapshot.into() }).await
}

pub async fn delete(call: Call) -> Reply<NoFields> {
    let name = name(&call)?;
    call.account().delete_snapshot(&name).map_err(|error| missing(&call, error))?;
    call.answer(NoFields {}).await
}

/// Names the snapshots that there are, if the one of the path is not among them.
fn missing(call: &Call, error: SnapshotError) -> Problem {
    if error != SnapshotError::Unknown {
        return error.into();
    }
    let all = call.account().snapshots();
    let names: Vec<_> = all.iter().map(|snapshot| snapshot.name.as_str()).collect();
    call.missing(format!("{error}{}", did_you_mean(&call.parameter, &names)), |account| {
        account.snapshots().iter().any(|snapshot| snapshot.name.as_str() == call.parameter)
    })
}

fn name(call: &Call) -> Result<SnapshotName, Problem> {
    SnapshotName::parse(&call.parameter).ok_or_else(|| {
        Problem::field("name", "takes 1 to 64 letters, digits, dots, hyphens and underscores")
    })
}
