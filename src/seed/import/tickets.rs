//! Imports tickets: those with a history as they were, the others as if they were created.

use std::collections::HashMap;
use std::mem::take;
use std::sync::Arc;

use crate::core::attachments::Lifetime;
use crate::core::id::{Id, IdsExhausted};
use crate::core::tickets::audit::{AuditEvent, AuditEventDetail};
use crate::core::tickets::properties::{Property, completed, ensure_few_fields};
use crate::core::tickets::text::CommentText;
use crate::core::tickets::{
    FollowupSource, ImportDates, NewComment, PreparedComment, Ticket, TicketAction, TicketDraft,
};
use crate::seed::error::SeedError;
use crate::seed::import::{Importer, ensure_line};
use crate::seed::model::{SeedAudit, SeedComment, SeedFollowupSource, SeedTicket};
use crate::seed::values::{SeedEvent, SeedPerson};

/// The requester of a ticket that names no person.
const REQUESTER: &str = "agent@example.com";

/// A comment with the id that it has in the document.
type GivenComment = (Option<Id>, PreparedComment);

impl Importer<'_> {
    pub(super) fn ticket(&mut self, mut ticket: SeedTicket) -> Result<(), SeedError> {
        if ticket.id.is_some_and(|id| !self.store.tickets.raise_next_id(id)) {
            let problem = "takes an id larger than those of the tickets before it";
            return Err(SeedError::field("id", problem));
        }
        let exhausted = |error: IdsExhausted| SeedError::field("id", error.to_string());
        let id = self.store.tickets.next_id().map_err(exhausted)?;
        let submitter = ticket.submitter.take().map(|person| self.person(person));
        let requester = ticket.requester.take().map(|person| self.person(person));
        let agent = || self.person(SeedPerson::Email(REQUESTER.to_owned()));
        let requester_id = requester.or(submitter).unwrap_or_else(agent);
        let submitter_id = submitter.unwrap_or(requester_id);
        let followup_source = followup_source(ticket.followup_source.take())?;
        let followup_ids: Vec<_> =
            take(&mut ticket.followup_ids).into_iter().map(Id::get).collect();
        let properties = properties(&mut ticket);
        if ensure_few_fields(&[], &properties).is_err() {
            return Err(SeedError::field("custom_fields", "takes at most 1000 fields"));
        }
        let comments = self.each("comments", take(&mut ticket.comments), Self::comment)?;
        let says = |first: &PreparedComment| {
            !first.comment.text.is_blank() || !first.attachments.is_empty()
        };
        let Some((_, first)) = comments.first().filter(|(_, first)| says(first)) else {
            let problem = "takes a list of comments, of which the first says something";
            return Err(SeedError::field("comments", problem));
        };
        let description = Arc::clone(&first.comment.text);
        let client = first.client.clone();
        let created_at = ticket.created_at.unwrap_or(self.now);
        if let Some(audits) = ticket.audits {
            let mut restored = Ticket {
                id: id.get(),
                created_at,
                submitter_id,
                followup_source,
                followup_ids,
                ..Ticket::new(requester_id, description)
            };
            for property in properties {
                property.set(&mut restored);
            }
            self.restore_history(&mut restored, comments, audits)?;
            restored.solved_at = ticket.solved_at;
            restored.updated_at = ticket.updated_at.unwrap_or(created_at);
            restored.generated_at = ticket.generated_at.unwrap_or(restored.updated_at);
            self.store.tickets.restore(restored);
            return Ok(());
        }
        let draft = TicketDraft {
            description,
            comments: comments.into_iter().map(|(_, comment)| comment).collect(),
            requester_id,
            submitter_id,
            properties: completed(properties, requester_id),
            dates: ImportDates {
                created_at: None,
                updated_at: ticket.updated_at,
                solved_at: ticket.solved_at,
            },
            followup_source,
        };
        let act = TicketAction {
            author_id: submitter_id,
            now: created_at,
            recorded_at: ticket.generated_at,
            client: client.as_deref(),
        };
        self.store.tickets.create(id, draft, &act, &mut self.store.ids);
        Ok(())
    }

    fn comment(&mut self, comment: SeedComment) -> Result<GivenComment, SeedError> {
        ensure_line("client", comment.client.as_deref())?;
        let (field, text) = match (comment.html_body, comment.body) {
            (Some(html), _) => ("html_body", CommentText::from_html(&html)),
            (None, body) => ("body", CommentText::from_markdown(body.unwrap_or_default())),
        };
        let too_long = |_| SeedError::field(field, "takes a text of at most 65535 characters");
        let text = text.map_err(too_long)?;
        let new = NewComment {
            text: Arc::new(text),
            public: comment.public.unwrap_or(true),
            author_id: comment.author.map(|person| self.person(person)),
            created_at: comment.created_at,
            uploads: Vec::new(),
        };
        let attachments = self.files(comment.files, Lifetime::Kept)?;
        let client = comment.client;
        Ok((comment.id, PreparedComment { comment: new, attachments, client }))
    }

    /// Gives a ticket its comments and audits. Each comment is an event of one audit.
    fn restore_history(
        &mut self,
        ticket: &mut Ticket,
        comments: Vec<GivenComment>,
        audits: Vec<SeedAudit>,
    ) -> Result<(), SeedError> {
        let mut last_id = 0;
        let comments = self.each("comments", comments, |_, (id, comment)| {
            Ok((growing(&mut last_id, id)?, comment))
        })?;
        let mut comments: HashMap<_, _> = comments.into_iter().collect();
        let mut last_id = 0;
        self.each("audits", audits, |importer, audit| {
            ensure_line("client", audit.client.as_deref())?;
            let id = growing(&mut last_id, audit.id)?;
            let author_id = audit.author_id.ok_or_else(|| SeedError::missing("author_id"))?;
            let act = TicketAction {
                author_id: author_id.get(),
                now: audit.created_at.ok_or_else(|| SeedError::missing("created_at"))?,
                recorded_at: audit.recorded_at,
                client: audit.client.as_deref(),
            };
            let events = importer.each("events", audit.events, |_, event| {
                let (id, detail) = match event {
                    SeedEvent::Comment { id: comment } => {
                        let problem = "takes the id of a comment that no other event has";
                        let prepared = comments.remove(&comment.get());
                        let prepared = prepared.ok_or_else(|| SeedError::field("id", problem))?;
                        return Ok(ticket.add_comment(comment.get(), id, prepared, &act));
                    }
                    SeedEvent::Create { id, field_name, value } => {
                        (id, AuditEventDetail::Create { field_name, value })
                    }
                    SeedEvent::Change { id, field_name, value, previous_value: previous } => {
                        (id, AuditEventDetail::Change { field_name, value, previous })
                    }
                    SeedEvent::AttachmentRedaction { id, attachment_id, comment_id } => {
                        let (attachment_id, comment_id) = (attachment_id.get(), comment_id.get());
                        (id, AuditEventDetail::AttachmentRedaction { attachment_id, comment_id })
                    }
                    SeedEvent::CommentRedaction { id, comment_id } => {
                        let comment_id = comment_id.get();
                        (id, AuditEventDetail::CommentRedaction { comment_id })
                    }
                    SeedEvent::CommentPrivacy { id, comment_id } => {
                        (id, AuditEventDetail::CommentPrivacy { comment_id: comment_id.get() })
                    }
                };
                Ok(AuditEvent { id: id.get(), detail })
            })?;
            ticket.add_audit(id, events, &act);
            Ok(())
        })?;
        if !comments.is_empty() {
            return Err(SeedError::field("audits", "must name each comment once"));
        }
        ticket.comments.sort_by_key(|comment| comment.id);
        Ok(())
    }
}

