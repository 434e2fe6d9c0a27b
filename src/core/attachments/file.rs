//! Files, and attachments made of them: plain data.

use std::sync::Arc;

use crate::core::blobs::Blob;
use crate::core::ids::{FileToken, Ids};
use crate::core::malware::ScanResult;
use crate::core::media::{self, Dimensions};

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

    /// The URL tokens of it and of its thumbnail.
    pub fn tokens(&self) -> impl Iterator<Item = FileToken> {
        [Some(&self.original), self.thumbnail.as_ref()].into_iter().flatten().map(|file| file.token)
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
    pub(super) is_thumbnail: bool,
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
