//! Tickets and requests: make, change, read, and attach upload tokens on the way.

use std::sync::Arc;

use crate::core::Error;
use crate::core::account::store::Store;
use crate::core::account::{Account, State};
use crate::core::attachments::Attachment;
use crate::core::blobs::OBJECT_OVERHEAD;
use crate::core::clock::Timestamp;
use crate::core::paging::{self, Order, Page, Window};
use crate::core::tickets::audit::{Audit, Comment, Text};
use crate::core::tickets::idempotency::{Key, Lookup};
use crate::core::tickets::properties::{Property, completed, ensure_few_fields};
use crate::core::tickets::{Act, Beginning, Made, NewComment, ReadyComment, Ticket};
use crate::core::uploads::{Attachable, BadToken};
use crate::core::users::{Login, Requester};

/// What keeping an attached token, an idempotency key or an audit is charged besides the texts of its
/// properties, in bytes. It covers the longest key, twice, and the longest name of a program.
pub(super) const NOTE: u64 = 2 * 1024;

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
pub struct Happened {
    /// The audit.
    pub audit: Arc<Audit>,
    /// The attachments of its comment.
    pub attachments: Vec<Arc<Attachment>>,
}

/// What was said, with its attachments.
#[derive(Debug)]
pub struct Said {
    /// The comment.
    pub comment: Arc<Comment>,
    /// Its attachments.
    pub attachments: Vec<Arc<Attachment>>,
}

/// A ticket that was made or changed.
#[derive(Debug)]
pub struct Done {
    /// The ticket.
    pub ticket: Arc<Ticket>,
    /// What happened to it.
    pub happened: Happened,
}

impl Account {
    /// Makes a ticket and attaches its tokens, or does nothing at all.
    ///
    /// # Errors
    /// [`Error::DescriptionBlank`], [`Error::BadToken`], [`Error::RequesterMissing`],
    /// [`Error::IdempotencyKeyReused`], [`Error::OutOfMemory`].
    pub fn create_ticket(
        &self,
        new: NewTicket,
        sender: Sender<'_>,
        key: Option<Key>,
    ) -> Result<(Done, Option<Lookup>), Error> {
        let mut guard = self.state();
        let State { store, settings, .. } = &mut *guard;
        let on_bad = settings.bad_token_on_ticket;
        let now = store.clock.now();
        store.sweep_at(now);
        if let Some(key) = &key
            && let Some(made) = store.idempotency.find(key, now)?
        {
            return Ok((store.done(made), Some(Lookup::Hit)));
        }
        let NewTicket { comments, mut properties, requester } = new;
        if comments.first().is_none_or(|first| first.text.is_blank()) {
            return Err(Error::DescriptionBlank);
        }
        ensure_few_fields(&[], &properties)?;
        comments.iter().try_for_each(|comment| comment.text.ensure_short())?;
        // All that can be refused is refused before anything is done.
        let mut attachable = Vec::with_capacity(comments.len());
        for comment in &comments {
            attachable.push(self.attachable(store, &comment.uploads, &attachable, on_bad, now)?);
        }
        let charges = comments
            .iter()
            .map(|comment| self.charge(weight(&comment.text)))
            .collect::<Result<Vec<_>, _>>()?;
        let audit_charges =
            comments.iter().map(|_| self.charge(NOTE)).collect::<Result<Vec<_>, _>>()?;
        let weight = NOTE + properties.iter().map(Property::weight).sum::<u64>();
        let charge = self.charge(weight)?;
        // Under a key the ticket is kept as it was, whatever becomes of it.
        let key = match key {
            Some(key) => Some((self.charge(NOTE + weight)?, key)),
            None => None,
        };
        let is_anonymous = sender.login.is_none();
        let given = take_requester(&mut properties);
        if is_anonymous && requester.is_none() && given.is_none() {
            return Err(Error::RequesterMissing);
        }
        let People { caller, named } = self.people(store, sender, requester.as_ref(), now)?;
        let requester_id = named.or(given).or(caller).ok_or(Error::RequesterMissing)?;
        let author_id = caller.unwrap_or(requester_id);
        let act = Act { author_id, now, client: sender.client };

        let ticket_id = store.tickets.next_id();
        let mut ready = Vec::with_capacity(comments.len());
        for ((comment, attachable), charge) in comments.into_iter().zip(attachable).zip(charges) {
            store.chains.attached(attachable.tokens(), ticket_id, now);
            let attachments = store.uploads.attach(attachable, ticket_id, &mut store.attachments);
            ready.push(ReadyComment { comment, attachments, client: None, charge });
        }
        let mut ready = ready.into_iter();
        let Some(first) = ready.next() else {
            return Err(Error::DescriptionBlank);
        };
        let more = ready.zip(audit_charges).collect();
        let properties = completed(properties, requester_id);
        let beginning = Beginning { first, more, requester_id, properties, charge };
        let made = store.tickets.create(beginning, &act, &mut store.ids);
        let lookup = key.map(|(charge, key)| {
            store.idempotency.remember(key, made.clone(), charge, now);
            Lookup::Miss
        });
        Ok((store.done(made), lookup))
    }

