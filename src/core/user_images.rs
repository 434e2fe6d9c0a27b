//! Help-center images: reserved, then stored in the bucket, then published under a path.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use strum::{EnumString, IntoStaticStr, VariantNames};
use ulid::Ulid;

use crate::core::Error;
use crate::core::blobs::{Blob, OBJECT_OVERHEAD};
use crate::core::clock::Timestamp;
use crate::core::ids::ImageName;
use crate::core::maps::shrink_if_sparse;

/// What a client announced when it asked for a place in the bucket.
#[derive(Debug)]
pub struct Reservation {
    /// The image token: the name of the object in the bucket.
    pub token: Ulid,
    /// The announced content type.
    pub content_type: String,
    /// The announced size in bytes.
    pub file_size: u64,
    /// The host to which the upload URL points. The signature covers it.
    pub host: String,
    /// When it was made: the instant of the ULID and of the signature.
    pub reserved_at: Timestamp,
    /// When the URL and the token end.
    pub expires_at: Timestamp,
}

/// What the bucket received.
#[derive(Debug, Clone)]
pub struct Object {
    /// The content type sent with the PUT, if any. The signature does not cover it.
    pub content_type: Option<String>,
    /// The bytes.
    pub blob: Blob,
}

/// How far an image has come.
#[derive(Debug, Clone)]
enum Stage {
    Reserved,
    Stored(Object),
    /// The bucket may still be written to until the URL ends. What is published stays as it is.
    Published(Arc<PublishedImage>),
}

#[derive(Debug, Clone)]
struct UserImage {
    reservation: Arc<Reservation>,
    stage: Stage,
}

/// An image that has its path in the help center.
#[derive(Debug)]
pub struct PublishedImage {
    /// Its name in the path.
    pub name: ImageName,
    /// The extension in the path, without a dot.
    pub extension: &'static str,
    /// The content type under which it is served.
    pub content_type: String,
    /// The bytes.
    pub blob: Blob,
}

/// What publishing looks at besides the image itself.
#[derive(Debug, Clone, Copy)]
pub struct PublishingRules {
    /// The largest image, in bytes.
    pub max_size: u64,
    /// How the type is checked.
    pub type_check: TypeCheck,
    /// What a second publication of one token does.
    pub reuse: Reuse,
}

/// How publishing compares what was stored with what was reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum TypeCheck {
    /// A Content-Type sent with the PUT must be the reserved one.
    Declared,
    /// The first bytes must be those of the reserved type.
    Sniff,
    /// Not at all.
    Off,
}

/// What a second publication of one token does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Reuse {
    /// It is refused.
    Conflict,
    /// It answers as the first did.
    Repeat,
}

/// All user images of one account.
#[derive(Debug, Clone, Default)]
pub struct UserImages {
    by_token: HashMap<Ulid, UserImage>,
    expiry: BTreeSet<(Timestamp, Ulid)>,
    published: HashMap<ImageName, Arc<PublishedImage>>,
    /// Tokens that expired although nothing had been published.
    expired_unpublished: u64,
}

/// An image that has no path yet.
#[derive(Debug, Clone)]
pub struct Unpublished {
    /// Its reservation.
    pub reservation: Arc<Reservation>,
    /// Whether its bytes have arrived.
    pub is_stored: bool,
}

/// How far an image has come by its reservation.
#[derive(Debug)]
pub struct Told {
    /// Its reservation.
    pub reservation: Arc<Reservation>,
    /// What the bucket received, until it is published.
    pub object: Option<Object>,
    /// The name under which it is published.
    pub published: Option<ImageName>,
}

/// How far an image has come whose token is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Its bytes are still to come.
    Reserved,
    /// It is still to be published.
    Stored,
    /// It has its path.
    Published,
}

impl UserImages {
    /// How far an image has come. `None` is a token that is not alive.
    #[must_use]
    pub fn progress(&self, token: &Ulid, now: Timestamp) -> Option<Progress> {
        let image = self.by_token.get(token)?;
        (now < image.reservation.expires_at).then_some(match image.stage {
            Stage::Reserved => Progress::Reserved,
            Stage::Stored(_) => Progress::Stored,
            Stage::Published(_) => Progress::Published,
        })
    }

    /// Keeps a place for an image.
    pub fn reserve(&mut self, reservation: Reservation) -> Arc<Reservation> {
        self.put_at(reservation, Stage::Reserved)
    }

