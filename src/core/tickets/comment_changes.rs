//! What changes of a comment that is there: a redaction, or its privacy.

use std::sync::Arc;

use crate::core::ids::Ids;
use crate::core::tickets::audit::{AuditEvent, AuditEventDetail, Comment};
use crate::core::tickets::{Ticket, TicketAction, TicketError, TicketPlace, Tickets};

impl Ticket {
    pub fn find_comment(&self, id: u64) -> Result<&Arc<Comment>, TicketError> {
        let comment = self.comments.iter().find(|comment| comment.id == id);
        comment.ok_or(TicketError::UnknownComment)
    }

    /// Changes a comment wherever the ticket has it, and returns it.
    pub(super) fn change_comment(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut Comment),
    ) -> Result<Arc<Comment>, TicketError> {
        let place = self.comments.iter().position(|comment| comment.id == id);
        let place = place.ok_or(TicketError::UnknownComment)?;
        let mut changed = Comment::clone(&self.comments[place]);
        change(&mut changed);
        let changed = Arc::new(changed);
        if let Some(audit) = self.audits.iter_mut().find(|audit| audit.id == changed.audit_id) {
            let is_comment = |event: &&mut AuditEvent| event.id == id;
            if let Some(event) = Arc::make_mut(audit).events.iter_mut().find(is_comment) {
                event.detail = AuditEventDetail::Comment(Arc::clone(&changed));
            }
        }
        if place == 0 {
            self.description = Arc::clone(&changed.text);
        }
        self.comments[place] = Arc::clone(&changed);
        self.is_public = self.comments.iter().any(|comment| comment.public);
        Ok(changed)
    }
}

impl Tickets {
    /// Changes a comment, and adds an audit of that.
    pub fn change_comment(
        &mut self,
        TicketPlace(place): TicketPlace,
        id: u64,
        change: impl FnOnce(&mut Comment),
        what: Vec<AuditEventDetail>,
        act: &TicketAction<'_>,
        ids: &mut Ids,
    ) -> Result<Arc<Comment>, TicketError> {
        let ticket = Arc::make_mut(&mut self.all[place]);
        let before = ticket.find_comment(id)?.cost();
        let changed = ticket.change_comment(id, change)?;
        self.cost = self.cost - before + changed.cost();
        let audit_id = ids.id();
        let events = what.into_iter().map(|detail| AuditEvent { id: ids.id(), detail }).collect();
        self.change(TicketPlace(place), |ticket| ticket.add_audit(audit_id, events, act));
        Ok(changed)
    }
}
