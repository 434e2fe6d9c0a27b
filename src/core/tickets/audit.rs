//! What happened to a ticket: one audit for each change, and in it what was said and what was set.

use std::sync::Arc;

use crate::core::clock::Timestamp;
use crate::core::tickets::error::TicketError;
use crate::core::tickets::values::AuditValue;

/// Something that was said, with the files that came with it. It never changes.
#[derive(Debug)]
pub struct Comment {
    /// Its id, which is that of its event in the audit.
    pub id: u64,
    /// The audit that it is part of.
    pub audit_id: u64,
    /// Who said it.
    pub author_id: u64,
    /// What was said.
    pub text: Arc<CommentText>,
    /// Whether the requester sees it.
    pub public: bool,
    /// The ids of its attachments, in the order of their tokens and of their arrival.
    pub attachments: Vec<u64>,
    /// When it was said.
    pub created_at: Timestamp,
    /// The program that said it.
    pub client: Option<String>,
}

/// What was said, as the sender wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentText {
    /// In plain text.
    Plain(String),
    /// In HTML.
    Html(String),
}

/// The longest text of a comment, in characters. Third parties say so of Zendesk.
const LONGEST: usize = 65_535;

impl CommentText {
    /// Whether it is short enough for a comment.
    pub fn ensure_short(&self) -> Result<(), TicketError> {
        // Bytes are counted at once, and are never fewer than characters.
        let text = self.as_written();
        if text.len() > LONGEST && text.chars().count() > LONGEST {
            return Err(TicketError::CommentTooLong { max: LONGEST });
        }
        Ok(())
    }

    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        self.as_written().trim().is_empty()
    }

    /// The text with whatever markup it was sent with.
    pub fn as_written(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Html(text) => text,
        }
    }
}

/// One change of a ticket.
#[derive(Debug)]
pub struct Audit {
    /// Its id.
    pub id: u64,
    /// The ticket.
    pub ticket_id: u64,
    /// When it happened.
    pub created_at: Timestamp,
    /// Who did it.
    pub author_id: u64,
    /// The program that did it.
    pub client: Option<String>,
    /// What happened. A comment comes first.
    pub events: Vec<AuditEvent>,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Its id.
    pub id: u64,
    /// What it is.
    pub detail: AuditEventDetail,
}

/// What can happen.
#[derive(Debug, Clone)]
pub enum AuditEventDetail {
    /// Something was said.
    Comment(Arc<Comment>),
    /// A property was set when the ticket was made.
    Create {
        /// Its name.
        field_name: String,
        /// Its value.
        value: AuditValue,
    },
    /// A property was set later.
    Change {
        /// Its name.
        field_name: String,
        /// Its value.
        value: AuditValue,
        /// What it was.
        previous: AuditValue,
    },
    /// A file was emptied.
    AttachmentRedaction {
        /// The attachment.
        attachment_id: u64,
        /// The comment that has it.
        comment_id: u64,
    },
}

impl Audit {
    /// What was said in it, if anything was.
    pub fn comment(&self) -> Option<&Arc<Comment>> {
        self.events.iter().find_map(|event| match &event.detail {
            AuditEventDetail::Comment(comment) => Some(comment),
            _ => None,
        })
    }
}
