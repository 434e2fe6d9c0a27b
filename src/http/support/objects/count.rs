//! Counts, which Zendesk keeps for a while and this server does not.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::clock::Timestamp;
use crate::http::support::objects::time::instant;

#[derive(Debug, Serialize, JsonSchema)]
pub struct CountJson {
    value: usize,
    refreshed_at: String,
}

impl CountJson {
    pub fn new(value: usize, now: Timestamp) -> Self {
        Self { value, refreshed_at: instant(now) }
    }
}
