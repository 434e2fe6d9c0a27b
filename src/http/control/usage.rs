//! `/_mock/usage`: what the server uses, for tests that look for leaks.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use tokio::runtime::Handle;

use crate::http::control::answer::Reply;
use crate::http::control::call::Call;

#[derive(Serialize, JsonSchema)]
pub struct UsageJson {
    accounts: usize,
    /// Bytes of `max_memory` that are charged, in all accounts.
    memory: u64,
    max_memory: u64,
    /// Bytes beside `max_memory`: of small requests that have not arrived completely, of JSON up to
    /// 1 MiB once it is parsed, and of long answers of the control API, and to requests that are no
    /// GET, that go out.
    reserve: u64,
    /// Bytes that the journals of all accounts are charged.
    journals: u64,
    /// Tasks of the server's runtime: one for each connection, this one included, and those that
    /// do not end.
    tasks: usize,
}

pub async fn show(call: Call) -> Reply<UsageJson> {
    let accounts = Arc::clone(&call.app.accounts);
    // What a reset has left to be dropped is charged until then, and to drop it takes time. This
    // fails only when the runtime stops.
    let _ = tokio::task::spawn_blocking(move || accounts.budget().free()).await;
    let accounts = &call.app.accounts;
    call.answer(UsageJson {
        accounts: accounts.count(),
        memory: accounts.budget().used(),
        max_memory: accounts.budget().limit(),
        reserve: accounts.budget().beside().used(),
        journals: accounts.journals_used(),
        tasks: Handle::current().metrics().num_alive_tasks(),
    })
    .await
}