/// The id, which must be larger than the one before: lists are read page by page.
fn growing(last: &mut u64, id: Option<Id>) -> Result<u64, SeedError> {
    let missing = || SeedError::field("id", "must be there where there are audits");
    let id = id.ok_or_else(missing)?.get();
    if id <= *last {
        return Err(SeedError::field("id", "takes an id larger than those before it"));
    }
    *last = id;
    Ok(id)
}

fn followup_source(sent: Option<SeedFollowupSource>) -> Result<Option<FollowupSource>, SeedError> {
    let Some(SeedFollowupSource { id, subject }) = sent else { return Ok(None) };
    let missing = || SeedError::field("followup_source", "needs an id");
    Ok(Some(FollowupSource { id: id.ok_or_else(missing)?.get(), subject }))
}

fn properties(ticket: &mut SeedTicket) -> Vec<Property> {
    fn id(value: Option<Id>, property: fn(Option<u64>) -> Property) -> Option<Property> {
        set(value.map(Id::get), property)
    }
    fn set<T>(value: Option<T>, property: fn(Option<T>) -> Property) -> Option<Property> {
        value.is_some().then(|| property(value))
    }
    let ids = |ids: Vec<Id>| ids.into_iter().map(Id::get).collect::<Vec<_>>();
    let email_ccs = ids(take(&mut ticket.email_cc_ids));
    let followers = ids(take(&mut ticket.follower_ids));
    let (tags, custom_fields) = (take(&mut ticket.tags), take(&mut ticket.custom_fields));
    let properties = [
        ticket.status.map(Property::Status),
        set(ticket.priority, Property::Priority),
        set(ticket.r#type, Property::Type),
        set(ticket.subject.take(), Property::Subject),
        (!tags.is_empty()).then_some(Property::Tags(tags)),
        set(ticket.external_id.take(), Property::ExternalId),
        id(ticket.assignee_id, Property::Assignee),
        id(ticket.group_id, Property::Group),
        id(ticket.organization_id, Property::Organization),
        id(ticket.brand_id, Property::Brand),
        id(ticket.ticket_form_id, Property::Form),
        id(ticket.problem_id, Property::Problem),
        set(ticket.due_at, Property::DueAt),
        (!email_ccs.is_empty()).then_some(Property::EmailCcs(email_ccs)),
        (!followers.is_empty()).then_some(Property::Followers(followers)),
    ];
    let custom_fields = custom_fields.into_iter().map(Property::Custom);
    properties.into_iter().flatten().chain(custom_fields).collect()
}
