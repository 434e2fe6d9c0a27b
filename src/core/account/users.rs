//! Users: who calls, who is known.

use std::sync::Arc;

use super::Account;
use crate::core::Error;
use crate::core::users::{Login, User};

impl Account {
    /// Whoever calls with these credentials.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn caller(&self, login: &Login) -> Result<Arc<User>, Error> {
        let mut state = self.state();
        let world = &mut state.world;
        let now = world.clock.now();
        let charge = self.charge(world.users.cost_of_caller(login))?;
        Ok(world.users.caller(login, charge, now, &mut world.ids))
    }

    /// The user with this id.
    ///
    /// # Errors
    /// [`Error::UnknownUser`].
    pub fn find_user(&self, id: u64) -> Result<Arc<User>, Error> {
        self.state().world.users.find(id)
    }

    /// The users whose address or name contains a text.
    #[must_use]
    pub fn search_users(&self, text: &str) -> Vec<Arc<User>> {
        self.state().world.users.search(text)
    }

    /// What a help-center session sends back in `X-CSRF-Token`.
    #[must_use]
    pub fn authenticity_token(&self) -> [u8; 64] {
        self.state().world.ids.authenticity_token()
    }
}
