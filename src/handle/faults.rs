//! Faults: requests that fail on purpose.

use crate::core::faults::{ActiveFault, Fault, FaultError};
use crate::handle::AccountHandle;

impl AccountHandle {
    /// Adds a fault, which applies until it is removed or the account is reset. Of several that
    /// match a request, the oldest that triggers decides.
    ///
    /// # Errors
    /// A value that the fault cannot have, or the account has 1,000 faults.
    ///
    /// ```
    /// use zendesk_mock::{Fault, Operation};
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// let busy = Fault::status(429).retry_after(2).on(Operation::Upload).nth(2).once();
    /// account.add_fault(busy)?;
    /// // … the second upload is answered 429, and its retry succeeds …
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_fault(&self, fault: Fault) -> Result<ActiveFault, FaultError> {
        self.change(|account| account.add_fault(fault))
    }

    /// The faults, oldest first, and how often each matched and triggered.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.account.faults()
    }

    /// Removes a fault.
    ///
    /// # Errors
    /// No fault has this id.
    ///
    /// ```
    /// use zendesk_mock::Fault;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// let hang = account.add_fault(Fault::hang())?;
    /// // … the client under test runs into its timeout …
    /// account.remove_fault(hang.id)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove_fault(&self, id: u64) -> Result<(), FaultError> {
        self.change(|account| account.remove_fault(id))
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.change(|account| account.clear_faults());
    }
}