    /// Keeps an image that is published under its name, and the reservation that it came by if it is still
    /// remembered.
    pub fn put_published(&mut self, image: PublishedImage, by: Option<Reservation>) {
        let image = Arc::new(image);
        self.published.insert(image.name, Arc::clone(&image));
        if let Some(reservation) = by {
            self.put_at(reservation, Stage::Published(image));
        }
    }

    /// Keeps an image that is reserved, and perhaps stored.
    pub fn put_unpublished(&mut self, reservation: Reservation, object: Option<Object>) {
        self.put_at(reservation, object.map_or(Stage::Reserved, Stage::Stored));
    }

    /// All images: how far each has come by its reservation, the first to expire first, and what was
    /// published.
    pub fn all(&self) -> (Vec<Told>, Vec<Arc<PublishedImage>>) {
        let images = self.expiry.iter().filter_map(|(_, token)| self.by_token.get(token));
        let told = images.map(|UserImage { reservation, stage }| {
            let (object, published) = match stage {
                Stage::Reserved => (None, None),
                Stage::Stored(object) => (Some(object.clone()), None),
                Stage::Published(image) => (None, Some(image.name)),
            };
            Told { reservation: Arc::clone(reservation), object, published }
        });
        (told.collect(), self.published.values().cloned().collect())
    }

    /// Whether an image is published under this name.
    #[must_use]
    pub fn is_published(&self, name: &ImageName) -> bool {
        self.published.contains_key(name)
    }

    fn put_at(&mut self, reservation: Reservation, stage: Stage) -> Arc<Reservation> {
        let reservation = Arc::new(reservation);
        let token = reservation.token;
        self.expiry.insert((reservation.expires_at, token));
        let image = UserImage { reservation: Arc::clone(&reservation), stage };
        self.by_token.insert(token, image);
        reservation
    }

    /// Whether a token names a reservation, alive or not swept yet.
    #[must_use]
    pub fn is_reserved(&self, token: &Ulid) -> bool {
        self.by_token.contains_key(token)
    }

    /// The reservation of a token.
    ///
    /// # Errors
    /// [`Error::UnknownImageToken`].
    pub fn reservation(&self, token: &str, now: Timestamp) -> Result<Arc<Reservation>, Error> {
        let token = self.alive(token, now)?;
        self.by_token
            .get(&token)
            .map(|image| Arc::clone(&image.reservation))
            .ok_or(Error::UnknownImageToken)
    }

    /// Stores what the bucket received. A later PUT overwrites an earlier one until the URL ends
    /// or the image is published. Answers whether it was kept.
    ///
    /// # Errors
    /// [`Error::UnknownImageToken`].
    pub fn store(&mut self, token: &str, object: Object, now: Timestamp) -> Result<bool, Error> {
        let token = self.alive(token, now)?;
        let image = self.by_token.get_mut(&token).ok_or(Error::UnknownImageToken)?;
        let is_kept = !matches!(image.stage, Stage::Published(_));
        if is_kept {
            image.stage = Stage::Stored(object);
        }
        Ok(is_kept)
    }

    /// Publishes a stored image under a name.
    ///
    /// # Errors
    /// [`Error::UnknownImageToken`], [`Error::ImageNotStored`], [`Error::ImageEmpty`],
    /// [`Error::ImageTooLarge`], [`Error::ImageTypeDiffers`], [`Error::ImageAlreadyPublished`].
    pub fn publish(
        &mut self,
        token: &str,
        rules: PublishingRules,
        now: Timestamp,
        name: impl FnOnce(&dyn Fn(&ImageName) -> bool) -> ImageName,
    ) -> Result<Arc<PublishedImage>, Error> {
        let token = self.alive(token, now)?;
        let image = self.by_token.get_mut(&token).ok_or(Error::UnknownImageToken)?;
        let object = match &image.stage {
            Stage::Reserved => return Err(Error::ImageNotStored),
            Stage::Published(published) => {
                return match rules.reuse {
                    Reuse::Conflict => Err(Error::ImageAlreadyPublished),
                    Reuse::Repeat => Ok(Arc::clone(published)),
                };
            }
            Stage::Stored(object) => object,
        };
        check(&image.reservation, object, rules)?;
        let published = &mut self.published;
        let new = Arc::new(PublishedImage {
            name: name(&|name| published.contains_key(name)),
            extension: extension(&image.reservation.content_type),
            content_type: image.reservation.content_type.clone(),
            blob: object.blob.clone(),
        });
        image.stage = Stage::Published(Arc::clone(&new));
        published.insert(new.name, Arc::clone(&new));
        Ok(new)
    }

