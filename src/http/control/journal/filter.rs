//! Filters of journal entries: their fields, and how they are read.

use serde_json::Value;

use crate::core::journal::{JournalFilter, JournalStatus};
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::problem::Problem;

pub const METHOD: Field = Field::optional("method", Kind::Text, "their method");
pub const PATH: Field =
    Field::optional("path", Kind::Text, "a part of their path and query, as they were sent");
pub const ROUTE: Field =
    Field::optional("route", Kind::Text, "the route that answered, such as /api/v2/tickets/{id}");
pub const STATUS: Field =
    Field::optional("status", Kind::StatusOrClass, "the status of their answer, or its class");
pub const OBJECT: Field = Field::optional(
    "object",
    Kind::Text,
    "what they created, changed or read: upload/…, attachment/…, ticket/…, image-token/… or image/…",
);
pub const SINCE: Field = Field::optional(
    "since",
    Kind::Instant,
    "only those received at this instant of the account's clock or later",
);
pub const UNTIL: Field = Field::optional(
    "until",
    Kind::Instant,
    "only those received before this instant of the account's clock",
);
pub const AFTER: Field =
    Field::optional("after", Kind::Number, "only those with larger numbers than this");

pub const ALL: [Field; 8] = [METHOD, PATH, ROUTE, STATUS, OBJECT, SINCE, UNTIL, AFTER];

pub fn read(input: &Input) -> Result<JournalFilter, Problem> {
    let text = |field| Ok::<_, Problem>(input.text(field)?.map(ToOwned::to_owned));
    let status = match input.0.get(STATUS.name).filter(|status| !status.is_null()) {
        Some(sent) => Some(status(sent).ok_or_else(|| STATUS.refused())?),
        None => None,
    };
    let (since, until) = (input.instant(&SINCE)?, input.instant(&UNTIL)?);
    // Nothing could match, which would look as if no request had come in.
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        return Err(Problem::field(UNTIL.name, "takes an instant later than since"));
    }
    Ok(JournalFilter {
        method: text(&METHOD)?,
        path: text(&PATH)?,
        route: text(&ROUTE)?,
        status,
        object: text(&OBJECT)?,
        since,
        until,
        after: input.number(&AFTER)?.unwrap_or(0),
    })
}

fn status(value: &Value) -> Option<JournalStatus> {
    let number = |status: u64| {
        u16::try_from(status)
            .ok()
            .filter(|status| (100..600).contains(status))
            .map(JournalStatus::Exactly)
    };
    match value {
        Value::String(text) => match text.strip_suffix("xx") {
            Some(class) => {
                let class = class.parse().ok().filter(|class| (1..=5).contains(class))?;
                Some(JournalStatus::Class(class))
            }
            None => number(text.parse().ok()?),
        },
        value => number(value.as_u64()?),
    }
}
