//! Tickets and requests: create, change, read, and attach upload tokens on the way.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::account::comment_checks::{
    ensure_described, ensure_none_empty, ensure_text_or_files,
};
use crate::core::account::requesters::{PlannedRequester, requester_id};
use crate::core::account::settings::AccountSettings;
use crate::core::account::store::Store;
use crate::core::account::{Account, State};
use crate::core::attachments::Attachment;
use crate::core::clock::Timestamp;
use crate::core::id::Id;
use crate::core::ids::UploadToken;
use crate::core::tickets::audit::{Audit, Comment};
use crate::core::tickets::copies::CopyChanges;
use crate::core::tickets::idempotency::{IdempotencyKey, IdempotencyLookup};
use crate::core::tickets::properties::{Property, completed, ensure_few_fields};
use crate::core::tickets::tags::TagChanges;
use crate::core::tickets::text::CommentText;
use crate::core::tickets::values::TicketStatus;
use crate::core::tickets::{
    AuditedTicket, FollowupSource, ImportDates, NewComment, PreparedComment, RequesterReply,
    Ticket, TicketAction, TicketDraft, TicketError, cost_of_change, cost_of_followup,
    cost_of_property, cost_of_ticket,
};
use crate::core::users::{Login, Requester};

/// The client that sends a ticket or a change.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// Its credentials. Requests may have none.
    pub login: Option<&'a Login>,
    /// Its `User-Agent`.
    pub client: Option<&'a str>,
}

#[derive(Debug, Default)]
pub struct NewTicket {
    /// The first comment describes the ticket.
    pub comments: Vec<NewComment>,
    pub properties: Vec<Property>,
    /// The sender, if missing.
    pub requester: Option<Requester>,
    /// The requester, if missing.
    pub submitter_id: Option<u64>,
    pub copies: CopyChanges,
    pub dates: ImportDates,
    /// The ticket that it follows up on. One that is not closed has no effect.
    pub followup_source: Option<u64>,
}

#[derive(Debug, Default)]
pub struct TicketChange {
    pub comment: Option<NewComment>,
    pub properties: Vec<Property>,
    pub requester: Option<Requester>,
    pub copies: CopyChanges,
    pub tags: TagChanges,
    /// If it is the requester's.
    pub reply: Option<RequesterReply>,
    /// The time of the last change that the client knows, if a later one prevents this one.
    pub safe_since: Option<Timestamp>,
}

/// An audit, and the attachments of its comment.
#[derive(Debug)]
pub struct AuditDetail {
    pub audit: Arc<Audit>,
    pub attachments: Vec<Arc<Attachment>>,
}

#[derive(Debug)]
pub struct CommentDetail {
    pub comment: Arc<Comment>,
    pub attachments: Vec<Arc<Attachment>>,
}

/// A ticket that was created or changed, and the audit of that.
#[derive(Debug)]
pub struct TicketChangeResult {
    pub ticket: Arc<Ticket>,
    pub audit: AuditDetail,
    /// The tokens that were attached.
    pub attached: Vec<UploadToken>,
}

/// What a new ticket comes to. Nothing can refuse it any more.
enum TicketPlan<'a> {
    /// The ticket that an earlier request with the same key created.
    Repeat(AuditedTicket),
    Create(CreationPlan<'a>),
}

struct CreationPlan<'a> {
    id: Id,
    now: Timestamp,
    description: Arc<CommentText>,
    tokens: Vec<Vec<UploadToken>>,
    requester: PlannedRequester<'a>,
    followup_source: Option<FollowupSource>,
    /// The tags of that ticket, if they are inherited.
    inherited: Option<Property>,
}

