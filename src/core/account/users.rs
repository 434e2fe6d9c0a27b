//! Users: who calls, who is known; and the brands that they work for.

use std::sync::Arc;

use crate::core::Error;
use crate::core::account::Account;
use crate::core::brands::Brand;
use crate::core::paging::{self, Order, Page, Window};
use crate::core::users::{Login, Secret, User};

impl Account {
    /// Whoever calls with these credentials.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn caller(&self, login: &Login) -> Result<Arc<User>, Error> {
        let mut state = self.state();
        let cost = state.store.users.cost_of_caller(login);
        state.reserve(cost)?;
        let store = &mut state.store;
        let now = store.clock.now();
        Ok(store.users.caller(login, now, &mut store.ids))
    }

    /// The user with this id.
    ///
    /// # Errors
    /// [`Error::UnknownUser`].
    pub fn find_user(&self, id: u64) -> Result<Arc<User>, Error> {
        self.state().store.users.find(id)
    }

    /// The users whose address or name contains a text.
    #[must_use]
    pub fn search_users(&self, text: &str) -> Vec<Arc<User>> {
        self.state().store.users.search(text)
    }

    /// Whether this proves who somebody is: a password or a token that the account's seed brought.
    #[must_use]
    pub fn knows(&self, secret: &Secret) -> bool {
        self.state().store.users.knows(secret)
    }

    /// A page of the brands.
    #[must_use]
    pub fn list_brands(&self, order: Order, window: Window) -> Page<Arc<Brand>> {
        paging::cut(self.state().store.brands.all(), |brand| brand.id, order, window)
    }

    /// The brand with this id.
    ///
    /// # Errors
    /// [`Error::UnknownBrand`].
    pub fn find_brand(&self, id: u64) -> Result<Arc<Brand>, Error> {
        self.state().store.brands.find(id)
    }

    /// What a help-center session sends back in `X-CSRF-Token`.
    #[must_use]
    pub fn authenticity_token(&self) -> [u8; 64] {
        self.state().store.ids.authenticity_token()
    }
}