    /// Changes a ticket and attaches the tokens of its new comment, or does nothing at all.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`], [`Error::TicketClosed`], [`Error::CommentBlank`],
    /// [`Error::BadToken`], [`Error::OutOfMemory`].
    pub fn update_ticket(
        &self,
        id: u64,
        change: TicketChange,
        sender: Sender<'_>,
    ) -> Result<Done, Error> {
        let mut guard = self.state();
        let State { store, settings, .. } = &mut *guard;
        let on_bad = settings.bad_token_on_ticket;
        let now = store.clock.now();
        store.sweep_at(now);
        let ticket = store.tickets.find(id)?;
        ticket.ensure_open()?;
        let TicketChange { comment, mut properties, requester } = change;
        ensure_few_fields(&ticket.custom_fields, &properties)?;
        let ready = match comment {
            Some(comment) if comment.text.is_blank() => return Err(Error::CommentBlank),
            Some(comment) => {
                comment.text.ensure_short()?;
                let attachable = self.attachable(store, &comment.uploads, &[], on_bad, now)?;
                let charge = self.charge(weight(&comment.text))?;
                Some((comment, attachable, charge))
            }
            None => None,
        };
        let charge = self.charge(NOTE + properties.iter().map(Property::weight).sum::<u64>())?;
        let People { caller, named } = self.people(store, sender, requester.as_ref(), now)?;
        let author_id = caller.ok_or(Error::RequesterMissing)?;
        if let Some(named) = named {
            take_requester(&mut properties);
            properties.push(Property::Requester(named));
        }
        let act = Act { author_id, now, client: sender.client };
        let comment = ready.map(|(comment, attachable, charge)| {
            store.chains.attached(attachable.tokens(), id, now);
            let attachments = store.uploads.attach(attachable, id, &mut store.attachments);
            ReadyComment { comment, attachments, client: None, charge }
        });
        let made = store.tickets.update(id, comment, properties, &act, charge, &mut store.ids)?;
        Ok(store.done(made))
    }

    /// The ticket with this id.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`].
    pub fn find_ticket(&self, id: u64) -> Result<Arc<Ticket>, Error> {
        self.state().store.tickets.find(id).cloned()
    }

