//! `/_mock/clock`: the time of an account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::values::{InstantValue, TimeValue};
use crate::core::clock::Clock;
use crate::http::control::answer::Reply;
use crate::http::control::call::{Call, Fields};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// How far.
    by: TimeValue,
}

impl Fields for Advance {
    const EXAMPLE: &'static str = r#"{"by": "90s"}"#;
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTime {
    /// The instant, past or future.
    to: InstantValue,
}

impl Fields for SetTime {
    const EXAMPLE: &'static str = r#"{"to": "2026-01-01T00:00:00Z"}"#;
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// The instant at which it stops; without it: now.
    at: Option<InstantValue>,
}

impl Fields for Freeze {
    const EXAMPLE: &'static str = r#"{"at": "2026-01-01T00:00:00Z"}"#;
}

#[derive(Serialize, JsonSchema)]
pub struct ClockJson {
    now: String,
    frozen: bool,
    /// Whether it differs from the system's clock.
    emulated: bool,
}

impl From<Clock> for ClockJson {
    fn from(clock: Clock) -> Self {
        Self {
            now: format!("{:.3}", clock.now()),
            frozen: matches!(clock, Clock::Frozen { .. }),
            emulated: clock.is_emulated(),
        }
    }
}

pub async fn show(call: Call) -> Reply<ClockJson> {
    call.answer(ClockJson::from(call.account().clock())).await
}

pub async fn advance(call: Call<Advance>) -> Reply<ClockJson> {
    change(&call, |clock| clock.advance(call.input.by.0)).await
}

pub async fn set(call: Call<SetTime>) -> Reply<ClockJson> {
    change(&call, |clock| clock.set(call.input.to.0)).await
}

pub async fn freeze(call: Call<Freeze>) -> Reply<ClockJson> {
    change(&call, |clock| {
        clock.freeze();
        if let Some(at) = &call.input.at {
            clock.set(at.0);
        }
    })
    .await
}

pub async fn resume(call: Call) -> Reply<ClockJson> {
    change(&call, Clock::resume).await
}

async fn change<I>(call: &Call<I>, change: impl FnOnce(&mut Clock)) -> Reply<ClockJson> {
    call.answer(ClockJson::from(call.account().set_clock(change))).await
}
