//! Audits of tickets.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::AuditDetail;
use crate::core::tickets::audit::{AuditEvent, AuditEventDetail};
use crate::core::tickets::values::AuditValue;
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::comment::{CommentJson, Metadata};
use crate::http::support::objects::time::instant;
use crate::http::support::objects::via::Via;

#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditJson<'a> {
    id: u64,
    ticket_id: u64,
    created_at: String,
    author_id: u64,
    metadata: Metadata<'a>,
    events: Vec<EventJson<'a>>,
    via: Via<'a>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum EventJson<'a> {
    Comment(Box<CommentJson<'a>>),
    Create {
        id: u64,
        #[serde(rename = "type")]
        kind: &'static str,
        value: AuditValueJson<'a>,
        field_name: &'a str,
    },
    Change {
        id: u64,
        #[serde(rename = "type")]
        kind: &'static str,
        value: AuditValueJson<'a>,
        field_name: &'a str,
        previous_value: AuditValueJson<'a>,
    },
    AttachmentRedaction {
        id: u64,
        #[serde(rename = "type")]
        kind: &'static str,
        attachment_id: u64,
        comment_id: u64,
    },
    CommentRedaction {
        id: u64,
        #[serde(rename = "type")]
        kind: &'static str,
        comment_id: u64,
    },
    CommentPrivacy {
        id: u64,
        #[serde(rename = "type")]
        kind: &'static str,
        comment_id: u64,
        public: bool,
    },
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AuditValueJson<'a> {
    Nothing(()),
    Text(&'a str),
    List(&'a [String]),
}

impl<'a> From<&'a AuditValue> for AuditValueJson<'a> {
    fn from(told: &'a AuditValue) -> Self {
        match told {
            AuditValue::Nothing => Self::Nothing(()),
            AuditValue::Text(text) => Self::Text(text),
            AuditValue::List(list) => Self::List(list),
        }
    }
}

impl<'a> AuditJson<'a> {
    /// An audit with the attachments of its comment.
    pub fn new(detail: &'a AuditDetail, urls: &Urls) -> Self {
        let AuditDetail { audit, attachments } = detail;
        let event = |AuditEvent { id, detail }: &'a AuditEvent| {
            let id = *id;
            match detail {
                AuditEventDetail::Comment(comment) => {
                    let attached = attachments.iter();
                    let attached = attached.map(|file| AttachmentJson::new(file, urls)).collect();
                    EventJson::Comment(Box::new(CommentJson::in_audit(comment, attached)))
                }
                AuditEventDetail::Create { field_name, value } => {
                    EventJson::Create { id, kind: "Create", value: value.into(), field_name }
                }
                AuditEventDetail::Change { field_name, value, previous } => EventJson::Change {
                    id,
                    kind: "Change",
                    value: value.into(),
                    field_name,
                    previous_value: previous.into(),
                },
                AuditEventDetail::AttachmentRedaction { attachment_id, comment_id } => {
                    EventJson::AttachmentRedaction {
                        id,
                        kind: "AttachmentRedactionEvent",
                        attachment_id: *attachment_id,
                        comment_id: *comment_id,
                    }
                }
                AuditEventDetail::CommentRedaction { comment_id } => EventJson::CommentRedaction {
                    id,
                    kind: "CommentRedactionEvent",
                    comment_id: *comment_id,
                },
                AuditEventDetail::CommentPrivacy { comment_id } => EventJson::CommentPrivacy {
                    id,
                    kind: "CommentPrivacyChange",
                    comment_id: *comment_id,
                    public: false,
                },
            }
        };
        Self {
            id: audit.id,
            ticket_id: audit.ticket_id,
            created_at: instant(audit.created_at),
            author_id: audit.author_id,
            metadata: Metadata::new(audit.client.as_deref()),
            events: audit.events.iter().map(event).collect(),
            via: Via::default(),
        }
    }
}
