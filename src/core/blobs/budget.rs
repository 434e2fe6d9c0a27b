//! Memory that accounts share: a limit, the charges to it, and values that are still to be dropped.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use event_listener::{Event, EventListener};

use crate::core::blobs::eviction::{Evict, EvictionQueue};

/// What a stored file is charged beyond its bytes: enough for the longest name and type, twice
/// because of its thumbnail, and for the indexes. It bounds the number of files.
pub const OBJECT_OVERHEAD: u64 = 4 * 1024;

/// What an object without bytes, such as a user or a comment, is charged beyond its texts: its
/// fields, its entries in the indexes, and what the allocator adds.
pub const RECORD_OVERHEAD: u64 = 1024;

/// Memory beside the budget, so that a full store can still be looked at and emptied: for small
/// requests that have not arrived completely, for their JSON, and for answers of the control API
/// and of requests that change something.
const BESIDE: u64 = 16 * 1024 * 1024;

#[derive(Debug)]
pub struct Budget {
    limit: u64,
    beside: Option<Arc<Self>>,
    used: AtomicU64,
    /// Values that are not needed any more, with the charges in them.
    deferred: Mutex<Vec<Box<dyn Any + Send>>>,
    /// Notified of each of them.
    was_deferred: Event,
    /// Locked while they are dropped, so that others can wait for that.
    freeing: Mutex<()>,
    evictable: Mutex<EvictionQueue>,
}

/// The memory budget of the server has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the store is full: max_memory is {limit} bytes")]
pub struct OutOfMemory {
    /// The budget, in bytes.
    pub limit: u64,
}

impl Budget {
    pub fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { beside: Some(Arc::new(Self::bare(BESIDE))), ..Self::bare(limit) })
    }

    fn bare(limit: u64) -> Self {
        Self {
            limit,
            beside: None,
            used: AtomicU64::new(0),
            deferred: Mutex::default(),
            was_deferred: Event::new(),
            freeing: Mutex::default(),
            evictable: Mutex::default(),
        }
    }

    pub fn limit(&self) -> u64 {
        self.limit
    }

    pub fn used(&self) -> u64 {
        self.free();
        self.used.load(Ordering::Relaxed)
    }

    /// The memory beside this budget, which has none beside itself.
    pub fn beside(self: &Arc<Self>) -> &Arc<Self> {
        self.beside.as_ref().unwrap_or(self)
    }

    /// Takes a value with many charges, which takes time to drop. It is dropped by the next
    /// [`free`](Self::free), or when the room is needed, or when the use is asked for.
    pub fn defer_drop(&self, what: impl Any + Send) {
        self.deferred.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(what));
        self.was_deferred.notify(usize::MAX);
    }

    /// A listener that the next value to be dropped notifies.
    pub fn listen(&self) -> EventListener {
        self.was_deferred.listen()
    }

    pub fn free(&self) {
        let freeing = self.freeing.lock().unwrap_or_else(PoisonError::into_inner);
        let deferred =
            std::mem::take(&mut *self.deferred.lock().unwrap_or_else(PoisonError::into_inner));
        drop(deferred);
        drop(freeing);
    }

    /// Adds a value that may be evicted. Without room, the value that was added first goes first.
    pub fn add_evictable(&self, value: Weak<dyn Evict>) {
        self.evictable.lock().unwrap_or_else(PoisonError::into_inner).push(value);
    }

    /// Makes room for a number of bytes, as far as deferred drops and evictions do. Both take time.
    pub fn make_room(&self, bytes: u64) {
        self.free();
        let has_room = || self.used.load(Ordering::Relaxed).saturating_add(bytes) <= self.limit;
        while bytes <= self.limit && !has_room() {
            let oldest = self.evictable.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(oldest) = oldest else { return };
            oldest.evict();
        }
    }

    /// Frees if half of the budget is used, for those that charge it where nothing may be dropped.
    pub fn free_if_half_used(&self) {
        if self.used.load(Ordering::Relaxed) > self.limit / 2 {
            self.free();
        }
    }

    fn take(&self, bytes: u64) -> Result<(), OutOfMemory> {
        self.try_take(bytes, self.limit).or_else(|_| {
            self.make_room(bytes);
            self.try_take(bytes, self.limit)
        })
    }

    fn try_take(&self, bytes: u64, most: u64) -> Result<(), OutOfMemory> {
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(bytes).filter(|&total| total <= most)
            })
            .map(drop)
            .map_err(|_| OutOfMemory { limit: self.limit })
    }
}

/// A part of the budget, which its drop gives back: an error cannot leak it.
#[derive(Debug)]
pub struct Charge {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Charge {
    /// Charges the flat cost of a stored file.
    pub fn object(budget: &Arc<Budget>) -> Result<Self, OutOfMemory> {
        Self::new(budget, OBJECT_OVERHEAD)
    }

    pub fn empty(budget: &Arc<Budget>) -> Self {
        Self { budget: Arc::clone(budget), bytes: 0 }
    }

