//! Values that are kept as long as there is room for them: when the memory budget has none, the
//! oldest are evicted.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Weak};

/// A value that gives its memory back when the budget has no room.
pub trait Evict: Debug + Send + Sync {
    /// Drops what it holds. No lock of an account may be needed for that.
    fn evict(&self);
}

/// How many values there are before those that are gone are looked for.
const SMALL: usize = 1_024;

/// The values that can be evicted, without keeping them alive.
#[derive(Debug)]
pub struct EvictionQueue {
    oldest_first: VecDeque<Weak<dyn Evict>>,
    /// The length at which those that are gone are left out.
    prune_at: usize,
}

impl Default for EvictionQueue {
    fn default() -> Self {
        Self { oldest_first: VecDeque::new(), prune_at: SMALL }
    }
}

impl EvictionQueue {
    pub fn push(&mut self, value: Weak<dyn Evict>) {
        if self.oldest_first.len() >= self.prune_at {
            self.oldest_first.retain(|value| value.strong_count() > 0);
            self.prune_at = SMALL.max(2 * self.oldest_first.len());
            self.oldest_first.shrink_to(self.prune_at);
        }
        self.oldest_first.push_back(value);
    }

    /// Takes out the oldest value that is not gone.
    pub fn pop(&mut self) -> Option<Arc<dyn Evict>> {
        std::iter::from_fn(|| self.oldest_first.pop_front()).find_map(|value| value.upgrade())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Nothing;

    impl Evict for Nothing {
        fn evict(&self) {}
    }

    #[test]
    fn values_that_are_gone_are_left_out() {
        let (mut queue, kept) = (EvictionQueue::default(), Arc::new(Nothing));
        let weak = |value: &Arc<Nothing>| -> Weak<dyn Evict> { Arc::<Nothing>::downgrade(value) };
        queue.push(weak(&kept));
        for _ in 0..100 * SMALL {
            queue.push(weak(&Arc::new(Nothing)));
            assert!(queue.oldest_first.len() <= SMALL);
        }
        assert!(queue.pop().is_some() && queue.pop().is_none());
    }
}
