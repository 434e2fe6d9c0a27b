//! Reads tickets, requests and comments that clients send.

use serde_json::Value;

use crate::core::account::{NewTicket, TicketChange};
use crate::core::clock::Timestamp;
use crate::core::id::Id;
use crate::core::tickets::tags::TagChanges;
use crate::core::tickets::text::CommentText;
use crate::core::tickets::{ImportDates, NewComment, RequesterReply};
use crate::core::uploads::SentToken;
use crate::core::users::Requester;
use crate::http::exchange::problem::Problem;
use crate::http::support::json_input::{self, JsonMap};
use crate::http::support::ticket_copies::read_copies;
use crate::http::support::ticket_properties::{self, read_tags};

/// Reads a new ticket.
pub fn ticket(body: &Value) -> Result<NewTicket, Problem> {
    let sent = object_under(body, "ticket")?;
    Ok(NewTicket {
        comments: first_comment(sent)?.into_iter().collect(),
        properties: ticket_properties::read_ticket(sent)?,
        requester: requester(sent)?,
        submitter_id: json_input::id(sent, "submitter_id")?.flatten().map(Id::get),
        copies: read_copies(sent)?,
        dates: ImportDates::default(),
        followup_source: followup_source(sent)?,
    })
}

/// Reads a ticket with its history.
pub fn import(body: &Value) -> Result<NewTicket, Problem> {
    let sent = object_under(body, "ticket")?;
    let mut comments: Vec<_> = first_comment(sent)?.into_iter().collect();
    let described = comments.len();
    for said in json_input::objects(sent, "comments")? {
        let created_at = json_input::instant(said, "created_at")?.flatten();
        comments.push(NewComment { created_at, ..comment(said)? });
    }
    // Comments are listed chronologically, as documented.
    let dated = &mut comments[described..];
    if dated.iter().all(|comment| comment.created_at.is_some()) {
        dated.sort_by_key(|comment| comment.created_at);
    }
    Ok(NewTicket {
        comments,
        properties: ticket_properties::read_ticket(sent)?,
        requester: requester(sent)?,
        submitter_id: json_input::id(sent, "submitter_id")?.flatten().map(Id::get),
        copies: read_copies(sent)?,
        dates: ImportDates {
            created_at: json_input::rounded_instant(sent, "created_at")?,
            updated_at: json_input::rounded_instant(sent, "updated_at")?,
            solved_at: json_input::rounded_instant(sent, "solved_at")?,
        },
        followup_source: followup_source(sent)?,
    })
}

/// Reads a change of a ticket, whose description cannot change.
pub fn change(body: &Value) -> Result<TicketChange, Problem> {
    let sent = object_under(body, "ticket")?;
    Ok(TicketChange {
        comment: read_comment(sent)?,
        properties: ticket_properties::read_ticket(sent)?,
        requester: requester(sent)?,
        copies: read_copies(sent)?,
        tags: TagChanges::default(),
        reply: None,
        safe_since: safe_since(sent, json_input::flag(sent, "safe_update")?)?,
    })
}

/// Reads a change of one of many tickets, which can add and remove tags.
pub fn change_of_many(body: &Value) -> Result<TicketChange, Problem> {
    let sent = object_under(body, "ticket")?;
    let tags = |name| Ok::<_, Problem>(read_tags(sent, name)?.unwrap_or_default());
    let tags = TagChanges { added: tags("additional_tags")?, removed: tags("remove_tags")? };
    Ok(TicketChange { tags, ..change(body)? })
}

/// The time of the last change that a client of a safe update knows.
pub fn safe_since(sent: &JsonMap, is_safe: Option<bool>) -> Result<Option<Timestamp>, Problem> {
    match is_safe {
        Some(true) => Ok(json_input::instant(sent, "updated_stamp")?.flatten()),
        _ => Ok(None),
    }
}

/// Whether a change is to be safe, and does not say since when.
pub fn lacks_stamp(body: &Value) -> bool {
    let sent = &body["ticket"];
    sent["safe_update"] == true && sent["updated_stamp"].is_null()
}

/// Reads a new request: a ticket whose comment is public.
pub fn request(body: &Value) -> Result<NewTicket, Problem> {
    let sent = object_under(body, "request")?;
    Ok(NewTicket {
        comments: read_comment(sent)?.map(public).into_iter().collect(),
        properties: ticket_properties::read_request(sent)?,
        requester: requester(sent)?,
        submitter_id: None,
        copies: read_copies(sent)?,
        dates: ImportDates::default(),
        followup_source: followup_source(sent)?,
    })
}

