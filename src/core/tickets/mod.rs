//! Tickets with their comments and audits: what attaching tokens and reading them back needs.

pub mod audit;
mod comment_changes;
pub mod copies;
mod cost;
pub mod dates;
mod error;
pub mod idempotency;
pub mod properties;
pub mod tags;
pub mod text;
mod ticket;
pub mod values;

use std::sync::Arc;

use self::audit::{Audit, AuditEvent, AuditEventDetail, Comment};
pub use self::cost::{
    cost_of_change, cost_of_copies, cost_of_events, cost_of_followup, cost_of_property,
    cost_of_ticket,
};
pub use self::error::TicketError;
use self::properties::Property;
use self::text::CommentText;
pub use self::ticket::{FollowupSource, RequesterReply, Ticket};
use self::values::TicketStatus;
use crate::core::clock::Timestamp;
use crate::core::id::{Id, IdsExhausted};
use crate::core::ids::Ids;
use crate::core::uploads::SentToken;

/// A comment that is to be added, with the upload tokens that it attaches.
#[derive(Debug)]
pub struct NewComment {
    pub text: Arc<CommentText>,
    pub public: bool,
    /// The caller, if missing. In the first comment of a ticket its submitter.
    pub author_id: Option<u64>,
    /// Now, if missing. Only imports have it.
    pub created_at: Option<Timestamp>,
    pub uploads: Vec<SentToken>,
}

/// The author, time and client of a change.
#[derive(Debug, Clone, Copy)]
pub struct TicketAction<'a> {
    pub author_id: u64,
    pub now: Timestamp,
    /// The time on the account's clock, if that is another one: imports have changes of any time.
    pub recorded_at: Option<Timestamp>,
    pub client: Option<&'a str>,
}

/// A comment whose tokens are attached.
#[derive(Debug)]
pub struct PreparedComment {
    pub comment: NewComment,
    pub attachments: Vec<u64>,
    /// Its client, if it is not that of the action.
    pub client: Option<String>,
}

#[derive(Debug)]
pub struct TicketDraft {
    /// The text of the first comment.
    pub description: Arc<CommentText>,
    pub comments: Vec<PreparedComment>,
    pub requester_id: u64,
    /// The author of the first comment too, unless that names another one.
    pub submitter_id: u64,
    pub properties: Vec<Property>,
    pub dates: ImportDates,
    pub followup_source: Option<FollowupSource>,
}

/// The times that an import gives a ticket.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportDates {
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
}

/// A created or changed ticket, and the audit of that change.
#[derive(Debug, Clone)]
pub struct AuditedTicket {
    pub ticket: Arc<Ticket>,
    pub audit: Arc<Audit>,
}

impl Ticket {
    /// Adds one audit: the comment, then the properties. The first audit lists them all, others
    /// those that change.
    fn record(
        &mut self,
        comment: Option<PreparedComment>,
        properties: Vec<Property>,
        act: &TicketAction<'_>,
        ids: &mut Ids,
    ) -> Arc<Audit> {
        let audit_id = ids.id();
        let is_first = self.audits.is_empty();
        let mut events = Vec::new();
        if let Some(comment) = comment {
            events.push(self.add_comment(ids.id(), audit_id, comment, act));
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
        self.solved_at = match self.status {
            TicketStatus::Solved | TicketStatus::Closed => self.solved_at.or(Some(act.now)),
            _ => None,
        };
        self.add_audit(audit_id, events, act)
    }

    /// Adds a comment, and returns its event for the audit that it is part of.
    pub fn add_comment(
        &mut self,
        id: u64,
        audit_id: u64,
        prepared: PreparedComment,
        act: &TicketAction<'_>,
    ) -> AuditEvent {
        let PreparedComment { comment, attachments, client } = prepared;
        let comment = Arc::new(Comment {
            id,
            audit_id,
            author_id: comment.author_id.unwrap_or(act.author_id),
            text: comment.text,
            public: comment.public,
            attachments,
            created_at: comment.created_at.unwrap_or(act.now),
            client: client.or_else(|| act.client.map(ToOwned::to_owned)),
        });
        self.is_public |= comment.public;
        self.comments.push(Arc::clone(&comment));
        AuditEvent { id, detail: AuditEventDetail::Comment(comment) }
    }

    pub fn add_audit(
        &mut self,
        id: u64,
        events: Vec<AuditEvent>,
        act: &TicketAction<'_>,
    ) -> Arc<Audit> {
        let audit = Arc::new(Audit {
            id,
            ticket_id: self.id,
            created_at: act.now,
            recorded_at: act.recorded_at.unwrap_or(act.now),
            author_id: act.author_id,
            client: act.client.map(ToOwned::to_owned),
            events,
        });
        self.updated_at = act.now;
        self.generated_at = audit.recorded_at;
        self.audits.push(Arc::clone(&audit));
        audit
    }
}

/// The place of a ticket, until one is created or deleted.
#[derive(Debug, Clone, Copy)]
pub struct TicketPlace(usize);

#[derive(Debug, Clone, Default)]
pub struct Tickets {
    all: Vec<Arc<Ticket>>,
    last_id: Option<Id>,
    cost: u64,
}

impl Tickets {
    /// The id that the next ticket will have.
    ///
    /// # Errors
    /// The last ticket has the largest id.
    pub fn next_id(&self) -> Result<Id, IdsExhausted> {
        self.last_id.map_or(Some(Id::FIRST), Id::next).ok_or(IdsExhausted)
    }

