//! Uploads and attachments: receive, keep, find, change, delete.

use std::sync::Arc;

use crate::core::account::settings::AccountSettings;
use crate::core::account::{Account, State};
use crate::core::attachments::{Attachment, AttachmentError, FoundFile, NewFile};
use crate::core::blobs::{Blob, BlobWriter, OutOfMemory};
use crate::core::clock;
use crate::core::ids::{FileToken, UploadToken};
use crate::core::malware::{self, Scan, ScanResult};
use crate::core::uploads::{Upload, UploadError, Uploads};

/// What can be changed of an attachment. `None` leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttachmentEdit {
    /// Whether it may be downloaded in spite of malware.
    pub malware_access_override: Option<bool>,
    pub scan_result: Option<ScanResult>,
    /// Whether it is part of the text of its comment.
    pub inline: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanOf {
    Attachment(u64),
    /// So many files that are still to come.
    Next(usize),
}

/// Why the result of a malware scan cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The attachment cannot be found.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// Results are scheduled for as many files as there can be.
    #[error("at most {max} scan results can wait for files")]
    TooMany {
        /// How many there can be.
        max: usize,
    },
}

impl Account {
    /// Starts to receive bytes. `expected` is the announced length, or 0.
    pub fn receive(&self, expected: u64) -> Result<BlobWriter, OutOfMemory> {
        BlobWriter::new(&self.budget, expected)
    }

    pub(super) fn empty_blob(&self) -> Result<Blob, OutOfMemory> {
        self.receive(0).map(BlobWriter::finish)
    }

    /// Keeps a file under a new token, or under the token of an open upload.
    pub fn upload(
        &self,
        file: NewFile,
        append_to: Option<UploadToken>,
        settings: &AccountSettings,
    ) -> Result<Upload, UploadError> {
        let (mut state, now) = self.reserve(|State { store, journal, .. }| {
            let now = store.sweep(journal);
            let added = append_to.map_or(Uploads::TOKEN_COST, |_| 0);
            Ok::<_, UploadError>((now, added))
        })?;
        let store = &mut state.store;
        let (attachments, ids) = (&mut store.attachments, &mut store.ids);
        match append_to {
            None => {
                let expires_at = clock::after(now, settings.upload_ttl);
                Ok(store.uploads.start(file, now, expires_at, attachments, ids))
            }
            Some(token) => {
                let max = settings.max_files_per_upload;
                store.uploads.append(token, file, max, now, attachments, ids)
            }
        }
    }

    pub fn find_upload(&self, token: UploadToken) -> Result<Upload, UploadError> {
        let state = self.state();
        let store = &state.store;
        store.uploads.find(token, store.clock.now(), &store.attachments)
    }

    /// Whether a file can be added to an upload, which may expire before the file has arrived.
    pub fn ensure_upload_open(&self, token: UploadToken) -> Result<(), UploadError> {
        let state = self.state();
        let store = &state.store;
        store.uploads.ensure_open(token, store.clock.now())
    }

    /// Deletes an upload and its files. Files that a ticket has attached stay with the ticket.
    /// Returns whether it was open.
    pub fn delete_upload(&self, token: UploadToken) -> Result<bool, UploadError> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        store.uploads.delete(token, now, &mut store.attachments)
    }

    pub fn find_attachment(&self, id: u64) -> Result<FoundFile, AttachmentError> {
        let state = self.state();
        let store = &state.store;
        store.attachments.by_id(id, store.clock.now())
    }

    pub fn find_content(&self, token: FileToken) -> Result<FoundFile, AttachmentError> {
        let state = self.state();
        let store = &state.store;
        let found = store.attachments.by_token(token, store.clock.now())?;
        if found.attachment.is_blocked() { Err(AttachmentError::MalwareFound) } else { Ok(found) }
    }

    /// What temporary URLs of downloads are signed with.
    pub fn download_key(&self) -> [u8; 32] {
        self.state().store.ids.download_key()
    }

    pub fn edit_attachment(
        &self,
        id: u64,
        edit: AttachmentEdit,
    ) -> Result<Arc<Attachment>, AttachmentError> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        store.attachments.change(id, now, |attachment| {
            let AttachmentEdit { malware_access_override, scan_result, inline } = edit;
            attachment.malware_access_override =
                malware_access_override.unwrap_or(attachment.malware_access_override);
            attachment.scan_result = scan_result.unwrap_or(attachment.scan_result);
            attachment.inline = inline.unwrap_or(attachment.inline);
        })
    }

    /// Says what the scan of a file, or of the next so many files, comes to.
    pub fn schedule_scan(&self, of: ScanOf, scan: Scan) -> Result<(), ScanError> {
        let mut state = self.state();
        let store = &mut state.store;
        match of {
            ScanOf::Attachment(id) => Ok(store.attachments.scan(id, scan, store.clock.now())?),
            ScanOf::Next(files) if store.attachments.scans.schedule(scan, files) => Ok(()),
            ScanOf::Next(_) => Err(ScanError::TooMany { max: malware::MOST }),
        }
    }

    /// Deletes an attachment of an upload or of a comment.
    pub fn delete_attachment(&self, id: u64) -> Result<(), AttachmentError> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        store.attachments.delete(id, now)
    }
}
