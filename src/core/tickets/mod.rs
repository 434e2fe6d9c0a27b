//! Tickets, with their comments and audits: as much as attaching tokens and reading them back needs.

pub mod audit;
mod cost;
mod error;
pub mod idempotency;
pub mod properties;

pub use self::cost::{cost_of_change, cost_of_ticket};
pub use self::error::TicketError;
use std::sync::Arc;

use self::audit::{Audit, AuditEvent, AuditEventDetail, Comment, CommentText};
use self::properties::{CustomField, Priority, Property, TicketStatus, TicketType};
use crate::core::clock::Timestamp;
use crate::core::ids::Ids;
use crate::core::uploads::SentToken;

/// A ticket.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its id: 1, 2, 3 in each account.
    pub id: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// What was said first.
    pub description: Arc<CommentText>,
    /// Whether anything was said that its requester sees.
    pub is_public: bool,
    /// What it is called.
    pub subject: Option<String>,
    /// How far it has come.
    pub status: TicketStatus,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// What it is about.
    pub kind: Option<TicketType>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The custom fields that were set.
    pub custom_fields: Vec<CustomField>,
    /// The client's own id.
    pub external_id: Option<String>,
    /// Whose it is.
    pub requester_id: u64,
    /// Who sent it.
    pub submitter_id: u64,
    /// Who works on it.
    pub assignee_id: Option<u64>,
    /// Its group.
    pub group_id: Option<u64>,
    /// Its organization.
    pub organization_id: Option<u64>,
    /// Its brand.
    pub brand_id: Option<u64>,
    /// Its form.
    pub ticket_form_id: Option<u64>,
    /// The problem that it is an incident of.
    pub problem_id: Option<u64>,
    /// When a task is due.
    pub due_at: Option<Timestamp>,
    /// What was said, oldest first.
    pub comments: Vec<Arc<Comment>>,
    /// What happened, oldest first.
    pub audits: Vec<Arc<Audit>>,
}

/// Something that is to be said.
#[derive(Debug)]
pub struct NewComment {
    /// What.
    pub text: Arc<CommentText>,
    /// Whether the requester sees it.
    pub public: bool,
    /// By whom, if not by the caller.
    pub author_id: Option<u64>,
    /// When, if not now. Only imports say so.
    pub created_at: Option<Timestamp>,
    /// The upload tokens to be attached.
    pub uploads: Vec<SentToken>,
}

/// Who changes a ticket, when, and with what.
#[derive(Debug)]
pub struct TicketAction<'a> {
    /// Who.
    pub author_id: u64,
    /// When.
    pub now: Timestamp,
    /// The program.
    pub client: Option<&'a str>,
}

/// A comment whose tokens are attached: it can be added to a ticket.
#[derive(Debug)]
pub struct PreparedComment {
    /// What is to be said.
    pub comment: NewComment,
    /// The ids of its attachments.
    pub attachments: Vec<u64>,
    /// The program that says it, if it is not that of the whole.
    pub client: Option<String>,
}

/// How a ticket begins.
#[derive(Debug)]
pub struct TicketDraft {
    /// What describes it.
    pub first: PreparedComment,
    /// What is said besides.
    pub more: Vec<PreparedComment>,
    /// Whose it is.
    pub requester_id: u64,
    /// What is set.
    pub properties: Vec<Property>,
}

/// A created or changed ticket, and the audit of that change.
#[derive(Debug, Clone)]
pub struct AuditedTicket {
    /// The ticket.
    pub ticket: Arc<Ticket>,
    /// The audit.
    pub audit: Arc<Audit>,
}

impl Ticket {
    /// A ticket with a requester and a description, and nothing else.
    #[must_use]
    pub fn new(requester_id: u64, description: Arc<CommentText>) -> Self {
        Self {
            id: 0,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            description,
            is_public: false,
            subject: None,
            status: TicketStatus::New,
            priority: None,
            kind: None,
            tags: Vec::new(),
            custom_fields: Vec::new(),
            external_id: None,
            requester_id,
            submitter_id: requester_id,
            assignee_id: None,
            group_id: None,
            organization_id: None,
            brand_id: None,
            ticket_form_id: None,
            problem_id: None,
            due_at: None,
            comments: Vec::new(),
            audits: Vec::new(),
        }
    }

    /// Why this ticket cannot be changed, if it cannot.
    ///
    /// # Errors
    /// [`TicketError::Closed`].
    pub fn ensure_open(&self) -> Result<(), TicketError> {
        if self.status == TicketStatus::Closed { Err(TicketError::Closed) } else { Ok(()) }
    }

    /// Adds one audit: what is said, then what is set. Properties that stay as they are are no events,
    /// except in the first audit, which lists them all.
    fn record(
        &mut self,
        comments: Vec<PreparedComment>,
        properties: Vec<Property>,
        act: &TicketAction<'_>,
        ids: &mut Ids,
    ) -> Arc<Audit> {
        let audit_id = ids.id();
        let is_first = self.audits.is_empty();
        let mut events = Vec::new();
        for ready in comments {
            let comment = Arc::new(Comment {
                id: ids.id(),
                audit_id,
                author_id: ready.comment.author_id.unwrap_or(act.author_id),
                text: ready.comment.text,
                public: ready.comment.public,
                attachments: ready.attachments,
                created_at: ready.comment.created_at.unwrap_or(act.now),
                client: ready.client.or_else(|| act.client.map(ToOwned::to_owned)),
            });
            self.is_public |= comment.public;
            self.comments.push(Arc::clone(&comment));
            events.push(AuditEvent { id: comment.id, detail: AuditEventDetail::Comment(comment) });
        }
        for property in properties {
            let (field_name, value) = (property.field_name(), property.audit_value());
            let previous = property.set(self).audit_value();
            let detail = if is_first {
                AuditEventDetail::Create { field_name, value }
            } else if previous == value {
                continue;
            } else {
                AuditEventDetail::Change { field_name, value, previous }
            };
            events.push(AuditEvent { id: ids.id(), detail });
        }
        self.add(audit_id, events, act)
    }

