//! Tells a store as a seed, names and all, so that the same can be made of it again.

use std::sync::Arc;

use crate::core::Error;
use crate::core::account::Account;
use crate::core::account::settings::AccountSettings;
use crate::core::account::store::Store;
use crate::core::attachments::{Attachment, File, NewFile};
use crate::core::blobs::budget::Charge;
use crate::core::bucket::PutBody;
use crate::core::clock::Clock;
use crate::core::seed::{
    Ends, Names, Seed, SeedAudit, SeedBrand, SeedClock, SeedComment, SeedFile, SeedImage,
    SeedReservation, SeedTicket, SeedUpload, SeedUser, Who,
};
use crate::core::tickets::Ticket;
use crate::core::tickets::audit::{Event, What};
use crate::core::tickets::past::PastEvent;
use crate::core::tickets::properties::Property;
use crate::core::user_images::UserImageParts;
use crate::core::users::Role;

impl Account {
    /// What the account holds now, as a seed that would make it again, and its settings. Secrets are left out, and so are
    /// idempotency keys, scans that have not ended, and the chance that names come from. Stored bytes
    /// are shared. All else is said anew, and charged while it is.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn told(&self) -> Result<(Seed, Arc<AccountSettings>, Charge), Error> {
        let mut state = self.state();
        state.store.sweep();
        let (store, settings) = (state.store.clone(), Arc::clone(&state.settings));
        drop(state);
        // All of it is shared, so that requests need not wait while it is told.
        let room = self.charge(store.weight_of_telling())?;
        Ok((store.told(), settings, room))
    }
}

impl Store {
    /// Bytes that it takes to tell all but files, twice: as a seed, and as the document that is made of it.
    fn weight_of_telling(&self) -> u64 {
        const PER_OBJECT: u64 = 2 * 1024;
        2 * (self.cost() + PER_OBJECT * self.object_counts().objects() as u64)
    }

    fn told(&self) -> Seed {
        let stands = matches!(self.clock, Clock::Frozen { .. });
        let users = self.users.all().iter().map(|user| SeedUser {
            id: Some(user.id),
            name: Some(user.name.clone()),
            email: user.email.clone(),
            role: (user.is_seeded || user.role == Role::Admin).then_some(user.role),
            created_at: Some(user.created_at),
            secrets: Vec::new(),
        });
        let brands = self.brands.all().iter().map(|brand| SeedBrand {
            id: Some(brand.id),
            name: brand.name.clone(),
            subdomain: Some(brand.subdomain.clone()),
            is_default: brand.is_default,
            created_at: Some(brand.created_at),
        });
        let uploads = self.uploads.all().map(|(token, ends, held)| SeedUpload {
            token: Some(token),
            ends: Ends::At(ends),
            files: held.map(|held| self.files(held)).unwrap_or_default(),
            attached_to: held.err(),
        });
        let tickets = self.tickets.all().iter().map(|ticket| self.ticket(ticket));
        Seed {
            clock: Some(SeedClock { at: self.clock.now(), stands }),
            chance: None,
            users: users.collect(),
            brands: brands.collect(),
            uploads: uploads.collect(),
            next_ticket_id: Some(self.tickets.next_id()),
            tickets: tickets.collect(),
            images: self.images(),
        }
    }

    fn files(&self, ids: &[u64]) -> Vec<SeedFile> {
        self.attachments.all_of(ids).iter().map(file).collect()
    }

    fn ticket(&self, ticket: &Ticket) -> SeedTicket {
        let comments = ticket.comments.iter().map(|comment| SeedComment {
            id: Some(comment.id),
            author: Some(Who::Id(comment.author_id)),
            text: (*comment.text).clone(),
            public: comment.public,
            created_at: Some(comment.created_at),
            client: comment.client.clone(),
            files: self.files(&comment.attachments),
        });
        let audits = ticket.audits.iter().map(|audit| SeedAudit {
            id: audit.id,
            created_at: audit.created_at,
            author_id: audit.author_id,
            client: audit.client.clone(),
            events: audit.events.iter().map(event).collect(),
        });
        SeedTicket {
            id: Some(ticket.id),
            created_at: Some(ticket.created_at),
            updated_at: Some(ticket.updated_at),
            requester: Some(Who::Id(ticket.requester_id)),
            submitter: Some(Who::Id(ticket.submitter_id)),
            properties: properties(ticket),
            comments: comments.collect(),
            audits: Some(audits.collect()),
        }
    }

    fn images(&self) -> Vec<SeedImage> {
        self.user_images.all().into_iter().filter_map(image).collect()
    }
}

fn file(attachment: &Arc<Attachment>) -> SeedFile {
    let names = |file: &File| Names { id: Some(file.id), token: Some(file.token) };
    let File { file_name, content_type, dimensions, blob, .. } = attachment.original.clone();
    SeedFile {
        names: names(&attachment.original),
        thumbnail: attachment.thumbnail.as_ref().map(names).unwrap_or_default(),
        file: NewFile { file_name, content_type, dimensions, blob },
        scan_result: attachment.scan_result,
        malware_access_override: attachment.malware_access_override,
        inline: attachment.inline,
    }
}

fn event(event: &Event) -> PastEvent {
    match &event.what {
        What::Comment(comment) => PastEvent::Said(comment.id),
        _ => PastEvent::Happened(event.clone()),
    }
}

/// What is set on a ticket, apart from its requester.
fn properties(ticket: &Ticket) -> Vec<Property> {
    let mut all = vec![Property::Status(ticket.status)];
    let mut set = |is_set: bool, property: Property| all.extend(is_set.then_some(property));
    set(ticket.subject.is_some(), Property::Subject(ticket.subject.clone()));
    set(ticket.priority.is_some(), Property::Priority(ticket.priority));
    set(ticket.kind.is_some(), Property::Type(ticket.kind));
    set(!ticket.tags.is_empty(), Property::Tags(ticket.tags.clone()));
    set(ticket.external_id.is_some(), Property::ExternalId(ticket.external_id.clone()));
    set(ticket.assignee_id.is_some(), Property::Assignee(ticket.assignee_id));
    set(ticket.group_id.is_some(), Property::Group(ticket.group_id));
    set(ticket.organization_id.is_some(), Property::Organization(ticket.organization_id));
    set(ticket.brand_id.is_some(), Property::Brand(ticket.brand_id));
    set(ticket.ticket_form_id.is_some(), Property::Form(ticket.ticket_form_id));
    set(ticket.problem_id.is_some(), Property::Problem(ticket.problem_id));
    set(ticket.due_at.is_some(), Property::DueAt(ticket.due_at));
    all.extend(ticket.custom_fields.iter().cloned().map(Property::Custom));
    all
}

fn image(image: UserImageParts<'_>) -> Option<SeedImage> {
    let UserImageParts { reservation, body, published } = image;
    let published_type = published.map(|image| &image.content_type);
    let published_body =
        published.map(|image| PutBody { content_type: None, blob: image.blob.clone() });
    Some(SeedImage {
        content_type: published_type.or(reservation.map(|by| &by.content_type))?.clone(),
        reservation: reservation.map(|reservation| SeedReservation {
            token: Some(reservation.key),
            size: reservation.declared_size,
            host: reservation.host.clone(),
            reserved_at: Some(reservation.reserved_at),
            ends: Ends::At(reservation.expires_at),
        }),
        object: published_body.or(body.cloned()),
        published: published.map(|image| Some(image.name)),
    })
}
