//! The names that a document gives, which names made for it must differ from.

use std::collections::HashSet;

use crate::core::id::Id;
use crate::core::ids::{BucketKey, FileToken, PublishedName, UploadToken};
use crate::seed::model::{Document, SeedFile};
use crate::seed::values::Published;

/// The names in all parts of a document.
#[derive(Debug, Default)]
pub struct GivenNames {
    pub upload_tokens: HashSet<UploadToken>,
    pub file_tokens: HashSet<FileToken>,
    pub bucket_keys: HashSet<BucketKey>,
    pub published: HashSet<PublishedName>,
    /// The largest id of anything but tickets.
    pub largest_id: Option<Id>,
}

impl GivenNames {
    pub fn new(document: &mut Document) -> Self {
        let mut names = Self::default();
        names.add_ids(document.users.iter().map(|user| user.id));
        names.add_ids(document.brands.iter().map(|brand| brand.id));
        for upload in &document.uploads {
            names.upload_tokens.extend(upload.token);
            names.add_files(&upload.files);
        }
        for ticket in &document.tickets {
            names.add_ids(ticket.comments.iter().map(|comment| comment.id));
            ticket.comments.iter().for_each(|comment| names.add_files(&comment.files));
            for audit in ticket.audits.iter().flatten() {
                names.add_ids([audit.id]);
                names.add_ids(audit.events.iter().map(|event| Some(event.id())));
            }
        }
        for object in document.bucket_sections().iter().flat_map(|(.., objects)| &**objects) {
            names.bucket_keys.extend(object.token);
            if let Some(Published::Name(name)) = object.published {
                names.published.insert(name);
            }
        }
        names
    }

    fn add_files(&mut self, files: &[SeedFile]) {
        for file in files {
            let thumbnail = file.thumbnail.as_ref();
            self.add_ids([file.id, thumbnail.and_then(|thumbnail| thumbnail.id)]);
            self.file_tokens.extend(file.token);
            self.file_tokens.extend(thumbnail.and_then(|thumbnail| thumbnail.token));
        }
    }

    fn add_ids(&mut self, ids: impl IntoIterator<Item = Option<Id>>) {
        self.largest_id = ids.into_iter().flatten().max().max(self.largest_id);
    }
}