    fn add(&mut self, id: u64, events: Vec<AuditEvent>, act: &TicketAction<'_>) -> Arc<Audit> {
        let audit = Arc::new(Audit {
            id,
            ticket_id: self.id,
            created_at: act.now,
            author_id: act.author_id,
            client: act.client.map(ToOwned::to_owned),
            events,
        });
        self.updated_at = act.now;
        self.audits.push(Arc::clone(&audit));
        audit
    }
}

/// All tickets of one account.
#[derive(Debug, Clone, Default)]
pub struct Tickets {
    /// In the order of their ids.
    all: Vec<Arc<Ticket>>,
    last_id: u64,
    cost: u64,
}

impl Tickets {
    /// The id that the next ticket will have.
    #[must_use]
    pub fn next_id(&self) -> u64 {
        self.last_id + 1
    }

    /// Raises the id that the next ticket will have. `false` is an id that is not free any more.
    pub fn raise_next_id(&mut self, id: u64) -> bool {
        let is_free = id > self.last_id;
        if is_free {
            self.last_id = id - 1;
        }
        is_free
    }

    /// Keeps a ticket with its history. Ids must grow.
    pub fn restore(&mut self, ticket: Ticket) {
        self.last_id = ticket.id;
        self.cost += ticket.cost();
        self.all.push(Arc::new(ticket));
    }

    /// Sets the time of the last change, if there is such a ticket.
    pub fn set_updated_at(&mut self, id: u64, at: Timestamp) {
        if let Ok(place) = self.place(id) {
            Arc::make_mut(&mut self.all[place]).updated_at = at;
        }
    }

    /// Makes a ticket out of what is said and set. The first comment describes it; each other one
    /// gets an audit of its own.
    pub fn create(
        &mut self,
        beginning: TicketDraft,
        act: &TicketAction<'_>,
        ids: &mut Ids,
    ) -> AuditedTicket {
        let TicketDraft { first, more, requester_id, properties } = beginning;
        self.last_id += 1;
        let mut ticket = Ticket {
            id: self.last_id,
            created_at: act.now,
            updated_at: act.now,
            submitter_id: act.author_id,
            ..Ticket::new(requester_id, Arc::clone(&first.comment.text))
        };
        let audit = ticket.record(vec![first], properties, act, ids);
        for comment in more {
            ticket.record(vec![comment], Vec::new(), act, ids);
        }
        self.cost += ticket.cost();
        let ticket = Arc::new(ticket);
        self.all.push(Arc::clone(&ticket));
        AuditedTicket { ticket, audit }
    }

    /// Says something on a ticket, sets properties of it, or both.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn update(
        &mut self,
        id: u64,
        comment: Option<PreparedComment>,
        properties: Vec<Property>,
        act: &TicketAction<'_>,
        ids: &mut Ids,
    ) -> Result<AuditedTicket, TicketError> {
        let comments = comment.into_iter().collect();
        self.change(id, |ticket| ticket.record(comments, properties, act, ids))
    }

    /// Notes that a file of a comment was emptied.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn note_redaction(
        &mut self,
        id: u64,
        comment_id: u64,
        attachment_id: u64,
        act: &TicketAction<'_>,
        ids: &mut Ids,
    ) -> Result<(), TicketError> {
        let audit_id = ids.id();
        let detail = AuditEventDetail::AttachmentRedaction { attachment_id, comment_id };
        let events = vec![AuditEvent { id: ids.id(), detail }];
        self.change(id, |ticket| ticket.add(audit_id, events, act)).map(drop)
    }

    /// The ticket with this id.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn find(&self, id: u64) -> Result<&Arc<Ticket>, TicketError> {
        self.place(id).map(|place| &self.all[place])
    }

    /// Deletes a ticket, and answers what it was.
    ///
    /// # Errors
    /// [`TicketError::Unknown`].
    pub fn delete(&mut self, id: u64) -> Result<Arc<Ticket>, TicketError> {
        let ticket = self.place(id).map(|place| self.all.remove(place))?;
        self.cost -= ticket.cost();
        Ok(ticket)
    }

    /// All tickets, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Arc<Ticket>] {
        &self.all
    }

    /// Bytes that all tickets are charged.
    #[must_use]
    pub fn cost(&self) -> u64 {
        self.cost
    }

    /// The same, counted.
    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        self.all.iter().map(|ticket| ticket.cost()).sum()
    }

    /// Changes a ticket by adding an audit to it.
    fn change(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut Ticket) -> Arc<Audit>,
    ) -> Result<AuditedTicket, TicketError> {
        let place = self.place(id)?;
        let ticket = Arc::make_mut(&mut self.all[place]);
        let (comments, before) = (ticket.comments.len(), ticket.own_cost());
        let audit = change(ticket);
        let comments: u64 = ticket.comments[comments..].iter().map(|comment| comment.cost()).sum();
        self.cost += ticket.own_cost() + comments + audit.cost();
        self.cost -= before;
        Ok(AuditedTicket { ticket: Arc::clone(&self.all[place]), audit })
    }

    fn place(&self, id: u64) -> Result<usize, TicketError> {
        let place = self.all.binary_search_by_key(&id, |ticket| ticket.id);
        place.map_err(|_| TicketError::Unknown)
    }
}
