//! Faults: put into force, looked at, removed.

use crate::core::account::Account;
use crate::core::faults::{ActiveFault, Fault, FaultError};

impl Account {
    pub fn add_fault(&self, fault: Fault) -> Result<ActiveFault, FaultError> {
        self.state().faults.add(fault)
    }

    /// The faults in force, oldest first, and what they did.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.state().faults.active.clone()
    }

    pub fn remove_fault(&self, id: u64) -> Result<(), FaultError> {
        self.state().faults.remove(id)
    }

    pub fn clear_faults(&self) {
        self.state().faults.active.clear();
    }
}
