//! All files of an account in one list: those that it stores, and those of tokens that were not
//! used in time or were deleted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use strum::{IntoStaticStr, VariantNames};

use crate::core::account::state::State;
use crate::core::account::{Account, Store};
use crate::core::attachments::Attachment;
use crate::core::blobs::Blob;
use crate::core::bucket::{ObjectParts, PublishedObject, Reservation};
use crate::core::clock::Timestamp;
use crate::core::ids::{BucketKey, PublishedName};
use crate::core::journal::{ObjectRef, TokenHistory, TokenStatus};
use crate::core::media;
use crate::core::tokens::{Family, MissingStep, TokenRef};
use crate::core::uploads::UploadState;

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum FileState {
    /// An upload that waits for a ticket.
    Open,
    /// A comment has it.
    Attached,
    /// An object of the bucket that waits for its PUT.
    Reserved,
    /// An object of the bucket that waits to be published.
    Stored,
    /// An object of the bucket that has a path.
    Published,
    /// Its token expired unused.
    Expired,
    /// It was deleted, alone or with its upload or ticket.
    Deleted,
}

/// A file, or what is left of it.
#[derive(Debug)]
pub struct ListedFile {
    pub state: FileState,
    pub token: Option<TokenRef>,
    /// A stored file of an upload or a ticket.
    pub attachment: Option<Arc<Attachment>>,
    /// The family of an object of the bucket.
    pub family: Option<&'static Family>,
    pub published: Option<Arc<PublishedObject>>,
    /// The name of an object of the bucket, or the names of the files of a token that expired.
    pub file_names: Vec<String>,
    pub content_type: Option<String>,
    /// In bytes. That of a reserved object is announced.
    pub size: Option<u64>,
    /// When its token was issued or, if nothing knows that, when it was used.
    pub at: Option<Timestamp>,
    /// When its token expires, or expired.
    pub expires_at: Option<Timestamp>,
    pub ticket: Option<u64>,
    pub missing: Option<MissingStep>,
}

impl ListedFile {
    fn new(state: FileState, token: Option<TokenRef>, at: Option<Timestamp>) -> Self {
        Self {
            state,
            token,
            attachment: None,
            family: None,
            published: None,
            file_names: Vec::new(),
            content_type: None,
            size: None,
            at,
            expires_at: None,
            ticket: None,
            missing: None,
        }
    }

    /// What finds the bytes of an object of the bucket that has some: its name, or its token.
    pub fn bucket_name(&self) -> Option<String> {
        let has_bytes = matches!(self.state, FileState::Stored | FileState::Published);
        let name = self.published.as_ref().map(|object| object.name.to_string());
        let name = name.or_else(|| self.token.map(|token| token.to_string()));
        name.filter(|_| has_bytes)
    }

    fn with_attachment(self, attachment: Arc<Attachment>) -> Self {
        let size = Some(attachment.original.blob.len());
        Self { attachment: Some(attachment), size, ..self }
    }
}

/// The histories in which the journal names a file or a published object.
struct NamedIn<'a> {
    files: HashMap<u64, &'a TokenHistory>,
    objects: HashMap<PublishedName, &'a TokenHistory>,
}

impl Account {
    /// All files, newest first.
    pub fn list_files(&self) -> Vec<ListedFile> {
        let mut state = self.state();
        let State { store, journal, .. } = &mut *state;
        store.sweep(journal);
        let histories = journal.token_histories([], false, |token| store.live_token(token)).tokens;
        let mut files = store.stored_files(&NamedIn::new(&histories));
        drop(state);
        let seen: HashSet<_> = files.iter().filter_map(|file| file.token).collect();
        files.extend(histories.iter().filter(|it| !seen.contains(&it.token)).filter_map(left));
        files.sort_by_key(|file| {
            let id = file.attachment.as_ref().map(|attachment| attachment.original.id);
            std::cmp::Reverse((file.at, id))
        });
        files
    }

    /// The bytes of an attachment, by its id, or of an object of the bucket, by its token or name.
    pub fn find_bytes(&self, file: &str) -> Option<Blob> {
        let state = self.state();
        let store = &state.store;
        let now = store.clock.now();
        if let Ok(id) = file.parse() {
            return Some(store.attachments.by_id(id, now).ok()?.file().blob.clone());
        }
        let object = BucketKey::parse(file).and_then(|key| store.bucket.objects.get(&key, now));
        if let Some(object) = object {
            return object.bytes().cloned();
        }
        let published = store.bucket.published.get(&PublishedName::parse(file)?)?;
        Some(published.blob.clone())
    }
}

