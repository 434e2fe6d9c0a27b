//! Times as Zendesk writes them.

use crate::core::clock::Timestamp;

/// A time in UTC, to the second.
pub fn instant(at: Timestamp) -> String {
    format!("{at:.0}")
}