    /// Raises the id that the next ticket will have. `false` is an id that is not free any more.
    pub fn raise_next_id(&mut self, id: Id) -> bool {
        let is_free = self.last_id.is_none_or(|last| id > last);
        if is_free {
            self.last_id = id.previous();
        }
        is_free
    }

    /// Keeps a ticket with its history. Ids must grow.
    pub fn restore(&mut self, ticket: Ticket) {
        self.last_id = Id::new(ticket.id);
        self.cost += ticket.cost();
        self.all.push(Arc::new(ticket));
    }

    /// Creates a ticket with the [next id](Self::next_id). Each comment but the first gets an audit
    /// of its own.
    pub fn create(
        &mut self,
        id: Id,
        draft: TicketDraft,
        act: &TicketAction<'_>,
        ids: &mut Ids,
    ) -> AuditedTicket {
        let TicketDraft {
            description,
            mut comments,
            requester_id,
            submitter_id,
            properties,
            dates,
            followup_source,
        } = draft;
        if let Some(first) = comments.first_mut() {
            first.comment.author_id.get_or_insert(submitter_id);
        }
        let mut comments = comments.into_iter();
        self.last_id = Some(id);
        let created_at = dates.created_at.unwrap_or(act.now);
        let mut ticket = Ticket {
            id: id.get(),
            created_at,
            submitter_id,
            followup_source,
            ..Ticket::new(requester_id, description)
        };
        // An audit is as old as its comment.
        let dated = |comment: &PreparedComment| comment.comment.created_at.unwrap_or(act.now);
        let first = comments.next();
        let now = first.as_ref().and_then(|first| first.comment.created_at).unwrap_or(created_at);
        let audit = ticket.record(first, properties, &TicketAction { now, ..*act }, ids);
        for comment in comments {
            let now = dated(&comment);
            ticket.record(Some(comment), Vec::new(), &TicketAction { now, ..*act }, ids);
        }
        ticket.updated_at = dates.updated_at.unwrap_or(act.now);
        ticket.generated_at = act.recorded_at.unwrap_or(ticket.updated_at);
        ticket.solved_at = dates.solved_at.or(ticket.solved_at);
        self.cost += ticket.cost();
        if let Some(source) = &ticket.followup_source {
            self.add_followup(source.id, ticket.id);
        }
        let ticket = Arc::new(ticket);
        self.all.push(Arc::clone(&ticket));
        AuditedTicket { ticket, audit }
    }

    /// Links a ticket to one that follows up on it. That does not count as a change of the ticket.
    fn add_followup(&mut self, source: u64, followup: u64) {
        let Ok((TicketPlace(place), _)) = self.locate(source) else { return };
        let ticket = Arc::make_mut(&mut self.all[place]);
        self.cost -= ticket.own_cost();
        ticket.followup_ids.push(followup);
        self.cost += ticket.own_cost();
    }

    /// Adds a comment to a ticket, sets properties of it, or both.
    pub fn update(
        &mut self,
        place: TicketPlace,
        comment: Option<PreparedComment>,
        properties: Vec<Property>,
        act: &TicketAction<'_>,
        ids: &mut Ids,
    ) -> AuditedTicket {
        self.change(place, |ticket| ticket.record(comment, properties, act, ids))
    }

    pub fn find(&self, id: u64) -> Result<&Arc<Ticket>, TicketError> {
        self.locate(id).map(|(_, ticket)| ticket)
    }

    /// The ticket with this id, and its place.
    pub fn locate(&self, id: u64) -> Result<(TicketPlace, &Arc<Ticket>), TicketError> {
        let place = self.all.binary_search_by_key(&id, |ticket| ticket.id);
        place.map(|place| (TicketPlace(place), &self.all[place])).map_err(|_| TicketError::Unknown)
    }

    /// Takes a ticket out.
    pub fn withdraw(&mut self, id: u64) -> Result<Arc<Ticket>, TicketError> {
        let (TicketPlace(place), _) = self.locate(id)?;
        let ticket = self.all.remove(place);
        self.cost -= ticket.cost();
        Ok(ticket)
    }

    /// Puts a ticket back that was taken out. That counts as a change of the ticket.
    pub fn put_back(&mut self, mut ticket: Arc<Ticket>, now: Timestamp) {
        if let Err(place) = self.all.binary_search_by_key(&ticket.id, |other| other.id) {
            let restored = Arc::make_mut(&mut ticket);
            (restored.updated_at, restored.generated_at) = (now, now);
            self.cost += ticket.cost();
            self.all.insert(place, ticket);
        }
    }

    pub fn all(&self) -> &[Arc<Ticket>] {
        &self.all
    }

    pub fn cost(&self) -> u64 {
        self.cost
    }

    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        self.all.iter().map(|ticket| ticket.cost()).sum()
    }

    /// Changes a ticket by adding an audit to it.
    fn change(
        &mut self,
        TicketPlace(place): TicketPlace,
        change: impl FnOnce(&mut Ticket) -> Arc<Audit>,
    ) -> AuditedTicket {
        let ticket = Arc::make_mut(&mut self.all[place]);
        let (comments, before) = (ticket.comments.len(), ticket.own_cost());
        let audit = change(ticket);
        let comments: u64 = ticket.comments[comments..].iter().map(|comment| comment.cost()).sum();
        self.cost += ticket.own_cost() + comments + audit.cost();
        self.cost -= before;
        AuditedTicket { ticket: Arc::clone(&self.all[place]), audit }
    }
}
