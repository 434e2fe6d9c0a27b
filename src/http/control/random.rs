//! `/_mock/chance`: the random state that tokens, ids and names come from.

use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::exchange::context::Context;
use crate::http::exchange::input::{Field, Input, Kind};
use crate::http::exchange::json::Json;
use crate::http::exchange::refusal::Refusal;

pub const SEED: Field = Field::required("seed", Kind::Number, "the same seed makes the same names");

#[derive(Serialize)]
struct Seeded {
    seed: u64,
}

/// `POST /_mock/chance`
pub async fn reseed(context: Context, input: Input) -> Result<Response, Refusal> {
    let seed = input.number(&SEED)?.ok_or_else(|| SEED.refused())?;
    context.account.reseed(seed);
    Ok(Json(Seeded { seed }).into_response())
}
