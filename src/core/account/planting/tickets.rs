//! Tickets of a seed: those that bring their history, and those that get one.

use std::sync::Arc;

use crate::core::account::planting::{Planter, field};
use crate::core::attachments::Life;
use crate::core::seed::{Misfit, SeedAudit, SeedComment, SeedTicket, Who};
use crate::core::tickets::audit::Text;
use crate::core::tickets::past::{Incoherent, PastAudit, PastComment, PastTicket};
use crate::core::tickets::properties::{completed, ensure_few_fields};
use crate::core::tickets::{Act, Beginning, NewComment, ReadyComment};
use crate::core::users::Requester;

/// What a list takes that is read page by page.
const GROWING: &str = "takes an id larger than those before it";

/// Whose a ticket is that says nothing of it.
const SOMEBODY: &str = "agent@example.com";

impl Planter<'_> {
    pub(super) fn ticket(&mut self, mut ticket: SeedTicket, at: &str) -> Result<(), Misfit> {
        if ticket.id.is_some_and(|id| !self.store.tickets.next_has(id)) {
            let accepts = "takes an id larger than those of the tickets before it";
            return Err(field(&format!("{at}.id"), accepts));
        }
        if ticket.comments.first().is_none_or(|first| first.text.is_blank()) {
            let accepts = "takes a list of comments, of which the first says something";
            return Err(field(&format!("{at}.comments"), accepts));
        }
        for (number, comment) in ticket.comments.iter().enumerate() {
            if comment.text.ensure_short().is_err() {
                let body = if matches!(comment.text, Text::Html(_)) { "html_body" } else { "body" };
                let at = format!("{at}.comments[{number}].{body}");
                return Err(field(&at, "takes a text of at most 65535 characters"));
            }
        }
        if ensure_few_fields(&[], &ticket.properties).is_err() {
            return Err(field(&format!("{at}.custom_fields"), "takes at most 1000 fields"));
        }
        match ticket.audits.take() {
            Some(audits) => self.past_ticket(ticket, audits, at),
            None => self.new_ticket(ticket, at),
        }
    }

    /// A ticket of which is told how it stands. Its first comment and what is set make its first audit,
    /// and each other comment has one of its own.
    fn new_ticket(&mut self, ticket: SeedTicket, at: &str) -> Result<(), Misfit> {
        let (requester_id, author_id) = self.people(&ticket)?;
        let created_at = ticket.created_at.unwrap_or(self.now);
        let client = ticket.comments.first().and_then(|first| first.client.clone());
        let mut ready = Vec::with_capacity(ticket.comments.len());
        for (number, comment) in ticket.comments.into_iter().enumerate() {
            let comment = self.new_comment(comment, &format!("{at}.comments[{number}]"))?;
            ready.push(comment);
        }
        let properties = ticket.properties;
        let mut ready = ready.into_iter();
        let Some(first) = ready.next() else {
            return Err(field(&format!("{at}.comments"), "takes at least one comment"));
        };
        let beginning = Beginning {
            first,
            more: ready.collect(),
            requester_id,
            properties: completed(properties, requester_id),
        };
        let act = Act { author_id, now: created_at, client: client.as_deref() };
        let made = self.store.tickets.create(beginning, &act, &mut self.store.ids);
        if let Some(updated_at) = ticket.updated_at {
            self.store.tickets.set_updated(made.ticket.id, updated_at);
        }
        Ok(())
    }

    fn new_comment(&mut self, comment: SeedComment, at: &str) -> Result<ReadyComment, Misfit> {
        let author_id = comment.author.map(|author| self.person(&author)).transpose()?;
        let client = comment.client;
        let attachments = self.files(comment.files, Life::Kept, at)?;
        let comment = NewComment {
            text: Arc::new(comment.text),
            public: comment.public,
            author_id,
            created_at: comment.created_at,
            uploads: Vec::new(),
        };
        Ok(ReadyComment { comment, attachments, client })
    }

    /// A ticket of which is told all that happened to it.
    fn past_ticket(
        &mut self,
        ticket: SeedTicket,
        audits: Vec<SeedAudit>,
        at: &str,
    ) -> Result<(), Misfit> {
        let (requester_id, submitter_id) = self.people(&ticket)?;
        let created_at = ticket.created_at.unwrap_or(self.now);
        let mut comments = Vec::with_capacity(ticket.comments.len());
        let mut before = 0;
        for (number, comment) in ticket.comments.into_iter().enumerate() {
            let at = format!("{at}.comments[{number}]");
            let missing = || field(&format!("{at}.id"), "must be there where audits are told");
            let id = comment.id.ok_or_else(missing)?;
            if id <= before {
                return Err(field(&format!("{at}.id"), GROWING));
            }
            before = id;
            let author = comment.author.map(|author| self.person(&author)).transpose()?;
            comments.push(PastComment {
                id,
                author_id: author.unwrap_or(submitter_id),
                text: Arc::new(comment.text),
                public: comment.public,
                attachments: self.files(comment.files, Life::Kept, &at)?,
                created_at: comment.created_at.unwrap_or(created_at),
                client: comment.client,
            });
        }
        let mut before = 0;
        let audits = audits.into_iter().enumerate().map(|(number, audit)| {
            let SeedAudit { id, created_at, author_id, client, events } = audit;
            if id <= before {
                return Err(field(&format!("{at}.audits[{number}].id"), GROWING));
            }
            before = id;
            Ok::<_, Misfit>(PastAudit { id, created_at, author_id, client, events })
        });
        let audits = audits.collect::<Result<Vec<_>, _>>()?;
        let past = PastTicket {
            id: ticket.id.unwrap_or_else(|| self.store.tickets.next_id()),
            created_at,
            updated_at: ticket.updated_at.unwrap_or(created_at),
            requester_id,
            submitter_id,
            properties: ticket.properties,
            comments,
            audits,
        };
        let incoherent =
            |Incoherent| field(&format!("{at}.audits"), "must tell of each comment once");
        self.store.tickets.put(past).map_err(incoherent)
    }

    /// Whose a ticket is, and who sent it.
    fn people(&mut self, ticket: &SeedTicket) -> Result<(u64, u64), Misfit> {
        let somebody = || Who::Person(Requester { name: None, email: Some(SOMEBODY.to_owned()) });
        let requester = ticket.requester.clone().or_else(|| ticket.submitter.clone());
        let requester_id = self.person(&requester.unwrap_or_else(somebody))?;
        let submitter_id = match &ticket.submitter {
            Some(submitter) => self.person(submitter)?,
            None => requester_id,
        };
        Ok((requester_id, submitter_id))
    }
}
