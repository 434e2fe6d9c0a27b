//! A fault as JSON: for the control API, and for the header `X-Mock-Fault`.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use serde_json::{Value, json};
use strum::VariantNames;

use crate::core::faults::{ActiveFault, Effect, Fault, Phase, Rule};
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::problem::Problem;

const OPERATIONS: &[&str] =
    &["any", "upload", "reserve", "put", "publish", "ticket", "download", "other"];
/// The longest wait. A longer one is a hang.
const LONGEST: Duration = Duration::from_secs(60 * 60);

pub const OPERATION: Field = Field::optional(
    "operation",
    Kind::OneOf(OPERATIONS),
    "which requests it is for; without it: any",
);
pub const NTH: Field =
    Field::optional("nth", Kind::Number, "from which matching request on, counted from 1");
pub const TIMES: Field = Field::optional(
    "times",
    Kind::Number,
    "how many requests it triggers on; without it: all, until it is removed",
);
pub const PROBABILITY: Field =
    Field::optional("probability", Kind::Fraction, "how probable it is for each request");
pub const DELAY: Field =
    Field::optional("delay", Kind::Time, "how long they wait first, at most 1h");
pub const JITTER: Field =
    Field::optional("jitter", Kind::Time, "how much longer they may wait, by chance, at most 1h");
pub const STATUS: Field = Field::optional(
    "status",
    Kind::Status,
    "they are not handled, but answered with this status and the service's own body for it",
);
pub const RETRY_AFTER: Field =
    Field::optional("retry_after", Kind::Number, "what Retry-After says, in seconds; with status");
pub const CUT: Field = Field::optional(
    "cut",
    Kind::OneOf(Phase::VARIANTS),
    "their connection is closed without an answer: before or during their body, or after they are handled",
);
pub const HANG: Field = Field::optional("hang", Kind::Flag, "they are never answered");
pub const TRUNCATE: Field = Field::optional(
    "truncate",
    Kind::Number,
    "they are handled, and their answers break off after so many bytes",
);
pub const THROTTLE: Field = Field::optional(
    "throttle",
    Kind::Number,
    "they are handled, and their answers go out at so many bytes a second",
);

/// The header by which a request asks for a fault.
const HEADER: HeaderName = HeaderName::from_static("x-mock-fault");

/// Reads the fault that a request asks for, or what is wrong with it.
pub fn read_header(headers: &HeaderMap) -> Option<Result<Fault, String>> {
    let asked = serde_json::from_slice(headers.get(HEADER)?.as_bytes());
    let rule = match asked {
        Ok(Value::Object(asked)) => read_without_choice(&Input(asked)),
        Ok(_) => Err(Problem::JsonMalformed("it is another kind of JSON".to_owned())),
        Err(error) => Err(Problem::JsonMalformed(error.to_string())),
    };
    let in_header = |problem| match problem {
        Problem::JsonMalformed(why) => format!("X-Mock-Fault: it is not a JSON object: {why}"),
        problem => format!("X-Mock-Fault: {problem}"),
    };
    Some(rule.map(|rule| rule.fault).map_err(in_header))
}

/// Reads a rule for the request that carries it.
fn read_without_choice(input: &Input) -> Result<Rule, Problem> {
    match [OPERATION, NTH, TIMES, PROBABILITY].iter().find(|field| input.0.contains_key(field.name))
    {
        Some(field) => {
            Err(Problem::field(field.name, "goes into POST /_mock/faults, not into a header"))
        }
        None => read(input),
    }
}

/// Reads a rule.
///
/// # Errors
/// The field that cannot be used, and what it accepts.
pub fn read(input: &Input) -> Result<Rule, Problem> {
    let operation = match input.text(&OPERATION)? {
        None | Some("any") => None,
        Some(word) => Some(word.parse().map_err(|_| OPERATION.refused())?),
    };
    let at_least_one = |field: &Field| match input.number(field)? {
        Some(0) => Err(Problem::field(field.name, "takes a whole number from 1 on")),
        number => Ok(number),
    };
    let wait = |field: &Field| match input.time(field)? {
        Some(time) if time > LONGEST => {
            Err(Problem::field(field.name, "takes a time of at most 1h, such as \"5s\""))
        }
        time => Ok(time.unwrap_or_default()),
    };
    let fault = Fault { delay: wait(&DELAY)?, jitter: wait(&JITTER)?, effect: effect(input)? };
    if fault == Fault::default() {
        let what = "takes a status; or give delay, jitter, cut, hang, truncate or throttle";
        return Err(Problem::field(STATUS.name, what));
    }
    Ok(Rule {
        operation,
        nth: at_least_one(&NTH)?.unwrap_or(1),
        times: at_least_one(&TIMES)?,
        probability: input.fraction(&PROBABILITY)?.unwrap_or(1.0),
        fault,
    })
}

/// How requests end, which is in one way.
fn effect(input: &Input) -> Result<Effect, Problem> {
    let retry_after = input.number(&RETRY_AFTER)?.map(u32::try_from).transpose();
    let retry_after = retry_after.map_err(|_| RETRY_AFTER.refused())?;
    let status = input.status(&STATUS)?;
    if retry_after.is_some() && status.is_none() {
        return Err(Problem::field(RETRY_AFTER.name, "goes together with status"));
    }
    let throttle = match input.number(&THROTTLE)? {
        Some(0) => {
            return Err(Problem::field(THROTTLE.name, "takes a whole number from 1 on"));
        }
        rate => rate,
    };
    let ends = [
        (STATUS, status.map(|status| Effect::Status { status, retry_after })),
        (CUT, input.parsed(&CUT)?.map(Effect::Cut)),
        (HANG, input.flag(&HANG)?.filter(|hang| *hang).map(|_| Effect::Hang)),
        (TRUNCATE, input.number(&TRUNCATE)?.map(Effect::Truncated)),
        (THROTTLE, throttle.map(Effect::Throttled)),
    ];
    let mut given = ends.into_iter().filter_map(|(field, end)| Some((field, end?)));
    match (given.next(), given.next()) {
        (None, _) => Ok(Effect::Served),
        (Some((_, end)), None) => Ok(end),
        (Some((first, _)), Some((second, _))) => {
            Err(Problem::field(second.name, format!("cannot go together with {}", first.name)))
        }
    }
}

/// A rule as it can be sent, with its number and what it did.
pub fn show(active: &ActiveFault) -> Value {
    let ActiveFault { id, rule, seen, triggered } = active;
    let Rule { operation, nth, times, probability, fault } = rule;
    let mut shown = json!({
        "id": id,
        "operation": operation.map_or("any", |operation| operation.into_str()),
        "nth": nth,
        "times": times,
        "probability": probability,
        "seen": seen,
        "triggered": triggered,
    });
    for (name, time) in [(DELAY.name, fault.delay), (JITTER.name, fault.jitter)] {
        if !time.is_zero() {
            shown[name] = json!(time.as_secs_f64());
        }
    }
    match fault.effect {
        Effect::Served => {}
        Effect::Status { status, retry_after } => {
            shown[STATUS.name] = json!(status);
            if let Some(seconds) = retry_after {
                shown[RETRY_AFTER.name] = json!(seconds);
            }
        }
        Effect::Cut(when) => shown[CUT.name] = json!(when.into_str()),
        Effect::Hang => shown[HANG.name] = json!(true),
        Effect::Truncated(bytes) => shown[TRUNCATE.name] = json!(bytes),
        Effect::Throttled(rate) => shown[THROTTLE.name] = json!(rate),
    }
    shown
}
