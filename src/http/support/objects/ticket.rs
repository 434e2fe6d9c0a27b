//! Tickets.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::clock::Timestamp;
use crate::core::tickets::Ticket;
use crate::core::tickets::dates::TicketDates;
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::field::FieldJson;
use crate::http::support::objects::time::instant;
use crate::http::support::objects::via::Via;

/// A ticket. What this server does not keep is `null`, `false` or empty.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct TicketJson<'a> {
    url: String,
    id: u64,
    external_id: Option<&'a str>,
    via: Via<'a>,
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
    collaborator_ids: Vec<u64>,
    follower_ids: &'a [u64],
    email_cc_ids: &'a [u64],
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
    followup_ids: &'a [u64],
    ticket_form_id: Option<u64>,
    brand_id: Option<u64>,
    allow_channelback: bool,
    allow_attachments: bool,
    from_messaging_channel: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dates: Option<Dates>,
}

/// The documented side-load `dates`.
#[derive(Debug, Serialize, JsonSchema)]
struct Dates {
    assignee_updated_at: Option<String>,
    requester_updated_at: String,
    status_updated_at: String,
    initially_assigned_at: Option<String>,
    assigned_at: Option<String>,
    solved_at: Option<String>,
    latest_comment_added_at: Option<String>,
}

impl From<TicketDates> for Dates {
    fn from(dates: TicketDates) -> Self {
        Self {
            assignee_updated_at: dates.assignee_updated_at.map(instant),
            requester_updated_at: instant(dates.requester_updated_at),
            status_updated_at: instant(dates.status_updated_at),
            initially_assigned_at: dates.initially_assigned_at.map(instant),
            assigned_at: dates.assigned_at.map(instant),
            solved_at: dates.solved_at.map(instant),
            latest_comment_added_at: dates.latest_comment_added_at.map(instant),
        }
    }
}

impl<'a> TicketJson<'a> {
    /// A ticket outside of a list.
    pub fn new(ticket: &'a Ticket, urls: &Urls) -> Self {
        Self { fields: Some(fields(ticket)), ..Self::listed(ticket, urls) }
    }

    /// A deleted ticket in an export, as recorded in 2023: `updated_at` is that of its last change.
    pub fn deleted(self, at: Timestamp) -> Self {
        Self { status: "deleted", generated_timestamp: at.as_second(), ..self }
    }

    /// Brings along what the client asked for.
    pub fn including(self, ticket: &Ticket, includes: impl Fn(&str) -> bool) -> Self {
        Self {
            comment_count: includes("comment_count").then_some(ticket.comments.len()),
            dates: includes("dates").then(|| ticket.dates().into()),
            ..self
        }
    }

    /// A ticket in a list by cursor, which has its custom fields under one name only, as recorded.
    pub fn listed(ticket: &'a Ticket, urls: &Urls) -> Self {
        Self {
            url: urls.object("tickets", ticket.id),
            id: ticket.id,
            external_id: ticket.external_id.as_deref(),
            via: ticket.into(),
            created_at: instant(ticket.created_at),
            updated_at: instant(ticket.updated_at),
            generated_timestamp: ticket.generated_at.as_second(),
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
            collaborator_ids: ticket.collaborator_ids(),
            follower_ids: &ticket.follower_ids,
            email_cc_ids: &ticket.email_cc_ids,
            problem_id: ticket.problem_id,
            is_public: ticket.is_public,
            due_at: ticket.due_at.map(instant),
            tags: &ticket.tags,
            custom_fields: fields(ticket),
            followup_ids: &ticket.followup_ids,
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
