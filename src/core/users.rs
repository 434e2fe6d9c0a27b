//! The people of an account. They appear when they call, or when a ticket names them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::core::Error;
use crate::core::blobs::Charge;
use crate::core::clock::Timestamp;
use crate::core::ids::Ids;

/// What a user takes besides its texts, in bytes, about.
const FIXED: u64 = 1024;

/// How a caller identified itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Login {
    /// By an e-mail address, with a password or an API token.
    Email(String),
    /// By an OAuth access token.
    Bearer(String),
}

impl Login {
    /// An e-mail address. Their case does not matter.
    #[must_use]
    pub fn email(address: &str) -> Self {
        Self::Email(address.trim().to_lowercase())
    }
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Whoever calls with credentials.
    Admin,
    /// Whoever only asks for help.
    EndUser,
}

/// A user.
#[derive(Debug)]
pub struct User {
    /// Its id.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// Its address, if it has one.
    pub email: Option<String>,
    /// What it may do.
    pub role: Role,
    /// When it appeared.
    pub created_at: Timestamp,
    /// Whether a seed brought it. It then has its role for good.
    pub is_seeded: bool,
    /// Held, never read.
    #[allow(dead_code, reason = "giving it back is its whole work")]
    pub charge: Charge,
}

/// What proves that somebody is a user. Only those that a seed brings have any.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Secret {
    /// An address and its password.
    Password(Login, String),
    /// An address and one of its API tokens.
    ApiToken(Login, String),
    /// An OAuth access token.
    AccessToken(String),
}

impl Secret {
    /// What it is charged, in bytes, about: it is here and in the index of logins.
    #[must_use]
    pub fn weight(&self) -> u64 {
        const FIXED: usize = 256;
        let texts = match self {
            Self::Password(Login::Email(login) | Login::Bearer(login), secret)
            | Self::ApiToken(Login::Email(login) | Login::Bearer(login), secret) => {
                login.len() + secret.len()
            }
            Self::AccessToken(token) => 2 * token.len(),
        };
        (FIXED + texts) as u64
    }
}

/// Who a ticket is for, as its sender says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// Its name.
    pub name: Option<String>,
    /// Its address.
    pub email: Option<String>,
}

/// All users of one account.
#[derive(Debug, Clone, Default)]
pub struct Users {
    /// In the order of their ids, which is that of their appearance.
    all: Vec<Arc<User>>,
    by_login: HashMap<Login, u64>,
    secrets: HashSet<Secret>,
}

impl Users {
    /// What [`caller`](Self::caller) must be charged for these credentials, in bytes.
    #[must_use]
    pub fn cost_of_caller(&self, login: &Login) -> u64 {
        match self.known(login) {
            Some(user) if user.role == Role::Admin || user.is_seeded => 0,
            // Named by a ticket before, and now to be kept with another role.
            Some(user) => weight(&user.name, user.email.as_deref()),
            None => {
                let (Login::Email(text) | Login::Bearer(text)) = login;
                weight(text, Some(text))
            }
        }
    }

    /// Whoever calls with these credentials.
    pub fn caller(
        &mut self,
        login: &Login,
        charge: Charge,
        now: Timestamp,
        ids: &mut Ids,
    ) -> Arc<User> {
        match self.known(login) {
            Some(user) if user.role == Role::Admin || user.is_seeded => user,
            Some(user) => self.promote(&user, charge),
            None => {
                let (name, email) = match login {
                    Login::Email(address) => (name_of(address), Some(address.clone())),
                    Login::Bearer(_) => ("OAuth user".to_owned(), None),
                };
                self.add(name, email, Some(login.clone()), Role::Admin, charge, now, ids)
            }
        }
    }

    /// What [`requester`](Self::requester) must be charged for a user, in bytes.
    #[must_use]
    pub fn cost_of_requester(&self, requester: &Requester) -> u64 {
        match requester.email.as_deref().and_then(|email| self.known(&Login::email(email))) {
            Some(_) => 0,
            None => {
                let email = requester.email.as_deref();
                weight(requester.name.as_deref().or(email).unwrap_or_default(), email)
            }
        }
    }

