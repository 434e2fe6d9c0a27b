//! A ticket with its comments and audits.

use std::sync::Arc;

use crate::core::clock::Timestamp;
use crate::core::tickets::audit::{Audit, Comment, CommentText};
use crate::core::tickets::error::TicketError;
use crate::core::tickets::values::{CustomField, Priority, TicketStatus, TicketType};

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

impl Ticket {
    /// A ticket with a requester and a description, and nothing else.
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
    pub fn ensure_open(&self) -> Result<(), TicketError> {
        if self.status == TicketStatus::Closed { Err(TicketError::Closed) } else { Ok(()) }
    }
}
