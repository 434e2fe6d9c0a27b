//! Imports users with their secrets, and brands.

use crate::core::brands::Brand;
use crate::core::users::{self, Login, Requester, Role, Secret, User};
use crate::seed::error::SeedError;
use crate::seed::import::Importer;
use crate::seed::model::{SeedBrand, SeedUser};
use crate::seed::values::SeedPerson;

impl Importer<'_> {
    pub(super) fn user(&mut self, id: u64, user: SeedUser) -> Result<(), SeedError> {
        let email = user.email.as_deref().map(|email| email.trim().to_lowercase());
        let login = email.as_deref().map(Login::email);
        if login.as_ref().is_some_and(|login| self.store.users.has_login(login)) {
            return Err(SeedError::field("email", "takes an address that no other user has"));
        }
        let (name, role, created_at) = (user.name.clone(), user.role, user.created_at);
        let secrets = secrets(user, login)?;
        if let Some(secret) = secrets.iter().find(|secret| self.store.users.knows(secret)) {
            return Err(SeedError::field(
                field_of(secret),
                "takes a secret that no other user has",
            ));
        }
        let usual = if secrets.is_empty() { Role::EndUser } else { Role::Admin };
        let name = users::display_name(name, email.as_deref());
        let user = User {
            id,
            name,
            email,
            role: role.unwrap_or(usual),
            created_at: created_at.unwrap_or(self.now),
            is_seeded: role.is_some(),
        };
        self.store.users.insert(user, secrets);
        Ok(())
    }

    pub(super) fn brand(&mut self, id: u64, brand: SeedBrand) -> Result<(), SeedError> {
        let name = brand.name.ok_or_else(|| SeedError::missing("name"))?;
        let subdomain = brand.subdomain.unwrap_or_else(|| self.account.name().to_owned());
        self.store.brands.insert(Brand {
            id,
            name,
            subdomain,
            is_default: brand.default.unwrap_or(false),
            created_at: brand.created_at.unwrap_or(self.now),
        });
        Ok(())
    }

    /// The id of a person, which becomes a user if it is none yet.
    pub(super) fn person(&mut self, person: SeedPerson) -> Result<u64, SeedError> {
        let requester = match person {
            SeedPerson::Id(id) => return Ok(id),
            SeedPerson::Email(email) => Requester { name: None, email: Some(email) },
            SeedPerson::Named { name, email } => Requester { name, email },
        };
        let (users, ids) = (&mut self.store.users, &mut self.store.ids);
        Ok(users.requester(&requester, self.now, ids).id)
    }
}

fn secrets(user: SeedUser, login: Option<Login>) -> Result<Vec<Secret>, SeedError> {
    let mut secrets: Vec<_> = user.access_tokens.into_iter().map(Secret::AccessToken).collect();
    match login {
        Some(login) => {
            let tokens = user.api_tokens.into_iter();
            secrets.extend(user.password.map(|word| Secret::Password(login.clone(), word)));
            secrets.extend(tokens.map(|token| Secret::ApiToken(login.clone(), token)));
        }
        None if user.password.is_some() || !user.api_tokens.is_empty() => {
            return Err(SeedError::field("email", "must be there for a password or an API token"));
        }
        None => {}
    }
    Ok(secrets)
}

fn field_of(secret: &Secret) -> &'static str {
    match secret {
        Secret::Password(..) => "password",
        Secret::ApiToken(..) => "api_tokens",
        Secret::AccessToken(_) => "access_tokens",
    }
}
