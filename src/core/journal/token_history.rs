//! Token histories: the events of each token, computed on demand.
//!
//! The journal says what happened to a token. The account's objects say how it stands, and so
//! decide whether it is open, and when it was issued where the journal does not know it.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Place;

use strum::{IntoStaticStr, VariantNames};

use crate::core::clock::Timestamp;
use crate::core::ids::PublishedName;
use crate::core::journal::entry::JournalEntry;
use crate::core::journal::event::{EventKind, JournalEvent, ObjectRef};
use crate::core::tokens::{MissingStep, TokenRef};

/// How a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum TokenStatus {
    /// It can be used.
    Open,
    /// A ticket or request attached it.
    Attached,
    /// Its image has a path.
    Published,
    /// It was deleted unused.
    Deleted,
    /// It expired unused.
    Expired,
}

/// One step of a token history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenStep {
    /// What happened.
    pub kind: EventKind,
    /// When it happened first, on the account's clock.
    pub at: Timestamp,
    /// How often it happened to that object.
    pub times: u64,
    /// When it happened last.
    pub last_at: Timestamp,
    /// The file, ticket or image that it happened to, if not to the token itself.
    pub object: Option<ObjectRef>,
}

/// The history of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenHistory {
    /// The token.
    pub token: TokenRef,
    /// How it stands.
    pub status: TokenStatus,
    /// The step that it waits for, or never got before it expired.
    pub missing: Option<MissingStep>,
    /// When it was issued, unless nothing knows it any more.
    pub issued_at: Option<Timestamp>,
    /// When it expires, or would have, unless nothing knows it any more.
    pub expires_at: Option<Timestamp>,
    /// What happened to it, in order.
    pub steps: Vec<TokenStep>,
    /// The names of its files, if it is the open or expired token of an upload.
    pub file_names: Vec<String>,
    /// The announced content type, if it is the open or expired token of an image.
    pub content_type: Option<String>,
}

impl TokenHistory {
    /// What a client does to take the missing step.
    pub fn hint(&self) -> Option<&'static str> {
        self.missing.map(|step| self.token.hint(step))
    }
}

/// The histories of an account's tokens, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHistories {
    /// The histories, in the order in which the tokens were issued.
    pub tokens: Vec<TokenHistory>,
    /// How many entries of the journal were dropped, and what they say with them.
    pub dropped: u64,
    /// How many tokens expired unused and were dropped.
    pub expired_dropped: u64,
}

/// A token as the account's objects know it.
#[derive(Debug)]
pub struct LiveToken {
    pub status: TokenStatus,
    pub missing: Option<MissingStep>,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// The ids and names of the files of an open upload.
    pub files: Vec<(u64, String)>,
    pub content_type: Option<String>,
}

/// A token that expired unused. No request is there to record that, so the account does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredToken {
    pub token: TokenRef,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub missing: MissingStep,
    /// The names of the files that an upload had.
    pub file_names: Vec<String>,
    /// The announced content type of an object of the bucket.
    pub content_type: Option<String>,
}

impl ExpiredToken {
    /// The memory that its texts take, in bytes.
    pub(super) fn weight_of_texts(&self) -> u64 {
        let names: usize = self.file_names.iter().map(String::len).sum();
        (names + self.content_type.as_ref().map_or(0, String::len)) as u64
    }
}

/// An expired token, and the number of the last entry before it expired.
type Expiry<'a> = (u64, &'a ExpiredToken);

/// Computes the histories of `listed` tokens and of all that the journal names, or only of
/// `listed` ones. `find` returns what the account's objects know of a token.
pub fn histories<'a>(
    entries: impl Iterator<Item = &'a JournalEntry>,
    expired: impl Iterator<Item = Expiry<'a>>,
    listed: impl IntoIterator<Item = TokenRef>,
    only_listed: bool,
    find: impl Fn(TokenRef) -> Option<LiveToken>,
) -> Vec<TokenHistory> {
    let mut drafts = Drafts::new(find);
    for token in listed {
        drafts.open(token);
    }
    drafts.is_closed = only_listed;
    for (after, token) in expired {
        if let Some(draft) = drafts.open(token.token) {
            draft.expiry = Some((after, token));
        }
    }
    for entry in entries {
        for event in &entry.events {
            drafts.apply(event, entry);
        }
    }
    let mut drafts: Vec<_> = drafts.by_token.into_values().collect();
    drafts.sort_by_key(Draft::place);
    drafts.into_iter().filter_map(Draft::finish).collect()
}

