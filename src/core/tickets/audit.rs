//! The audits of a ticket, one for each change, and its comments.

use std::sync::Arc;

use crate::core::clock::Timestamp;
use crate::core::tickets::text::CommentText;
use crate::core::tickets::values::AuditValue;

/// A comment with its attachments. Only a redaction changes its text, and only `make_private` its
/// privacy.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Its id, which is that of its event in the audit.
    pub id: u64,
    pub audit_id: u64,
    pub author_id: u64,
    pub text: Arc<CommentText>,
    pub public: bool,
    /// The ids of its attachments, in the order of their tokens and of their arrival.
    pub attachments: Vec<u64>,
    pub created_at: Timestamp,
    pub client: Option<String>,
}

/// One change of a ticket.
#[derive(Debug, Clone)]
pub struct Audit {
    pub id: u64,
    pub ticket_id: u64,
    pub created_at: Timestamp,
    /// When the account got it, which exports go by. An audit of an import is older or newer.
    pub recorded_at: Timestamp,
    pub author_id: u64,
    pub client: Option<String>,
    /// What happened. A comment comes first.
    pub events: Vec<AuditEvent>,
}

#[derive(Debug, Clone)]
pub struct AuditEvent {
    pub id: u64,
    pub detail: AuditEventDetail,
}

#[derive(Debug, Clone)]
pub enum AuditEventDetail {
    Comment(Arc<Comment>),
    /// A property was set when the ticket was made.
    Create {
        field_name: String,
        value: AuditValue,
    },
    /// A property was set later.
    Change {
        field_name: String,
        value: AuditValue,
        previous: AuditValue,
    },
    /// A file was emptied.
    AttachmentRedaction {
        attachment_id: u64,
        comment_id: u64,
    },
    /// A part of the text of a comment was removed.
    CommentRedaction {
        comment_id: u64,
    },
    /// A comment was hidden from the requester.
    CommentPrivacy {
        comment_id: u64,
    },
}

impl Audit {
    /// Its comment, if it has one.
    pub fn comment(&self) -> Option<&Arc<Comment>> {
        self.events.iter().find_map(|event| match &event.detail {
            AuditEventDetail::Comment(comment) => Some(comment),
            _ => None,
        })
    }
}
