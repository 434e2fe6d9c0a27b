//! `/_mock/clock`: the time of an account.

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::clock::Clock;
use crate::http::exchange::context::Context;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::Json;
use crate::http::exchange::refusal::Refusal;

pub const BY: Field = Field::required("by", Kind::Time, "how far");
pub const TO: Field = Field::required("to", Kind::Instant, "the instant, past or future");
pub const AT: Field =
    Field::optional("at", Kind::Instant, "the instant at which it stops; without it: now");

#[derive(Serialize)]
struct ClockJson {
    now: String,
    frozen: bool,
    emulated: bool,
}

fn state(clock: Clock) -> Response {
    let state = ClockJson {
        now: format!("{:.3}", clock.now()),
        frozen: matches!(clock, Clock::Frozen { .. }),
        emulated: clock.is_emulated(),
    };
    Json(state).into_response()
}

/// `GET /_mock/clock`
pub async fn show(context: Context) -> Response {
    state(context.account.clock())
}

/// `POST /_mock/clock/advance`
pub async fn advance(context: Context, input: Input) -> Result<Response, Refusal> {
    let by = input.time(&BY)?.ok_or_else(|| BY.refused())?;
    Ok(state(context.account.set_clock(|clock| clock.advance(by))))
}

/// `POST /_mock/clock/set`
pub async fn set(context: Context, input: Input) -> Result<Response, Refusal> {
    let to = input.instant(&TO)?.ok_or_else(|| TO.refused())?;
    Ok(state(context.account.set_clock(|clock| clock.set(to))))
}

/// `POST /_mock/clock/freeze`
pub async fn freeze(context: Context, input: Input) -> Result<Response, Refusal> {
    let at = input.instant(&AT)?;
    Ok(state(context.account.set_clock(|clock| {
        clock.freeze();
        if let Some(at) = at {
            clock.set(at);
        }
    })))
}

/// `POST /_mock/clock/resume`
pub async fn resume(context: Context) -> Response {
    state(context.account.set_clock(Clock::resume))
}
