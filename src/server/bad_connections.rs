//! Logs connections that fail before there is a request, at most some per second: a client can make
//! many of them.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How many are logged in the time between two calls of [`BadConnections::refill`].
const LOGGED: u32 = 10;

#[derive(Debug, Default)]
pub struct BadConnections {
    failed: AtomicU32,
    /// Since a minute began.
    unaccepted: AtomicU32,
    beyond_most: AtomicU32,
    seconds: AtomicU32,
}

impl BadConnections {
    /// Logs why a connection failed and is closed.
    pub fn log(&self, why: impl fmt::Display) {
        if self.failed.fetch_add(1, Relaxed) < LOGGED {
            tracing::warn!("a connection is closed: {why}");
        }
    }

    /// Logs, once a minute, that the system refuses a connection.
    pub fn log_unaccepted(&self, error: &io::Error) {
        if self.unaccepted.fetch_add(1, Relaxed) == 0 {
            tracing::warn!(%error, "a connection could not be accepted");
        }
    }

    /// Logs, once a minute, that all places are taken.
    pub fn log_full(&self, max: usize) {
        if self.beyond_most.fetch_add(1, Relaxed) == 0 {
            tracing::warn!(
                "max_connections are in use, {max}: others wait, and the control API answers"
            );
        }
    }

    /// To be called once a second. Allows more log lines, and logs how many there would have been.
    pub fn refill(&self) {
        if self.seconds.fetch_add(1, Relaxed) % 60 == 59 {
            self.unaccepted.store(0, Relaxed);
            self.beyond_most.store(0, Relaxed);
        }
        let failed = self.failed.swap(0, Relaxed);
        if failed > LOGGED {
            tracing::warn!("{} more connections are closed, which failed too", failed - LOGGED);
        }
    }
}
