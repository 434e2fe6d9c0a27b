//! Imports brands.

use std::collections::HashSet;
use std::iter::once;

use crate::core::brands::Brand;
use crate::core::id::Id;
use crate::seed::error::SeedError;
use crate::seed::import::{Importer, ensure_free};
use crate::seed::model::SeedBrand;

/// The longest label of a host name.
const LONGEST_SUBDOMAIN: usize = 63;

/// The letters and digits of a name, with a hyphen between words.
fn derive_subdomain(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut subdomain = words.collect::<Vec<_>>().join("-");
    subdomain.truncate(LONGEST_SUBDOMAIN);
    if subdomain.is_empty() { "brand".to_owned() } else { subdomain }
}

impl Importer<'_> {
    /// Gives brands what they leave out: one is the default, and each has a subdomain of its own.
    /// That of the account is for the default brand alone: clients look a brand up by it.
    pub(super) fn complete_brands(&self, brands: &mut [SeedBrand]) -> Result<(), SeedError> {
        let account = self.account.name();
        if !brands.iter().any(|brand| brand.default == Some(true))
            && let Some(first) = brands.first_mut()
        {
            first.default = Some(true);
        }
        let mut taken = HashSet::new();
        for (number, brand) in brands.iter().enumerate() {
            let own = brand.subdomain.as_ref().map(|subdomain| subdomain.to_lowercase());
            ensure_free("subdomain", own, |own| !taken.insert(own))
                .map_err(|error| error.within(&format!("brands[{number}]")))?;
        }
        let mut is_account_free = taken.insert(account.to_owned());
        for (number, brand) in brands.iter_mut().enumerate() {
            if brand.subdomain.is_some() {
                continue;
            }
            if brand.default == Some(true) && std::mem::take(&mut is_account_free) {
                brand.subdomain = Some(account.to_owned());
                continue;
            }
            let base = derive_subdomain(brand.name.as_deref().unwrap_or_default());
            // Names may repeat, and numbers of places do not.
            let numbered = (number + 1..).map(|number| format!("{base}-{number}"));
            brand.subdomain =
                once(base.clone()).chain(numbered).find(|name| taken.insert(name.clone()));
        }
        Ok(())
    }

    pub(super) fn brand(&mut self, brand: SeedBrand) -> Result<(), SeedError> {
        let (known, ids) = (&mut self.store.brands, &mut self.store.ids);
        ensure_free("id", brand.id, |id| known.has(id.get()))?;
        let has_default = known.seeded().iter().any(|known| known.is_default);
        if has_default && brand.default == Some(true) {
            return Err(SeedError::field("default", "is true for one brand alone"));
        }
        known.insert(Brand {
            id: brand.id.map_or_else(|| ids.id(), Id::get),
            name: brand.name.ok_or_else(|| SeedError::missing("name"))?,
            subdomain: brand.subdomain.ok_or_else(|| SeedError::missing("subdomain"))?,
            is_default: brand.default.unwrap_or(false),
            created_at: brand.created_at.unwrap_or(self.now),
        });
        Ok(())
    }
}
