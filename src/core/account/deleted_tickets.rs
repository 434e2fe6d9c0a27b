//! Tickets that are deleted, restored and deleted permanently.

use std::sync::Arc;

use crate::core::account::settings::AccountSettings;
use crate::core::account::{Account, Sender, State, Store, TicketSort};
use crate::core::blobs::Evict;
use crate::core::clock::{self, Timestamp};
use crate::core::deleted_tickets::{DeletedContents, DeletedTicket};
use crate::core::ids::FileToken;
use crate::core::paging::{self, Order, Page, Window};
use crate::core::side_conversations::WithdrawnConversations;
use crate::core::tickets::{Ticket, TicketError};
use crate::core::users::{Login, User};

/// A deleted ticket as a list shows it.
#[derive(Debug, Clone)]
pub struct DeletedTicketDetail {
    pub ticket: Arc<Ticket>,
    pub deleted_at: Timestamp,
    /// The user that deleted it.
    pub actor: Option<Arc<User>>,
}

/// What deleted tickets are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletedTicketSort {
    DeletedAt,
    Ticket(TicketSort),
}

impl DeletedTicketSort {
    pub fn key(self, detail: &DeletedTicketDetail) -> (i64, u64) {
        match self {
            Self::DeletedAt => (detail.deleted_at.as_second(), detail.ticket.id),
            Self::Ticket(sort) => sort.key(&detail.ticket),
        }
    }
}

impl Account {
    /// Deletes a ticket with its side conversations, and the files of both. All of it can be
    /// restored for a time, as long as the server has room for it.
    pub fn delete_ticket(
        &self,
        id: u64,
        sender: Sender<'_>,
        settings: &AccountSettings,
    ) -> Result<(), TicketError> {
        let mut state = self.state();
        let State { store, journal, .. } = &mut *state;
        let now = store.sweep(journal);
        store.tickets.find(id)?;
        let actor_id = sender.login.and_then(|login| state.caller_if_there_is_room(login, now));
        let store = &mut state.store;
        let before = store.cost();
        let contents = store.withdraw_ticket(id)?;
        let cost = before - store.cost();
        let lifetime = settings.deleted_ticket_ttl;
        let charge = if lifetime.is_zero() { None } else { state.split_charge(cost, &self.budget) };
        let Some(charge) = charge else {
            state.store.forget_tokens(contents.tokens());
            state.store.deleted_tickets.record_permanent(now);
            // What a ticket had takes time to drop.
            drop(state);
            return Ok(());
        };
        let expires_at = clock::after(now, lifetime);
        let deleted = Arc::new(DeletedTicket::new(contents, charge, now, expires_at, actor_id));
        let evictable: Arc<dyn Evict> = Arc::<DeletedTicket>::clone(&deleted);
        self.budget.add_evictable(Arc::downgrade(&evictable));
        state.store.deleted_tickets.add(id, deleted);
        Ok(())
    }

    /// Puts a deleted ticket back with all that was deleted with it, under the same ids.
    pub fn restore_ticket(&self, id: u64) -> Result<(), TicketError> {
        let (mut guard, (now, deleted, is_exclusive)) =
            self.reserve(|State { store, journal, .. }| {
                let now = store.sweep(journal);
                store.deleted_tickets.find(id, now).ok_or(TicketError::NotDeleted)?;
                // What a snapshot has too stays charged for that.
                let is_exclusive = store.deleted_tickets.is_exclusive(id);
                let deleted = store.deleted_tickets.find(id, now).map(Arc::clone);
                let deleted = deleted.ok_or(TicketError::NotDeleted)?;
                let cost = if is_exclusive { 0 } else { deleted.cost };
                Ok::<_, TicketError>(((now, deleted, is_exclusive), cost))
            })?;
        let State { store, charge, .. } = &mut *guard;
        let contents = if is_exclusive {
            deleted.take_contents().map(|(contents, its_charge)| {
                charge.merge(its_charge);
                contents
            })
        } else {
            deleted.share_contents()
        };
        // It may have been evicted meanwhile.
        let contents = contents.ok_or(TicketError::NotDeleted)?;
        store.deleted_tickets.remove(id);
        store.put_ticket_back(contents, now);
        Ok(())
    }

