//! Objects that a presigned URL reserves and a PUT stores, until they are used or expire.
//!
//! A family of endpoints, such as user images, has a [`Bucket`] of its objects and decides what
//! their use is: `U` is what they became.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use crate::core::blobs::{Blob, OBJECT_OVERHEAD};
use crate::core::clock::Timestamp;
use crate::core::ids::BucketKey;
use crate::core::maps::shrink_if_sparse;
use crate::core::media;

/// The promise of a presigned URL. All that its signature covers follows from these fields and
/// from what no setting changes, so a received request can be compared with it at any time.
#[derive(Debug)]
pub struct Reservation {
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
    /// Stores what a PUT brought, in place of what an earlier one brought. Returns whether it was
    /// kept: an object that was used stays as it is.
    pub fn store(&mut self, body: PutBody) -> bool {
        let is_kept = !self.is_used();
        if is_kept {
            self.stage = Stage::Stored(body);
        }
        is_kept
    }

    pub fn is_used(&self) -> bool {
        matches!(self.stage, Stage::Used(_))
    }
}

/// The objects of one family in one account. Expired means gone: an expired object is not found,
/// swept or not.
#[derive(Debug, Clone)]
pub struct Bucket<U> {
    by_key: HashMap<BucketKey, BucketObject<U>>,
    expiry: BTreeSet<(Timestamp, BucketKey)>,
}

impl<U> Default for Bucket<U> {
    fn default() -> Self {
        Self { by_key: HashMap::new(), expiry: BTreeSet::new() }
    }
}

impl<U> Bucket<U> {
    /// Adds an object. Its key must not be in the bucket yet.
    pub fn insert(&mut self, reservation: Reservation, stage: Stage<U>) -> Arc<Reservation> {
        let reservation = Arc::new(reservation);
        self.expiry.insert((reservation.expires_at, reservation.key));
        let object = BucketObject { reservation: Arc::clone(&reservation), stage };
        self.by_key.insert(reservation.key, object);
        reservation
    }

    /// Whether a key is taken, by an object that is alive or not swept yet.
    pub fn contains(&self, key: &BucketKey) -> bool {
        self.by_key.contains_key(key)
    }

    /// The object that takes a key, alive or not swept yet.
    pub fn get(&self, key: &BucketKey) -> Option<&BucketObject<U>> {
        self.by_key.get(key)
    }

    pub fn find(&self, key: &BucketKey, now: Timestamp) -> Option<&BucketObject<U>> {
        self.by_key.get(key).filter(|object| now < object.reservation.expires_at)
    }

    pub fn find_mut(&mut self, key: &BucketKey, now: Timestamp) -> Option<&mut BucketObject<U>> {
        self.by_key.get_mut(key).filter(|object| now < object.reservation.expires_at)
    }

    /// All objects, expired but not swept ones too, the first to expire first.
    pub fn iter(&self) -> impl Iterator<Item = &BucketObject<U>> {
        self.expiry.iter().filter_map(|(_, key)| self.by_key.get(key))
    }

    /// The objects that have not been used yet, the first to expire first.
    pub fn unused(&self, now: Timestamp) -> impl Iterator<Item = &BucketObject<U>> {
        self.iter().filter(move |object| now < object.reservation.expires_at && !object.is_used())
    }

