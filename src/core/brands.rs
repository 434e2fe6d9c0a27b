//! The brands of an account. A real account has one at least; here they come from a seed.

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
    fn cost(&self) -> u64 {
        RECORD_OVERHEAD + (self.name.len() + self.subdomain.len()) as u64
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no brand has this id: brands come from the account's seed")]
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

    pub fn all(&self) -> &[Arc<Brand>] {
        &self.all
    }

    pub fn find(&self, id: u64) -> Result<Arc<Brand>, UnknownBrand> {
        let place = self.all.binary_search_by_key(&id, |brand| brand.id);
        place.map(|place| Arc::clone(&self.all[place])).map_err(|_| UnknownBrand)
    }

    pub fn cost(&self) -> u64 {
        self.cost
    }

    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        self.all.iter().map(|brand| brand.cost()).sum()
    }
}