    /// The user that a ticket names, made now if need be.
    pub fn requester(
        &mut self,
        requester: &Requester,
        charge: Charge,
        now: Timestamp,
        ids: &mut Ids,
    ) -> Arc<User> {
        let login = requester.email.as_deref().map(Login::email);
        if let Some(user) = login.as_ref().and_then(|login| self.known(login)) {
            return user;
        }
        let email = requester.email.as_deref().map(|email| email.trim().to_lowercase());
        let name = requester
            .name
            .clone()
            .or_else(|| email.as_deref().map(name_of))
            .unwrap_or_else(|| "Unnamed".to_owned());
        self.add(name, email, login, Role::EndUser, charge, now, ids)
    }

    /// Keeps a user that has its id, which must be larger than those before, and what proves who it is.
    pub fn put(&mut self, user: User, secrets: Vec<Secret>) {
        if let Some(email) = &user.email {
            self.by_login.insert(Login::email(email), user.id);
        }
        for secret in secrets {
            if let Secret::AccessToken(token) = &secret {
                self.by_login.insert(Login::Bearer(token.clone()), user.id);
            }
            self.secrets.insert(secret);
        }
        self.all.push(Arc::new(user));
    }

    /// All users, in the order of their ids.
    #[must_use]
    pub fn all(&self) -> &[Arc<User>] {
        &self.all
    }

    /// Whether this proves who somebody is.
    #[must_use]
    pub fn knows(&self, secret: &Secret) -> bool {
        self.secrets.contains(secret)
    }

    fn known(&self, login: &Login) -> Option<Arc<User>> {
        self.by_login.get(login).and_then(|&id| self.find(id).ok())
    }

    /// The user with this id.
    ///
    /// # Errors
    /// [`Error::UnknownUser`].
    pub fn find(&self, id: u64) -> Result<Arc<User>, Error> {
        let place = self.place(id).ok_or(Error::UnknownUser)?;
        Ok(Arc::clone(&self.all[place]))
    }

    /// The users whose address or name contains a text, in any case.
    pub fn search(&self, text: &str) -> Vec<Arc<User>> {
        let wanted = text.to_lowercase();
        let matches = |user: &&Arc<User>| {
            let contains = |text: &str| text.to_lowercase().contains(&wanted);
            user.email.as_deref().is_some_and(contains) || contains(&user.name)
        };
        self.all.iter().filter(matches).cloned().collect()
    }

    /// How many users there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.len()
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of a user")]
    fn add(
        &mut self,
        name: String,
        email: Option<String>,
        login: Option<Login>,
        role: Role,
        charge: Charge,
        now: Timestamp,
        ids: &mut Ids,
    ) -> Arc<User> {
        let is_seeded = false;
        let user = User { id: ids.id(), name, email, role, created_at: now, is_seeded, charge };
        let user = Arc::new(user);
        if let Some(login) = login {
            self.by_login.insert(login, user.id);
        }
        self.all.push(Arc::clone(&user));
        user
    }

    fn promote(&mut self, old: &User, charge: Charge) -> Arc<User> {
        let user = Arc::new(User {
            id: old.id,
            name: old.name.clone(),
            email: old.email.clone(),
            role: Role::Admin,
            created_at: old.created_at,
            is_seeded: false,
            charge,
        });
        if let Some(place) = self.place(old.id) {
            self.all[place] = Arc::clone(&user);
        }
        user
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.all.binary_search_by_key(&id, |user| user.id).ok()
    }
}

/// What a user is charged, in bytes, about: its address is here, in the index and under its login.
#[must_use]
pub fn weight(name: &str, email: Option<&str>) -> u64 {
    FIXED + name.len() as u64 + 3 * email.map_or(0, str::len) as u64
}

/// What somebody is called who only gave an address.
#[must_use]
pub fn name_of(address: &str) -> String {
    address.split('@').next().unwrap_or_default().to_owned()
}
