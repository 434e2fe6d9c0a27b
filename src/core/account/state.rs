//! The state of an account, its lock, and what its objects are charged.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use parking_lot::MutexGuard;

use crate::core::account::saved_stores::{Baseline, SavedStore, SnapshotName};
use crate::core::account::settings::AccountSettings;
use crate::core::account::store::Store;
use crate::core::blobs::{Budget, Charge, OutOfMemory};
use crate::core::faults::Faults;
use crate::core::journal::Journal;

/// All that an account has, behind its lock.
#[derive(Debug)]
pub(super) struct State {
    pub store: Store,
    /// What the objects of the store are charged, apart from blobs: [`Store::cost`], and never less
    /// than the dearest store to which the account can return, so that there is always room to.
    pub charge: Charge,
    pub settings: Arc<AccountSettings>,
    /// What a reset returns to, if the account has a seed.
    pub baseline: Option<Baseline>,
    pub snapshots: BTreeMap<SnapshotName, SavedStore>,
    pub faults: Faults,
    pub journal: Journal,
}

/// A store that was replaced. It takes time to free.
#[derive(Debug)]
pub(super) struct ReplacedStore {
    pub store: Store,
    /// None if the store that replaced it has taken it over: then it must be freed at once.
    pub charge: Option<Charge>,
}

impl State {
    pub fn new(
        store: Store,
        settings: Arc<AccountSettings>,
        journal: Journal,
        charge: Charge,
    ) -> Self {
        Self {
            store,
            charge,
            settings,
            baseline: None,
            snapshots: BTreeMap::new(),
            faults: Faults::default(),
            journal,
        }
    }

    /// Makes sure that there is room for objects that are about to be added to the store. What of
    /// it they leave is given back with the lock.
    pub fn reserve(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        self.charge.try_grow_to(self.store.cost() + bytes)
    }

    /// Replaces the store. There must be room for the new one: reserved, or because it is one to
    /// which the account can return.
    pub fn replace_store(&mut self, new: Store, budget: &Arc<Budget>) -> ReplacedStore {
        let cost = new.cost().max(self.least_charge());
        let store = std::mem::replace(&mut self.store, new);
        let charge = match Charge::try_within(budget, cost, u64::MAX) {
            Ok(charge) => Some(std::mem::replace(&mut self.charge, charge)),
            Err(_) => None,
        };
        ReplacedStore { store, charge }
    }

    /// Takes the charge of what has left the store and is kept beside it. `None` is a budget that
    /// has no room for it beside what the account needs to return to a snapshot.
    pub fn split_charge(&mut self, bytes: u64, budget: &Arc<Budget>) -> Option<Charge> {
        if self.charge.bytes().saturating_sub(bytes) >= self.least_charge() {
            return Some(self.charge.split(bytes));
        }
        Charge::try_within(budget, bytes, u64::MAX).ok()
    }

    pub fn least_charge(&self) -> u64 {
        let baseline = self.baseline.iter().map(|baseline| &baseline.saved);
        let saved = baseline.chain(self.snapshots.values());
        saved.map(|saved| saved.store.cost()).max().unwrap_or(0)
    }

    /// Gives back what the objects do not need.
    fn settle_charge(&mut self) {
        let cost = self.store.cost();
        debug_assert!(
            cost <= self.charge.bytes() || std::thread::panicking(),
            "{cost} bytes are used, {} charged",
            self.charge.bytes()
        );
        if cost < self.charge.bytes() {
            self.charge.shrink_to(cost.max(self.least_charge()));
        }
    }
}

/// The state, locked.
#[derive(Debug)]
pub(super) struct StateGuard<'a>(MutexGuard<'a, State>);

impl<'a> StateGuard<'a> {
    pub fn new(mut locked: MutexGuard<'a, State>) -> Self {
        locked.store.end_scans();
        Self(locked)
    }
}

impl Deref for StateGuard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl DerefMut for StateGuard<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.0
    }
}

impl Drop for StateGuard<'_> {
    fn drop(&mut self) {
        self.settle_charge();
    }
}
