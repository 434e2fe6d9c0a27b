//! Stored files as Zendesk knows them: by an id in the API, and by a token in a URL.
//!
//! An attachment lives as long as the upload that brought it, or, once a comment has it, until it is
//! deleted.

use std::collections::HashMap;
use std::sync::Arc;

use crate::core::blobs::Blob;
use crate::core::clock::Timestamp;
use crate::core::ids::{FileToken, Ids};
use crate::core::malware::{Scan, ScanResult, Scans};
use crate::core::maps::shrink_if_sparse;
use crate::core::media::{self, Dimensions};

/// The name that a redacted file has from then on.
const REDACTED_NAME: &str = "redacted.txt";

/// Why a file cannot be found or downloaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    #[error("no attachment has this id: never made, deleted, or expired with its upload")]
    Unknown,
    #[error("no file has this URL token: never made, deleted, or expired with its upload")]
    UnknownContent,
    #[error("malware was found in this file, and malware_access_override is off")]
    MalwareFound,
}

/// A file as it arrived, before it has a name of ours.
#[derive(Debug)]
pub struct NewFile {
    /// The name that the client gave it.
    pub file_name: String,
    /// Its content type, declared or guessed.
    pub content_type: String,
    /// Its size in pixels, for an image whose header could be read.
    pub dimensions: Option<Dimensions>,
    /// Its bytes.
    pub blob: Blob,
}

impl NewFile {
    /// A file and what its header says: only what is declared an image is looked at, as
    /// recorded (a wrong type suppresses the thumbnail).
    #[must_use]
    pub fn new(file_name: String, content_type: String, blob: Blob) -> Self {
        let is_image =
            content_type.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("image/"));
        let dimensions = is_image.then(|| media::dimensions(&blob)).flatten();
        Self { file_name, content_type, dimensions, blob }
    }
}

/// One stored file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its id in the API.
    pub id: u64,
    /// Its token in `content_url`.
    pub token: FileToken,
    /// The name that the client gave it.
    pub file_name: String,
    /// Its content type, declared or guessed.
    pub content_type: String,
    /// Its size in pixels, for an image whose header could be read.
    pub dimensions: Option<Dimensions>,
    /// Its bytes.
    pub blob: Blob,
}

/// An attachment: a file, and its thumbnail when it is an image.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The file itself.
    pub original: File,
    /// Its thumbnail: another id, token, name and size in pixels, over the same bytes.
    pub thumbnail: Option<File>,
    /// What its malware scan came to.
    pub scan_result: ScanResult,
    /// Whether an admin lets it be downloaded in spite of that.
    pub malware_access_override: bool,
    /// Whether it is part of the text of its comment rather than attached to it. Files that come
    /// in by the API never are.
    pub inline: bool,
}

/// The id and token that a file already has. `None` is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileNames {
    pub id: Option<u64>,
    pub token: Option<FileToken>,
}

impl Attachment {
    /// An attachment under the names that it and its thumbnail have, and new ones where they have none.
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

    /// Whether malware was found in it and `malware_access_override` is off.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.scan_result == ScanResult::Found && !self.malware_access_override
    }
}

/// One file of an attachment, found by its id or its token.
#[derive(Debug, Clone)]
pub struct FoundFile {
    /// The attachment that it is part of.
    pub attachment: Arc<Attachment>,
    is_thumbnail: bool,
}

impl FoundFile {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &File {
        match &self.attachment.thumbnail {
            Some(thumbnail) if self.is_thumbnail => thumbnail,
            _ => &self.attachment.original,
        }
    }

    /// Its thumbnail. A thumbnail has none.
    #[must_use]
    pub fn thumbnail(&self) -> Option<&File> {
        self.attachment.thumbnail.as_ref().filter(|_| !self.is_thumbnail)
    }
}

/// Who has an attachment, and so how long it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// An upload that is not attached.
    Until(Timestamp),
    /// A comment.
    Kept,
}

#[derive(Debug, Clone)]
struct StoredAttachment {
    attachment: Arc<Attachment>,
    life: Lifetime,
}

/// A file by the id of its attachment.
#[derive(Debug, Clone, Copy)]
struct Which {
    attachment: u64,
    is_thumbnail: bool,
}

