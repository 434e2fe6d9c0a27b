//! Makes a world out of a seed.

mod tickets;

use std::collections::HashSet;
use std::sync::Arc;

use super::tickets::NOTE;
use super::world::World;
use super::{Account, Holdings};
use crate::core::Error;
use crate::core::attachments::{Attachment, Life};
use crate::core::blobs::{Charge, Exhausted};
use crate::core::brands::Brand;
use crate::core::clock::{self, Clock, Timestamp};
use crate::core::ids::Token;
use crate::core::seed::{
    Ends, LARGEST_ID, Misfit, Seed, SeedBrand, SeedClock, SeedFile, SeedImage, SeedReservation,
    SeedUpload, SeedUser, Who,
};
use crate::core::uploads::Upload;
use crate::core::user_images::{PublishedImage, Reservation, extension};
use crate::core::users::{Role, User, name_of, weight};

const ID: &str = "takes a whole number from 1 to 4503599627370496";
const FREE_ID: &str = "takes an id that nothing else of its kind has";
const FREE_TOKEN: &str = "takes a token that nothing else has";

/// What a reset returns to.
#[derive(Debug)]
pub(super) struct Origin {
    world: World,
    clock: Option<SeedClock>,
    _charge: Charge,
}

impl Origin {
    /// The world to begin with.
    pub fn world(&self) -> World {
        let mut world = self.world.again();
        if let Some(clock) = self.clock {
            start(&mut world.clock, clock);
        }
        world
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
    /// Answers what it holds, or changes nothing.
    ///
    /// # Errors
    /// [`Misfit`].
    pub fn plant(&self, seed: Seed) -> Result<Holdings, Misfit> {
        let mut world = World::new(self.id, &self.rules());
        let clock = seed.clock;
        if let Some(clock) = clock {
            start(&mut world.clock, clock);
        }
        let chance = seed.chance;
        let now = world.clock.now();
        let mut planter = Planter { account: self, world, now };
        planter.plant(seed)?;
        let mut world = planter.world;
        if let Some(chance) = chance {
            world.ids.reseed(chance, self.id);
        }
        world.sweep_at(now);
        let holds = world.holdings();
        let origin = Origin { clock, _charge: self.charge_for_keeping(&world)?, world };
        self.begin_anew(Some(origin));
        Ok(holds)
    }
}

/// A world that is being made. Whatever fails, nobody has seen it.
pub(super) struct Planter<'a> {
    pub account: &'a Account,
    pub world: World,
    pub now: Timestamp,
}

