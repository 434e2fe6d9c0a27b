//! Upload tokens and the files that they hold until they expire or are deleted.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Error;
use super::blobs::Blob;
use super::clock::Timestamp;
use super::ids::{Ids, Token};
use super::media::{self, Dimensions};

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
#[derive(Debug)]
pub struct File {
    /// Its id in the API.
    pub id: u64,
    /// Its token in `content_url`.
    pub token: Token,
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
#[derive(Debug)]
pub struct Attachment {
    /// The file itself.
    pub original: File,
    /// Its thumbnail: another id, token, name and size in pixels, over the same bytes.
    pub thumbnail: Option<File>,
}

impl Attachment {
    fn new(new: NewFile, ids: &mut Ids) -> Self {
        let original = File {
            id: ids.id(),
            token: ids.token(),
            file_name: new.file_name,
            content_type: new.content_type,
            dimensions: new.dimensions,
            blob: new.blob,
        };
        let thumbnail = original.dimensions.map(|dimensions| File {
            id: ids.id(),
            token: ids.token(),
            file_name: media::thumbnail_name(&original.file_name),
            content_type: original.content_type.clone(),
            dimensions: Some(media::thumbnail(dimensions)),
            blob: original.blob.clone(),
        });
        Self { original, thumbnail }
    }

    fn files(&self) -> impl Iterator<Item = &File> {
        std::iter::once(&self.original).chain(&self.thumbnail)
    }
}

/// One file of an attachment, found by its id or its token.
#[derive(Debug, Clone)]
pub struct Found {
    attachment: Arc<Attachment>,
    is_thumbnail: bool,
}

impl Found {
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

/// An upload as it stands: a token and the attachments that it holds, in the order of their arrival.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The token.
    pub token: Token,
    /// When the token and its files are gone.
    pub expires_at: Timestamp,
    /// The attachments; the newest is the last.
    pub attachments: Vec<Arc<Attachment>>,
}

/// All uploads of one account.
#[derive(Debug, Default)]
pub struct Uploads {
    open: HashMap<Token, Upload>,
    by_id: HashMap<u64, (Token, Found)>,
    by_token: HashMap<Token, (Token, Found)>,
    expiry: BTreeSet<(Timestamp, Token)>,
}

impl Uploads {
    /// Starts an upload with its first file.
    pub fn start(&mut self, file: NewFile, expires_at: Timestamp, ids: &mut Ids) -> Upload {
        let token = ids.token();
        let attachment = Arc::new(Attachment::new(file, ids));
        self.index(token, &attachment);
        self.expiry.insert((expires_at, token));
        let upload = Upload { token, expires_at, attachments: vec![attachment] };
        self.open.insert(token, upload.clone());
        upload
    }

    /// Adds a file to an open upload. The token keeps its life: appending does not prolong it.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`]; [`Error::TooManyFiles`] when it holds `max_files` already.
    pub fn append(
        &mut self,
        token: &str,
        file: NewFile,
        max_files: usize,
        now: Timestamp,
        ids: &mut Ids,
    ) -> Result<Upload, Error> {
        let token = self.alive(token, now)?.token;
        let upload = self.open.get_mut(&token).ok_or(Error::UnknownUpload)?;
        if upload.attachments.len() >= max_files {
            return Err(Error::TooManyFiles { max: max_files });
        }
        let attachment = Arc::new(Attachment::new(file, ids));
        upload.attachments.push(Arc::clone(&attachment));
        let upload = upload.clone();
        self.index(token, &attachment);
        Ok(upload)
    }

    /// The upload of a token.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`].
    pub fn alive(&self, token: &str, now: Timestamp) -> Result<&Upload, Error> {
        Token::parse(token)
            .and_then(|token| self.open.get(&token))
            .filter(|upload| now < upload.expires_at)
            .ok_or(Error::UnknownUpload)
    }

    /// Deletes an upload and its files.
    ///
    /// # Errors
    /// [`Error::UnknownUpload`].
    pub fn delete(&mut self, token: &str, now: Timestamp) -> Result<(), Error> {
        let token = self.alive(token, now)?.token;
        self.remove(token);
        Ok(())
    }

    /// The file with this id.
    ///
    /// # Errors
    /// [`Error::UnknownAttachment`].
    pub fn by_id(&self, id: u64, now: Timestamp) -> Result<Found, Error> {
        self.found(self.by_id.get(&id), now).ok_or(Error::UnknownAttachment)
    }

    /// The file with this URL token.
    ///
    /// # Errors
    /// [`Error::UnknownContent`].
    pub fn by_token(&self, token: &str, now: Timestamp) -> Result<Found, Error> {
        Token::parse(token)
            .and_then(|token| self.found(self.by_token.get(&token), now))
            .ok_or(Error::UnknownContent)
    }

    /// Frees what has expired.
    pub fn sweep(&mut self, now: Timestamp) {
        while let Some(&(expires_at, token)) = self.expiry.first()
            && expires_at <= now
        {
            self.remove(token);
        }
    }

    /// How many uploads and attachments are held, swept or not.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let attachments = self.open.values().map(|upload| upload.attachments.len());
        (self.open.len(), attachments.sum())
    }

