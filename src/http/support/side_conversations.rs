//! `/api/v2/tickets/{id}/side_conversations`: messages beside a ticket, and their files.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{RawQuery, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::core::account::SideConversationDetail;
use crate::core::id::Id;
use crate::core::journal::{EventKind, ObjectRef};
use crate::core::paging::{self, Page};
use crate::core::side_conversations::{NewSideMessage, Participant};
use crate::core::tickets::TicketError;
use crate::core::tickets::text::CommentText;
use crate::core::users::{UserError, is_address};
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Client, PathIds, PathPair};
use crate::http::exchange::json::TaggedJson;
use crate::http::exchange::json_body::JsonBody;
use crate::http::exchange::json_list;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::cursor::CursorKey;
use crate::http::support::json_input::{self, JsonMap};
use crate::http::support::objects::side_conversation::{
    FILE_ID, SideConversationJson, SideEventJson, SideFileJson,
};
use crate::http::support::page::PageJson;
use crate::http::support::pagination::{self, BY_ID, ListRules, Paging};
use crate::http::support::upload_input::{self, FilePlace};

/// Where the upload of a file for messages has it.
const FILE: FilePlace = FilePlace {
    part: "file",
    bytes: "the part file of a form",
    no_name: "the part file of the form has no file name; add it to its Content-Disposition",
};

/// What names a participant that is neither a user nor an address, as documented.
const OTHER_PARTICIPANTS: [&str; 5] = [
    "msteams_channel_id",
    "slack_channel_id",
    "slack_workspace_id",
    "support_agent_id",
    "support_group_id",
];

/// What conversations can bring along.
const EVENTS: &str = "events";

/// As those of most lists.
pub(super) static CONVERSATION_RULES: ListRules = ListRules { includes: &[EVENTS], ..BY_ID };

/// A conversation, and the event that a request added or those that it asked for.
#[derive(Serialize, JsonSchema)]
pub struct SideConversationEnvelope<'a> {
    side_conversation: Option<SideConversationJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<SideEventJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<SideEventJson<'a>>>,
}

/// The conversations of a ticket, and their events if a request asked for them.
#[derive(Serialize)]
struct SideConversationsEnvelope<'a> {
    #[serde(flatten)]
    list: PageJson<'a, Option<SideConversationJson<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<SideEventJson<'a>>>,
}

/// `POST /api/v2/tickets/side_conversations/attachments`: the part `file` of a form.
pub async fn upload(
    context: Arc<RequestContext>,
    recorder: Recorder,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let file = upload_input::receive_part(&context, &recorder, &parts, body, &FILE).await?;
    recorder.store_file(&file.blob);
    let (id, attachment) = context.account.add_side_file(file)?;
    let attachment_id = attachment.original.id;
    recorder.record_object(EventKind::Created, ObjectRef::Attachment(attachment_id));
    recorder.record_difference(KnownDifference::SideConversations);
    Ok((StatusCode::CREATED, TaggedJson(SideFileJson::new(id, &attachment))).into_response())
}

/// `POST /api/v2/tickets/{id}/side_conversations`
pub async fn create(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket]): PathIds<1>,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    add(ticket, None, &body, &context, &recorder, &client)
}

/// `POST /api/v2/tickets/{id}/side_conversations/{conversation}/reply`
pub async fn reply(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathPair(ticket, conversation): PathPair,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Refusal> {
    let conversation = parse_conversation(&conversation)?;
    add(parse_ticket(&ticket)?, Some(conversation), &body, &context, &recorder, &client)
}

/// `GET /api/v2/tickets/{id}/side_conversations`
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([ticket]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &CONVERSATION_RULES)?;
    let all = context.account.list_side_conversations(ticket)?;
    paging.record(&recorder);
    recorder.record_difference(KnownDifference::SideConversations);
    let urls = &context.urls;
    let page = cut_by_place(&all, &paging);
    let events = || page.items.iter().flat_map(|(_, one)| SideEventJson::all(one, urls)).collect();
    let path = format!("tickets/{ticket}/side_conversations");
    let envelope = SideConversationsEnvelope {
        list: PageJson::new(
            &paging,
            urls,
            ("side_conversations", &path),
            &page,
            |(place, _)| CursorKey::by_id(*place),
            |(_, detail)| SideConversationJson::new(detail, urls),
        ),
        events: paging.includes_any(EVENTS).then(events),
    };
    Ok(json_list::list(&envelope, &context).await?)
}

/// `GET /api/v2/tickets/{id}/side_conversations/{conversation}`
pub async fn show(
    context: Arc<RequestContext>,
    recorder: Recorder,
    path: PathPair,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let detail = find(path, &context, &recorder)?;
    let asks = pagination::asks_for(EVENTS, query.as_deref(), &recorder);
    let envelope = SideConversationEnvelope {
        side_conversation: SideConversationJson::new(&detail, &context.urls),
        event: None,
        events: asks.then(|| SideEventJson::all(&detail, &context.urls).collect()),
    };
    Ok(json_list::list(&envelope, &context).await?)
}

/// `GET /api/v2/tickets/{id}/side_conversations/{conversation}/events`
pub async fn list_events(
    context: Arc<RequestContext>,
    recorder: Recorder,
    path: PathPair,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read(query.as_deref())?;
    let detail = find(path, &context, &recorder)?;
    paging.record(&recorder);
    let urls = &context.urls;
    let events: Vec<_> = SideEventJson::all(&detail, urls).collect();
    let page = cut_by_place(&events, &paging);
    let (ticket, id) = (detail.conversation.ticket_id, detail.conversation.id);
    let path = format!("tickets/{ticket}/side_conversations/{id}/events");
    let list = PageJson::new(
        &paging,
        urls,
        ("events", &path),
        &page,
        |(place, _)| CursorKey::by_id(*place),
        |(_, event)| *event,
    );
    Ok(json_list::list(&list, &context).await?)
}

