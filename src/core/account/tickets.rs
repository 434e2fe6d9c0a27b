//! Tickets and requests: make, change, read, and attach upload tokens on the way.

use std::sync::Arc;

use crate::core::account::settings::AccountSettings;
use crate::core::account::store::Store;
use crate::core::account::{Account, State};
use crate::core::attachments::{Attachment, AttachmentError};
use crate::core::clock::Timestamp;
use crate::core::ids::UploadToken;
use crate::core::paging::{self, Order, Page, Window};
use crate::core::tickets::audit::{Audit, Comment};
use crate::core::tickets::idempotency::{IdempotencyKey, IdempotencyLookup};
use crate::core::tickets::properties::{Property, completed, ensure_few_fields};
use crate::core::tickets::{
    AuditedTicket, NewComment, PreparedComment, Ticket, TicketAction, TicketDraft, TicketError,
    cost_of_change, cost_of_ticket,
};
use crate::core::uploads::Uploads;
use crate::core::users::{Login, Requester};

/// Who sends something.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// Its credentials. Requests may have none.
    pub login: Option<&'a Login>,
    /// Its program.
    pub client: Option<&'a str>,
}

/// A ticket that is to be made.
#[derive(Debug)]
pub struct NewTicket {
    /// What is said. The first comment describes the ticket.
    pub comments: Vec<NewComment>,
    /// What is set.
    pub properties: Vec<Property>,
    /// Whose it is, if not the sender's.
    pub requester: Option<Requester>,
}

/// A change that is to be made.
#[derive(Debug)]
pub struct TicketChange {
    /// What is said.
    pub comment: Option<NewComment>,
    /// What is set.
    pub properties: Vec<Property>,
    /// Whose it is from now on.
    pub requester: Option<Requester>,
}

/// What happened, with the attachments of what was said.
#[derive(Debug)]
pub struct AuditDetail {
    /// The audit.
    pub audit: Arc<Audit>,
    /// The attachments of its comment.
    pub attachments: Vec<Arc<Attachment>>,
}

/// What was said, with its attachments.
#[derive(Debug)]
pub struct CommentDetail {
    /// The comment.
    pub comment: Arc<Comment>,
    /// Its attachments.
    pub attachments: Vec<Arc<Attachment>>,
}

/// A ticket that was made or changed.
#[derive(Debug)]
pub struct TicketChangeResult {
    /// The ticket.
    pub ticket: Arc<Ticket>,
    /// What happened to it.
    pub audit: AuditDetail,
    /// The tokens that were attached.
    pub attached: Vec<UploadToken>,
}

impl Account {
    /// Makes a ticket and attaches its tokens, or does nothing at all.
    ///
    /// # Errors
    /// [`TicketError::DescriptionBlank`], [`TicketError::BadToken`], [`TicketError::RequesterMissing`],
    /// [`TicketError::IdempotencyKeyReused`], [`TicketError::OutOfMemory`].
    pub fn create_ticket(
        &self,
        new: NewTicket,
        sender: Sender<'_>,
        key: Option<IdempotencyKey>,
        settings: &AccountSettings,
    ) -> Result<(TicketChangeResult, Option<IdempotencyLookup>), TicketError> {
        let mut state = self.state();
        let now = state.store.clock.now();
        let State { store, journal, .. } = &mut *state;
        store.sweep_at(now, journal);
        if let Some(key) = &key
            && let Some(made) = state.store.idempotency.find(key, now)?
        {
            return Ok((state.store.change_result(made, Vec::new()), Some(IdempotencyLookup::Hit)));
        }
        let NewTicket { comments, mut properties, requester } = new;
        if comments.first().is_none_or(|first| first.text.is_blank()) {
            return Err(TicketError::DescriptionBlank);
        }
        ensure_few_fields(&[], &properties)?;
        comments.iter().try_for_each(|comment| comment.text.ensure_short())?;
        // All that can be refused is refused before anything changes.
        let on_bad = settings.bad_token_on_ticket;
        let mut tokens = Vec::with_capacity(comments.len());
        for comment in &comments {
            let uploads = &state.store.uploads;
            tokens.push(uploads.attachable(&comment.uploads, &tokens, on_bad, now)?);
        }
        let given = take_requester(&mut properties);
        if sender.login.is_none() && requester.is_none() && given.is_none() {
            return Err(TicketError::RequesterMissing);
        }
        let ticket_cost = cost_of_ticket(&comments, &properties, sender.client);
        let cost = ticket_cost
            + key.as_ref().map_or(0, |key| key.cost(ticket_cost))
            + Uploads::cost_of_attached(tokens.iter().map(Vec::len).sum())
            + state.store.cost_of_people(sender, requester.as_ref());
        state.reserve(cost)?;

        let store = &mut state.store;
        let People { caller, named } = store.people(sender, requester.as_ref(), now);
        let requester_id = named.or(given).or(caller).ok_or(TicketError::RequesterMissing)?;
        let author_id = caller.unwrap_or(requester_id);
        let act = TicketAction { author_id, now, client: sender.client };
        let id = store.tickets.next_id();
        let mut ready =
            comments.into_iter().zip(&tokens).map(|(comment, tokens)| PreparedComment {
                comment,
                attachments: store.uploads.attach(tokens, id, &mut store.attachments),
                client: None,
            });
        let first = ready.next().ok_or(TicketError::DescriptionBlank)?;
        let more = ready.collect();
        let attached = tokens.into_iter().flatten().collect();
        let properties = completed(properties, requester_id);
        let beginning = TicketDraft { first, more, requester_id, properties };
        let made = store.tickets.create(beginning, &act, &mut store.ids);
        let lookup = key.map(|key| {
            store.idempotency.remember(key, made.clone(), now);
            IdempotencyLookup::Miss
        });
        Ok((store.change_result(made, attached), lookup))
    }

