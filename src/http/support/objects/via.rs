//! The channel of tickets, comments and audits.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::tickets::{FollowupSource, Ticket};

/// The channel that something came in by: here always the API.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Via<'a> {
    channel: &'static str,
    source: Source<'a>,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Source<'a> {
    from: ViaOrigin<'a>,
    to: Empty,
    rel: Option<&'static str>,
}

/// The ticket that another one follows up on, or nothing.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct ViaOrigin<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Option<&'a str>>,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Empty {}

impl Default for Via<'_> {
    fn default() -> Self {
        Self { channel: "api", source: Source::default() }
    }
}

impl<'a> From<&'a Ticket> for Via<'a> {
    fn from(ticket: &'a Ticket) -> Self {
        let Some(FollowupSource { id, subject }) = &ticket.followup_source else {
            return Self::default();
        };
        let from = ViaOrigin { ticket_id: Some(*id), subject: Some(subject.as_deref()) };
        let source = Source { from, to: Empty {}, rel: Some("follow_up") };
        Self { source, ..Self::default() }
    }
}
