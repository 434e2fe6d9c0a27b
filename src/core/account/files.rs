//! Uploads and attachments: receive, keep, find, change, delete.

use std::sync::Arc;

use super::Account;
use crate::core::Error;
use crate::core::attachments::{Attachment, Attachments, Found, NewFile};
use crate::core::blobs::{Blob, BlobWriter, Exhausted};
use crate::core::clock::{self, Timestamp};
use crate::core::scans::{self, Scan, ScanResult};
use crate::core::uploads::Upload;

/// What can be changed of an attachment. `None` leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttachmentEdit {
    /// Whether it may be downloaded in spite of malware.
    pub malware_access_override: Option<bool>,
    /// What its malware scan came to.
    pub scan_result: Option<ScanResult>,
    /// Whether it is part of the text of its comment.
    pub inline: Option<bool>,
}

/// Which files a scan is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanOf {
    /// The attachment with this id.
    Attachment(u64),
    /// So many files that are still to come.
    Next(usize),
}

impl Account {
    /// Starts to receive bytes. `expected` is the announced length, or 0.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn receive(&self, expected: u64) -> Result<BlobWriter, Error> {
        BlobWriter::new(&self.budget, expected).map_err(|Exhausted| self.out_of_memory())
    }

    /// A stored object without bytes.
    pub(super) fn empty_blob(&self) -> Result<Blob, Error> {
        self.receive(0).map(BlobWriter::finish)
    }

    /// Keeps a file under a new token, or under the token of an open upload.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`], [`Error::UploadSpent`], [`Error::TooManyFiles`].
    pub fn upload(&self, file: NewFile, append_to: Option<&str>) -> Result<Upload, Error> {
        let rules = self.rules();
        let mut state = self.state();
        let world = &mut state.world;
        let now = world.clock.now();
        world.uploads.sweep(now, &mut world.attachments);
        let (attachments, ids) = (&mut world.attachments, &mut world.ids);
        match append_to {
            None => {
                let expires_at = clock::after(now, rules.upload_ttl);
                let upload = world.uploads.start(file, now, expires_at, attachments, ids);
                world.chains_mut().upload_issued(&upload, now, &self.chains_budget);
                Ok(upload)
            }
            Some(token) => {
                let max = rules.max_files_per_upload;
                let upload = world.uploads.append(token, file, max, now, attachments, ids)?;
                world.chains_mut().appended(&upload, now);
                Ok(upload)
            }
        }
    }

    /// The upload of a token.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`], [`Error::UploadSpent`].
    pub fn find_upload(&self, token: &str) -> Result<Upload, Error> {
        let state = self.state();
        let world = &state.world;
        world.uploads.find(token, world.clock.now(), &world.attachments)
    }

    /// Whether a file can be added to the upload of a token. It may expire before the file has arrived.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`], [`Error::UploadSpent`].
    pub fn expect_upload(&self, token: &str) -> Result<(), Error> {
        let state = self.state();
        let world = &state.world;
        world.uploads.expect(token, world.clock.now())
    }

    /// Deletes an upload and its files. What a ticket has spent stays with the ticket.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`].
    pub fn delete_upload(&self, token: &str) -> Result<(), Error> {
        let mut state = self.state();
        let world = &mut state.world;
        let now = world.clock.now();
        if let Some(token) = world.uploads.delete(token, now, &mut world.attachments)? {
            world.chains_mut().upload_deleted(token, now);
        }
        Ok(())
    }

    /// The file with this id.
    ///
    /// # Errors
    /// [`Error::UnknownAttachment`].
    pub fn find_attachment(&self, id: u64) -> Result<Found, Error> {
        let state = self.state();
        let world = &state.world;
        world.attachments.by_id(id, world.clock.now())
    }

    /// The file with this URL token, for who downloads it now.
    ///
    /// # Errors
    /// As [`find_content`](Self::find_content).
    pub fn download_content(&self, token: &str) -> Result<Found, Error> {
        let mut state = self.state();
        let world = &mut state.world;
        let now = world.clock.now();
        let found = content(&world.attachments, token, now)?;
        world.chains_mut().file_downloaded(found.attachment.original.id, now);
        Ok(found)
    }

    /// The file with this URL token.
    ///
    /// # Errors
    /// [`Error::UnknownContent`]; [`Error::MalwareFound`] while nobody overrides that.
    pub fn find_content(&self, token: &str) -> Result<Found, Error> {
        let state = self.state();
        let world = &state.world;
        content(&world.attachments, token, world.clock.now())
    }

    /// What temporary URLs of downloads are signed with.
    #[must_use]
    pub fn download_key(&self) -> [u8; 32] {
        self.state().world.ids.download_key()
    }

    /// Changes what is known of an attachment.
    ///
    /// # Errors
    /// [`Error::UnknownAttachment`]; thumbnails follow their original.
    pub fn edit_attachment(&self, id: u64, edit: AttachmentEdit) -> Result<Arc<Attachment>, Error> {
        let mut state = self.state();
        let world = &mut state.world;
        let now = world.clock.now();
        world.attachments.change(id, now, |attachment| {
            let AttachmentEdit { malware_access_override, scan_result, inline } = edit;
            attachment.malware_access_override =
                malware_access_override.unwrap_or(attachment.malware_access_override);
            attachment.scan_result = scan_result.unwrap_or(attachment.scan_result);
            attachment.inline = inline.unwrap_or(attachment.inline);
        })
    }

    /// Says what the scan of a file, or of the next so many files, comes to.
    ///
    /// # Errors
    /// [`Error::UnknownAttachment`], [`Error::TooManyScans`].
    pub fn expect_scan(&self, of: ScanOf, scan: Scan) -> Result<(), Error> {
        let mut state = self.state();
        let world = &mut state.world;
        match of {
            ScanOf::Attachment(id) => world.attachments.scan(id, scan, world.clock.now()),
            ScanOf::Next(files) if world.attachments.expect_scans(scan, files) => Ok(()),
            ScanOf::Next(_) => Err(Error::TooManyScans { max: scans::MOST }),
        }
    }

    /// Deletes an attachment, whoever has it.
    ///
    /// # Errors
    /// [`Error::UnknownAttachment`]; thumbnails go with their original.
    pub fn delete_attachment(&self, id: u64) -> Result<(), Error> {
        let mut state = self.state();
        let world = &mut state.world;
        let now = world.clock.now();
        // Nothing is changed, but that it is there and is no thumbnail is made sure of.
        world.attachments.change(id, now, |_| ())?;
        world.attachments.remove(id);
        world.chains_mut().file_deleted(id, now);
        Ok(())
    }
}

fn content(attachments: &Attachments, token: &str, now: Timestamp) -> Result<Found, Error> {
    let found = attachments.by_token(token, now)?;
    if found.attachment.is_blocked() { Err(Error::MalwareFound) } else { Ok(found) }
}
