//! When a ticket was changed, as its audits say.

use crate::core::clock::Timestamp;
use crate::core::tickets::audit::AuditEventDetail;
use crate::core::tickets::ticket::Ticket;
use crate::core::tickets::values::AuditValue;

/// The documented dates of a ticket's metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketDates {
    /// When its assignee changed it last, or commented.
    pub assignee_updated_at: Option<Timestamp>,
    /// When its requester changed it last, or commented. A new ticket has the time at which it was
    /// made, as seen in 2019.
    pub requester_updated_at: Timestamp,
    /// When its status was set last.
    pub status_updated_at: Timestamp,
    /// When it got its first assignee.
    pub initially_assigned_at: Option<Timestamp>,
    /// When it got an assignee last.
    pub assigned_at: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
    pub latest_comment_added_at: Option<Timestamp>,
}

impl Ticket {
    pub fn dates(&self) -> TicketDates {
        let mut dates = TicketDates {
            assignee_updated_at: None,
            requester_updated_at: self.created_at,
            status_updated_at: self.created_at,
            initially_assigned_at: None,
            assigned_at: None,
            solved_at: self.solved_at,
            latest_comment_added_at: self.comments.last().map(|comment| comment.created_at),
        };
        let (mut requester, mut assignee) = (Some(self.requester_id), None);
        for audit in &self.audits {
            let at = audit.created_at;
            for event in &audit.events {
                let (AuditEventDetail::Create { field_name, value }
                | AuditEventDetail::Change { field_name, value, .. }) = &event.detail
                else {
                    continue;
                };
                match field_name.as_str() {
                    "status" => dates.status_updated_at = at,
                    "requester_id" => requester = parse_id(value),
                    "assignee_id" => {
                        assignee = parse_id(value);
                        if assignee.is_some() {
                            dates.initially_assigned_at.get_or_insert(at);
                            dates.assigned_at = Some(at);
                        }
                    }
                    _ => {}
                }
            }
            if requester == Some(audit.author_id) {
                dates.requester_updated_at = at;
            }
            if assignee == Some(audit.author_id) {
                dates.assignee_updated_at = Some(at);
            }
        }
        dates
    }
}

fn parse_id(value: &AuditValue) -> Option<u64> {
    match value {
        AuditValue::Text(id) => id.parse().ok(),
        AuditValue::Nothing | AuditValue::List(_) => None,
    }
}
