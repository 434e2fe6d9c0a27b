//! Tickets, comments and audits.

use serde::{Serialize, Serializer};

use crate::core::account::{Happened, Said};
use crate::core::tickets::Ticket;
use crate::core::tickets::audit::{Comment, Event, What};
use crate::core::tickets::properties::{CustomField, Told, Value};
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::html::Bodies;
use crate::http::support::objects::{BY_API, Empty, Via, instant};

/// A ticket. What this server does not keep is `null`, `false` or empty.
#[derive(Debug, Serialize)]
pub struct TicketJson<'a> {
    url: String,
    id: u64,
    external_id: Option<&'a str>,
    via: Via,
    created_at: String,
    updated_at: String,
    generated_timestamp: i64,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    subject: Option<&'a str>,
    raw_subject: Option<&'a str>,
    description: String,
    priority: Option<&'static str>,
    status: &'static str,
    recipient: Option<()>,
    requester_id: u64,
    submitter_id: u64,
    assignee_id: Option<u64>,
    organization_id: Option<u64>,
    group_id: Option<u64>,
    collaborator_ids: [u64; 0],
    follower_ids: [u64; 0],
    email_cc_ids: [u64; 0],
    forum_topic_id: Option<()>,
    problem_id: Option<u64>,
    has_incidents: bool,
    is_public: bool,
    due_at: Option<String>,
    tags: &'a [String],
    custom_fields: Vec<FieldJson<'a>>,
    satisfaction_rating: Option<()>,
    sharing_agreement_ids: [u64; 0],
    custom_status_id: Option<()>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<FieldJson<'a>>>,
    followup_ids: [u64; 0],
    ticket_form_id: Option<u64>,
    brand_id: Option<u64>,
    allow_channelback: bool,
    allow_attachments: bool,
    from_messaging_channel: bool,
}

impl<'a> TicketJson<'a> {
    /// A ticket on its own.
    pub fn new(ticket: &'a Ticket, urls: &Urls) -> Self {
        Self { fields: Some(fields(ticket)), ..Self::listed(ticket, urls) }
    }

    /// A ticket in a list, which has its custom fields under one name only, as recorded.
    pub fn listed(ticket: &'a Ticket, urls: &Urls) -> Self {
        Self {
            url: urls.ticket(ticket.id),
            id: ticket.id,
            external_id: ticket.external_id.as_deref(),
            via: BY_API,
            created_at: instant(ticket.created_at),
            updated_at: instant(ticket.updated_at),
            generated_timestamp: ticket.updated_at.as_second(),
            kind: ticket.kind.map(|kind| kind.as_str()),
            subject: ticket.subject.as_deref(),
            raw_subject: ticket.subject.as_deref(),
            description: Bodies::of(&ticket.description).body.into_owned(),
            priority: ticket.priority.map(|priority| priority.as_str()),
            status: ticket.status.as_str(),
            recipient: None,
            requester_id: ticket.requester_id,
            submitter_id: ticket.submitter_id,
            assignee_id: ticket.assignee_id,
            organization_id: ticket.organization_id,
            group_id: ticket.group_id,
            collaborator_ids: [],
            follower_ids: [],
            email_cc_ids: [],
            forum_topic_id: None,
            problem_id: ticket.problem_id,
            has_incidents: false,
            is_public: ticket.is_public,
            due_at: ticket.due_at.map(instant),
            tags: &ticket.tags,
            custom_fields: fields(ticket),
            satisfaction_rating: None,
            sharing_agreement_ids: [],
            custom_status_id: None,
            fields: None,
            followup_ids: [],
            ticket_form_id: ticket.ticket_form_id,
            brand_id: ticket.brand_id,
            allow_channelback: false,
            allow_attachments: true,
            from_messaging_channel: false,
        }
    }
}

fn fields(ticket: &Ticket) -> Vec<FieldJson<'_>> {
    ticket.custom_fields.iter().map(FieldJson).collect()
}

/// A custom field.
#[derive(Debug)]
pub struct FieldJson<'a>(pub &'a CustomField);

impl Serialize for FieldJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum ValueJson<'a> {
            Null(()),
            Flag(bool),
            Integer(i64),
            Decimal(f64),
            Text(&'a str),
            List(&'a [String]),
        }
        #[derive(Serialize)]
        struct Field<'a> {
            id: u64,
            value: ValueJson<'a>,
        }
        let value = match &self.0.value {
            Value::Null => ValueJson::Null(()),
            Value::Flag(flag) => ValueJson::Flag(*flag),
            Value::Integer(number) => ValueJson::Integer(*number),
            Value::Decimal(number) => ValueJson::Decimal(*number),
            Value::Text(text) => ValueJson::Text(text),
            Value::List(list) => ValueJson::List(list),
        };
        Field { id: self.0.id, value }.serialize(serializer)
    }
}

