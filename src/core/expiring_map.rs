//! A map whose entries expire. Expired means gone: no lookup finds an expired entry, swept or not.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::core::clock::Timestamp;
use crate::core::maps::shrink_if_sparse;

#[derive(Debug, Clone)]
pub struct ExpiringMap<K, V> {
    entries: HashMap<K, (Timestamp, V)>,
    expiry: BTreeSet<(Timestamp, K)>,
}

impl<K, V> Default for ExpiringMap<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), expiry: BTreeSet::new() }
    }
}

impl<K: Clone + Eq + Hash + Ord, V> ExpiringMap<K, V> {
    /// Adds an entry, in place of an earlier one, which is returned.
    pub fn insert(&mut self, key: K, expires_at: Timestamp, value: V) -> Option<V> {
        let earlier = self.entries.insert(key.clone(), (expires_at, value));
        let earlier = earlier.map(|(expiry, value)| {
            self.expiry.remove(&(expiry, key.clone()));
            value
        });
        self.expiry.insert((expires_at, key));
        earlier
    }

    pub fn get<Q>(&self, key: &Q, now: Timestamp) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.peek(key).filter(|(expires_at, _)| now < *expires_at).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &K, now: Timestamp) -> Option<&mut V> {
        let entry = self.entries.get_mut(key);
        entry.filter(|(expires_at, _)| now < *expires_at).map(|(_, value)| value)
    }

    /// An entry that is not swept, and when it expires.
    pub fn peek<Q>(&self, key: &Q) -> Option<(Timestamp, &V)>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.entries.get(key).map(|(expires_at, value)| (*expires_at, value))
    }

    /// Whether an entry that is not swept has this key.
    pub fn contains(&self, key: &K) -> bool {
        self.entries.contains_key(key)
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let (key, (expires_at, value)) = self.entries.remove_entry(key)?;
        self.expiry.remove(&(expires_at, key));
        shrink_if_sparse(&mut self.entries);
        Some(value)
    }

    /// The entries that are not swept, the first to expire first.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let find = |(_, key)| self.entries.get(key).map(|(_, value)| (key, value));
        self.expiry.iter().map(|(expires_at, key)| (expires_at, key)).filter_map(find)
    }

    /// The values of all entries that are not swept, in any order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.values_mut().map(|(_, value)| value)
    }

    /// Whether anything has expired and is not swept.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expiry.first().is_some_and(|(expires_at, _)| *expires_at <= now)
    }

    /// Removes the first entry to expire, if it has.
    pub fn pop_expired(&mut self, now: Timestamp) -> Option<(K, Timestamp, V)> {
        let (expires_at, key) = self.expiry.first().filter(|(expires_at, _)| *expires_at <= now)?;
        let (expires_at, key) = (*expires_at, key.clone());
        self.remove(&key).map(|value| (key, expires_at, value))
    }

    /// How many entries are not swept.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::core::clock::after;

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Insert(u8, u64),
        Change(u8),
        Remove(u8),
        Pass(u64),
        SetBack(u64),
        Sweep,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..6_u8, 1..60_u64).prop_map(|(key, life)| Step::Insert(key, life)),
            1 => (0..6_u8).prop_map(Step::Change),
            1 => (0..6_u8).prop_map(Step::Remove),
            1 => (1..50_u64).prop_map(Step::Pass),
            1 => (1..50_u64).prop_map(Step::SetBack),
            1 => Just(Step::Sweep),
        ]
    }

    proptest! {
        #[test]
        fn expired_means_gone_whether_or_not_it_was_swept(
            steps in prop::collection::vec(step(), 1..60),
        ) {
            let mut map = ExpiringMap::default();
            // What the map must hold: key, expiry and value. Only a sweep removes what has expired.
            let mut model: Vec<(u8, Timestamp, usize)> = Vec::new();
            let mut now = Timestamp::UNIX_EPOCH;
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Insert(key, life) => {
                        let expires_at = after(now, Duration::from_secs(life));
                        let earlier = map.insert(key, expires_at, number);
                        let place = model.iter().position(|(known, ..)| *known == key);
                        prop_assert_eq!(earlier, place.map(|place| model.remove(place).2));
                        model.push((key, expires_at, number));
                    }
                    Step::Change(key) => if let Some(value) = map.get_mut(&key, now) {
                        *value = number;
                        model.iter_mut().filter(|(known, ..)| *known == key).for_each(|it| it.2 = number);
                    },
                    Step::Remove(key) => {
                        let place = model.iter().position(|(known, ..)| *known == key);
                        prop_assert_eq!(map.remove(&key), place.map(|place| model.remove(place).2));
                    }
                    Step::Pass(seconds) => now = after(now, Duration::from_secs(seconds)),
                    Step::SetBack(seconds) => {
                        let earlier = now.as_second().saturating_sub_unsigned(seconds).max(0);
                        now = Timestamp::from_second(earlier).expect("an instant");
                    }
                    Step::Sweep => {
                        let swept = std::iter::from_fn(|| map.pop_expired(now)).collect::<Vec<_>>();
                        model.sort_by_key(|(key, expires_at, _)| (*expires_at, *key));
                        let place = model.partition_point(|(_, expires_at, _)| *expires_at <= now);
                        prop_assert_eq!(swept, model.drain(..place).collect::<Vec<_>>());
                        prop_assert!(!map.has_expired(now));
                    }
                }
                model.sort_by_key(|(key, expires_at, _)| (*expires_at, *key));
                let listed: Vec<_> = map.iter().map(|(key, value)| (*key, *value)).collect();
                prop_assert_eq!(listed, model.iter().map(|known| (known.0, known.2)).collect::<Vec<_>>());
                for key in 0..6 {
                    let known = model.iter().find(|(known, ..)| *known == key);
                    let alive = known.filter(|(_, expires_at, _)| now < *expires_at);
                    prop_assert_eq!(map.get(&key, now), alive.map(|(.., value)| value));
                    prop_assert_eq!(map.contains(&key), known.is_some());
                }
            }
            prop_assert_eq!((map.len(), map.expiry.len()), (model.len(), model.len()));
        }
    }
}