/// All attachments of one account.
#[derive(Debug, Clone, Default)]
pub struct Attachments {
    scans: Scans,
    /// By the id of the original.
    held: HashMap<u64, StoredAttachment>,
    /// The attachment that a thumbnail belongs to.
    thumbnails: HashMap<u64, u64>,
    by_token: HashMap<FileToken, Which>,
}

impl Attachments {
    /// Keeps a file until `ends`, unless a comment gets it before.
    pub fn add(
        &mut self,
        new: NewFile,
        now: Timestamp,
        ends: Timestamp,
        ids: &mut Ids,
    ) -> Arc<Attachment> {
        let is_taken = |token: &FileToken| self.by_token.contains_key(token);
        let attachment = Arc::new(Attachment::new(
            new,
            FileNames::default(),
            FileNames::default(),
            ids,
            is_taken,
        ));
        let id = attachment.original.id;
        self.insert(Arc::clone(&attachment), Lifetime::Until(ends));
        if !self.scans.begin_scheduled(id, now) {
            return attachment;
        }
        self.end_scans(now);
        self.held.get(&id).map_or(attachment, |held| Arc::clone(&held.attachment))
    }

    /// Keeps an attachment. Its ids and tokens must be free.
    pub fn insert(&mut self, attachment: Arc<Attachment>, life: Lifetime) {
        let id = attachment.original.id;
        self.by_token
            .insert(attachment.original.token, Which { attachment: id, is_thumbnail: false });
        if let Some(thumbnail) = &attachment.thumbnail {
            self.thumbnails.insert(thumbnail.id, id);
            self.by_token.insert(thumbnail.token, Which { attachment: id, is_thumbnail: true });
        }
        self.held.insert(id, StoredAttachment { attachment, life });
    }

    /// Whether a file has this URL token, expired or not.
    #[must_use]
    pub fn is_token(&self, token: &FileToken) -> bool {
        self.by_token.contains_key(token)
    }

    /// Says what the scans of the next so many files will come to. Answers whether there is room to
    /// remember it.
    pub fn schedule_scans(&mut self, scan: Scan, files: usize) -> bool {
        self.scans.schedule(scan, files)
    }

    /// Says what the scan of a file will come to, now or later.
    ///
    /// # Errors
    /// [`AttachmentError::Unknown`].
    pub fn scan(&mut self, id: u64, scan: Scan, now: Timestamp) -> Result<(), AttachmentError> {
        self.change(id, now, |_| ())?;
        self.scans.begin(id, scan, now);
        self.end_scans(now);
        Ok(())
    }

    /// Whether any scan is still to end.
    #[must_use]
    pub fn are_scanning(&self) -> bool {
        self.scans.are_running()
    }

    /// Whether the time of any scan has come.
    #[must_use]
    pub fn has_scan_ended(&self, now: Timestamp) -> bool {
        self.scans.has_ended(now)
    }

    /// Ends the scans whose time has come.
    pub fn end_scans(&mut self, now: Timestamp) {
        while let Some((id, result)) = self.scans.take_ended(now) {
            if let Some(held) = self.held.get_mut(&id) {
                Arc::make_mut(&mut held.attachment).scan_result = result;
            }
        }
    }

    /// The file with this id.
    ///
    /// # Errors
    /// [`AttachmentError::Unknown`].
    pub fn by_id(&self, id: u64, now: Timestamp) -> Result<FoundFile, AttachmentError> {
        let which = match self.thumbnails.get(&id) {
            Some(&attachment) => Which { attachment, is_thumbnail: true },
            None => Which { attachment: id, is_thumbnail: false },
        };
        self.found(which, now).ok_or(AttachmentError::Unknown)
    }

    /// The file with this URL token.
    ///
    /// # Errors
    /// [`AttachmentError::UnknownContent`].
    pub fn by_token(&self, token: FileToken, now: Timestamp) -> Result<FoundFile, AttachmentError> {
        let which = self.by_token.get(&token);
        which.and_then(|which| self.found(*which, now)).ok_or(AttachmentError::UnknownContent)
    }

    /// Whether there is an attachment with this id, expired or not.
    #[must_use]
    pub fn is_held(&self, id: u64) -> bool {
        self.held.contains_key(&id)
    }

