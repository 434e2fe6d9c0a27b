//! The settings of every account: the server's, until somebody changes them for one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use crate::config::{Config, ConfigError};
use crate::core::account::{Account, ObjectCounts};

/// The settings of one account.
#[derive(Debug)]
struct Own {
    /// Whose they are. As long as this is here, no other account can have its place in memory.
    account: Weak<Account>,
    /// Those that it was made with.
    made: Arc<Config>,
    /// Those that a reset returns to: those it was made with, and what its seed says of them.
    first: Arc<Config>,
    now: Arc<Config>,
}

/// The settings of every account.
#[derive(Debug)]
pub struct Settings {
    server: Arc<Config>,
    /// By the account itself, not by its name: one that was deleted and appears anew has the server's.
    own: RwLock<HashMap<usize, Own>>,
    /// Whether there are any of their own, so that most requests need not look.
    any: AtomicBool,
}

impl Settings {
    /// The server's, for everybody.
    pub fn new(server: Arc<Config>) -> Self {
        Self { server, own: RwLock::default(), any: AtomicBool::new(false) }
    }

    /// The server's own.
    pub fn server(&self) -> &Arc<Config> {
        &self.server
    }

    /// Those of an account.
    pub fn of(&self, account: &Arc<Account>) -> Arc<Config> {
        if self.any.load(Ordering::Acquire) {
            let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(own) = own.get(&place(account)) {
                return Arc::clone(&own.now);
            }
        }
        Arc::clone(&self.server)
    }

    /// Changes those of an account. What concerns the whole server stays as it is.
    ///
    /// # Errors
    /// What `change` says, or a setting that cannot be used; then none is changed.
    pub fn change<E: From<ConfigError>>(
        &self,
        account: &Arc<Account>,
        change: impl FnOnce(&mut Config) -> Result<(), E>,
    ) -> Result<Arc<Config>, E> {
        self.set(account, |own| {
            let mut config = Config::clone(&own.now);
            change(&mut config)?;
            config.validate_for_account()?;
            own.now = Arc::new(config);
            Ok(Arc::clone(&own.now))
        })
    }

    /// Those that an account was made with, which a seed goes from.
    pub fn made_with(&self, account: &Arc<Account>) -> Arc<Config> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.get(&place(account))
            .map_or_else(|| Arc::clone(&self.server), |own| Arc::clone(&own.made))
    }

    /// Makes an account with settings of its own. They must be valid.
    pub fn make(&self, account: &Arc<Account>, made: Config) {
        let made = Arc::new(made);
        let _: Result<(), ConfigError> = self.set(account, |own| {
            (own.first, own.now) = (Arc::clone(&made), Arc::clone(&made));
            own.made = made;
            Ok(())
        });
    }

    /// Gives an account the settings of a seed, which a reset returns to. They must be valid.
    pub fn begin(&self, account: &Arc<Account>, first: Config) {
        let first = Arc::new(first);
        let _: Result<(), ConfigError> = self.set(account, |own| {
            own.now = Arc::clone(&first);
            own.first = first;
            Ok(())
        });
    }

    /// Empties an account and returns it to the settings that it began with. Answers what was in it.
    pub fn reset(&self, account: &Arc<Account>) -> ObjectCounts {
        if self.any.load(Ordering::Acquire) {
            let _: Result<(), ConfigError> = self.set(account, |own| {
                own.now = Arc::clone(&own.first);
                Ok(())
            });
        }
        account.reset()
    }

    /// Changes what is noted of an account, while nobody else does.
    fn set<T, E>(
        &self,
        account: &Arc<Account>,
        set: impl FnOnce(&mut Own) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut all = self.own.write().unwrap_or_else(PoisonError::into_inner);
        // Those of accounts that are no more go when somebody comes.
        all.retain(|_, own| own.account.strong_count() > 0);
        let fresh = || Own {
            account: Arc::downgrade(account),
            made: Arc::clone(&self.server),
            first: Arc::clone(&self.server),
            now: Arc::clone(&self.server),
        };
        let own = all.entry(place(account)).or_insert_with(fresh);
        let answer = set(own)?;
        account.set_rules(own.now.rules());
        self.any.store(true, Ordering::Release);
        Ok(answer)
    }
}

/// Where an account is in memory.
fn place(account: &Arc<Account>) -> usize {
    Arc::as_ptr(account).addr()
}
