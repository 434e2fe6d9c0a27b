//! The Rust API of one account. It does the same as the control API does over HTTP.

mod attachments;
mod clock;
mod faults;
mod journal;
mod seeds;
mod snapshots;
mod tokens;

pub use self::journal::JournalHandle;

use std::sync::Arc;

use crate::core::account::Account;
use crate::core::account::settings::{AccountSettings, SettingError};

/// One account of a running server.
#[derive(Debug, Clone)]
pub struct AccountHandle {
    account: Arc<Account>,
}

impl AccountHandle {
    pub(crate) fn new(account: Arc<Account>) -> Self {
        Self { account }
    }

    /// The account's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.account.name()
    }

    /// The account's current settings.
    #[must_use]
    pub fn settings(&self) -> AccountSettings {
        AccountSettings::clone(&self.account.settings())
    }

    /// Changes settings of this account, all or none, until it is reset. `change` must not use the
    /// account: it runs under the account's lock.
    ///
    /// # Errors
    /// A setting that cannot be used; then none is changed.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// zendesk.configure(|settings| settings.upload_ttl = Duration::from_secs(60))?;
    /// # Ok::<(), zendesk_mock::SettingError>(())
    /// ```
    pub fn configure(&self, change: impl FnOnce(&mut AccountSettings)) -> Result<(), SettingError> {
        let change = |settings: &mut AccountSettings| {
            change(settings);
            Ok(())
        };
        self.account.change_settings(change).map(drop)
    }

    /// Makes tokens, ids and names a function of `seed`, from the next one on.
    pub fn reseed(&self, seed: u64) {
        self.account.reseed(seed);
    }

    /// Returns the account to its seed, or to the state in which it was created: objects, settings,
    /// clock, faults, journal and, if they are seeded, names.
    pub fn reset(&self) {
        self.account.reset();
    }
}
