//! Returns an account to its baseline, and replaces that by a seed.

use std::sync::Arc;

use crate::core::account::Account;
use crate::core::account::object_counts::ObjectCounts;
use crate::core::account::saved_stores::{Baseline, SavedStore};
use crate::core::account::settings::AccountSettings;
use crate::core::account::state::{State, StateGuard};
use crate::core::account::store::Store;
use crate::core::blobs::{Charge, OutOfMemory};
use crate::core::clock::ClockStart;
use crate::core::faults::Faults;
use crate::core::journal::Journal;

impl Account {
    /// A store as the account had it at first, known to the caller alone, and the charge for what
    /// will be in it apart from blobs.
    pub fn empty_store(&self) -> (Store, Charge) {
        (Store::new(self.id, &self.initial), Charge::empty(&self.budget))
    }

    /// The objects and the settings of the account at one moment. The store shares them.
    pub fn store(&self) -> (Store, Arc<AccountSettings>) {
        let mut state = self.state();
        let State { store, settings, journal, .. } = &mut *state;
        store.sweep(journal);
        (store.clone(), Arc::clone(settings))
    }

    /// Makes a store and valid settings the state of the account, now and after each reset. Both
    /// change in one step, and on an error neither does. `charge` is
    /// that of [`empty_store`](Self::empty_store). Returns what the account holds then.
    pub fn replace_baseline(
        &self,
        mut store: Store,
        mut charge: Charge,
        clock: Option<ClockStart>,
        settings: AccountSettings,
    ) -> Result<ObjectCounts, OutOfMemory> {
        store.sweep(&mut Journal::new(Arc::clone(&self.journal_budget)));
        let holds = store.object_counts();
        charge.grow_to(store.cost_to_keep())?;
        let cost = store.cost();
        let (mut state, ()) = self
            .reserve(|state| Ok::<_, OutOfMemory>(((), cost.saturating_sub(state.store.cost()))))?;
        let saved = SavedStore::new(store, charge);
        let baseline = Baseline { saved, settings: Arc::new(settings), clock };
        self.budget.defer_drop(state.baseline.replace(baseline));
        self.restart(state);
        Ok(holds)
    }

    /// Returns the account to its seed, or to its initial state: objects, settings, clock, rate
    /// limit, faults and, if they are seeded, names. The journal is cleared, and its numbers go on.
    /// Snapshots stay. Returns what was in it.
    pub fn reset(&self) -> ObjectCounts {
        self.restart(self.state())
    }

    fn restart(&self, mut state: StateGuard<'_>) -> ObjectCounts {
        let (store, settings) = match &state.baseline {
            Some(baseline) => (baseline.fork(), Arc::clone(&baseline.settings)),
            None => (Store::new(self.id, &self.initial), Arc::clone(&self.initial.settings)),
        };
        state.settings = settings;
        let old = state.replace_store(store, &self.budget);
        state.faults = Faults::default();
        let journal = state.journal.clear();
        drop(state);
        let removed = old.store.object_counts();
        self.drop_replaced(old);
        self.journal_budget.defer_drop(journal);
        removed
    }
}
