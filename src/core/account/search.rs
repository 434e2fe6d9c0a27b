//! Searches. Texts are compared outside of the lock.

use std::sync::Arc;

use crate::core::account::{Account, RequestScope};
use crate::core::search::query::SearchQuery;
use crate::core::search::tickets::TicketSearcher;
use crate::core::tickets::Ticket;
use crate::core::users::User;

/// What a search finds.
#[derive(Debug, Clone)]
pub enum FoundObject {
    Ticket(Arc<Ticket>),
    User(Arc<User>),
}

impl Account {
    /// What tickets and users are charged, which is more than a search reads.
    pub fn searched_bytes(&self) -> u64 {
        let state = self.state();
        state.store.tickets.cost() + state.store.users.cost()
    }

    /// The tickets and users that a query finds. `me` is the client.
    pub fn search(&self, query: &SearchQuery, me: Option<u64>) -> Vec<FoundObject> {
        let state = self.state();
        let (tickets, users) = (state.store.tickets.clone(), state.store.users.clone());
        let now = state.store.clock.now();
        drop(state);
        let searcher = TicketSearcher { query, users: &users, me, now, sees_notes: true };
        let mut found = Vec::new();
        if query.finds_tickets {
            let tickets = tickets.all().iter().filter(|ticket| searcher.finds(ticket));
            found.extend(tickets.cloned().map(FoundObject::Ticket));
        }
        let users = users.all().iter().filter(|user| query.finds_user(user, now));
        found.extend(users.cloned().map(FoundObject::User));
        found
    }

    /// The requests of a user that a query finds, which searches what the user sees.
    pub fn search_requests(
        &self,
        query: &SearchQuery,
        user: u64,
        scope: RequestScope,
    ) -> Vec<Arc<Ticket>> {
        let state = self.state();
        let (tickets, users) = (state.store.tickets.clone(), state.store.users.clone());
        let now = state.store.clock.now();
        drop(state);
        let me = Some(user);
        let searcher = TicketSearcher { query, users: &users, me, now, sees_notes: false };
        let is_found = |ticket: &&Arc<Ticket>| {
            ticket.is_public && scope.has(ticket, user) && searcher.finds(ticket)
        };
        tickets.all().iter().filter(is_found).cloned().collect()
    }
}
