//! Tickets.

use serde::Serialize;

use crate::core::tickets::Ticket;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::field::FieldJson;
use crate::http::support::objects::time::instant;
use crate::http::support::objects::via::Via;

/// A ticket. What this server does not keep is `null`, `false` or empty.
#[derive(Debug, Default, Serialize)]
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
    description: &'a str,
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
    /// A ticket outside of a list.
    pub fn new(ticket: &'a Ticket, urls: &Urls) -> Self {
        Self { fields: Some(fields(ticket)), ..Self::listed(ticket, urls) }
    }

    /// A ticket in a list, which has its custom fields under one name only, as recorded.
    pub fn listed(ticket: &'a Ticket, urls: &Urls) -> Self {
        Self {
            url: urls.object("tickets", ticket.id),
            id: ticket.id,
            external_id: ticket.external_id.as_deref(),
            created_at: instant(ticket.created_at),
            updated_at: instant(ticket.updated_at),
            generated_timestamp: ticket.updated_at.as_second(),
            kind: ticket.kind.map(|kind| kind.into_str()),
            subject: ticket.subject.as_deref(),
            raw_subject: ticket.subject.as_deref(),
            description: ticket.description.body(),
            priority: ticket.priority.map(|priority| priority.into_str()),
            status: ticket.status.into_str(),
            requester_id: ticket.requester_id,
            submitter_id: ticket.submitter_id,
            assignee_id: ticket.assignee_id,
            organization_id: ticket.organization_id,
            group_id: ticket.group_id,
            problem_id: ticket.problem_id,
            is_public: ticket.is_public,
            due_at: ticket.due_at.map(instant),
            tags: &ticket.tags,
            custom_fields: fields(ticket),
            ticket_form_id: ticket.ticket_form_id,
            brand_id: ticket.brand_id,
            allow_attachments: true,
            ..Self::default()
        }
    }
}

fn fields(ticket: &Ticket) -> Vec<FieldJson<'_>> {
    ticket.custom_fields.iter().map(FieldJson).collect()
}