/// Reads a change of a request, which must have a comment.
pub fn request_change(body: &Value) -> Result<TicketChange, Problem> {
    let sent = object_under(body, "request")?;
    let comment = read_comment(sent)?.map(public).ok_or(Problem::CommentRequired)?;
    let solves = json_input::flag(sent, "solved")?.unwrap_or(false);
    Ok(TicketChange {
        comment: Some(comment),
        properties: Vec::new(),
        requester: None,
        copies: read_copies(sent)?,
        tags: TagChanges::default(),
        reply: Some(if solves { RequesterReply::Solving } else { RequesterReply::Plain }),
        safe_since: None,
    })
}

/// Whether a change has an empty comment: one without text and without files.
pub fn has_empty_comment(body: &Value) -> bool {
    let sent = body.get("ticket").and_then(Value::as_object);
    sent.is_some_and(|sent| {
        sent.get("comment").is_some_and(|comment| !comment.is_null())
            && read_comment(sent).is_ok_and(|comment| comment.is_none())
    })
}

fn followup_source(sent: &JsonMap) -> Result<Option<u64>, Problem> {
    Ok(json_input::id(sent, "via_followup_source_id")?.flatten().map(Id::get))
}

fn public(comment: NewComment) -> NewComment {
    NewComment { public: true, author_id: None, ..comment }
}

/// The object under its name. A missing one is empty.
fn object_under<'a>(body: &'a Value, name: &str) -> Result<&'a JsonMap, Problem> {
    static NOTHING: std::sync::LazyLock<JsonMap> = std::sync::LazyLock::new(JsonMap::new);
    match body {
        Value::Object(body) => Ok(json_input::object(body, name)?.unwrap_or(&NOTHING)),
        _ => Ok(&NOTHING),
    }
}

/// The comment, unless it is empty.
fn read_comment(sent: &JsonMap) -> Result<Option<NewComment>, Problem> {
    let said = match sent.get("comment") {
        Some(Value::String(text)) => Some(plain(text)?),
        _ => json_input::object(sent, "comment")?.map(comment).transpose()?,
    };
    Ok(said.filter(|said| !said.text.is_blank() || !said.uploads.is_empty()))
}

/// The first comment of a new ticket. Its description stands for a missing text.
fn first_comment(sent: &JsonMap) -> Result<Option<NewComment>, Problem> {
    let description = json_input::present_text(sent, "description")?;
    let said = read_comment(sent)?;
    Ok(match (said, description) {
        (Some(said), Some(description)) if said.text.is_blank() => {
            Some(NewComment { text: plain(description)?.text, ..said })
        }
        (Some(said), _) => Some(said),
        (None, Some(description)) => Some(plain(description)?),
        (None, None) => None,
    })
}

fn plain(text: &str) -> Result<NewComment, Problem> {
    Ok(NewComment {
        text: CommentText::from_markdown(text.to_owned())?.into(),
        public: true,
        author_id: None,
        created_at: None,
        uploads: Vec::new(),
    })
}

fn comment(sent: &JsonMap) -> Result<NewComment, Problem> {
    let html = json_input::present_text(sent, "html_body")?;
    let html = html.map(CommentText::from_html).transpose()?.filter(|html| !html.is_blank());
    let body = json_input::present_text(sent, "body")?.filter(|body| !body.trim().is_empty());
    let text = match (html, body, json_input::present_text(sent, "value")?) {
        (Some(html), ..) => html,
        (None, Some(body), _) => CommentText::from_markdown(body.to_owned())?,
        (None, None, value) => CommentText::from_markdown(value.unwrap_or_default().to_owned())?,
    };
    let uploads = json_input::texts(sent, "uploads", |token| vec![token.to_owned()])?;
    let uploads = json_input::bounded("uploads", uploads.unwrap_or_default())?;
    Ok(NewComment {
        text: text.into(),
        public: json_input::flag(sent, "public")?.unwrap_or(true),
        author_id: json_input::id(sent, "author_id")?.flatten().map(Id::get),
        created_at: None,
        uploads: uploads
            .iter()
            .filter(|token| !token.is_empty())
            .map(|token| SentToken::parse(token))
            .collect(),
    })
}

fn requester(sent: &JsonMap) -> Result<Option<Requester>, Problem> {
    let Some(sent) = json_input::object(sent, "requester")? else {
        return Ok(None);
    };
    let given = |name| {
        let text =
            json_input::present_text(sent, name)?.map(str::trim).filter(|text| !text.is_empty());
        Ok::<_, Problem>(text.map(ToOwned::to_owned))
    };
    let requester = Requester { name: given("name")?, email: given("email")? };
    Ok((requester.name.is_some() || requester.email.is_some()).then_some(requester))
}
