//! Imports uploads, and the files of uploads and comments.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use crate::core::account::Store;
use crate::core::attachments::{Attachment, FileNames, Lifetime, NewFile};
use crate::core::blobs::Blob;
use crate::core::media;
use crate::core::uploads::UploadState;
use crate::seed::base64::Contents;
use crate::seed::error::SeedError;
use crate::seed::import::{FREE_ID, FREE_TOKEN, Files, Importer, ensure_line};
use crate::seed::model::{SeedFile, SeedUpload};

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 1_000;

impl Importer<'_> {
    pub(super) fn upload(&mut self, upload: SeedUpload) -> Result<(), SeedError> {
        let SeedUpload { token, life, expires_at, files, attached_to } = upload;
        if attached_to.is_some() && !files.is_empty() {
            let accepts = "cannot go together with attached_to: the ticket has them";
            return Err(SeedError::field("files", accepts));
        }
        let Store { uploads, ids, .. } = &mut self.store;
        let given = &self.given.upload_tokens;
        let token = match token {
            Some(token) if uploads.is_known(&token) => {
                return Err(SeedError::field("token", FREE_TOKEN));
            }
            Some(token) => token,
            None => ids.token(|token| uploads.is_known(token) || given.contains(token)),
        };
        let expires_at = self.expiry(life, expires_at)?;
        let state = match attached_to {
            Some(ticket) => UploadState::Attached { ticket },
            None => UploadState::Open(self.files(files, Lifetime::Until(expires_at))?.into()),
        };
        self.store.uploads.insert(token, self.now, expires_at, state);
        Ok(())
    }

    /// Imports files, and returns the ids of their attachments.
    pub(super) fn files(
        &mut self,
        files: Vec<SeedFile>,
        life: Lifetime,
    ) -> Result<Vec<u64>, SeedError> {
        self.each("files", files, |importer, file| importer.file(file, life))
    }

    fn file(&mut self, mut file: SeedFile, life: Lifetime) -> Result<u64, SeedError> {
        let name = file_name(&mut file)?;
        ensure_line("content_type", file.content_type.as_deref())?;
        let content_type = file
            .content_type
            .take()
            .or_else(|| media::type_by_name(&name).map(ToOwned::to_owned))
            .unwrap_or_else(|| media::UNKNOWN_TYPE.to_owned());
        let blob = self.blob(&mut file)?;
        let names = FileNames { id: file.id, token: file.token };
        let thumbnail = file.thumbnail.take().unwrap_or_default();
        let thumbnail = FileNames { id: thumbnail.id, token: thumbnail.token };
        self.ensure_free(names, FileNames::default())?;
        self.ensure_free(thumbnail, names).map_err(|error| error.within("thumbnail"))?;
        let Store { attachments, ids, .. } = &mut self.store;
        let given = &self.given.file_tokens;
        let is_taken = |token: &_| attachments.is_token(token) || given.contains(token);
        let new = NewFile::new(name, content_type, blob);
        let attachment = Attachment {
            scan_result: file.malware_scan_result.unwrap_or_default(),
            malware_access_override: file.malware_access_override.unwrap_or(false),
            inline: file.inline.unwrap_or(false),
            ..Attachment::new(new, names, thumbnail, ids, is_taken)
        };
        let id = attachment.original.id;
        attachments.insert(Arc::new(attachment), life);
        Ok(id)
    }

    /// Makes sure that no file has these names, nor the file that their thumbnail is of.
    fn ensure_free(&self, names: FileNames, original: FileNames) -> Result<(), SeedError> {
        let attachments = &self.store.attachments;
        if names.id.is_some_and(|id| attachments.is_id(id) || original.id == Some(id)) {
            return Err(SeedError::field("id", FREE_ID));
        }
        let is_taken = |token| attachments.is_token(&token) || original.token == Some(token);
        if names.token.is_some_and(is_taken) {
            return Err(SeedError::field("token", FREE_TOKEN));
        }
        Ok(())
    }

    /// Stores the bytes of a file.
    pub(super) fn blob(&self, file: &mut SeedFile) -> Result<Blob, SeedError> {
        let bytes = match (file.path.take(), file.base64.take(), file.text.take()) {
            (None, Some(Contents::Read(bytes)), None) => bytes,
            (None, Some(Contents::Stored(blob)), None) => return Ok(blob),
            (None, None, Some(text)) => text.into(),
            (Some(path), None, None) => self.read(&path)?,
            _ => return Err(SeedError::field("", "takes one of path, base64 and text")),
        };
        let mut writer = self.account.receive(bytes.len() as u64)?;
        writer.push(bytes)?;
        Ok(writer.finish())
    }

    fn read(&self, path: &str) -> Result<Bytes, SeedError> {
        let Files::In(directory) = self.files else {
            let accepts = "is for a seed that the server loads itself; send base64 or text";
            return Err(SeedError::field("path", accepts));
        };
        let read = std::fs::read(directory.join(path)).map(Bytes::from);
        read.map_err(|error| {
            let accepts = format!("takes the path of a file that can be read: {error}");
            SeedError::field("path", accepts)
        })
    }
}

fn file_name(file: &mut SeedFile) -> Result<String, SeedError> {
    let last_part = |path: &String| {
        Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned()
    };
    let name = file.name.take().or_else(|| file.path.as_ref().map(last_part));
    let name = name.ok_or_else(|| SeedError::missing("name"))?;
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(SeedError::field("name", "takes 1 to 1000 characters"));
    }
    Ok(name)
}
