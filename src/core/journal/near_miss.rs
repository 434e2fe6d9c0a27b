//! Near misses: entries that explain why a filter does not match as expected.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::core::journal::entry::JournalEntry;
use crate::core::journal::filter::Filter;

const MOST_MISSES: usize = 3;

/// An entry, and the conditions that it does not meet: none, if it matches.
#[derive(Debug, Clone, PartialEq)]
pub struct NearMiss {
    pub entry: Arc<JournalEntry>,
    pub misses: Vec<String>,
}

/// Of the entries that do not match those that miss the fewest conditions, and of these the newest.
pub fn nearest(filter: &Filter, entries: &[Arc<JournalEntry>]) -> Vec<NearMiss> {
    // Only few get a text for each miss: a filter can be long, and there are many entries.
    let counted = entries.iter().map(|entry| (filter.count_misses(entry), entry));
    let mut missing: Vec<_> = counted.filter(|(count, _)| *count > 0).collect();
    missing.sort_by_key(|(count, entry)| (*count, Reverse(entry.number)));
    let near = |(_, entry): &(usize, &Arc<JournalEntry>)| NearMiss {
        entry: Arc::clone(entry),
        misses: filter.misses(entry),
    };
    missing.iter().take(MOST_MISSES).map(near).collect()
}

/// The newest of the entries that match, where fewer should.
pub fn newest(filter: &Filter, entries: &[Arc<JournalEntry>]) -> Vec<NearMiss> {
    let matching = entries.iter().rev().filter(|entry| filter.matches(entry));
    matching
        .take(MOST_MISSES)
        .map(|entry| NearMiss { entry: Arc::clone(entry), misses: Vec::new() })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::journal::filter::JournalStatus;
    use crate::core::journal::tests::entry;

    fn any_entry() -> impl Strategy<Value = JournalEntry> {
        ("[ab]", prop::option::of(200..203_u16), prop::option::of("[xy]")).prop_map(
            |(target, status, route)| JournalEntry {
                target,
                status,
                route: route.map(Into::into),
                ..entry("/")
            },
        )
    }

    proptest! {
        #[test]
        fn the_nearest_are_those_that_miss_least_and_of_those_the_newest(
            entries in prop::collection::vec(any_entry(), 0..12),
            path in prop::option::of("[ab]"),
            status in prop::option::of(200..203_u16),
            route in prop::option::of("[xy]"),
            after in 0..4_u64,
        ) {
            let entries: Vec<_> = (1..)
                .zip(entries)
                .map(|(number, entry)| Arc::new(JournalEntry { number, ..entry }))
                .collect();
            let status = status.map(JournalStatus::Exactly);
            let filter = Filter { path, status, route, after, ..Filter::default() };
            let newest_first = entries.iter().rev();
            let mut all: Vec<_> =
                newest_first.map(|entry| (filter.misses(entry), entry)).collect();
            all.retain(|(misses, _)| !misses.is_empty());
            all.sort_by_key(|(misses, _)| misses.len());
            let found: Vec<_> = nearest(&filter, &entries)
                .into_iter()
                .map(|near| (near.misses, near.entry))
                .collect();
            let wanted: Vec<_> = all
                .into_iter()
                .take(3)
                .map(|(misses, entry)| (misses, Arc::clone(entry)))
                .collect();
            prop_assert_eq!(found, wanted);
            let newest = newest(&filter, &entries);
            let newest: Vec<_> = newest.iter().map(|near| near.entry.number).collect();
            let matching = entries.iter().rev().filter(|entry| filter.matches(entry));
            prop_assert_eq!(newest, matching.take(3).map(|entry| entry.number).collect::<Vec<_>>());
        }
    }
}
