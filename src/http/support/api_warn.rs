//! `X-Zendesk-Api-Warn`: names the unused properties of a body, as recorded in 2023. Hints about
//! them go into a header of our own.

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::config::nearest::nearest_name;
use crate::fidelity::KnownDifference;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::json_shape::{self, Shape};
use crate::http::support::ticket_hints::{
    explain_empty_token, explain_nameless_copy, explain_rounding,
};
use crate::http::support::ticket_shapes::IMPORT_TICKET;

/// About how many bytes of names the header has. Clients refuse heads that are much larger.
const LONGEST: usize = 2_048;

/// Documented properties of tickets that are not kept here. Zendesk does not warn of them.
const ELSEWHERE: [&str; 20] = [
    "additional_tags",
    "assignee_email",
    "attribute_value_ids",
    "custom_status_id",
    "email_cc_ids",
    "follower_ids",
    "macro_id",
    "macro_ids",
    "metadata",
    "raw_subject",
    "recipient",
    "remove_tags",
    "safe_update",
    "satisfaction_rating",
    "sharing_agreement_ids",
    "submitter_id",
    "updated_stamp",
    "via",
    "via_id",
    "voice_comment",
];

/// Other documented properties of tickets, requests and comments, most of which are read-only. A
/// client that sends one means it.
const DOCUMENTED: [&str; 34] = [
    "allow_attachments",
    "allow_channelback",
    "attachments",
    "audit_id",
    "can_be_solved_by_me",
    "created_at",
    "due_at",
    "fields",
    "followup_ids",
    "forum_topic_id",
    "from_messaging_channel",
    "generated_timestamp",
    "has_incidents",
    "id",
    "is_public",
    "locale_id",
    "metadata",
    "plain_body",
    "problem_id",
    "result_type",
    "satisfaction_probability",
    "satisfaction_rating",
    "sharing_agreement_ids",
    "solved_at",
    "submitter_id",
    "support_type",
    "ticket_form_id",
    "ticket_id",
    "type",
    "updated_at",
    "url",
    "via",
    "via_followup_source_id",
    "via_id",
];

const API_WARN: HeaderName = HeaderName::from_static("x-zendesk-api-warn");

/// Where clients put upload tokens instead of the `uploads` of a comment.
const MISPLACED: [&str; 8] = [
    "attachment",
    "attachments",
    "token",
    "tokens",
    "upload",
    "upload_token",
    "upload_tokens",
    "uploads",
];

/// Names on a response, which may be a refusal, the properties of `sent` that `shape` lacks: in
/// Zendesk's header those that Zendesk ignores too, and in ours what is probably wrong or not kept.
pub fn warn(
    shape: &Shape,
    sent: &Value,
    response: impl IntoResponse,
    recorder: &Recorder,
) -> Response {
    let mut response = response.into_response();
    let unused = json_shape::unused(sent, shape);
    let (not_kept, ignored): (Vec<_>, Vec<_>) =
        unused.into_iter().partition(|path| is_elsewhere(shape, path));
    if !ignored.is_empty()
        && let Ok(value) = HeaderValue::try_from(value(shape, &ignored))
    {
        response.headers_mut().insert(API_WARN, value);
    }
    let is_refused = response.extensions().get::<Refusal>().is_some();
    if let Some(hint) = hint(shape, sent, &ignored) {
        recorder.record_hint(&hint);
    } else if !is_refused && changes_nothing(shape, sent) {
        let name = shape.name;
        recorder.record_hint(&format!("`{name}` has no properties, so that nothing changes"));
    }
    explain_empty_token(sent, shape.name, recorder);
    explain_nameless_copy(sent, shape.name, recorder);
    if shape.controller == IMPORT_TICKET.controller {
        explain_rounding(sent, shape.name, recorder);
    }
    if !not_kept.is_empty() {
        recorder.record_difference(KnownDifference::PropertiesNotKept);
        let names = not_kept.join(", ");
        recorder
            .record_hint(&format!("Zendesk accepts {names}, and zendesk-mock does not keep it"));
    }
    response
}

/// Whether Zendesk keeps a property, such as `ticket.followers`, or one that it is in.
fn is_elsewhere(shape: &Shape, path: &str) -> bool {
    let mut names = path.split('.');
    !shape.used.is_empty()
        && names.next() == Some(shape.name)
        && names.next().is_some_and(|name| ELSEWHERE.contains(&name))
}