impl Planter<'_> {
    fn plant(&mut self, seed: Seed) -> Result<(), Misfit> {
        // Ids that are made must be larger than all that are given: lists are sorted by them.
        self.world.ids.pass(largest_id(&seed)?);
        self.world.ids.expect_repetition();
        self.users(seed.users)?;
        self.brands(seed.brands)?;
        for (number, upload) in seed.uploads.into_iter().enumerate() {
            self.upload(upload, &format!("uploads[{number}]"))?;
        }
        for (number, ticket) in seed.tickets.into_iter().enumerate() {
            self.ticket(ticket, &format!("tickets[{number}]"))?;
        }
        for (number, image) in seed.images.into_iter().enumerate() {
            self.image(image, &format!("images[{number}]"))?;
        }
        Ok(())
    }

    fn users(&mut self, users: Vec<SeedUser>) -> Result<(), Misfit> {
        let mut addresses = HashSet::new();
        let mut named: Vec<(usize, u64, SeedUser)> = Vec::with_capacity(users.len());
        for (number, user) in users.into_iter().enumerate() {
            named.push((number, user.id.unwrap_or_else(|| self.world.ids.id()), user));
        }
        named.sort_by_key(|(_, id, _)| *id);
        let mut before = 0;
        for (number, id, user) in named {
            if id == before {
                return Err(field(&format!("users[{number}].id"), FREE_ID));
            }
            before = id;
            let email = user.email.map(|email| email.trim().to_lowercase());
            if email.as_ref().is_some_and(|email| !addresses.insert(email.clone())) {
                let at = format!("users[{number}].email");
                return Err(field(&at, "takes an address that no other user has"));
            }
            let name = user
                .name
                .or_else(|| email.as_deref().map(name_of))
                .unwrap_or_else(|| "Unnamed".to_owned());
            let usual = if user.secrets.is_empty() { Role::EndUser } else { Role::Admin };
            let charge = self.account.charge(weight(&name, email.as_deref()))?;
            let user_itself = User {
                id,
                name,
                email,
                role: user.role.unwrap_or(usual),
                created_at: user.created_at.unwrap_or(self.now),
                is_seeded: user.role.is_some(),
                charge,
            };
            self.world.users.put(user_itself, user.secrets);
        }
        Ok(())
    }

    fn brands(&mut self, brands: Vec<SeedBrand>) -> Result<(), Misfit> {
        let mut named: Vec<(usize, u64, SeedBrand)> = Vec::with_capacity(brands.len());
        for (number, brand) in brands.into_iter().enumerate() {
            named.push((number, brand.id.unwrap_or_else(|| self.world.ids.id()), brand));
        }
        named.sort_by_key(|(_, id, _)| *id);
        let mut before = 0;
        for (number, id, brand) in named {
            if id == before {
                return Err(field(&format!("brands[{number}].id"), FREE_ID));
            }
            before = id;
            let SeedBrand { name, subdomain, is_default, created_at, .. } = brand;
            let subdomain = subdomain.unwrap_or_else(|| self.account.name().to_owned());
            let charge = self.account.charge(Brand::cost(&name, &subdomain))?;
            let created_at = created_at.unwrap_or(self.now);
            let brand = Brand { id, name, subdomain, is_default, created_at, charge };
            self.world.brands.put(brand);
        }
        Ok(())
    }

    fn upload(&mut self, upload: SeedUpload, at: &str) -> Result<(), Misfit> {
        let World { uploads, ids, .. } = &mut self.world;
        let token = match upload.token {
            Some(token) if uploads.is_known(&token) => {
                return Err(field(&format!("{at}.token"), FREE_TOKEN));
            }
            Some(token) => token,
            None => ids.token(|token| uploads.is_known(token)),
        };
        let ends = self.ends(upload.ends);
        match upload.spent_on {
            Some(ticket) => {
                let charge = self.account.charge(NOTE)?;
                self.world.uploads.put_spent(token, ends, ticket, charge);
            }
            None => {
                let held = self.files(upload.files, Life::Until(ends), at)?;
                self.world.uploads.put_open(token, ends, held);
            }
        }
        self.upload_chain(token, ends, upload.spent_on);
        Ok(())
    }

    /// Begins the chain of an upload, which has come as far as the seed says.
    fn upload_chain(&mut self, token: Token, expires_at: Timestamp, spent_on: Option<u64>) {
        let now = self.now;
        let found = self.world.uploads.find(token.as_str(), now, &self.world.attachments);
        let files = found.map(|upload| upload.attachments).unwrap_or_default();
        let chains = self.world.chains_mut();
        let mut upload = Upload { token, expires_at, attachments: Vec::new() };
        upload.attachments.extend(files.first().cloned());
        chains.upload_issued(&upload, now, &self.account.chains_budget);
        for file in files.into_iter().skip(1) {
            upload.attachments.push(file);
            chains.appended(&upload, now);
        }
        if let Some(ticket) = spent_on {
            chains.spent(&[token], ticket, now);
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
            let World { attachments, ids, .. } = &mut self.world;
            let at = format!("{at}.files[{number}]");
            for names in [&seeded.names, &seeded.thumbnail] {
                if names.id.is_some_and(|id| attachments.is_id(id)) {
                    return Err(field(&format!("{at}.id"), FREE_ID));
                }
                if names.token.is_some_and(|token| attachments.is_token(&token)) {
                    return Err(field(&format!("{at}.token"), FREE_TOKEN));
                }
            }
            let SeedFile { names, thumbnail, file, scan_result, .. } = seeded;
            let is_taken = |token: &_| attachments.is_token(token);
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

    fn image(&mut self, image: SeedImage, at: &str) -> Result<(), Misfit> {
        let SeedImage { content_type, reservation, object, published } = image;
        let reservation = match reservation {
            Some(reserved) => Some(self.reservation(reserved, &content_type, at)?),
            None => None,
        };
        let World { user_images, ids, chains, .. } = &mut self.world;
        match (published, object, reservation) {
            (None, _, None) => {
                return Err(field(&format!("{at}.token"), "must be there, or published"));
            }
            (None, object, Some(reservation)) => {
                let (token, is_stored) = (reservation.token, object.is_some());
                let chains = Arc::make_mut(chains);
                chains.image_issued(&reservation, &self.account.chains_budget);
                if is_stored {
                    chains.stored(token, self.now);
                }
                user_images.put_unpublished(reservation, object);
            }
            (Some(_), None, _) => {
                return Err(field(&format!("{at}.file"), "must be there in what is published"));
            }
            (Some(name), Some(object), by) => {
                let id = self.account.id();
                let name = match name.map(|name| name.in_account(id)) {
                    Some(name) if user_images.is_published(&name) => {
                        let accepts = "takes a name that no other image has";
                        return Err(field(&format!("{at}.name"), accepts));
                    }
                    Some(name) => name,
                    None => ids.image_name(self.now, id, |name| user_images.is_published(name)),
                };
                let extension = extension(&content_type);
                let image = PublishedImage { name, extension, content_type, blob: object.blob };
                if let Some(reservation) = &by {
                    let chains = Arc::make_mut(chains);
                    chains.image_issued(reservation, &self.account.chains_budget);
                    chains.stored(reservation.token, self.now);
                    chains.published(reservation.token, &image, self.now);
                }
                user_images.put_published(image, by);
            }
        }
        Ok(())
    }

    fn reservation(
        &mut self,
        reserved: SeedReservation,
        content_type: &str,
        at: &str,
    ) -> Result<Reservation, Misfit> {
        let expires_at = self.ends(reserved.ends);
        let World { user_images, ids, .. } = &mut self.world;
        let token = match reserved.token {
            Some(token) if user_images.is_reserved(&token) => {
                return Err(field(&format!("{at}.token"), FREE_TOKEN));
            }
            Some(token) => token,
            None => ids.ulid(self.now, |token| user_images.is_reserved(token)),
        };
        let full = |Exhausted| self.account.out_of_memory();
        Ok(Reservation {
            token,
            content_type: content_type.to_owned(),
            file_size: reserved.size,
            host: reserved.host,
            reserved_at: reserved.reserved_at.unwrap_or(self.now),
            expires_at,
            charge: Charge::object(&self.account.budget).map_err(full)?,
        })
    }

    /// The id of somebody, made now if need be.
    pub fn person(&mut self, who: &Who) -> Result<u64, Error> {
        match who {
            Who::Id(id) => Ok(*id),
            Who::Person(person) => {
                let World { users, ids, .. } = &mut self.world;
                let charge = self.account.charge(users.cost_of_requester(person))?;
                Ok(users.requester(person, charge, self.now, ids).id)
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

/// The largest id that a seed gives to anything but tickets, or 0.
fn largest_id(seed: &Seed) -> Result<u64, Misfit> {
    let mut largest = 0;
    let mut see = |at: &dyn Fn() -> String, id: Option<u64>| match id {
        Some(id) if !(1..=LARGEST_ID).contains(&id) => Err(field(&at(), ID)),
        id => {
            largest = largest.max(id.unwrap_or(0));
            Ok(())
        }
    };
    for (number, user) in seed.users.iter().enumerate() {
        see(&|| format!("users[{number}].id"), user.id)?;
    }
    for (number, brand) in seed.brands.iter().enumerate() {
        see(&|| format!("brands[{number}].id"), brand.id)?;
    }
    let mut see_files = |at: &str, files: &[SeedFile]| {
        for (number, file) in files.iter().enumerate() {
            see(&|| format!("{at}.files[{number}].id"), file.names.id)?;
            see(&|| format!("{at}.files[{number}].thumbnail.id"), file.thumbnail.id)?;
        }
        Ok::<_, Misfit>(())
    };
    for (number, upload) in seed.uploads.iter().enumerate() {
        see_files(&format!("uploads[{number}]"), &upload.files)?;
    }
    for (ticket_number, ticket) in seed.tickets.iter().enumerate() {
        for (number, comment) in ticket.comments.iter().enumerate() {
            see_files(&format!("tickets[{ticket_number}].comments[{number}]"), &comment.files)?;
        }
    }
    for (ticket_number, ticket) in seed.tickets.iter().enumerate() {
        let at = |what: &str, number| format!("tickets[{ticket_number}].{what}[{number}].id");
        if ticket.id.is_some_and(|id| !(1..=LARGEST_ID).contains(&id)) {
            return Err(field(&format!("tickets[{ticket_number}].id"), ID));
        }
        for (number, comment) in ticket.comments.iter().enumerate() {
            see(&|| at("comments", number), comment.id)?;
        }
        for (number, audit) in ticket.audits.iter().flatten().enumerate() {
            see(&|| at("audits", number), Some(audit.id))?;
            for event in &audit.events {
                see(&|| at("audits", number), Some(event.id()))?;
            }
        }
    }
    Ok(largest)
}
