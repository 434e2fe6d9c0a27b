//! Makes a store out of a seed.

mod given;
mod images;
mod tickets;

use std::collections::HashSet;
use std::sync::Arc;

use self::given::{Given, largest_id};
use crate::core::Error;
use crate::core::account::settings::AccountSettings;
use crate::core::account::store::Store;
use crate::core::account::{Account, ObjectCounts};
use crate::core::attachments::{Attachment, Life};
use crate::core::blobs::{Charge, Exhausted};
use crate::core::brands::Brand;
use crate::core::clock::{self, Clock, Timestamp};
use crate::core::ids::Token;
use crate::core::seed::{
    Ends, Misfit, Names, Seed, SeedBrand, SeedClock, SeedFile, SeedUpload, SeedUser, Who,
};
use crate::core::uploads::Upload;
use crate::core::users::{Role, Secret, User, name_of};

const ID: &str = "takes a whole number from 1 to 9007199254740991";
const FREE_ID: &str = "takes an id that nothing else of its kind has";
const FREE_TOKEN: &str = "takes a token that nothing else has";

/// What a reset returns to.
#[derive(Debug)]
pub(super) struct Baseline {
    pub store: Store,
    pub settings: Arc<AccountSettings>,
    clock: Option<SeedClock>,
    _charge: Charge,
}

impl Baseline {
    /// A store to begin with.
    pub fn fork(&self) -> Store {
        let mut store = self.store.fork();
        if let Some(clock) = self.clock {
            start(&mut store.clock, clock);
        }
        store
    }
}

fn start(clock: &mut Clock, at: SeedClock) {
    clock.freeze();
    clock.set(at.at);
    if !at.stands {
        clock.resume();
    }
}

impl Account {
    /// Gives the account a seed: it is emptied and holds what the seed says, now and after each reset.
    /// Objects and valid `settings` change in one step. Answers what it holds, or changes nothing.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn plant(&self, seed: Seed, settings: AccountSettings) -> Result<ObjectCounts, Misfit> {
        let mut store = Store::new(self.id, &self.initial);
        let clock = seed.clock;
        if let Some(clock) = clock {
            start(&mut store.clock, clock);
        }
        let chance = seed.chance;
        let now = store.clock.now();
        let given = Given::of(&seed);
        let charge = Charge::empty(&self.budget);
        let mut planter = Planter { account: self, store, charge, now, given };
        planter.plant(seed)?;
        let Planter { mut store, mut charge, .. } = planter;
        if let Some(chance) = chance {
            store.ids.reseed(chance, self.id);
        }
        store.sweep_at(now);
        let holds = store.object_counts();
        charge.grow_to(store.cost_to_keep()).map_err(|Exhausted| self.out_of_memory())?;
        let mut state = self.state();
        state.reserve_store(store.cost())?;
        let settings = Arc::new(settings);
        let baseline = Baseline { clock, _charge: charge, store, settings };
        self.budget.defer_drop(state.baseline.replace(baseline));
        self.restart(state);
        Ok(holds)
    }
}

/// A store that is being made. Whatever fails, nobody has seen it.
pub(super) struct Planter<'a> {
    pub account: &'a Account,
    pub store: Store,
    /// What the objects are charged, apart from blobs.
    charge: Charge,
    pub now: Timestamp,
    /// What names that are made must differ from.
    given: Given,
}

