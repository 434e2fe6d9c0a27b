//! The journal of an account: the requests to it, what they did and how they ended.
//!
//! It is the one history: token histories are views of it and of the account's objects. Entries
//! are numbered, and bounded in count and in bytes.

mod body;
mod entry;
mod event;
mod filter;
mod near_miss;
mod token_history;
mod verify;
mod view;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

pub use self::body::{JournalBody, LARGEST, NotKept};
pub use self::entry::JournalEntry;
pub use self::event::{EventKind, JournalEvent, ObjectRef};
pub use self::filter::{Filter, JournalStatus};
pub use self::near_miss::{NearMiss, nearest};
pub use self::token_history::{
    ExpiredToken, LiveToken, TokenHistories, TokenHistory, TokenStatus, TokenStep,
};
pub use self::verify::Mismatch;
pub use self::view::JournalView;
use crate::core::blobs::{Blob, Budget, Charge};
use crate::core::ids::BucketKey;
use crate::core::tokens::TokenRef;

/// How many entries one account keeps. Older ones make room.
pub const MOST_ENTRIES: usize = 1_000;
/// What all journals together may take, in bytes, apart from the memory for files.
pub const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// What the bodies of one account may take of that, in bytes.
pub const MOST_BODIES: u64 = 4 * 1024 * 1024;
/// Memory of a body apart from its bytes, in bytes, about.
const BODY: u64 = 256;
/// Memory of an expired token apart from its texts, in bytes, about.
const EXPIRED: u64 = 256;

type KeptEntry = (Arc<JournalEntry>, Charge);

#[derive(Debug)]
struct KeptExpiry {
    token: ExpiredToken,
    /// The number of the last entry before it.
    after: u64,
    _charge: Charge,
}

/// An entry that made room, and its body. To free it takes longer than to take it out.
pub type DroppedEntry = (KeptEntry, Option<Blob>);

#[derive(Debug)]
pub struct Journal {
    kept: VecDeque<KeptEntry>,
    /// Small bodies, by the numbers of their entries.
    bodies: VecDeque<(u64, Blob)>,
    in_bodies: u64,
    /// Tokens that expired unused, oldest first.
    expired: VecDeque<KeptExpiry>,
    expired_dropped: u64,
    last: u64,
    /// The number of the last request when the journal was cleared on purpose.
    cleared: u64,
    budget: Arc<Budget>,
}

impl Journal {
    /// An empty journal that is charged to this budget.
    pub fn new(budget: Arc<Budget>) -> Self {
        Self::starting_after(0, budget)
    }

    fn starting_after(last: u64, budget: Arc<Budget>) -> Self {
        Self {
            kept: VecDeque::new(),
            bodies: VecDeque::new(),
            in_bodies: 0,
            expired: VecDeque::new(),
            expired_dropped: 0,
            last,
            cleared: last,
            budget,
        }
    }

    /// Keeps an entry under the next number, and a small body with it. The oldest bodies of this
    /// account, and then its oldest entries, make room for it. When other accounts take all the
    /// memory, it is dropped itself. Returns the entry that made room by number, for the caller to
    /// free.
    pub fn record(&mut self, mut entry: JournalEntry, body: Option<Bytes>) -> Option<DroppedEntry> {
        self.last += 1;
        entry.number = self.last;
        let made_room = if self.kept.len() >= MOST_ENTRIES { self.take_oldest() } else { None };
        let weight = entry.weight();
        let charge = loop {
            match Charge::try_within(&self.budget, weight, u64::MAX) {
                Ok(charge) => break charge,
                Err(_) if self.take_oldest_body().is_some() => {}
                // It is dropped itself.
                Err(_) if self.kept.is_empty() => return made_room,
                Err(_) => drop(self.take_oldest()),
            }
        };
        if let Some(body) = body {
            entry.body = self.keep_body(body);
        }
        self.kept.push_back((Arc::new(entry), charge));
        made_room
    }

    /// Keeps a small body for the entry that is being recorded. Older bodies make room for it,
    /// entries do not; and half of the memory of all journals is left to entries.
    fn keep_body(&mut self, bytes: Bytes) -> JournalBody {
        let weight = BODY + bytes.len() as u64;
        while self.in_bodies + weight > MOST_BODIES && self.take_oldest_body().is_some() {}
        loop {
            match Charge::try_within(&self.budget, weight, self.budget.limit() / 2) {
                Ok(charge) => {
                    let blob = Blob::new(bytes, charge);
                    let body = JournalBody::Small(blob.downgrade());
                    self.bodies.push_back((self.last, blob));
                    self.in_bodies += weight;
                    return body;
                }
                Err(_) if self.take_oldest_body().is_some() => {}
                Err(_) => return JournalBody::Missing(NotKept::NoRoom),
            }
        }
    }

