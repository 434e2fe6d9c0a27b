//! What goes wrong on purpose: rules that match requests, and what becomes of those.

use std::time::Duration;

use strum::{EnumString, IntoStaticStr, VariantNames};

/// Which requests a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Operation {
    /// A file comes in for a ticket.
    Upload,
    /// A place for an image is reserved.
    Reserve,
    /// The image comes into the bucket.
    Put,
    /// The image gets its path.
    Publish,
    /// A ticket or a request is made or changed.
    Ticket,
    /// A file goes out.
    Download,
    /// Any other request to Zendesk.
    Other,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fault {
    /// How long it waits first.
    pub delay: Duration,
    /// How much longer it may wait, by chance.
    pub jitter: Duration,
    /// How it ends.
    pub effect: Effect,
}

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effect {
    /// As it would have without the fault.
    #[default]
    Served,
    /// It is not done, and answered with a status.
    Status {
        /// The status, from 400 to 599.
        status: u16,
        /// What `Retry-After` says, in seconds, if anything.
        retry_after: Option<u32>,
    },
    /// Its connection is closed without an answer.
    Cut(Phase),
    /// It is never answered.
    Hang,
    /// It is done, and its answer breaks off after so many bytes of its body.
    Truncated(u64),
    /// It is done, and its answer goes out at so many bytes a second.
    Throttled(u64),
}

/// When a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Phase {
    /// Before its body is read. Nothing is done.
    Before,
    /// In the middle of its body. Nothing is done.
    During,
    /// After the request is done. Only the response is missing.
    After,
}

/// A rule: which requests it matches, which of those trigger it, and its fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The operation that requests must be; `None` is any.
    pub operation: Option<Operation>,
    /// The first matching request that can trigger it, counted from 1.
    pub nth: u64,
    /// How many requests trigger it; `None` is all until it is removed.
    pub times: Option<u64>,
    /// The probability that a matching request triggers it, from 0 to 1.
    pub probability: f64,
    /// What happens to these requests.
    pub fault: Fault,
}

/// An active rule, and how often it matched and was triggered.
#[derive(Debug, Clone, PartialEq)]
pub struct ActiveFault {
    /// Its number.
    pub id: u64,
    /// The rule.
    pub rule: Rule,
    /// Requests that matched the rule.
    pub matched: u64,
    /// Requests for which it was triggered.
    pub triggered: u64,
}

pub const MOST: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    #[error("an account has at most {max} faults; remove those that are done")]
    TooMany { max: usize },
    #[error("no fault has this id: never made, or removed")]
    Unknown,
}

#[derive(Debug, Default)]
pub struct Faults {
    /// Oldest first. A rule that has triggered as often as it may stays, so that a test sees it.
    pub active: Vec<ActiveFault>,
    last_id: u64,
}

impl Faults {
    pub fn add(&mut self, rule: Rule) -> Result<ActiveFault, FaultError> {
        if self.active.len() >= MOST {
            return Err(FaultError::TooMany { max: MOST });
        }
        self.last_id += 1;
        let active = ActiveFault { id: self.last_id, rule, matched: 0, triggered: 0 };
        self.active.push(active.clone());
        Ok(active)
    }

    pub fn remove(&mut self, id: u64) -> Result<(), FaultError> {
        let place = self.active.iter().position(|active| active.id == id);
        self.active.remove(place.ok_or(FaultError::Unknown)?);
        Ok(())
    }

    /// The fault that a request triggers. Each rule that matches counts it, and the oldest that is
    /// due decides.
    pub fn trigger(
        &mut self,
        operation: Operation,
        mut chance: impl FnMut() -> f64,
    ) -> Option<Fault> {
        let mut fault = None;
        for active in &mut self.active {
            let rule = &active.rule;
            if rule.operation.is_some_and(|wanted| wanted != operation) {
                continue;
            }
            active.matched += 1;
            let is_due = active.matched >= rule.nth
                && rule.times.is_none_or(|times| active.triggered < times)
                && fault.is_none();
            if is_due && (rule.probability >= 1.0 || chance() < rule.probability) {
                active.triggered += 1;
                fault = Some(rule.fault);
            }
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(operation: Option<Operation>, nth: u64, times: Option<u64>) -> Rule {
        let end = Effect::Status { status: 503, retry_after: None };
        let fault = Fault { effect: end, ..Fault::default() };
        Rule { operation, nth, times, probability: 1.0, fault }
    }

    #[test]
    fn the_oldest_rule_that_is_due_decides() {
        let mut faults = Faults::default();
        faults.add(rule(None, 1, Some(1))).expect("there is room");
        let second = faults.add(Rule { fault: Fault::default(), ..rule(None, 1, None) });
        assert!(matches!(
            faults.trigger(Operation::Put, || 0.5),
            Some(Fault { effect: Effect::Status { .. }, .. })
        ));
        assert_eq!(faults.trigger(Operation::Put, || 0.5), Some(Fault::default()));
        assert_eq!(faults.remove(second.expect("there is room").id), Ok(()));
        assert_eq!(faults.trigger(Operation::Put, || 0.5), None);
    }

    #[test]
    fn there_are_only_so_many_rules() {
        let mut faults = Faults::default();
        for _ in 0..MOST {
            assert!(faults.add(rule(None, 1, None)).is_ok());
        }
        assert_eq!(faults.add(rule(None, 1, None)), Err(FaultError::TooMany { max: MOST }));
    }
}
