//! Users and brands.

use std::collections::HashSet;
use std::sync::Arc;

use crate::core::account::{Account, State, Store};
use crate::core::blobs::OutOfMemory;
use crate::core::brands::{Brand, UnknownBrand};
use crate::core::clock::Timestamp;
use crate::core::id::IdsExhausted;
use crate::core::paging::{self, Order, Page, Window};
use crate::core::user_query::UserQuery;
use crate::core::users::{Login, Requester, Secret, UnknownUser, User};

/// Why the account has no user for a caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallerError {
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
    #[error(transparent)]
    IdsExhausted(#[from] IdsExhausted),
}

impl Account {
    /// The user with these credentials, which is created by its first call.
    pub fn caller(&self, login: &Login) -> Result<Arc<User>, CallerError> {
        let plan = |State { store, .. }: &mut State| {
            store.ids.ensure_left()?;
            Ok::<_, CallerError>(((), store.users.cost_of_caller(login)))
        };
        let (mut state, ()) = self.reserve(plan)?;
        let store = &mut state.store;
        let now = store.clock.now();
        Ok(store.caller(login, now))
    }

    pub fn find_user(&self, id: u64) -> Result<Arc<User>, UnknownUser> {
        self.state().store.users.find(id)
    }

    /// The users with these ids, each once, in the order of the ids. Nothing is looked up unless
    /// they are wanted.
    pub fn users_if<I: Iterator<Item = u64>>(
        &self,
        are_wanted: bool,
        ids: impl FnOnce() -> I,
    ) -> Option<Vec<Arc<User>>> {
        are_wanted.then(|| {
            let mut seen = HashSet::new();
            let ids: Vec<_> = ids().filter(|id| seen.insert(*id)).collect();
            let state = self.state();
            ids.into_iter().filter_map(|id| state.store.users.find(id).ok()).collect()
        })
    }

    /// The users that a query finds.
    pub fn search_users(&self, query: &UserQuery) -> Vec<Arc<User>> {
        let now = self.clock().now();
        self.select_users(|user| query.finds(user, now))
    }

    /// The id of the user that has this id or address.
    pub fn find_user_named(&self, name: &str) -> Option<u64> {
        let name = name.trim();
        let is_id = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        let users = &self.state().store.users;
        let found = if is_id {
            name.parse().ok().and_then(|id| users.known(id))
        } else {
            users.known_login(&Login::email(name))
        };
        found.map(|user| user.id)
    }

    /// The user whose role limits what a client may do, if there is one.
    pub fn limiting_user(&self, login: &Login) -> Option<Arc<User>> {
        self.state().store.users.limiting_user(login).cloned()
    }

    /// The id of the user with these credentials, if it has called before.
    pub fn user_id(&self, login: &Login) -> Option<u64> {
        self.state().store.users.find_caller(login).map(|user| user.id)
    }

    /// Whether a client acts as an end user.
    pub fn is_end_user(&self, login: &Login) -> bool {
        self.state().store.users.end_user(login).is_some()
    }

    /// Whether a seed brought this password or token.
    pub fn knows(&self, secret: &Secret) -> bool {
        self.state().store.users.knows(secret)
    }

    pub fn list_brands(&self, order: Order, window: Window) -> Page<Arc<Brand>> {
        paging::cut(&self.state().store.brands.all(self.name()), |brand| brand.id, order, window)
    }

    pub fn find_brand(&self, id: u64) -> Result<Arc<Brand>, UnknownBrand> {
        let state = self.state();
        let brands = state.store.brands.all(self.name());
        brands.iter().find(|brand| brand.id == id).cloned().ok_or(UnknownBrand)
    }

    /// What a help-center session sends back in `X-CSRF-Token`.
    pub fn authenticity_token(&self) -> [u8; 64] {
        self.state().store.ids.authenticity_token()
    }
}

impl Store {
    /// The user with these credentials, which is created by its first call.
    pub(super) fn caller(&mut self, login: &Login, now: Timestamp) -> Arc<User> {
        match self.users.known_caller(login) {
            Some(known) => Arc::clone(known),
            None => self.users.caller(login, now, &mut self.ids),
        }
    }

    /// The user that a ticket names, which is created by the first ticket.
    pub(super) fn requester(&mut self, requester: &Requester, now: Timestamp) -> Arc<User> {
        match self.users.known_requester(requester) {
            Some(known) => Arc::clone(known),
            None => self.users.requester(requester, now, &mut self.ids),
        }
    }
}