impl Planter<'_> {
    fn plant(&mut self, seed: Seed) -> Result<(), Misfit> {
        // Ids that are made must be larger than all that are given: lists are sorted by them.
        self.store.ids.pass(largest_id(&seed)?);
        self.store.ids.allow_repeats();
        self.users(seed.users)?;
        self.brands(seed.brands)?;
        for (number, upload) in seed.uploads.into_iter().enumerate() {
            self.upload(upload, &format!("uploads[{number}]"))?;
        }
        for (number, ticket) in seed.tickets.into_iter().enumerate() {
            self.ticket(ticket, &format!("tickets[{number}]"))?;
            self.charge()?;
        }
        for (number, image) in seed.images.into_iter().enumerate() {
            self.image(image, &format!("images[{number}]"))?;
            self.charge()?;
        }
        if let Some(id) = seed.next_ticket_id {
            // A smaller one than there must be says nothing.
            self.store.tickets.next_has(id);
        }
        Ok(())
    }

    /// Charges what has been added.
    fn charge(&mut self) -> Result<(), Error> {
        let cost = self.store.cost();
        self.charge.grow_to(cost).map_err(|Exhausted| self.account.out_of_memory())
    }

    /// What a list of the seed holds, each with its place in it and its id, in the order of the ids: whoever
    /// keeps it looks for them in that order.
    fn by_id<T, Given: Fn(&T) -> Option<u64>>(
        &mut self,
        list: &'static str,
        all: Vec<T>,
        given: Given,
    ) -> impl Iterator<Item = Result<(usize, u64, T), Misfit>> + use<T, Given> {
        let ids = &mut self.store.ids;
        let mut named: Vec<_> = all
            .into_iter()
            .enumerate()
            .map(|(number, one)| (number, given(&one).unwrap_or_else(|| ids.id()), one))
            .collect();
        named.sort_by_key(|(_, id, _)| *id);
        let mut before = 0;
        named.into_iter().map(move |(number, id, one)| {
            if std::mem::replace(&mut before, id) == id {
                return Err(field(&format!("{list}[{number}].id"), FREE_ID));
            }
            Ok((number, id, one))
        })
    }

    fn users(&mut self, users: Vec<SeedUser>) -> Result<(), Misfit> {
        let (mut addresses, mut secrets) = (HashSet::new(), HashSet::new());
        for user in self.by_id("users", users, |user| user.id) {
            let (number, id, user) = user?;
            let email = user.email.map(|email| email.trim().to_lowercase());
            if email.as_ref().is_some_and(|email| !addresses.insert(email.clone())) {
                let at = format!("users[{number}].email");
                return Err(field(&at, "takes an address that no other user has"));
            }
            if let Some(secret) =
                user.secrets.iter().find(|secret| !secrets.insert((*secret).clone()))
            {
                let at = format!("users[{number}].{}", of_secret(secret));
                return Err(field(&at, "takes what proves nobody else"));
            }
            let name = user
                .name
                .or_else(|| email.as_deref().map(name_of))
                .unwrap_or_else(|| "Unnamed".to_owned());
            let usual = if user.secrets.is_empty() { Role::EndUser } else { Role::Admin };
            let user_itself = User {
                id,
                name,
                email,
                role: user.role.unwrap_or(usual),
                created_at: user.created_at.unwrap_or(self.now),
                is_seeded: user.role.is_some(),
            };
            self.store.users.put(user_itself, user.secrets);
            self.charge()?;
        }
        Ok(())
    }

    fn brands(&mut self, brands: Vec<SeedBrand>) -> Result<(), Misfit> {
        for brand in self.by_id("brands", brands, |brand| brand.id) {
            let (_, id, brand) = brand?;
            let SeedBrand { name, subdomain, is_default, created_at, .. } = brand;
            let subdomain = subdomain.unwrap_or_else(|| self.account.name().to_owned());
            let created_at = created_at.unwrap_or(self.now);
            let brand = Brand { id, name, subdomain, is_default, created_at };
            self.store.brands.put(brand);
            self.charge()?;
        }
        Ok(())
    }

    fn upload(&mut self, upload: SeedUpload, at: &str) -> Result<(), Misfit> {
        if upload.attached_to.is_some() && !upload.files.is_empty() {
            let accepts = "cannot go together with attached_to: the ticket has them";
            return Err(field(&format!("{at}.files"), accepts));
        }
        let Store { uploads, ids, .. } = &mut self.store;
        let given = &self.given.tokens;
        let token = match upload.token {
            Some(token) if uploads.is_known(&token) => {
                return Err(field(&format!("{at}.token"), FREE_TOKEN));
            }
            Some(token) => token,
            None => ids.token(|token| uploads.is_known(token) || given.contains(token)),
        };
        let ends = self.ends(upload.ends);
        match upload.attached_to {
            Some(ticket) => {
                self.store.uploads.put_attached(token, ends, ticket);
                self.charge()?;
            }
            None => {
                let held = self.files(upload.files, Life::Until(ends), at)?;
                self.store.uploads.put_open(token, ends, held);
            }
        }
        self.upload_chain(token, ends, upload.attached_to);
        Ok(())
    }

    /// Begins the chain of an upload, which has come as far as the seed says.
    fn upload_chain(&mut self, token: Token, expires_at: Timestamp, attached_to: Option<u64>) {
        let now = self.now;
        let found = self.store.uploads.find(token.as_str(), now, &self.store.attachments);
        let files = found.map(|upload| upload.attachments).unwrap_or_default();
        let chains = &mut self.store.chains;
        let mut upload = Upload { token, expires_at, attachments: Vec::new() };
        upload.attachments.extend(files.first().cloned());
        chains.upload_issued(&upload, now, &self.account.chains_budget);
        for file in files.into_iter().skip(1) {
            upload.attachments.push(file);
            chains.appended(&upload, now);
        }
        if let Some(ticket) = attached_to {
            chains.attached(&[token], ticket, now);
        }
    }

    /// Keeps files, and answers their ids.
    pub fn files(
        &mut self,
        files: Vec<SeedFile>,
        life: Life,
        at: &str,
    ) -> Result<Vec<u64>, Misfit> {
        let mut held = Vec::with_capacity(files.len());
        for (number, seeded) in files.into_iter().enumerate() {
            let Store { attachments, ids, .. } = &mut self.store;
            let at = format!("{at}.files[{number}]");
            let of_file = seeded.names;
            for (names, own, at) in [
                (of_file, None, at.clone()),
                (seeded.thumbnail, Some(of_file), format!("{at}.thumbnail")),
            ] {
                let is_own_id = |id| own.is_some_and(|own: Names| own.id == Some(id));
                if names.id.is_some_and(|id| attachments.is_id(id) || is_own_id(id)) {
                    return Err(field(&format!("{at}.id"), FREE_ID));
                }
                let is_own = |token| own.is_some_and(|own| own.token == Some(token));
                if names.token.is_some_and(|token| attachments.is_token(&token) || is_own(token)) {
                    return Err(field(&format!("{at}.token"), FREE_TOKEN));
                }
            }
            let SeedFile { names, thumbnail, file, scan_result, .. } = seeded;
            let given = &self.given.tokens;
            let is_taken = |token: &_| attachments.is_token(token) || given.contains(token);
            let attachment = Attachment {
                scan_result,
                malware_access_override: seeded.malware_access_override,
                inline: seeded.inline,
                ..Attachment::named(file, names, thumbnail, ids, is_taken)
            };
            held.push(attachment.original.id);
            attachments.put(Arc::new(attachment), life);
        }
        Ok(held)
    }

    /// The id of somebody, made now if need be.
    pub fn person(&mut self, who: &Who) -> Result<u64, Error> {
        match who {
            Who::Id(id) => Ok(*id),
            Who::Person(person) => {
                let Store { users, ids, .. } = &mut self.store;
                Ok(users.requester(person, self.now, ids).id)
            }
        }
    }

    fn ends(&self, ends: Ends) -> Timestamp {
        match ends {
            Ends::Never => Timestamp::MAX,
            Ends::After(life) => clock::after(self.now, life),
            Ends::At(at) => at,
        }
    }
}

pub(super) fn field(at: &str, accepts: &'static str) -> Misfit {
    Misfit::Field { at: at.to_owned(), accepts: accepts.into() }
}

fn of_secret(secret: &Secret) -> &'static str {
    match secret {
        Secret::Password(..) => "password",
        Secret::ApiToken(..) => "api_tokens",
        Secret::AccessToken(_) => "access_tokens",
    }
}
