//! What a test expects of the journal: that something comes, or has come, or has come in an order.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::entry::EntryJson;
use super::{filter, matching, told};
use crate::core::account::{Account, Look};
use crate::core::journal::{MOST, Near, nearest, newest};
use crate::http::answer::Json;
use crate::http::control::error::ControlError;
use crate::http::control::input::{Field, Input, Kind};
use crate::http::extract::Context;

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

const USUAL_PATIENCE: Duration = Duration::from_secs(10);
const LONGEST_PATIENCE: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct Missed {
    error: &'static str,
    description: String,
    matched: usize,
    near: Vec<Value>,
}

fn missed(description: String, matched: usize, near: Vec<Value>) -> Response {
    let body = Missed { error: "NotSeen", description, matched, near };
    (StatusCode::CONFLICT, Json(body)).into_response()
}

fn told_near(near: &[Near]) -> Vec<Value> {
    let told =
        |Near { entry, misses }: &Near| json!({"entry": EntryJson::new(entry), "misses": misses});
    near.iter().map(told).collect()
}

/// `POST /_mock/journal/wait`
pub async fn wait(context: Context, input: Input) -> Result<Response, ControlError> {
    let filter = filter::read(&input)?;
    let count = input.number(&COUNT)?.map_or(Some(1), |count| usize::try_from(count).ok());
    let count = count.filter(|count| *count <= MOST).ok_or_else(|| {
        ControlError::field(COUNT.name, format!("takes a number up to {MOST}, as many as are kept"))
    })?;
    let patience = match input.time(&TIMEOUT)? {
        Some(time) if time > LONGEST_PATIENCE => return Err(TIMEOUT.refused()),
        time => time.unwrap_or(USUAL_PATIENCE),
    };
    let account = &*context.account;
    // Each entry is looked at once, however often somebody rings.
    let mut look = Look { entries: Vec::new(), last: 0, dropped: 0 };
    let arrived = async {
        loop {
            let mut next = std::pin::pin!(context.arrivals.of(account).notified());
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
    let in_time = tokio::time::timeout(patience, arrived).await;
    let matched = look.entries.len();
    if in_time.is_ok() {
        return told(&look.entries.iter().collect::<Vec<_>>(), &look, account);
    }
    let why = format!("{matched} of {count} requests matched within {patience:?}");
    Ok(missed(why, matched, told_near(&nearest(&filter, &account.journal(0).entries))))
}

/// `POST /_mock/journal/verify`
pub async fn verify(context: Context, input: Input) -> Result<Response, ControlError> {
    let account = &*context.account;
    if let Some(order) = input.0.get(ORDER.name).filter(|order| !order.is_null()) {
        let mut beside = filter::ALL.iter().chain([&COUNT]);
        let beside = beside.find(|field| input.0.contains_key(field.name));
        return match beside {
            // It would seem to be asked for, and would not be.
            Some(field) => Err(ControlError::field(field.name, "goes into the steps of an order")),
            None => in_order(account, order),
        };
    }
    let filter = filter::read(&input)?;
    let wanted = input.number(&COUNT)?;
    let look = account.journal(0);
    let found = matching(&filter, &look);
    let matched = found.len();
    let holds = wanted.map_or(matched > 0, |wanted| matched as u64 == wanted);
    if holds {
        return told(&found, &look, account);
    }
    let is_too_many = wanted.is_some_and(|wanted| matched as u64 > wanted);
    let near = if is_too_many { newest } else { nearest };
    let wanted = wanted.map_or("at least 1".to_owned(), |wanted| wanted.to_string());
    let why = format!("{matched} requests matched, not {wanted}");
    Ok(missed(why, matched, told_near(&near(&filter, &look.entries))))
}

fn in_order(account: &Account, order: &Value) -> Result<Response, ControlError> {
    let steps = order.as_array().filter(|steps| !steps.is_empty());
    let read = |step: &Value| {
        let step = step.as_object().ok_or_else(|| ORDER.refused())?;
        filter::read(&Input(step.clone()))
    };
    let steps: Vec<_> =
        steps.ok_or_else(|| ORDER.refused())?.iter().map(read).collect::<Result<_, _>>()?;
    let look = account.journal(0);
    let (mut found, mut rest) = (Vec::new(), look.entries.iter());
    for (place, filter) in steps.iter().enumerate() {
        match rest.find(|entry| filter.matches(entry)) {
            Some(entry) => found.push(entry),
            None => {
                let why = format!("nothing matches step {} behind the step before it", place + 1);
                return Ok(missed(why, found.len(), told_near(&nearest(filter, &look.entries))));
            }
        }
    }
    told(&found, &look, account)
}
