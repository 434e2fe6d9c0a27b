//! Upload tokens. Each holds attachments until a ticket attaches it, it expires or it is deleted.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::core::attachments::{Attachment, Attachments, NewFile};
use crate::core::blobs::{OutOfMemory, RECORD_OVERHEAD};
use crate::core::clock::Timestamp;
use crate::core::expiring_map::ExpiringMap;
use crate::core::id::IdsExhausted;
use crate::core::ids::{Ids, UploadToken};

/// An open upload: a token and the attachments that it holds, in the order of their arrival.
#[derive(Debug, Clone)]
pub struct Upload {
    pub token: UploadToken,
    pub expires_at: Timestamp,
    pub attachments: Vec<Arc<Attachment>>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    #[error("no open upload has this token")]
    Unknown,
    #[error("this upload token was attached to ticket {ticket}")]
    Attached { ticket: u64 },
    #[error("an earlier comment of the same ticket takes this upload token")]
    Taken,
    #[error("max_files_per_upload is {max}, and the upload holds as many")]
    TooManyFiles { max: usize },
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
    #[error(transparent)]
    IdsExhausted(#[from] IdsExhausted),
}

/// A ticket names an upload token that cannot be attached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "upload token {:?} cannot be attached: {cause}; bad_token_on_ticket is reject",
    token.to_string()
)]
pub struct BadTokenError {
    pub token: SentToken,
    pub cause: UploadError,
}

/// A token as a ticket names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentToken {
    Token(UploadToken),
    /// A text that no upload can have as its token, cut to what an error shows of it.
    Malformed(String),
}

impl SentToken {
    const SHOWN: usize = 64;

    pub fn parse(text: &str) -> Self {
        // An ellipsis stands for what an error does not show.
        let cut = |(end, _)| format!("{}…", &text[..end]);
        let shown = || text.char_indices().nth(Self::SHOWN).map_or_else(|| text.to_owned(), cut);
        UploadToken::parse(text).map_or_else(|| Self::Malformed(shown()), Self::Token)
    }
}

impl fmt::Display for SentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(token) => token.fmt(f),
            Self::Malformed(text) => text.fmt(f),
        }
    }
}

/// The ids of the files of one upload, of which most have one.
pub type FileIds = SmallVec<[u64; 2]>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadState {
    /// The token holds the attachments with these ids.
    Open(FileIds),
    /// A comment of a ticket has them. This is remembered for the lifetime of the token.
    Attached { ticket: u64 },
}

/// An upload token, alive or not swept yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedToken<'a> {
    pub token: UploadToken,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub state: &'a UploadState,
}

#[derive(Debug, Clone)]
struct Record {
    issued_at: Timestamp,
    state: UploadState,
}

#[derive(Debug, Clone, Default)]
pub struct Uploads {
    by_token: ExpiringMap<UploadToken, Record>,
    /// How many uploads are open, swept or not.
    open: usize,
}

impl Uploads {
    /// Bytes that a token is charged until it is deleted or expires: its files may go before.
    pub const TOKEN_COST: u64 = RECORD_OVERHEAD;

    /// Starts an upload with its first file.
    pub fn start(
        &mut self,
        file: NewFile,
        now: Timestamp,
        expires_at: Timestamp,
        attachments: &mut Attachments,
        ids: &mut Ids,
    ) -> Upload {
        let token = ids.token(|token| self.by_token.contains(token));
        let attachment = attachments.add(file, now, expires_at, ids);
        let file_ids = UploadState::Open(smallvec![attachment.original.id]);
        self.insert(token, now, expires_at, file_ids);
        Upload { token, expires_at, attachments: vec![attachment] }
    }

    /// Adds a token, which must be free.
    pub fn insert(
        &mut self,
        token: UploadToken,
        issued_at: Timestamp,
        expires_at: Timestamp,
        state: UploadState,
    ) {
        self.open += usize::from(matches!(state, UploadState::Open(_)));
        self.by_token.insert(token, expires_at, Record { issued_at, state });
    }

    /// Whether a token is known, alive or not swept yet.
    pub fn is_known(&self, token: &UploadToken) -> bool {
        self.by_token.contains(token)
    }