    /// The ticket with this id, if its requester sees anything of it.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`].
    pub fn find_request(&self, id: u64) -> Result<Arc<Ticket>, Error> {
        self.find_ticket(id).and_then(|ticket| {
            if ticket.is_public { Ok(ticket) } else { Err(Error::UnknownTicket) }
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
    /// [`Error::UnknownTicket`].
    pub fn delete_ticket(&self, id: u64) -> Result<(), Error> {
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        let ticket = store.tickets.delete(id)?;
        for &attachment in ticket.comments.iter().flat_map(|comment| &comment.attachments) {
            store.attachments.remove(attachment);
            store.chains.file_deleted(attachment, now);
        }
        Ok(())
    }

    /// A page of what was said on a ticket.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`].
    pub fn list_comments(
        &self,
        ticket: u64,
        only_public: bool,
        order: Order,
        window: Window,
    ) -> Result<Page<Said>, Error> {
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
        Ok(page.map(|comment| Said {
            attachments: store.attachments.all_of(&comment.attachments),
            comment,
        }))
    }

    /// A page of what happened to a ticket.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`].
    pub fn list_audits(
        &self,
        ticket: u64,
        order: Order,
        window: Window,
    ) -> Result<Page<Happened>, Error> {
        let state = self.state();
        let store = &state.store;
        let audits = &store.tickets.find(ticket)?.audits;
        let page = paging::cut(audits, |audit| audit.id, order, window);
        Ok(page.map(|audit| store.happened(audit)))
    }

    /// Empties a file of a comment. Answers what it was until now, as recorded.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`], [`Error::UnknownComment`], [`Error::UnknownAttachment`],
    /// [`Error::TicketClosed`], [`Error::OutOfMemory`].
    pub fn redact_attachment(
        &self,
        ticket: u64,
        comment: u64,
        attachment: u64,
        sender: Sender<'_>,
    ) -> Result<Arc<Attachment>, Error> {
        let (empty, charge) = (self.empty_blob()?, self.charge(NOTE)?);
        let mut state = self.state();
        let store = &mut state.store;
        let now = store.clock.now();
        let found = store.tickets.find(ticket)?;
        let said = found.comments.iter().find(|said| said.id == comment);
        if !said.ok_or(Error::UnknownComment)?.attachments.contains(&attachment) {
            return Err(Error::UnknownAttachment);
        }
        found.ensure_open()?;
        let author_id =
            self.people(store, sender, None, now)?.caller.ok_or(Error::RequesterMissing)?;
        let was = store.attachments.redact(attachment, empty, now)?;
        let act = Act { author_id, now, client: sender.client };
        let ids = &mut store.ids;
        store.tickets.note_redaction(ticket, comment, attachment, &act, charge, ids)?;
        Ok(was)
    }

    /// Which of the tokens of a comment can be attached, after those of the comments `before` it.
    fn attachable(
        &self,
        store: &Store,
        tokens: &[String],
        before: &[Attachable],
        on_bad: BadToken,
        now: Timestamp,
    ) -> Result<Attachable, Error> {
        store.uploads.attachable(tokens, before, on_bad, now, || self.charge(NOTE))
    }

    /// Who sends something, and whom it names as its requester: both or, for want of memory, neither.
    fn people(
        &self,
        store: &mut Store,
        sender: Sender<'_>,
        requester: Option<&Requester>,
        now: Timestamp,
    ) -> Result<People, Error> {
        let users = &store.users;
        let charge = |cost: Option<u64>| self.charge(cost.unwrap_or(0));
        let for_caller = charge(sender.login.map(|login| users.cost_of_caller(login)))?;
        let for_requester = charge(requester.map(|named| users.cost_of_requester(named)))?;
        let (users, ids) = (&mut store.users, &mut store.ids);
        let caller = sender.login.map(|login| users.caller(login, for_caller, now, ids).id);
        let named = requester.map(|named| users.requester(named, for_requester, now, ids).id);
        Ok(People { caller, named })
    }
}

/// The ids of those who have to do with a ticket.
struct People {
    caller: Option<u64>,
    named: Option<u64>,
}

impl Store {
    fn done(&self, made: Made) -> Done {
        Done { ticket: made.ticket, happened: self.happened(made.audit) }
    }

    fn happened(&self, audit: Arc<Audit>) -> Happened {
        let attached = audit.comment().map(|comment| &*comment.attachments).unwrap_or_default();
        Happened { attachments: self.attachments.all_of(attached), audit }
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

/// What a comment is charged: an object, its text here and in the ticket, and the program's name.
pub(super) fn weight(text: &Text) -> u64 {
    let bytes = text.as_written().len() as u64;
    OBJECT_OVERHEAD + 2 * bytes
}
