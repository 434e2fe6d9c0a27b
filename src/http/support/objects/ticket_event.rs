//! Events of tickets in exports, as documented. The names of fields are the keys of their values.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::core::account::AuditDetail;
use crate::core::tickets::audit::{AuditEvent, AuditEventDetail};
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::audit::AuditValueJson;
use crate::http::support::objects::comment::{CommentJson, Metadata};
use crate::http::support::objects::time::instant;
use crate::http::support::objects::via::Via;

/// The name of the channel of the API in events.
const VIA: &str = "Web service";

#[derive(Debug, Serialize, JsonSchema)]
pub struct TicketEventJson<'a> {
    id: u64,
    ticket_id: u64,
    timestamp: i64,
    created_at: String,
    updater_id: u64,
    via: &'static str,
    #[serde(flatten)]
    metadata: Metadata<'a>,
    event_type: &'static str,
    child_events: Vec<ChildEventJson<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum ChildEventJson<'a> {
    Comment(Box<IncludedCommentJson<'a>>),
    Summary(CommentSummaryJson),
    Field(FieldEventJson<'a>),
    OfComment(CommentEventJson),
}

/// A comment that the client asks for.
#[derive(Debug, Serialize, JsonSchema)]
struct IncludedCommentJson<'a> {
    #[serde(flatten)]
    comment: CommentJson<'a>,
    via: Via<'a>,
    via_reference_id: Option<()>,
    created_at: String,
    event_type: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CommentSummaryJson {
    id: u64,
    via: &'static str,
    via_reference_id: Option<()>,
    comment_present: bool,
    comment_public: bool,
    event_type: &'static str,
}

/// A property that was set or changed.
#[derive(Debug)]
struct FieldEventJson<'a> {
    id: u64,
    field: &'a str,
    value: AuditValueJson<'a>,
    previous: Option<AuditValueJson<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CommentEventJson {
    id: u64,
    via: &'static str,
    via_reference_id: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_id: Option<u64>,
    comment_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<bool>,
    event_type: &'static str,
}

impl Serialize for FieldEventJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("via", VIA)?;
        map.serialize_entry("via_reference_id", &None::<()>)?;
        map.serialize_entry(self.field, &self.value)?;
        match &self.previous {
            None => map.serialize_entry("event_type", "Create")?,
            Some(previous) => {
                map.serialize_entry("event_type", "Change")?;
                map.serialize_entry("previous_value", previous)?;
            }
        }
        map.end()
    }
}

impl JsonSchema for FieldEventJson<'_> {
    fn schema_name() -> Cow<'static, str> {
        "FieldEvent".into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let value = schemas.subschema_for::<AuditValueJson<'_>>();
        json_schema!({
            "type": "object",
            "required": ["id", "via", "via_reference_id", "event_type"],
            "properties": {
                "id": {"type": "integer"},
                "via": {"type": "string"},
                "via_reference_id": {"type": "null"},
                "event_type": {"enum": ["Create", "Change"]},
                "previous_value": value,
            },
        })
    }
}

impl<'a> TicketEventJson<'a> {
    /// An audit as an event, with the texts and files of its comment or without.
    pub fn new(detail: &'a AuditDetail, with_comments: bool, urls: &Urls) -> Self {
        let audit = &detail.audit;
        let child = |event: &'a AuditEvent| child_event(event, detail, with_comments, urls);
        Self {
            id: audit.id,
            ticket_id: audit.ticket_id,
            timestamp: audit.recorded_at.as_second(),
            created_at: instant(audit.created_at),
            updater_id: audit.author_id,
            via: VIA,
            metadata: Metadata::new(audit.client.as_deref()),
            event_type: "Audit",
            child_events: audit.events.iter().filter_map(child).collect(),
        }
    }
}

fn child_event<'a>(
    AuditEvent { id, detail: event }: &'a AuditEvent,
    AuditDetail { attachments, .. }: &'a AuditDetail,
    with_comments: bool,
    urls: &Urls,
) -> Option<ChildEventJson<'a>> {
    let (id, via, via_reference_id) = (*id, VIA, None);
    let of_comment = |comment_id, attachment_id, public, event_type| {
        ChildEventJson::OfComment(CommentEventJson {
            id,
            via,
            via_reference_id,
            attachment_id,
            comment_id,
            public,
            event_type,
        })
    };
    Some(match event {
        AuditEventDetail::Comment(comment) if with_comments => {
            let files = attachments.iter().map(|file| AttachmentJson::new(file, urls)).collect();
            ChildEventJson::Comment(Box::new(IncludedCommentJson {
                comment: CommentJson::in_audit(comment, files),
                via: Via::default(),
                via_reference_id,
                created_at: instant(comment.created_at),
                event_type: "Comment",
            }))
        }
        AuditEventDetail::Comment(comment) => ChildEventJson::Summary(CommentSummaryJson {
            id,
            via,
            via_reference_id,
            comment_present: true,
            comment_public: comment.public,
            event_type: "Comment",
        }),
        AuditEventDetail::Create { field_name: field, value } => {
            ChildEventJson::Field(FieldEventJson { id, field, value: value.into(), previous: None })
        }
        AuditEventDetail::Change { field_name: field, value, previous } => {
            let previous = Some(previous.into());
            ChildEventJson::Field(FieldEventJson { id, field, value: value.into(), previous })
        }
        AuditEventDetail::AttachmentRedaction { attachment_id, comment_id } => {
            of_comment(*comment_id, Some(*attachment_id), None, "AttachmentRedactionEvent")
        }
        AuditEventDetail::CommentRedaction { comment_id } => {
            of_comment(*comment_id, None, None, "CommentRedactionEvent")
        }
        AuditEventDetail::CommentPrivacy { comment_id } => {
            of_comment(*comment_id, None, Some(false), "CommentPrivacyChange")
        }
    })
}