impl Account {
    /// Creates a ticket and attaches its tokens, or does nothing at all.
    pub fn create_ticket(
        &self,
        new: NewTicket,
        sender: Sender<'_>,
        key: Option<IdempotencyKey>,
        settings: &AccountSettings,
    ) -> Result<(TicketChangeResult, Option<IdempotencyLookup>), TicketError> {
        let NewTicket {
            comments,
            mut properties,
            requester,
            submitter_id,
            copies,
            dates,
            followup_source,
        } = new;
        let (mut state, plan) = self.reserve(|State { store, journal, .. }| {
            let now = store.sweep(journal);
            if let Some(key) = &key
                && let Some(created) = store.idempotency.find(key, now)?
            {
                return Ok((TicketPlan::Repeat(created), 0));
            }
            let first = comments.first().ok_or(TicketError::DescriptionBlank)?;
            ensure_described(first, settings)?;
            let description = Arc::clone(&first.text);
            ensure_few_fields(&[], &properties)?;
            store.ids.ensure_left()?;
            let id = store.tickets.next_id()?;
            let (mut tokens, mut before) = (Vec::with_capacity(comments.len()), HashSet::new());
            for comment in &comments {
                let on_bad = settings.bad_token_on_ticket;
                if !tokens.is_empty() {
                    ensure_text_or_files(comment, settings)?;
                }
                let found = store.uploads.attachable(&comment.uploads, &before, on_bad, now)?;
                before.extend(found.iter().copied());
                tokens.push(found);
            }
            ensure_none_empty(&comments, &tokens)?;
            let cost = cost_of_ticket(&comments, &properties, sender.client);
            let cost = cost + key.as_ref().map_or(0, |key| key.cost(cost));
            let cost = cost + store.cost_of_people(sender, requester.as_ref());
            let cost = cost + store.cost_of_copies(&[], &[], &copies);
            let requester = match (&requester, requester_id(&properties), sender.login) {
                (Some(named), ..) => PlannedRequester::Named(named),
                (None, Some(id), _) => PlannedRequester::Given(id),
                (None, None, Some(login)) => PlannedRequester::Caller(login),
                (None, None, None) => return Err(TicketError::RequesterMissing),
            };
            store.ensure_usable(&requester)?;
            store.ensure_valid_copies(&copies)?;
            let source = followup_source.and_then(|id| store.followup_source(id, sender));
            let followup_source = source
                .map(|ticket| FollowupSource { id: ticket.id, subject: ticket.subject.clone() });
            let sets_tags = properties.iter().any(|set| matches!(set, Property::Tags(_)));
            let tags = source.filter(|_| !sets_tags).map(|ticket| ticket.tags.clone());
            let inherited = tags.map(Property::Tags);
            let cost = cost
                + followup_source.as_ref().map_or(0, cost_of_followup)
                + inherited.as_ref().map_or(0, cost_of_property);
            let plan = CreationPlan {
                id,
                now,
                description,
                tokens,
                requester,
                followup_source,
                inherited,
            };
            Ok((TicketPlan::Create(plan), cost))
        })?;

        let store = &mut state.store;
        let CreationPlan { id, now, description, tokens, requester, followup_source, inherited } =
            match plan {
                TicketPlan::Create(plan) => plan,
                TicketPlan::Repeat(created) => {
                    let result = store.change_result(created, Vec::new());
                    return Ok((result, Some(IdempotencyLookup::Hit)));
                }
            };
        let caller = sender.login.map(|login| store.caller(login, now).id);
        let requester_id = match requester {
            PlannedRequester::Named(requester) => store.requester(requester, now).id,
            PlannedRequester::Given(id) => id,
            PlannedRequester::Caller(login) => store.caller(login, now).id,
        };
        let author_id = caller.unwrap_or(requester_id);
        let action = TicketAction { author_id, now, recorded_at: Some(now), client: sender.client };
        let prepared = comments.into_iter().zip(&tokens).map(|(comment, tokens)| PreparedComment {
            comment,
            attachments: store.attach(tokens, id.get(), now),
            client: None,
        });
        let comments = prepared.collect();
        properties.retain(|property| !matches!(property, Property::Requester(_)));
        properties.extend(inherited);
        let mut properties = completed(properties, requester_id);
        properties.extend(store.copy_properties(&[], &[], &copies, now));
        let draft = TicketDraft {
            description,
            comments,
            requester_id,
            submitter_id: submitter_id.unwrap_or(requester_id),
            properties,
            dates,
            followup_source,
        };
        let created = store.tickets.create(id, draft, &action, &mut store.ids);
        let lookup = key.map(|key| {
            store.idempotency.remember(key, created.clone(), now);
            IdempotencyLookup::Miss
        });
        Ok((store.change_result(created, tokens.concat()), lookup))
    }

