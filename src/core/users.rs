//! The people of an account. They appear when they call, or when a ticket names them.

use std::collections::HashMap;
use std::sync::Arc;

use super::Error;
use super::blobs::Charge;
use super::clock::Timestamp;
use super::ids::Ids;

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

    /// Bytes that a user takes who is known by it, about: here, in the index, as name and address.
    fn weight(&self) -> u64 {
        let (Self::Email(text) | Self::Bearer(text)) = self;
        FIXED + 4 * text.len() as u64
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
    /// Held, never read.
    #[expect(dead_code, reason = "giving it back is its whole work")]
    charge: Charge,
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
#[derive(Debug, Default)]
pub struct Users {
    /// In the order of their ids, which is that of their appearance.
    all: Vec<Arc<User>>,
    by_login: HashMap<Login, u64>,
}

impl Users {
    /// Whoever calls with these credentials.
    ///
    /// # Errors
    /// What `charge` refuses a user who is new.
    pub fn caller(
        &mut self,
        login: &Login,
        charge: impl FnOnce(u64) -> Result<Charge, Error>,
        now: Timestamp,
        ids: &mut Ids,
    ) -> Result<Arc<User>, Error> {
        let (name, email) = match login {
            Login::Email(address) => (name_of(address), Some(address.clone())),
            Login::Bearer(_) => ("OAuth user".to_owned(), None),
        };
        let known = self.by_login.get(login).and_then(|&id| self.find(id).ok());
        Ok(match known {
            Some(user) if user.role == Role::Admin => user,
            // Somebody was named by a ticket before, and now calls.
            Some(user) => self.promote(&user, charge(login.weight())?),
            None => {
                let charge = charge(login.weight())?;
                self.add(name, email, Some(login.clone()), Role::Admin, charge, now, ids)
            }
        })
    }

    /// The user that a ticket names, made now if need be.
    ///
    /// # Errors
    /// What `charge` refuses a user who is new.
    pub fn requester(
        &mut self,
        requester: &Requester,
        charge: impl FnOnce(u64) -> Result<Charge, Error>,
        now: Timestamp,
        ids: &mut Ids,
    ) -> Result<Arc<User>, Error> {
        let login = requester.email.as_deref().map(Login::email);
        let known = login.as_ref().and_then(|login| self.find(*self.by_login.get(login)?).ok());
        if let Some(user) = known {
            return Ok(user);
        }
        let email = requester.email.as_deref().map(|email| email.trim().to_lowercase());
        let name = requester
            .name
            .clone()
            .or_else(|| email.as_deref().map(name_of))
            .unwrap_or_else(|| "Unnamed".to_owned());
        let texts = name.len() + 3 * email.as_ref().map_or(0, String::len);
        let charge = charge(FIXED + texts as u64)?;
        Ok(self.add(name, email, login, Role::EndUser, charge, now, ids))
    }

    /// The user with this id.
    ///
    /// # Errors
    /// [`Error::UnknownUser`].
    pub fn find(&self, id: u64) -> Result<Arc<User>, Error> {
        self.all
            .binary_search_by_key(&id, |user| user.id)
            .map(|place| Arc::clone(&self.all[place]))
            .map_err(|_| Error::UnknownUser)
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
        let user = Arc::new(User { id: ids.id(), name, email, role, created_at: now, charge });
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
            charge,
        });
        if let Ok(place) = self.all.binary_search_by_key(&old.id, |user| user.id) {
            self.all[place] = Arc::clone(&user);
        }
        user
    }
}

/// What somebody is called who only gave an address.
fn name_of(address: &str) -> String {
    address.split('@').next().unwrap_or_default().to_owned()
}
