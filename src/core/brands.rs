//! The brands of an account: those of its seed, or one that every account begins with.

use std::borrow::Cow;
use std::sync::Arc;

use crate::core::blobs::RECORD_OVERHEAD;
use crate::core::clock::Timestamp;

/// A brand: a name and a help center.
#[derive(Debug)]
pub struct Brand {
    pub id: u64,
    pub name: String,
    /// The subdomain of its help center.
    pub subdomain: String,
    /// Whether tickets that name no brand belong to it.
    pub is_default: bool,
    pub created_at: Timestamp,
}

impl Brand {
    /// The id of the brand of an account without a seed: that of Zendesk's documentation.
    const INITIAL_ID: u64 = 10_016;
    /// An account does not keep when it began. 2020-01-01T00:00:00Z.
    const INITIAL_TIME: Timestamp = Timestamp::constant(1_577_836_800, 0);

    /// The brand of an account without a seed.
    fn initial(account: &str) -> Self {
        Self {
            id: Self::INITIAL_ID,
            name: account.to_owned(),
            subdomain: account.to_owned(),
            is_default: true,
            created_at: Self::INITIAL_TIME,
        }
    }

    fn cost(&self) -> u64 {
        RECORD_OVERHEAD + (self.name.len() + self.subdomain.len()) as u64
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no brand has this id; GET /api/v2/brands lists them, and a seed brings others")]
pub struct UnknownBrand;

#[derive(Debug, Clone, Default)]
pub struct Brands {
    /// In the order of their ids.
    all: Vec<Arc<Brand>>,
    cost: u64,
}

impl Brands {
    /// Adds a brand. Its id must be free.
    pub fn insert(&mut self, brand: Brand) {
        self.cost += brand.cost();
        let place = self.all.partition_point(|known| known.id < brand.id);
        self.all.insert(place, Arc::new(brand));
    }

    /// The brands of the seed.
    pub fn seeded(&self) -> &[Arc<Brand>] {
        &self.all
    }

    /// The brands of an account of this name, in the order of their ids. There is always one.
    pub fn all(&self, account: &str) -> Cow<'_, [Arc<Brand>]> {
        if self.all.is_empty() {
            Cow::Owned(vec![Arc::new(Brand::initial(account))])
        } else {
            Cow::Borrowed(&self.all)
        }
    }

    pub fn has(&self, id: u64) -> bool {
        self.all.binary_search_by_key(&id, |brand| brand.id).is_ok()
    }

    pub fn cost(&self) -> u64 {
        self.cost
    }

    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        self.all.iter().map(|brand| brand.cost()).sum()
    }
}
