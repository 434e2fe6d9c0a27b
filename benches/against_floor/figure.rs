//! One line of the second table, and how its numbers are formatted.

use crate::stats::Spread;

/// `met` is `None` where the figure does not decide the goal.
pub struct Figure {
    pub what: String,
    pub product: String,
    pub floor: String,
    pub goal: String,
    pub met: Option<bool>,
}

impl Figure {
    /// For orientation, without a goal.
    pub fn plain(what: String, product: String) -> Self {
        let (floor, goal) = ("–".into(), "–".into());
        Self { what, product, floor, goal, met: None }
    }
}

pub fn with_extremes(ratio: Option<Spread>) -> String {
    ratio.map_or("n/a".into(), |Spread { median, least, most }| {
        format!("{median:.2} ({least:.2} to {most:.2})")
    })
}

pub fn milliseconds(value: Option<f64>) -> String {
    value.map_or("n/a".into(), |value| format!("{value:.1} ms"))
}

pub fn megabytes(bytes: Option<f64>) -> String {
    bytes.map_or("n/a".into(), |bytes| format!("{:.1} MB", bytes / 1e6))
}
