//! `/_mock/journal`: the requests to an account, and how they ended.

mod entry;
mod events;
mod expect;
mod filter;
mod listing;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use self::entry::EntryJson;
pub use self::events::stream;
pub use self::expect::{verify, wait};
use self::filter::EntryFilter;
use self::listing::{EntryList, answer_entries};
use crate::core::journal::{JournalBody, JournalEntry};
use crate::http::control::answer::{RawBytes, Reply};
use crate::http::control::call::{Call, NoFields};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

#[derive(Serialize, JsonSchema)]
pub struct OneEntry<'a> {
    entry: EntryJson<'a>,
}

pub async fn list(call: Call<EntryFilter>) -> Reply<EntryList<'static>> {
    let filter = call.input.filter(&call.app)?;
    let view = call.account().journal(0);
    let found: Vec<_> = view.entries.iter().filter(|entry| filter.matches(entry)).collect();
    answer_entries(&call, &found, &view).await
}

pub async fn clear(call: Call) -> Reply<NoFields> {
    call.account().clear_journal();
    call.answer(NoFields {}).await
}

pub async fn show(call: Call) -> Reply<OneEntry<'static>> {
    let found = find(&call)?;
    call.answer(OneEntry { entry: EntryJson::examined(&found).await }).await
}

/// Returns the bytes as they were received.
pub async fn body(call: Call) -> Result<RawBytes, Refusal> {
    bytes(&find(&call)?.body)
}

/// Returns the file in the body, which may be a form.
pub async fn file(call: Call) -> Result<RawBytes, Refusal> {
    bytes(&find(&call)?.file)
}

fn bytes(kept: &JournalBody) -> Result<RawBytes, Refusal> {
    let body = kept.find().map_err(|why| Problem::NotFound(why.to_string()))?;
    Ok(RawBytes::new(body))
}

fn find(call: &Call) -> Result<Arc<JournalEntry>, Problem> {
    let (number, account) = (call.number("number")?, call.account());
    account.journal_entry(number).ok_or_else(|| {
        let last = account.journal(u64::MAX).last;
        Problem::NotFound(match number {
            0 => "requests are numbered from 1 on".to_owned(),
            _ if number > last => format!("no request has this number yet; the last is {last}"),
            _ => "the journal has dropped this request, or was cleared".to_owned(),
        })
    })
}
