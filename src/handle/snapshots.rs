//! Snapshots.

use crate::core::account::{Snapshot, SnapshotError, SnapshotName};
use crate::handle::AccountHandle;

impl AccountHandle {
    /// Takes a snapshot of objects, clock and names. It replaces an earlier one of the same name.
    ///
    /// # Errors
    /// The name is not 1 to 64 letters, digits, dots, hyphens and underscores, or there is no room
    /// for another snapshot.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// account.take_snapshot("clean")?;
    /// // … a test that creates many objects …
    /// account.restore("clean")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn take_snapshot(&self, name: &str) -> Result<Snapshot, SnapshotError> {
        let name = SnapshotName::parse(name).ok_or(SnapshotError::InvalidName)?;
        self.change(|account| account.take_snapshot(name))
    }

    /// Restores a snapshot in constant time. Journal, faults and settings stay.
    ///
    /// # Errors
    /// No snapshot has this name.
    pub fn restore(&self, name: &str) -> Result<Snapshot, SnapshotError> {
        let name = SnapshotName::parse(name).ok_or(SnapshotError::Unknown)?;
        self.change(|account| account.restore(&name))
    }

    /// The snapshots by name, each with its time and the number of its objects.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// account.take_snapshot("clean")?;
    /// let all = account.snapshots();
    /// assert_eq!((all[0].name.as_str(), all[0].holds.tickets), ("clean", 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn snapshots(&self) -> Vec<Snapshot> {
        self.account.snapshots()
    }

    /// Deletes a snapshot.
    ///
    /// # Errors
    /// No snapshot has this name.
    pub fn delete_snapshot(&self, name: &str) -> Result<(), SnapshotError> {
        let name = SnapshotName::parse(name).ok_or(SnapshotError::Unknown)?;
        self.change(|account| account.delete_snapshot(&name))
    }
}
