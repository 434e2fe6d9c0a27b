//! Tickets that are deleted and can be restored, with their files.
//!
//! They are kept beside the collections of the account, and charged apart from them. What one of
//! them holds is evicted when the memory budget has no room, and then it cannot be restored.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::core::attachments::Attachment;
use crate::core::blobs::{Charge, Evict};
use crate::core::clock::Timestamp;
use crate::core::ids::FileToken;
use crate::core::side_conversations::WithdrawnConversations;
use crate::core::tickets::Ticket;

/// What a restore puts back.
#[derive(Debug, Clone)]
pub struct DeletedContents {
    /// As it was before its deletion.
    pub ticket: Arc<Ticket>,
    /// The files of its comments and of its side conversations.
    pub attachments: Vec<Arc<Attachment>>,
    pub conversations: WithdrawnConversations,
}

impl DeletedContents {
    /// The URL tokens of its files.
    pub fn tokens(&self) -> impl Iterator<Item = FileToken> {
        self.attachments.iter().flat_map(|attachment| attachment.tokens())
    }
}

#[derive(Debug)]
pub struct DeletedTicket {
    pub deleted_at: Timestamp,
    expires_at: Timestamp,
    /// The user that deleted it.
    pub actor_id: Option<u64>,
    /// The URL tokens of its files, which no other file gets.
    pub tokens: Vec<FileToken>,
    /// Bytes that it is charged, apart from blobs.
    pub cost: u64,
    contents: Mutex<Option<(DeletedContents, Charge)>>,
}

impl DeletedTicket {
    /// A ticket whose deletion becomes permanent at `expires_at`. `charge` is for what it holds
    /// apart from blobs.
    pub fn new(
        contents: DeletedContents,
        charge: Charge,
        deleted_at: Timestamp,
        expires_at: Timestamp,
        actor_id: Option<u64>,
    ) -> Self {
        let (tokens, cost) = (contents.tokens().collect(), charge.bytes());
        let contents = Mutex::new(Some((contents, charge)));
        Self { deleted_at, expires_at, actor_id, tokens, cost, contents }
    }

    /// The ticket, unless it was evicted.
    pub fn ticket(&self) -> Option<Arc<Ticket>> {
        self.contents.lock().as_ref().map(|(contents, _)| Arc::clone(&contents.ticket))
    }

    /// What it holds, for a store beside others that hold it too.
    pub fn share_contents(&self) -> Option<DeletedContents> {
        self.contents.lock().as_ref().map(|(contents, _)| contents.clone())
    }

    /// Takes what it holds, with its charge.
    pub fn take_contents(&self) -> Option<(DeletedContents, Charge)> {
        self.contents.lock().take()
    }

    fn is_kept(&self, now: Timestamp) -> bool {
        now < self.expires_at && self.contents.lock().is_some()
    }
}

impl Evict for DeletedTicket {
    fn evict(&self) {
        // It takes time to drop, which needs no lock.
        let contents = self.take_contents();
        drop(contents);
    }
}

#[derive(Debug, Clone, Default)]
pub struct DeletedTickets {
    /// By the number of their deletion, with their ids.
    all: BTreeMap<u64, (u64, Arc<DeletedTicket>)>,
    /// That number, by the id of the ticket.
    numbers: BTreeMap<u64, u64>,
    last_number: u64,
    /// When a deletion became permanent last.
    last_permanent: Option<Timestamp>,
}

impl DeletedTickets {
    /// Adds a ticket with an id that no deleted ticket has.
    pub fn add(&mut self, id: u64, deleted: Arc<DeletedTicket>) {
        self.last_number += 1;
        self.numbers.insert(id, self.last_number);
        self.all.insert(self.last_number, (id, deleted));
    }

    pub fn find(&self, id: u64, now: Timestamp) -> Option<&Arc<DeletedTicket>> {
        self.get(id).filter(|deleted| deleted.is_kept(now))
    }

    fn get(&self, id: u64) -> Option<&Arc<DeletedTicket>> {
        self.all.get(self.numbers.get(&id)?).map(|(_, deleted)| deleted)
    }

    /// Whether no other store has the ticket too. Of collections that are shared, the one that is
    /// asked is first copied.
    pub fn is_exclusive(&mut self, id: u64) -> bool {
        self.get(id).is_some_and(|deleted| Arc::strong_count(deleted) == 1)
    }

    pub fn remove(&mut self, id: u64) -> Option<Arc<DeletedTicket>> {
        self.all.remove(&self.numbers.remove(&id)?).map(|(_, deleted)| deleted)
    }

    /// Those that can be restored, in the order of their ids.
    pub fn all(&self, now: Timestamp) -> impl Iterator<Item = (&Arc<DeletedTicket>, Arc<Ticket>)> {
        let all = self.numbers.keys().filter_map(move |id| self.find(*id, now));
        all.filter_map(|deleted| Some((deleted, deleted.ticket()?)))
    }

    /// Records that a deletion is permanent.
    pub fn record_permanent(&mut self, now: Timestamp) {
        self.last_permanent = self.last_permanent.max(Some(now));
    }

    /// Whether a deletion became permanent at this second or later.
    pub fn has_permanent_since(&self, second: i64, now: Timestamp) -> bool {
        self.last_permanent.is_some_and(|at| at.as_second() >= second) || self.has_expired(now)
    }

    /// How many there are, swept or not.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Whether the oldest one cannot be restored any more and is not swept.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.all.first_key_value().is_some_and(|(_, (_, oldest))| !oldest.is_kept(now))
    }

    /// Takes out the oldest one if it cannot be restored any more.
    pub fn pop_expired(&mut self, now: Timestamp) -> Option<Arc<DeletedTicket>> {
        let oldest = self.all.first_entry().filter(|entry| !entry.get().1.is_kept(now))?;
        let (id, expired) = oldest.remove();
        self.numbers.remove(&id);
        self.record_permanent(expired.expires_at.min(now));
        Some(expired)
    }
}
