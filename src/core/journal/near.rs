//! What came nearest to what is wanted, for whoever looks for it in vain.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::core::journal::{Entry, Filter};

/// How many entries are told.
const MOST: usize = 3;

/// An entry that came near, and what it misses: nothing, if it is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct NearMiss {
    /// The entry.
    pub entry: Arc<Entry>,
    /// Why it is not wanted.
    pub misses: Vec<String>,
}

/// Of the entries that are not wanted those that miss least, the nearest and then the newest first.
#[must_use]
pub fn nearest(filter: &Filter, entries: &[Arc<Entry>]) -> Vec<NearMiss> {
    // Why they miss is put into words for few of them: a filter can be long, and entries are many.
    let counted = entries.iter().map(|entry| (filter.count_misses(entry), entry));
    let mut missing: Vec<_> = counted.filter(|(count, _)| *count > 0).collect();
    missing.sort_by_key(|(count, entry)| (*count, Reverse(entry.number)));
    let told = |(_, entry): &(usize, &Arc<Entry>)| NearMiss {
        entry: Arc::clone(entry),
        misses: filter.misses(entry),
    };
    missing.iter().take(MOST).map(told).collect()
}

/// The newest of the entries that are wanted, for whoever wants fewer.
#[must_use]
pub fn newest(filter: &Filter, entries: &[Arc<Entry>]) -> Vec<NearMiss> {
    let wanted = entries.iter().rev().filter(|entry| filter.matches(entry));
    wanted
        .take(MOST)
        .map(|entry| NearMiss { entry: Arc::clone(entry), misses: Vec::new() })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::journal::Status;
    use crate::core::journal::tests::entry;

    fn any_entry() -> impl Strategy<Value = Entry> {
        ("[ab]", prop::option::of(200..203_u16), prop::option::of("[xy]")).prop_map(
            |(target, status, route)| Entry {
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
                .map(|(number, entry)| Arc::new(Entry { number, ..entry }))
                .collect();
            let status = status.map(Status::Exactly);
            let filter = Filter { path, status, route, after, ..Filter::default() };
            let mut all: Vec<_> = entries.iter().rev().map(|entry| (filter.misses(entry), entry)).collect();
            all.retain(|(misses, _)| !misses.is_empty());
            all.sort_by_key(|(misses, _)| misses.len());
            let told: Vec<_> = nearest(&filter, &entries).into_iter().map(|near| (near.misses, near.entry)).collect();
            let wanted: Vec<_> = all.into_iter().take(3).map(|(misses, entry)| (misses, Arc::clone(entry))).collect();
            prop_assert_eq!(told, wanted);
            let newest: Vec<_> = newest(&filter, &entries).iter().map(|near| near.entry.number).collect();
            let matching = entries.iter().rev().filter(|entry| filter.matches(entry));
            prop_assert_eq!(newest, matching.take(3).map(|entry| entry.number).collect::<Vec<_>>());
        }
    }
}
