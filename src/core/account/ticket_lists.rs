//! Tickets, comments and audits that are read.

use std::cmp::Reverse;
use std::sync::Arc;

use strum::{EnumString, IntoStaticStr};

use crate::core::account::tickets::{AuditDetail, CommentDetail};
use crate::core::account::{Account, Store};
use crate::core::clock::Timestamp;
use crate::core::paging::{self, Order, Page, Window};
use crate::core::tickets::audit::Comment;
use crate::core::tickets::{Ticket, TicketError};
use crate::core::users::{Login, Role};

/// Which tickets a list has, and in which order.
#[derive(Debug, Default)]
pub struct TicketFilter {
    pub external_id: Option<String>,
    /// In seconds since 1970.
    pub updated_since: Option<i64>,
    pub sort: TicketSort,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TicketSort {
    #[default]
    Id,
    CreatedAt,
    UpdatedAt,
    Status,
    Subject,
    Assignee,
    Requester,
    Group,
}

impl TicketSort {
    /// The value that tickets are sorted by. A subject has none.
    pub fn key(self, ticket: &Ticket) -> (i64, u64) {
        let number = |id: u64| i64::try_from(id).unwrap_or(i64::MAX);
        let value = match self {
            Self::Id | Self::Subject => 0,
            Self::CreatedAt => ticket.created_at.as_second(),
            Self::UpdatedAt => ticket.updated_at.as_second(),
            Self::Status => ticket.status as i64,
            Self::Assignee => ticket.assignee_id.map_or(-1, number),
            Self::Requester => number(ticket.requester_id),
            Self::Group => ticket.group_id.map_or(-1, number),
        };
        (value, ticket.id)
    }

    pub fn sort(self, tickets: &mut [Arc<Ticket>]) {
        match self {
            Self::Subject => tickets.sort_by(|a, b| a.subject.cmp(&b.subject)),
            sort => tickets.sort_by_key(|ticket| sort.key(ticket)),
        }
    }
}

/// Which comments of a ticket a list has.
#[derive(Debug, Default)]
pub struct CommentFilter {
    pub is_public: bool,
    pub since: Option<Timestamp>,
    /// Whether the author is an agent or an admin, if that counts.
    pub of_agents: Option<bool>,
}

impl CommentFilter {
    fn selects_all(&self) -> bool {
        !self.is_public && self.since.is_none() && self.of_agents.is_none()
    }

    fn selects(&self, comment: &Comment, store: &Store) -> bool {
        let is_of_agent = || {
            let author = store.users.find(comment.author_id);
            author.is_ok_and(|author| author.role != Role::EndUser)
        };
        (comment.public || !self.is_public)
            && self.since.is_none_or(|since| comment.created_at >= since)
            && self.of_agents.is_none_or(|of_agents| of_agents == is_of_agent())
    }
}

/// Which of the requests of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestScope {
    Made,
    /// Made, and neither solved nor closed.
    Open,
    Solved,
    /// Made by others, with copies for the user.
    Copied,
}

impl RequestScope {
    pub(super) fn has(self, ticket: &Ticket, user: u64) -> bool {
        let is_made = ticket.requester_id == user;
        match self {
            Self::Made => is_made,
            Self::Open => is_made && !ticket.is_solved(),
            Self::Solved => is_made && ticket.is_solved(),
            Self::Copied => ticket.email_cc_ids.contains(&user),
        }
    }
}

impl Account {
    pub fn find_ticket(&self, id: u64) -> Result<Arc<Ticket>, TicketError> {
        self.state().store.tickets.find(id).cloned()
    }

    /// The tickets among these that exist.
    pub fn find_tickets(&self, ids: &[u64]) -> Vec<Arc<Ticket>> {
        let tickets = &self.state().store.tickets;
        ids.iter().filter_map(|id| tickets.find(*id).ok().cloned()).collect()
    }

    /// The ticket with this id, if it has a public comment and the client may see it.
    pub fn find_request(&self, id: u64, by: Option<&Login>) -> Result<Arc<Ticket>, TicketError> {
        let state = self.state();
        let Store { tickets, users, .. } = &state.store;
        let ticket = tickets.find(id)?;
        if !ticket.is_public {
            return Err(TicketError::Unknown);
        }
        if users.may_see(by, ticket) { Ok(Arc::clone(ticket)) } else { Err(TicketError::NotShown) }
    }