    /// Changes a ticket and attaches the tokens of its new comment, or does nothing at all.
    ///
    /// # Errors
    /// [`TicketError::Unknown`], [`TicketError::Closed`], [`TicketError::CommentBlank`],
    /// [`TicketError::BadToken`], [`TicketError::OutOfMemory`].
    pub fn update_ticket(
        &self,
        id: u64,
        change: TicketChange,
        sender: Sender<'_>,
        settings: &AccountSettings,
    ) -> Result<TicketChangeResult, TicketError> {
        let mut state = self.state();
        let now = state.store.clock.now();
        let State { store, journal, .. } = &mut *state;
        store.sweep_at(now, journal);
        let ticket = state.store.tickets.find(id)?;
        ticket.ensure_open()?;
        let TicketChange { comment, mut properties, requester } = change;
        ensure_few_fields(&ticket.custom_fields, &properties)?;
        let mut tokens = Vec::new();
        if let Some(comment) = &comment {
            if comment.text.is_blank() {
                return Err(TicketError::CommentBlank);
            }
            comment.text.ensure_short()?;
            let on_bad = settings.bad_token_on_ticket;
            tokens = state.store.uploads.attachable(&comment.uploads, &[], on_bad, now)?;
        }
        if sender.login.is_none() {
            return Err(TicketError::RequesterMissing);
        }
        let cost = cost_of_change(comment.as_slice(), &properties, sender.client)
            + Uploads::cost_of_attached(tokens.len())
            + state.store.cost_of_people(sender, requester.as_ref());
        state.reserve(cost)?;

        let store = &mut state.store;
        let People { caller, named } = store.people(sender, requester.as_ref(), now);
        let author_id = caller.ok_or(TicketError::RequesterMissing)?;
        if let Some(named) = named {
            take_requester(&mut properties);
            properties.push(Property::Requester(named));
        }
        let act = TicketAction { author_id, now, client: sender.client };
        let comment = comment.map(|comment| PreparedComment {
            comment,
            attachments: store.uploads.attach(&tokens, id, &mut store.attachments),
            client: None,
        });
        let made = store.tickets.update(id, comment, properties, &act, &mut store.ids)?;
        Ok(store.change_result(made, tokens))
    }

