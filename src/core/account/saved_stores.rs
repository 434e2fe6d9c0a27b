//! Stores that are kept beside the one in use: snapshots, and what a reset returns to.

use std::sync::Arc;

use crate::core::account::object_counts::ObjectCounts;
use crate::core::account::settings::AccountSettings;
use crate::core::account::store::Store;
use crate::core::blobs::{Charge, OBJECT_OVERHEAD, OutOfMemory};
use crate::core::clock::{ClockStart, Timestamp};
use crate::core::limits::account::RateLimit;
use crate::core::limits::endpoint::Windows;

pub const MOST_SNAPSHOTS: usize = 100;
const LONGEST_NAME: usize = 64;
/// What an object in a snapshot is charged beyond its own charge, in bytes: the entries of indexes,
/// which the snapshot and the account no longer share once the account has changed.
const PER_OBJECT: u64 = 1024;

/// A text that can name a snapshot: 1 to 64 letters, digits, dots, hyphens and underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotName(String);

impl SnapshotName {
    /// Reads a name. `None` is a text that names no snapshot.
    pub fn parse(text: &str) -> Option<Self> {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        let valid = (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_inner);
        valid.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a snapshot cannot be taken, restored or deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The account has no room for another one.
    #[error("an account has at most {max} snapshots; delete those that are not needed")]
    TooMany {
        /// How many there can be.
        max: usize,
    },
    /// No snapshot has this name.
    #[error("no snapshot has this name: never taken, or deleted")]
    Unknown,
    /// No snapshot can have this name.
    #[error("invalid name: expected 1 to 64 letters, digits, dots, hyphens and underscores")]
    InvalidName,
    /// The memory budget has no room.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

/// A snapshot: its name, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Its name.
    pub name: SnapshotName,
    /// The account's time when it was taken.
    pub taken_at: Timestamp,
    /// The numbers of its objects.
    pub holds: ObjectCounts,
}

/// A store that is kept beside the one in use.
#[derive(Debug)]
pub struct SavedStore {
    pub store: Store,
    taken_at: Timestamp,
    _charge: Charge,
}

/// The state that a seed brought, which a reset restores.
#[derive(Debug)]
pub struct Baseline {
    pub saved: SavedStore,
    pub settings: Arc<AccountSettings>,
    /// Where the clock starts with each reset. Without it the clock of the store goes on.
    pub clock: Option<ClockStart>,
}

impl Baseline {
    /// A store to go on from.
    pub fn fork(&self) -> Store {
        let store = self.saved.store.fork();
        Store { clock: self.clock.map_or(store.clock, ClockStart::clock), ..store }
    }
}

impl Store {
    /// Bytes that it is charged while it is kept beside the one in use.
    pub fn cost_to_keep(&self) -> u64 {
        let objects = self.object_counts().objects() + self.deleted_tickets.count();
        OBJECT_OVERHEAD + PER_OBJECT * objects as u64 + self.cost()
    }
}

impl SavedStore {
    pub fn new(store: Store, charge: Charge) -> Self {
        // A restore resets the limits. Their windows are not charged, so no snapshot keeps them.
        let (rate_limit, endpoint_limits) = (RateLimit::default(), Windows::default());
        let store = Store { rate_limit, endpoint_limits, ..store };
        Self { taken_at: store.clock.now(), store, _charge: charge }
    }

    pub fn describe(&self, name: &SnapshotName) -> Snapshot {
        let Self { store, taken_at, .. } = self;
        Snapshot { name: name.clone(), taken_at: *taken_at, holds: store.object_counts() }
    }
}
