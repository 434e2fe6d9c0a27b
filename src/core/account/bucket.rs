//! The PUT of an object: find its reservation, store what came. A key belongs to one family.

use std::sync::Arc;

use crate::core::account::Account;
use crate::core::bucket::{PutBody, Reservation};
use crate::core::ids::BucketKey;

impl Account {
    /// The reservation of an object that has not expired.
    #[must_use]
    pub fn find_reservation(&self, key: BucketKey) -> Option<Arc<Reservation>> {
        let state = self.state();
        let store = &state.store;
        let object = store.user_images.bucket.find(&key, store.clock.now())?;
        Some(Arc::clone(&object.reservation))
    }

    /// Stores what a PUT brought. Returns whether it was kept, or `None` if the reservation is gone.
    pub fn store_object(&self, key: BucketKey, body: PutBody) -> Option<bool> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        Some(store.user_images.bucket.find_mut(&key, now)?.store(body))
    }
}
