//! Imports uploads, and the files of uploads and comments.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use crate::core::account::Store;
use crate::core::attachments::{Attachment, FileNames, Lifetime, NewFile};
use crate::core::blobs::Blob;
use crate::core::id::Id;
use crate::core::media;
use crate::core::uploads::UploadState;
use crate::seed::base64::Contents;
use crate::seed::error::SeedError;
use crate::seed::import::{Files, Importer, ensure_free, ensure_line};
use crate::seed::model::{SeedFile, SeedUpload};
use crate::seed::parse::read_file;

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 1_000;

impl Importer<'_> {
    pub(super) fn upload(&mut self, upload: SeedUpload) -> Result<(), SeedError> {
        let SeedUpload { token, life, expires_at, files, attached_to } = upload;
        if attached_to.is_some() && !files.is_empty() {
            let problem = "cannot go together with attached_to: the ticket has them";
            return Err(SeedError::field("files", problem));
        }
        ensure_free("token", token, |token| self.store.uploads.is_known(&token))?;
        let given = &self.given.upload_tokens;
        let make = || self.store.ids.token(|token| given.contains(token));
        let token = token.unwrap_or_else(make);
        let expires_at = self.expiry(life, expires_at)?;
        let state = match attached_to {
            Some(ticket) => UploadState::Attached { ticket: ticket.get() },
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
        let blob = self.blob(&mut file)?;
        let name = file_name(file.name, file.path.as_deref())?;
        ensure_line("content_type", file.content_type.as_deref())?;
        let guessed = || media::type_by_name(&name).unwrap_or(media::UNKNOWN_TYPE).to_owned();
        let content_type = file.content_type.unwrap_or_else(guessed);
        let Store { attachments, ids, .. } = &mut self.store;
        let thumbnail = file.thumbnail.unwrap_or_default();
        let (id, thumbnail_id) = (file.id.map(Id::get), thumbnail.id.map(Id::get));
        let (is_id, is_token) = (|id| attachments.is_id(id), |token| attachments.is_token(&token));
        ensure_free("id", id, is_id)?;
        ensure_free("token", file.token, is_token)?;
        ensure_free("thumbnail.id", thumbnail_id, |other| is_id(other) || id == Some(other))?;
        let is_taken = |token| is_token(token) || file.token == Some(token);
        ensure_free("thumbnail.token", thumbnail.token, is_taken)?;
        let attachment = Attachment {
            scan_result: file.malware_scan_result.unwrap_or_default(),
            malware_access_override: file.malware_access_override.unwrap_or(false),
            inline: file.inline.unwrap_or(false),
            ..Attachment::new(
                NewFile::new(name, content_type, blob),
                FileNames { id, token: file.token },
                FileNames { id: thumbnail_id, token: thumbnail.token },
                ids,
                |token| self.given.file_tokens.contains(token),
            )
        };
        let id = attachment.original.id;
        attachments.insert(Arc::new(attachment), life);
        Ok(id)
    }

    /// Stores the bytes of a file.
    pub(super) fn blob(&self, file: &mut SeedFile) -> Result<Blob, SeedError> {
        let bytes = match (&file.path, file.base64.take(), file.text.take()) {
            (None, Some(Contents::Read(bytes)), None) => bytes,
            (None, Some(Contents::Stored(blob)), None) => return Ok(blob),
            (None, None, Some(text)) => text.into(),
            (Some(path), None, None) => self.read(path)?,
            _ => return Err(SeedError::field("", "takes one of path, base64 and text")),
        };
        let mut writer = self.account.receive(bytes.len() as u64)?;
        writer.push(bytes)?;
        Ok(writer.finish())
    }

    fn read(&self, path: &str) -> Result<Bytes, SeedError> {
        let Files::In(directory) = self.files else {
            let problem = "is for a seed that the server loads itself; send base64 or text";
            return Err(SeedError::field("path", problem));
        };
        let max = self.account.memory_limit();
        read_file(&directory.join(path), max).map(Bytes::from).map_err(|error| {
            let problem = format!("takes the path of a file that can be read: {error}");
            SeedError::field("path", problem)
        })
    }
}

/// The given name, or the last part of the path.
fn file_name(name: Option<String>, path: Option<&str>) -> Result<String, SeedError> {
    let last_part = || Some(Path::new(path?).file_name()?.to_string_lossy().into_owned());
    let name = name.or_else(last_part).ok_or_else(|| SeedError::missing("name"))?;
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(SeedError::field("name", "takes 1 to 1000 characters"));
    }
    Ok(name)
}
