//! How much an account holds.

/// The number of objects in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ObjectCounts {
    /// Upload tokens.
    pub uploads: usize,
    /// Attachments without their thumbnails.
    pub attachments: usize,
    /// Tickets.
    pub tickets: usize,
    /// Users.
    pub users: usize,
    /// Image tokens that are reserved, stored or published, and not expired.
    pub image_tokens: usize,
    /// Published images.
    pub published_images: usize,
}

impl ObjectCounts {
    /// All objects together.
    pub fn objects(&self) -> usize {
        let Self { uploads, attachments, tickets, users, image_tokens, published_images } = *self;
        uploads + attachments + tickets + users + image_tokens + published_images
    }
}
