//! The journal of the account: requests are recorded, and tests read or wait.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use event_listener::EventListener;

use crate::core::account::Account;
use crate::core::journal::{JournalEntry, JournalView};

impl Account {
    /// Records a request, and keeps its body if it is small and nothing else does.
    pub fn record(&self, entry: JournalEntry, body: Option<Bytes>) {
        // What a reset cleared makes room before entries are dropped for it.
        self.journal_budget.free_if_half_used();
        // The entry that made room is freed without the lock.
        let made_room = self.state().journal.record(entry, body);
        drop(made_room);
        self.notify_listeners();
    }

    pub fn notify_listeners(&self) {
        self.recorded.notify(usize::MAX);
    }

    /// Notes that a call of the control API may have changed the account.
    pub fn record_change(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        self.notify_listeners();
    }

    /// How many such calls there were.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// A listener that the next entry, the next change by the control API, or the deletion of the
    /// account notifies. It is made first, then
    /// the journal is read: an entry that is recorded in between notifies it.
    pub fn listen(&self) -> EventListener {
        self.recorded.listen()
    }

    /// The entries with numbers above `after`.
    pub fn journal(&self, after: u64) -> JournalView {
        // The bytes of a file that was deleted are not shown, although they are freed later.
        self.budget.free();
        let state = self.state();
        JournalView {
            entries: state.journal.entries_after(after).cloned().collect(),
            last: state.journal.last(),
            dropped: state.journal.dropped(),
        }
    }

    /// How many entries the journal has.
    pub fn journal_length(&self) -> usize {
        self.state().journal.length()
    }

    pub fn journal_entry(&self, number: u64) -> Option<Arc<JournalEntry>> {
        self.budget.free();
        self.state().journal.entry(number).cloned()
    }

    pub fn trim_journal(&self, most: usize) {
        self.state().journal.trim(most);
    }

    /// Forgets all entries. Numbers go on.
    pub fn clear_journal(&self) {
        let cleared = self.state().journal.clear();
        drop(cleared);
    }
}
