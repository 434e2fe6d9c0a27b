//! What was begun and never ended.

use crate::core::account::Account;
use crate::core::uploads::Upload;
use crate::core::user_images::Unpublished;

/// How many of each are told.
const MOST: usize = 1_000;

/// What was begun and never ended.
#[derive(Debug)]
pub struct Leaks {
    /// Uploads that no ticket has attached and nobody has deleted, at most 1,000.
    pub uploads: Vec<Upload>,
    /// Images that were reserved, and perhaps stored, and not published, at most 1,000.
    pub images: Vec<Unpublished>,
    /// How many uploads expired like that.
    pub expired_uploads: u64,
    /// How many images expired like that.
    pub expired_images: u64,
}

impl Account {
    /// What was begun and never ended.
    #[must_use]
    pub fn leaks(&self) -> Leaks {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        store.sweep_at(now);
        Leaks {
            uploads: store.uploads.unattached(MOST, now, &store.attachments),
            images: store.user_images.unpublished(MOST, now),
            expired_uploads: store.uploads.expired_unattached(),
            expired_images: store.user_images.expired_unpublished(),
        }
    }
}
