//! Snapshots.

use crate::core::account::{Snapshot, SnapshotName};
use crate::handle::AccountHandle;

impl AccountHandle {
    /// Takes a snapshot of objects, clock and names. It replaces an earlier one of the same name.
    ///
    /// # Panics
    /// When the name is not 1 to 64 letters, digits, dots, hyphens and underscores, or the account
    /// has no room for another snapshot.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let account = zendesk.default_account();
    /// account.take_snapshot("clean");
    /// // … a test that creates many objects …
    /// account.restore("clean");
    /// ```
    #[track_caller]
    pub fn take_snapshot(&self, name: &str) {
        if let Err(error) = self.account.take_snapshot(parse(name)) {
            panic!("{error}");
        }
    }

    /// Restores a snapshot in constant time. Journal, faults and settings stay.
    ///
    /// # Panics
    /// When there is no such snapshot. The message lists the names of the snapshots.
    #[track_caller]
    pub fn restore(&self, name: &str) {
        if let Err(error) = self.account.restore(&parse(name)) {
            let all = self.account.snapshots();
            let names: Vec<_> = all.iter().map(|snapshot| snapshot.name.as_str()).collect();
            panic!("{name:?}: {error}; there are: {}", names.join(", "));
        }
    }

    /// The snapshots by name, each with its time and the number of its objects.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// zendesk.take_snapshot("clean");
    /// let all = zendesk.snapshots();
    /// assert_eq!((all[0].name.as_str(), all[0].holds.tickets), ("clean", 0));
    /// ```
    #[must_use]
    pub fn snapshots(&self) -> Vec<Snapshot> {
        self.account.snapshots()
    }

    /// Deletes a snapshot. Returns whether it existed.
    pub fn delete_snapshot(&self, name: &str) -> bool {
        let name = SnapshotName::parse(name);
        name.is_some_and(|name| self.account.delete_snapshot(&name).is_ok())
    }
}

#[track_caller]
fn parse(name: &str) -> SnapshotName {
    SnapshotName::parse(name).unwrap_or_else(|| {
        panic!(
            "invalid name {name:?}: expected 1 to 64 letters, digits, dots, hyphens and underscores"
        )
    })
}
