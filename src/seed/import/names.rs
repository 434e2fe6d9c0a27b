//! The names that a document gives, which names made for it must differ from.

use std::collections::HashSet;

use crate::core::ids::{FileToken, ImageName, ImageToken, UploadToken};
use crate::seed::model::{Document, SeedFile};
use crate::seed::values::Published;

/// The names in all parts of a document.
#[derive(Debug, Default)]
pub struct GivenNames {
    pub upload_tokens: HashSet<UploadToken>,
    pub file_tokens: HashSet<FileToken>,
    pub image_tokens: HashSet<ImageToken>,
    pub image_names: HashSet<ImageName>,
    /// The largest id of anything but tickets, or 0.
    pub largest_id: u64,
}

impl GivenNames {
    pub fn new(document: &Document) -> Self {
        let mut names = Self::default();
        document.users.iter().for_each(|user| names.add_id(user.id));
        document.brands.iter().for_each(|brand| names.add_id(brand.id));
        for upload in &document.uploads {
            names.upload_tokens.extend(upload.token);
            names.add_files(&upload.files);
        }
        for ticket in &document.tickets {
            for comment in &ticket.comments {
                names.add_id(comment.id);
                names.add_files(&comment.files);
            }
            for audit in ticket.audits.iter().flatten() {
                names.add_id(audit.id);
                audit.events.iter().for_each(|event| names.add_id(Some(event.id())));
            }
        }
        for image in &document.images {
            names.image_tokens.extend(image.token);
            if let Some(Published::Name(name)) = image.published {
                names.image_names.insert(name);
            }
        }
        names
    }

    fn add_files(&mut self, files: &[SeedFile]) {
        for file in files {
            self.add_id(file.id);
            self.file_tokens.extend(file.token);
            if let Some(thumbnail) = &file.thumbnail {
                self.add_id(thumbnail.id);
                self.file_tokens.extend(thumbnail.token);
            }
        }
    }

    fn add_id(&mut self, id: Option<u64>) {
        self.largest_id = self.largest_id.max(id.unwrap_or(0));
    }
}
