//! Takes, restores and deletes snapshots. Each costs the same however much the account holds.

use crate::core::account::Account;
use crate::core::account::saved_stores::{
    MOST_SNAPSHOTS, SavedStore, Snapshot, SnapshotError, SnapshotName,
};

impl Account {
    /// Keeps the account as it is: objects, clock and names. An earlier snapshot of the name makes
    /// room for it.
    pub fn take_snapshot(&self, name: SnapshotName) -> Result<Snapshot, SnapshotError> {
        // Deferred drops make room without the lock.
        let cost = self.state().store.cost_to_keep();
        let mut charge = self.charge(cost)?;
        let mut guard = self.state();
        let state = &mut *guard;
        let is_new = !state.snapshots.contains_key(&name);
        if is_new && state.snapshots.len() >= MOST_SNAPSHOTS {
            return Err(SnapshotError::TooMany { max: MOST_SNAPSHOTS });
        }
        let cost = state.store.cost_to_keep();
        charge.try_grow_to(cost)?;
        charge.shrink_to(cost);
        let saved = SavedStore::new(state.store.clone(), charge);
        let snapshot = saved.describe(&name);
        self.budget.defer_drop(state.snapshots.insert(name, saved));
        Ok(snapshot)
    }

    /// Makes the account what it was. A clock that stood still stands there again. One that ran
    /// runs on, as far ahead of the system's as it was. Names repeat if they come from a seed.
    /// Journal, faults and settings stay.
    pub fn restore(&self, name: &SnapshotName) -> Result<Snapshot, SnapshotError> {
        let mut guard = self.state();
        let state = &mut *guard;
        let saved = state.snapshots.get(name).ok_or(SnapshotError::Unknown)?;
        let (snapshot, store) = (saved.describe(name), saved.store.fork());
        let old = state.replace_store(store, &self.budget);
        drop(guard);
        self.drop_replaced(old);
        Ok(snapshot)
    }

    pub fn snapshots(&self) -> Vec<Snapshot> {
        self.state().snapshots.iter().map(|(name, saved)| saved.describe(name)).collect()
    }

    pub fn delete_snapshot(&self, name: &SnapshotName) -> Result<(), SnapshotError> {
        let removed = self.state().snapshots.remove(name);
        self.budget.defer_drop(removed.ok_or(SnapshotError::Unknown)?);
        Ok(())
    }
}