    /// All tokens, the first to expire first.
    pub fn all(&self) -> impl Iterator<Item = IssuedToken<'_>> {
        self.by_token.iter().filter_map(|(token, _)| self.token(*token))
    }

    /// The open tokens, the first to expire first.
    pub fn open_tokens(&self) -> impl Iterator<Item = UploadToken> {
        let open = self.all().filter(|upload| matches!(upload.state, UploadState::Open(_)));
        open.map(|upload| upload.token)
    }

    /// A token that has not been swept yet.
    pub fn token(&self, token: UploadToken) -> Option<IssuedToken<'_>> {
        let (expires_at, Record { issued_at, state }) = self.by_token.peek(&token)?;
        Some(IssuedToken { token, issued_at: *issued_at, expires_at, state })
    }

    /// Adds a file to an open upload that has room for it, whose token expires no later for it.
    pub fn append(
        &mut self,
        token: UploadToken,
        file: NewFile,
        now: Timestamp,
        attachments: &mut Attachments,
        ids: &mut Ids,
    ) -> Result<Upload, UploadError> {
        let (expires_at, _) = self.open(token, now)?;
        let record = self.by_token.get_mut(&token, now);
        let Some(Record { state: UploadState::Open(file_ids), .. }) = record else {
            return Err(UploadError::Unknown);
        };
        file_ids.retain(|&mut id| attachments.contains(id));
        file_ids.push(attachments.add(file, now, expires_at, ids).original.id);
        Ok(Upload { token, expires_at, attachments: attachments.all_of(file_ids) })
    }

    pub fn find(
        &self,
        token: UploadToken,
        now: Timestamp,
        attachments: &Attachments,
    ) -> Result<Upload, UploadError> {
        let (expires_at, file_ids) = self.open(token, now)?;
        Ok(Upload { token, expires_at, attachments: attachments.all_of(file_ids) })
    }

    pub fn ensure_open(&self, token: UploadToken, now: Timestamp) -> Result<(), UploadError> {
        self.open(token, now).map(drop)
    }

    /// Whether a token is open: if not, it is attached.
    pub fn is_open(&self, token: UploadToken, now: Timestamp) -> Result<bool, UploadError> {
        match self.ensure_open(token, now) {
            Ok(()) => Ok(true),
            Err(UploadError::Attached { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether a file can be appended to an upload, which holds at most `max_files`. A deleted file
    /// makes room for another.
    pub fn ensure_room(
        &self,
        token: UploadToken,
        max_files: usize,
        now: Timestamp,
        attachments: &Attachments,
    ) -> Result<(), UploadError> {
        let (_, file_ids) = self.open(token, now)?;
        let held = file_ids.iter().filter(|id| attachments.contains(**id)).count();
        if held < max_files { Ok(()) } else { Err(UploadError::TooManyFiles { max: max_files }) }
    }

    /// Deletes an open upload and its files.
    pub fn delete(&mut self, token: UploadToken, attachments: &mut Attachments) {
        let record = self.by_token.remove(&token);
        record.into_iter().for_each(|record| self.free(record, attachments));
    }

    /// The tokens that a comment attaches, after those of the comments `before` it: all of these if
    /// they can be attached. A token that is named twice counts once.
    pub fn attachable(
        &self,
        tokens: &[SentToken],
        before: &HashSet<UploadToken>,
        on_bad: BadToken,
        now: Timestamp,
    ) -> Result<Vec<UploadToken>, BadTokenError> {
        let mut attachable = Vec::new();
        for sent in tokens {
            let open = match sent {
                SentToken::Malformed(_) => Err(UploadError::Unknown),
                SentToken::Token(token) if before.contains(token) => {
                    self.ensure_open(*token, now).and(Err(UploadError::Taken))
                }
                SentToken::Token(token) => self.ensure_open(*token, now).map(|()| *token),
            };
            match (open, on_bad) {
                (Ok(token), _) if attachable.contains(&token) => {}
                (Ok(token), _) => attachable.push(token),
                (Err(_), BadToken::Ignore) => {}
                (Err(cause), BadToken::Reject) => {
                    return Err(BadTokenError { token: sent.clone(), cause });
                }
            }
        }
        Ok(attachable)
    }

    /// Attaches tokens to a ticket. Returns the ids of their attachments, token by token, and file
    /// by file in the order of their arrival.
    pub fn attach(
        &mut self,
        tokens: &[UploadToken],
        ticket: u64,
        now: Timestamp,
        attachments: &mut Attachments,
    ) -> Vec<u64> {
        let mut attached = Vec::new();
        for token in tokens {
            let Some(record) = self.by_token.get_mut(token, now) else {
                continue;
            };
            let attached_to = UploadState::Attached { ticket };
            if let UploadState::Open(file_ids) = std::mem::replace(&mut record.state, attached_to) {
                self.open -= 1;
                attachments.keep(&file_ids);
                attached.extend(file_ids);
            }
        }
        attached
    }

    /// Whether anything has expired and is not swept yet.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.by_token.has_expired(now)
    }

    /// Frees what has expired. `unused` gets each token that expired open, and its files.
    pub fn sweep(
        &mut self,
        now: Timestamp,
        attachments: &mut Attachments,
        mut unused: impl FnMut(IssuedToken<'_>, &[Arc<Attachment>]),
    ) {
        while let Some((token, expires_at, record)) = self.by_token.pop_expired(now) {
            let Record { issued_at, state } = &record;
            if let UploadState::Open(ids) = state {
                let files = attachments.all_of(ids);
                unused(IssuedToken { token, issued_at: *issued_at, expires_at, state }, &files);
            }
            self.free(record, attachments);
        }
    }

    /// How many uploads are open, swept or not.
    pub fn count(&self) -> usize {
        self.open
    }

    /// Bytes that all tokens are charged, apart from their files.
    pub fn cost(&self) -> u64 {
        self.by_token.len() as u64 * Self::TOKEN_COST
    }

    fn open(&self, token: UploadToken, now: Timestamp) -> Result<(Timestamp, &[u64]), UploadError> {
        match self.by_token.peek(&token).filter(|(expires_at, _)| now < *expires_at) {
            None => Err(UploadError::Unknown),
            Some((expires_at, Record { state: UploadState::Open(file_ids), .. })) => {
                Ok((expires_at, file_ids))
            }
            Some((_, Record { state: UploadState::Attached { ticket }, .. })) => {
                Err(UploadError::Attached { ticket: *ticket })
            }
        }
    }

    fn free(&mut self, removed: Record, attachments: &mut Attachments) {
        if let UploadState::Open(file_ids) = removed.state {
            self.open -= 1;
            file_ids.into_iter().for_each(|id| attachments.remove(id));
        }
    }
}

/// What happens to a ticket with a token that cannot be attached: one that was never issued, or is
/// deleted, expired or attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum BadToken {
    /// It is refused.
    Reject,
    /// It is created without the files of that token.
    Ignore,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::core::blobs::{BlobWriter, Budget};
    use crate::core::clock::after;
    use crate::core::ids::AccountId;

    const LIFE: Duration = Duration::from_secs(60);

    /// The uploads of an account, without the account.
    struct Store {
        budget: Arc<Budget>,
        ids: Ids,
        uploads: Uploads,
        attachments: Attachments,
        /// Tokens that expired open.
        unused: Vec<UploadToken>,
        now: Timestamp,
    }

    impl Store {
        fn new() -> Self {
            Self {
                budget: Budget::new(u64::MAX),
                ids: Ids::seeded(1, AccountId(1)),
                uploads: Uploads::default(),
                attachments: Attachments::default(),
                unused: Vec::new(),
                now: Timestamp::UNIX_EPOCH,
            }
        }

        fn file(&self, name: &str) -> NewFile {
            let mut writer = BlobWriter::new(&self.budget, 0).expect("there is room");
            writer.push(bytes::Bytes::from_static(b"hello")).expect("there is room");
            NewFile::new(name.to_owned(), "text/plain".to_owned(), writer.finish())
        }

        fn start(&mut self) -> Upload {
            let (file, ends) = (self.file("a.txt"), after(self.now, LIFE));
            self.uploads.start(file, self.now, ends, &mut self.attachments, &mut self.ids)
        }

        fn append(&mut self, token: UploadToken, max: usize) -> Result<Upload, UploadError> {
            let file = self.file("b.txt");
            let (attachments, ids) = (&mut self.attachments, &mut self.ids);
            self.uploads.ensure_room(token, max, self.now, attachments)?;
            self.uploads.append(token, file, self.now, attachments, ids)
        }

        fn delete(&mut self, token: UploadToken) -> Result<(), UploadError> {
            if self.uploads.is_open(token, self.now)? {
                self.uploads.delete(token, &mut self.attachments);
            }
            Ok(())
        }

        /// Attaches all of the tokens or none.
        fn attach(
            &mut self,
            tokens: &[UploadToken],
            ticket: u64,
            on_bad: BadToken,
        ) -> Result<Vec<u64>, BadTokenError> {
            let sent: Vec<_> = tokens.iter().copied().map(SentToken::Token).collect();
            let attachable = self.uploads.attachable(&sent, &HashSet::new(), on_bad, self.now)?;
            Ok(self.uploads.attach(&attachable, ticket, self.now, &mut self.attachments))
        }

        fn sweep(&mut self) {
            let unused = |upload: IssuedToken<'_>, _: &[_]| self.unused.push(upload.token);
            self.uploads.sweep(self.now, &mut self.attachments, unused);
        }

        fn is_open(&self, token: UploadToken) -> bool {
            self.uploads.find(token, self.now, &self.attachments).is_ok()
        }
    }

    /// A request of a client, or the passing of time.
    #[derive(Debug, Clone)]
    enum Step {
        Start,
        Append(usize),
        Delete(usize),
        Attach(Vec<usize>, bool),
        Pass(u64),
        Sweep,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Start),
            (0..6_usize).prop_map(Step::Append),
            (0..6_usize).prop_map(Step::Delete),
            (prop::collection::vec(0..6_usize, 0..4), any::<bool>())
                .prop_map(|(which, reject)| Step::Attach(which, reject)),
            (1..50_u64).prop_map(Step::Pass),
            Just(Step::Sweep),
        ]
    }

    /// A token in the model, which never sweeps.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Known {
        Open,
        Deleted,
        Attached,
    }

    proptest! {
        /// A token lives for 60 seconds unless it is deleted or attached. Its files live as long,
        /// and for ever once they are attached.
        #[test]
        fn expired_means_gone_and_attached_means_kept_whether_or_not_it_was_swept(
            steps in prop::collection::vec(step(), 1..60),
        ) {
            let mut store = Store::new();
            let mut model: Vec<(Upload, Known)> = Vec::new();
            for (ticket, step) in steps.into_iter().enumerate() {
                let now = store.now;
                let pick = |which: usize| (!model.is_empty()).then(|| which % model.len().max(1));
                let is_open = |(upload, known): &(Upload, Known)| *known == Known::Open && now < upload.expires_at;
                match step {
                    Step::Start => model.push((store.start(), Known::Open)),
                    Step::Append(which) => if let Some(which) = pick(which) {
                        let answer = store.append(model[which].0.token, 1_000);
                        prop_assert_eq!(answer.is_ok(), is_open(&model[which]));
                        if let Ok(longer) = answer {
                            let upload = &mut model[which].0;
                            prop_assert_eq!(longer.expires_at, upload.expires_at);
                            prop_assert_eq!(longer.attachments.len(), upload.attachments.len() + 1);
                            *upload = longer;
                        }
                    },
                    Step::Delete(which) => if let Some(which) = pick(which) {
                        let answer = store.delete(model[which].0.token);
                        let (upload, known) = &mut model[which];
                        let forgotten = *known == Known::Deleted || now >= upload.expires_at;
                        prop_assert_eq!(answer.is_ok(), !forgotten);
                        if *known == Known::Open && answer.is_ok() {
                            *known = Known::Deleted;
                        }
                    },
                    Step::Attach(which, reject) => {
                        let which: Vec<_> = which.into_iter().filter_map(pick).collect();
                        let tokens: Vec<_> = which.iter().map(|&which| model[which].0.token).collect();
                        let on_bad = if reject { BadToken::Reject } else { BadToken::Ignore };
                        let answer = store.attach(&tokens, ticket as u64, on_bad);
                        let all_open = which.iter().all(|&which| is_open(&model[which]));
                        prop_assert_eq!(answer.is_ok(), all_open || !reject);
                        if let Ok(attached) = answer {
                            let mut expected = Vec::new();
                            for which in which {
                                if is_open(&model[which]) {
                                    let (upload, known) = &mut model[which];
                                    *known = Known::Attached;
                                    expected.extend(upload.attachments.iter().map(|held| held.original.id));
                                }
                            }
                            prop_assert_eq!(attached, expected);
                        }
                    }
                    Step::Pass(seconds) => store.now = after(now, Duration::from_secs(seconds)),
                    Step::Sweep => store.sweep(),
                }
                for (upload, known) in &model {
                    let is_open = *known == Known::Open && store.now < upload.expires_at;
                    prop_assert_eq!(store.is_open(upload.token), is_open);
                    for attachment in &upload.attachments {
                        let file = &attachment.original;
                        let is_there = is_open || *known == Known::Attached;
                        prop_assert_eq!(store.attachments.by_id(file.id, store.now).is_ok(), is_there);
                        prop_assert_eq!(store.attachments.by_token(file.token, store.now).is_ok(), is_there);
                    }
                }
            }
            let attached = model.iter().filter(|(_, known)| *known == Known::Attached);
            let kept: Vec<u64> = attached.flat_map(|(upload, _)| &upload.attachments).map(|kept| kept.original.id).collect();
            store.now = Timestamp::MAX;
            store.sweep();
            let never_used = model.iter().filter(|(_, known)| *known == Known::Open);
            let mut never_used: Vec<_> = never_used.map(|(upload, _)| upload.token).collect();
            drop(model);
            never_used.sort();
            store.unused.sort();
            prop_assert_eq!(&store.unused, &never_used);
            prop_assert_eq!(store.uploads.by_token.len(), 0);
            prop_assert_eq!(store.attachments.count(), kept.len());
            for id in kept {
                store.attachments.remove(id);
            }
            prop_assert_eq!(store.budget.used(), 0);
        }
    }
}
