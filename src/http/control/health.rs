//! `/_mock/health`: the server answers.

use schemars::JsonSchema;
use serde::Serialize;

use crate::http::control::answer::Reply;
use crate::http::control::call::Call;

#[derive(Serialize, JsonSchema)]
pub struct Health {
    /// `ok`
    status: &'static str,
    version: &'static str,
}

pub async fn show(call: Call) -> Reply<Health> {
    call.answer(Health { status: "ok", version: env!("CARGO_PKG_VERSION") }).await
}
