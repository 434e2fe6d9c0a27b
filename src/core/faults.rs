//! What goes wrong on purpose: rules that match requests, and what becomes of those.

use std::ops::RangeInclusive;
use std::time::Duration;

use strum::{EnumString, IntoStaticStr, VariantNames};

/// Which requests a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case", const_into_str)]
#[non_exhaustive]
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

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Impairment {
    /// How long it waits first.
    pub delay: Duration,
    /// How much longer it may wait, by chance.
    pub jitter: Duration,
    /// How it ends.
    pub effect: Effect,
    /// What `Retry-After` says, in seconds, if anything. It goes together with a status.
    pub retry_after: Option<u32>,
}

/// How a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Effect {
    /// As it would have without the fault.
    #[default]
    Served,
    /// It is not handled, and answered with a status.
    Status(
        /// From 400 to 599.
        u16,
    ),
    /// Its connection is closed without an answer.
    Cut(Phase),
    /// It is never answered.
    Hang,
    /// It is handled, and its answer breaks off after so many bytes of its body.
    Truncated(u64),
    /// It is handled, and its answer goes out at so many bytes a second.
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
    /// After the request is handled. Only the response is missing.
    After,
}

/// A rule: which requests it matches, which of those trigger it, and what happens to them.
///
/// ```
/// use std::time::Duration;
/// use zendesk_mock::{Fault, Operation, Phase};
///
/// let busy = Fault::status(429).retry_after(2).on(Operation::Upload).nth(2).once();
/// let slow = Fault::delay(Duration::from_secs(3)).on(Operation::Download).times(2);
/// let flaky = Fault::cut(Phase::During).probability(0.1);
/// # let _ = (busy, slow, flaky);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// The operation that requests must be; `None` is any.
    pub operation: Option<Operation>,
    /// The first matching request that can trigger it, counted from 1.
    pub nth: u64,
    /// How many requests trigger it; `None` is all until it is removed.
    pub times: Option<u64>,
    /// The probability that a matching request triggers it, from 0 to 1.
    pub probability: f64,
    /// What happens to these requests.
    pub impairment: Impairment,
}

impl Fault {
    /// Requests are not handled, and answered with a status from 400 to 599 in the form of the
    /// service.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status(status))
    }

    /// The connection is closed without an answer.
    #[must_use]
    pub fn cut(phase: Phase) -> Self {
        Self::new(Effect::Cut(phase))
    }

    /// Requests are never answered.
    #[must_use]
    pub fn hang() -> Self {
        Self::new(Effect::Hang)
    }

    /// Requests are handled, and their answers break off after so many bytes of the body.
    #[must_use]
    pub fn truncate(bytes: u64) -> Self {
        Self::new(Effect::Truncated(bytes))
    }

    /// Requests are handled, and their answers go out at so many bytes a second.
    #[must_use]
    pub fn throttle(bytes_per_second: u64) -> Self {
        Self::new(Effect::Throttled(bytes_per_second))
    }

    /// Requests wait, and are handled then.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self::new(Effect::Served).after(delay)
    }

    fn new(effect: Effect) -> Self {
        let impairment = Impairment { effect, ..Impairment::default() };
        Self { operation: None, nth: 1, times: None, probability: 1.0, impairment }
    }

    /// Only requests of this operation match.
    #[must_use]
    pub fn on(self, operation: Operation) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// The first matching request that can trigger it, counted from 1.
    #[must_use]
    pub fn nth(self, nth: u64) -> Self {
        Self { nth, ..self }
    }

    /// So many requests trigger it, instead of all.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// One request triggers it.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// A matching request triggers it with this probability, from 0 to 1.
    #[must_use]
    pub fn probability(self, probability: f64) -> Self {
        Self { probability, ..self }
    }

    /// The answer has `Retry-After` with so many seconds. A fault without a status is refused.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.impairment.retry_after = Some(seconds);
        self
    }

    /// Requests wait first.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.impairment.delay = delay;
        self
    }

    /// Requests wait up to so much longer, by chance.
    #[must_use]
    pub fn jitter(mut self, jitter: Duration) -> Self {
        self.impairment.jitter = jitter;
        self
    }

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// [`FaultError::Invalid`].
    pub(crate) fn validate(&self) -> Result<(), FaultError> {
        let Self { nth, times, probability, impairment, .. } = self;
        let Impairment { delay, jitter, effect, retry_after } = impairment;
        let is_status = |status: &u16| STATUSES.contains(status);
        let checks = [
            (*nth > 0, "nth", ONE),
            (*times != Some(0), "times", ONE),
            ((0.0..=1.0).contains(probability), "probability", "takes a number from 0 to 1"),
            (*delay <= LONGEST, "delay", SHORT),
            (*jitter <= LONGEST, "jitter", SHORT),
            (
                !matches!(effect, Effect::Status(status) if !is_status(status)),
                "status",
                "takes a number from 400 to 599",
            ),
            (
                retry_after.is_none() || matches!(effect, Effect::Status(_)),
                "retry_after",
                "goes together with status",
            ),
            (*effect != Effect::Throttled(0), "throttle", ONE),
            (
                *impairment != Impairment::default(),
                "status",
                "takes a number from 400 to 599; or give delay, jitter, cut, hang, truncate or \
                 throttle",
            ),
        ];
        match checks.into_iter().find(|(is_valid, ..)| !is_valid) {
            Some((_, field, accepts)) => Err(FaultError::Invalid { field, accepts }),
            None => Ok(()),
        }
    }
}

