//! Users that clients create, change and list.

use std::sync::Arc;

use crate::core::account::{Account, State, TicketSort};
use crate::core::paging::{self, Order, Page, Window};
use crate::core::tickets::Ticket;
use crate::core::users::{Login, Role, UnknownUser, User, UserChange, UserError};

/// What a user is to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketRelation {
    Requested,
    Assigned,
    /// It gets copies by e-mail.
    Copied,
}

/// Which users a list has.
#[derive(Debug, Default)]
pub struct UserFilter {
    /// Users have one of these roles, if they are given.
    pub roles: Option<Vec<Role>>,
    pub external_id: Option<String>,
}

impl UserFilter {
    fn selects_all(&self) -> bool {
        self.roles.is_none() && self.external_id.is_none()
    }

    fn selects(&self, user: &User) -> bool {
        self.roles.as_ref().is_none_or(|roles| roles.contains(&user.role))
            && self.external_id.as_ref().is_none_or(|id| user.has_external_id(id))
    }
}

impl Account {
    /// Creates a user for a client.
    pub fn create_user(
        &self,
        new: UserChange,
        client: Option<&Login>,
    ) -> Result<Arc<User>, UserError> {
        let (mut state, ()) = self.reserve(|State { store, .. }| {
            store.ids.ensure_left()?;
            store.users.ensure_may_change(client, &new, None)?;
            store.users.ensure_valid(&new, None)?;
            Ok::<_, UserError>(((), new.cost()))
        })?;
        let store = &mut state.store;
        let now = store.clock.now();
        Ok(store.users.create(new, now, &mut store.ids))
    }

    /// Changes a user for a client.
    pub fn update_user(
        &self,
        id: u64,
        change: UserChange,
        client: Option<&Login>,
    ) -> Result<Arc<User>, UserError> {
        let (mut state, ()) = self.reserve(|State { store, .. }| {
            store.users.find(id)?;
            store.users.ensure_may_change(client, &change, Some(id))?;
            store.users.ensure_valid(&change, Some(id))?;
            Ok::<_, UserError>(((), change.cost()))
        })?;
        let now = state.store.clock.now();
        Ok(state.store.users.change(id, change, now)?)
    }

    /// Changes the user with this external id or address, or creates it. Says whether it is new.
    pub fn create_or_update_user(
        &self,
        change: UserChange,
        client: Option<&Login>,
    ) -> Result<(Arc<User>, bool), UserError> {
        let (mut state, same) = self.reserve(|State { store, .. }| {
            store.ids.ensure_left()?;
            let same = store.users.find_same(&change);
            store.users.ensure_may_change(client, &change, same)?;
            store.users.ensure_valid(&change, same)?;
            Ok::<_, UserError>((same, change.cost()))
        })?;
        let store = &mut state.store;
        let now = store.clock.now();
        match same {
            Some(id) => Ok((store.users.change(id, change, now)?, false)),
            None => Ok((store.users.create(change, now, &mut store.ids), true)),
        }
    }

    pub fn list_users(&self, filter: &UserFilter, order: Order, window: Window) -> Page<Arc<User>> {
        let state = self.state();
        let all = state.store.users.all();
        if filter.selects_all() {
            return paging::cut(all, |user| user.id, order, window);
        }
        let selected: Vec<_> = all.iter().filter(|user| filter.selects(user)).cloned().collect();
        paging::cut(&selected, |user| user.id, order, window)
    }

    /// The users among these that exist.
    pub fn find_users(&self, ids: &[u64]) -> Vec<Arc<User>> {
        let state = self.state();
        ids.iter().filter_map(|id| state.store.users.find(*id).ok()).collect()
    }

    /// The users that a predicate selects.
    pub fn select_users(&self, is_selected: impl Fn(&User) -> bool) -> Vec<Arc<User>> {
        let users = self.state().store.users.clone();
        users.all().iter().filter(|user| is_selected(user)).cloned().collect()
    }

    pub fn list_tickets_of(
        &self,
        user: u64,
        relation: TicketRelation,
        sort: TicketSort,
        order: Order,
        window: Window<(i64, u64)>,
    ) -> Result<Page<Arc<Ticket>>, UnknownUser> {
        let state = self.state();
        state.store.users.find(user)?;
        let is_related = |ticket: &&Arc<Ticket>| match relation {
            TicketRelation::Requested => ticket.requester_id == user,
            TicketRelation::Assigned => ticket.assignee_id == Some(user),
            TicketRelation::Copied => ticket.email_cc_ids.contains(&user),
        };
        let tickets = state.store.tickets.all().iter();
        let mut tickets: Vec<_> = tickets.filter(is_related).cloned().collect();
        drop(state);
        sort.sort(&mut tickets);
        Ok(paging::cut(&tickets, |ticket| sort.key(ticket), order, window))
    }
}
