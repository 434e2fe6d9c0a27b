//! A value that its clones share until one of them changes.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value whose clone takes constant time. The first change after a clone copies the value, so a
/// change that finds nothing to do asks first.
#[derive(Debug, Default)]
pub struct CopyOnWrite<T>(Arc<T>);

#[cfg(test)]
impl<T> CopyOnWrite<T> {
    pub fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Clone for CopyOnWrite<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for CopyOnWrite<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for CopyOnWrite<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}
