//! `/_mock/journal/wait` and `…/verify`: what a test expects of the journal.

use std::time::Duration;

use axum::response::Response;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

use crate::core::journal::{Filter, JournalView, MOST_ENTRIES, Mismatch, NearMiss, nearest};
use crate::http::control::answer::{Answer, Output};
use crate::http::control::call::Call;
use crate::http::control::journal::entry::EntryJson;
use crate::http::control::journal::filter::{EntryCheck, EntryFilter, EntryWait};
use crate::http::control::journal::listing::{EntryList, answer_entries};
use crate::http::exchange::context::AppState;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_TIMEOUT: Duration = Duration::from_secs(60);
/// In how many other accounts a request is looked for that this one does not have.
const MOST_ACCOUNTS: usize = 100;

#[derive(Serialize, JsonSchema)]
pub struct MismatchJson<'a> {
    /// `NotSeen`
    error: &'static str,
    description: &'a str,
    /// How many requests matched, or how many steps of an order.
    matched: usize,
    /// The requests that match best or, where too many matched, the newest.
    near: Vec<NearMissJson<'a>>,
    /// The number of the last request, matching or not.
    last: u64,
    /// How many entries were dropped.
    dropped: u64,
}

#[derive(Serialize, JsonSchema)]
struct NearMissJson<'a> {
    entry: EntryJson<'a>,
    /// The conditions that it does not meet.
    misses: &'a [String],
}

impl<'a> From<&'a NearMiss> for NearMissJson<'a> {
    fn from(NearMiss { entry, misses }: &'a NearMiss) -> Self {
        Self { entry: EntryJson::new(entry), misses }
    }
}

/// The requests that match, or why they are not as expected.
pub enum ExpectationAnswer {
    Seen(Answer<EntryList<'static>>),
    NotSeen(Answer<MismatchJson<'static>, 409>),
}

impl Output for ExpectationAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Seen(answer) => answer.into_response(),
            Self::NotSeen(answer) => answer.into_response(),
        }
    }

    fn responses(generator: &mut SchemaGenerator) -> Value {
        let mut responses = Answer::<EntryList<'_>>::responses(generator);
        let not_seen = Answer::<MismatchJson<'_>, 409>::responses(generator);
        responses["409"] = not_seen["409"].clone();
        responses["409"]["description"] =
            "Not as expected: the reason, and the nearest requests".into();
        responses
    }
}

async fn not_seen<I>(
    call: &Call<I>,
    mismatch: &Mismatch,
    view: &JournalView,
) -> Result<ExpectationAnswer, Refusal> {
    let answer = call
        .answer(MismatchJson {
            error: "NotSeen",
            description: &mismatch.why,
            matched: mismatch.matched,
            near: mismatch.near.iter().map(Into::into).collect(),
            last: view.last,
            dropped: view.dropped(),
        })
        .await;
    Ok(ExpectationAnswer::NotSeen(answer?))
}

pub async fn wait(call: Call<EntryWait>) -> Result<ExpectationAnswer, Refusal> {
    let filter = call.input.filter(&call.app)?;
    let count = call.input.count.unwrap_or(1);
    if count > MOST_ENTRIES {
        let problem = format!("takes a number up to {MOST_ENTRIES}, as many as are kept");
        return Err(Problem::field("count", problem).into());
    }
    let timeout = call.input.timeout.as_ref().map_or(DEFAULT_TIMEOUT, |timeout| timeout.0);
    if timeout > MAX_TIMEOUT {
        let problem = "takes a time of at most 60s, such as \"5s\"";
        return Err(Problem::field("timeout", problem).into());
    }
    let account = call.account();
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
        return Ok(ExpectationAnswer::Seen(answer_entries(&call, &matching, &view).await?));
    }
    let all = account.journal(0);
    let why = format!("{matched} of {count} requests matched within {timeout:?}");
    let elsewhere = if matched == 0 { find_elsewhere(&call, &filter) } else { String::new() };
    let why = why + &all.doubt(filter.after) + &elsewhere;
    let near = nearest(&filter, &all.entries);
    not_seen(&call, &Mismatch { why, matched, near }, &all).await
}

pub async fn verify(call: Call<EntryCheck>) -> Result<ExpectationAnswer, Refusal> {
    let view = call.account().journal(0);
    let (filter, count) = (call.input.filter(&call.app)?, call.input.count);
    let verified = match &call.input.order {
        None => view.verify(&filter, count),
        Some(_) if count.is_some() => {
            let problem = "cannot go together with order, where one request matches each step";
            return Err(Problem::field("count", problem).into());
        }
        Some(_) if filter != Filter::default() => {
            let name = call.input.first_condition().unwrap_or("order");
            return Err(Problem::field(name, "goes into the steps of an order").into());
        }
        Some(steps) => view.verify_order(&read_order(&call.app, steps)?),
    };
    match verified {
        Ok(found) => Ok(ExpectationAnswer::Seen(answer_entries(&call, &found, &view).await?)),
        Err(mut mismatch) => {
            if mismatch.matched == 0 && call.input.order.is_none() {
                mismatch.why += &find_elsewhere(&call, &filter);
            }
            not_seen(&call, &mismatch, &view).await
        }
    }
}

/// Names another account whose requests match: the test may address the wrong one.
fn find_elsewhere<I>(call: &Call<I>, filter: &Filter) -> String {
    // Each account numbers its requests.
    let filter = Filter { after: 0, ..filter.clone() };
    let all = call.app.accounts.all();
    let others = all.iter().filter(|account| account.name() != call.account().name());
    let matching = others.take(MOST_ACCOUNTS).map(|account| {
        let entries = account.journal(0).entries;
        (account, entries.iter().filter(|entry| filter.matches(entry)).count())
    });
    match matching.into_iter().find(|(_, count)| *count > 0) {
        Some((account, count)) => {
            let (name, url) = (account.name(), call.context.urls.account(account.name()));
            format!("; {count} match in account \"{name}\": call {url}/_mock/…")
        }
        None => String::new(),
    }
}

fn read_order(app: &AppState, steps: &[EntryFilter]) -> Result<Vec<Filter>, Problem> {
    if steps.is_empty() {
        return Err(Problem::field("order", "takes a list of at least one filter"));
    }
    let read = |(place, step): (usize, &EntryFilter)| {
        step.filter(app).map_err(|problem| problem.within(&format!("order[{place}]")))
    };
    steps.iter().enumerate().map(read).collect()
}
