//! Hints about properties of tickets that have no effect.

use serde_json::Value;

use crate::core::clock::Timestamp;
use crate::core::iso_date::IsoDate;
use crate::core::tickets::Ticket;
use crate::fidelity::KnownDifference;
use crate::http::exchange::query;
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

/// Explains that a closed ticket of an import is not archived, if it was meant to be.
pub fn explain_archiving(query: Option<&str>, recorder: &Recorder) {
    let asked = query::value(query.unwrap_or_default(), "archive_immediately");
    if asked.is_some_and(|asked| asked == "true") {
        recorder.record_difference(KnownDifference::PropertiesNotKept);
        recorder.record_hint("archive_immediately is ignored: zendesk-mock archives no ticket");
    }
}

/// Explains that dates of an import become others.
pub fn explain_rounding(body: &Value, name: &str, recorder: &Recorder) {
    let is_early = |value: &Value| {
        let date = value.as_str().and_then(IsoDate::parse);
        date.is_some_and(|date| date.at < Timestamp::UNIX_EPOCH)
    };
    for date in ["created_at", "updated_at", "solved_at"] {
        if any_ticket(body, name, |sent| is_early(&sent[date])) {
            recorder.record_hint(&format!(
                "{name}.{date} is rounded up to 1970, as Zendesk does with earlier dates"
            ));
        }
    }
}

/// Explains why an empty text among upload tokens attaches nothing, wherever a body has it.
pub fn explain_empty_token(body: &Value, name: &str, recorder: &Recorder) {
    if any_ticket(body, name, names_empty_token) {
        recorder.record_hint(
            "an empty text in comment.uploads attaches no file; name upload.token of the answer \
             to the upload",
        );
    }
}

/// Explains why an item of a list of people names no user, wherever a body has it.
pub fn explain_nameless_copy(body: &Value, name: &str, recorder: &Recorder) {
    for list in ["email_ccs", "followers"] {
        if any_ticket(body, name, |sent| has_nameless(&sent[list], "user_email", "user_id")) {
            recorder.record_hint(&format!(
                "an item of {list} names no user and is ignored; name user_email or user_id"
            ));
        }
    }
    for list in ["collaborators", "additional_collaborators"] {
        if any_ticket(body, name, |sent| has_nameless(&sent[list], "email", "id")) {
            recorder.record_hint(&format!(
                "an item of {list} names no user and is ignored; name email, or send an id or an \
                 address"
            ));
        }
    }
}

/// Whether an object in a list has neither an address nor an id. One object stands for a list.
fn has_nameless(copies: &Value, email: &str, id: &str) -> bool {
    let is_blank = |value: &Value| match value {
        Value::String(text) => text.trim().is_empty(),
        value => value.is_null(),
    };
    let is_nameless =
        |copy: &Value| copy.is_object() && is_blank(&copy[email]) && is_blank(&copy[id]);
    match copies {
        Value::Array(copies) => copies.iter().any(is_nameless),
        copy => is_nameless(copy),
    }
}

/// Whether a ticket of a body is such. A list has the bodies of a bulk call.
fn any_ticket(body: &Value, name: &str, is_such: impl Fn(&Value) -> bool) -> bool {
    match body {
        Value::Array(bodies) => bodies.iter().any(|body| is_such(&body[name])),
        body => is_such(&body[name]),
    }
}

/// Whether a comment of a ticket names an empty text.
fn names_empty_token(sent: &Value) -> bool {
    let comments = sent["comments"].as_array().into_iter().flatten();
    let is_empty = |token: &Value| token.is_null() || *token == "";
    comments.chain([&sent["comment"]]).any(|comment| match &comment["uploads"] {
        Value::Array(tokens) => tokens.iter().any(is_empty),
        token => *token == "",
    })
}
