//! What handlers find out about a request, for its entry in the journal and the header of known
//! differences.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::core::attachments::Attachment;
use crate::core::blobs::{Blob, WeakBlob};
use crate::core::journal::ObjectRef;
use crate::core::uploads::Upload;
use crate::fidelity::Differences;

/// How many objects an entry of the journal names at most.
const MOST_OBJECTS: usize = 32;

/// What handlers have found out about one request so far.
#[derive(Debug, Default)]
pub struct Findings {
    /// What the request made, changed or read.
    pub objects: Vec<ObjectRef>,
    /// The file that it stored. The journal finds its bytes where they are stored.
    pub file: Option<WeakBlob>,
    /// In what its response is known to differ from Zendesk's.
    pub differences: Differences,
}

/// Collects the findings of one request. A request that is cut leaves what was found until then.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Findings>>);

impl Recorder {
    fn findings(&self) -> MutexGuard<'_, Findings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes all findings out.
    pub fn take(&self) -> Findings {
        std::mem::take(&mut *self.findings())
    }

    /// Records what the request made, changed or read.
    pub fn touch(&self, object: ObjectRef) {
        let objects = &mut self.findings().objects;
        if objects.len() < MOST_OBJECTS {
            objects.push(object);
        }
    }

    /// Records an upload and its newest file.
    pub fn touch_upload(&self, upload: &Upload) {
        self.touch(ObjectRef::Upload(upload.token));
        self.touch_files(upload.attachments.last());
    }

    pub fn touch_files<'a>(&self, files: impl IntoIterator<Item = &'a Arc<Attachment>>) {
        for file in files {
            self.touch(ObjectRef::Attachment(file.original.id));
        }
    }

    /// Records the file that the request stored.
    pub fn store_file(&self, file: &Blob) {
        self.findings().file = Some(file.downgrade());
    }

    /// Records that the response differs from Zendesk's in this.
    pub fn differs(&self, differences: impl Into<Differences>) {
        let found = &mut self.findings().differences;
        *found = found.and(differences.into());
    }

    pub fn differences(&self) -> Differences {
        self.findings().differences
    }
}
