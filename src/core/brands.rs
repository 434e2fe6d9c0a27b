//! The brands of an account. Real accounts have one at least; here those that a seed brings.

use std::sync::Arc;

use crate::core::Error;
use crate::core::blobs::budget::Charge;
use crate::core::clock::Timestamp;

/// What a brand takes besides its texts, in bytes, about.
const FIXED: u64 = 512;

/// A brand: a name and a help center of its own.
#[derive(Debug)]
pub struct Brand {
    /// Its id.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// The subdomain of its help center.
    pub subdomain: String,
    /// Whether it is that of tickets which name none.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Held, never read.
    #[allow(dead_code, reason = "giving it back is its whole work")]
    pub charge: Charge,
}

impl Brand {
    /// What a brand is charged, in bytes, about.
    #[must_use]
    pub fn cost(name: &str, subdomain: &str) -> u64 {
        FIXED + (name.len() + subdomain.len()) as u64
    }
}

/// All brands of one account.
#[derive(Debug, Clone, Default)]
pub struct Brands {
    /// In the order of their ids.
    all: Vec<Arc<Brand>>,
}

impl Brands {
    /// Adds a brand. Ids must grow.
    pub fn put(&mut self, brand: Brand) {
        self.all.push(Arc::new(brand));
    }

    /// All brands, in the order of their ids.
    #[must_use]
    pub fn all(&self) -> &[Arc<Brand>] {
        &self.all
    }

    /// The brand with this id.
    ///
    /// # Errors
    /// [`Error::UnknownBrand`].
    pub fn find(&self, id: u64) -> Result<Arc<Brand>, Error> {
        let place = self.all.binary_search_by_key(&id, |brand| brand.id);
        place.map(|place| Arc::clone(&self.all[place])).map_err(|_| Error::UnknownBrand)
    }
}