    pub fn ensure_deleted(&self, id: u64) -> Result<(), TicketError> {
        let state = self.state();
        let found = state.store.deleted_tickets.find(id, state.store.clock.now());
        found.map(drop).ok_or(TicketError::NotDeleted)
    }

    /// Deletes a deleted ticket permanently.
    pub fn destroy_ticket(&self, id: u64) -> Result<(), TicketError> {
        let mut state = self.state();
        let State { store, journal, .. } = &mut *state;
        let now = store.sweep(journal);
        store.deleted_tickets.find(id, now).ok_or(TicketError::NotDeleted)?;
        let deleted = store.deleted_tickets.remove(id).ok_or(TicketError::NotDeleted)?;
        store.forget_tokens(deleted.tokens.iter().copied());
        store.deleted_tickets.record_permanent(now);
        // It takes time to drop, which needs no lock.
        drop(state);
        drop(deleted);
        Ok(())
    }

    pub fn list_deleted_tickets(
        &self,
        sort: DeletedTicketSort,
        order: Order,
        window: Window<(i64, u64)>,
    ) -> Page<DeletedTicketDetail> {
        let state = self.state();
        let store = &state.store;
        let detail = |(deleted, ticket): (&Arc<DeletedTicket>, _)| DeletedTicketDetail {
            ticket,
            deleted_at: deleted.deleted_at,
            actor: deleted.actor_id.and_then(|id| store.users.find(id).ok()),
        };
        let mut all: Vec<_> = store.deleted_tickets.all(store.clock.now()).map(detail).collect();
        drop(state);
        match sort {
            DeletedTicketSort::Ticket(TicketSort::Subject) => {
                all.sort_by(|a, b| a.ticket.subject.cmp(&b.ticket.subject));
            }
            _ => all.sort_by_key(|detail| sort.key(detail)),
        }
        paging::cut(&all, |detail| sort.key(detail), order, window)
    }
}

impl State {
    /// The id of the user with these credentials. Its first call creates it if the budget has room:
    /// a deletion is not refused for that.
    fn caller_if_there_is_room(&mut self, login: &Login, now: Timestamp) -> Option<u64> {
        let cost = self.store.users.cost_of_caller(login);
        let has_room = self.store.ids.ensure_left().is_ok() && self.reserve(cost).is_ok();
        has_room.then(|| self.store.caller(login, now).id)
    }
}

impl Store {
    /// Takes out a ticket, its side conversations, and the files of both.
    fn withdraw_ticket(&mut self, id: u64) -> Result<DeletedContents, TicketError> {
        let ticket = self.tickets.withdraw(id)?;
        let has_conversations = self.side_conversations.all_in(id).next().is_some();
        let conversations = if has_conversations {
            self.side_conversations.withdraw_all_in(id)
        } else {
            WithdrawnConversations::default()
        };
        let of_comments = ticket.comments.iter().flat_map(|comment| &comment.attachments);
        let of_conversations = conversations.files.iter().map(|(_, attachment)| attachment);
        let files: Vec<_> = of_comments.chain(of_conversations).copied().collect();
        let attachments = files.into_iter().filter_map(|file| self.attachments.withdraw(file));
        let attachments = attachments.collect();
        Ok(DeletedContents { ticket, attachments, conversations })
    }

    fn put_ticket_back(&mut self, contents: DeletedContents, now: Timestamp) {
        let DeletedContents { ticket, attachments, conversations } = contents;
        for attachment in attachments {
            self.attachments.put_back(attachment);
        }
        if !conversations.is_empty() {
            self.side_conversations.put_back(conversations);
        }
        self.tickets.put_back(ticket, now);
    }

    /// Frees the tokens of the files of a ticket that cannot be restored any more.
    pub(super) fn forget_tokens(&mut self, tokens: impl Iterator<Item = FileToken>) {
        let mut tokens = tokens.peekable();
        if tokens.peek().is_some() {
            self.attachments.free_tokens(tokens);
        }
    }
}
