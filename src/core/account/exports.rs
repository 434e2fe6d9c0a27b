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

impl Account {
    /// The tickets that last changed in a span, in the order of that and of their ids.
    pub fn export_tickets(&self, span: ExportSpan) -> Vec<Arc<Ticket>> {
        let state = self.state();
        let all = state.store.tickets.all().iter();
        let mut tickets: Vec<_> =
            all.filter(|ticket| span.has(ticket.updated_at)).cloned().collect();
        drop(state);
        tickets.sort_by_key(|ticket| (ticket.updated_at.as_second(), ticket.id));
        tickets
    }

    /// The audits of a span with the attachments of their comments, in order.
    pub fn export_audits(&self, span: ExportSpan) -> Vec<AuditDetail> {
        let state = self.state();
        let all = state.store.tickets.all().iter().flat_map(|ticket| &ticket.audits);
        let audits = all.filter(|audit| span.has(audit.created_at)).cloned();
        let mut audits: Vec<_> = audits.map(|audit| state.store.audit_detail(audit)).collect();
        drop(state);
        audits.sort_by_key(|detail| (detail.audit.created_at.as_second(), detail.audit.id));
        audits
    }
}
