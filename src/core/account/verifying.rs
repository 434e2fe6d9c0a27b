//! Whether a journal holds what is expected of it, and if not, why.

use std::sync::Arc;

use crate::core::account::JournalView;
use crate::core::journal::{Entry, Filter, NearMiss, nearest, newest};

/// Why a journal does not hold what is expected of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    /// Why, in words.
    pub why: String,
    /// How many entries matched, or how many steps of an order.
    pub matched: usize,
    /// What came near; where too many matched, the newest that did.
    pub near: Vec<NearMiss>,
}

impl JournalView {
    /// The entries that a filter matches: exactly so many, or at least one.
    ///
    /// # Errors
    /// Another number of them. An exact one is not certain either when entries that the filter is about were dropped.
    pub fn verify(&self, filter: &Filter, count: Option<u64>) -> Result<Vec<&Arc<Entry>>, Missed> {
        let found: Vec<_> = self.entries.iter().filter(|entry| filter.matches(entry)).collect();
        let matched = found.len();
        let is_certain = self.dropped_behind(filter.after) == 0;
        let why = match count {
            None if matched > 0 => return Ok(found),
            None => "0 requests matched, not at least 1".to_owned(),
            Some(count) if count == matched as u64 && is_certain => return Ok(found),
            Some(count) if count == matched as u64 => {
                format!("{matched} requests matched at least")
            }
            Some(count) => format!("{matched} requests matched, not {count}"),
        };
        let is_too_many = count.is_some_and(|count| matched as u64 > count);
        let near = if is_too_many { newest } else { nearest };
        let why = why + &self.doubt(filter.after);
        Err(Missed { why, matched, near: near(filter, &self.entries) })
    }

    /// One entry for each filter, in this order, whatever lies between.
    ///
    /// # Errors
    /// The first filter that matches nothing behind the one before it.
    pub fn verify_order(&self, steps: &[Filter]) -> Result<Vec<&Arc<Entry>>, Missed> {
        let mut rest = self.entries.iter();
        let found: Vec<_> =
            steps.iter().map_while(|filter| rest.find(|entry| filter.matches(entry))).collect();
        let Some(missing) = steps.get(found.len()) else { return Ok(found) };
        // What was dropped lies before all that is kept, where any step up to this one may have been.
        let tried = &steps[..=found.len()];
        let after = tried.iter().map(|filter| filter.after).min().unwrap_or(0);
        let matched = found.len();
        let why = format!("nothing matches step {} behind the step before it", matched + 1);
        let why = why + &self.doubt(after);
        Err(Missed { why, matched, near: nearest(missing, &self.entries) })
    }

    /// What there is to say of entries behind a number that were dropped.
    #[must_use]
    pub fn doubt(&self, after: u64) -> String {
        let last = self.dropped.end.saturating_sub(1);
        match self.dropped_behind(after) {
            0 => String::new(),
            count => format!(
                "; of those behind number {after}, {count} were dropped from the journal and may have matched: an `after` of {last} or more leaves them out"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_exact_count_is_certain_where_entries_were_dropped() {
        let look = JournalView { entries: Vec::new(), last: 9, dropped: 3..10 };
        let none = |after| look.verify(&Filter { after, ..Filter::default() }, Some(0));
        assert_eq!(none(9), Ok(Vec::new()));
        let missed = none(8).expect_err("one was dropped");
        assert!(missed.why.contains("behind number 8, 1 were dropped"), "{}", missed.why);
        assert!(missed.why.contains("an `after` of 9 or more"), "{}", missed.why);
        assert!(
            none(0).is_err_and(|missed| missed.why.contains("behind number 0, 7 were dropped"))
        );
    }
}
