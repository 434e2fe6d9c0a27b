//! Side conversations, as documented. That a message shows its files is inferred.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::core::account::SideConversationDetail;
use crate::core::attachments::Attachment;
use crate::core::clock::Timestamp;
use crate::core::side_conversations::{Participant, SideMessage};
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::html::Wrapped;

/// What the ids of files begin with.
pub const FILE_ID: &str = "s3-";

#[derive(Debug, Serialize, JsonSchema)]
pub struct SideFileJson<'a> {
    content_type: &'a str,
    height: Option<u32>,
    id: String,
    name: &'a str,
    size: u64,
    width: Option<u32>,
    /// Where the file can be read. Only files of messages have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_url: Option<String>,
}

impl<'a> SideFileJson<'a> {
    pub fn new(id: Uuid, attachment: &'a Attachment) -> Self {
        let file = &attachment.original;
        Self {
            content_type: &file.content_type,
            height: file.dimensions.map(|size| size.height),
            id: format!("{FILE_ID}{id}"),
            name: &file.file_name,
            size: file.blob.len(),
            width: file.dimensions.map(|size| size.width),
            content_url: None,
        }
    }

    fn with_url(self, attachment: &Attachment, urls: &Urls) -> Self {
        let file = &attachment.original;
        Self { content_url: Some(urls.content(file.token, &file.file_name)), ..self }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct ParticipantJson<'a> {
    user_id: Option<u64>,
    name: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> From<&'a Participant> for ParticipantJson<'a> {
    fn from(participant: &'a Participant) -> Self {
        let Participant { user_id, name, email } = participant;
        Self { user_id: *user_id, name: name.as_deref(), email: email.as_deref() }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct SideConversationJson<'a> {
    created_at: String,
    id: String,
    message_added_at: String,
    participants: Vec<ParticipantJson<'a>>,
    preview_text: &'a str,
    state: &'static str,
    state_updated_at: String,
    subject: Option<&'a str>,
    ticket_id: u64,
    updated_at: String,
    url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct SideEventJson<'a> {
    actor: ParticipantJson<'a>,
    created_at: String,
    id: String,
    message: SideMessageJson<'a>,
    side_conversation_id: String,
    ticket_id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    url: String,
    via: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SideMessageJson<'a> {
    subject: Option<&'a str>,
    preview_text: &'a str,
    from: ParticipantJson<'a>,
    to: Vec<ParticipantJson<'a>>,
    body: &'a str,
    #[schemars(with = "String")]
    html_body: Wrapped<'a>,
    attachments: Vec<SideFileJson<'a>>,
}

fn url(ticket: u64, conversation: Uuid, urls: &Urls) -> String {
    urls.object(format!("tickets/{ticket}/side_conversations"), conversation)
}

/// The recorded form of times in the documentation: milliseconds and an offset.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string()
}

impl<'a> SideConversationJson<'a> {
    /// A conversation, unless it has no message, which none has.
    pub fn new(detail: &'a SideConversationDetail, urls: &Urls) -> Option<Self> {
        let conversation = &detail.conversation;
        let (first, last) = (conversation.messages.first()?, conversation.messages.last()?);
        let people = conversation
            .messages
            .iter()
            .flat_map(|message| std::iter::once(&message.author).chain(&message.message.to));
        let mut known = BTreeSet::new();
        let people = people.filter(|person| known.insert(*person));
        Some(Self {
            created_at: time(first.created_at),
            id: conversation.id.to_string(),
            message_added_at: time(last.created_at),
            participants: people.map(ParticipantJson::from).collect(),
            preview_text: last.message.text.plain(),
            state: "open",
            state_updated_at: time(first.created_at),
            subject: first.message.subject.as_deref(),
            ticket_id: conversation.ticket_id,
            updated_at: time(last.created_at),
            url: url(conversation.ticket_id, conversation.id, urls),
        })
    }
}

impl<'a> SideEventJson<'a> {
    /// The events of a conversation, one for each message.
    pub fn all(
        detail: &'a SideConversationDetail,
        urls: &Urls,
    ) -> impl DoubleEndedIterator<Item = Self> {
        let messages = detail.conversation.messages.iter().zip(&detail.files).enumerate();
        messages.map(|(place, (message, files))| {
            let attachments = files.iter();
            let attachments =
                attachments.map(|(id, file)| SideFileJson::new(*id, file).with_url(file, urls));
            Self::new(detail, place, message, attachments.collect(), urls)
        })
    }

    fn new(
        detail: &SideConversationDetail,
        place: usize,
        sent: &'a SideMessage,
        attachments: Vec<SideFileJson<'a>>,
        urls: &Urls,
    ) -> Self {
        let conversation = &detail.conversation;
        Self {
            actor: (&sent.author).into(),
            created_at: time(sent.created_at),
            id: sent.id.to_string(),
            message: SideMessageJson {
                subject: sent.message.subject.as_deref(),
                preview_text: sent.message.text.plain(),
                from: (&sent.author).into(),
                to: sent.message.to.iter().map(ParticipantJson::from).collect(),
                body: sent.message.text.plain(),
                html_body: Wrapped(sent.message.text.html()),
                attachments,
            },
            side_conversation_id: conversation.id.to_string(),
            ticket_id: conversation.ticket_id,
            kind: if place == 0 { "create" } else { "reply" },
            url: url(conversation.ticket_id, conversation.id, urls),
            via: "api",
        }
    }
}
