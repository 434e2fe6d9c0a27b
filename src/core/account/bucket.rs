//! The PUT of an object: find its reservation, store its body. A key belongs to one family, which
//! decides the sizes.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::core::account::Account;
use crate::core::account::settings::{AccountSettings, BucketSizeCheck};
use crate::core::bucket::{PutBody, Reservation};
use crate::core::clock::Timestamp;
use crate::core::ids::BucketKey;
use crate::core::journal::TokenRef;

/// S3's own limit for one PUT: 5 GiB.
const S3_MAX: u64 = 5 * 1024 * 1024 * 1024;

/// A reservation that has not expired, and what a PUT may bring to it.
#[derive(Debug)]
pub struct Reserved {
    pub reservation: Arc<Reservation>,
    pub token: TokenRef,
    /// In bytes.
    pub sizes: RangeInclusive<u64>,
}

/// Why a reserved object does not keep what a PUT brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStored {
    /// It was used before, and stays as it is.
    Used,
    /// It expired while the body arrived.
    Expired,
    /// A reset has removed it.
    Unreserved,
}

impl Account {
    /// The reservation under a key, and the time at which that was looked up.
    pub fn find_reservation(
        &self,
        key: Option<BucketKey>,
        settings: &AccountSettings,
    ) -> (Option<Reserved>, Timestamp) {
        let state = self.state();
        let store = &state.store;
        let now = store.clock.now();
        let reserved = key.and_then(|key| {
            let reservation = &store.user_images.bucket.objects.get(&key, now)?.reservation;
            Some(Reserved {
                token: TokenRef::Image(key),
                sizes: match settings.bucket_size_check {
                    BucketSizeCheck::Max => 0..=settings.max_image_size,
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

    /// Stores what a PUT brought.
    pub fn store_object(&self, reservation: &Reservation, body: PutBody) -> Result<(), NotStored> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        if reservation.expires_at <= now {
            return Err(NotStored::Expired);
        }
        let object = store.user_images.bucket.objects.get_mut(&reservation.key, now);
        if object.ok_or(NotStored::Unreserved)?.store(body) { Ok(()) } else { Err(NotStored::Used) }
    }
}
