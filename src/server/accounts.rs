//! The accounts of a running server.

use std::sync::Arc;
use std::time::Duration;

use crate::core::account::Account;
use crate::core::account::settings::AccountSettings;
use crate::core::accounts::{AccountError, AccountName};
use crate::handle::AccountHandle;
use crate::server::ZendeskMock;

impl ZendeskMock {
    /// The account of this name, which is created if necessary.
    ///
    /// # Errors
    /// An invalid name, or too many accounts.
    pub fn account(&self, name: &str) -> Result<AccountHandle, AccountError> {
        let account = self.accounts.open(&parse(name)?)?;
        Ok(AccountHandle::new(account, &self.link))
    }

    /// The account of a request that names none.
    #[must_use]
    pub fn default_account(&self) -> AccountHandle {
        AccountHandle::new(Arc::clone(&self.default_account), &self.link)
    }

    /// All accounts, by name.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountHandle> {
        let all = self.accounts.all().into_iter();
        all.map(|account| AccountHandle::new(account, &self.link)).collect()
    }

    /// Creates an account, for ever or for a while of real time. `configure` changes the settings
    /// of [`ServerConfig::account`](crate::ServerConfig::account). A reset returns to the result.
    ///
    /// # Errors
    /// Another account has the name, the name is invalid, the life is zero, a setting cannot be
    /// used, or there are too many accounts.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let life = Some(Duration::from_secs(600));
    /// let small = zendesk.create_account("small", life, |settings| settings.max_upload_size = 10)?;
    /// // … requests to `small.api_url("uploads")` …
    /// small.assert_no_leaks();
    /// zendesk.delete_account("small")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create_account(
        &self,
        name: &str,
        life: Option<Duration>,
        configure: impl FnOnce(&mut AccountSettings),
    ) -> Result<AccountHandle, AccountError> {
        let name = parse(name)?;
        if life.is_some_and(|life| life.is_zero()) {
            return Err(AccountError::NoLife);
        }
        let mut settings = self.accounts.default_settings().clone();
        configure(&mut settings);
        settings.validate()?;
        let filled = |_: &Account| Ok::<_, AccountError>(());
        let account = self.accounts.make(&name, life, Arc::new(settings), filled)?;
        Ok(AccountHandle::new(account, &self.link))
    }

    /// Deletes an account with all that it holds.
    ///
    /// # Errors
    /// No account has this name, or it is the default account.
    pub fn delete_account(&self, name: &str) -> Result<(), AccountError> {
        self.accounts.delete(&parse(name)?)
    }
}

fn parse(name: &str) -> Result<AccountName, AccountError> {
    AccountName::parse(name).ok_or(AccountError::InvalidName)
}
