//! The attachment object, recorded in 2023 and 2024.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::attachments::{Attachment, File, FoundFile};
use crate::http::exchange::urls::Urls;

#[derive(Debug, Serialize, JsonSchema)]
pub struct AttachmentJson<'a> {
    url: String,
    id: u64,
    file_name: &'a str,
    #[serde(serialize_with = "shared")]
    content_url: Arc<str>,
    #[serde(serialize_with = "shared")]
    mapped_content_url: Arc<str>,
    content_type: &'a str,
    size: u64,
    width: Option<u32>,
    height: Option<u32>,
    inline: bool,
    deleted: bool,
    malware_access_override: bool,
    malware_scan_result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnails: Option<Vec<AttachmentJson<'a>>>,
}

fn shared<S: serde::Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

impl<'a> AttachmentJson<'a> {
    /// An attachment with its thumbnail.
    pub fn new(attachment: &'a Attachment, urls: &Urls) -> Self {
        Self::with_thumbnail(attachment, &attachment.original, attachment.thumbnail.as_ref(), urls)
    }

    /// A file that is found by its id: an attachment, or a thumbnail, which has no thumbnail.
    pub fn found(found: &'a FoundFile, urls: &Urls) -> Self {
        Self::with_thumbnail(&found.attachment, found.file(), found.thumbnail(), urls)
    }

    fn with_thumbnail(
        attachment: &Attachment,
        file: &'a File,
        thumbnail: Option<&'a File>,
        urls: &Urls,
    ) -> Self {
        let thumbnails = thumbnail.map(|thumbnail| Self::bare(attachment, thumbnail, urls));
        let thumbnails = Some(thumbnails.into_iter().collect());
        Self { thumbnails, ..Self::bare(attachment, file, urls) }
    }

    fn bare(attachment: &Attachment, file: &'a File, urls: &Urls) -> Self {
        let content_url: Arc<str> = urls.content(file.token, &file.file_name).into();
        Self {
            url: urls.object("attachments", file.id),
            id: file.id,
            file_name: &file.file_name,
            mapped_content_url: Arc::clone(&content_url),
            content_url,
            content_type: &file.content_type,
            size: file.blob.len(),
            width: file.dimensions.map(|dimensions| dimensions.width),
            height: file.dimensions.map(|dimensions| dimensions.height),
            inline: attachment.inline,
            deleted: false,
            malware_access_override: attachment.malware_access_override,
            malware_scan_result: attachment.scan_result.into_str(),
            thumbnails: None,
        }
    }
}
