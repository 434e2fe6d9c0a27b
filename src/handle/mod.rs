//! The Rust API of one account. It does the same as the control API does over HTTP.

mod attachments;
mod clock;
mod contents;
mod faults;
mod journal;
mod seeds;
mod snapshots;
mod tokens;

pub use self::contents::{AccountComment, AccountFile, AccountTicket};
pub use self::journal::NotReceived;

use std::sync::Arc;

use tokio::runtime::Handle;

use crate::core::account::Account;
use crate::core::account::settings::{AccountSettings, SettingError};
use crate::core::accounts::DEFAULT;

/// One account of a running server.
#[derive(Debug, Clone)]
pub struct AccountHandle {
    account: Arc<Account>,
    server: Arc<ServerLink>,
}

/// What an account uses of its server.
#[derive(Debug)]
pub struct ServerLink {
    pub url: String,
    /// Waits run here, so that they need no runtime of the caller.
    pub runtime: Handle,
}

impl AccountHandle {
    pub(crate) fn new(account: Arc<Account>, server: &Arc<ServerLink>) -> Self {
        Self { account, server: Arc::clone(server) }
    }

    /// The account's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.account.name()
    }

    /// The base URL of the account: that of the server and, unless it is the default account, a
    /// prefix with its name.
    ///
    /// ```
    /// let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// assert_eq!(zendesk.default_account().url(), zendesk.url());
    /// assert_eq!(zendesk.account("acme")?.url(), format!("{}/@acme", zendesk.url()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        let url = &self.server.url;
        if self.name() == DEFAULT { url.clone() } else { format!("{url}/@{}", self.name()) }
    }

    /// The URL of a path of the API.
    ///
    /// ```
    /// let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let url = zendesk.account("acme")?.api_url("uploads");
    /// assert_eq!(url, format!("{}/@acme/api/v2/uploads", zendesk.url()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn api_url(&self, path: &str) -> String {
        format!("{}/api/v2/{}", self.url(), path.trim_start_matches('/'))
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
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// account.configure(|settings| settings.upload_ttl = Duration::from_secs(60))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn configure(&self, change: impl FnOnce(&mut AccountSettings)) -> Result<(), SettingError> {
        let change = |settings: &mut AccountSettings| {
            change(settings);
            Ok(())
        };
        self.change(|account| account.change_settings(change).map(drop))
    }

    /// Makes tokens, ids and names a function of `seed`, from the next one on.
    pub fn seed_random(&self, seed: u64) {
        self.change(|account| account.reseed(seed));
    }

    /// Returns the account to its seed, or to the state in which it was created: objects, settings,
    /// clock, faults, journal and, if they are seeded, names.
    pub fn reset(&self) {
        self.change(|account| account.reset());
    }

    /// Does something to the account, and notifies its event streams, as a call of the control API
    /// does.
    fn change<T>(&self, change: impl FnOnce(&Account) -> T) -> T {
        let done = change(&self.account);
        self.account.record_change();
        done
    }
}
