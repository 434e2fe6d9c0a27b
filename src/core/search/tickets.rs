//! Which tickets a query finds.

use crate::core::clock::Timestamp;
use crate::core::search::dates::DateRange;
use crate::core::search::query::{CUSTOM_FIELD, SearchQuery};
use crate::core::search::terms::{Comparison, Term, has_words, matches_pattern};
use crate::core::tickets::Ticket;
use crate::core::tickets::audit::Comment;
use crate::core::tickets::values::{FieldValue, Priority, TicketStatus};
use crate::core::users::Users;

/// What a search for tickets needs to know besides the query.
#[derive(Debug, Clone, Copy)]
pub struct TicketSearcher<'a> {
    pub query: &'a SearchQuery,
    pub users: &'a Users,
    /// The client, which is `me` in a query.
    pub me: Option<u64>,
    pub now: Timestamp,
    /// Whether private comments are searched.
    pub sees_notes: bool,
}

impl TicketSearcher<'_> {
    /// Whether the query finds a ticket. A query without terms finds all.
    pub fn finds(&self, ticket: &Ticket) -> bool {
        self.query.all_find(|term| self.term_finds(term, ticket))
    }

    fn comments<'t>(&self, ticket: &'t Ticket) -> impl Iterator<Item = &'t Comment> {
        let sees_notes = self.sees_notes;
        let comments = ticket.comments.iter().map(|comment| &**comment);
        comments.filter(move |comment| sees_notes || comment.public)
    }

    fn term_finds(&self, term: &Term, ticket: &Ticket) -> bool {
        let Term { text, comparison, .. } = term;
        let said = |words: &str| {
            self.comments(ticket).any(|it| has_words(&it.text.plain().to_lowercase(), words))
        };
        let subject = || ticket.subject.as_deref().unwrap_or_default().to_lowercase();
        let Some(keyword) = term.keyword.as_deref() else {
            return *text == ticket.id.to_string() || has_words(&subject(), text) || said(text);
        };
        let date = |at: Option<Timestamp>| {
            let range = DateRange::parse(text, self.now);
            at.zip(range).is_some_and(|(at, range)| range.has(at, *comparison))
        };
        match keyword {
            "status" => {
                let rank = |status: TicketStatus| status as i64;
                compare(rank(ticket.status), text.parse().ok().map(rank), *comparison)
            }
            "priority" => {
                // Urgent is the first.
                let rank = |priority: Priority| -(priority as i64);
                match ticket.priority {
                    None => text == "none",
                    Some(own) => compare(rank(own), text.parse().ok().map(rank), *comparison),
                }
            }
            "created" => date(Some(ticket.created_at)),
            "updated" => date(Some(ticket.updated_at)),
            "solved" => date(ticket.solved_at),
            "due_date" => date(ticket.due_at),
            _ if *comparison != Comparison::Is => false,
            "ticket_type" => ticket.kind.map_or("none", |kind| kind.into_str()) == text,
            "tags" if text == "none" => ticket.tags.is_empty(),
            "tags" => {
                let has = |tag: &str| {
                    ticket.tags.iter().any(|own| matches_pattern(tag, &own.to_lowercase()))
                };
                text.split(' ').all(has)
            }
            "subject" => has_words(&subject(), text),
            "description" => has_words(&ticket.description.plain().to_lowercase(), text),
            "comment" => said(text),
            "external_id" => {
                let own = ticket.external_id.as_deref().unwrap_or_default().to_lowercase();
                matches_pattern(text, &own)
            }
            "requester" => self.is_person(ticket.requester_id, text),
            "submitter" => self.is_person(ticket.submitter_id, text),
            "assignee" => match ticket.assignee_id {
                None => text == "none",
                Some(id) => self.is_person(id, text),
            },
            "cc" if text == "none" => ticket.email_cc_ids.is_empty(),
            "cc" => ticket.email_cc_ids.iter().any(|id| self.is_person(*id, text)),
            "commenter" => self.comments(ticket).any(|it| self.is_person(it.author_id, text)),
            "group" => is_id(ticket.group_id, text),
            "organization" => is_id(ticket.organization_id, text),
            "brand" => is_id(ticket.brand_id, text),
            "form" => is_id(ticket.ticket_form_id, text),
            "has_attachment" => {
                let has = self.comments(ticket).any(|comment| !comment.attachments.is_empty());
                text.parse() == Ok(has)
            }
            "via" => text == "api",
            "fieldvalue" => ticket.custom_fields.iter().any(|field| has_value(&field.value, text)),
            keyword => keyword.strip_prefix(CUSTOM_FIELD).is_some_and(|id| {
                let mut fields = ticket.custom_fields.iter();
                fields.any(|field| field.id.to_string() == id && has_value(&field.value, text))
            }),
        }
    }

    /// Whether a text names a user: by its id, its address or a part of its name.
    fn is_person(&self, id: u64, text: &str) -> bool {
        if text == "me" {
            return self.me == Some(id);
        }
        if *text == id.to_string() {
            return true;
        }
        let Ok(user) = self.users.find(id) else { return false };
        let email = user.email.as_deref().unwrap_or_default();
        matches_pattern(text, email) || has_words(&user.name.to_lowercase(), text)
    }
}

fn compare(own: i64, wanted: Option<i64>, comparison: Comparison) -> bool {
    wanted.is_some_and(|wanted| match comparison {
        Comparison::Is => own == wanted,
        Comparison::Less => own < wanted,
        Comparison::LessOrEqual => own <= wanted,
        Comparison::Greater => own > wanted,
        Comparison::GreaterOrEqual => own >= wanted,
    })
}

fn is_id(own: Option<u64>, text: &str) -> bool {
    own.map_or(text == "none", |id| id.to_string() == text)
}

fn has_value(value: &FieldValue, text: &str) -> bool {
    match value {
        FieldValue::Null => text == "none",
        FieldValue::Flag(flag) => flag.to_string() == text,
        FieldValue::Integer(number) => number.to_string() == text,
        FieldValue::Decimal(number) => format!("{number:?}") == text,
        FieldValue::Text(own) => matches_pattern(text, &own.to_lowercase()),
        FieldValue::List(own) => own.iter().any(|one| matches_pattern(text, &one.to_lowercase())),
    }
}
