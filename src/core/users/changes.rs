//! Users that clients create and change.

use std::sync::Arc;

use crate::core::blobs::{OutOfMemory, RECORD_OVERHEAD};
use crate::core::clock::Timestamp;
use crate::core::id::IdsExhausted;
use crate::core::ids::Ids;
use crate::core::users::{Login, Role, UnknownUser, User, Users};

/// The properties that a client sends. Missing ones stay as they are.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    pub name: Option<String>,
    pub email: Option<String>,
    pub role: Option<Role>,
    /// An id that the client chose, or none.
    pub external_id: Option<Option<String>>,
    pub suspended: Option<bool>,
}

/// Why a user cannot be created or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    #[error(transparent)]
    Unknown(#[from] UnknownUser),
    /// An agent that may not create this user, or not change it so.
    #[error(
        "{0} is an agent, and agents create and change end users only, change themselves, and give \
         no other role; call as an admin"
    )]
    OnlyForAdmins(String),
    #[error("a user needs a name")]
    NameBlank,
    #[error("{0:?} is no address: expected a name, @ and a domain")]
    EmailMalformed(String),
    #[error("another user has the address {0:?}")]
    EmailTaken(String),
    #[error("another user has the external_id {0:?}")]
    ExternalIdTaken(String),
    #[error(transparent)]
    IdsExhausted(#[from] IdsExhausted),
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

impl UserChange {
    /// At least the bytes that it adds to a user, new or not.
    pub fn cost(&self) -> u64 {
        let external_id = self.external_id.as_ref().and_then(Option::as_ref);
        let texts = [self.name.as_ref(), external_id];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        // Lower case can be longer.
        let email = self.email.as_ref().map_or(0, |email| email.to_lowercase().len());
        RECORD_OVERHEAD + (texts + 2 * email) as u64
    }

    fn login(&self) -> Option<Login> {
        self.email.as_deref().map(Login::email)
    }
}

impl Users {
    /// The user that has the external id or the address of a change.
    pub fn find_same(&self, change: &UserChange) -> Option<u64> {
        let external_id = change.external_id.as_ref().and_then(Option::as_deref);
        let by_external_id = external_id.and_then(|id| self.find_external(id));
        let by_login = || change.login().and_then(|login| self.by_login.get(&login).copied());
        by_external_id.or_else(by_login)
    }

    /// Refuses a change of the user with this id, or of a new one.
    pub fn ensure_valid(&self, change: &UserChange, id: Option<u64>) -> Result<(), UserError> {
        match &change.name {
            Some(name) if !name.trim().is_empty() => {}
            None if id.is_some() => {}
            _ => return Err(UserError::NameBlank),
        }
        let is_taken = |owner: u64| Some(owner) != id;
        if let Some(email) = &change.email {
            if !is_address(email) {
                return Err(UserError::EmailMalformed(email.clone()));
            }
            if self.by_login.get(&Login::email(email)).copied().is_some_and(is_taken) {
                return Err(UserError::EmailTaken(email.clone()));
            }
        }
        if let Some(Some(external_id)) = &change.external_id
            && self.find_external(external_id).is_some_and(is_taken)
        {
            return Err(UserError::ExternalIdTaken(external_id.clone()));
        }
        Ok(())
    }

    /// Creates a user. The change must be valid.
    pub fn create(&mut self, change: UserChange, now: Timestamp, ids: &mut Ids) -> Arc<User> {
        let login = change.login();
        let UserChange { name, email, role, external_id, suspended } = change;
        let user = User {
            id: ids.id(),
            name: name.unwrap_or_default(),
            email: email.map(|email| email.trim().to_lowercase()),
            role: role.unwrap_or(Role::EndUser),
            external_id: external_id.flatten(),
            created_at: now,
            updated_at: now,
            is_seeded: role.is_some(),
            is_suspended: suspended.unwrap_or(false),
        };
        self.add(user, login)
    }

    /// Changes a user. The change must be valid. An address is added to that of the user, as
    /// documented, which it can then log in with as well.
    pub fn change(
        &mut self,
        id: u64,
        change: UserChange,
        now: Timestamp,
    ) -> Result<Arc<User>, UnknownUser> {
        let place = self.place(id).ok_or(UnknownUser)?;
        if let Some(login) = change.login() {
            self.index(login, id);
        }
        let UserChange { name, email, role, external_id, suspended } = change;
        let user = Arc::make_mut(&mut self.all[place]);
        self.cost -= user.cost();
        let before = user.clone();
        user.name = name.unwrap_or_else(|| std::mem::take(&mut user.name));
        let email = email.map(|email| email.trim().to_lowercase());
        user.email = user.email.take().or(email);
        if let Some(role) = role {
            (user.role, user.is_seeded) = (role, true);
        }
        if let Some(external_id) = external_id {
            user.external_id = external_id;
        }
        user.is_suspended = suspended.unwrap_or(user.is_suspended);
        if *user != before {
            user.updated_at = now;
        }
        self.cost += user.cost();
        Ok(Arc::clone(&self.all[place]))
    }

    fn find_external(&self, id: &str) -> Option<u64> {
        let found = self.all.iter().find(|user| user.has_external_id(id));
        found.map(|user| user.id)
    }
}

/// Whether a text is an address: a name, an @ and a domain.
pub fn is_address(text: &str) -> bool {
    let text = text.trim();
    let parts = text.split_once('@');
    !text.contains(char::is_whitespace)
        && parts.is_some_and(|(name, domain)| {
            !name.is_empty() && domain.contains('.') && !domain.contains('@')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        for good in ["a@b.c", " a.b+c@d-e.example ", "ä@ö.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "a", "@", "a@", "@b.c", "a@b", "a b@c.d", "a@b@c.d"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