struct Drafts<'a, F> {
    by_token: HashMap<TokenRef, Draft<'a>>,
    by_file: HashMap<u64, TokenRef>,
    by_name: HashMap<PublishedName, TokenRef>,
    by_ticket: HashMap<u64, Vec<TokenRef>>,
    /// Whether no other token gets a history.
    is_closed: bool,
    find: F,
}

struct Draft<'a> {
    token: TokenRef,
    /// How many drafts were made before.
    rank: usize,
    live: Option<LiveToken>,
    expiry: Option<Expiry<'a>>,
    /// The number of the entry that issued it, when it did, and when the token expires.
    issued: Option<(u64, Timestamp, Timestamp)>,
    steps: Vec<TokenStep>,
    /// The number of the entry that ended it, and how.
    end: Option<(u64, TokenStatus)>,
}

impl<'a, F: Fn(TokenRef) -> Option<LiveToken>> Drafts<'a, F> {
    fn new(find: F) -> Self {
        Self {
            by_token: HashMap::new(),
            by_file: HashMap::new(),
            by_name: HashMap::new(),
            by_ticket: HashMap::new(),
            is_closed: false,
            find,
        }
    }

    fn open(&mut self, token: TokenRef) -> Option<&mut Draft<'a>> {
        let rank = self.by_token.len();
        match self.by_token.entry(token) {
            Place::Occupied(place) => Some(place.into_mut()),
            Place::Vacant(_) if self.is_closed => None,
            Place::Vacant(place) => {
                let live = (self.find)(token);
                let files = live.iter().flat_map(|live| &live.files);
                self.by_file.extend(files.map(|(id, _)| (*id, token)));
                Some(place.insert(Draft {
                    token,
                    rank,
                    live,
                    expiry: None,
                    issued: None,
                    steps: Vec::new(),
                    end: None,
                }))
            }
        }
    }

    fn apply(&mut self, event: &JournalEvent, entry: &JournalEntry) {
        match event.token {
            Some(token) => self.apply_to(token, event, entry),
            None => {
                for token in self.tokens_of(event) {
                    let draft = self.by_token.get_mut(&token);
                    draft.into_iter().for_each(|draft| draft.add(event, entry.at));
                }
            }
        }
    }

    /// The tokens whose file, ticket or image an event without a token is about.
    fn tokens_of(&self, event: &JournalEvent) -> Vec<TokenRef> {
        use EventKind::{Deleted, Downloaded, Redacted};
        let one = |token: Option<&TokenRef>| token.copied().into_iter().collect();
        match (event.kind, event.object) {
            (
                Downloaded | Deleted | Redacted,
                ObjectRef::Attachment(id) | ObjectRef::Thumbnail { of: id, .. },
            ) => one(self.by_file.get(&id)),
            (Downloaded, ObjectRef::Published(_, name, _)) => one(self.by_name.get(&name)),
            (Deleted, ObjectRef::Ticket(id)) => {
                self.by_ticket.get(&id).cloned().unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    fn apply_to(&mut self, token: TokenRef, event: &JournalEvent, entry: &JournalEntry) {
        let Some(draft) = self.open(token) else { return };
        match event.kind {
            EventKind::Issued => {
                // Names that repeat can issue a token twice. Its latest life counts.
                draft.steps.clear();
                draft.end = None;
                draft.issued = event.expires_at.map(|end| (entry.number, entry.at, end));
            }
            EventKind::Attached => draft.end = Some((entry.number, TokenStatus::Attached)),
            EventKind::Published => draft.end = Some((entry.number, TokenStatus::Published)),
            EventKind::Deleted => draft.end = Some((entry.number, TokenStatus::Deleted)),
            EventKind::Appended | EventKind::Stored => {}
            _ => return,
        }
        draft.add(event, entry.at);
        match event.object {
            ObjectRef::Attachment(id) => drop(self.by_file.insert(id, token)),
            ObjectRef::Published(_, name, _) => drop(self.by_name.insert(name, token)),
            ObjectRef::Ticket(id) => self.by_ticket.entry(id).or_default().push(token),
            _ => {}
        }
    }
}

impl TokenStep {
    fn new(kind: EventKind, at: Timestamp, object: Option<ObjectRef>) -> Self {
        Self { kind, at, times: 1, last_at: at, object }
    }
}

impl Draft<'_> {
    /// Adds a step, or counts one that is repeated.
    fn add(&mut self, event: &JournalEvent, at: Timestamp) {
        let object = Some(event.object).filter(|object| *object != self.token.into());
        let mut steps = self.steps.iter_mut();
        match steps.find(|step| step.kind == event.kind && step.object == object) {
            Some(step) => (step.times, step.last_at) = (step.times + 1, at),
            None => self.steps.push(TokenStep::new(event.kind, at, object)),
        }
    }

    /// Its place in a list: tokens that the journal does not know the issue of are older than it.
    fn place(&self) -> (u64, Option<Timestamp>, Option<u64>, usize) {
        let number = self.issued.map_or(0, |(number, ..)| number);
        let live = self.live.as_ref();
        let first_file = live.and_then(|live| live.files.first()).map(|(id, _)| *id);
        let expired_issue = self.expiry.map(|(_, expired)| expired.issued_at);
        (number, live.map(|live| live.issued_at).or(expired_issue), first_file, self.rank)
    }

    /// The history. A token that is neither open nor was used, deleted or expired was taken by a
    /// restore, and has none.
    fn finish(mut self) -> Option<TokenHistory> {
        let ends_as_issued = |(_, token): &Expiry<'_>| {
            self.issued.is_none_or(|(_, _, expires_at)| expires_at == token.expires_at)
        };
        let expired = self
            .expiry
            .filter(ends_as_issued)
            .filter(|(after, _)| self.end.is_none_or(|(number, _)| number <= *after));
        let (status, missing) = match (&self.live, expired, self.end) {
            (Some(live), ..) => (live.status, live.missing),
            (None, Some((_, token)), _) => (TokenStatus::Expired, Some(token.missing)),
            (None, None, Some((_, status))) => (status, None),
            (None, None, None) => return None,
        };
        let live = self.live.as_ref().map(|live| (live.issued_at, live.expires_at));
        let issued = self.issued.map(|(_, at, expires_at)| (at, expires_at));
        let expiry = expired.map(|(_, token)| (token.issued_at, token.expires_at));
        let (issued_at, expires_at) = live.or(issued).or(expiry).unzip();
        if let (None, Some(at)) = (issued, issued_at) {
            let file = self.live.as_ref().and_then(|live| live.files.first());
            let file = file.map(|(id, _)| ObjectRef::Attachment(*id));
            self.steps.insert(0, TokenStep::new(EventKind::Issued, at, file));
        }
        if let (TokenStatus::Expired, Some(at)) = (status, expires_at) {
            self.steps.push(TokenStep::new(EventKind::Expired, at, None));
        }
        let (file_names, content_type) = match (self.live, expired) {
            (Some(live), _) => {
                (live.files.into_iter().map(|(_, name)| name).collect(), live.content_type)
            }
            (None, Some((_, token))) => (token.file_names.clone(), token.content_type.clone()),
            (None, None) => Default::default(),
        };
        Some(TokenHistory {
            token: self.token,
            status,
            missing,
            issued_at,
            expires_at,
            steps: self.steps,
            file_names,
            content_type,
        })
    }
}