    /// Changes a ticket and attaches the tokens of its new comment, or does nothing at all.
    pub fn update_ticket(
        &self,
        id: u64,
        change: TicketChange,
        sender: Sender<'_>,
        settings: &AccountSettings,
    ) -> Result<TicketChangeResult, TicketError> {
        let TicketChange { comment, mut properties, requester, copies, tags, reply, safe_since } =
            change;
        let (mut state, plan) = self.reserve(|State { store, journal, .. }| {
            let now = store.sweep(journal);
            let (place, ticket) = store.tickets.locate(id)?;
            ticket.ensure_open()?;
            // Clients know whole seconds.
            let differs = |known: Timestamp| ticket.updated_at.as_second() != known.as_second();
            if safe_since.is_some_and(differs) {
                return Err(TicketError::UpdateConflict);
            }
            ensure_few_fields(&ticket.custom_fields, &properties)?;
            store.ids.ensure_left()?;
            let mut tokens = Vec::new();
            if let Some(comment) = &comment {
                ensure_text_or_files(comment, settings)?;
                let on_bad = settings.bad_token_on_ticket;
                tokens =
                    store.uploads.attachable(&comment.uploads, &HashSet::new(), on_bad, now)?;
                if comment.text.is_blank() && tokens.is_empty() {
                    return Err(TicketError::CommentBlank);
                }
            }
            let login = sender.login.ok_or(TicketError::RequesterMissing)?;
            if let Some(requester) = &requester {
                store.ensure_usable(&PlannedRequester::Named(requester))?;
            } else if let Some(id) = requester_id(&properties) {
                store.ensure_usable(&PlannedRequester::Given(id))?;
            }
            store.ensure_valid_copies(&copies)?;
            let cost = cost_of_change(comment.as_slice(), &properties, sender.client)
                + store.cost_of_people(sender, requester.as_ref())
                + store.cost_of_copies(&ticket.email_cc_ids, &ticket.follower_ids, &copies);
            let tags = tags.apply(ticket, &properties);
            let cost = cost + tags.as_ref().map_or(0, cost_of_property);
            Ok(((now, place, Arc::clone(ticket), tokens, login, tags), cost))
        })?;

        let (now, place, ticket, tokens, login, tags) = plan;
        let store = &mut state.store;
        properties.extend(tags);
        properties.extend(reply.map(|reply| Property::Status(ticket.status_after(reply))));
        properties.extend(store.copy_properties(
            &ticket.email_cc_ids,
            &ticket.follower_ids,
            &copies,
            now,
        ));
        // The ticket is changed in place.
        drop(ticket);
        let author_id = store.caller(login, now).id;
        if let Some(requester) = &requester {
            properties.retain(|property| !matches!(property, Property::Requester(_)));
            properties.push(Property::Requester(store.requester(requester, now).id));
        }
        let action = TicketAction { author_id, now, recorded_at: None, client: sender.client };
        let comment = comment.map(|comment| PreparedComment {
            comment,
            attachments: store.attach(&tokens, id, now),
            client: None,
        });
        let changed = store.tickets.update(place, comment, properties, &action, &mut store.ids);
        Ok(store.change_result(changed, tokens))
    }
}

impl Store {
    /// The closed ticket that a new one can follow up on.
    fn followup_source(&self, id: u64, sender: Sender<'_>) -> Option<&Ticket> {
        let ticket = self.tickets.find(id).ok()?;
        let is_closed = ticket.status == TicketStatus::Closed;
        (is_closed && self.users.may_see(sender.login, ticket)).then_some(&**ticket)
    }

    /// At least the bytes that the sender and the requester add as users.
    pub(super) fn cost_of_people(&self, sender: Sender<'_>, requester: Option<&Requester>) -> u64 {
        let caller = sender.login.map_or(0, |login| self.users.cost_of_caller(login));
        caller + requester.map_or(0, |requester| self.users.cost_of_requester(requester))
    }

    /// Attaches tokens to a ticket, and returns the ids of their files.
    fn attach(&mut self, tokens: &[UploadToken], ticket: u64, now: Timestamp) -> Vec<u64> {
        if tokens.is_empty() {
            return Vec::new();
        }
        self.uploads.attach(tokens, ticket, now, &mut self.attachments)
    }

    fn change_result(
        &self,
        changed: AuditedTicket,
        attached: Vec<UploadToken>,
    ) -> TicketChangeResult {
        let AuditedTicket { ticket, audit } = changed;
        TicketChangeResult { ticket, audit: self.audit_detail(audit), attached }
    }

    pub(super) fn audit_detail(&self, audit: Arc<Audit>) -> AuditDetail {
        let attached = audit.comment().map(|comment| &*comment.attachments).unwrap_or_default();
        AuditDetail { attachments: self.attachments.all_of(attached), audit }
    }
}
