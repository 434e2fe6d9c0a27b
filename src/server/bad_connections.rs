//! Logs connections that fail before there is a request, at most some per second: a client can make
//! many of them.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How many are logged in the time between two calls of [`BadConnections::refill`].
const LOGGED: u32 = 10;

#[derive(Debug, Default)]
pub struct BadConnections {
    failed: AtomicU32,
}

impl BadConnections {
    /// Logs why a connection failed and is closed.
    pub fn log(&self, why: impl fmt::Display) {
        if self.failed.fetch_add(1, Relaxed) < LOGGED {
            tracing::warn!("a connection is closed: {why}");
        }
    }

    /// Allows more log lines, and logs how many there would have been.
    pub fn refill(&self) {
        let failed = self.failed.swap(0, Relaxed);
        if failed > LOGGED {
            tracing::warn!("{} more connections are closed, which failed too", failed - LOGGED);
        }
    }
}
