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

/// Explains why an empty text among upload tokens attaches nothing, wherever a body has it.
pub fn explain_empty_token(body: &Value, name: &str, recorder: &Recorder) {
    if names_empty_token(body, name) {
        recorder.record_hint(
            "an empty text in comment.uploads attaches no file; name upload.token of the answer \
             to the upload",
        );
    }
}

/// Whether a comment of a ticket names an empty text. A list has the bodies of a bulk call.
fn names_empty_token(body: &Value, name: &str) -> bool {
    if let Value::Array(bodies) = body {
        return bodies.iter().any(|body| names_empty_token(body, name));
    }
    let sent = &body[name];
    let comments = sent["comments"].as_array().into_iter().flatten();
    let is_empty = |token: &Value| token.is_null() || *token == "";
    comments.chain([&sent["comment"]]).any(|comment| match &comment["uploads"] {
        Value::Array(tokens) => tokens.iter().any(is_empty),
        token => *token == "",
    })
}
