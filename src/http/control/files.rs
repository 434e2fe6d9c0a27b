//! `/_mock/files`: the files of the account, wherever they are on their way.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::{FileState, ListedFile, USER_IMAGES};
use crate::core::malware::ScanResult;
use crate::core::tokens::MissingStep;
use crate::http::control::answer::{RawBytes, Reply};
use crate::http::control::call::Call;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::urls::{Urls, image_path};
use crate::http::exchange::words::{optional_word, word};

/// A file, or what is left of it.
#[derive(Serialize, JsonSchema)]
pub struct ListedFileJson<'a> {
    /// What `/_mock/files/{file}/content` takes: the id of an attachment, or the token or the name
    /// of an image. A file without bytes has none.
    file: Option<String>,
    /// `upload`, or the family of an object of the bucket, such as `image`
    kind: &'static str,
    #[schemars(schema_with = "word::<FileState>")]
    state: &'static str,
    /// What `/_mock/tokens/{token}` takes.
    token: Option<String>,
    /// The name of an upload or of an image. An expired token may have had several files.
    file_name: Option<String>,
    content_type: Option<&'a str>,
    /// In bytes. That of a reserved image is the announced one.
    size: Option<u64>,
    /// In pixels, of an image whose header could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    /// When its token was issued or, if nothing knows that any more, when it was used.
    at: Option<String>,
    /// When it expires, or expired.
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<u64>,
    /// The `content_url` of an attachment, or the URL of a published image.
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "optional_word::<ScanResult>")]
    malware_scan_result: Option<&'static str>,
    #[schemars(schema_with = "optional_word::<MissingStep>")]
    missing: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
pub struct FileList<'a> {
    files: Vec<ListedFileJson<'a>>,
}

impl<'a> ListedFileJson<'a> {
    fn new(file: &'a ListedFile, urls: &Urls) -> Self {
        let attachment = file.attachment.as_deref();
        let original = attachment.map(|attachment| &attachment.original);
        let published = file.published.as_deref();
        let token = file.token.map(|token| token.to_string());
        let names = (!file.file_names.is_empty()).then(|| file.file_names.join(", "));
        Self {
            file: original.map(|file| file.id.to_string()).or_else(|| file.bucket_name()),
            kind: file.family.map_or("upload", |family| family.name),
            state: file.state.into_str(),
            token,
            file_name: original.map(|file| file.file_name.clone()).or(names),
            content_type: original
                .map(|file| file.content_type.as_str())
                .or(file.content_type.as_deref()),
            size: file.size,
            width: original.and_then(|file| Some(file.dimensions?.width)),
            height: original.and_then(|file| Some(file.dimensions?.height)),
            at: file.at.map(|at| format!("{at:.3}")),
            expires_at: file.expires_at.map(|at| format!("{at:.0}")),
            ticket: file.ticket,
            url: original.map(|file| urls.content(file.token, &file.file_name)).or_else(|| {
                let image = published.filter(|object| *object.family == USER_IMAGES)?;
                Some(urls.home() + &image_path(image))
            }),
            malware_scan_result: attachment.map(|attachment| attachment.scan_result.into_str()),
            missing: file.missing.map(|missing| missing.into_str()),
        }
    }
}

pub async fn list(call: Call) -> Reply<FileList<'static>> {
    let files = call.account().list_files();
    let urls = &call.context.urls;
    call.answer(FileList {
        files: files.iter().map(|file| ListedFileJson::new(file, urls)).collect(),
    })
    .await
}

pub async fn content(call: Call) -> Result<RawBytes, Refusal> {
    let bytes = call.account().find_bytes(&call.parameter).ok_or_else(|| {
        let error = "the account stores no such file: it takes the id of an attachment, or the \
                     token or the name of an image";
        call.missing(error, |account| account.find_bytes(&call.parameter).is_some())
    })?;
    Ok(RawBytes::new(bytes))
}
