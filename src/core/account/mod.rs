//! One account: one lock around one state, and one short method per use case.

mod bucket;
mod comment_changes;
mod comment_checks;
mod deleted_tickets;
mod exports;
mod faults;
mod files;
mod jobs;
mod journal;
mod listed_files;
mod named_objects;
mod object_counts;
mod requesters;
mod reset;
mod saved_stores;
mod search;
pub mod settings;
mod side_conversations;
mod snapshots;
mod state;
mod store;
#[cfg(test)]
mod stress;
#[cfg(test)]
mod tests;
mod ticket_copies;
mod ticket_lists;
mod tickets;
mod token_histories;
mod user_changes;
mod user_images;
mod users;

use std::panic::RefUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use bytes::Bytes;
use event_listener::Event;
use parking_lot::Mutex;
use uuid::Uuid;

pub use self::bucket::{NotStored, ObjectError, Replaceable, ReservedObject};
pub use self::comment_changes::{FileName, Redaction, RedactionResult, TextRedaction};
pub use self::deleted_tickets::{DeletedTicketDetail, DeletedTicketSort};
pub use self::exports::{ExportSpan, ExportedTicket};
pub use self::files::{AttachmentEdit, ScanError, ScanOf};
pub use self::listed_files::{FileState, ListedFile};
pub use self::named_objects::{NamedKind, SYSTEM_FIELDS};
pub use self::object_counts::ObjectCounts;
pub use self::saved_stores::{Snapshot, SnapshotError, SnapshotName};
pub use self::search::FoundObject;
use self::settings::{AccountSettings, InitialState, SettingError};
pub use self::side_conversations::SideConversationDetail;
use self::state::{ReplacedStore, State, StateGuard};
pub use self::store::Store;
pub use self::ticket_lists::{CommentFilter, RequestScope, TicketFilter, TicketSort};
pub use self::tickets::{
    AuditDetail, CommentDetail, NewTicket, Sender, TicketChange, TicketChangeResult,
};
pub use self::user_changes::{TicketRelation, UserFilter};
pub use self::user_images::USER_IMAGES;
pub use self::users::CallerError;
use crate::core::blobs::{Budget, Charge, OutOfMemory};
use crate::core::clock::{Clock, Timestamp};
use crate::core::faults::{Impairment, Operation};
use crate::core::ids::AccountId;
use crate::core::journal::Journal;
use crate::core::limits::account::RateLimitStatus;
use crate::core::limits::endpoint::{Endpoint, EndpointLimits, LimitStatuses};

/// What an account decides about a request before its route does.
#[derive(Debug, Clone, Copy)]
pub struct Admission {
    pub request_id: Uuid,
    /// The time by which it is answered.
    pub now: Timestamp,
    /// Whether that time is not the system's.
    pub emulated: bool,
    pub rate_limit_status: Option<RateLimitStatus>,
    pub limit_statuses: LimitStatuses,
    pub fault: Option<Impairment>,
    /// The id of that fault. A fault that the request brings itself has none.
    pub fault_id: Option<u64>,
    /// A number from 0 on and below 1, for the random part of a fault.
    pub fraction: f64,
}

/// One Zendesk account: the unit of isolation.
#[derive(Debug)]
pub struct Account {
    id: AccountId,
    name: Bytes,
    /// When it is deleted, on the system's clock.
    ends: Option<Timestamp>,
    initial: InitialState,
    budget: Arc<Budget>,
    journal_budget: Arc<Budget>,
    state: Mutex<State>,
    /// Notified of each entry of the journal, of each change by the control API, and when the account
    /// is deleted.
    recorded: Event,
    /// How many calls of the control API may have changed it.
    changes: AtomicU64,
    /// Whether requests find it, or have found it before it was deleted.
    pub(super) was_listed: AtomicBool,
}

impl Account {
    pub(super) fn new(
        id: AccountId,
        name: String,
        ends: Option<Timestamp>,
        initial: InitialState,
        budget: Arc<Budget>,
        journal_budget: Arc<Budget>,
    ) -> Self {
        let (store, settings) = (Store::new(id, &initial), Arc::clone(&initial.settings));
        let journal = Journal::new(Arc::clone(&journal_budget));
        let state = Mutex::new(State::new(store, settings, journal, Charge::empty(&budget)));
        let name = name.into();
        let (recorded, was_listed) = (Event::new(), AtomicBool::new(false));
        let changes = AtomicU64::new(0);
        Self {
            id,
            name,
            ends,
            initial,
            budget,
            journal_budget,
            state,
            recorded,
            changes,
            was_listed,
        }
    }

    pub fn id(&self) -> AccountId {
        self.id
    }

    /// The name of the account: its subdomain.
    pub fn name(&self) -> &str {
        // It is made of a String.
        std::str::from_utf8(&self.name).unwrap_or_default()
    }

    /// The name for a header, without a copy.
    #[must_use]
    pub fn name_bytes(&self) -> Bytes {
        self.name.clone()
    }

    /// When the account is deleted, on the system's clock.
    pub fn ends(&self) -> Option<Timestamp> {
        self.ends
    }

    /// The settings with which the account was created. Those of a seed are changes of these.
    pub fn initial_settings(&self) -> &AccountSettings {
        &self.initial.settings
    }

    pub fn settings(&self) -> Arc<AccountSettings> {
        Arc::clone(&self.state().settings)
    }

