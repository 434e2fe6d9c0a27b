//! Objects that a presigned URL reserves and a PUT stores, until they are used or expire.
//!
//! All families of endpoints share the [`Bucket`] of an account. A family, such as user images,
//! decides what the use of its objects is: `U` is what they became.

use std::sync::Arc;
use std::time::Duration;

use crate::core::account::settings::AccountSettings;
use crate::core::blobs::{Blob, OBJECT_OVERHEAD};
use crate::core::clock::Timestamp;
use crate::core::expiring_map::ExpiringMap;
use crate::core::ids::BucketKey;
use crate::core::journal::MissingStep;
use crate::core::media;

/// A family of endpoints that reserves objects. Each has its rules in a static of its own file.
#[derive(Debug)]
pub struct Family {
    /// A unique name.
    pub name: &'static str,
    /// The largest object that a PUT may store, in bytes.
    pub max_size: fn(&AccountSettings) -> u64,
    /// The step that a stored object still needs.
    pub step_after_put: Option<MissingStep>,
}

impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The promise of a presigned URL. All that its signature covers follows from these fields and
/// from what no setting changes, so a received request can be compared with it at any time.
#[derive(Debug)]
pub struct Reservation {
    pub family: &'static Family,
    /// The name of the object in the bucket, and the token of the upload in the API.
    pub key: BucketKey,
    pub content_type: String,
    /// The size that the client declared, in bytes. The signature does not cover it.
    pub declared_size: u64,
    pub host: String,
    /// The instant of the key and of the signature.
    pub reserved_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Reservation {
    /// Bytes that it is charged. Its texts are bounded: types and hosts are checked before.
    pub const COST: u64 = OBJECT_OVERHEAD;

    /// The name under which a download of the object is saved, as in documented URLs.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.key, media::extension_by_type(&self.content_type))
    }

    pub fn lifetime(&self) -> Duration {
        self.expires_at.duration_since(self.reserved_at).try_into().unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
pub struct PutBody {
    /// The content type of the PUT, if it had one. The signature does not cover it.
    pub content_type: Option<String>,
    pub blob: Blob,
}

#[derive(Debug, Clone)]
pub struct BucketObject<U> {
    pub reservation: Arc<Reservation>,
    pub stage: Stage<U>,
}

#[derive(Debug, Clone)]
pub enum Stage<U> {
    Reserved,
    Stored(PutBody),
    /// The URL may still be written to until it expires, which changes nothing any more.
    Used(U),
}

impl<U> BucketObject<U> {
    /// The step that the object still needs.
    pub fn missing_step(&self) -> Option<MissingStep> {
        match self.stage {
            Stage::Reserved => Some(MissingStep::Store),
            Stage::Stored(_) => self.reservation.family.step_after_put,
            Stage::Used(_) => None,
        }
    }

    pub fn is_used(&self) -> bool {
        matches!(self.stage, Stage::Used(_))
    }
}

/// The reserved objects of one account.
#[derive(Debug, Clone)]
pub struct Bucket<U> {
    pub objects: ExpiringMap<BucketKey, BucketObject<U>>,
}

impl<U> Default for Bucket<U> {
    fn default() -> Self {
        Self { objects: ExpiringMap::default() }
    }
}

impl<U> Bucket<U> {
    /// Adds an object. Its key must not be in the bucket yet.
    pub fn insert(&mut self, reservation: Reservation, stage: Stage<U>) -> Arc<Reservation> {
        let reservation = Arc::new(reservation);
        let object = BucketObject { reservation: Arc::clone(&reservation), stage };
        self.objects.insert(reservation.key, reservation.expires_at, object);
        reservation
    }

    /// All objects, expired but not swept ones too, the first to expire first.
    pub fn iter(&self) -> impl Iterator<Item = &BucketObject<U>> {
        self.objects.iter().map(|(_, object)| object)
    }

    /// The objects that have not been used yet, the first to expire first.
    pub fn unused(&self, now: Timestamp) -> impl Iterator<Item = &BucketObject<U>> {
        self.iter().filter(move |object| now < object.reservation.expires_at && !object.is_used())
    }

    /// Bytes that all reservations are charged.
    pub fn cost(&self) -> u64 {
        self.objects.len() as u64 * Reservation::COST
    }
}
