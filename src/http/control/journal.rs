//! `/_mock/journal`: what was asked of an account, and what became of it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::error::ControlError;
use super::input::{Field, Input, Kind};
use crate::core::account::{Account, Look};
use crate::core::journal::{Entry, MOST};
use crate::http::answer::{Json, plain_list};
use crate::http::extract::Context;
use crate::http::json::Object;

/// The method.
pub const METHOD: Field = Field::optional("method", Kind::Text, "their method");
/// The path.
pub const PATH: Field =
    Field::optional("path", Kind::Text, "a part of their path and query, as they were sent");
/// The status.
pub const STATUS: Field =
    Field::optional("status", Kind::StatusOrClass, "the status of their answer, or its class");
/// The object.
pub const OBJECT: Field = Field::optional(
    "object",
    Kind::Text,
    "what they made, changed or read: upload/…, attachment/…, ticket/…, image-token/… or image/…",
);
/// The number.
pub const AFTER: Field =
    Field::optional("after", Kind::Number, "only those with larger numbers than this");
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
/// How many near misses are told.
const NEAR: usize = 3;

/// Which entries are wanted. What is not said does not matter.
#[derive(Debug, Default)]
struct Filter {
    method: Option<String>,
    path: Option<String>,
    status: Option<Status>,
    object: Option<String>,
    after: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Exactly(u16),
    Class(u16),
}

impl Filter {
    fn read(input: &Input) -> Result<Self, ControlError> {
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        let status = match input.0.get(STATUS.name).filter(|status| !status.is_null()) {
            Some(status) => Some(Status::read(status).ok_or_else(|| STATUS.refused())?),
            None => None,
        };
        Ok(Self {
            method: owned(input.text(&METHOD)?),
            path: owned(input.text(&PATH)?),
            status,
            object: owned(input.text(&OBJECT)?),
            after: input.number(&AFTER)?.unwrap_or(0),
        })
    }

    fn has_number(&self, entry: &Entry) -> bool {
        entry.number > self.after
    }

    fn has_method(&self, entry: &Entry) -> bool {
        self.method.as_ref().is_none_or(|method| entry.method.eq_ignore_ascii_case(method))
    }

    fn has_path(&self, entry: &Entry) -> bool {
        self.path.as_ref().is_none_or(|path| entry.target.contains(path.as_str()))
    }

    fn has_status(&self, entry: &Entry) -> bool {
        self.status.is_none_or(|wanted| wanted.is(entry.status))
    }

    fn has_object(&self, entry: &Entry) -> bool {
        let is = |object: &String| entry.objects.iter().any(|it| it.to_string() == *object);
        self.object.as_ref().is_none_or(is)
    }

    fn matches(&self, entry: &Entry) -> bool {
        self.has_number(entry)
            && self.has_method(entry)
            && self.has_path(entry)
            && self.has_status(entry)
            && self.has_object(entry)
    }

    /// Why an entry does not match: nothing, if it does.
    fn misses(&self, entry: &Entry) -> Vec<String> {
        let mut misses = Vec::new();
        if !self.has_number(entry) {
            misses.push(format!("number is {}, not above {}", entry.number, self.after));
        }
        if let Some(method) = self.method.as_ref().filter(|_| !self.has_method(entry)) {
            misses.push(format!("method is {}, not {method}", entry.method));
        }
        if let Some(path) = self.path.as_ref().filter(|_| !self.has_path(entry)) {
            misses.push(format!("path is {}, without {path}", entry.target));
        }
        if let Some(wanted) = self.status.filter(|_| !self.has_status(entry)) {
            let was =
                entry.status.map_or("missing: it had no answer".to_owned(), |was| was.to_string());
            misses.push(format!("status is {was}, not {wanted}"));
        }
        if let Some(object) = self.object.as_ref().filter(|_| !self.has_object(entry)) {
            let objects: Vec<_> = entry.objects.iter().map(ToString::to_string).collect();
            misses.push(format!("objects are [{}], without {object}", objects.join(", ")));
        }
        misses
    }

    fn of<'a>(&self, look: &'a Look) -> Vec<&'a Arc<Entry>> {
        look.entries.iter().filter(|entry| self.matches(entry)).collect()
    }

    /// The entries that come closest, the nearest and newest first, and what they miss.
    fn near(&self, look: &Look) -> Vec<Value> {
        let mut near: Vec<_> = look
            .entries
            .iter()
            .rev()
            .map(|entry| (self.misses(entry), entry))
            .filter(|(misses, _)| !misses.is_empty())
            .collect();
        near.sort_by_key(|(misses, _)| misses.len());
        let told = |(misses, entry): (Vec<String>, &Arc<Entry>)| json!({"entry": EntryJson::new(entry), "misses": misses});
        near.into_iter().take(NEAR).map(told).collect()
    }
}

