//! The journal: written by every request, read by tests.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;

use crate::core::account::Account;
use crate::core::journal::Entry;

/// What is asked of a journal, at one moment.
#[derive(Debug, Default)]
pub struct JournalView {
    /// The entries behind a number, oldest first.
    pub entries: Vec<Arc<Entry>>,
    /// The number of the last request.
    pub last: u64,
    /// The numbers of the entries that were dropped, which may be none.
    pub dropped: Range<u64>,
}

impl JournalView {
    /// How many entries were dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped_behind(0)
    }

    /// How many of the entries with numbers behind `after` were dropped, so that nobody knows whether a filter
    /// would have matched them.
    #[must_use]
    pub fn dropped_behind(&self, after: u64) -> u64 {
        let first = self.dropped.start.max(after.saturating_add(1));
        self.dropped.end.saturating_sub(first)
    }
}

impl Account {
    /// Writes down what became of a request, and keeps its body if it is small and nobody else does.
    pub fn record(&self, entry: Entry, body: Option<Bytes>) {
        // What made room is freed when nobody waits for the account.
        let made_room = self.state().journal.record(entry, body, &self.journal_budget);
        drop(made_room);
        // To wake somebody is a call of the system, also when nobody sleeps. Who begins to wait has said so before it
        // looks under the lock, and so sees this entry or is seen here.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.arrived.notify_all();
        }
    }

    /// Blocks until there is an entry behind `after`, or until `timeout` is over, and answers those that
    /// there are. For threads that can wait; nothing here can.
    #[must_use]
    pub fn await_journal(&self, after: u64, timeout: Duration) -> JournalView {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut state = self.state.lock();
        self.arrived.wait_while_for(&mut state, |state| state.journal.last() == after, timeout);
        drop(state);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.journal(after)
    }

    /// The entries with numbers behind `after`.
    #[must_use]
    pub fn journal(&self, after: u64) -> JournalView {
        // A file that was given up is gone, also when nobody has freed it yet.
        self.budget.free();
        let state = self.state();
        // Numbers begin anew with a reset. Who knows a later one has seen none of these.
        let after = if after > state.journal.last() { 0 } else { after };
        let entries = state.journal.behind(after).cloned();
        JournalView {
            entries: entries.collect(),
            last: state.journal.last(),
            dropped: state.journal.dropped(),
        }
    }

    /// The entry with this number, if the journal keeps it.
    #[must_use]
    pub fn journal_entry(&self, number: u64) -> Option<Arc<Entry>> {
        self.budget.free();
        self.state().journal.entry(number).cloned()
    }

    /// Drops the oldest entries until there are only so many.
    pub fn trim_journal(&self, most: usize) {
        self.state().journal.trim(most);
    }

    /// Forgets all entries. Numbers go on.
    pub fn clear_journal(&self) {
        self.state().journal.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn dropped_entries_are_counted_from_a_number_on(start in 1..9_u64, length in 0..9_u64, after in prop_oneof![0..20_u64, Just(u64::MAX)]) {
            let dropped = start..start + length;
            let look = JournalView { entries: Vec::new(), last: 20, dropped: dropped.clone() };
            prop_assert_eq!(look.dropped(), length);
            let behind = dropped.filter(|number| *number > after).count();
            prop_assert_eq!(look.dropped_behind(after), behind as u64);
        }
    }
}