/// What the client probably did not mean by the properties that are ignored.
fn hint(shape: &Shape, sent: &Value, ignored: &[String]) -> Option<String> {
    if shape.used.is_empty() {
        return None;
    }
    let nearest = |path: &String| {
        let name = path.rsplit('.').next().filter(|name| !DOCUMENTED.contains(name))?;
        let name = nearest_name(name, shape.names_beside(path))?;
        Some(format!("{path} is ignored; did you mean {name}?"))
    };
    let name = shape.name;
    // Nothing in such a body is used, wherever it is. A list has the bodies of a bulk call.
    if !sent.is_array() && sent.get(name).is_none() {
        let misspelt = ignored.iter().filter(|path| !path.contains('.')).find_map(nearest);
        return Some(misspelt.unwrap_or_else(|| {
            format!(
                "the body has no `{name}`; send {{\"{name}\": {{…}}}} with the properties inside"
            )
        }));
    }
    if let Some(beside) = find_beside(shape, ignored) {
        let value = if beside == "comment" { r#"{"body": …, "uploads": […]}"# } else { "…" };
        return Some(format!(
            "`{beside}` stands beside `{name}` and is ignored; put it inside: \
             {{\"{name}\": {{\"{beside}\": {value}}}}}"
        ));
    }
    let last = |path: &str| path.rsplit('.').next().is_some_and(|name| MISPLACED.contains(&name));
    if let Some(misplaced) = ignored.iter().find(|path| last(path)) {
        return Some(format!("{misplaced} is ignored; tokens belong in {name}.comment.uploads"));
    }
    ignored.iter().find_map(nearest)
}

/// Whether a change is empty. A list has the bodies of a bulk call.
fn changes_nothing(shape: &Shape, sent: &Value) -> bool {
    let is_empty = |body: &Value| match body.get(shape.name) {
        Some(Value::Object(object)) => object.is_empty(),
        Some(value) => value.is_null(),
        None => false,
    };
    shape.action.starts_with("update")
        && match sent {
            Value::Array(bodies) => bodies.iter().any(is_empty),
            body => is_empty(body),
        }
}

/// The property that belongs into the object and stands beside it: the comment, or else the first.
fn find_beside<'a>(shape: &Shape, ignored: &'a [String]) -> Option<&'a str> {
    let inside = shape.names_beside(&format!("{}.", shape.name));
    let mut beside = ignored.iter().map(|path| &**path).filter(|path| inside.contains(path));
    let first = beside.next()?;
    if first == "comment" {
        Some(first)
    } else {
        beside.find(|path| *path == "comment").or(Some(first))
    }
}

fn value(shape: &Shape, unused: &[String]) -> String {
    let Shape { controller, action, .. } = shape;
    // A header is ASCII, so other letters are escaped.
    let quoted = unused
        .iter()
        .map(|name| format!("\"{}\"", name.escape_default().to_string().replace("\\'", "'")));
    let mut length = 0;
    let names: Vec<_> = quoted
        .take_while(|name| {
            length += name.len();
            length <= LONGEST
        })
        .collect();
    format!(
        "{{:allowed_parameters=>{{:controller=>\"{controller}\", :action=>\"{action}\", \
         :unpermitted_keys=>[{}], :invalid_values=>[]}}}}",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::support::ticket_shapes::UPDATE_TICKET;

    #[test]
    fn the_header_is_the_recorded_one() {
        assert_eq!(
            value(&UPDATE_TICKET, &["ticket.id".to_owned()]),
            "{:allowed_parameters=>{:controller=>\"tickets\", :action=>\"update\", :unpermitted_keys=>[\"ticket.id\"], :invalid_values=>[]}}"
        );
    }

    #[test]
    fn a_name_cannot_leave_its_quotes_or_its_line() {
        let value = value(&UPDATE_TICKET, &["a\"\r\nb'é".to_owned()]);
        assert!(value.contains(r#"["a\"\r\nb'\u{e9}"]"#), "{value}");
    }

    #[test]
    fn a_header_is_short_however_many_names_there_are() {
        let names: Vec<_> = (0..50).map(|n| format!("{n}{}", "é".repeat(1_000))).collect();
        assert!(value(&UPDATE_TICKET, &names).len() < 3_000);
    }
}