    /// Whether anything has expired and is not swept yet.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expiry.first().is_some_and(|(expires_at, _)| *expires_at <= now)
    }

    /// Frees what has expired. `expired` gets each object that does.
    pub fn sweep(&mut self, now: Timestamp, mut expired: impl FnMut(&BucketObject<U>)) {
        while self.has_expired(now)
            && let Some((_, key)) = self.expiry.pop_first()
        {
            if let Some(object) = self.by_key.remove(&key) {
                expired(&object);
                shrink_if_sparse(&mut self.by_key);
            }
        }
    }

    /// How many objects there are, swept ones apart.
    pub fn count(&self) -> usize {
        self.by_key.len()
    }

    /// Bytes that all reservations are charged.
    pub fn cost(&self) -> u64 {
        self.by_key.len() as u64 * Reservation::COST
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::blobs::{BlobWriter, Budget};
    use crate::core::clock::after;

    /// What clients and a family do to objects, and time passing between.
    #[derive(Debug, Clone)]
    enum Step {
        Reserve(u64),
        Put(usize, u8),
        Use(usize),
        Pass(u64),
        SetBack(u64),
        Sweep,
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..60_u64).prop_map(Step::Reserve),
            (0..6_usize, any::<u8>()).prop_map(|(which, byte)| Step::Put(which, byte)),
            (0..6_usize).prop_map(Step::Use),
            (1..50_u64).prop_map(Step::Pass),
            (1..50_u64).prop_map(Step::SetBack),
            Just(Step::Sweep),
        ]
    }

    /// What the model knows of an object: it never sweeps, and only notes what a sweep may free.
    #[derive(Debug)]
    struct Known {
        key: BucketKey,
        expires_at: Timestamp,
        stored: Option<u8>,
        is_used: bool,
        is_swept: bool,
    }

    fn body(budget: &Arc<Budget>, byte: u8) -> PutBody {
        let mut writer = BlobWriter::new(budget, 0).expect("there is room");
        writer.push(bytes::Bytes::copy_from_slice(&[byte])).expect("there is room");
        PutBody { content_type: None, blob: writer.finish() }
    }

    fn byte(body: &PutBody) -> u8 {
        let mut byte = [0];
        std::io::Read::read_exact(&mut body.blob.head(1), &mut byte).expect("a byte");
        byte[0]
    }

    proptest! {
        #[test]
        fn expired_means_gone_and_used_means_kept_whether_or_not_it_was_swept(
            steps in prop::collection::vec(any_step(), 1..60),
        ) {
            let budget = Budget::new(u64::MAX);
            let mut bucket = Bucket::default();
            let (mut model, mut swept): (Vec<Known>, _) = (Vec::new(), Vec::new());
            let mut now = Timestamp::UNIX_EPOCH;
            for (number, step) in steps.into_iter().enumerate() {
                let count = model.len();
                let known = |which: usize| (count > 0).then(|| which % count.max(1));
                match step {
                    Step::Reserve(seconds) => {
                        let key = BucketKey::parse(&format!("{number:026}")).expect("a key");
                        let lifetime = Duration::from_secs(seconds);
                        let reservation = Reservation {
                            key,
                            content_type: "image/png".to_owned(),
                            declared_size: 1,
                            host: "x".to_owned(),
                            reserved_at: now,
                            expires_at: after(now, lifetime),
                        };
                        prop_assert!(!bucket.contains(&key));
                        let reservation = bucket.insert(reservation, Stage::Reserved);
                        prop_assert_eq!(reservation.lifetime(), lifetime);
                        let expires_at = reservation.expires_at;
                        model.push(Known { key, expires_at, stored: None, is_used: false, is_swept: false });
                    }
                    Step::Put(which, byte) => if let Some(which) = known(which) {
                        let known = &mut model[which];
                        let is_alive = !known.is_swept && now < known.expires_at;
                        let kept = bucket
                            .find_mut(&known.key, now)
                            .map(|object| object.store(body(&budget, byte)));
                        prop_assert_eq!(kept, is_alive.then_some(!known.is_used));
                        if kept == Some(true) {
                            known.stored = Some(byte);
                        }
                    },
                    // A family uses what was stored, once.
                    Step::Use(which) => if let Some(which) = known(which) {
                        let known = &mut model[which];
                        if let Some(object) = bucket.find_mut(&known.key, now)
                            && let Stage::Stored(body) = &object.stage
                        {
                            object.stage = Stage::Used(byte(body));
                            known.is_used = true;
                        }
                    },
                    Step::Pass(seconds) => now = after(now, Duration::from_secs(seconds)),
                    Step::SetBack(seconds) => {
                        let earlier = now.as_second().saturating_sub_unsigned(seconds).max(0);
                        now = Timestamp::from_second(earlier).expect("an instant");
                    }
                    Step::Sweep => {
                        bucket.sweep(now, |object| swept.push((object.reservation.key, object.is_used())));
                        for known in &mut model {
                            known.is_swept |= known.expires_at <= now;
                        }
                    }
                }
                for known in &model {
                    let is_alive = !known.is_swept && now < known.expires_at;
                    let object = bucket.find(&known.key, now);
                    prop_assert_eq!(object.is_some(), is_alive);
                    match object.map(|object| &object.stage) {
                        None => {}
                        Some(Stage::Reserved) => prop_assert_eq!(known.stored, None),
                        Some(Stage::Stored(body)) => {
                            prop_assert_eq!((Some(byte(body)), false), (known.stored, known.is_used));
                        }
                        Some(Stage::Used(byte)) => {
                            prop_assert_eq!((Some(*byte), true), (known.stored, known.is_used));
                        }
                    }
                    prop_assert_eq!(bucket.contains(&known.key), !known.is_swept);
                }
                let held = model.iter().filter(|known| !known.is_swept);
                let mut unused: Vec<_> = held
                    .clone()
                    .filter(|known| now < known.expires_at && !known.is_used)
                    .map(|known| (known.expires_at, known.key))
                    .collect();
                unused.sort_unstable();
                let listed = bucket.unused(now).map(|object| &object.reservation);
                let listed: Vec<_> = listed.map(|listed| (listed.expires_at, listed.key)).collect();
                prop_assert_eq!(listed, unused);
                prop_assert_eq!((bucket.count(), bucket.iter().count()), (held.clone().count(), held.count()));
                let expired = model.iter().filter(|known| known.is_swept);
                let expired: Vec<_> = expired.map(|known| (known.key, known.is_used)).collect();
                swept.sort_unstable();
                prop_assert_eq!(&swept, &expired);
            }
            bucket.sweep(Timestamp::MAX, |_| ());
            prop_assert!(bucket.by_key.is_empty() && bucket.expiry.is_empty());
            prop_assert_eq!((bucket.cost(), budget.used()), (0, 0));
        }
    }
}
