//! A ticket with its comments and audits.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::core::clock::Timestamp;
use crate::core::tickets::audit::{Audit, Comment};
use crate::core::tickets::error::TicketError;
use crate::core::tickets::text::CommentText;
use crate::core::tickets::values::{CustomField, Priority, TicketStatus, TicketType};

/// The closed ticket that another one follows up on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowupSource {
    pub id: u64,
    /// Its subject when the other one was made.
    pub subject: Option<String>,
}

/// A comment of the requester.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequesterReply {
    Plain,
    /// It solves the ticket, where the requester can.
    Solving,
}

#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its id: 1, 2, 3 in each account.
    pub id: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When it changed last on the account's clock. Exports go by it: an import can have any
    /// `updated_at`.
    pub generated_at: Timestamp,
    pub description: Arc<CommentText>,
    /// Whether any comment is public.
    pub is_public: bool,
    pub subject: Option<String>,
    pub status: TicketStatus,
    pub priority: Option<Priority>,
    pub kind: Option<TicketType>,
    pub tags: Vec<String>,
    pub custom_fields: Vec<CustomField>,
    pub external_id: Option<String>,
    pub requester_id: u64,
    pub submitter_id: u64,
    pub assignee_id: Option<u64>,
    pub group_id: Option<u64>,
    pub organization_id: Option<u64>,
    pub brand_id: Option<u64>,
    pub ticket_form_id: Option<u64>,
    /// The problem that it is an incident of.
    pub problem_id: Option<u64>,
    /// When a task is due.
    pub due_at: Option<Timestamp>,
    /// When it was solved last, unless it was opened again.
    pub solved_at: Option<Timestamp>,
    /// Users that get copies by e-mail.
    pub email_cc_ids: Vec<u64>,
    pub follower_ids: Vec<u64>,
    pub followup_source: Option<FollowupSource>,
    /// The tickets that follow up on it.
    pub followup_ids: Vec<u64>,
    pub comments: Vec<Arc<Comment>>,
    pub audits: Vec<Arc<Audit>>,
}

impl Ticket {
    pub fn new(requester_id: u64, description: Arc<CommentText>) -> Self {
        Self {
            id: 0,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            generated_at: Timestamp::UNIX_EPOCH,
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
            solved_at: None,
            email_cc_ids: Vec::new(),
            follower_ids: Vec::new(),
            followup_source: None,
            followup_ids: Vec::new(),
            comments: Vec::new(),
            audits: Vec::new(),
        }
    }

    /// The e-mail CCs, and the followers that are none.
    pub fn collaborator_ids(&self) -> Vec<u64> {
        let copied: BTreeSet<_> = self.email_cc_ids.iter().collect();
        let others = self.follower_ids.iter().filter(|id| !copied.contains(id));
        self.email_cc_ids.iter().chain(others).copied().collect()
    }

    /// Whether its requester can solve it: once it has an assignee, as recorded in 2015 and 2018.
    pub fn can_be_solved(&self) -> bool {
        self.assignee_id.is_some() && !self.is_solved()
    }

    /// The status after a comment of the requester. Zendesk documents among its system rules that
    /// one that solves nothing opens a ticket that is pending, on hold or solved.
    pub fn status_after(&self, reply: RequesterReply) -> TicketStatus {
        let solves = reply == RequesterReply::Solving;
        match self.status {
            _ if solves && self.can_be_solved() => TicketStatus::Solved,
            TicketStatus::Solved if solves => TicketStatus::Solved,
            TicketStatus::Pending | TicketStatus::Hold | TicketStatus::Solved => TicketStatus::Open,
            status => status,
        }
    }

    /// Whether it is solved or closed.
    pub fn is_solved(&self) -> bool {
        matches!(self.status, TicketStatus::Solved | TicketStatus::Closed)
    }

    pub fn ensure_open(&self) -> Result<(), TicketError> {
        if self.status == TicketStatus::Closed { Err(TicketError::Closed) } else { Ok(()) }
    }
}