    /// Changes settings, all or none, until the account is reset. What exists keeps its lifetime.
    /// `change` runs under the account's lock, so it must not use the account.
    pub fn change_settings<E: From<SettingError>>(
        &self,
        change: impl FnOnce(&mut AccountSettings) -> Result<(), E>,
    ) -> Result<Arc<AccountSettings>, E> {
        let mut state = self.state();
        let mut settings = AccountSettings::clone(&state.settings);
        change(&mut settings)?;
        settings.validate()?;
        // Accounts whose settings are those of the server share them.
        state.settings = if settings == *self.initial.settings {
            Arc::clone(&self.initial.settings)
        } else {
            Arc::new(settings)
        };
        Ok(Arc::clone(&state.settings))
    }

    pub fn object_counts(&self) -> ObjectCounts {
        self.state().store.object_counts()
    }

    /// Counts a request against limits and faults. `counts` says whether the rate limit counts it,
    /// and `endpoint` which other limits do. Faults match on `operation`. A fault that the request
    /// brings itself (`requested`) replaces the account's rules, which then do not count it. Also
    /// returns the settings of the same instant, which all of the request follows.
    pub fn admit(
        &self,
        counts: bool,
        endpoint: impl FnOnce() -> Option<Endpoint>,
        operation: Option<Operation>,
        requested: Option<Impairment>,
    ) -> (Admission, Arc<AccountSettings>) {
        let mut guard = self.state();
        let State { store, faults, settings, .. } = &mut *guard;
        let (limit, plan) = (settings.rate_limit, settings.endpoint_limits);
        let now = store.clock.now();
        let rate_limit_status = counts.then(|| store.rate_limit.admit(limit, now));
        let passes = rate_limit_status.is_none_or(|rate_limit_status| !rate_limit_status.exceeded);
        let has_endpoint_limits = passes && plan != EndpointLimits::Off;
        let limit_statuses = match has_endpoint_limits.then(endpoint).flatten() {
            None => [None, None],
            Some(endpoint) => {
                let unattached = match &endpoint {
                    Endpoint::Content(Some(token)) => store.attachments.unattached(*token, now),
                    _ => None,
                };
                store.endpoint_limits.admit(plan, &endpoint, unattached, now)
            }
        };
        // A request that a limit refuses triggers no fault.
        let passes = passes && !limit_statuses.iter().flatten().any(|status| status.exceeded);
        let triggered = operation.filter(|_| passes).and_then(|operation| match requested {
            Some(impairment) => Some((None, impairment)),
            None => {
                let (id, impairment) = faults.trigger(operation, || store.ids.fraction())?;
                Some((Some(id), impairment))
            }
        });
        let (fault_id, fault) = triggered.unzip();
        let admission = Admission {
            request_id: store.ids.request_id(),
            now,
            emulated: store.clock.is_emulated(),
            rate_limit_status,
            limit_statuses,
            fault,
            fault_id: fault_id.flatten(),
            fraction: if fault.is_some() { store.ids.fraction() } else { 0.0 },
        };
        (admission, Arc::clone(settings))
    }

    pub fn clock(&self) -> Clock {
        self.state().store.clock
    }

    /// Changes the account's clock. What expires is gone at once, and what has expired stays gone
    /// when the clock is set back.
    pub fn set_clock(&self, change: impl FnOnce(&mut Clock)) -> Clock {
        let mut state = self.state();
        let State { store, journal, .. } = &mut *state;
        let before = store.sweep(journal);
        change(&mut store.clock);
        if store.sweep(journal) < before {
            store.clock_turns.record(before);
        }
        store.clock
    }

    /// Makes tokens, ids and names repeat from the next one on. Existing objects keep theirs: a
    /// token that one of them has is skipped, and ids stay larger than theirs.
    pub fn reseed(&self, seed: u64) {
        self.state().store.ids.reseed(seed, self.id);
    }

    /// Charges memory other than a stored object's.
    pub fn charge(&self, bytes: u64) -> Result<Charge, OutOfMemory> {
        Charge::new(&self.budget, bytes)
    }

    /// Charges memory of a request that a full store takes all the same: beside the budget while
    /// there is room, and else to the budget.
    pub fn charge_beside(&self, bytes: u64) -> Result<Charge, OutOfMemory> {
        Charge::beside(&self.budget, bytes)
    }

    /// The memory budget of the server, in bytes.
    pub fn memory_limit(&self) -> u64 {
        self.budget.limit()
    }

    /// Frees the memory of expired objects.
    pub fn sweep(&self) {
        let mut state = self.state();
        let State { store, journal, .. } = &mut *state;
        store.sweep(journal);
    }

    fn drop_replaced(&self, old: ReplacedStore) {
        match old.charge {
            Some(charge) => self.budget.defer_drop((old.store, charge)),
            None => drop(old.store),
        }
    }

    fn state(&self) -> StateGuard<'_> {
        StateGuard::new(self.state.lock())
    }

    /// Locks the state and makes room in its store. `plan` decides what to change and how many
    /// bytes that adds at most. It changes nothing but what has expired. It refuses what cannot be
    /// done, unless the first change that follows does.
    fn reserve<T, E: From<OutOfMemory>>(
        &self,
        plan: impl Fn(&mut State) -> Result<(T, u64), E>,
    ) -> Result<(StateGuard<'_>, T), E> {
        let mut state = self.state();
        let (planned, bytes) = plan(&mut state)?;
        if state.reserve(bytes).is_ok() {
            return Ok((state, planned));
        }
        drop((state, planned));
        // Drops take time. Others may use the account meanwhile, so it is planned again.
        self.budget.make_room(bytes);
        let mut state = self.state();
        let (planned, bytes) = plan(&mut state)?;
        state.reserve(bytes)?;
        Ok((state, planned))
    }
}

/// A panic under the lock unlocks it: no method leaves the state half changed.
impl RefUnwindSafe for Account {}

impl Drop for Account {
    fn drop(&mut self) {
        // Deferred drops may hold the budget that holds them.
        self.budget.free();
    }
}