    /// The published image with this file name, `{name}.{extension}`.
    ///
    /// # Errors
    /// [`Error::UnknownImage`].
    pub fn published(&self, file_name: &str) -> Result<Arc<PublishedImage>, Error> {
        file_name
            .split_once('.')
            .and_then(|(name, extension)| {
                let image = self.published.get(&ImageName::parse(name)?)?;
                (image.extension == extension).then(|| Arc::clone(image))
            })
            .ok_or(Error::UnknownImage)
    }

    /// Whether anything has expired and is not swept yet.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expiry.first().is_some_and(|(expires_at, _)| *expires_at <= now)
    }

    /// Frees what has expired. Published images stay.
    pub fn sweep(&mut self, now: Timestamp) {
        while let Some(&(expires_at, token)) = self.expiry.first()
            && expires_at <= now
        {
            self.expiry.remove(&(expires_at, token));
            if let Some(image) = self.by_token.remove(&token) {
                let is_published = matches!(image.stage, Stage::Published(_));
                self.expired_unpublished += u64::from(!is_published);
                shrink_if_sparse(&mut self.by_token);
            }
        }
    }

    /// So many of the images that have no path yet, the first to expire first.
    pub fn unpublished(&self, most: usize, now: Timestamp) -> Vec<Unpublished> {
        let alive = self.expiry.iter().filter(|(expires_at, _)| now < *expires_at);
        let images = alive.filter_map(|(_, token)| self.by_token.get(token));
        let unpublished = images.filter(|image| !matches!(image.stage, Stage::Published(_)));
        unpublished
            .take(most)
            .map(|image| Unpublished {
                reservation: Arc::clone(&image.reservation),
                is_stored: matches!(image.stage, Stage::Stored(_)),
            })
            .collect()
    }

    /// How many tokens expired although nothing had been published.
    #[must_use]
    pub fn expired_unpublished(&self) -> u64 {
        self.expired_unpublished
    }

    /// How many tokens and published images are held.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.by_token.len(), self.published.len())
    }

    /// Bytes that all reservations are charged.
    #[must_use]
    pub fn cost(&self) -> u64 {
        self.by_token.len() as u64 * Reservation::COST
    }

    fn alive(&self, token: &str, now: Timestamp) -> Result<Ulid, Error> {
        Ulid::from_string(token)
            .ok()
            .filter(|token| {
                self.by_token.get(token).is_some_and(|image| now < image.reservation.expires_at)
            })
            .ok_or(Error::UnknownImageToken)
    }
}

impl Reservation {
    /// Bytes that it is charged. Its texts are bounded: types and hosts are checked before.
    pub const COST: u64 = OBJECT_OVERHEAD;
}

fn check(reservation: &Reservation, object: &Object, rules: PublishingRules) -> Result<(), Error> {
    let size = object.blob.len();
    if size == 0 {
        return Err(Error::ImageEmpty);
    }
    if size > rules.max_size {
        return Err(Error::ImageTooLarge { size, max: rules.max_size });
    }
    let stored = match rules.type_check {
        TypeCheck::Off => return Ok(()),
        TypeCheck::Declared => match &object.content_type {
            None => return Ok(()),
            Some(declared) => essence(declared),
        },
        TypeCheck::Sniff => {
            super::media::type_by_content(&object.blob).unwrap_or(super::media::UNKNOWN_TYPE)
        }
    };
    if stored.eq_ignore_ascii_case(&reservation.content_type) {
        return Ok(());
    }
    Err(Error::ImageTypeDiffers {
        reserved: reservation.content_type.clone(),
        stored: stored.to_owned(),
    })
}

/// A content type without its parameters.
fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// The extension that Zendesk gives to the objects and paths of a type: documented for JPEG and
/// SVG, seen in public paths for PNG and GIF.
#[must_use]
pub fn extension(content_type: &str) -> &'static str {
    match content_type {
        "image/jpeg" => "jpeg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "image/bmp" => "bmp",
        "image/avif" => "avif",
        _ => "bin",
    }
}
