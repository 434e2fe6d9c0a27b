//! A journal at one moment.

use std::ops::Range;
use std::sync::Arc;

use crate::core::journal::entry::JournalEntry;

/// A journal at one moment, from a number on.
#[derive(Debug, Default)]
pub struct JournalView {
    /// The entries, oldest first.
    pub entries: Vec<Arc<JournalEntry>>,
    /// The number of the last request.
    pub last: u64,
    /// The numbers of the entries that were dropped, of which there may be none.
    pub dropped: Range<u64>,
}

impl JournalView {
    /// How many entries were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped_behind(0)
    }

    /// How many entries with numbers above `after` were dropped. A filter may have matched them.
    pub fn dropped_behind(&self, after: u64) -> u64 {
        let first = self.dropped.start.max(after.saturating_add(1));
        self.dropped.end.saturating_sub(first)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn dropped_entries_are_counted_from_a_number_on(
            start in 1..9_u64,
            length in 0..9_u64,
            after in prop_oneof![0..20_u64, Just(u64::MAX)],
        ) {
            let dropped = start..start + length;
            let view = JournalView { entries: Vec::new(), last: 20, dropped: dropped.clone() };
            prop_assert_eq!(view.dropped(), length);
            let behind = dropped.filter(|number| *number > after).count();
            prop_assert_eq!(view.dropped_behind(after), behind as u64);
        }
    }
}
