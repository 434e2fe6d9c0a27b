//! A fault as JSON: for the control API, and for the header `X-Mock-Fault`.

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::field_error::read_json;
use crate::config::values::{Notated, Notation, TimeValue};
use crate::core::faults::{Effect, Fault, FaultError, Impairment, Operation, Phase, STATUSES};
use crate::http::exchange::problem::Problem;

/// The header by which a request asks for a fault.
const HEADER: HeaderName = HeaderName::from_static("x-mock-fault");

/// Which requests trigger a fault, and what happens to them.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FaultJson {
    /// The operation of the requests; without it: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<Notated<Operation>>,
    /// The first matching request that can trigger it, counted from 1; without it: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<NonZeroU64>,
    /// How many requests trigger it; without it: all, until it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<NonZeroU64>,
    /// The probability that a request triggers it; without it: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    probability: Option<f64>,
    /// How long a request waits first, at most 1h.
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<TimeValue>,
    /// How much longer it may wait, by chance, at most 1h.
    #[serde(skip_serializing_if = "Option::is_none")]
    jitter: Option<TimeValue>,
    /// Not handled; answered with this status and the service's own body for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Notated<FaultStatus>>,
    /// The seconds of `Retry-After`, with `status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
    /// The connection is closed: before or during the body, or after the request is handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<Notated<Phase>>,
    /// Never answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    hang: Option<bool>,
    /// Handled; the response breaks off after so many bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    truncate: Option<u64>,
    /// Handled; the response goes out at so many bytes a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    throttle: Option<NonZeroU64>,
}

/// A status from 400 to 599.
#[derive(Debug, Clone, Copy)]
struct FaultStatus(u16);

impl Notation for FaultStatus {
    fn accepts() -> Cow<'static, str> {
        format!("a number from {} to {}", STATUSES.start(), STATUSES.end()).into()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().filter(|status| STATUSES.contains(status)).map(Self)
    }

    fn to_text(&self) -> String {
        self.0.to_string()
    }

    fn from_json(value: &Value) -> Option<Self> {
        Self::from_text(&value.as_u64()?.to_string())
    }

    fn to_json(&self) -> Value {
        self.0.into()
    }

    fn schema() -> Schema {
        let (minimum, maximum) = STATUSES.into_inner();
        json_schema!({"type": "integer", "minimum": minimum, "maximum": maximum})
    }
}

impl FaultJson {
    pub fn new(fault: &Fault) -> Self {
        let Fault { operation, nth, times, probability, impairment } = fault;
        let time = |time: Duration| (!time.is_zero()).then_some(Notated(time));
        let mut json = Self {
            operation: operation.map(Notated),
            nth: NonZeroU64::new(*nth),
            times: times.and_then(NonZeroU64::new),
            probability: Some(*probability),
            delay: time(impairment.delay),
            jitter: time(impairment.jitter),
            retry_after: impairment.retry_after,
            ..Self::default()
        };
        match impairment.effect {
            Effect::Served => {}
            Effect::Status(status) => json.status = Some(Notated(FaultStatus(status))),
            Effect::Cut(phase) => json.cut = Some(Notated(phase)),
            Effect::Hang => json.hang = Some(true),
            Effect::Truncated(bytes) => json.truncate = Some(bytes),
            Effect::Throttled(rate) => json.throttle = NonZeroU64::new(rate),
        }
        json
    }

    /// The fault, if its fields go together.
    ///
    /// # Errors
    /// The field that cannot be used, and what it accepts.
    pub fn fault(&self) -> Result<Fault, Problem> {
        let wait = |time: Option<TimeValue>| time.map(|time| time.0).unwrap_or_default();
        let (delay, jitter) = (wait(self.delay), wait(self.jitter));
        let fault = Fault {
            operation: self.operation.map(|operation| operation.0),
            nth: self.nth.map_or(1, NonZeroU64::get),
            times: self.times.map(NonZeroU64::get),
            probability: self.probability.unwrap_or(1.0),
            impairment: Impairment {
                delay,
                jitter,
                effect: self.effect()?,
                retry_after: self.retry_after,
            },
        };
        fault.validate().map_err(|error| match error {
            FaultError::Invalid { field, accepts } => Problem::field(field, accepts),
            error => error.into(),
        })?;
        Ok(fault)
    }

    /// The effect, of which there is one at most.
    fn effect(&self) -> Result<Effect, Problem> {
        let effects = [
            ("status", self.status.map(|status| Effect::Status(status.0.0))),
            ("cut", self.cut.map(|phase| Effect::Cut(phase.0))),
            ("hang", (self.hang == Some(true)).then_some(Effect::Hang)),
            ("truncate", self.truncate.map(Effect::Truncated)),
            ("throttle", self.throttle.map(|rate| Effect::Throttled(rate.get()))),
        ];
        let mut given = effects.into_iter().filter_map(|(name, effect)| Some((name, effect?)));
        match (given.next(), given.next()) {
            (None, _) => Ok(Effect::Served),
            (Some((_, effect)), None) => Ok(effect),
            (Some((first, _)), Some((second, _))) => {
                Err(Problem::field(second, format!("cannot go together with {first}")))
            }
        }
    }
}

/// Reads the fault that a request asks for, or what is wrong with it. A misspelt name is wrong too:
/// a test that sends it would pass without its fault.
pub fn read_header(headers: &HeaderMap) -> Option<Result<Impairment, String>> {
    if let Some(name) = headers.keys().find(|name| is_misspelt(name.as_str())) {
        return Some(Err(format!("{name}: unknown header; did you mean X-Mock-Fault?")));
    }
    let mut values = headers.get_all(HEADER).iter();
    let text = values.next()?.as_bytes();
    let read = || -> Result<Impairment, Problem> {
        let json: FaultJson = read_json(text)?;
        let of_rules = [
            ("operation", json.operation.is_some()),
            ("nth", json.nth.is_some()),
            ("times", json.times.is_some()),
            ("probability", json.probability.is_some()),
        ];
        if let Some((name, _)) = of_rules.into_iter().find(|(_, is_given)| *is_given) {
            return Err(Problem::field(name, "goes into POST /_mock/faults, not into a header"));
        }
        Ok(json.fault()?.impairment)
    };
    Some(match values.next() {
        Some(_) => Err("X-Mock-Fault is sent twice; send one header with one fault".to_owned()),
        None => read().map_err(|problem| format!("X-Mock-Fault: {problem}")),
    })
}

/// Whether the name of a header, in lower case, is nearly that of [`HEADER`].
fn is_misspelt(name: &str) -> bool {
    const MOST_WRONG: usize = 3;
    let is_near = |own: &str| strsim::damerau_levenshtein(name, own) <= MOST_WRONG;
    // Most names have neither a letter of those words nor a word, and are not compared.
    name.contains(['k', 'f'])
        && (name.contains("mock") || name.contains("fault") || name.contains("falut"))
        && name != HEADER.as_str()
        && name.len() < 30
        && (is_near(HEADER.as_str()) || is_near("x-zendesk-mock-fault"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_like_the_header_are_misspelt_and_others_are_not() {
        for name in [
            "x-mock-faults",
            "x-mock_fault",
            "x-mokc-fault",
            "mock-fault",
            "x-zendesk-mock-fault",
            "x-mock-falut",
            "x-mockfault",
        ] {
            assert!(is_misspelt(name), "{name}");
        }
        for name in [
            "x-mock-fault",
            "x-default",
            "x-mock-match-request-body",
            "host",
            "x-zendesk-mock-account",
        ] {
            assert!(!is_misspelt(name), "{name}");
        }
    }
}
