//! Memory that many share: a limit, what is charged to it, and what is given up and still to be freed.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What keeping any object is charged beyond its bytes: enough for the longest name and type, twice
/// because of its thumbnail, and for the indexes. It bounds the number of objects as well as their size.
pub const OBJECT_OVERHEAD: u64 = 4 * 1024;

/// What keeping an object without bytes is charged beyond its texts, such as a user or a comment: its
/// fields, its part of the indexes, and what the allocator adds.
pub const RECORD_OVERHEAD: u64 = 1024;

/// The memory that all blobs of one server share, in bytes.
#[derive(Debug)]
pub struct Budget {
    limit: u64,
    used: AtomicU64,
    /// What nobody needs any more, with the charges in it.
    deferred: Mutex<Vec<Box<dyn Any + Send>>>,
    /// Held by whoever frees that, so that others can wait for it.
    freeing: Mutex<()>,
}

/// The budget has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted;

impl Budget {
    /// A budget of `limit` bytes.
    #[must_use]
    pub fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self {
            limit,
            used: AtomicU64::new(0),
            deferred: Mutex::default(),
            freeing: Mutex::default(),
        })
    }

    /// The most that can be charged, in bytes.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Bytes charged now.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.free();
        self.used.load(Ordering::Relaxed)
    }

    /// Takes what holds many charges and is not needed any more. To free it takes time, which is taken
    /// when somebody has it, or needs the room, or asks how much is used.
    pub fn defer_drop(&self, what: impl Any + Send) {
        self.deferred.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(what));
    }

    /// Frees what was given up.
    pub fn free(&self) {
        let freeing = self.freeing.lock().unwrap_or_else(PoisonError::into_inner);
        let deferred =
            std::mem::take(&mut *self.deferred.lock().unwrap_or_else(PoisonError::into_inner));
        drop(deferred);
        drop(freeing);
    }

    fn take(&self, bytes: u64, most: u64) -> Result<(), Exhausted> {
        self.try_take(bytes, most).or_else(|Exhausted| {
            self.free();
            self.try_take(bytes, most)
        })
    }

    fn try_take(&self, bytes: u64, most: u64) -> Result<(), Exhausted> {
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(bytes).filter(|&total| total <= most)
            })
            .map(drop)
            .map_err(|_| Exhausted)
    }
}

/// A part of the budget. Dropping it gives it back, so nothing that fails can leak.
#[derive(Debug)]
pub struct Charge {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Charge {
    /// Charges the fixed cost of one object.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn object(budget: &Arc<Budget>) -> Result<Self, Exhausted> {
        Self::of(budget, OBJECT_OVERHEAD)
    }

    /// Charges nothing yet.
    #[must_use]
    pub fn empty(budget: &Arc<Budget>) -> Self {
        Self { budget: Arc::clone(budget), bytes: 0 }
    }

    /// Charges a number of bytes, for what is no object of its own.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn of(budget: &Arc<Budget>, bytes: u64) -> Result<Self, Exhausted> {
        Self::within(budget, bytes, budget.limit)
    }

    /// Charges a number of bytes to the part of the budget below `most`, so that what is worth less
    /// leaves room for what is worth more.
    ///
    /// # Errors
    /// [`Exhausted`] when that part has no room.
    pub fn within(budget: &Arc<Budget>, bytes: u64, most: u64) -> Result<Self, Exhausted> {
        budget.take(bytes, most.min(budget.limit))?;
        Ok(Self { budget: Arc::clone(budget), bytes })
    }

    /// Charges as much again, for a copy.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn again(&self) -> Result<Self, Exhausted> {
        Self::of(&self.budget, self.bytes)
    }

    /// Bytes charged.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The budget that it is a part of.
    #[must_use]
    pub fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    /// Charges more until it is so many bytes, if it is fewer.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn grow_to(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.grow(bytes.saturating_sub(self.bytes))
    }

    /// Gives back what exceeds so many bytes.
    pub fn shrink_to(&mut self, bytes: u64) {
        let excess = self.bytes.saturating_sub(bytes);
        self.budget.used.fetch_sub(excess, Ordering::Relaxed);
        self.bytes -= excess;
    }

    /// Charges more.
    ///
    /// # Errors
    /// [`Exhausted`] when the budget has no room.
    pub fn grow(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.budget.take(bytes, self.budget.limit)?;
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
    use super::*;

    #[test]
    fn a_part_of_the_budget_can_be_left_to_others() {
        let budget = Budget::new(100);
        let charge = Charge::within(&budget, 50, 50).expect("there is room");
        assert!(Charge::within(&budget, 1, 50).is_err());
        assert!(Charge::of(&budget, 50).is_ok());
        drop(charge);
        assert_eq!(budget.used(), 0);
    }
}
