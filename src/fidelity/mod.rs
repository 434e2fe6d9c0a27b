//! What this server does, with evidence and tests, as data. It is independent of other modules.
//!
//! Each topic is a JSON file. `GET /_mock/behaviours` and `docs/behaviours.md` have the same rows.
//! Responses name the known differences from Zendesk that affect them.

mod behaviour;
mod known_difference;
#[cfg(test)]
mod tests;
mod zendesk_routes;

use std::sync::LazyLock;

pub use self::behaviour::{Behaviour, Difference, Evidence};
pub use self::known_difference::{DifferenceSet, KnownDifference};
pub use self::zendesk_routes::ZendeskRoute;

static ALL: LazyLock<Vec<Behaviour>> = LazyLock::new(|| {
    let topics = [
        include_str!("uploads.json"),
        include_str!("tickets.json"),
        include_str!("images.json"),
        include_str!("server.json"),
    ];
    let rows = topics.map(|json| {
        serde_json::from_str::<Vec<Behaviour>>(json).expect("a unit test reads these files")
    });
    let mut all = rows.concat();
    // The known differences come last, and of these the ones that no response names.
    let rank = |row: &Behaviour| row.difference.as_ref().map(|differs| differs.unnamed.is_some());
    all.sort_by_key(rank);
    all
});

/// All behaviours of the server, the known differences last.
///
/// ```
/// let differences = zendesk_mock::behaviours().filter(|row| row.difference.is_some());
/// assert!(differences.count() > 30);
/// ```
pub fn all() -> impl Iterator<Item = &'static Behaviour> {
    ALL.iter()
}
