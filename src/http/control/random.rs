//! `/_mock/random`: the random state that tokens, ids and names come from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::control::answer::Reply;
use crate::http::control::call::{Call, Fields};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RandomSeed {
    /// The same seed makes the same tokens, ids and names.
    seed: u64,
}

impl Fields for RandomSeed {
    const EXAMPLE: &'static str = r#"{"seed": 7}"#;
}

pub async fn reseed(call: Call<RandomSeed>) -> Reply<RandomSeed> {
    call.account().reseed(call.input.seed);
    call.answer(&call.input).await
}