/// An active fault, and how often it matched and was triggered.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ActiveFault {
    /// Its number.
    pub id: u64,
    /// The fault.
    pub fault: Fault,
    /// Requests that matched it.
    pub matched: u64,
    /// Requests that triggered it.
    pub triggered: u64,
}

/// The longest wait. A longer one is a hang, which ends after the same time.
pub const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The statuses that a fault can answer with.
pub const STATUSES: RangeInclusive<u16> = 400..=599;

const ONE: &str = "takes a whole number from 1 on";
const SHORT: &str = "takes a time of at most 1h, such as \"5s\"";

pub const MOST_FAULTS: usize = 1_000;

/// Why a fault cannot be added or removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// It has a value that it cannot have.
    #[error("{field} {accepts}")]
    Invalid {
        /// The value, as the control API names it.
        field: &'static str,
        /// What it accepts.
        accepts: &'static str,
    },
    /// There is no room for another one.
    #[error("an account has at most {max} faults; remove those that are done")]
    TooMany {
        /// How many there can be.
        max: usize,
    },
    /// No fault has this id.
    #[error("no fault has this id: never made, or removed")]
    Unknown,
}

#[derive(Debug, Default)]
pub struct Faults {
    /// Oldest first. A fault that has triggered as often as it may stays, so that a test sees it.
    pub active: Vec<ActiveFault>,
    last_id: u64,
}

impl Faults {
    pub fn add(&mut self, fault: Fault) -> Result<ActiveFault, FaultError> {
        fault.validate()?;
        if self.active.len() >= MOST_FAULTS {
            return Err(FaultError::TooMany { max: MOST_FAULTS });
        }
        self.last_id += 1;
        let active = ActiveFault { id: self.last_id, fault, matched: 0, triggered: 0 };
        self.active.push(active.clone());
        Ok(active)
    }

    pub fn remove(&mut self, id: u64) -> Result<(), FaultError> {
        let place = self.active.iter().position(|active| active.id == id);
        self.active.remove(place.ok_or(FaultError::Unknown)?);
        Ok(())
    }

    /// What happens to a request, and the id of the fault that decides: the oldest that it
    /// triggers. Every fault that matches counts it.
    pub fn trigger(
        &mut self,
        operation: Operation,
        mut chance: impl FnMut() -> f64,
    ) -> Option<(u64, Impairment)> {
        let mut triggered = None;
        for active in &mut self.active {
            let fault = &active.fault;
            if fault.operation.is_some_and(|wanted| wanted != operation) {
                continue;
            }
            active.matched += 1;
            let is_due = active.matched >= fault.nth
                && fault.times.is_none_or(|times| active.triggered < times)
                && triggered.is_none();
            if is_due && (fault.probability >= 1.0 || chance() < fault.probability) {
                active.triggered += 1;
                triggered = Some((active.id, fault.impairment));
            }
        }
        triggered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_fault_that_a_request_triggers_decides() {
        let mut faults = Faults::default();
        faults.add(Fault::status(503).once()).expect("there is room");
        let hang = faults.add(Fault::hang()).expect("there is room");
        let mut effect = || faults.trigger(Operation::Put, || 0.5).map(|found| found.1.effect);
        assert_eq!(effect(), Some(Effect::Status(503)));
        assert_eq!(effect(), Some(Effect::Hang));
        assert_eq!(faults.remove(hang.id), Ok(()));
        assert_eq!(faults.trigger(Operation::Put, || 0.5), None);
    }

    #[test]
    fn only_valid_faults_are_added_and_only_so_many() {
        let mut faults = Faults::default();
        for invalid in [
            Fault::status(200),
            Fault::status(600),
            Fault::throttle(0),
            Fault::hang().nth(0),
            Fault::hang().times(0),
            Fault::hang().probability(1.1),
            Fault::hang().probability(f64::NAN),
            Fault::hang().after(Duration::from_secs(3601)),
            Fault::hang().jitter(Duration::MAX),
            Fault::delay(Duration::ZERO),
            Fault::hang().retry_after(3),
            Fault::cut(Phase::Before).retry_after(3),
            Fault::truncate(1).retry_after(3),
            Fault::throttle(1).retry_after(3),
            Fault::delay(Duration::from_secs(1)).retry_after(3),
        ] {
            let refused = faults.add(invalid.clone());
            assert!(matches!(refused, Err(FaultError::Invalid { .. })), "{invalid:?}");
        }
        for _ in 0..MOST_FAULTS {
            assert!(faults.add(Fault::hang()).is_ok());
        }
        assert_eq!(faults.add(Fault::hang()), Err(FaultError::TooMany { max: MOST_FAULTS }));
    }
}
