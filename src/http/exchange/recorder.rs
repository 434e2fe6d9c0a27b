//! What handlers leave for a request's entry in the journal: the objects that it was about, and its file.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::core::attachments::Attachment;
use crate::core::blobs::{Blob, WeakBlob};
use crate::core::journal::ObjectRef;
use crate::core::uploads::Upload;
use crate::http::exchange::extract::Context;

/// How many objects an entry of the journal names at most.
const MOST_OBJECTS: usize = 32;

/// What one request leaves.
#[derive(Debug, Default)]
pub struct Marks {
    touched: Mutex<Vec<ObjectRef>>,
    file: OnceLock<WeakBlob>,
}

impl Marks {
    /// Hands over the objects.
    pub fn take_touched(&self) -> Vec<ObjectRef> {
        std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The file that was stored, if one was.
    pub fn file(&self) -> Option<&WeakBlob> {
        self.file.get()
    }
}

impl Context {
    /// Notes what the request made, changed or read.
    pub fn touch(&self, touched: ObjectRef) {
        let mut all = self.marks.touched.lock().unwrap_or_else(PoisonError::into_inner);
        // What one entry tells is bounded.
        if all.len() < MOST_OBJECTS {
            all.push(touched);
        }
    }

    /// Notes an upload and its newest file.
    pub fn touch_upload(&self, upload: &Upload) {
        self.touch(ObjectRef::Upload(upload.token));
        self.touch_files(upload.attachments.last());
    }

    /// Notes files.
    pub fn touch_files<'a>(&self, files: impl IntoIterator<Item = &'a Arc<Attachment>>) {
        for file in files {
            self.touch(ObjectRef::Attachment(file.original.id));
        }
    }

    /// Notes the file that the request brought. The journal finds its bytes where they are stored.
    pub fn brought(&self, file: &Blob) {
        // A request brings one at most.
        let _ = self.marks.file.set(file.downgrade());
    }
}
