//! Lists that are sorted by an id, whatever they are kept in.

use std::ops::Index;

use crate::core::collections::List;

/// A list whose items are found by their place.
pub trait Sorted: Index<usize, Output = Self::Item> {
    /// What it is a list of.
    type Item;

    /// How many items there are.
    fn count(&self) -> usize;

    /// How many items come first of which this holds. It must hold of none behind them.
    fn places_before(&self, holds: impl Fn(&Self::Item) -> bool) -> usize {
        let (mut start, mut end) = (0, self.count());
        while start < end {
            let middle = start + (end - start) / 2;
            if holds(&self[middle]) {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    }

    /// The place of the item with this id.
    fn place_of(&self, wanted: u64, id: impl Fn(&Self::Item) -> u64) -> Option<usize> {
        let place = self.places_before(|item| id(item) < wanted);
        (place < self.count() && id(&self[place]) == wanted).then_some(place)
    }
}

impl<T> Sorted for [T] {
    type Item = T;

    fn count(&self) -> usize {
        self.len()
    }
}

impl<T> Sorted for List<T> {
    type Item = T;

    fn count(&self) -> usize {
        self.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_found_where_it_is_and_nowhere_else(
            ids in prop::collection::btree_set(0..200_u64, 0..40),
            wanted in 0..200_u64,
        ) {
            let slice: Vec<u64> = ids.into_iter().collect();
            let list: List<u64> = slice.iter().copied().collect();
            let expected = slice.iter().position(|&id| id == wanted);
            prop_assert_eq!(slice.as_slice().place_of(wanted, |&id| id), expected);
            prop_assert_eq!(list.place_of(wanted, |&id| id), expected);
        }
    }
}