    fn found(&self, indexed: Option<&(Token, Found)>, now: Timestamp) -> Option<Found> {
        let (upload, found) = indexed?;
        let upload = self.open.get(upload)?;
        (now < upload.expires_at).then(|| found.clone())
    }

    fn index(&mut self, upload: Token, attachment: &Arc<Attachment>) {
        for (position, file) in attachment.files().enumerate() {
            let found = Found { attachment: Arc::clone(attachment), is_thumbnail: position > 0 };
            self.by_id.insert(file.id, (upload, found.clone()));
            self.by_token.insert(file.token, (upload, found));
        }
    }

    fn remove(&mut self, token: Token) {
        let Some(upload) = self.open.remove(&token) else {
            return;
        };
        self.expiry.remove(&(upload.expires_at, token));
        for file in upload.attachments.iter().flat_map(|attachment| attachment.files()) {
            self.by_id.remove(&file.id);
            self.by_token.remove(&file.token);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::blobs::{BlobWriter, Budget};
    use super::super::clock::after;
    use super::super::ids::AccountId;
    use super::*;

    const LIFE: Duration = Duration::from_secs(60);

    fn file(budget: &Arc<Budget>, name: &str) -> NewFile {
        let mut writer = BlobWriter::new(budget, 0).expect("there is room");
        writer.push(bytes::Bytes::from_static(b"hello")).expect("there is room");
        NewFile::new(name.to_owned(), "text/plain".to_owned(), writer.finish())
    }

    /// What a client may do to uploads, and time passing between.
    #[derive(Debug, Clone)]
    enum Step {
        Start,
        Append(usize),
        Delete(usize),
        Pass(u64),
        Sweep,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Start),
            (0..6_usize).prop_map(Step::Append),
            (0..6_usize).prop_map(Step::Delete),
            (1..50_u64).prop_map(Step::Pass),
            Just(Step::Sweep),
        ]
    }

    proptest! {
        /// The model knows no sweeping at all: a token lives 60 seconds or until it is deleted.
        #[test]
        fn expired_means_gone_whether_or_not_it_was_swept(steps in prop::collection::vec(step(), 1..60)) {
            let budget = Budget::new(u64::MAX);
            let mut ids = Ids::seeded(1, AccountId(1));
            let mut uploads = Uploads::default();
            let mut now = Timestamp::UNIX_EPOCH;
            let mut model: Vec<(Upload, bool)> = Vec::new();
            for step in steps {
                let pick = |which: usize| (!model.is_empty()).then(|| which % model.len().max(1));
                match step {
                    Step::Start => {
                        let upload = uploads.start(file(&budget, "a.txt"), after(now, LIFE), &mut ids);
                        model.push((upload, false));
                    }
                    Step::Append(which) => if let Some(which) = pick(which) {
                        let (upload, deleted) = &mut model[which];
                        let answer = uploads.append(upload.token.as_str(), file(&budget, "b.txt"), 1_000, now, &mut ids);
                        prop_assert_eq!(answer.is_ok(), !*deleted && now < upload.expires_at);
                        if let Ok(longer) = answer {
                            prop_assert_eq!(longer.expires_at, upload.expires_at);
                            prop_assert_eq!(longer.attachments.len(), upload.attachments.len() + 1);
                            *upload = longer;
                        }
                    },
                    Step::Delete(which) => if let Some(which) = pick(which) {
                        let (upload, deleted) = &mut model[which];
                        let answer = uploads.delete(upload.token.as_str(), now);
                        prop_assert_eq!(answer.is_ok(), !*deleted && now < upload.expires_at);
                        *deleted = true;
                    },
                    Step::Pass(seconds) => now = after(now, Duration::from_secs(seconds)),
                    Step::Sweep => uploads.sweep(now),
                }
                for (upload, deleted) in &model {
                    let alive = !deleted && now < upload.expires_at;
                    prop_assert_eq!(uploads.alive(upload.token.as_str(), now).is_ok(), alive);
                    for attachment in &upload.attachments {
                        let file = &attachment.original;
                        prop_assert_eq!(uploads.by_id(file.id, now).is_ok(), alive);
                        prop_assert_eq!(uploads.by_token(file.token.as_str(), now).is_ok(), alive);
                    }
                }
            }
            drop(model);
            uploads.sweep(Timestamp::MAX);
            prop_assert_eq!(uploads.count(), (0, 0));
            prop_assert!(uploads.by_id.is_empty() && uploads.by_token.is_empty() && uploads.expiry.is_empty());
            prop_assert_eq!(budget.used(), 0);
        }
    }

    #[test]
    fn a_full_upload_takes_no_more_files_and_keeps_those_it_has() {
        let budget = Budget::new(u64::MAX);
        let mut ids = Ids::seeded(1, AccountId(1));
        let mut uploads = Uploads::default();
        let now = Timestamp::UNIX_EPOCH;
        let token = uploads.start(file(&budget, "a.txt"), after(now, LIFE), &mut ids).token;
        let refused = uploads.append(token.as_str(), file(&budget, "b.txt"), 1, now, &mut ids);
        assert_eq!(refused.map(drop), Err(Error::TooManyFiles { max: 1 }));
        assert_eq!(
            uploads.alive(token.as_str(), now).map(|upload| upload.attachments.len()),
            Ok(1)
        );
    }
}