impl<'a> NamedIn<'a> {
    fn new(histories: &'a [TokenHistory]) -> Self {
        let (mut files, mut objects) = (HashMap::new(), HashMap::new());
        for history in histories {
            for step in &history.steps {
                match step.object {
                    Some(ObjectRef::Attachment(id)) => drop(files.insert(id, history)),
                    Some(ObjectRef::Published(_, name, _)) => drop(objects.insert(name, history)),
                    _ => {}
                }
            }
        }
        Self { files, objects }
    }
}

fn names_file(history: &TokenHistory) -> bool {
    history.steps.iter().any(|step| matches!(step.object, Some(ObjectRef::Attachment(_))))
}

/// What is left of the files of a token.
fn left(history: &TokenHistory) -> Option<ListedFile> {
    let state = match history.status {
        TokenStatus::Expired => FileState::Expired,
        // A journal that has dropped the upload does not name the files, which are still stored.
        TokenStatus::Attached if !names_file(history) => return None,
        TokenStatus::Deleted | TokenStatus::Attached => FileState::Deleted,
        // All its files were deleted one by one.
        TokenStatus::Open if matches!(history.token, TokenRef::Upload(_)) => FileState::Deleted,
        TokenStatus::Open | TokenStatus::Published => return None,
    };
    let mut file_names = history.file_names.clone();
    let mut family = None;
    if let TokenRef::Object(token) = history.token {
        let extension = history.content_type.as_deref().map(media::extension_by_type);
        file_names.extend(extension.map(|extension| format!("{}.{extension}", token.key)));
        family = Some(token.family);
    }
    Some(ListedFile {
        family,
        file_names,
        content_type: history.content_type.clone(),
        expires_at: history.expires_at,
        missing: history.missing,
        ..ListedFile::new(state, Some(history.token), history.issued_at)
    })
}

impl Store {
    fn stored_files(&self, named: &NamedIn<'_>) -> Vec<ListedFile> {
        let mut files = Vec::with_capacity(self.attachments.count());
        for upload in self.uploads.all() {
            let UploadState::Open(held) = upload.state else { continue };
            let token = Some(TokenRef::Upload(upload.token));
            files.extend(self.attachments.all_of(held).into_iter().map(|attachment| {
                ListedFile {
                    expires_at: Some(upload.expires_at),
                    missing: Some(MissingStep::Attach),
                    ..ListedFile::new(FileState::Open, token, Some(upload.issued_at))
                        .with_attachment(attachment)
                }
            }));
        }
        for ticket in self.tickets.all() {
            for comment in &ticket.comments {
                for attachment in self.attachments.all_of(&comment.attachments) {
                    let history = named.files.get(&attachment.original.id);
                    let token = history.map(|history| history.token);
                    let at = history.and_then(|history| history.issued_at);
                    let at = at.unwrap_or(comment.created_at);
                    files.push(ListedFile {
                        ticket: Some(ticket.id),
                        ..ListedFile::new(FileState::Attached, token, Some(at))
                            .with_attachment(attachment)
                    });
                }
            }
        }
        let objects = self.bucket.all();
        files.extend(objects.into_iter().map(|object| bucket_file(object, named)));
        files
    }
}

fn bucket_file(object: ObjectParts<'_>, named: &NamedIn<'_>) -> ListedFile {
    let ObjectParts { reservation, body, published } = object;
    let state = match (body, published) {
        (_, Some(_)) => FileState::Published,
        (Some(_), None) => FileState::Stored,
        (None, None) => FileState::Reserved,
    };
    let token = reservation.map(Reservation::token);
    let of_name = |object: &Arc<PublishedObject>| named.objects.get(&object.name);
    let token = token.or_else(|| published.and_then(of_name).map(|history| history.token));
    let at = reservation.map(|reservation| reservation.reserved_at);
    let at = at.or_else(|| published.and_then(|object| object.name.instant()));
    let blob = body.map(|body| &body.blob).or(published.map(|object| &object.blob));
    let declared = reservation.map(|reservation| reservation.declared_size);
    let content_type = published.map(|object| &object.content_type);
    let content_type = content_type.or(reservation.map(|reservation| &reservation.content_type));
    let family = reservation.map(|reservation| reservation.family);
    ListedFile {
        family: family.or(published.map(|object| object.family)),
        published: published.cloned(),
        file_names: published
            .map(|object| format!("{}.{}", object.name, object.extension))
            .or_else(|| reservation.map(Reservation::file_name))
            .into_iter()
            .collect(),
        content_type: content_type.cloned(),
        size: blob.map(Blob::len).or(declared),
        // The token of a published object is not needed any more.
        expires_at: reservation.filter(|_| published.is_none()).map(|it| it.expires_at),
        missing: match state {
            FileState::Reserved => Some(MissingStep::Store),
            FileState::Stored => Some(MissingStep::Publish),
            _ => None,
        },
        ..ListedFile::new(state, token, at)
    }
}
