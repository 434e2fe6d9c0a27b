//! Incremental exports: what changed since a time.

use std::sync::Arc;

use crate::core::account::{Account, AuditDetail};
use crate::core::clock::Timestamp;
use crate::core::tickets::Ticket;

/// A span of whole seconds, its end not included.
#[derive(Debug, Clone, Copy)]
pub struct ExportSpan {
    pub start: i64,
    pub end: i64,
}

impl ExportSpan {
    fn has(self, at: Timestamp) -> bool {
        (self.start..self.end).contains(&at.as_second())
    }
}

/// A ticket in an export.
#[derive(Debug)]
pub struct ExportedTicket {
    pub ticket: Arc<Ticket>,
    /// When it was deleted, if it can be restored.
    pub deleted_at: Option<Timestamp>,
}

impl ExportedTicket {
    /// The second in which it changed last, and its id.
    pub fn place(&self) -> (i64, u64) {
        let changed_at = self.deleted_at.unwrap_or(self.ticket.generated_at);
        (changed_at.as_second(), self.ticket.id)
    }
}

impl Account {
    /// The tickets that last changed in a span, in the order of that and of their ids.
    pub fn export_tickets(&self, span: ExportSpan, with_deleted: bool) -> Vec<ExportedTicket> {
        let state = self.state();
        let store = &state.store;
        let live = store.tickets.all().iter().filter(|ticket| span.has(ticket.generated_at));
        let live =
            live.map(|ticket| ExportedTicket { ticket: Arc::clone(ticket), deleted_at: None });
        let mut tickets: Vec<_> = live.collect();
        if with_deleted {
            let deleted = store.deleted_tickets.all(store.clock.now());
            let deleted = deleted.filter(|(deleted, _)| span.has(deleted.deleted_at));
            tickets.extend(deleted.map(|(deleted, ticket)| ExportedTicket {
                ticket,
                deleted_at: Some(deleted.deleted_at),
            }));
        }
        drop(state);
        tickets.sort_by_key(ExportedTicket::place);
        tickets
    }

    /// Whether a ticket was deleted permanently since the begin of a span.
    pub fn has_permanent_deletion(&self, span: ExportSpan) -> bool {
        let state = self.state();
        let store = &state.store;
        store.deleted_tickets.has_permanent_since(span.start, store.clock.now())
    }

    /// The audits of a span with the attachments of their comments, in order.
    pub fn export_audits(&self, span: ExportSpan) -> Vec<AuditDetail> {
        let state = self.state();
        let all = state.store.tickets.all().iter().flat_map(|ticket| &ticket.audits);
        let audits = all.filter(|audit| span.has(audit.recorded_at)).cloned();
        let mut audits: Vec<_> = audits.map(|audit| state.store.audit_detail(audit)).collect();
        drop(state);
        audits.sort_by_key(|detail| (detail.audit.recorded_at.as_second(), detail.audit.id));
        audits
    }
}