impl Status {
    fn read(value: &Value) -> Option<Self> {
        let number = |status: u64| {
            u16::try_from(status)
                .ok()
                .filter(|status| (100..600).contains(status))
                .map(Self::Exactly)
        };
        match value {
            Value::String(text) => match text.strip_suffix("xx") {
                Some(class) => {
                    let class = class.parse().ok().filter(|class| (1..=5).contains(class))?;
                    Some(Self::Class(class))
                }
                None => number(text.parse().ok()?),
            },
            value => number(value.as_u64()?),
        }
    }

    fn is(self, status: Option<u16>) -> bool {
        match (self, status) {
            (Self::Exactly(wanted), Some(status)) => wanted == status,
            (Self::Class(wanted), Some(status)) => wanted == status / 100,
            (_, None) => false,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}

/// An entry as it is told.
#[derive(Serialize)]
pub struct EntryJson<'a> {
    number: u64,
    at: String,
    method: &'a str,
    path: &'a str,
    route: Option<&'a str>,
    caller: Option<&'a str>,
    client: Option<&'a str>,
    status: Option<u16>,
    why: Option<&'a str>,
    fault: bool,
    received: u64,
    sent: u64,
    ms: f64,
    objects: Vec<String>,
}

impl<'a> EntryJson<'a> {
    /// An entry.
    pub fn new(entry: &'a Entry) -> Self {
        Self {
            number: entry.number,
            at: format!("{:.3}", entry.at),
            method: &entry.method,
            path: &entry.target,
            route: entry.route.as_deref(),
            caller: entry.caller.as_deref(),
            client: entry.client.as_deref(),
            status: entry.status,
            why: entry.why.as_deref(),
            fault: entry.struck,
            received: entry.received,
            sent: entry.sent,
            ms: entry.micros as f64 / 1000.0,
            objects: entry.objects.iter().map(ToString::to_string).collect(),
        }
    }
}

#[derive(Serialize)]
struct Listing<'a> {
    entries: Vec<EntryJson<'a>>,
    /// The number of the last request, matching or not.
    last: u64,
    /// Requests that are not in the journal any more.
    dropped: u64,
}

fn told(entries: &[&Arc<Entry>], look: &Look, account: &Account) -> Result<Response, ControlError> {
    let entries = entries.iter().map(|entry| EntryJson::new(entry)).collect();
    let listing = Listing { entries, last: look.last, dropped: look.dropped };
    Ok(plain_list(&listing, account)?)
}

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

/// `GET /_mock/journal`
pub async fn list(context: Context, RawQuery(query): RawQuery) -> Result<Response, ControlError> {
    let query = query.unwrap_or_default();
    let asked: Object = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| {
            // A number in a query is a text too.
            let number = (name == AFTER.name).then(|| value.parse::<u64>().ok()).flatten();
            let value = number.map_or_else(|| json!(value), |number| json!(number));
            (name.into_owned(), value)
        })
        .collect();
    let filter = Filter::read(&Input(asked))?;
    let look = context.account.journal(0);
    told(&filter.of(&look), &look, &context.account)
}

/// `DELETE /_mock/journal`
pub async fn clear(context: Context) -> StatusCode {
    context.account.clear_journal();
    StatusCode::NO_CONTENT
}

/// `POST /_mock/journal/wait`
pub async fn wait(context: Context, input: Input) -> Result<Response, ControlError> {
    let filter = Filter::read(&input)?;
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
    Ok(missed(why, matched, filter.near(&account.journal(0))))
}

/// `POST /_mock/journal/verify`
pub async fn verify(context: Context, input: Input) -> Result<Response, ControlError> {
    let account = &*context.account;
    if let Some(order) = input.0.get(ORDER.name).filter(|order| !order.is_null()) {
        let beside = [METHOD, PATH, STATUS, OBJECT, AFTER, COUNT];
        let beside = beside.iter().find(|field| input.0.contains_key(field.name));
        return match beside {
            // It would seem to be asked for, and would not be.
            Some(field) => Err(ControlError::field(field.name, "goes into the steps of an order")),
            None => in_order(account, order),
        };
    }
    let filter = Filter::read(&input)?;
    let wanted = input.number(&COUNT)?;
    let look = account.journal(0);
    let found = filter.of(&look);
    let matched = found.len();
    let holds = wanted.map_or(matched > 0, |wanted| matched as u64 == wanted);
    if holds {
        return told(&found, &look, account);
    }
    let wanted = wanted.map_or("at least 1".to_owned(), |wanted| wanted.to_string());
    let why = format!("{matched} requests matched, not {wanted}");
    Ok(missed(why, matched, filter.near(&look)))
}

fn in_order(account: &Account, order: &Value) -> Result<Response, ControlError> {
    let steps = order.as_array().filter(|steps| !steps.is_empty());
    let read = |step: &Value| {
        let step = step.as_object().ok_or_else(|| ORDER.refused())?;
        Filter::read(&Input(step.clone()))
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
                return Ok(missed(why, found.len(), filter.near(&look)));
            }
        }
    }
    told(&found, &look, account)
}
