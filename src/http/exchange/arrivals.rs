//! Wakes who waits for entries of a journal.

use tokio::sync::Notify;

use crate::core::account::Account;

/// More than most servers have accounts that are waited for at once.
const BELLS: usize = 256;

/// A bell for each account. Some accounts share one: who is woken looks at its own journal, and sleeps on.
#[derive(Debug)]
pub struct Arrivals(Box<[Notify]>);

impl Arrivals {
    /// Bells, none of which has rung.
    pub fn new() -> Self {
        Self((0..BELLS).map(|_| Notify::new()).collect())
    }

    /// The bell of an account.
    pub fn of(&self, account: &Account) -> &Notify {
        let number = usize::try_from(account.id().0).unwrap_or(0);
        &self.0[number % self.0.len()]
    }
}
