//! How many objects an account holds.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::ObjectCounts;

/// The objects in an account, or those that were in it.
#[derive(Serialize, JsonSchema)]
pub struct ObjectCountsJson {
    uploads: usize,
    attachments: usize,
    tickets: usize,
    users: usize,
    image_tokens: usize,
    published_images: usize,
}

impl From<ObjectCounts> for ObjectCountsJson {
    fn from(held: ObjectCounts) -> Self {
        let ObjectCounts { uploads, attachments, tickets, users, image_tokens, published_images } =
            held;
        Self { uploads, attachments, tickets, users, image_tokens, published_images }
    }
}
