//! Faults: requests that fail on purpose.

use crate::core::faults::{ActiveFault, Effect, Fault, Operation, Rule};
use crate::handle::AccountHandle;

impl AccountHandle {
    /// Makes the next request of an operation, or with `None` the next request, fail with a status.
    ///
    /// # Panics
    /// When the status is not 400 to 599, or the account has 1,000 faults.
    ///
    /// ```
    /// use zendesk_mock::Operation;
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// zendesk.fail_next(Some(Operation::Upload), 503);
    /// // … the next upload is answered 503, and the one after that succeeds …
    /// ```
    #[track_caller]
    pub fn fail_next(&self, operation: Option<Operation>, status: u16) {
        let effect = Effect::Status { status, retry_after: None };
        let fault = Fault { effect, ..Fault::default() };
        let rule = Rule { operation, nth: 1, times: Some(1), probability: 1.0, fault };
        assert!(self.add_fault(rule).is_some(), "too many faults: remove some of the 1,000");
    }

    /// Adds a rule, which applies until it is removed or the account is reset. Returns `None` if
    /// the account has 1,000 rules.
    ///
    /// # Panics
    /// When the rule answers with a status that is not 400 to 599.
    #[track_caller]
    pub fn add_fault(&self, rule: Rule) -> Option<ActiveFault> {
        if let Effect::Status { status, .. } = rule.fault.effect {
            assert!((400..600).contains(&status), "invalid status {status}: expected 400 to 599");
        }
        self.account.add_fault(rule).ok()
    }

    /// The rules that apply, and how often each was triggered.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.account.faults()
    }

    /// Removes a rule. Returns whether it existed.
    ///
    /// ```
    /// use zendesk_mock::{Fault, FaultEffect, FaultRule};
    ///
    /// # let zendesk = zendesk_mock::ZendeskMock::start();
    /// let fault = Fault { effect: FaultEffect::Hang, ..Fault::default() };
    /// let rule = FaultRule { operation: None, nth: 1, times: None, probability: 1.0, fault };
    /// let hangs = zendesk.add_fault(rule).expect("fewer than 1,000 rules");
    /// // … the client under test runs into its timeout …
    /// assert!(zendesk.remove_fault(hangs.id));
    /// ```
    pub fn remove_fault(&self, id: u64) -> bool {
        self.account.remove_fault(id).is_ok()
    }

    /// Removes all rules.
    pub fn clear_faults(&self) {
        self.account.clear_faults();
    }
}
