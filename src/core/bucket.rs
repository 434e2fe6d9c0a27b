//! Objects that a presigned URL reserves, a PUT stores and a request publishes under a name.
//!
//! All families of endpoints share the bucket of an account.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::core::blobs::{Blob, OBJECT_OVERHEAD};
use crate::core::clock::Timestamp;
use crate::core::expiring_map::ExpiringMap;
use crate::core::ids::{BucketKey, PublishedName};
use crate::core::journal::ObjectRef;
use crate::core::media;
use crate::core::tokens::{Family, MissingStep, ObjectToken, TokenRef};

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

    pub fn token(&self) -> TokenRef {
        TokenRef::Object(ObjectToken { family: self.family, key: self.key })
    }
}

#[derive(Debug, Clone)]
pub struct PutBody {
    /// The content type of the PUT, if it had one. The signature does not cover it.
    pub content_type: Option<String>,
    pub blob: Blob,
}

/// An object that has a name in public URLs.
#[derive(Debug)]
pub struct PublishedObject {
    pub family: &'static Family,
    pub name: PublishedName,
    /// The extension in its path, without a dot.
    pub extension: &'static str,
    pub content_type: String,
    pub blob: Blob,
}

impl PublishedObject {
    pub fn new(
        family: &'static Family,
        name: PublishedName,
        content_type: String,
        blob: Blob,
    ) -> Self {
        let extension = media::extension_by_type(&content_type);
        Self { family, name, extension, content_type, blob }
    }
}

impl From<&PublishedObject> for ObjectRef {
    fn from(object: &PublishedObject) -> Self {
        Self::Published(object.family, object.name, object.extension)
    }
}

#[derive(Debug, Clone)]
pub struct BucketObject {
    pub reservation: Arc<Reservation>,
    pub stage: Stage,
}

#[derive(Debug, Clone)]
pub enum Stage {
    Reserved,
    Stored(PutBody),
    /// The URL may still be written to until it expires, which changes nothing any more.
    Published(Arc<PublishedObject>),
}

impl BucketObject {
    /// The step that the object still needs.
    pub fn missing_step(&self) -> Option<MissingStep> {
        match self.stage {
            Stage::Reserved => Some(MissingStep::Store),
            Stage::Stored(_) => Some(MissingStep::Publish),
            Stage::Published(_) => None,
        }
    }

    /// What is stored or published.
    pub fn bytes(&self) -> Option<&Blob> {
        match &self.stage {
            Stage::Reserved => None,
            Stage::Stored(body) => Some(&body.blob),
            Stage::Published(object) => Some(&object.blob),
        }
    }

    fn parts(&self) -> ObjectParts<'_> {
        let (body, published) = match &self.stage {
            Stage::Reserved => (None, None),
            Stage::Stored(body) => (Some(body), None),
            Stage::Published(object) => (None, Some(object)),
        };
        ObjectParts { reservation: Some(&self.reservation), body, published }
    }
}

/// The parts of an object. A published object outlives its reservation.
#[derive(Debug, Clone, Copy)]
pub struct ObjectParts<'a> {
    pub reservation: Option<&'a Reservation>,
    /// What the bucket received, until it is published.
    pub body: Option<&'a PutBody>,
    pub published: Option<&'a Arc<PublishedObject>>,
}

/// The reserved and the published objects of one account.
#[derive(Debug, Clone, Default)]
pub struct Bucket {
    pub objects: ExpiringMap<BucketKey, BucketObject>,
    pub published: HashMap<PublishedName, Arc<PublishedObject>>,
}

impl Bucket {
    /// Adds an object. Its key must not be in the bucket yet.
    pub fn insert(&mut self, reservation: Reservation, stage: Stage) -> Arc<Reservation> {
        let reservation = Arc::new(reservation);
        let object = BucketObject { reservation: Arc::clone(&reservation), stage };
        self.objects.insert(reservation.key, reservation.expires_at, object);
        reservation
    }

    /// Adds a published object, with its reservation unless that has expired. Its name and its key
    /// must be free.
    pub fn insert_published(&mut self, object: PublishedObject, reservation: Option<Reservation>) {
        let object = Arc::new(object);
        self.published.insert(object.name, Arc::clone(&object));
        if let Some(reservation) = reservation {
            self.insert(reservation, Stage::Published(object));
        }
    }

    /// The object of a family under a key.
    pub fn find(&self, family: &Family, key: BucketKey, now: Timestamp) -> Option<&BucketObject> {
        self.objects.get(&key, now).filter(|object| object.reservation.family == family)
    }

    /// Publishes an object of the bucket, under a free name.
    pub fn publish(&mut self, key: BucketKey, published: Arc<PublishedObject>, now: Timestamp) {
        if let Some(object) = self.objects.get_mut(&key, now) {
            object.stage = Stage::Published(Arc::clone(&published));
        }
        self.published.insert(published.name, published);
    }

    /// The published object of a family with this file name, `{name}.{extension}`.
    pub fn find_published(
        &self,
        family: &Family,
        file_name: &str,
    ) -> Option<&Arc<PublishedObject>> {
        let (name, extension) = file_name.split_once('.')?;
        let object = self.published.get(&PublishedName::parse(name)?)?;
        (object.family == family && object.extension == extension).then_some(object)
    }

    /// All objects of a family, in the order of [`all`](Self::all).
    pub fn all_of(&self, family: &Family) -> Vec<ObjectParts<'_>> {
        let mut all = self.all();
        all.retain(|parts| {
            let reserved = parts.reservation.map(|reservation| reservation.family);
            reserved.or(parts.published.map(|object| object.family)).is_some_and(|it| it == family)
        });
        all
    }

    /// All objects: those with a reservation, expired but not swept ones too, the first to expire
    /// first, then the others by name.
    pub fn all(&self) -> Vec<ObjectParts<'_>> {
        let mut all: Vec<_> = self.objects.iter().map(|(_, object)| object.parts()).collect();
        let seen: HashSet<_> = all.iter().filter_map(|parts| Some(parts.published?.name)).collect();
        let is_alone = |object: &&Arc<PublishedObject>| !seen.contains(&object.name);
        let mut alone: Vec<_> = self.published.values().filter(is_alone).collect();
        alone.sort_unstable_by_key(|object| object.name);
        all.extend(alone.into_iter().map(|object| ObjectParts {
            reservation: None,
            body: None,
            published: Some(object),
        }));
        all
    }

    /// The objects that are not published, the first to expire first.
    pub fn unpublished(&self, now: Timestamp) -> impl Iterator<Item = &BucketObject> {
        let is_open = move |object: &&BucketObject| {
            now < object.reservation.expires_at && object.missing_step().is_some()
        };
        self.objects.iter().map(|(_, object)| object).filter(is_open)
    }

    /// Bytes that all reservations are charged. Published objects are charged as blobs.
    pub fn cost(&self) -> u64 {
        self.objects.len() as u64 * Reservation::COST
    }
}
