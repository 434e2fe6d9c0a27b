//! The users of an account. A user appears with its first call, or when a ticket names it.

mod changes;
mod roles;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

pub use self::changes::{UserChange, UserError, is_address};
use crate::core::blobs::RECORD_OVERHEAD;
use crate::core::clock::Timestamp;
use crate::core::ids::Ids;

/// The name of a caller with an access token, which says nothing else about it.
const BEARER_NAME: &str = "OAuth user";
const UNKNOWN_NAME: &str = "Unnamed";

/// How a caller identified itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Login {
    /// By an e-mail address, with a password or an API token.
    Email(String),
    /// By an OAuth access token.
    Bearer(String),
    /// As an admin that acts for the user with this id.
    OnBehalfOf(u64),
}

impl Login {
    /// An e-mail address. The case of letters makes no difference.
    pub fn email(address: &str) -> Self {
        Self::Email(address.trim().to_lowercase())
    }

    fn len(&self) -> u64 {
        match self {
            Self::Email(text) | Self::Bearer(text) => text.len() as u64,
            Self::OnBehalfOf(_) => 0,
        }
    }
}

/// What a user may do.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    EnumString,
    IntoStaticStr,
    VariantNames,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Anything: every caller with credentials.
    Admin,
    /// Work on tickets.
    Agent,
    /// Ask for help: a requester that has not called.
    EndUser,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: u64,
    pub name: String,
    pub email: Option<String>,
    pub role: Role,
    /// An id that a client chose.
    pub external_id: Option<String>,
    /// When it appeared.
    pub created_at: Timestamp,
    /// When a client changed it last.
    pub updated_at: Timestamp,
    /// Whether a seed or a client gave it a role. It then keeps that role.
    pub is_seeded: bool,
    /// Whether its tickets are refused.
    pub is_suspended: bool,
}

impl User {
    /// A user that a request creates.
    fn new(id: u64, name: String, email: Option<String>, role: Role, now: Timestamp) -> Self {
        Self {
            id,
            name,
            email,
            role,
            external_id: None,
            created_at: now,
            updated_at: now,
            is_seeded: false,
            is_suspended: false,
        }
    }

    /// Whether a client gave it this external id. Case does not count, as documented.
    pub fn has_external_id(&self, id: &str) -> bool {
        // By characters: the id that is sought may be long, and is compared with that of each user.
        let sought = id.chars().flat_map(char::to_lowercase);
        let own = self.external_id.as_deref();
        own.is_some_and(|own| own.chars().flat_map(char::to_lowercase).eq(sought))
    }

    fn cost(&self) -> u64 {
        let texts = [Some(&self.name), self.email.as_ref(), self.external_id.as_ref()];
        RECORD_OVERHEAD + texts.into_iter().flatten().map(|text| text.len() as u64).sum::<u64>()
    }
}

/// What proves the identity of a user. Only users of a seed have secrets.
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
    fn cost(&self) -> u64 {
        const FIXED: u64 = 256;
        let texts = match self {
            Self::Password(login, secret) | Self::ApiToken(login, secret) => {
                login.len() + secret.len() as u64
            }
            Self::AccessToken(token) => token.len() as u64,
        };
        FIXED + texts
    }
}

/// The person that a ticket is for, as its sender describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    pub name: Option<String>,
    pub email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no user has this id: users appear when they call or when a ticket names them")]
pub struct UnknownUser;

#[derive(Debug, Clone, Default)]
pub struct Users {
    /// In the order of their ids.
    all: Vec<Arc<User>>,
    by_login: HashMap<Login, u64>,
    secrets: HashSet<Secret>,
    cost: u64,
}

impl Users {
    /// At least the bytes that [`caller`](Self::caller) adds.
    pub fn cost_of_caller(&self, login: &Login) -> u64 {
        match self.find_by_login(login) {
            Some(_) => 0,
            None => RECORD_OVERHEAD + BEARER_NAME.len() as u64 + 3 * login.len(),
        }
    }

    /// The user with these credentials.
    pub fn find_caller(&self, login: &Login) -> Option<&Arc<User>> {
        self.find_by_login(login).map(|place| &self.all[place])
    }

    /// The user with these credentials, if [`caller`](Self::caller) changes nothing.
    pub fn known_caller(&self, login: &Login) -> Option<&Arc<User>> {
        let acts_for = matches!(login, Login::OnBehalfOf(_));
        self.known_login(login)
            .filter(|user| acts_for || user.role == Role::Admin || user.is_seeded)
    }

