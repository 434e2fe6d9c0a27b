//! What this server does, how each of it is known, and which test holds it. Data only: it knows nothing of ours.
//!
//! The same rows are answered by `GET /_mock/capabilities` and stand in the README, and a response that took part
//! in a known difference from Zendesk names it.

mod differences;
mod images;
mod server;
mod tickets;
mod uploads;

use strum::{EnumString, IntoStaticStr, VariantNames};

pub use self::differences::{Differences, Differs};

/// How a behaviour is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Evidence {
    /// From traffic of the real service.
    Recorded,
    /// From what its makers write about it.
    Documented,
    /// From what is known of something similar, or from what users reported.
    Inferred,
    /// It is not. We chose.
    Chosen,
}

/// One behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability {
    /// Its name.
    pub name: &'static str,
    /// What the server does.
    pub does: &'static str,
    /// How it is known.
    pub evidence: Evidence,
    /// When it was recorded, when the documentation was read, or when we decided: a year, a month or a day.
    pub dated: &'static str,
    /// The tests that hold it, as `module::name`.
    pub tests: &'static [&'static str],
    /// What Zendesk does instead, where that is known to differ or not known at all.
    pub difference: Option<Difference>,
}

/// A known difference from Zendesk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// What Zendesk does, as far as anybody outside knows.
    pub there: &'static str,
    /// The settings that change it.
    pub settings: &'static [&'static str],
    /// Why no response names it. Without a reason, those that took part do.
    pub unnamed: Option<&'static str>,
}

/// One row for each behaviour that is as Zendesk's, or that only this server has.
macro_rules! capabilities {
    ($($name:literal $evidence:ident $dated:literal $does:literal [$($test:literal),+ $(,)?];)+) => {
        pub(super) const ROWS: &[$crate::fidelity::Capability] = &[
            $($crate::fidelity::Capability {
                name: $name,
                does: $does,
                evidence: $crate::fidelity::Evidence::$evidence,
                dated: $dated,
                tests: &[$($test),+],
                difference: None,
            }),+
        ];
    };
}
use capabilities;

/// All behaviours of the server, each with its evidence, its date and the tests that hold it: those of uploads, of tickets, of images, of the server itself, and the known differences.
///
/// ```
/// let unknown_there = zendesk_mock::capabilities().filter(|row| row.difference.is_some());
/// assert!(unknown_there.count() > 30);
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

#[cfg(test)]
mod tests;
