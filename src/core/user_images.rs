//! Help-center images: reserved, then stored in the bucket, then published under a path.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::core::account::settings::{Reuse, TypeCheck};
use crate::core::blobs::{Blob, OutOfMemory};
use crate::core::bucket::{Bucket, BucketObject, Family, PutBody, Reservation, Stage};
use crate::core::clock::Timestamp;
use crate::core::ids::{ImageName, ImageToken};
use crate::core::journal::MissingStep;
use crate::core::media;

pub static FAMILY: Family = Family {
    name: "user image",
    max_size: |settings| settings.max_image_size,
    step_after_put: Some(MissingStep::Publish),
};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error("content_type {content_type:?} is not among image_types")]
    TypeNotAllowed { content_type: String },
    /// By the declared size, or by that of what was stored.
    #[error("the image has {size} bytes; max_image_size is {max}")]
    TooLarge { size: u64, max: u64 },
    #[error("the image is empty")]
    Empty,
    #[error("no user image has this token: never reserved, or past its life")]
    UnknownToken,
    #[error("the image was reserved but nothing was stored: the PUT is missing or was refused")]
    NotStored,
    #[error("reserved as {reserved} but stored as {stored}")]
    TypeDiffers { reserved: String, stored: String },
    #[error("the image token was used before")]
    AlreadyPublished,
    #[error("no published image has this path")]
    Unknown,
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

/// An image that has its path in the help center.
#[derive(Debug)]
pub struct PublishedImage {
    pub name: ImageName,
    /// The extension in the path, without a dot.
    pub extension: &'static str,
    pub content_type: String,
    pub blob: Blob,
}

/// The bucket of an account. An object of a user image is used when it is published.
pub type ImageBucket = Bucket<Arc<PublishedImage>>;
type ImageObject = BucketObject<Arc<PublishedImage>>;

#[derive(Debug, Clone, Copy)]
pub struct PublishingRules {
    pub max_size: u64,
    pub type_check: TypeCheck,
    pub reuse: Reuse,
}

/// What a publication comes to. Nothing can refuse it any more.
#[derive(Debug)]
pub enum Preparation {
    New(Arc<PublishedImage>),
    Published(Arc<PublishedImage>),
}

/// What is published. The bucket has the rest.
#[derive(Debug, Clone, Default)]
pub struct UserImages {
    pub published: HashMap<ImageName, Arc<PublishedImage>>,
}

/// The parts of a user image. A published image outlives its reservation.
#[derive(Debug, Clone, Copy)]
pub struct UserImageParts<'a> {
    pub reservation: Option<&'a Reservation>,
    /// What the bucket received, until it is published.
    pub body: Option<&'a PutBody>,
    pub published: Option<&'a PublishedImage>,
}

impl UserImages {
    /// Adds a published image, with its reservation unless that has expired. Its name and its token
    /// must be free.
    pub fn insert_published(
        &mut self,
        image: PublishedImage,
        reservation: Option<Reservation>,
        bucket: &mut ImageBucket,
    ) {
        let image = Arc::new(image);
        self.published.insert(image.name, Arc::clone(&image));
        if let Some(reservation) = reservation {
            bucket.insert(reservation, Stage::Used(image));
        }
    }

    /// All images: those with a reservation, the first to expire first, then the others by name.
    pub fn all<'a>(&'a self, bucket: &'a ImageBucket) -> Vec<UserImageParts<'a>> {
        let is_image = |object: &&ImageObject| *object.reservation.family == FAMILY;
        let mut all: Vec<_> = bucket.iter().filter(is_image).map(parts).collect();
        let seen: HashSet<_> = all.iter().filter_map(|image| Some(image.published?.name)).collect();
        let rest = self.published.values().filter(|image| !seen.contains(&image.name));
        let mut rest: Vec<_> = rest
            .map(|image| UserImageParts { reservation: None, body: None, published: Some(image) })
            .collect();
        rest.sort_unstable_by_key(|image| image.published.map(|image| image.name));
        all.append(&mut rest);
        all
    }

    /// The image that a publication adds, under a name. It is added by [`publish`](Self::publish),
    /// unless it was before.
    pub fn prepare(
        &self,
        token: ImageToken,
        rules: PublishingRules,
        now: Timestamp,
        bucket: &ImageBucket,
        name: impl FnOnce(&dyn Fn(&ImageName) -> bool) -> ImageName,
    ) -> Result<Preparation, ImageError> {
        let object = bucket
            .objects
            .get(&token, now)
            .filter(|object| *object.reservation.family == FAMILY)
            .ok_or(ImageError::UnknownToken)?;
        let body = match &object.stage {
            Stage::Reserved => return Err(ImageError::NotStored),
            Stage::Used(published) => {
                return match rules.reuse {
                    Reuse::Conflict => Err(ImageError::AlreadyPublished),
                    Reuse::Repeat => Ok(Preparation::Published(Arc::clone(published))),
                };
            }
            Stage::Stored(body) => body,
        };
        check(&object.reservation, body, rules)?;
        let content_type = &object.reservation.content_type;
        Ok(Preparation::New(Arc::new(PublishedImage {
            name: name(&|name| self.published.contains_key(name)),
            extension: media::extension_by_type(content_type),
            content_type: content_type.clone(),
            blob: body.blob.clone(),
        })))
    }

    /// Publishes an image that was prepared.
    pub fn publish(
        &mut self,
        token: ImageToken,
        image: Arc<PublishedImage>,
        now: Timestamp,
        bucket: &mut ImageBucket,
    ) {
        if let Some(object) = bucket.objects.get_mut(&token, now) {
            object.stage = Stage::Used(Arc::clone(&image));
        }
        self.published.insert(image.name, image);
    }

    /// The published image with this file name, `{name}.{extension}`.
    pub fn find_published(&self, file_name: &str) -> Result<Arc<PublishedImage>, ImageError> {
        file_name
            .split_once('.')
            .and_then(|(name, extension)| {
                let image = self.published.get(&ImageName::parse(name)?)?;
                (image.extension == extension).then(|| Arc::clone(image))
            })
            .ok_or(ImageError::Unknown)
    }
}

fn parts(object: &ImageObject) -> UserImageParts<'_> {
    let (body, published) = match &object.stage {
        Stage::Reserved => (None, None),
        Stage::Stored(body) => (Some(body), None),
        Stage::Used(image) => (None, Some(&**image)),
    };
    UserImageParts { reservation: Some(&object.reservation), body, published }
}

fn check(
    reservation: &Reservation,
    body: &PutBody,
    rules: PublishingRules,
) -> Result<(), ImageError> {
    let size = body.blob.len();
    if size == 0 {
        return Err(ImageError::Empty);
    }
    if size > rules.max_size {
        return Err(ImageError::TooLarge { size, max: rules.max_size });
    }
    let stored = match rules.type_check {
        TypeCheck::Off => return Ok(()),
        TypeCheck::Declared => match &body.content_type {
            None => return Ok(()),
            Some(declared) => essence(declared),
        },
        TypeCheck::Sniff => media::type_by_content(&body.blob).unwrap_or(media::UNKNOWN_TYPE),
    };
    if stored.eq_ignore_ascii_case(&reservation.content_type) {
        return Ok(());
    }
    Err(ImageError::TypeDiffers {
        reserved: reservation.content_type.clone(),
        stored: stored.to_owned(),
    })
}

/// A content type without its parameters.
fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}
