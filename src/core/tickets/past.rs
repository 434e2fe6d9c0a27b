//! Tickets that bring their history with them, as another server told it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::core::clock::Timestamp;
use crate::core::tickets::audit::{Audit, Comment, Event, Text, What};
use crate::core::tickets::properties::Property;
use crate::core::tickets::{Ticket, Tickets};

/// A ticket and all that happened to it.
#[derive(Debug)]
pub struct PastTicket {
    /// Its id.
    pub id: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Whose it is.
    pub requester_id: u64,
    /// Who sent it.
    pub submitter_id: u64,
    /// What is set.
    pub properties: Vec<Property>,
    /// What was said, oldest first. The first describes it.
    pub comments: Vec<PastComment>,
    /// What happened, oldest first.
    pub audits: Vec<PastAudit>,
}

/// What was said.
#[derive(Debug)]
pub struct PastComment {
    /// Its id.
    pub id: u64,
    /// Who said it.
    pub author_id: u64,
    /// What was said.
    pub text: Arc<Text>,
    /// Whether the requester sees it.
    pub public: bool,
    /// The ids of its attachments.
    pub attachments: Vec<u64>,
    /// When it was said.
    pub created_at: Timestamp,
    /// The program that said it.
    pub client: Option<String>,
}

/// One change.
#[derive(Debug)]
pub struct PastAudit {
    /// Its id.
    pub id: u64,
    /// When it happened.
    pub created_at: Timestamp,
    /// Who did it.
    pub author_id: u64,
    /// The program that did it.
    pub client: Option<String>,
    /// What happened.
    pub events: Vec<PastEvent>,
}

/// One thing that happened.
#[derive(Debug)]
pub enum PastEvent {
    /// The comment with this id.
    Said(u64),
    /// Anything else.
    Happened(Event),
}

impl PastEvent {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> u64 {
        match self {
            Self::Said(id) => *id,
            Self::Happened(event) => event.id,
        }
    }
}

/// A history that does not hold together: each comment is told by one audit, and the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incoherent;

impl Tickets {
    /// Makes the id of the next ticket this one. Answers whether it is larger than those before.
    pub fn next_has(&mut self, id: u64) -> bool {
        let grows = id > self.last_id;
        if grows {
            self.last_id = id - 1;
        }
        grows
    }

    /// Keeps a ticket with its history. Its id must be larger than those before.
    ///
    /// # Errors
    /// [`Incoherent`].
    pub fn put(&mut self, past: PastTicket) -> Result<(), Incoherent> {
        let PastTicket { id: ticket_id, properties, comments, audits, .. } = past;
        let audit_of = told_by(&audits)?;
        let comments = comments.into_iter().map(|comment| restored(comment, &audit_of));
        let comments = comments.collect::<Option<Vec<_>>>().ok_or(Incoherent)?;
        let first = comments.first().ok_or(Incoherent)?;
        if comments.len() != audit_of.len() {
            return Err(Incoherent);
        }
        let mut ticket = Ticket {
            id: ticket_id,
            created_at: past.created_at,
            updated_at: past.updated_at,
            is_public: comments.iter().any(|comment| comment.public),
            submitter_id: past.submitter_id,
            ..Ticket::blank(past.requester_id, Arc::clone(&first.text))
        };
        let by_id: HashMap<u64, &Arc<Comment>> =
            comments.iter().map(|comment| (comment.id, comment)).collect();
        let event = |event| match event {
            PastEvent::Happened(event) => Some(event),
            PastEvent::Said(id) => {
                let comment = Arc::clone(by_id.get(&id)?);
                Some(Event { id, what: What::Comment(comment) })
            }
        };
        for audit in audits {
            let PastAudit { id, created_at, author_id, client, events } = audit;
            let events: Option<_> = events.into_iter().map(event).collect();
            let events = events.ok_or(Incoherent)?;
            let audit = Audit { id, ticket_id, created_at, author_id, client, events };
            ticket.audits.push(Arc::new(audit));
        }
        ticket.comments = comments;
        for property in properties {
            property.set(&mut ticket);
        }
        self.last_id = ticket_id;
        self.cost += ticket.cost();
        self.all.push(Arc::new(ticket));
        Ok(())
    }

    /// Says when a ticket was changed last.
    pub fn set_updated(&mut self, id: u64, at: Timestamp) {
        if let Ok(place) = self.place(id) {
            Arc::make_mut(&mut self.all[place]).updated_at = at;
        }
    }
}

/// Which audit tells of which comment.
fn told_by(audits: &[PastAudit]) -> Result<HashMap<u64, u64>, Incoherent> {
    let mut audit_of = HashMap::new();
    for audit in audits {
        for event in &audit.events {
            if let PastEvent::Said(comment) = event
                && audit_of.insert(*comment, audit.id).is_some()
            {
                return Err(Incoherent);
            }
        }
    }
    Ok(audit_of)
}

fn restored(comment: PastComment, audit_of: &HashMap<u64, u64>) -> Option<Arc<Comment>> {
    let PastComment { id, author_id, text, public, attachments, created_at, client } = comment;
    let audit_id = *audit_of.get(&id)?;
    Some(Arc::new(Comment {
        id,
        audit_id,
        author_id,
        text,
        public,
        attachments,
        created_at,
        client,
    }))
}
