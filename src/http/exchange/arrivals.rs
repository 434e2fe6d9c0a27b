//! Wakes requests that wait for entries of a journal.

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::core::account::Account;

/// More than most servers have accounts whose journals are waited for at once.
const NOTIFIERS: usize = 256;

/// A notifier for each account. Accounts may share one: a request that is woken looks into its own
/// journal, and waits again.
#[derive(Debug)]
pub struct Arrivals(Box<[Notify]>);

impl Arrivals {
    pub fn new() -> Self {
        Self((0..NOTIFIERS).map(|_| Notify::new()).collect())
    }

    /// Wakes the requests that wait for entries of this account's journal.
    pub fn notify(&self, account: &Account) {
        self.notifier(account).notify_waiters();
    }

    /// Completes at the next entry of this account's journal.
    pub fn notified(&self, account: &Account) -> Notified<'_> {
        self.notifier(account).notified()
    }

    fn notifier(&self, account: &Account) -> &Notify {
        let number = usize::try_from(account.id().0).unwrap_or(0);
        &self.0[number % self.0.len()]
    }
}
