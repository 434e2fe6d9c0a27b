//! The only source of time. All other code gets it as a value.

use std::time::Duration;

use jiff::SignedDuration;
pub use jiff::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Runs with the system's clock, this far ahead of it.
    Running { ahead: SignedDuration },
    /// Stands still until it is advanced.
    Frozen { at: Timestamp },
}

/// The instant at which a clock starts, running or frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockStart {
    pub at: Timestamp,
    pub frozen: bool,
}

impl ClockStart {
    pub fn clock(self) -> Clock {
        let mut clock = Clock::Frozen { at: self.at };
        if !self.frozen {
            clock.resume();
        }
        clock
    }
}

impl Clock {
    pub const SYSTEM: Self = Self::Running { ahead: SignedDuration::ZERO };

    pub fn now(&self) -> Timestamp {
        match *self {
            Self::Running { ahead } => system_now().checked_add(ahead).unwrap_or(Timestamp::MAX),
            Self::Frozen { at } => at,
        }
    }

    /// Whether this clock has left the system's, so that answers must be dated by it.
    pub fn is_emulated(&self) -> bool {
        *self != Self::SYSTEM
    }

    pub fn freeze(&mut self) {
        *self = Self::Frozen { at: self.now() };
    }

    /// Moves the clock to an instant, past or future, where it stands still or runs on as before.
    /// It does not go before 1970, where the dates of HTTP begin.
    pub fn set(&mut self, to: Timestamp) {
        let to = to.max(Timestamp::UNIX_EPOCH);
        match self {
            Self::Running { ahead } => *ahead = to.duration_since(system_now()),
            Self::Frozen { at } => *at = to,
        }
    }

    /// Makes a clock that stands still run on from where it stands.
    pub fn resume(&mut self) {
        if let Self::Frozen { at } = *self {
            *self = Self::Running { ahead: at.duration_since(system_now()) };
        }
    }

    /// Moves the clock forward. It stops at the last instant that a [`Timestamp`] can name.
    pub fn advance(&mut self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        match self {
            Self::Running { ahead } => *ahead = ahead.saturating_add(by),
            Self::Frozen { at } => *at = later(*at, by),
        }
    }
}

/// From when a clock was set back. What had expired by then stays expired, also if only its end is
/// known, as that of a signed URL.
#[derive(Debug, Clone, Default)]
pub struct ClockTurns {
    count: u64,
    /// The number of each turn, and its time, if all that follow are earlier: so times fall.
    latest: Vec<(u64, Timestamp)>,
}

impl ClockTurns {
    /// How many turns are kept apart.
    const MOST: usize = 100;

    /// How often the clock was set back.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Records that the clock is set back, and from when.
    pub fn record(&mut self, from: Timestamp) {
        while self.latest.pop_if(|(_, at)| *at <= from).is_some() {}
        if self.latest.len() >= Self::MOST {
            // The next one counts as late as the first.
            let (_, at) = self.latest.remove(0);
            self.latest[0].1 = at;
        }
        self.latest.push((self.count, from));
        self.count += 1;
    }

    /// The latest time from which the clock was set back, after so many turns.
    pub fn latest_after(&self, turns: u64) -> Option<Timestamp> {
        self.latest.iter().find(|(turn, _)| *turn >= turns).map(|(_, at)| *at)
    }
}

/// The instant that lies `lifetime` after `start`, or the last one there is.
pub fn after(start: Timestamp, lifetime: Duration) -> Timestamp {
    later(start, SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX))
}

fn later(start: Timestamp, by: SignedDuration) -> Timestamp {
    start.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[expect(clippy::disallowed_methods, reason = "the only source of time")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_remember_the_latest_time_after_each() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let mut turns = ClockTurns::default();
        assert_eq!(turns.latest_after(0), None);
        for second in [50, 30, 40, 10] {
            turns.record(at(second));
        }
        let latest = [0, 1, 2, 3, 4].map(|count| turns.latest_after(count));
        assert_eq!(latest, [Some(at(50)), Some(at(40)), Some(at(40)), Some(at(10)), None]);
        for second in (0..1_000).rev() {
            turns.record(at(second));
        }
        assert!(turns.latest.len() <= ClockTurns::MOST);
        assert_eq!(turns.latest_after(0), Some(at(999)));
        assert_eq!(turns.latest_after(turns.count() - 1), Some(at(0)));
    }

    #[test]
    fn advancing_past_the_end_of_time_stops_there() {
        let mut frozen = Clock::Frozen { at: Timestamp::UNIX_EPOCH };
        frozen.advance(Duration::MAX);
        assert_eq!(frozen.now(), Timestamp::MAX);
        let mut running = Clock::SYSTEM;
        running.advance(Duration::MAX);
        running.advance(Duration::MAX);
        assert_eq!(running.now(), Timestamp::MAX);
    }
}
