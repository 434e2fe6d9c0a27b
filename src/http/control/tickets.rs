//! `/_mock/tickets`: the tickets of the account, with the texts and files of their comments.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::{CommentDetail, CommentFilter, TicketFilter};
use crate::core::attachments::Attachment;
use crate::core::paging::{Order, Window};
use crate::core::tickets::Ticket;
use crate::core::tickets::values::TicketStatus;
use crate::core::users::User;
use crate::http::control::answer::Reply;
use crate::http::control::call::Call;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::words::word;

#[derive(Serialize, JsonSchema)]
pub struct TicketSummary<'a> {
    id: u64,
    subject: Option<&'a str>,
    #[schemars(schema_with = "word::<TicketStatus>")]
    status: &'static str,
    requester: Person,
    created_at: String,
    updated_at: String,
    /// How many comments it has.
    comments: usize,
    /// How many files its comments have.
    files: usize,
}

#[derive(Serialize, JsonSchema)]
struct Person {
    id: u64,
    name: Option<String>,
    email: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct TicketSummaries<'a> {
    tickets: Vec<TicketSummary<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub struct ShownTicket<'a> {
    ticket: TicketSummary<'a>,
    comments: Vec<ShownComment<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ShownComment<'a> {
    id: u64,
    author: Person,
    public: bool,
    created_at: String,
    /// The `User-Agent` of its sender.
    client: Option<&'a str>,
    /// The inside of Zendesk's `html_body`.
    html: &'a str,
    files: Vec<ShownFile<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ShownFile<'a> {
    /// What `/_mock/files/{file}/content` takes.
    file: String,
    file_name: &'a str,
    content_type: &'a str,
    size: u64,
    inline: bool,
}

impl<'a> TicketSummary<'a> {
    fn new(ticket: &'a Ticket, call: &Call) -> Self {
        let comments = &ticket.comments;
        Self {
            id: ticket.id,
            subject: ticket.subject.as_deref(),
            status: ticket.status.into_str(),
            requester: Person::new(ticket.requester_id, call),
            created_at: format!("{:.0}", ticket.created_at),
            updated_at: format!("{:.0}", ticket.updated_at),
            comments: comments.len(),
            files: comments.iter().map(|comment| comment.attachments.len()).sum(),
        }
    }
}

impl Person {
    fn new(id: u64, call: &Call) -> Self {
        let user = call.account().find_user(id).ok();
        let name = user.as_deref().map(|user: &User| user.name.clone());
        Self { id, name, email: user.and_then(|user| user.email.clone()) }
    }
}

impl<'a> ShownComment<'a> {
    fn new(CommentDetail { comment, attachments }: &'a CommentDetail, call: &Call) -> Self {
        Self {
            id: comment.id,
            author: Person::new(comment.author_id, call),
            public: comment.public,
            created_at: format!("{:.0}", comment.created_at),
            client: comment.client.as_deref(),
            html: comment.text.html(),
            files: attachments.iter().map(ShownFile::new).collect(),
        }
    }
}

impl<'a> ShownFile<'a> {
    fn new(attachment: &'a Arc<Attachment>) -> Self {
        let file = &attachment.original;
        Self {
            file: file.id.to_string(),
            file_name: &file.file_name,
            content_type: &file.content_type,
            size: file.blob.len(),
            inline: attachment.inline,
        }
    }
}

pub async fn list(call: Call) -> Reply<TicketSummaries<'static>> {
    let tickets =
        call.account().list_tickets(&TicketFilter::default(), Order::Descending, Window::ALL).items;
    let tickets = tickets.iter().map(|ticket| TicketSummary::new(ticket, &call)).collect();
    call.answer(TicketSummaries { tickets }).await
}

pub async fn show(call: Call) -> Reply<ShownTicket<'static>> {
    let id = call.number("id")?;
    let ticket = call
        .account()
        .find_ticket(id)
        .map_err(|error| call.missing(error, |account| account.find_ticket(id).is_ok()))?;
    let comments =
        call.account().list_comments(id, &CommentFilter::default(), Order::Ascending, Window::ALL);
    let comments = comments.map_err(Problem::from)?.items;
    call.answer(ShownTicket {
        ticket: TicketSummary::new(&ticket, &call),
        comments: comments.iter().map(|comment| ShownComment::new(comment, &call)).collect(),
    })
    .await
}