    /// Charges a number of bytes. Deferred drops make room, which takes time.
    pub fn new(budget: &Arc<Budget>, bytes: u64) -> Result<Self, OutOfMemory> {
        budget.take(bytes)?;
        Ok(Self { budget: Arc::clone(budget), bytes })
    }

    /// Charges a number of bytes beside the budget, or to the budget once that is full.
    pub fn beside(budget: &Arc<Budget>, bytes: u64) -> Result<Self, OutOfMemory> {
        Self::try_within(budget.beside(), bytes, u64::MAX).or_else(|_| Self::new(budget, bytes))
    }

    /// Charges a number of bytes to the part of the budget below `most`. It drops nothing, so it
    /// may be called under a lock.
    pub fn try_within(budget: &Arc<Budget>, bytes: u64, most: u64) -> Result<Self, OutOfMemory> {
        budget.try_take(bytes, most.min(budget.limit))?;
        Ok(Self { budget: Arc::clone(budget), bytes })
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Grows to a number of bytes, unless it has them. Deferred drops make room, which takes time.
    pub fn grow_to(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        self.grow(bytes.saturating_sub(self.bytes))
    }

    /// Grows to a number of bytes, unless it has them. It drops nothing, so it may be called under
    /// a lock.
    pub fn try_grow_to(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        let more = bytes.saturating_sub(self.bytes);
        self.budget.try_take(more, self.budget.limit)?;
        self.bytes += more;
        Ok(())
    }

    /// Takes out a part of it, at most all.
    pub fn split(&mut self, bytes: u64) -> Self {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        Self { budget: Arc::clone(&self.budget), bytes }
    }

    /// Adds a charge of the same budget.
    pub fn merge(&mut self, mut other: Self) {
        self.bytes += std::mem::take(&mut other.bytes);
    }

    pub fn shrink_to(&mut self, bytes: u64) {
        let excess = self.bytes.saturating_sub(bytes);
        self.budget.used.fetch_sub(excess, Ordering::Relaxed);
        self.bytes -= excess;
    }

    /// Charges more. Deferred drops make room, which takes time.
    pub fn grow(&mut self, bytes: u64) -> Result<(), OutOfMemory> {
        self.budget.take(bytes)?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use event_listener::Listener as _;

    use super::*;

    #[test]
    fn small_requests_are_charged_beside_the_budget_first() {
        let budget = Budget::new(100);
        let beside = Charge::beside(&budget, BESIDE).expect("there is room");
        assert_eq!(budget.used(), 0);
        let within = Charge::beside(&budget, 100).expect("there is room");
        assert_eq!(budget.used(), 100);
        assert!(Charge::beside(&budget, 1).is_err());
        drop((beside, within));
        assert_eq!(budget.used(), 0);
        assert!(Charge::beside(&budget, BESIDE).is_ok());
    }

    #[derive(Debug)]
    struct Kept(Mutex<Option<Charge>>);

    impl Evict for Kept {
        fn evict(&self) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    #[test]
    fn the_oldest_values_are_evicted_until_there_is_room() {
        let budget = Budget::new(100);
        let kept: Vec<Arc<dyn Evict>> = (0..4)
            .map(|_| {
                let charge = Charge::new(&budget, 20).expect("there is room");
                let kept: Arc<dyn Evict> = Arc::new(Kept(Mutex::new(Some(charge))));
                budget.add_evictable(Arc::downgrade(&kept));
                kept
            })
            .collect();
        assert!(Charge::new(&budget, 101).is_err());
        assert_eq!(budget.used(), 80, "nothing is evicted for what can have no room");
        let charge = Charge::new(&budget, 50).expect("two are evicted");
        assert_eq!(budget.used(), 90);
        assert!(Charge::new(&budget, 60).is_err());
        drop((charge, kept));
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn what_is_to_be_dropped_notifies_those_that_drop_it() {
        let budget = Budget::new(100);
        let listener = budget.listen();
        let charge = Charge::new(&budget, 100).expect("there is room");
        budget.defer_drop(charge);
        assert!(listener.wait_timeout(Duration::ZERO).is_some());
        budget.free();
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_charge_is_split_and_merged() {
        let budget = Budget::new(100);
        let mut charge = Charge::new(&budget, 50).expect("there is room");
        let part = charge.split(20);
        assert_eq!((charge.bytes(), part.bytes(), budget.used()), (30, 20, 50));
        charge.merge(part);
        assert_eq!((charge.bytes(), budget.used()), (50, 50));
        assert_eq!(charge.split(60).bytes(), 50);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_charge_can_leave_a_part_of_the_budget() {
        let budget = Budget::new(100);
        let charge = Charge::try_within(&budget, 50, 50).expect("there is room");
        assert!(Charge::try_within(&budget, 1, 50).is_err());
        assert!(Charge::new(&budget, 50).is_ok());
        drop(charge);
        assert_eq!(budget.used(), 0);
    }
}
