//! Imports users with their secrets.

use crate::core::id::Id;
use crate::core::users::{self, Login, Requester, Role, Secret, User};
use crate::seed::error::SeedError;
use crate::seed::import::{Importer, ensure_free};
use crate::seed::model::SeedUser;
use crate::seed::values::SeedPerson;

impl Importer<'_> {
    pub(super) fn user(&mut self, user: SeedUser) -> Result<(), SeedError> {
        let (known, ids) = (&mut self.store.users, &mut self.store.ids);
        let email = user.email.map(|email| email.trim().to_lowercase());
        if email.as_ref().is_some_and(|email| !email.contains('@')) {
            return Err(SeedError::field("email", "takes an address such as me@example.com"));
        }
        let login = email.as_deref().map(Login::email);
        ensure_free("id", user.id, |id| known.find(id.get()).is_ok())?;
        ensure_free("email", login.as_ref(), |login| known.has_login(login))?;
        if login.is_none() && (user.password.is_some() || !user.api_tokens.is_empty()) {
            return Err(SeedError::field("email", "must be there for a password or an API token"));
        }
        let mut secrets = Vec::new();
        let mut add = |field, secret: Secret| {
            ensure_free(field, Some(&secret), |secret| known.knows(secret))?;
            secrets.push(secret);
            Ok::<_, SeedError>(())
        };
        for token in user.access_tokens {
            add("access_tokens", Secret::AccessToken(token))?;
        }
        if let Some(login) = login {
            for token in user.api_tokens {
                add("api_tokens", Secret::ApiToken(login.clone(), token))?;
            }
            if let Some(password) = user.password {
                add("password", Secret::Password(login, password))?;
            }
        }
        let usual = if secrets.is_empty() { Role::EndUser } else { Role::Admin };
        let created_at = user.created_at.unwrap_or(self.now);
        let user = User {
            id: user.id.map_or_else(|| ids.id(), Id::get),
            name: users::display_name(user.name, email.as_deref()),
            email,
            role: user.role.unwrap_or(usual),
            external_id: user.external_id,
            created_at,
            updated_at: user.updated_at.unwrap_or(created_at),
            is_seeded: user.role.is_some(),
            is_suspended: user.suspended.unwrap_or(false),
        };
        known.insert(user, secrets);
        Ok(())
    }

    /// The id of a person, which becomes a user if it is none yet.
    pub(super) fn person(&mut self, person: SeedPerson) -> u64 {
        let requester = match person {
            SeedPerson::Id(id) => return id.get(),
            SeedPerson::Email(email) => Requester { name: None, email: Some(email) },
            SeedPerson::Named { name, email } => Requester { name, email },
        };
        self.store.users.requester(&requester, self.now, &mut self.store.ids).id
    }
}
