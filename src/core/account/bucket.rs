//! Objects of the bucket: reserve one, find its reservation, store the body of its PUT, publish it.
//! The family of an object decides its types, sizes and lifetime.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::core::account::settings::{AccountSettings, BucketSizeCheck, Reuse, TypeCheck};
use crate::core::account::{Account, State, Store};
use crate::core::blobs::{Blob, OutOfMemory, WeakBlob};
use crate::core::bucket::{BucketObject, PublishedObject, PutBody, Reservation, Stage};
use crate::core::clock::{self, Timestamp};
use crate::core::ids::BucketKey;
use crate::core::media;
use crate::core::tokens::Family;

/// S3's own limit for one PUT: 5 GiB.
const S3_MAX: u64 = 5 * 1024 * 1024 * 1024;

/// A reservation that has not expired, and what a PUT may bring to it.
#[derive(Debug)]
pub struct ReservedObject {
    pub reservation: Arc<Reservation>,
    /// In bytes.
    pub sizes: RangeInclusive<u64>,
    /// What an earlier PUT brought.
    pub stored: Option<Blob>,
}

/// What a PUT may take the place of.
#[derive(Debug, PartialEq, Eq)]
pub enum Replaceable {
    /// Whatever is stored.
    Anything,
    /// What was stored when its head arrived, or nothing.
    Only(Option<WeakBlob>),
}

/// Why an object cannot be reserved, published or found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    #[error("content_type {content_type:?} is not among {}", family.types_setting)]
    TypeNotAllowed { content_type: String, family: &'static Family },
    /// By the declared size, or by that of what was stored.
    #[error("the {} has {size} bytes; {} is {max}", family.name, family.max_size_setting)]
    TooLarge { size: u64, max: u64, family: &'static Family },
    #[error("the {} is empty", .0.name)]
    Empty(&'static Family),
    #[error("no {} has this token: never reserved, or past its life", .0.full_name)]
    UnknownToken(&'static Family),
    #[error(
        "the {} was reserved but nothing was stored: the PUT is missing or was refused", .0.name
    )]
    NotStored(&'static Family),
    #[error("reserved as {reserved} but stored as {stored}")]
    TypeDiffers { reserved: String, stored: String },
    #[error("the {} token was used before", .0.name)]
    AlreadyPublished(&'static Family),
    #[error("no published {} has this path", .0.name)]
    Unknown(&'static Family),
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

/// Why a reserved object does not keep what a PUT brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStored {
    /// It was published before, and stays as it is.
    Published,
    /// It expired while the body arrived.
    Expired,
    /// Another PUT stored something else while the body arrived.
    Changed,
    /// A reset has removed it.
    Unreserved,
}

impl Account {
    pub fn reserve_object(
        &self,
        family: &'static Family,
        content_type: &str,
        declared_size: u64,
        host: &str,
        settings: &AccountSettings,
    ) -> Result<Arc<Reservation>, ObjectError> {
        let content_type = content_type.trim().to_ascii_lowercase();
        if !(family.types)(settings).contains(&content_type) {
            return Err(ObjectError::TypeNotAllowed { content_type, family });
        }
        ensure_size(declared_size, family, settings)?;
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
            expires_at: clock::after(now, (family.lifetime)(settings)),
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
            let object = store.bucket.objects.get(&key, now)?;
            let reservation = &object.reservation;
            Some(ReservedObject {
                sizes: match settings.bucket_size_check {
                    BucketSizeCheck::Max => 0..=(reservation.family.max_size)(settings),
                    BucketSizeCheck::Declared => {
                        reservation.declared_size..=reservation.declared_size
                    }
                    BucketSizeCheck::Off => 0..=S3_MAX,
                },
                reservation: Arc::clone(reservation),
                stored: object.bytes().cloned(),
            })
        });
        (reserved, now)
    }

    /// Stores what a PUT brought, in place of what an earlier one brought.
    pub fn store_object(
        &self,
        reservation: &Reservation,
        body: PutBody,
        replaces: Replaceable,
    ) -> Result<(), NotStored> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        if reservation.expires_at <= now {
            return Err(NotStored::Expired);
        }
        let object = store.bucket.objects.get(&reservation.key, now);
        let stored = object.and_then(BucketObject::bytes).map(Blob::downgrade);
        let replaceable =
            replaces == Replaceable::Anything || replaces == Replaceable::Only(stored);
        match object.map(|object| &object.stage) {
            None => return Err(NotStored::Unreserved),
            Some(_) if !replaceable => return Err(NotStored::Changed),
            Some(Stage::Published(_)) => return Err(NotStored::Published),
            Some(Stage::Reserved | Stage::Stored(_)) => {}
        }
        if let Some(object) = store.bucket.objects.get_mut(&reservation.key, now) {
            object.stage = Stage::Stored(body);
        }
        Ok(())
    }

    pub fn publish_object(
        &self,
        family: &'static Family,
        key: BucketKey,
        settings: &AccountSettings,
    ) -> Result<Arc<PublishedObject>, ObjectError> {
        let mut state = self.state();
        let now = state.store.clock.now();
        let Store { bucket, ids, .. } = &mut state.store;
        let rules = (family.rules)(settings);
        let object = bucket.find(family, key, now).ok_or(ObjectError::UnknownToken(family))?;
        let body = match &object.stage {
            Stage::Reserved => return Err(ObjectError::NotStored(family)),
            Stage::Published(published) if rules.reuse == Reuse::Repeat => {
                return Ok(Arc::clone(published));
            }
            Stage::Published(_) => return Err(ObjectError::AlreadyPublished(family)),
            Stage::Stored(body) => body,
        };
        ensure_size(body.blob.len(), family, settings)?;
        ensure_type(&object.reservation.content_type, body, rules.type_check)?;
        let name = ids.published_name(now, self.id, |name| bucket.published.contains_key(name));
        let content_type = object.reservation.content_type.clone();
        let published = PublishedObject::new(family, name, content_type, body.blob.clone());
        let published = Arc::new(published);
        bucket.publish(key, Arc::clone(&published), now);
        Ok(published)
    }

    /// The published object of a family with this file name, `{name}.{extension}`.
    pub fn find_published(
        &self,
        family: &'static Family,
        file_name: &str,
    ) -> Result<Arc<PublishedObject>, ObjectError> {
        let state = self.state();
        let found = state.store.bucket.find_published(family, file_name);
        found.cloned().ok_or(ObjectError::Unknown(family))
    }
}

fn ensure_size(
    size: u64,
    family: &'static Family,
    settings: &AccountSettings,
) -> Result<(), ObjectError> {
    let max = (family.max_size)(settings);
    match size {
        0 => Err(ObjectError::Empty(family)),
        size if size > max => Err(ObjectError::TooLarge { size, max, family }),
        _ => Ok(()),
    }
}

fn ensure_type(reserved: &str, body: &PutBody, check: TypeCheck) -> Result<(), ObjectError> {
    let stored = match (check, &body.content_type) {
        (TypeCheck::Off, _) | (TypeCheck::Declared, None) => return Ok(()),
        (TypeCheck::Declared, Some(declared)) => media::essence(declared),
        (TypeCheck::Sniff, _) => media::type_by_content(&body.blob).unwrap_or(media::UNKNOWN_TYPE),
    };
    if stored.eq_ignore_ascii_case(reserved) {
        return Ok(());
    }
    Err(ObjectError::TypeDiffers { reserved: reserved.to_owned(), stored: stored.to_owned() })
}
