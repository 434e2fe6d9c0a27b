//! What an account holds: all that a snapshot keeps and a reset takes back.

use crate::core::account::object_counts::ObjectCounts;
use crate::core::account::settings::InitialState;
use crate::core::attachments::Attachments;
use crate::core::brands::Brands;
use crate::core::bucket::Bucket;
use crate::core::clock::{Clock, ClockTurns, Timestamp};
use crate::core::copy_on_write::CopyOnWrite;
use crate::core::deleted_tickets::DeletedTickets;
use crate::core::ids::{AccountId, Ids};
use crate::core::jobs::Jobs;
use crate::core::journal::{ExpiredToken, Journal};
use crate::core::limits::account::RateLimit;
use crate::core::limits::endpoint::Windows;
use crate::core::side_conversations::SideConversations;
use crate::core::tickets::Tickets;
use crate::core::tickets::idempotency::Idempotency;
use crate::core::tokens::{MissingStep, TokenRef};
use crate::core::uploads::{IssuedToken, Uploads};
use crate::core::users::Users;

/// The objects of an account, its time and its chance. A clone takes constant time and shares what
/// is in it; the first change of a collection copies that one.
#[derive(Debug, Clone)]
pub struct Store {
    pub clock: Clock,
    pub clock_turns: ClockTurns,
    pub ids: Ids,
    pub rate_limit: RateLimit,
    pub endpoint_limits: Windows,
    pub attachments: CopyOnWrite<Attachments>,
    pub uploads: CopyOnWrite<Uploads>,
    pub tickets: CopyOnWrite<Tickets>,
    pub deleted_tickets: CopyOnWrite<DeletedTickets>,
    pub idempotency: CopyOnWrite<Idempotency>,
    pub jobs: CopyOnWrite<Jobs>,
    pub users: CopyOnWrite<Users>,
    pub brands: CopyOnWrite<Brands>,
    pub bucket: CopyOnWrite<Bucket>,
    pub side_conversations: CopyOnWrite<SideConversations>,
}

impl Store {
    pub fn new(id: AccountId, initial: &InitialState) -> Self {
        Self {
            clock: initial.clock,
            clock_turns: ClockTurns::default(),
            ids: initial.random_seed.map_or_else(Ids::random, |seed| Ids::seeded(seed, id)),
            rate_limit: RateLimit::default(),
            endpoint_limits: Windows::default(),
            attachments: CopyOnWrite::default(),
            uploads: CopyOnWrite::default(),
            tickets: CopyOnWrite::default(),
            deleted_tickets: CopyOnWrite::default(),
            idempotency: CopyOnWrite::default(),
            jobs: CopyOnWrite::default(),
            users: CopyOnWrite::default(),
            brands: CopyOnWrite::default(),
            bucket: CopyOnWrite::default(),
            side_conversations: CopyOnWrite::default(),
        }
    }

    /// A copy to go on from. Names repeat if they are seeded. Otherwise they are new, so that none
    /// that follows is taken for one of the store that was left.
    pub fn fork(&self) -> Self {
        Self { ids: self.ids.fork(), ..self.clone() }
    }

    /// Bytes that the objects are charged, apart from blobs. Deleted tickets are charged apart.
    pub fn cost(&self) -> u64 {
        self.uploads.cost()
            + self.tickets.cost()
            + self.idempotency.cost()
            + self.jobs.cost()
            + self.users.cost()
            + self.brands.cost()
            + self.bucket.cost()
            + self.side_conversations.cost()
    }

    /// Frees what has expired, and returns the time. The journal keeps tokens that expired unused.
    pub fn sweep(&mut self, journal: &mut Journal) -> Timestamp {
        let now = self.clock.now();
        if self.uploads.has_expired(now) {
            self.uploads.sweep(now, &mut self.attachments, |upload, files| {
                let IssuedToken { token, issued_at, expires_at, .. } = upload;
                journal.record_expired(ExpiredToken {
                    token: TokenRef::Upload(token),
                    issued_at,
                    expires_at,
                    missing: MissingStep::Attach,
                    file_names: files.iter().map(|file| file.original.file_name.clone()).collect(),
                    content_type: None,
                });
            });
        }
        if self.idempotency.has_expired(now) {
            self.idempotency.sweep(now);
        }
        if self.jobs.has_expired(now) {
            self.jobs.sweep(now);
        }
        if self.deleted_tickets.has_expired(now) {
            while let Some(deleted) = self.deleted_tickets.pop_expired(now) {
                self.forget_tokens(deleted.tokens.iter().copied());
            }
        }
        if self.bucket.objects.has_expired(now) {
            while let Some((_, expires_at, object)) = self.bucket.objects.pop_expired(now) {
                if let Some(missing) = object.missing_step() {
                    journal.record_expired(ExpiredToken {
                        token: object.reservation.token(),
                        issued_at: object.reservation.reserved_at,
                        expires_at,
                        missing,
                        file_names: Vec::new(),
                        content_type: Some(object.reservation.content_type.clone()),
                    });
                }
            }
        }
        now
    }

    /// The cost, counted.
    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        self.uploads.cost()
            + self.tickets.counted_cost()
            + self.idempotency.counted_cost()
            + self.jobs.counted_cost()
            + self.users.counted_cost()
            + self.brands.counted_cost()
            + self.bucket.cost()
            + self.side_conversations.counted_cost()
    }

    /// Ends the malware scans whose time has come.
    pub fn end_scans(&mut self) {
        let scans = &self.attachments.scans;
        if scans.are_running() && scans.has_ended(self.clock.now()) {
            self.attachments.end_scans(self.clock.now());
        }
    }

    pub fn object_counts(&self) -> ObjectCounts {
        ObjectCounts {
            uploads: self.uploads.count(),
            attachments: self.attachments.count(),
            tickets: self.tickets.all().len(),
            users: self.users.all().len(),
            image_tokens: self.bucket.objects.len(),
            published_images: self.bucket.published.len(),
        }
    }
}
