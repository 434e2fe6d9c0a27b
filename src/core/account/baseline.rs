//! The state that a seed brought, which a reset restores.

use std::sync::Arc;

use crate::core::account::settings::AccountSettings;
use crate::core::account::store::Store;
use crate::core::blobs::Charge;
use crate::core::clock::ClockStart;

#[derive(Debug)]
pub struct Baseline {
    pub store: Store,
    pub settings: Arc<AccountSettings>,
    /// Where the clock starts with each reset. Without it the clock of the store goes on.
    clock: Option<ClockStart>,
    _charge: Charge,
}

impl Baseline {
    pub fn new(
        store: Store,
        settings: Arc<AccountSettings>,
        clock: Option<ClockStart>,
        charge: Charge,
    ) -> Self {
        Self { store, settings, clock, _charge: charge }
    }

    /// A store to go on from.
    pub fn fork(&self) -> Store {
        let store = self.store.fork();
        Store { clock: self.clock.map_or(store.clock, ClockStart::clock), ..store }
    }
}
