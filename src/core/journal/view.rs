//! A journal at one moment.

use std::ops::Range;
use std::sync::Arc;

use crate::core::journal::entry::JournalEntry;

/// A journal at one moment, from a number on.
#[derive(Debug, Default)]
pub struct JournalView {
    pub entries: Vec<Arc<JournalEntry>>,
    pub last: u64,
    /// The numbers of the entries that were dropped, of which there may be none.
    pub dropped: Range<u64>,
}

impl JournalView {
    pub fn dropped(&self) -> u64 {
        self.dropped_behind(0)
    }

    /// How many entries with numbers above `after` were dropped. A filter may have matched them.
    pub fn dropped_behind(&self, after: u64) -> u64 {
        let first = self.dropped.start.max(after.saturating_add(1));
        self.dropped.end.saturating_sub(first)
    }
}
