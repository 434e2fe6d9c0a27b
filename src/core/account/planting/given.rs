//! The names that a seed gives, which those that are made must differ from.

use std::collections::HashSet;

use ulid::Ulid;

use crate::core::account::planting::{ID, field};
use crate::core::ids::{ImageName, Token};
use crate::core::seed::{LARGEST_ID, Misfit, Seed, SeedFile};

/// The names that a seed gives, wherever in it.
#[derive(Debug, Default)]
pub struct Given {
    pub tokens: HashSet<Token>,
    pub ulids: HashSet<Ulid>,
    pub images: HashSet<ImageName>,
}

impl Given {
    pub fn of(seed: &Seed) -> Self {
        let comments = seed.tickets.iter().flat_map(|ticket| &ticket.comments);
        let files = seed.uploads.iter().flat_map(|upload| &upload.files);
        let files = files.chain(comments.flat_map(|comment| &comment.files));
        let of_files = files.flat_map(|file| [file.names.token, file.thumbnail.token]);
        let tokens = seed.uploads.iter().map(|upload| upload.token).chain(of_files);
        let reserved = seed.images.iter().filter_map(|image| image.reservation.as_ref()?.token);
        Self {
            tokens: tokens.flatten().collect(),
            ulids: reserved.collect(),
            images: seed.images.iter().filter_map(|image| image.published?).collect(),
        }
    }
}

/// The largest id that a seed gives to anything but tickets, or 0.
pub fn largest_id(seed: &Seed) -> Result<u64, Misfit> {
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
            for (place, event) in audit.events.iter().enumerate() {
                let of_event =
                    || format!("tickets[{ticket_number}].audits[{number}].events[{place}].id");
                see(&of_event, Some(event.id()))?;
            }
        }
    }
    Ok(largest)
}