    /// The user with these credentials, which is created by its first call.
    pub fn caller(&mut self, login: &Login, now: Timestamp, ids: &mut Ids) -> Arc<User> {
        if let Some(place) = self.find_by_login(login) {
            let user = &mut self.all[place];
            if user.role != Role::Admin && !user.is_seeded {
                Arc::make_mut(user).role = Role::Admin;
            }
            return Arc::clone(user);
        }
        let (name, email) = match login {
            Login::Email(address) => (name_of(address), Some(address.clone())),
            Login::Bearer(_) => (BEARER_NAME.to_owned(), None),
            // A reset has removed the user since it was found.
            Login::OnBehalfOf(_) => {
                let name = UNKNOWN_NAME.to_owned();
                return self.add(User::new(ids.id(), name, None, Role::EndUser, now), None);
            }
        };
        self.add(User::new(ids.id(), name, email, Role::Admin, now), Some(login.clone()))
    }

    /// At least the bytes that [`requester`](Self::requester) adds.
    pub fn cost_of_requester(&self, requester: &Requester) -> u64 {
        let Requester { name, email } = requester;
        if self.find_by_email(email.as_deref()).is_some() {
            return 0;
        }
        let len = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        // Lower case can be longer.
        let email = email.as_ref().map_or(0, |email| email.to_lowercase().len());
        RECORD_OVERHEAD + (len(name).max(UNKNOWN_NAME.len()) + 3 * email) as u64
    }

    /// The user that a ticket names, if [`requester`](Self::requester) changes nothing.
    pub fn known_requester(&self, requester: &Requester) -> Option<&Arc<User>> {
        self.find_by_email(requester.email.as_deref()).map(|place| &self.all[place])
    }

    /// The user that a ticket names, which is created by the first ticket.
    pub fn requester(&mut self, requester: &Requester, now: Timestamp, ids: &mut Ids) -> Arc<User> {
        if let Some(place) = self.find_by_email(requester.email.as_deref()) {
            return Arc::clone(&self.all[place]);
        }
        let email = requester.email.as_deref().map(|email| email.trim().to_lowercase());
        let name = display_name(requester.name.clone(), email.as_deref());
        let login = email.clone().map(Login::Email);
        self.add(User::new(ids.id(), name, email, Role::EndUser, now), login)
    }

    /// Adds a user with its secrets. Its id must be free.
    pub fn insert(&mut self, user: User, secrets: Vec<Secret>) {
        for secret in secrets {
            if let Secret::AccessToken(token) = &secret {
                self.index(Login::Bearer(token.clone()), user.id);
            }
            self.cost += secret.cost();
            self.secrets.insert(secret);
        }
        let login = user.email.as_deref().map(Login::email);
        self.add(user, login);
    }

    pub fn all(&self) -> &[Arc<User>] {
        &self.all
    }

    pub fn has_login(&self, login: &Login) -> bool {
        self.by_login.contains_key(login)
    }

    pub fn knows(&self, secret: &Secret) -> bool {
        self.secrets.contains(secret)
    }

    pub fn find(&self, id: u64) -> Result<Arc<User>, UnknownUser> {
        self.known(id).cloned().ok_or(UnknownUser)
    }

    pub fn known(&self, id: u64) -> Option<&Arc<User>> {
        self.place(id).map(|place| &self.all[place])
    }

    /// The user with these credentials, whatever its role.
    pub fn known_login(&self, login: &Login) -> Option<&Arc<User>> {
        self.find_by_login(login).map(|place| &self.all[place])
    }

    /// Bytes that all users are charged, with their logins and secrets.
    pub fn cost(&self) -> u64 {
        self.cost
    }

    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        let users: u64 = self.all.iter().map(|user| user.cost()).sum();
        let logins: u64 = self.by_login.keys().map(Login::len).sum();
        users + logins + self.secrets.iter().map(Secret::cost).sum::<u64>()
    }

    fn find_by_login(&self, login: &Login) -> Option<usize> {
        match login {
            Login::OnBehalfOf(id) => self.place(*id),
            login => self.by_login.get(login).and_then(|&id| self.place(id)),
        }
    }

    fn find_by_email(&self, email: Option<&str>) -> Option<usize> {
        self.find_by_login(&Login::email(email?))
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.all.binary_search_by_key(&id, |user| user.id).ok()
    }

    fn add(&mut self, user: User, login: Option<Login>) -> Arc<User> {
        if let Some(login) = login {
            self.index(login, user.id);
        }
        self.cost += user.cost();
        let user = Arc::new(user);
        let place = self.all.partition_point(|known| known.id < user.id);
        self.all.insert(place, Arc::clone(&user));
        user
    }

    fn index(&mut self, login: Login, user: u64) {
        let cost = login.len();
        if self.by_login.insert(login, user).is_none() {
            self.cost += cost;
        }
    }
}

/// The name of a user, made of its address if need be.
pub fn display_name(name: Option<String>, email: Option<&str>) -> String {
    name.or_else(|| email.map(name_of)).unwrap_or_else(|| UNKNOWN_NAME.to_owned())
}

fn name_of(address: &str) -> String {
    address.split('@').next().unwrap_or_default().to_owned()
}
