//! Pages of a list: by offset, or from a cursor on.

/// The order of a page. Lists are kept in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window<K = u64> {
    /// The items from a place on.
    Offset { skip: usize, take: usize },
    /// The items behind the one with this key, or from the beginning.
    After {
        /// The item may be gone.
        key: Option<K>,
        take: usize,
    },
    /// The items before the one with this key.
    Before {
        /// The item may be gone.
        key: K,
        take: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub total: usize,
    /// Whether there are more items in the direction of the window.
    pub has_more: bool,
}

impl<T> Page<T> {
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(to).collect();
        Page { items, total: self.total, has_more: self.has_more }
    }
}

impl<K> Window<K> {
    pub const ALL: Self = Self::Offset { skip: 0, take: usize::MAX };

    /// The same window of a list that has other keys.
    pub fn map<L>(self, to: impl Fn(K) -> L) -> Window<L> {
        match self {
            Self::Offset { skip, take } => Window::Offset { skip, take },
            Self::After { key, take } => Window::After { key: key.map(to), take },
            Self::Before { key, take } => Window::Before { key: to(key), take },
        }
    }
}

/// Cuts a page out of a list that is sorted by `key`.
pub fn cut<T: Clone, K: Ord>(
    list: &[T],
    key: impl Fn(&T) -> K,
    order: Order,
    window: Window<K>,
) -> Page<T> {
    let total = list.len();
    // Counted in the requested order: the items before the one behind `wanted`.
    let behind = |wanted: K| match order {
        Order::Ascending => list.partition_point(|item| key(item) <= wanted),
        Order::Descending => total - list.partition_point(|item| key(item) < wanted),
    };
    let before = |wanted: K| match order {
        Order::Ascending => list.partition_point(|item| key(item) < wanted),
        Order::Descending => total - list.partition_point(|item| key(item) <= wanted),
    };
    let (start, end, has_more) = match window {
        Window::Offset { skip, take } => forward(skip, take, total),
        Window::After { key: None, take } => forward(0, take, total),
        Window::After { key: Some(wanted), take } => forward(behind(wanted), take, total),
        Window::Before { key: wanted, take } => {
            let end = before(wanted);
            let start = end.saturating_sub(take);
            (start, end, start > 0)
        }
    };
    let items = match order {
        Order::Ascending => list[start..end].to_vec(),
        Order::Descending => list[total - end..total - start].iter().rev().cloned().collect(),
    };
    Page { items, total, has_more }
}

fn forward(skip: usize, take: usize, total: usize) -> (usize, usize, bool) {
    let start = skip.min(total);
    let end = start.saturating_add(take).min(total);
    (start, end, end < total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn walk(list: &[u64], order: Order, take: usize) -> Vec<u64> {
        let mut seen = Vec::new();
        let mut from = None;
        loop {
            let page = cut(list, |&id| id, order, Window::After { key: from, take });
            assert_eq!(page.total, list.len());
            let Some(&last) = page.items.last() else {
                assert!(!page.has_more);
                return seen;
            };
            seen.extend(&page.items);
            assert_eq!(page.has_more, seen.len() < list.len());
            from = Some(last);
        }
    }

    fn walk_back(list: &[u64], order: Order, from: u64, take: usize) -> Vec<u64> {
        let mut seen = Vec::new();
        let mut from = from;
        loop {
            let page = cut(list, |&id| id, order, Window::Before { key: from, take });
            let Some(&first) = page.items.first() else {
                return seen;
            };
            seen.splice(0..0, page.items);
            from = first;
        }
    }

    proptest! {
        #[test]
        fn every_way_through_a_list_meets_every_item_once(
            ids in prop::collection::btree_set(1..500_u64, 0..40),
            take in 1..10_usize,
            descending: bool,
        ) {
            let list: Vec<u64> = ids.into_iter().collect();
            let order = if descending { Order::Descending } else { Order::Ascending };
            let mut expected = list.clone();
            if descending {
                expected.reverse();
            }
            prop_assert_eq!(&walk(&list, order, take), &expected);
            let behind_all = if descending { 0 } else { u64::MAX };
            prop_assert_eq!(&walk_back(&list, order, behind_all, take), &expected);
            let pages = (0..list.len().div_ceil(take)).flat_map(|page| {
                cut(&list, |&id| id, order, Window::Offset { skip: page * take, take }).items
            });
            prop_assert_eq!(pages.collect::<Vec<_>>(), expected);
        }

        #[test]
        fn a_cursor_outlives_its_item(
            ids in prop::collection::btree_set(1..500_u64, 1..40),
            gone in any::<prop::sample::Index>(),
        ) {
            let mut list: Vec<u64> = ids.into_iter().collect();
            let gone = list.remove(gone.index(list.len()));
            let after = Window::After { key: Some(gone), take: 100 };
            let after = cut(&list, |&id| id, Order::Ascending, after);
            let expected: Vec<u64> = list.iter().copied().filter(|&id| id > gone).collect();
            prop_assert_eq!(after.items, expected);
        }
    }
}
