//! Stored files as Zendesk knows them: by an id in the API, and by a token in a URL.
//!
//! An attachment lives as long as its upload or, once a comment has it, until it is deleted.

mod file;

use std::collections::HashMap;
use std::sync::Arc;

pub use self::file::{Attachment, File, FileNames, FoundFile, NewFile};
use crate::core::blobs::Blob;
use crate::core::clock::Timestamp;
use crate::core::ids::{FileToken, Ids};
use crate::core::malware::{Scan, ScanResult, Scans};
use crate::core::maps::shrink_if_sparse;

const REDACTED_NAME: &str = "redacted.txt";

/// Why a file cannot be found or downloaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttachmentError {
    /// No attachment has this id.
    #[error("no attachment has this id: never made, deleted, or expired with its upload")]
    Unknown,
    /// No file has this URL token.
    #[error("no file has this URL token: never made, deleted, or expired with its upload")]
    UnknownContent,
    /// Malware prevents the download.
    #[error("malware was found in this file, and malware_access_override is off")]
    MalwareFound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// As long as its upload.
    Until(Timestamp),
    /// Until it is deleted: a comment has it.
    Kept,
}

#[derive(Debug, Clone)]
struct StoredAttachment {
    attachment: Arc<Attachment>,
    lifetime: Lifetime,
}

#[derive(Debug, Clone, Default)]
pub struct Attachments {
    pub scans: Scans,
    /// By the id of the original.
    stored: HashMap<u64, StoredAttachment>,
    /// The id of the original, by that of the thumbnail.
    thumbnails: HashMap<u64, u64>,
    by_token: HashMap<FileToken, u64>,
}

impl Attachments {
    /// Adds a file that lives until `ends`, or longer if a comment gets it before.
    pub fn add(
        &mut self,
        new: NewFile,
        now: Timestamp,
        ends: Timestamp,
        ids: &mut Ids,
    ) -> Arc<Attachment> {
        let is_taken = |token: &FileToken| self.by_token.contains_key(token);
        let unnamed = FileNames::default();
        let attachment = Arc::new(Attachment::new(new, unnamed, unnamed, ids, is_taken));
        let id = attachment.original.id;
        self.insert(Arc::clone(&attachment), Lifetime::Until(ends));
        if !self.scans.begin_scheduled(id, now) {
            return attachment;
        }
        self.end_scans(now);
        self.stored.get(&id).map_or(attachment, |stored| Arc::clone(&stored.attachment))
    }

    /// Adds an attachment. Its ids and tokens must be free.
    pub fn insert(&mut self, attachment: Arc<Attachment>, lifetime: Lifetime) {
        let id = attachment.original.id;
        self.by_token.insert(attachment.original.token, id);
        if let Some(thumbnail) = &attachment.thumbnail {
            self.thumbnails.insert(thumbnail.id, id);
            self.by_token.insert(thumbnail.token, thumbnail.id);
        }
        self.stored.insert(id, StoredAttachment { attachment, lifetime });
    }

    /// Whether a file has this URL token, expired or not.
    pub fn is_token(&self, token: &FileToken) -> bool {
        self.by_token.contains_key(token)
    }

    /// Begins the scan of a file, which ends now or later.
    pub fn scan(&mut self, id: u64, scan: Scan, now: Timestamp) {
        self.scans.begin(id, scan, now);
        self.end_scans(now);
    }

    pub fn end_scans(&mut self, now: Timestamp) {
        while let Some((id, result)) = self.scans.take_ended(now) {
            if let Some(stored) = self.stored.get_mut(&id) {
                Arc::make_mut(&mut stored.attachment).scan_result = result;
            }
        }
    }

    pub fn by_id(&self, id: u64, now: Timestamp) -> Result<FoundFile, AttachmentError> {
        self.find(id, now).ok_or(AttachmentError::Unknown)
    }

    pub fn by_token(&self, token: FileToken, now: Timestamp) -> Result<FoundFile, AttachmentError> {
        let id = self.by_token.get(&token);
        id.and_then(|id| self.find(*id, now)).ok_or(AttachmentError::UnknownContent)
    }

    /// An attachment by the id of its original: thumbnails do not change alone.
    pub fn original(&self, id: u64, now: Timestamp) -> Result<&Arc<Attachment>, AttachmentError> {
        let stored = self.stored.get(&id).filter(|stored| stored.is_alive(now));
        stored.map(|stored| &stored.attachment).ok_or(AttachmentError::Unknown)
    }

    /// Whether an attachment has this id, expired or not.
    pub fn contains(&self, id: u64) -> bool {
        self.stored.contains_key(&id)
    }

