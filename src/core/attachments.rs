//! Stored files as Zendesk knows them: by an id in the API, and by a token in a URL.
//!
//! An attachment lives as long as its upload or, once a comment has it, until it is deleted.

use std::collections::HashMap;
use std::sync::Arc;

use crate::core::blobs::Blob;
use crate::core::clock::Timestamp;
use crate::core::ids::{FileToken, Ids};
use crate::core::malware::{Scan, ScanResult, Scans};
use crate::core::maps::shrink_if_sparse;
use crate::core::media::{self, Dimensions};

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

/// A received file that has no id and no token yet.
#[derive(Debug)]
pub struct NewFile {
    pub file_name: String,
    pub content_type: String,
    pub dimensions: Option<Dimensions>,
    pub blob: Blob,
}

impl NewFile {
    /// A file, with its dimensions if it is declared an image: a wrong type suppresses the
    /// thumbnail, as recorded.
    pub fn new(file_name: String, content_type: String, blob: Blob) -> Self {
        let is_image =
            content_type.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("image/"));
        let dimensions = is_image.then(|| media::dimensions(&blob)).flatten();
        Self { file_name, content_type, dimensions, blob }
    }
}

#[derive(Debug, Clone)]
pub struct File {
    pub id: u64,
    pub token: FileToken,
    pub file_name: String,
    /// Its content type, declared or guessed.
    pub content_type: String,
    /// Those of an image whose header could be read.
    pub dimensions: Option<Dimensions>,
    pub blob: Blob,
}

/// An attachment: a file, and its thumbnail when it is an image.
#[derive(Debug, Clone)]
pub struct Attachment {
    pub original: File,
    /// Its thumbnail: another id, token, name and size in pixels, over the same bytes.
    pub thumbnail: Option<File>,
    pub scan_result: ScanResult,
    /// Whether an admin allows its download in spite of malware.
    pub malware_access_override: bool,
    /// Whether it is part of the text of its comment rather than attached to it. Files from the API
    /// never are.
    pub inline: bool,
}

/// The id and the token that a file already has, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileNames {
    pub id: Option<u64>,
    pub token: Option<FileToken>,
}

impl Attachment {
    /// An attachment with the given names of it and its thumbnail, and new ones for the rest.
    pub fn new(
        new: NewFile,
        names: FileNames,
        of_thumbnail: FileNames,
        ids: &mut Ids,
        is_taken: impl Fn(&FileToken) -> bool,
    ) -> Self {
        let original = File {
            id: names.id.unwrap_or_else(|| ids.id()),
            token: names.token.unwrap_or_else(|| ids.token(&is_taken)),
            file_name: new.file_name,
            content_type: new.content_type,
            dimensions: new.dimensions,
            blob: new.blob,
        };
        let thumbnail = original.dimensions.map(|dimensions| File {
            id: of_thumbnail.id.unwrap_or_else(|| ids.id()),
            token: of_thumbnail.token.unwrap_or_else(|| ids.token(&is_taken)),
            file_name: media::thumbnail_name(&original.file_name),
            content_type: original.content_type.clone(),
            dimensions: Some(media::thumbnail(dimensions)),
            blob: original.blob.clone(),
        });
        Self {
            original,
            thumbnail,
            scan_result: ScanResult::default(),
            malware_access_override: false,
            inline: false,
        }
    }

    /// Whether malware prevents its download.
    pub fn is_blocked(&self) -> bool {
        self.scan_result == ScanResult::MalwareFound && !self.malware_access_override
    }
}

/// One file of an attachment, found by its id or its token.
#[derive(Debug, Clone)]
pub struct FoundFile {
    pub attachment: Arc<Attachment>,
    is_thumbnail: bool,
}

impl FoundFile {
    pub fn file(&self) -> &File {
        match &self.attachment.thumbnail {
            Some(thumbnail) if self.is_thumbnail => thumbnail,
            _ => &self.attachment.original,
        }
    }

    /// The thumbnail of the file. A thumbnail has none.
    pub fn thumbnail(&self) -> Option<&File> {
        self.attachment.thumbnail.as_ref().filter(|_| !self.is_thumbnail)
    }
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
        self.scans.cancel(id);
        let Some(StoredAttachment { attachment, .. }) = self.stored.remove(&id) else { return };
        shrink_if_sparse(&mut self.stored);
        self.by_token.remove(&attachment.original.token);
        if let Some(thumbnail) = &attachment.thumbnail {
            self.thumbnails.remove(&thumbnail.id);
            self.by_token.remove(&thumbnail.token);
            shrink_if_sparse(&mut self.thumbnails);
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