    /// Keeps a token that expired unused. The oldest ones make room for it.
    pub fn record_expired(&mut self, token: ExpiredToken) {
        self.trim_expired(MOST_ENTRIES - 1);
        let weight = EXPIRED + token.weight_of_texts();
        let charge = loop {
            match Charge::try_within(&self.budget, weight, u64::MAX) {
                Ok(charge) => break charge,
                Err(_) if self.expired.is_empty() => {
                    self.expired_dropped += 1;
                    return;
                }
                Err(_) => self.trim_expired(self.expired.len() - 1),
            }
        };
        self.expired.push_back(KeptExpiry { token, after: self.last, _charge: charge });
    }

    pub fn entry(&self, number: u64) -> Option<&Arc<JournalEntry>> {
        self.entries_after(number.checked_sub(1)?).next().filter(|entry| entry.number == number)
    }

    /// The entries with numbers above `after`, oldest first.
    pub fn entries_after(&self, after: u64) -> impl Iterator<Item = &Arc<JournalEntry>> {
        let first = self.kept.partition_point(|(entry, _)| entry.number <= after);
        self.kept.range(first..).map(|(entry, _)| entry)
    }

    pub fn last(&self) -> u64 {
        self.last
    }

    pub fn length(&self) -> usize {
        self.kept.len()
    }

    /// The numbers of the entries that were dropped for want of room. Entries that were cleared on
    /// purpose are not among them.
    pub fn dropped(&self) -> Range<u64> {
        // The oldest go first, so that what is dropped ends where what is kept begins.
        let oldest = self.kept.front().map_or(self.last + 1, |(entry, _)| entry.number);
        self.cleared + 1..oldest
    }

    /// The token of an object that the bucket has no more.
    pub fn find_token(&self, key: BucketKey) -> Option<TokenRef> {
        let expired = self.expired.iter().map(|kept| kept.token.token);
        let events = self.kept.iter().flat_map(|(entry, _)| &entry.events);
        let mut tokens = expired.chain(events.filter_map(|event| event.token));
        tokens.find(|token| matches!(token, TokenRef::Object(token) if token.key == key))
    }

    /// The histories of `listed` tokens and, unless `only_listed`, of all that the journal names.
    /// `find` returns what the account's objects know of a token.
    pub fn token_histories(
        &self,
        listed: impl IntoIterator<Item = TokenRef>,
        only_listed: bool,
        find: impl Fn(TokenRef) -> Option<LiveToken>,
    ) -> TokenHistories {
        let entries = self.kept.iter().map(|(entry, _)| &**entry);
        let expired = self.expired.iter().map(|kept| (kept.after, &kept.token));
        let range = self.dropped();
        TokenHistories {
            tokens: token_history::histories(entries, expired, listed, only_listed, find),
            dropped: range.end - range.start,
            expired_dropped: self.expired_dropped,
        }
    }

    /// Drops the oldest entries and expired tokens until there are only so many of each.
    pub fn trim(&mut self, most: usize) {
        while self.kept.len() > most {
            drop(self.take_oldest());
        }
        self.trim_expired(most);
    }

    /// Empties the journal on purpose. Numbers go on. Returns what was in it, for the caller to
    /// free.
    pub fn clear(&mut self) -> Self {
        let empty = Self::starting_after(self.last, Arc::clone(&self.budget));
        std::mem::replace(self, empty)
    }

    fn trim_expired(&mut self, most: usize) {
        while self.expired.len() > most {
            self.expired.pop_front();
            self.expired_dropped += 1;
        }
    }

    fn take_oldest(&mut self) -> Option<DroppedEntry> {
        let oldest = self.kept.pop_front()?;
        let body = match self.bodies.front() {
            Some((number, _)) if *number == oldest.0.number => self.take_oldest_body(),
            _ => None,
        };
        Some((oldest, body))
    }

    fn take_oldest_body(&mut self) -> Option<Blob> {
        let (_, body) = self.bodies.pop_front()?;
        self.in_bodies -= BODY + body.len();
        Some(body)
    }
}

#[cfg(test)]
pub mod tests;
