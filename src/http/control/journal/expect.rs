//! What a test expects of the journal: that something comes, or has come, or has come in an order.

use std::time::Duration;

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::core::account::{JournalView, Missed};
use crate::core::journal::{Filter, MOST, NearMiss, nearest};
use crate::http::control::journal::entry::EntryJson;
use crate::http::control::journal::filter;
use crate::http::control::journal::listing::list_entries;
use crate::http::exchange::context::Context;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::Json;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::state::AppState;

/// How many.
pub const COUNT: Field = Field::optional(
    "count",
    Kind::Number,
    "how many must match, at least to wait and exactly to verify; without it: 1 or more",
);
/// How long to wait.
pub const TIMEOUT: Field =
    Field::optional("timeout", Kind::Time, "how long to wait, at most 60s; without it: 10s");
/// In which order.
pub const ORDER: Field = Field::optional(
    "order",
    Kind::Objects,
    "filters that must match one request each, in this order",
);

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct MissedJson<'a> {
    error: &'static str,
    description: &'a str,
    matched: usize,
    near: Vec<NearMissJson<'a>>,
    /// The number of the last request, matching or not.
    last: u64,
    /// Requests that are not in the journal any more.
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

fn missed(missed: &Missed, look: &JournalView) -> Response {
    let body = MissedJson {
        error: "NotSeen",
        description: &missed.why,
        matched: missed.matched,
        near: missed.near.iter().map(Into::into).collect(),
        last: look.last,
        dropped: look.dropped(),
    };
    (StatusCode::CONFLICT, Json(body)).into_response()
}

/// `POST /_mock/journal/wait`
pub async fn wait(
    context: Context,
    State(app): State<Arc<AppState>>,
    input: Input,
) -> Result<Response, Refusal> {
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
    // Each entry is looked at once, however often somebody rings.
    let mut look = JournalView::default();
    let arrived = async {
        loop {
            let mut next = std::pin::pin!(app.arrivals.notified(account));
            // Whatever arrives from here on wakes us, also while we look.
            next.as_mut().enable();
            let news = account.journal(look.last);
            look.entries.extend(news.entries.into_iter().filter(|entry| filter.matches(entry)));
            (look.last, look.dropped) = (news.last, news.dropped);
            if look.entries.len() >= count {
                return;
            }
            next.await;
        }
    };
    // Real time: a real client is waited for.
    let in_time = tokio::time::timeout(timeout, arrived).await;
    let matched = look.entries.len();
    if in_time.is_ok() {
        let matching: Vec<_> = look.entries.iter().collect();
        return Ok(list_entries(&matching, &look, account)?);
    }
    let all = account.journal(0);
    let why = format!("{matched} of {count} requests matched within {timeout:?}");
    let why = why + &all.doubt(filter.after);
    let near = nearest(&filter, &all.entries);
    Ok(missed(&Missed { why, matched, near }, &all))
}

/// `POST /_mock/journal/verify`
pub async fn verify(context: Context, input: Input) -> Result<Response, Refusal> {
    let account = &*context.account;
    let look = account.journal(0);
    let verified = match input.0.get(ORDER.name).filter(|order| !order.is_null()) {
        Some(order) => look.verify_order(&read_order(order, &input)?),
        None => look.verify(&filter::read(&input)?, input.number(&COUNT)?),
    };
    match verified {
        Ok(found) => Ok(list_entries(&found, &look, account)?),
        Err(why) => Ok(missed(&why, &look)),
    }
}

/// The steps of an order. What stands beside it, or is no part of a filter, would seem to be asked for, and would not be.
fn read_order(order: &Value, beside: &Input) -> Result<Vec<Filter>, Problem> {
    if let Some(field) = filter::ALL.iter().find(|field| beside.0.contains_key(field.name)) {
        return Err(Problem::field(field.name, "goes into the steps of an order"));
    }
    no_count(beside)?;
    let steps = order.as_array().filter(|steps| !steps.is_empty());
    let read = |(place, step): (usize, &Value)| {
        let step = Input(step.as_object().ok_or_else(|| ORDER.refused())?.clone());
        let filter = no_count(&step).and_then(|()| filter::read(&step));
        filter.map_err(|error| error.within(&format!("{}[{place}]", ORDER.name)))
    };
    steps.ok_or_else(|| ORDER.refused())?.iter().enumerate().map(read).collect()
}

/// Makes sure that nothing is counted.
fn no_count(input: &Input) -> Result<(), Problem> {
    if input.0.contains_key(COUNT.name) {
        let why = "cannot go together with order, where one request matches each step";
        return Err(Problem::field(COUNT.name, why));
    }
    Ok(())
}
