//! What this server does, with evidence and tests, as data. It is independent of other modules.
//!
//! `GET /_mock/capabilities` and `docs/behaviours.md` have the same rows. Responses name the known
//! differences from Zendesk that affect them.

mod capability;
mod difference_set;
mod differences;
mod images;
mod server;
#[cfg(test)]
mod tests;
mod tickets;
mod uploads;

pub use self::capability::{Capability, Difference, Evidence};
pub use self::difference_set::Differences;
pub use self::differences::Differs;

/// All behaviours of the server, the known differences last.
///
/// ```
/// let differences = zendesk_mock::capabilities().filter(|row| row.difference.is_some());
/// assert!(differences.count() > 30);
/// ```
pub fn all() -> impl Iterator<Item = &'static Capability> {
    [uploads::ROWS, tickets::ROWS, images::ROWS, server::ROWS]
        .into_iter()
        .flatten()
        .chain(differences())
}

/// The known differences from Zendesk.
pub fn differences() -> impl Iterator<Item = &'static Capability> {
    [differences::NAMED, differences::UNNAMED].into_iter().flatten()
}
