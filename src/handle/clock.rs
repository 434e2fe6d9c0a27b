//! The account's clock.

use std::time::Duration;

use crate::core::clock::{Clock, Timestamp};
use crate::handle::AccountHandle;

impl AccountHandle {
    /// The time on the account's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.account.clock().now()
    }

    /// Moves the account's clock forward. Objects that expire by then are gone at once.
    pub fn advance(&self, by: Duration) {
        self.change(|account| account.set_clock(|clock| clock.advance(by)));
    }

    /// Makes the account's clock stand still.
    pub fn freeze(&self) {
        self.change(|account| account.set_clock(Clock::freeze));
    }

    /// Moves the account's clock to an instant, past or future. Expired objects stay gone.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// account.freeze();
    /// account.set_time("2026-01-01T00:00:00Z".parse()?);
    /// assert_eq!(account.now().to_string(), "2026-01-01T00:00:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_time(&self, to: Timestamp) {
        self.change(|account| account.set_clock(|clock| clock.set(to)));
    }

    /// Starts the account's clock from its current time, after [`freeze`](Self::freeze).
    pub fn resume(&self) {
        self.change(|account| account.set_clock(Clock::resume));
    }
}
