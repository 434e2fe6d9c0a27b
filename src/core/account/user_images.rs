//! User images: reserve, publish, find. Between the first two, `bucket` stores them.

use std::sync::Arc;

use crate::core::account::settings::AccountSettings;
use crate::core::account::{Account, State};
use crate::core::bucket::{Reservation, Stage};
use crate::core::clock;
use crate::core::ids::ImageToken;
use crate::core::user_images::{ImageError, PublishedImage, PublishingRules};

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
        let (mut state, now) = self.reserve(|State { store, journal, .. }| {
            Ok::<_, ImageError>((store.sweep(journal), Reservation::COST))
        })?;
        let store = &mut state.store;
        let bucket = &mut store.user_images.bucket;
        let reservation = Reservation {
            key: store.ids.bucket_key(now, |key| bucket.objects.contains(key)),
            content_type,
            declared_size,
            host: host.to_owned(),
            reserved_at: now,
            expires_at: clock::after(now, settings.image_ttl),
        };
        Ok(bucket.insert(reservation, Stage::Reserved))
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
        let ids = &mut store.ids;
        store
            .user_images
            .publish(token, rules, now, |is_taken| ids.image_name(now, self.id, is_taken))
    }

    pub fn find_image(&self, file_name: &str) -> Result<Arc<PublishedImage>, ImageError> {
        self.state().store.user_images.find_published(file_name)
    }
}