    /// The attachment with this URL token, or whose thumbnail has it, if no comment has it yet.
    #[must_use]
    pub fn unattached(&self, token: FileToken, now: Timestamp) -> Option<u64> {
        let id = self.by_token(token, now).ok()?.attachment.original.id;
        self.held.get(&id).filter(|held| held.life != Lifetime::Kept).map(|_| id)
    }

    /// Whether a file has this id, be it a thumbnail.
    #[must_use]
    pub fn is_id(&self, id: u64) -> bool {
        self.is_held(id) || self.thumbnails.contains_key(&id)
    }

    /// The attachments with these ids, in this order. Those that are no more are left out.
    pub fn all_of(&self, ids: &[u64]) -> Vec<Arc<Attachment>> {
        ids.iter()
            .filter_map(|id| self.held.get(id))
            .map(|held| Arc::clone(&held.attachment))
            .collect()
    }

    /// Makes attachments outlive their upload.
    pub fn keep(&mut self, ids: &[u64]) {
        for id in ids {
            if let Some(held) = self.held.get_mut(id) {
                held.life = Lifetime::Kept;
            }
        }
    }

    /// Changes what is known of an attachment, and answers what is known then.
    ///
    /// # Errors
    /// [`AttachmentError::Unknown`]. Thumbnails have nothing of their own to change.
    pub fn change(
        &mut self,
        id: u64,
        now: Timestamp,
        change: impl FnOnce(&mut Attachment),
    ) -> Result<Arc<Attachment>, AttachmentError> {
        let held = self
            .held
            .get_mut(&id)
            .filter(|held| held.is_alive(now))
            .ok_or(AttachmentError::Unknown)?;
        change(Arc::make_mut(&mut held.attachment));
        Ok(Arc::clone(&held.attachment))
    }

    /// Replaces a file by an empty text file under the same id and URL token, and answers what it
    /// was until now, which is what the recorded answer shows.
    ///
    /// # Errors
    /// [`AttachmentError::Unknown`].
    pub fn redact(
        &mut self,
        id: u64,
        empty: Blob,
        now: Timestamp,
    ) -> Result<Arc<Attachment>, AttachmentError> {
        let FoundFile { attachment, is_thumbnail: false } = self.by_id(id, now)? else {
            return Err(AttachmentError::Unknown);
        };
        if let Some(thumbnail) = &attachment.thumbnail {
            self.thumbnails.remove(&thumbnail.id);
            self.by_token.remove(&thumbnail.token);
        }
        self.scans.cancel(id);
        self.change(id, now, |attachment| {
            attachment.thumbnail = None;
            // There is nothing left in it to be found.
            attachment.scan_result = ScanResult::default();
            let file = &mut attachment.original;
            REDACTED_NAME.clone_into(&mut file.file_name);
            "text/plain".clone_into(&mut file.content_type);
            file.dimensions = None;
            file.blob = empty;
        })?;
        Ok(attachment)
    }

    /// Forgets an attachment and its thumbnail.
    pub fn remove(&mut self, id: u64) {
        self.scans.cancel(id);
        let Some(StoredAttachment { attachment, .. }) = self.held.remove(&id) else { return };
        shrink_if_sparse(&mut self.held);
        self.by_token.remove(&attachment.original.token);
        if let Some(thumbnail) = &attachment.thumbnail {
            self.thumbnails.remove(&thumbnail.id);
            self.by_token.remove(&thumbnail.token);
            shrink_if_sparse(&mut self.thumbnails);
        }
        shrink_if_sparse(&mut self.by_token);
    }

    /// How many attachments are held, swept or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.held.len()
    }

    fn found(&self, which: Which, now: Timestamp) -> Option<FoundFile> {
        let held = self.held.get(&which.attachment).filter(|held| held.is_alive(now))?;
        let attachment = Arc::clone(&held.attachment);
        Some(FoundFile { attachment, is_thumbnail: which.is_thumbnail })
    }
}

impl StoredAttachment {
    fn is_alive(&self, now: Timestamp) -> bool {
        match self.life {
            Lifetime::Until(ends) => now < ends,
            Lifetime::Kept => true,
        }
    }
}