/// A page of a list that only grows. The ids of its items are no numbers, so its cursors have
/// their places.
fn cut_by_place<'a, T>(all: &'a [T], paging: &Paging) -> Page<(u64, &'a T)> {
    let placed: Vec<_> = (1..).zip(all).collect();
    paging::cut(&placed, |(place, _)| *place, paging.order(), paging.window())
}

fn find(
    PathPair(ticket, conversation): PathPair,
    context: &RequestContext,
    recorder: &Recorder,
) -> Result<SideConversationDetail, Refusal> {
    let (ticket, conversation) = (parse_ticket(&ticket)?, parse_conversation(&conversation)?);
    recorder.record_difference(KnownDifference::SideConversations);
    Ok(context.account.find_side_conversation(ticket, conversation)?)
}

fn add(
    ticket: u64,
    conversation: Option<Uuid>,
    body: &Value,
    context: &RequestContext,
    recorder: &Recorder,
    client: &Client,
) -> Result<Response, Refusal> {
    if keeps_no_external_ids(body) {
        recorder.record_difference(KnownDifference::PropertiesNotKept);
        recorder.record_hint("Zendesk accepts external_ids, and zendesk-mock does not keep it");
    }
    if names_other_participants(body) {
        recorder.record_hint(
            "Zendesk takes groups, agents, Slack and Microsoft Teams as participants too, and \
             zendesk-mock takes users and addresses alone",
        );
    }
    let message = read_message(body)?;
    let detail =
        context.account.add_side_message(ticket, conversation, message, client.sender())?;
    recorder.record_object(EventKind::Read, ObjectRef::Ticket(ticket));
    recorder.record_difference(KnownDifference::SideConversations);
    let envelope = SideConversationEnvelope {
        side_conversation: SideConversationJson::new(&detail, &context.urls),
        event: SideEventJson::all(&detail, &context.urls).next_back(),
        events: None,
    };
    Ok((StatusCode::CREATED, TaggedJson(envelope)).into_response())
}

/// Whether a body has external ids, beside its message or in it.
fn keeps_no_external_ids(body: &Value) -> bool {
    [body, &body["message"]].iter().any(|object| !object["external_ids"].is_null())
}

fn names_other_participants(body: &Value) -> bool {
    let people = body["message"]["to"].as_array().into_iter().flatten();
    let mut names = people.filter_map(Value::as_object).flat_map(JsonMap::keys);
    names.any(|name| OTHER_PARTICIPANTS.contains(&name.as_str()))
}

fn parse_ticket(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::NotAnId(text.to_owned()))
}

fn parse_conversation(text: &str) -> Result<Uuid, TicketError> {
    Uuid::parse_str(text).map_err(|_| TicketError::UnknownSideConversation)
}

/// Reads `message`: a text, people that get it, and the ids of files.
fn read_message(body: &Value) -> Result<NewSideMessage, Problem> {
    let wrong = |name: &str, must| Problem::WrongType { attribute: name.to_owned(), must };
    let body = body.as_object().ok_or_else(|| wrong("message", "must be an object"))?;
    let sent = json_input::object(body, "message")?;
    let sent = sent.ok_or_else(|| wrong("message", "must be an object"))?;
    let html = json_input::present_text(sent, "html_body")?.map(CommentText::from_html);
    let html = html.transpose()?.filter(|html| !html.is_blank());
    let text = match html {
        Some(html) => html,
        None => {
            let body = json_input::present_text(sent, "body")?.unwrap_or_default();
            CommentText::from_markdown(body.to_owned())?
        }
    };
    let to = json_input::bounded("to", json_input::objects(sent, "to")?)?;
    let to = to.into_iter().map(read_participant).collect::<Result<Vec<_>, _>>()?;
    if to.is_empty() {
        return Err(wrong("to", "must have a participant"));
    }
    let ids = json_input::texts(sent, "attachment_ids", |id| vec![id.to_owned()])?;
    let ids = json_input::bounded("attachment_ids", ids.unwrap_or_default())?;
    let parse = |id: &String| Uuid::parse_str(id.strip_prefix(FILE_ID).unwrap_or(id));
    let must = "must be ids that tickets/side_conversations/attachments answers";
    let files = ids.iter().map(parse).collect::<Result<Vec<_>, _>>();
    let mut files = files.map_err(|_| wrong("attachment_ids", must))?;
    let mut seen = HashSet::new();
    files.retain(|id| seen.insert(*id));
    if text.is_blank() && files.is_empty() {
        return Err(wrong("body", "must not be blank"));
    }
    Ok(NewSideMessage {
        subject: json_input::present_text(sent, "subject")?.map(ToOwned::to_owned),
        text: text.into(),
        to,
        files,
    })
}

fn read_participant(sent: &JsonMap) -> Result<Participant, Problem> {
    let text =
        |name| Ok::<_, Problem>(json_input::present_text(sent, name)?.map(ToOwned::to_owned));
    let user_id = json_input::id(sent, "user_id")?.flatten().map(Id::get);
    let email = text("email")?.filter(|email| !email.trim().is_empty());
    if user_id.is_none() && email.is_none() {
        let must = "must be participants with a user_id or an email";
        return Err(Problem::WrongType { attribute: "to".to_owned(), must });
    }
    if let Some(email) = email.as_ref().filter(|email| !is_address(email)) {
        return Err(Problem::UserChange(UserError::EmailMalformed(email.clone())));
    }
    Ok(Participant { user_id, name: text("name")?, email })
}
