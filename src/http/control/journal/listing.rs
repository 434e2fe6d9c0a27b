//! A list of entries.

use std::sync::Arc;

use axum::response::Response;
use serde::Serialize;

use crate::core::account::Account;
use crate::core::blobs::OutOfMemory;
use crate::core::journal::{JournalEntry, JournalView};
use crate::http::control::journal::entry::EntryJson;
use crate::http::exchange::json::plain_list;

#[derive(Serialize)]
struct JournalListing<'a> {
    entries: Vec<EntryJson<'a>>,
    /// The number of the last request, matching or not.
    last: u64,
    /// Entries that were dropped.
    dropped: u64,
}

/// Lists entries of a journal.
///
/// # Errors
/// A store without room.
pub fn list_entries(
    entries: &[&Arc<JournalEntry>],
    view: &JournalView,
    account: &Account,
) -> Result<Response, OutOfMemory> {
    let entries = entries.iter().map(|entry| EntryJson::new(entry)).collect();
    let listing = JournalListing { entries, last: view.last, dropped: view.dropped() };
    plain_list(&listing, account)
}
