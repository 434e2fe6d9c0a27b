//! The known differences of one response.

use super::differences::{Differs, NAMED};

/// The differences that affect a response, one bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Differences(pub(super) u64);

impl Differences {
    /// The differences of either.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let place = left.trailing_zeros();
            // Clears the lowest bit.
            left &= left.wrapping_sub(1);
            NAMED.get(place as usize).map(|row| row.name)
        })
    }
}

impl From<Differs> for Differences {
    fn from(difference: Differs) -> Self {
        const { assert!(NAMED.len() <= u64::BITS as usize, "too many differences for the bits") }
        Self(1 << difference as u32)
    }
}
