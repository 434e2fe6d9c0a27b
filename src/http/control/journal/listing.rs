//! A list of entries.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::journal::{JournalEntry, JournalView};
use crate::http::control::answer::Reply;
use crate::http::control::call::Call;
use crate::http::control::journal::entry::EntryJson;

#[derive(Serialize, JsonSchema)]
pub struct EntryList<'a> {
    entries: Vec<EntryJson<'a>>,
    /// The number of the last request, matching or not.
    last: u64,
    /// How many entries were dropped.
    dropped: u64,
}

/// Answers with entries of a journal.
///
/// # Errors
/// The budget has no room.
pub async fn answer_entries<I>(
    call: &Call<I>,
    entries: &[&Arc<JournalEntry>],
    view: &JournalView,
) -> Reply<EntryList<'static>> {
    let entries = entries.iter().map(|entry| EntryJson::new(entry)).collect();
    call.answer(EntryList { entries, last: view.last, dropped: view.dropped() }).await
}
