//! Uploads and attachments: receive, keep, find, change, delete.

use std::sync::Arc;

use crate::core::account::settings::AccountSettings;
use crate::core::account::{Account, State, Store};
use crate::core::attachments::{Attachment, AttachmentError, FoundFile, NewFile};
use crate::core::blobs::{Blob, BlobWriter, OutOfMemory};
use crate::core::clock::{self, Timestamp};
use crate::core::ids::{FileToken, UploadToken};
use crate::core::malware::{self, Scan, ScanResult};
use crate::core::uploads::{Upload, UploadError, Uploads};
use crate::core::users::Login;

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

    /// Starts to receive bytes that a full store takes all the same, while there is room beside
    /// the budget.
    pub fn receive_beside(&self) -> Result<BlobWriter, OutOfMemory> {
        BlobWriter::new(self.budget.beside(), 0)
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
            store.ids.ensure_left()?;
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
                store.uploads.ensure_room(token, max, now, attachments)?;
                store.uploads.append(token, file, now, attachments, ids)
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

    /// Deletes an upload and its files. Returns whether it was open: an attached token is accepted
    /// and nothing is deleted, as a live test shows, since its files belong to the comment.
    pub fn delete_upload(&self, token: UploadToken) -> Result<bool, UploadError> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        let is_open = store.uploads.is_open(token, now)?;
        if is_open {
            store.uploads.delete(token, &mut store.attachments);
        }
        Ok(is_open)
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

    /// Whether a client may read a private file. End users read those of comments that they see,
    /// and all that are in no comment yet, as documented.
    pub fn may_read(&self, token: FileToken, by: Option<&Login>) -> bool {
        let state = self.state();
        let Store { attachments, tickets, users, clock, .. } = &state.store;
        if by.and_then(|login| users.end_user(login)).is_none() {
            return true;
        }
        let Ok(found) = attachments.by_token(token, clock.now()) else { return true };
        let file = found.attachment.original.id;
        let mut comments = tickets
            .all()
            .iter()
            .flat_map(|ticket| ticket.comments.iter().map(move |it| (ticket, it)));
        let holder = comments.find(|(_, comment)| comment.attachments.contains(&file));
        holder.is_none_or(|(ticket, comment)| comment.public && users.may_see(by, ticket))
    }

    /// How often the account's clock was set back.
    pub fn clock_turns(&self) -> u64 {
        self.state().store.clock_turns.count()
    }

    /// Whether it was this late on the account's clock after that was set back so many times.
    pub fn has_been(&self, at: Timestamp, turns: u64) -> bool {
        let latest = self.state().store.clock_turns.latest_after(turns);
        latest.is_some_and(|latest| at <= latest)
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
        let before = store.attachments.original(id, now)?;
        let current = (before.malware_access_override, before.scan_result, before.inline);
        let wanted = (
            edit.malware_access_override.unwrap_or(current.0),
            edit.scan_result.unwrap_or(current.1),
            edit.inline.unwrap_or(current.2),
        );
        if wanted == current {
            return Ok(Arc::clone(before));
        }
        store.attachments.change(id, now, |attachment| {
            attachment.malware_access_override = wanted.0;
            attachment.scan_result = wanted.1;
            attachment.inline = wanted.2;
        })
    }

    /// Says what the scan of a file, or of the next so many files, comes to.
    pub fn schedule_scan(&self, of: ScanOf, scan: Scan) -> Result<(), ScanError> {
        let mut state = self.state();
        let store = &mut state.store;
        match of {
            ScanOf::Attachment(id) => {
                let now = store.clock.now();
                store.attachments.original(id, now)?;
                store.attachments.scan(id, scan, now);
            }
            ScanOf::Next(files) if store.attachments.scans.has_room(files) => {
                store.attachments.scans.schedule(scan, files);
            }
            ScanOf::Next(_) => return Err(ScanError::TooMany { max: malware::MOST_SCHEDULED }),
        }
        Ok(())
    }

    /// Deletes an attachment of an upload or of a comment.
    pub fn delete_attachment(&self, id: u64) -> Result<(), AttachmentError> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        store.attachments.original(id, now)?;
        store.attachments.remove(id);
        Ok(())
    }
}
