//! Help-center images: reserved, then stored in the bucket, then published under a path.

use std::sync::Arc;

use crate::core::account::settings::{AccountSettings, Reuse, TypeCheck};
use crate::core::account::{Account, Store};
use crate::core::blobs::OutOfMemory;
use crate::core::bucket::{PublishedObject, PutBody, Reservation, Stage};
use crate::core::ids::BucketKey;
use crate::core::media;
use crate::core::tokens::Family;

pub static USER_IMAGES: Family = Family {
    name: "image",
    max_size: |settings| settings.max_image_size,
    lifetime_setting: "image_ttl",
    how_to_publish: "POST the token to /api/v2/guide/user_images",
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

impl Account {
    pub fn reserve_image(
        &self,
        content_type: &str,
        declared_size: u64,
        host: &str,
        settings: &AccountSettings,
    ) -> Result<Arc<Reservation>, ImageError> {
        let content_type = content_type.trim().to_ascii_lowercase();
        if !settings.image_types.contains(&content_type) {
            return Err(ImageError::TypeNotAllowed { content_type });
        }
        ensure_size(declared_size, settings)?;
        let lifetime = settings.image_ttl;
        Ok(self.reserve_object(&USER_IMAGES, content_type, declared_size, host, lifetime)?)
    }

    pub fn publish_image(
        &self,
        token: BucketKey,
        settings: &AccountSettings,
    ) -> Result<Arc<PublishedObject>, ImageError> {
        let mut state = self.state();
        let now = state.store.clock.now();
        let Store { bucket, ids, .. } = &mut state.store;
        let object = bucket.find(&USER_IMAGES, token, now).ok_or(ImageError::UnknownToken)?;
        let body = match &object.stage {
            Stage::Reserved => return Err(ImageError::NotStored),
            Stage::Published(image) if settings.image_reuse == Reuse::Repeat => {
                return Ok(Arc::clone(image));
            }
            Stage::Published(_) => return Err(ImageError::AlreadyPublished),
            Stage::Stored(body) => body,
        };
        ensure_size(body.blob.len(), settings)?;
        ensure_type(&object.reservation.content_type, body, settings.image_type_check)?;
        let name = ids.published_name(now, self.id, |name| bucket.published.contains_key(name));
        let content_type = object.reservation.content_type.clone();
        let image = PublishedObject::new(&USER_IMAGES, name, content_type, body.blob.clone());
        let image = Arc::new(image);
        bucket.publish(token, Arc::clone(&image), now);
        Ok(image)
    }

    pub fn find_image(&self, file_name: &str) -> Result<Arc<PublishedObject>, ImageError> {
        let state = self.state();
        let found = state.store.bucket.find_published(&USER_IMAGES, file_name);
        found.cloned().ok_or(ImageError::Unknown)
    }
}

fn ensure_size(size: u64, settings: &AccountSettings) -> Result<(), ImageError> {
    match size {
        0 => Err(ImageError::Empty),
        size if size > settings.max_image_size => {
            Err(ImageError::TooLarge { size, max: settings.max_image_size })
        }
        _ => Ok(()),
    }
}

fn ensure_type(reserved: &str, body: &PutBody, check: TypeCheck) -> Result<(), ImageError> {
    let stored = match (check, &body.content_type) {
        (TypeCheck::Off, _) | (TypeCheck::Declared, None) => return Ok(()),
        (TypeCheck::Declared, Some(declared)) => media::essence(declared),
        (TypeCheck::Sniff, _) => media::type_by_content(&body.blob).unwrap_or(media::UNKNOWN_TYPE),
    };
    if stored.eq_ignore_ascii_case(reserved) {
        return Ok(());
    }
    Err(ImageError::TypeDiffers { reserved: reserved.to_owned(), stored: stored.to_owned() })
}
