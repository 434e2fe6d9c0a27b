//! User images: reserve, publish, find. Between the first two, `bucket` stores them.

use std::sync::Arc;

use crate::core::account::settings::AccountSettings;
use crate::core::account::{Account, Store};
use crate::core::bucket::Reservation;
use crate::core::ids::ImageToken;
use crate::core::user_images::{FAMILY, ImageError, Preparation, PublishedImage, PublishingRules};

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
        if declared_size == 0 {
            return Err(ImageError::Empty);
        }
        if declared_size > settings.max_image_size {
            return Err(ImageError::TooLarge { size: declared_size, max: settings.max_image_size });
        }
        let lifetime = settings.image_ttl;
        Ok(self.reserve_object(&FAMILY, content_type, declared_size, host, lifetime)?)
    }

    pub fn publish_image(
        &self,
        token: ImageToken,
        settings: &AccountSettings,
    ) -> Result<Arc<PublishedImage>, ImageError> {
        let mut guard = self.state();
        let store = &mut guard.store;
        let rules = PublishingRules {
            max_size: settings.max_image_size,
            type_check: settings.image_type_check,
            reuse: settings.image_reuse,
        };
        let now = store.clock.now();
        let Store { user_images, bucket, ids, .. } = store;
        let prepared = user_images.prepare(token, rules, now, bucket, |is_taken| {
            ids.image_name(now, self.id, is_taken)
        })?;
        match prepared {
            Preparation::Published(image) => Ok(image),
            Preparation::New(image) => {
                user_images.publish(token, Arc::clone(&image), now, bucket);
                Ok(image)
            }
        }
    }

    pub fn find_image(&self, file_name: &str) -> Result<Arc<PublishedImage>, ImageError> {
        self.state().store.user_images.find_published(file_name)
    }
}
