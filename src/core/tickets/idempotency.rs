//! Idempotency keys: a ticket that is sent twice under one key is made once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use crate::core::Error;
use crate::core::blobs::Charge;
use crate::core::clock::{self, Timestamp};
use crate::core::maps::shrink_if_sparse;
use crate::core::tickets::Made;

/// How long a key is remembered, as documented.
const LIFE: Duration = Duration::from_secs(2 * 60 * 60);

/// A key that came with a request, and what the request asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub key: String,
    /// A digest of what is asked for.
    pub fingerprint: [u8; 16],
}

/// Whether a key had been seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// It had, and the first answer is given again.
    Hit,
    /// It had not.
    Miss,
}

#[derive(Debug, Clone)]
struct Entry {
    fingerprint: [u8; 16],
    made: Made,
    ends: Timestamp,
    _charge: Arc<Charge>,
}

/// The keys of one account.
#[derive(Debug, Clone, Default)]
pub struct Idempotency {
    entries: HashMap<Arc<str>, Entry>,
    /// In the order in which they end.
    expiry: BTreeSet<(Timestamp, Arc<str>)>,
}

impl Idempotency {
    /// What was made under a key.
    ///
    /// # Errors
    /// [`Error::IdempotencyKeyReused`] when something else was asked for then.
    pub fn find(&self, key: &Key, now: Timestamp) -> Result<Option<Made>, Error> {
        match self.entries.get(&*key.key).filter(|entry| now < entry.ends) {
            Some(entry) if entry.fingerprint != key.fingerprint => Err(Error::IdempotencyKeyReused),
            Some(entry) => Ok(Some(entry.made.clone())),
            None => Ok(None),
        }
    }

    /// Remembers what was made under a key.
    pub fn remember(&mut self, key: Key, made: Made, charge: Charge, now: Timestamp) {
        let ends = clock::after(now, LIFE);
        let Key { key, fingerprint } = key;
        let key: Arc<str> = key.into();
        self.expiry.insert((ends, Arc::clone(&key)));
        let entry = Entry { fingerprint, made, ends, _charge: Arc::new(charge) };
        self.entries.insert(key, entry);
    }

    /// Whether any key has ended and is not swept yet.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expiry.first().is_some_and(|(ends, _)| *ends <= now)
    }

    /// Forgets keys that have ended.
    pub fn sweep(&mut self, now: Timestamp) {
        while let Some(first) = self.expiry.first().filter(|(ends, _)| *ends <= now).cloned() {
            self.expiry.remove(&first);
            let (_, key) = first;
            // A key that was remembered anew has another entry, which lives on.
            if self.entries.get(&key).is_some_and(|entry| entry.ends <= now) {
                self.entries.remove(&key);
                shrink_if_sparse(&mut self.entries);
            }
        }
    }
}
