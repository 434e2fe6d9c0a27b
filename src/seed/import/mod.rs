//! Builds the state of an account from a document, in a store that no request sees until it is
//! complete. An import that fails changes nothing.

mod brands;
mod files;
mod names;
mod objects;
mod tickets;
mod users;

use std::mem::take;
use std::path::Path;

use self::names::GivenNames;
use crate::config::values::TimeValue;
use crate::core::account::settings::AccountSettings;
use crate::core::account::{Account, ObjectCounts, Store};
use crate::core::blobs::Charge;
use crate::core::clock::{self, ClockStart, Timestamp};
use crate::core::id::Id;
use crate::seed::error::SeedError;
use crate::seed::model::{Document, SeedClock};

/// Where a document finds the files that it names by path.
#[derive(Debug, Clone, Copy)]
pub enum Files<'a> {
    /// In this directory.
    In(&'a Path),
    /// Nowhere: a client must not read the disk of the server.
    Nowhere,
}

impl Document {
    /// Gives an account this seed: the account is emptied and holds what the document says, now and
    /// after each reset.
    ///
    /// # Errors
    /// [`SeedError::Field`], [`SeedError::OutOfMemory`].
    pub fn import(
        mut self,
        account: &Account,
        files: Files<'_>,
    ) -> Result<ObjectCounts, SeedError> {
        if !self.accounts.is_empty() {
            return Err(SeedError::field("accounts", "is for the seed of a whole server"));
        }
        let mut settings = AccountSettings::clone(account.initial_settings());
        if let Some(sent) = self.settings.take() {
            sent.apply(&mut settings);
            settings.validate()?;
        }
        let clock = self.clock.take().and_then(|clock| clock_start(&clock, account));
        let (mut store, charge) = account.empty_store();
        if let Some(clock) = clock {
            store.clock = clock.clock();
        }
        let given = GivenNames::new(&mut self);
        // Lists are sorted by id, so ids that are made must be larger than all that are given.
        store.ids.continue_after(given.largest_id.map_or(0, Id::get));
        store.ids.allow_repeats();
        let now = store.clock.now();
        let importer = Importer { account, settings: &settings, files, store, charge, now, given };
        let (store, charge) = importer.import(self)?;
        Ok(account.replace_baseline(store, charge, clock, settings)?)
    }
}

fn clock_start(clock: &SeedClock, account: &Account) -> Option<ClockStart> {
    let SeedClock { now, frozen } = *clock;
    let is_given = now.is_some() || frozen.is_some();
    is_given.then(|| ClockStart {
        at: now.unwrap_or_else(|| account.clock().now()),
        frozen: frozen.unwrap_or(true),
    })
}

struct Importer<'a> {
    account: &'a Account,
    /// Those of the document.
    settings: &'a AccountSettings,
    files: Files<'a>,
    store: Store,
    /// For the objects of the store, apart from blobs.
    charge: Charge,
    now: Timestamp,
    given: GivenNames,
}

impl Importer<'_> {
    fn import(mut self, mut document: Document) -> Result<(Store, Charge), SeedError> {
        self.each("users", take(&mut document.users), Self::user)?;
        self.complete_brands(&mut document.brands)?;
        self.each("brands", take(&mut document.brands), Self::brand)?;
        self.each("uploads", take(&mut document.uploads), Self::upload)?;
        self.each("tickets", take(&mut document.tickets), Self::ticket)?;
        for (section, family, objects) in document.bucket_sections() {
            self.each(section, take(objects), |importer, object| importer.object(family, object))?;
        }
        if let Some(id) = document.next_ticket_id {
            self.store.tickets.raise_next_id(id);
        }
        if let Some(seed) = document.random_seed {
            self.store.ids.reseed(seed, self.account.id());
        }
        if !self.store.ids.are_valid() {
            let problem = "leaves no ids for the objects that it gives none; use smaller ids";
            return Err(SeedError::field("", problem));
        }
        Ok((self.store, self.charge))
    }

    /// Imports a list, one part after the other, and charges each.
    fn each<T, U>(
        &mut self,
        list: &str,
        parts: Vec<T>,
        mut import: impl FnMut(&mut Self, T) -> Result<U, SeedError>,
    ) -> Result<Vec<U>, SeedError> {
        let parts = parts.into_iter().enumerate();
        let imported = parts.map(|(number, part)| {
            let imported = import(self, part).and_then(|imported| {
                self.charge.grow_to(self.store.cost())?;
                Ok(imported)
            });
            imported.map_err(|error| error.within(&format!("{list}[{number}]")))
        });
        imported.collect()
    }

    /// The end of a life that begins now. Without one it does not end.
    fn expiry(
        &self,
        life: Option<TimeValue>,
        expires_at: Option<Timestamp>,
    ) -> Result<Timestamp, SeedError> {
        match (life, expires_at) {
            (Some(_), Some(_)) => {
                Err(SeedError::field("life", "cannot go together with expires_at"))
            }
            (Some(life), None) => Ok(clock::after(self.now, life.0)),
            (None, expires_at) => Ok(expires_at.unwrap_or(Timestamp::MAX)),
        }
    }
}

/// Refuses an id or a name that something else has.
fn ensure_free<T>(
    field: &str,
    given: Option<T>,
    is_taken: impl FnOnce(T) -> bool,
) -> Result<(), SeedError> {
    if given.is_some_and(is_taken) {
        return Err(SeedError::field(field, "takes one that nothing else of its kind has"));
    }
    Ok(())
}

/// Refuses a text that does not fit into a header or a log line.
fn ensure_line(field: &str, text: Option<&str>) -> Result<(), SeedError> {
    const LONGEST: usize = 255;
    if text.is_some_and(|text| text.len() > LONGEST || text.chars().any(char::is_control)) {
        let problem = "takes at most 255 characters, none of which ends a line";
        return Err(SeedError::field(field, problem));
    }
    Ok(())
}
