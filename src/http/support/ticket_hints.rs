//! Hints about properties of tickets that have no effect.

use serde_json::Value;

use crate::core::tickets::Ticket;
use crate::http::exchange::recorder::Recorder;
use crate::http::support::ticket_input;

/// Explains why a new ticket follows up on no other one, if it was meant to.
pub fn explain_followup(names_source: bool, ticket: &Ticket, recorder: &Recorder) {
    if names_source && ticket.followup_source.is_none() {
        recorder.record_hint(
            "via_followup_source_id has no effect: it is not the id of a closed ticket that the \
             client sees",
        );
    }
}

/// Explains why a change adds no comment, if it was meant to.
pub fn explain_empty_comment(body: &Value, recorder: &Recorder) {
    if ticket_input::has_empty_comment(body) {
        recorder.record_hint("comment is ignored: it has neither a text nor uploads");
    }
}
