//! Objects of the bucket: reserve one, find its reservation, store the body of its PUT. The family of
//! an object decides its sizes.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use crate::core::account::settings::{AccountSettings, BucketSizeCheck};
use crate::core::account::{Account, State, Store};
use crate::core::blobs::OutOfMemory;
use crate::core::bucket::{PutBody, Reservation, Stage};
use crate::core::clock::{self, Timestamp};
use crate::core::ids::BucketKey;
use crate::core::tokens::Family;

/// S3's own limit for one PUT: 5 GiB.
const S3_MAX: u64 = 5 * 1024 * 1024 * 1024;

/// A reservation that has not expired, and what a PUT may bring to it.
#[derive(Debug)]
pub struct ReservedObject {
    pub reservation: Arc<Reservation>,
    /// In bytes.
    pub sizes: RangeInclusive<u64>,
}

/// Why a reserved object does not keep what a PUT brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStored {
    /// It was published before, and stays as it is.
    Published,
    /// It expired while the body arrived.
    Expired,
    /// A reset has removed it.
    Unreserved,
}

impl Account {
    /// Reserves an object of a family, whose own rules are checked before.
    pub(super) fn reserve_object(
        &self,
        family: &'static Family,
        content_type: String,
        declared_size: u64,
        host: &str,
        lifetime: Duration,
    ) -> Result<Arc<Reservation>, OutOfMemory> {
        let (mut state, now) = self.reserve(|State { store, journal, .. }| {
            Ok::<_, OutOfMemory>((store.sweep(journal), Reservation::COST))
        })?;
        let Store { bucket, ids, .. } = &mut state.store;
        let reservation = Reservation {
            family,
            key: ids.bucket_key(now, |key| bucket.objects.contains(key)),
            content_type,
            declared_size,
            host: host.to_owned(),
            reserved_at: now,
            expires_at: clock::after(now, lifetime),
        };
        Ok(bucket.insert(reservation, Stage::Reserved))
    }

    /// The reservation under a key, and the time at which that was looked up.
    pub fn find_reservation(
        &self,
        key: Option<BucketKey>,
        settings: &AccountSettings,
    ) -> (Option<ReservedObject>, Timestamp) {
        let state = self.state();
        let store = &state.store;
        let now = store.clock.now();
        let reserved = key.and_then(|key| {
            let reservation = &store.bucket.objects.get(&key, now)?.reservation;
            Some(ReservedObject {
                sizes: match settings.bucket_size_check {
                    BucketSizeCheck::Max => 0..=(reservation.family.max_size)(settings),
                    BucketSizeCheck::Declared => {
                        reservation.declared_size..=reservation.declared_size
                    }
                    BucketSizeCheck::Off => 0..=S3_MAX,
                },
                reservation: Arc::clone(reservation),
            })
        });
        (reserved, now)
    }

    /// Stores what a PUT brought, in place of what an earlier one brought.
    pub fn store_object(&self, reservation: &Reservation, body: PutBody) -> Result<(), NotStored> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        if reservation.expires_at <= now {
            return Err(NotStored::Expired);
        }
        match store.bucket.objects.get(&reservation.key, now).map(|object| &object.stage) {
            None => return Err(NotStored::Unreserved),
            Some(Stage::Published(_)) => return Err(NotStored::Published),
            Some(Stage::Reserved | Stage::Stored(_)) => {}
        }
        if let Some(object) = store.bucket.objects.get_mut(&reservation.key, now) {
            object.stage = Stage::Stored(body);
        }
        Ok(())
    }
}