/// What is known of the program that said or did something.
#[derive(Debug, Serialize)]
struct Metadata<'a> {
    system: System<'a>,
    custom: Empty,
}

#[derive(Debug, Serialize)]
struct System<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'a str>,
}

fn metadata(client: Option<&str>) -> Metadata<'_> {
    Metadata { system: System { client }, custom: Empty {} }
}

/// A comment: in a list it says how and when it came, in an audit the audit does.
#[derive(Debug, Serialize)]
pub struct CommentJson<'a> {
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    author_id: u64,
    body: String,
    html_body: String,
    plain_body: String,
    public: bool,
    attachments: Vec<AttachmentJson<'a>>,
    audit_id: u64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    how: Option<How<'a>>,
}

#[derive(Debug, Serialize)]
struct How<'a> {
    via: Via,
    created_at: String,
    metadata: Metadata<'a>,
}

impl<'a> CommentJson<'a> {
    /// A comment in a list of comments. Attachments that are part of its text are left out unless
    /// they are asked for.
    pub fn listed(said: &'a Said, with_inline: bool, urls: &Urls) -> Self {
        let attached = said.attachments.iter().filter(|file| with_inline || !file.inline);
        let comment = &said.comment;
        let attachments = attached.map(|file| AttachmentJson::new(file, urls)).collect();
        let how = How {
            via: BY_API,
            created_at: instant(comment.created_at),
            metadata: metadata(comment.client.as_deref()),
        };
        Self { how: Some(how), ..Self::bare(comment, attachments) }
    }

    fn bare(comment: &Comment, attachments: Vec<AttachmentJson<'a>>) -> Self {
        let bodies = Bodies::of(&comment.text);
        Self {
            id: comment.id,
            kind: "Comment",
            author_id: comment.author_id,
            body: bodies.body.into_owned(),
            html_body: bodies.html,
            plain_body: bodies.plain,
            public: comment.public,
            attachments,
            audit_id: comment.audit_id,
            how: None,
        }
    }
}

/// An audit.
#[derive(Debug, Serialize)]
pub struct AuditJson<'a> {
    id: u64,
    ticket_id: u64,
    created_at: String,
    author_id: u64,
    metadata: Metadata<'a>,
    events: Vec<EventJson<'a>>,
    via: Via,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum EventJson<'a> {
    Comment(Box<CommentJson<'a>>),
    Create {
        id: u64,
        #[serde(rename = "type")]
        kind: &'static str,
        value: ToldJson<'a>,
        field_name: &'a str,
    },
    Change {
        id: u64,
        #[serde(rename = "type")]
        kind: &'static str,
        value: ToldJson<'a>,
        field_name: &'a str,
        previous_value: ToldJson<'a>,
    },
    AttachmentRedaction {
        id: u64,
        #[serde(rename = "type")]
        kind: &'static str,
        attachment_id: u64,
        comment_id: u64,
    },
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ToldJson<'a> {
    Nothing(()),
    Text(&'a str),
    List(&'a [String]),
}

impl<'a> From<&'a Told> for ToldJson<'a> {
    fn from(told: &'a Told) -> Self {
        match told {
            Told::Nothing => Self::Nothing(()),
            Told::Text(text) => Self::Text(text),
            Told::List(list) => Self::List(list),
        }
    }
}

impl<'a> AuditJson<'a> {
    /// An audit with the attachments of its comment.
    pub fn new(happened: &'a Happened, urls: &Urls) -> Self {
        let Happened { audit, attachments } = happened;
        let event = |Event { id, what }: &'a Event| {
            let id = *id;
            match what {
                What::Comment(comment) => {
                    let attached = attachments.iter();
                    let attached = attached.map(|file| AttachmentJson::new(file, urls)).collect();
                    EventJson::Comment(Box::new(CommentJson::bare(comment, attached)))
                }
                What::Create { field_name, value } => {
                    EventJson::Create { id, kind: "Create", value: value.into(), field_name }
                }
                What::Change { field_name, value, previous } => EventJson::Change {
                    id,
                    kind: "Change",
                    value: value.into(),
                    field_name,
                    previous_value: previous.into(),
                },
                What::AttachmentRedaction { attachment_id, comment_id } => {
                    EventJson::AttachmentRedaction {
                        id,
                        kind: "AttachmentRedactionEvent",
                        attachment_id: *attachment_id,
                        comment_id: *comment_id,
                    }
                }
            }
        };
        Self {
            id: audit.id,
            ticket_id: audit.ticket_id,
            created_at: instant(audit.created_at),
            author_id: audit.author_id,
            metadata: metadata(audit.client.as_deref()),
            events: audit.events.iter().map(event).collect(),
            via: BY_API,
        }
    }
}
