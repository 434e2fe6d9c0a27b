//! Requests: tickets as their requesters see them. The keys are those of a request of 2015 in a
//! client's specification, and the documented ones that came later.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::CommentDetail;
use crate::core::tickets::Ticket;
use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::field::FieldJson;
use crate::http::support::objects::html::Bodies;
use crate::http::support::objects::time::instant;
use crate::http::support::objects::via::Via;

/// What this server does not keep is `null`, `false` or empty.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct RequestJson<'a> {
    url: String,
    id: u64,
    status: &'static str,
    priority: Option<&'static str>,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    subject: Option<&'a str>,
    description: &'a str,
    organization_id: Option<u64>,
    via: Via<'a>,
    custom_fields: Vec<FieldJson<'a>>,
    requester_id: u64,
    collaborator_ids: Vec<u64>,
    email_cc_ids: &'a [u64],
    is_public: bool,
    due_at: Option<String>,
    can_be_solved_by_me: bool,
    created_at: String,
    updated_at: String,
    recipient: Option<()>,
    followup_source_id: Option<u64>,
    assignee_id: Option<u64>,
    ticket_form_id: Option<u64>,
    custom_status_id: Option<()>,
    fields: Vec<FieldJson<'a>>,
}

impl<'a> RequestJson<'a> {
    /// A ticket as a request.
    pub fn new(ticket: &'a Ticket, urls: &Urls) -> Self {
        Self {
            url: urls.object("requests", ticket.id),
            id: ticket.id,
            status: ticket.status.into_str(),
            priority: ticket.priority.map(|priority| priority.into_str()),
            kind: ticket.kind.map(|kind| kind.into_str()),
            subject: ticket.subject.as_deref(),
            description: ticket.description.body(),
            organization_id: ticket.organization_id,
            custom_fields: ticket.custom_fields.iter().map(FieldJson).collect(),
            requester_id: ticket.requester_id,
            collaborator_ids: ticket.collaborator_ids(),
            email_cc_ids: &ticket.email_cc_ids,
            can_be_solved_by_me: ticket.can_be_solved(),
            is_public: ticket.is_public,
            due_at: ticket.due_at.map(instant),
            created_at: instant(ticket.created_at),
            updated_at: instant(ticket.updated_at),
            via: ticket.into(),
            followup_source_id: ticket.followup_source.as_ref().map(|source| source.id),
            assignee_id: ticket.assignee_id,
            ticket_form_id: ticket.ticket_form_id,
            fields: ticket.custom_fields.iter().map(FieldJson).collect(),
            ..Self::default()
        }
    }
}

/// A public comment of a request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RequestCommentJson<'a> {
    url: String,
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    request_id: u64,
    #[serde(flatten)]
    bodies: Bodies<'a>,
    public: bool,
    author_id: u64,
    attachments: Vec<AttachmentJson<'a>>,
    created_at: String,
}

impl<'a> RequestCommentJson<'a> {
    /// End users do not see files in which malware was found.
    pub fn new(request: u64, detail: &'a CommentDetail, urls: &Urls) -> Self {
        let visible = detail.attachments.iter().filter(|file| !file.inline && !file.is_blocked());
        let comment = &detail.comment;
        Self {
            url: urls.object(format_args!("requests/{request}/comments"), comment.id),
            id: comment.id,
            kind: "Comment",
            request_id: request,
            bodies: Bodies::new(&comment.text),
            public: comment.public,
            author_id: comment.author_id,
            attachments: visible.map(|file| AttachmentJson::new(file, urls)).collect(),
            created_at: instant(comment.created_at),
        }
    }
}
