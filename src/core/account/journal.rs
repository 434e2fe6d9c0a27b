//! The journal: written by every request, read by tests.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::{Account, State};
use crate::core::journal::Entry;

/// What is asked of a journal, at one moment.
#[derive(Debug)]
pub struct Look {
    /// The entries behind a number, oldest first.
    pub entries: Vec<Arc<Entry>>,
    /// The number of the last request.
    pub last: u64,
    /// How many entries were dropped.
    pub dropped: u64,
}

impl Account {
    /// Writes down what became of a request.
    pub fn record(&self, entry: Entry) {
        self.state().journal.record(entry, &self.journal_budget);
        self.arrived.notify_all();
    }

    /// Blocks until so many entries match, or until `patience` is over, and answers those that do. For
    /// threads that can wait; nothing here can.
    pub fn await_entries(
        &self,
        count: usize,
        patience: Duration,
        matches: impl Fn(&Entry) -> bool,
    ) -> Vec<Arc<Entry>> {
        let matching = |state: &State| {
            let entries = state.journal.entries().filter(|entry| matches(entry));
            entries.cloned().collect::<Vec<_>>()
        };
        let waited = self
            .arrived
            .wait_timeout_while(self.state(), patience, |state| matching(state).len() < count);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        matching(&state)
    }

    /// The entries with numbers behind `after`.
    #[must_use]
    pub fn journal(&self, after: u64) -> Look {
        let state = self.state();
        let entries = state.journal.entries().filter(|entry| entry.number > after).cloned();
        Look {
            entries: entries.collect(),
            last: state.journal.last(),
            dropped: state.journal.dropped(),
        }
    }

    /// Forgets all entries. Numbers go on.
    pub fn clear_journal(&self) {
        self.state().journal.clear();
    }
}
