//! Uploads and images that are still unfinished, or expired unfinished.

use crate::core::account::Account;
use crate::core::bucket::{BucketObject, Stage};
use crate::core::chains::Missing;
use crate::core::clock::Timestamp;

/// How many uploads and how many images are listed.
const MOST_LISTED: usize = 1_000;

/// Uploads and images that are still unfinished, or expired unfinished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaks {
    /// Uploads that were neither attached nor deleted, at most 1,000.
    pub uploads: Vec<LeakedUpload>,
    /// Images that were reserved and not published, at most 1,000.
    pub images: Vec<LeakedImage>,
    /// How many uploads expired without being attached.
    pub expired_uploads: u64,
    /// How many images expired without being published.
    pub expired_images: u64,
}

/// An upload that was neither attached nor deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakedUpload {
    /// The upload token.
    pub token: String,
    /// When the upload expires.
    pub expires_at: Timestamp,
    /// The names of its files.
    pub file_names: Vec<String>,
}

/// An image that was reserved and not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakedImage {
    /// The image token.
    pub token: String,
    /// When the image expires.
    pub expires_at: Timestamp,
    /// The content type of the reservation.
    pub content_type: String,
    /// The next step.
    pub missing: Missing,
}

impl Leaks {
    /// Whether nothing is unfinished and nothing expired unfinished.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { uploads, images, expired_uploads, expired_images } = self;
        uploads.is_empty() && images.is_empty() && expired_uploads + expired_images == 0
    }
}

impl Account {
    /// Uploads and images that are still unfinished, or expired unfinished.
    #[must_use]
    pub fn leaks(&self) -> Leaks {
        let (uploads, images, expired_uploads, expired_images) = {
            let mut state = self.state();
            let store = &mut state.store;
            let now = store.clock.now();
            store.sweep_at(now);
            let images = &store.user_images.bucket;
            (
                store.uploads.unattached(MOST_LISTED, now, &store.attachments),
                images.unused(now).take(MOST_LISTED).map(leaked_image).collect(),
                store.uploads.expired_unattached(),
                images.expired_unused(),
            )
        };
        let uploads = uploads.into_iter().map(|upload| {
            let files = upload.attachments.iter();
            LeakedUpload {
                token: upload.token.to_string(),
                expires_at: upload.expires_at,
                file_names: files.map(|file| file.original.file_name.clone()).collect(),
            }
        });
        Leaks { uploads: uploads.collect(), images, expired_uploads, expired_images }
    }
}

fn leaked_image<U>(image: &BucketObject<U>) -> LeakedImage {
    let BucketObject { reservation, stage } = image;
    LeakedImage {
        token: reservation.key.to_string(),
        expires_at: reservation.expires_at,
        content_type: reservation.content_type.clone(),
        missing: match stage {
            Stage::Reserved => Missing::Store,
            Stage::Stored(_) | Stage::Used(_) => Missing::Publish,
        },
    }
}
