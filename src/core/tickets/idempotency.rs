//! Idempotency keys: a ticket that is sent twice under one key is made once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use crate::core::blobs::RECORD_OVERHEAD;
use crate::core::clock::{self, Timestamp};
use crate::core::maps::shrink_if_sparse;
use crate::core::tickets::AuditedTicket;
use crate::core::tickets::error::TicketError;

/// How long a key is remembered, as documented.
const LIFE: Duration = Duration::from_secs(2 * 60 * 60);

/// A key that came with a request, and what the request asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    pub key: String,
    pub fingerprint: [u8; 16],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdempotencyLookup {
    Hit,
    Miss,
}

#[derive(Debug, Clone)]
struct Entry {
    fingerprint: [u8; 16],
    made: AuditedTicket,
    ends: Timestamp,
}

#[derive(Debug, Clone, Default)]
pub struct Idempotency {
    entries: HashMap<Arc<str>, Entry>,
    expiry: BTreeSet<(Timestamp, Arc<str>)>,
    cost: u64,
}

impl Idempotency {
    pub fn find(
        &self,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<AuditedTicket>, TicketError> {
        match self.entries.get(&*key.key).filter(|entry| now < entry.ends) {
            Some(entry) if entry.fingerprint != key.fingerprint => {
                Err(TicketError::IdempotencyKeyReused)
            }
            Some(entry) => Ok(Some(entry.made.clone())),
            None => Ok(None),
        }
    }

    pub fn remember(&mut self, key: IdempotencyKey, made: AuditedTicket, now: Timestamp) {
        let ends = clock::after(now, LIFE);
        let IdempotencyKey { key, fingerprint } = key;
        let key: Arc<str> = key.into();
        self.expiry.insert((ends, Arc::clone(&key)));
        self.cost += cost(&key, made.ticket.cost());
        let entry = Entry { fingerprint, made, ends };
        if let Some(earlier) = self.entries.insert(Arc::clone(&key), entry) {
            self.cost -= cost(&key, earlier.made.ticket.cost());
        }
    }

    /// Whether any key has ended and is not swept yet.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expiry.first().is_some_and(|(ends, _)| *ends <= now)
    }

    pub fn sweep(&mut self, now: Timestamp) {
        while let Some(first) = self.expiry.first().filter(|(ends, _)| *ends <= now).cloned() {
            self.expiry.remove(&first);
            let (_, key) = first;
            // A key that was remembered again has another entry, which lives on.
            if self.entries.get(&key).is_some_and(|entry| entry.ends <= now)
                && let Some(entry) = self.entries.remove(&key)
            {
                self.cost -= cost(&key, entry.made.ticket.cost());
                shrink_if_sparse(&mut self.entries);
            }
        }
    }

    /// Bytes that all keys are charged, with the tickets that they keep.
    pub fn cost(&self) -> u64 {
        self.cost
    }

    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        self.entries.iter().map(|(key, entry)| cost(key, entry.made.ticket.cost())).sum()
    }
}

impl IdempotencyKey {
    /// Bytes that it is charged. It keeps its ticket as it was, whatever becomes of it.
    pub fn cost(&self, of_ticket: u64) -> u64 {
        cost(&self.key, of_ticket)
    }
}

fn cost(key: &str, of_ticket: u64) -> u64 {
    RECORD_OVERHEAD + key.len() as u64 + of_ticket
}
