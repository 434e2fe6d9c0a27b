//! What hash maps need beyond the standard library.

use std::collections::HashMap;
use std::hash::Hash;

/// Entries below which a map keeps its memory.
const SMALL: usize = 1_024;

/// Gives back the memory of a map that is almost empty: removing entries frees none of it, and one
/// account may hold a million files for an hour and none afterwards.
pub fn shrink_if_sparse<K: Eq + Hash, V>(map: &mut HashMap<K, V>) {
    if map.capacity() > SMALL && map.len() < map.capacity() / 8 {
        map.shrink_to(2 * map.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_was_emptied_gives_its_memory_back() {
        let mut map: HashMap<_, _> = (0..100_000).map(|key| (key, key)).collect();
        for key in 0..100_000 {
            map.remove(&key);
            shrink_if_sparse(&mut map);
            assert_eq!(map.len(), 99_999 - key);
        }
        assert!(map.capacity() <= 2 * SMALL);
    }
}
