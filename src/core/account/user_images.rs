//! User images: reserve, store, publish, find.

use std::sync::Arc;

use ulid::Ulid;

use crate::core::Error;
use crate::core::account::{Account, State};
use crate::core::clock;
use crate::core::user_images::{Object, PublishedImage, PublishingRules, Reservation};

impl Account {
    /// Keeps a place in the bucket for an image.
    ///
    /// # Errors
    /// [`Error::ImageTypeNotAllowed`], [`Error::ImageEmpty`], [`Error::ImageTooLarge`],
    /// [`Error::OutOfMemory`].
    pub fn reserve_image(
        &self,
        content_type: &str,
        file_size: u64,
        host: &str,
    ) -> Result<Arc<Reservation>, Error> {
        let mut state = self.state();
        let settings = &state.settings;
        let content_type = content_type.trim().to_ascii_lowercase();
        if !settings.image_types.contains(&content_type) {
            return Err(Error::ImageTypeNotAllowed { content_type });
        }
        if file_size == 0 {
            return Err(Error::ImageEmpty);
        }
        if file_size > settings.max_image_size {
            return Err(Error::ImageTooLarge { size: file_size, max: settings.max_image_size });
        }
        let now = state.store.clock.now();
        state.store.sweep_user_images(now);
        state.reserve(Reservation::COST)?;
        let State { store, settings, .. } = &mut *state;
        let images = &store.user_images;
        let reservation = Reservation {
            token: store.ids.ulid(now, |token| images.is_reserved(token)),
            content_type,
            file_size,
            host: host.to_owned(),
            reserved_at: now,
            expires_at: clock::after(now, settings.image_ttl),
        };
        let reservation = store.user_images.reserve(reservation);
        store.chains.image_issued(&reservation, &self.chains_budget);
        Ok(reservation)
    }

    /// The reservation of an image token.
    ///
    /// # Errors
    /// [`Error::UnknownImageToken`].
    pub fn find_reservation(&self, token: &str) -> Result<Arc<Reservation>, Error> {
        let state = self.state();
        let store = &state.store;
        store.user_images.reservation(token, store.clock.now())
    }

    /// Stores what the bucket received for a reservation. Answers whether it was kept: nothing is, once the
    /// image is published.
    ///
    /// # Errors
    /// [`Error::UnknownImageToken`].
    pub fn store_image(&self, token: &str, object: Object) -> Result<bool, Error> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        let is_kept = store.user_images.store(token, object, now)?;
        if let Some(token) = Ulid::from_string(token).ok().filter(|_| is_kept) {
            store.chains.stored(token, now);
        }
        Ok(is_kept)
    }

    /// Publishes a stored image.
    ///
    /// # Errors
    /// As [`UserImages::publish`].
    pub fn publish_image(&self, token: &str) -> Result<Arc<PublishedImage>, Error> {
        let mut guard = self.state();
        let State { store, settings, .. } = &mut *guard;
        let rules = PublishingRules {
            max_size: settings.max_image_size,
            type_check: settings.image_type_check,
            reuse: settings.image_reuse,
        };
        let now = store.clock.now();
        let ids = &mut store.ids;
        let image = store
            .user_images
            .publish(token, rules, now, |is_taken| ids.image_name(now, self.id, is_taken))?;
        if let Ok(token) = Ulid::from_string(token) {
            store.chains.published(token, &image, now);
        }
        Ok(image)
    }

    /// The published image with this file name, for who downloads it now.
    ///
    /// # Errors
    /// [`Error::UnknownImage`].
    pub fn download_image(&self, file_name: &str) -> Result<Arc<PublishedImage>, Error> {
        let mut state = self.state();
        let store = &mut state.store;
        let image = store.user_images.published(file_name)?;
        let now = store.clock.now();
        store.chains.image_downloaded(&image, now);
        Ok(image)
    }

    /// The published image with this file name.
    ///
    /// # Errors
    /// [`Error::UnknownImage`].
    pub fn find_image(&self, file_name: &str) -> Result<Arc<PublishedImage>, Error> {
        self.state().store.user_images.published(file_name)
    }
}
