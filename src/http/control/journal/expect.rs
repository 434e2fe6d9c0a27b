//! `/_mock/journal/wait` and `…/verify`: what a test expects of the journal.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::core::journal::{JournalFilter, JournalView, MOST, Mismatch, NearMiss, nearest};
use crate::http::control::journal::entry::EntryJson;
use crate::http::control::journal::filter;
use crate::http::control::journal::listing::list_entries;
use crate::http::exchange::context::Context;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

pub const COUNT: Field = Field::optional(
    "count",
    Kind::Number,
    "how many must match, at least to wait and exactly to verify; without it: 1 or more",
);
pub const TIMEOUT: Field =
    Field::optional("timeout", Kind::Time, "how long to wait, at most 60s; without it: 10s");
pub const ORDER: Field = Field::optional(
    "order",
    Kind::Objects,
    "filters that must match one request each, in this order",
);

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct MismatchJson<'a> {
    error: &'static str,
    description: &'a str,
    matched: usize,
    near: Vec<NearMissJson<'a>>,
    /// The number of the last request, matching or not.
    last: u64,
    /// Entries that were dropped.
    dropped: u64,
}

#[derive(Serialize)]
struct NearMissJson<'a> {
    entry: EntryJson<'a>,
    misses: &'a [String],
}

impl<'a> From<&'a NearMiss> for NearMissJson<'a> {
    fn from(NearMiss { entry, misses }: &'a NearMiss) -> Self {
        Self { entry: EntryJson::new(entry), misses }
    }
}

fn refuse(mismatch: &Mismatch, view: &JournalView) -> Response {
    let body = MismatchJson {
        error: "NotSeen",
        description: &mismatch.why,
        matched: mismatch.matched,
        near: mismatch.near.iter().map(Into::into).collect(),
        last: view.last,
        dropped: view.dropped(),
    };
    (StatusCode::CONFLICT, Json(body)).into_response()
}

/// `POST /_mock/journal/wait`
pub async fn wait(context: Context, input: Input) -> Result<Response, Refusal> {
    let filter = filter::read(&input)?;
    let count = input.number(&COUNT)?.map_or(Some(1), |count| usize::try_from(count).ok());
    let count = count.filter(|count| *count <= MOST).ok_or_else(|| {
        Problem::field(COUNT.name, format!("takes a number up to {MOST}, as many as are kept"))
    })?;
    let timeout = match input.time(&TIMEOUT)? {
        Some(time) if time > MAX_TIMEOUT => {
            let accepts = "takes a time of at most 60s, such as \"5s\"";
            return Err(Problem::field(TIMEOUT.name, accepts).into());
        }
        time => time.unwrap_or(DEFAULT_TIMEOUT),
    };
    let account = &*context.account;
    // The entries that match. Each entry is compared once.
    let mut view = JournalView::default();
    let matching = async {
        loop {
            let recorded = account.listen();
            let new = account.journal(view.last);
            view.entries.extend(new.entries.into_iter().filter(|entry| filter.matches(entry)));
            (view.last, view.dropped) = (new.last, new.dropped);
            if view.entries.len() >= count {
                return;
            }
            recorded.await;
        }
    };
    // Real time: the requests of a real client are awaited.
    let in_time = tokio::time::timeout(timeout, matching).await;
    let matched = view.entries.len();
    if in_time.is_ok() {
        let matching: Vec<_> = view.entries.iter().collect();
        return Ok(list_entries(&matching, &view, account)?);
    }
    let all = account.journal(0);
    let why = format!("{matched} of {count} requests matched within {timeout:?}");
    let why = why + &all.doubt(filter.after);
    let near = nearest(&filter, &all.entries);
    Ok(refuse(&Mismatch { why, matched, near }, &all))
}

/// `POST /_mock/journal/verify`
pub async fn verify(context: Context, input: Input) -> Result<Response, Refusal> {
    let account = &*context.account;
    let view = account.journal(0);
    let verified = match input.0.get(ORDER.name).filter(|order| !order.is_null()) {
        Some(order) => view.verify_order(&read_order(order, &input)?),
        None => view.verify(&filter::read(&input)?, input.number(&COUNT)?),
    };
    match verified {
        Ok(found) => Ok(list_entries(&found, &view, account)?),
        Err(mismatch) => Ok(refuse(&mismatch, &view)),
    }
}

/// Reads the steps of an order. A filter or a count beside it would have no effect, so it is refused.
fn read_order(order: &Value, beside: &Input) -> Result<Vec<JournalFilter>, Problem> {
    if let Some(field) = filter::ALL.iter().find(|field| beside.0.contains_key(field.name)) {
        return Err(Problem::field(field.name, "goes into the steps of an order"));
    }
    refuse_count(beside)?;
    let steps = order.as_array().filter(|steps| !steps.is_empty());
    let read = |(place, step): (usize, &Value)| {
        let step = Input(step.as_object().ok_or_else(|| ORDER.refused())?.clone());
        let filter = refuse_count(&step).and_then(|()| filter::read(&step));
        filter.map_err(|error| error.within(&format!("{}[{place}]", ORDER.name)))
    };
    steps.ok_or_else(|| ORDER.refused())?.iter().enumerate().map(read).collect()
}

/// Refuses a count.
fn refuse_count(input: &Input) -> Result<(), Problem> {
    if input.0.contains_key(COUNT.name) {
        let why = "cannot go together with order, where one request matches each step";
        return Err(Problem::field(COUNT.name, why));
    }
    Ok(())
}
