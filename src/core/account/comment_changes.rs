//! Redactions, and comments that become private.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::account::store::Store;
use crate::core::account::tickets::CommentDetail;
use crate::core::account::{Account, Sender, State};
use crate::core::attachments::{Attachment, AttachmentError};
use crate::core::clock::Timestamp;
use crate::core::ids::FileToken;
use crate::core::tickets::audit::{AuditEventDetail, Comment};
use crate::core::tickets::text::{CommentText, MarkedText};
use crate::core::tickets::{TicketAction, TicketError, TicketPlace, cost_of_events};
use crate::core::users::Login;

/// The files of a comment, by what names them.
#[derive(Debug, Clone, Copy)]
pub enum FileName {
    Id(u64),
    Token(FileToken),
}

/// What is removed from a comment.
#[derive(Debug, Default)]
pub struct Redaction<'a> {
    pub text: Option<TextRedaction<'a>>,
    /// The files that are emptied. Each must be one of the comment's.
    pub files: Vec<FileName>,
    /// Files that are emptied if they are the comment's.
    pub images: Vec<FileToken>,
    /// Whether it changes closed tickets too.
    pub is_for_closed: bool,
}

#[derive(Debug, Clone, Copy)]
pub enum TextRedaction<'a> {
    /// A word or string.
    String(&'a str),
    Marked(&'a MarkedText),
}

/// A comment after a redaction, and its files that were emptied, as they were.
#[derive(Debug)]
pub struct RedactionResult {
    pub comment: CommentDetail,
    pub emptied: Vec<Arc<Attachment>>,
}

/// A change of a comment that nothing can refuse any more.
struct CommentPlan<'a> {
    place: TicketPlace,
    login: &'a Login,
    now: Timestamp,
    text: Option<CommentText>,
    files: Vec<u64>,
}

impl TextRedaction<'_> {
    fn apply(self, text: &CommentText) -> Result<CommentText, TicketError> {
        let (redacted, reason) = match self {
            Self::String(secret) => {
                (text.redact(secret), "send as text a string that is in its body")
            }
            Self::Marked(marked) => {
                let reason = "html_body must have the text of the comment, with marks around parts";
                (text.redact_marked(marked), reason)
            }
        };
        redacted.ok_or(TicketError::NothingToRedact(reason))
    }
}

impl Account {
    /// Removes a text, files or both from a comment, or does nothing at all.
    pub fn redact_comment(
        &self,
        ticket: u64,
        comment: u64,
        redaction: &Redaction<'_>,
        sender: Sender<'_>,
    ) -> Result<RedactionResult, TicketError> {
        let empty = self.empty_blob()?;
        let plan = |State { store, .. }: &mut State| {
            let now = store.clock.now();
            let (place, ticket) = store.tickets.locate(ticket)?;
            let comment = ticket.find_comment(comment)?;
            let files = store.files_to_redact(comment, redaction, now)?;
            if !redaction.is_for_closed {
                ticket.ensure_open()?;
            }
            store.ids.ensure_left()?;
            let login = sender.login.ok_or(TicketError::RequesterMissing)?;
            let text = redaction.text.map(|text| text.apply(&comment.text)).transpose()?;
            let cost = cost_of_events(files.len() + 1, text.as_ref(), sender.client)
                + store.cost_of_people(sender, None);
            Ok::<_, TicketError>((CommentPlan { place, login, now, text, files }, cost))
        };
        let (mut state, CommentPlan { place, login, now, text, files }) = self.reserve(plan)?;

        let store = &mut state.store;
        let text = text.map(Arc::new);
        let redacted =
            text.iter().map(|_| AuditEventDetail::CommentRedaction { comment_id: comment });
        let emptied = files.iter().map(|&attachment_id| AuditEventDetail::AttachmentRedaction {
            attachment_id,
            comment_id: comment,
        });
        let what = redacted.chain(emptied).collect();
        if let Some(text) = &text
            && store.idempotency.has_comment(ticket, comment)
        {
            store.idempotency.replace_text(ticket, comment, text);
        }
        let change = |comment: &mut Comment| {
            comment.text = text.unwrap_or_else(|| Arc::clone(&comment.text))
        };
        let author_id = store.caller(login, now).id;
        let act = TicketAction { author_id, now, recorded_at: None, client: sender.client };
        let comment =
            store.tickets.change_comment(place, comment, change, what, &act, &mut store.ids)?;
        let empty = |id: &u64| store.attachments.redact(*id, empty.clone(), now).ok();
        let emptied = files.iter().filter_map(empty).collect();
        Ok(RedactionResult { comment: store.comment_detail(comment), emptied })
    }

    /// Hides a comment from the requester. Returns whether it was visible.
    pub fn make_comment_private(
        &self,
        ticket: u64,
        comment: u64,
        sender: Sender<'_>,
    ) -> Result<bool, TicketError> {
        let plan = |State { store, .. }: &mut State| {
            let (place, ticket) = store.tickets.locate(ticket)?;
            let is_public = ticket.find_comment(comment)?.public;
            ticket.ensure_open()?;
            store.ids.ensure_left()?;
            let login = sender.login.ok_or(TicketError::RequesterMissing)?;
            let cost = cost_of_events(1, None, sender.client) + store.cost_of_people(sender, None);
            Ok::<_, TicketError>(((place, is_public, login), cost))
        };
        let (mut state, (place, is_public, login)) = self.reserve(plan)?;

        if is_public {
            let store = &mut state.store;
            let now = store.clock.now();
            let author_id = store.caller(login, now).id;
            let act = TicketAction { author_id, now, recorded_at: None, client: sender.client };
            let what = vec![AuditEventDetail::CommentPrivacy { comment_id: comment }];
            let hide = |comment: &mut Comment| comment.public = false;
            store.tickets.change_comment(place, comment, hide, what, &act, &mut store.ids)?;
        }
        Ok(is_public)
    }
}

impl Store {
    /// The ids of the files that a redaction empties.
    fn files_to_redact(
        &self,
        comment: &Comment,
        redaction: &Redaction<'_>,
        now: Timestamp,
    ) -> Result<Vec<u64>, TicketError> {
        let own = |id: u64| {
            let is_own = comment.attachments.contains(&id);
            self.attachments.original(id, now).ok().filter(|_| is_own).map(|_| id)
        };
        let by_token = |token: FileToken| {
            let found = self.attachments.by_token(token, now).ok()?;
            own(found.file().id)
        };
        let mut ids = Vec::new();
        for &name in &redaction.files {
            let (id, missing) = match name {
                FileName::Id(id) => (own(id), AttachmentError::Unknown),
                FileName::Token(token) => (by_token(token), AttachmentError::UnknownContent),
            };
            ids.push(id.ok_or(TicketError::Attachment(missing))?);
        }
        ids.extend(redaction.images.iter().filter_map(|&token| by_token(token)));
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        Ok(ids)
    }

    pub(super) fn comment_detail(&self, comment: Arc<Comment>) -> CommentDetail {
        CommentDetail { attachments: self.attachments.all_of(&comment.attachments), comment }
    }
}
