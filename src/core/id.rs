//! The numbers that name objects.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An id: a whole number from 1 to 2^53 − 1, which every JSON reader holds exactly (RFC 8259,
/// section 6).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "u64")]
#[schemars(inline, extend("minimum" = 1, "maximum" = Id::LARGEST.0))]
pub struct Id(u64);

impl Id {
    pub const FIRST: Self = Self(1);
    pub const LARGEST: Self = Self((1 << 53) - 1);

    pub fn new(number: u64) -> Option<Self> {
        (Self::FIRST.0..=Self::LARGEST.0).contains(&number).then_some(Self(number))
    }

    /// The number itself if it is an id, and else the next one that is.
    pub fn nearest(number: u64) -> Self {
        Self(number.clamp(Self::FIRST.0, Self::LARGEST.0))
    }

    pub fn get(self) -> u64 {
        self.0
    }

    /// The id after this one. The largest has none.
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1)
    }

    /// The id before this one. The first has none.
    pub fn previous(self) -> Option<Self> {
        Self::new(self.0 - 1)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("takes a whole number from {} to {}", Id::FIRST, Id::LARGEST)]
pub struct NoId;

impl TryFrom<u64> for Id {
    type Error = NoId;

    fn try_from(number: u64) -> Result<Self, NoId> {
        Self::new(number).ok_or(NoId)
    }
}

/// There is no id for another object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no id is left up to {}; reset the account, or give its seed smaller ids", Id::LARGEST)]
pub struct IdsExhausted;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_end_at_both_ends() {
        assert_eq!([Id::new(0), Id::new(1 << 53), Id::new(u64::MAX)], [None; 3]);
        assert_eq!((Id::FIRST.previous(), Id::LARGEST.next()), (None, None));
        assert_eq!(Id::new(7).and_then(Id::next), Id::new(8));
        assert_eq!(Id::nearest(u64::MAX), Id::LARGEST);
    }
}