    pub fn list_tickets(
        &self,
        filter: &TicketFilter,
        order: Order,
        window: Window<(i64, u64)>,
    ) -> Page<Arc<Ticket>> {
        let TicketFilter { external_id, updated_since, sort } = filter;
        let state = self.state();
        let all = state.store.tickets.all();
        let key = |ticket: &Arc<Ticket>| sort.key(ticket);
        if external_id.is_none() && updated_since.is_none() && *sort == TicketSort::Id {
            return paging::cut(all, key, order, window);
        }
        let is_listed = |ticket: &&Arc<Ticket>| {
            external_id.as_ref().is_none_or(|id| ticket.external_id.as_ref() == Some(id))
                && updated_since.is_none_or(|since| ticket.updated_at.as_second() >= since)
        };
        let mut tickets: Vec<_> = all.iter().filter(is_listed).cloned().collect();
        drop(state);
        sort.sort(&mut tickets);
        paging::cut(&tickets, key, order, window)
    }

    /// How many tickets there are.
    pub fn count_tickets(&self) -> usize {
        self.state().store.tickets.all().len()
    }

    /// The tickets that a user created or changed last, the latest first.
    pub fn recent_tickets(&self, user: u64, most: usize) -> Vec<Arc<Ticket>> {
        let state = self.state();
        let latest = |ticket: &Arc<Ticket>| {
            let own = ticket.audits.iter().rev().find(|audit| audit.author_id == user);
            own.map(|audit| (Reverse(audit.created_at), Reverse(audit.id), Arc::clone(ticket)))
        };
        let mut tickets: Vec<_> = state.store.tickets.all().iter().filter_map(latest).collect();
        drop(state);
        tickets.sort_by_key(|(at, id, _)| (*at, *id));
        tickets.into_iter().take(most).map(|(_, _, ticket)| ticket).collect()
    }

    /// The requests of a user that the client may see: tickets that it made or gets copies of.
    pub fn list_requests(
        &self,
        user: u64,
        scope: RequestScope,
        by: Option<&Login>,
        sort: TicketSort,
        order: Order,
        window: Window<(i64, u64)>,
    ) -> Page<Arc<Ticket>> {
        let state = self.state();
        let Store { tickets, users, .. } = &state.store;
        let is_listed = |ticket: &&Arc<Ticket>| {
            ticket.is_public && scope.has(ticket, user) && users.may_see(by, ticket)
        };
        let mut tickets: Vec<_> = tickets.all().iter().filter(is_listed).cloned().collect();
        drop(state);
        tickets.sort_by_key(|ticket| sort.key(ticket));
        paging::cut(&tickets, |ticket| sort.key(ticket), order, window)
    }

    pub fn list_comments(
        &self,
        ticket: u64,
        filter: &CommentFilter,
        order: Order,
        window: Window,
    ) -> Result<Page<CommentDetail>, TicketError> {
        let state = self.state();
        let store = &state.store;
        let all = &store.tickets.find(ticket)?.comments;
        let id = |comment: &Arc<Comment>| comment.id;
        let page = if filter.selects_all() {
            paging::cut(all, id, order, window)
        } else {
            let selects = |comment: &&Arc<Comment>| filter.selects(comment, store);
            let selected: Vec<_> = all.iter().filter(selects).cloned().collect();
            paging::cut(&selected, id, order, window)
        };
        Ok(page.map(|comment| store.comment_detail(comment)))
    }

    /// The comment of a request that its requester sees.
    pub fn find_public_comment(
        &self,
        ticket: u64,
        comment: u64,
    ) -> Result<CommentDetail, TicketError> {
        let state = self.state();
        let comment = state.store.tickets.find(ticket)?.find_comment(comment)?;
        if !comment.public {
            return Err(TicketError::UnknownComment);
        }
        Ok(state.store.comment_detail(Arc::clone(comment)))
    }

    pub fn find_audit(&self, ticket: u64, audit: u64) -> Result<AuditDetail, TicketError> {
        let state = self.state();
        let audits = &state.store.tickets.find(ticket)?.audits;
        let audit = audits.iter().find(|found| found.id == audit);
        let audit = audit.ok_or(TicketError::UnknownAudit)?;
        Ok(state.store.audit_detail(Arc::clone(audit)))
    }

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
}
