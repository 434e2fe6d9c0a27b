//! Faults: put into force, looked at, removed.

use crate::core::Error;
use crate::core::account::Account;
use crate::core::faults::{ActiveFault, MOST, Rule};

impl Account {
    /// Puts a rule into force.
    ///
    /// # Errors
    /// [`Error::TooManyFaults`].
    pub fn add_fault(&self, rule: Rule) -> Result<ActiveFault, Error> {
        self.state().faults.add(rule).ok_or(Error::TooManyFaults { max: MOST })
    }

    /// The rules in force, oldest first, and what they did.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.state().faults.all().to_vec()
    }

    /// Removes a rule.
    ///
    /// # Errors
    /// [`Error::UnknownFault`].
    pub fn remove_fault(&self, id: u64) -> Result<(), Error> {
        if self.state().faults.remove(id) { Ok(()) } else { Err(Error::UnknownFault) }
    }

    /// Removes all rules.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }
}
