//! A list of entries.

use std::sync::Arc;

use axum::response::Response;
use serde::Serialize;

use crate::core::Error;
use crate::core::account::{Account, JournalView};
use crate::core::journal::Entry;
use crate::http::control::journal::entry::EntryJson;
use crate::http::exchange::json::plain_list;

#[derive(Serialize)]
struct Listing<'a> {
    entries: Vec<EntryJson<'a>>,
    /// The number of the last request, matching or not.
    last: u64,
    /// Requests that are not in the journal any more.
    dropped: u64,
}

/// Lists entries of a journal.
///
/// # Errors
/// A store without room.
pub fn list_entries(
    entries: &[&Arc<Entry>],
    look: &JournalView,
    account: &Account,
) -> Result<Response, Error> {
    let entries = entries.iter().map(|entry| EntryJson::new(entry)).collect();
    let listing = Listing { entries, last: look.last, dropped: look.dropped() };
    plain_list(&listing, account)
}
