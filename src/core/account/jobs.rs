//! Jobs of bulk calls.
//!
//! The items of a job are use cases of their own: each is one call under the lock, so that other
//! requests need not wait for a hundred tickets, and an item that fails changes nothing.

use std::sync::Arc;

use crate::core::account::settings::AccountSettings;
use crate::core::account::{Account, State};
use crate::core::blobs::OutOfMemory;
use crate::core::job_id::JobId;
use crate::core::jobs::{Job, JobKind, JobOutcome, Jobs, UnknownJob};
use crate::core::paging::{self, Order, Page, Window};

impl Account {
    /// Keeps a new job. There is then room for what becomes of its items.
    pub fn start_job(
        &self,
        kind: JobKind,
        total: usize,
        settings: &AccountSettings,
    ) -> Result<Arc<Job>, OutOfMemory> {
        let (mut state, now) = self.reserve(|State { store, journal, .. }| {
            Ok::<_, OutOfMemory>((store.sweep(journal), Jobs::cost_of(total)))
        })?;
        let store = &mut state.store;
        let id = store.ids.job_id(|id| store.jobs.has(*id));
        Ok(store.jobs.add(id, kind, total, now, settings.job_duration))
    }

    /// Keeps what became of the items of a job, unless a reset has removed it meanwhile.
    pub fn finish_job(&self, id: JobId, outcomes: Vec<JobOutcome>) {
        let mut state = self.state();
        if state.store.jobs.has(id) {
            state.store.jobs.finish(id, outcomes);
        }
    }

    pub fn find_job(&self, id: JobId) -> Result<Arc<Job>, UnknownJob> {
        let state = self.state();
        state.store.jobs.find(id, state.store.clock.now())
    }

    pub fn list_jobs(&self, order: Order, window: Window) -> Page<Arc<Job>> {
        let state = self.state();
        let all = state.store.jobs.all(state.store.clock.now());
        paging::cut(&all, |job| job.number, order, window)
    }
}
