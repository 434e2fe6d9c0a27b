//! Idempotency keys: a ticket that is sent twice under one key is created once.

use std::sync::Arc;
use std::time::Duration;

use crate::core::blobs::RECORD_OVERHEAD;
use crate::core::clock::{Timestamp, after};
use crate::core::expiring_map::ExpiringMap;
use crate::core::tickets::AuditedTicket;
use crate::core::tickets::error::TicketError;
use crate::core::tickets::text::CommentText;

/// How long a key is remembered, as documented.
const LIFETIME: Duration = Duration::from_secs(2 * 60 * 60);

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
    created: AuditedTicket,
}

#[derive(Debug, Clone, Default)]
pub struct Idempotency {
    entries: ExpiringMap<Arc<str>, Entry>,
    cost: u64,
}

impl Idempotency {
    pub fn find(
        &self,
        key: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<AuditedTicket>, TicketError> {
        match self.entries.get(&*key.key, now) {
            Some(entry) if entry.fingerprint != key.fingerprint => {
                Err(TicketError::IdempotencyKeyReused)
            }
            entry => Ok(entry.map(|entry| entry.created.clone())),
        }
    }

    pub fn remember(&mut self, key: IdempotencyKey, created: AuditedTicket, now: Timestamp) {
        let IdempotencyKey { key, fingerprint } = key;
        let key: Arc<str> = key.into();
        self.cost += cost(&key, created.ticket.cost());
        let entry = Entry { fingerprint, created };
        if let Some(earlier) = self.entries.insert(Arc::clone(&key), after(now, LIFETIME), entry) {
            self.cost -= cost(&key, earlier.created.ticket.cost());
        }
    }

    /// Whether a key remembers a comment.
    pub fn has_comment(&self, ticket: u64, comment: u64) -> bool {
        let remembered = self.entries.iter().map(|(_, entry)| &entry.created.ticket);
        let mut remembered = remembered.filter(|remembered| remembered.id == ticket);
        remembered.any(|remembered| remembered.find_comment(comment).is_ok())
    }

    /// Replaces the text of a comment, so that no repeat brings back what a redaction removes.
    pub fn replace_text(&mut self, ticket: u64, comment: u64, text: &Arc<CommentText>) {
        for Entry { created, .. } in self.entries.values_mut() {
            if created.ticket.id != ticket {
                continue;
            }
            self.cost -= created.ticket.cost();
            let remembered = Arc::make_mut(&mut created.ticket);
            // A comment that came later is in no answer to the creation.
            let _ = remembered.change_comment(comment, |found| found.text = Arc::clone(text));
            let audits = remembered.audits.iter();
            if let Some(audit) = audits.into_iter().find(|audit| audit.id == created.audit.id) {
                created.audit = Arc::clone(audit);
            }
            self.cost += created.ticket.cost();
        }
    }

    /// Whether any key has expired and is not swept.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.entries.has_expired(now)
    }

    pub fn sweep(&mut self, now: Timestamp) {
        while let Some((key, _, entry)) = self.entries.pop_expired(now) {
            self.cost -= cost(&key, entry.created.ticket.cost());
        }
    }

    /// Bytes that all keys are charged, with the tickets that they keep.
    pub fn cost(&self) -> u64 {
        self.cost
    }

    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        self.entries.iter().map(|(key, entry)| cost(key, entry.created.ticket.cost())).sum()
    }
}

impl IdempotencyKey {
    /// Bytes that it is charged. It keeps its ticket as it was, apart from redactions.
    pub fn cost(&self, of_ticket: u64) -> u64 {
        cost(&self.key, of_ticket)
    }
}

fn cost(key: &str, of_ticket: u64) -> u64 {
    RECORD_OVERHEAD + key.len() as u64 + of_ticket
}
