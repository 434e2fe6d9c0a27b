//! The accounts of a running server.

use std::time::Duration;

use crate::core::account::settings::AccountSettings;
use crate::core::accounts::AccountName;
use crate::handle::AccountHandle;
use crate::server::ZendeskMock;

impl ZendeskMock {
    /// The account of this name, which is created if necessary. `None` means that the name is not
    /// valid, or that there are too many accounts.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<AccountHandle> {
        let account = self.accounts.open(&AccountName::parse(name)?).ok()?;
        Some(AccountHandle::new(account))
    }

    /// All accounts, by name.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountHandle> {
        self.accounts.all().into_iter().map(AccountHandle::new).collect()
    }

    /// Creates an account, for ever or for a while of real time. `configure` changes the settings
    /// of [`ServerConfig::account`](crate::ServerConfig::account). A reset returns to the result.
    ///
    /// # Panics
    /// When another account has the name, the name is not valid, the life is zero, a setting cannot
    /// be used, or there are too many accounts.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let life = Some(Duration::from_secs(600));
    /// let small = zendesk.make_account("small", life, |settings| settings.max_upload_size = 10);
    /// // … requests to `{zendesk.url()}/@small/api/v2/…` …
    /// small.assert_no_leaks();
    /// assert!(zendesk.delete_account("small"));
    /// ```
    #[track_caller]
    pub fn make_account(
        &self,
        name: &str,
        life: Option<Duration>,
        configure: impl FnOnce(&mut AccountSettings),
    ) -> AccountHandle {
        let Some(account_name) = AccountName::parse(name) else {
            panic!("{name:?} is not a name of at most 63 letters, digits, hyphens and underscores");
        };
        assert!(life.is_none_or(|life| !life.is_zero()), "an account lives longer than no time");
        let mut settings = self.accounts.default_settings().clone();
        configure(&mut settings);
        if let Err(error) = settings.validate() {
            panic!("the settings of {name:?} cannot be used: {error}");
        }
        match self.accounts.make(&account_name, life, settings) {
            Ok(account) => AccountHandle::new(account),
            Err(error) => panic!("{name:?} cannot be made: {error}"),
        }
    }

    /// Deletes an account with all that it holds, and returns whether it existed. The default
    /// account cannot be deleted.
    pub fn delete_account(&self, name: &str) -> bool {
        AccountName::parse(name).is_some_and(|name| self.accounts.delete(&name).is_ok())
    }
}