    /// The id of the attachment with this URL token or whose thumbnail has it, unless a comment has
    /// the attachment.
    pub fn unattached(&self, token: FileToken, now: Timestamp) -> Option<u64> {
        let id = self.by_token(token, now).ok()?.attachment.original.id;
        self.stored.get(&id).filter(|stored| stored.lifetime != Lifetime::Kept).map(|_| id)
    }

    /// Whether an attachment or a thumbnail has this id, expired or not.
    pub fn is_id(&self, id: u64) -> bool {
        self.contains(id) || self.thumbnails.contains_key(&id)
    }

    /// The attachments with these ids, in this order, without those that were deleted.
    pub fn all_of(&self, ids: &[u64]) -> Vec<Arc<Attachment>> {
        ids.iter().filter_map(|id| Some(Arc::clone(&self.stored.get(id)?.attachment))).collect()
    }

    /// Gives attachments to a comment, with which they outlive their upload.
    pub fn keep(&mut self, ids: &[u64]) {
        for id in ids {
            if let Some(stored) = self.stored.get_mut(id) {
                stored.lifetime = Lifetime::Kept;
            }
        }
    }

    pub fn change(
        &mut self,
        id: u64,
        now: Timestamp,
        change: impl FnOnce(&mut Attachment),
    ) -> Result<Arc<Attachment>, AttachmentError> {
        let attachment = self.find_mut(id, now)?;
        change(Arc::make_mut(attachment));
        Ok(Arc::clone(attachment))
    }

    /// Replaces a file by an empty text file with the same id and URL token. Returns the attachment
    /// as it was, which the recorded response shows.
    pub fn redact(
        &mut self,
        id: u64,
        empty: Blob,
        now: Timestamp,
    ) -> Result<Arc<Attachment>, AttachmentError> {
        let attachment = self.find_mut(id, now)?;
        let before = Arc::clone(attachment);
        let attachment = Arc::make_mut(attachment);
        attachment.thumbnail = None;
        // Nothing is left in which malware could be found.
        attachment.scan_result = ScanResult::default();
        let file = &mut attachment.original;
        REDACTED_NAME.clone_into(&mut file.file_name);
        "text/plain".clone_into(&mut file.content_type);
        file.dimensions = None;
        file.blob = empty;
        if let Some(thumbnail) = &before.thumbnail {
            self.thumbnails.remove(&thumbnail.id);
            self.by_token.remove(&thumbnail.token);
        }
        self.scans.cancel(id);
        Ok(before)
    }

    pub fn remove(&mut self, id: u64) {
        if let Some(attachment) = self.withdraw(id) {
            self.free_tokens(attachment.tokens());
        }
    }

    /// Takes an attachment out. Its URL tokens stay taken, so that it can be inserted again.
    pub fn withdraw(&mut self, id: u64) -> Option<Arc<Attachment>> {
        self.scans.cancel(id);
        let StoredAttachment { attachment, .. } = self.stored.remove(&id)?;
        shrink_if_sparse(&mut self.stored);
        if let Some(thumbnail) = &attachment.thumbnail {
            self.thumbnails.remove(&thumbnail.id);
            shrink_if_sparse(&mut self.thumbnails);
        }
        Some(attachment)
    }

    /// Puts back an attachment that was withdrawn.
    pub fn put_back(&mut self, attachment: Arc<Attachment>) {
        self.insert(attachment, Lifetime::Kept);
    }

    /// Frees the tokens of attachments that are withdrawn.
    pub fn free_tokens(&mut self, tokens: impl IntoIterator<Item = FileToken>) {
        for token in tokens {
            self.by_token.remove(&token);
        }
        shrink_if_sparse(&mut self.by_token);
    }

    /// How many attachments there are, swept or not.
    pub fn count(&self) -> usize {
        self.stored.len()
    }

    fn find_mut(
        &mut self,
        id: u64,
        now: Timestamp,
    ) -> Result<&mut Arc<Attachment>, AttachmentError> {
        let stored = self.stored.get_mut(&id).filter(|stored| stored.is_alive(now));
        stored.map(|stored| &mut stored.attachment).ok_or(AttachmentError::Unknown)
    }

    fn find(&self, id: u64, now: Timestamp) -> Option<FoundFile> {
        let original = self.thumbnails.get(&id);
        let stored = self.stored.get(original.unwrap_or(&id));
        let attachment = Arc::clone(&stored.filter(|stored| stored.is_alive(now))?.attachment);
        Some(FoundFile { attachment, is_thumbnail: original.is_some() })
    }
}

impl StoredAttachment {
    fn is_alive(&self, now: Timestamp) -> bool {
        match self.lifetime {
            Lifetime::Until(ends) => now < ends,
            Lifetime::Kept => true,
        }
    }
}
