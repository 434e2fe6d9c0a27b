//! Collections whose clone takes constant time and shares what both have in common. They make a
//! snapshot of an account, and the way back to it, cheap however much it holds.

use rpds::{HashTrieMapSync, RedBlackTreeMapSync, RedBlackTreeSetSync, VectorSync};

/// A map by hash.
pub type Map<K, V> = HashTrieMapSync<K, V>;
/// A map in the order of its keys.
pub type OrderedMap<K, V> = RedBlackTreeMapSync<K, V>;
/// A set in its order.
pub type OrderedSet<T> = RedBlackTreeSetSync<T>;
/// A list that grows at its end.
pub type List<T> = VectorSync<T>;