    /// The ticket with this id.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn find_ticket(&self, id: u64) -> Result<Arc<Ticket>, TicketError> {
        self.state().store.tickets.find(id).cloned()
    }

    /// The ticket with this id, if its requester sees anything of it.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn find_request(&self, id: u64) -> Result<Arc<Ticket>, TicketError> {
        self.find_ticket(id).and_then(|ticket| {
            if ticket.is_public { Ok(ticket) } else { Err(TicketError::Unknown) }
        })
    }

    /// A page of all tickets.
    #[must_use]
    pub fn list_tickets(&self, order: Order, window: Window) -> Page<Arc<Ticket>> {
        paging::cut(self.state().store.tickets.all(), |ticket| ticket.id, order, window)
    }

    /// Deletes a ticket and the files of its comments.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn delete_ticket(&self, id: u64) -> Result<(), TicketError> {
        let mut state = self.state();
        let store = &mut state.store;
        let ticket = store.tickets.delete(id)?;
        for &attachment in ticket.comments.iter().flat_map(|comment| &comment.attachments) {
            store.attachments.remove(attachment);
        }
        Ok(())
    }

    /// A page of what was said on a ticket.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn list_comments(
        &self,
        ticket: u64,
        only_public: bool,
        order: Order,
        window: Window,
    ) -> Result<Page<CommentDetail>, TicketError> {
        let state = self.state();
        let store = &state.store;
        let all = &store.tickets.find(ticket)?.comments;
        let id = |comment: &Arc<Comment>| comment.id;
        let page = if only_public {
            let public: Vec<_> = all.iter().filter(|comment| comment.public).cloned().collect();
            paging::cut(&public, id, order, window)
        } else {
            paging::cut(all, id, order, window)
        };
        Ok(page.map(|comment| CommentDetail {
            attachments: store.attachments.all_of(&comment.attachments),
            comment,
        }))
    }

    /// A page of what happened to a ticket.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn list_audits(
        &self,
        ticket: u64,
        order: Order,
        window: Window,
    ) -> Result<Page<AuditDetail>, TicketError> {
        let state = self.state();
        let store = &state.store;
        let audits = &store.tickets.find(ticket)?.audits;
        let page = paging::cut(audits, |audit| audit.id, order, window);
        Ok(page.map(|audit| store.audit_detail(audit)))
    }

    /// Empties a file of a comment. Answers what it was until now, as recorded.
    ///
    /// # Errors
    /// [`TicketError::Unknown`], [`TicketError::UnknownComment`], [`TicketError::Attachment`],
    /// [`TicketError::Closed`], [`TicketError::OutOfMemory`].
    pub fn redact_attachment(
        &self,
        ticket: u64,
        comment: u64,
        attachment: u64,
        sender: Sender<'_>,
    ) -> Result<Arc<Attachment>, TicketError> {
        let empty = self.empty_blob()?;
        let mut state = self.state();
        let found = state.store.tickets.find(ticket)?;
        let said = found.comments.iter().find(|said| said.id == comment);
        if !said.ok_or(TicketError::UnknownComment)?.attachments.contains(&attachment) {
            return Err(AttachmentError::Unknown.into());
        }
        found.ensure_open()?;
        if sender.login.is_none() {
            return Err(TicketError::RequesterMissing);
        }
        let cost =
            cost_of_change(&[], &[], sender.client) + state.store.cost_of_people(sender, None);
        state.reserve(cost)?;

        let store = &mut state.store;
        let now = store.clock.now();
        let was = store.attachments.redact(attachment, empty, now)?;
        let author_id =
            store.people(sender, None, now).caller.ok_or(TicketError::RequesterMissing)?;
        let act = TicketAction { author_id, now, client: sender.client };
        store.tickets.note_redaction(ticket, comment, attachment, &act, &mut store.ids)?;
        Ok(was)
    }
}

/// The ids of those who have to do with a ticket.
struct People {
    caller: Option<u64>,
    named: Option<u64>,
}

impl Store {
    /// At least the bytes that [`people`](Self::people) adds.
    fn cost_of_people(&self, sender: Sender<'_>, requester: Option<&Requester>) -> u64 {
        let caller = sender.login.map_or(0, |login| self.users.cost_of_caller(login));
        caller + requester.map_or(0, |requester| self.users.cost_of_requester(requester))
    }

    /// The sender of a request, and the requester that it names.
    fn people(
        &mut self,
        sender: Sender<'_>,
        requester: Option<&Requester>,
        now: Timestamp,
    ) -> People {
        let (users, ids) = (&mut self.users, &mut self.ids);
        let caller = sender.login.map(|login| users.caller(login, now, ids).id);
        let named = requester.map(|named| users.requester(named, now, ids).id);
        People { caller, named }
    }

    fn change_result(&self, made: AuditedTicket, attached: Vec<UploadToken>) -> TicketChangeResult {
        TicketChangeResult { ticket: made.ticket, audit: self.audit_detail(made.audit), attached }
    }

    fn audit_detail(&self, audit: Arc<Audit>) -> AuditDetail {
        let attached = audit.comment().map(|comment| &*comment.attachments).unwrap_or_default();
        AuditDetail { attachments: self.attachments.all_of(attached), audit }
    }
}

/// Takes the requester out of what is to be set.
fn take_requester(properties: &mut Vec<Property>) -> Option<u64> {
    let mut given = None;
    properties.retain(|property| match property {
        Property::Requester(id) => {
            given = Some(*id);
            false
        }
        _ => true,
    });
    given
}
