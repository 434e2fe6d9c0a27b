//! Makes a document of a seed: what an account holds, as it is told.

use crate::config::json;
use crate::core::Error;
use crate::core::account::Account;
use crate::core::attachments::NewFile;
use crate::core::blobs::budget::Charge;
use crate::core::clock::Timestamp;
use crate::core::malware::ScanResult;
use crate::core::seed::{
    Ends, Names, Seed, SeedAudit, SeedBrand, SeedComment, SeedFile, SeedImage, SeedTicket,
    SeedUpload, SeedUser, Who as Somebody,
};
use crate::core::tickets::audit::{self, Text, What};
use crate::core::tickets::past::PastEvent;
use crate::core::tickets::properties::{self, Property, Value};
use crate::core::users;
use crate::seed::base64::Contents;
use crate::seed::model::{
    Brand, Clock, Comment, Document, File, Image, Thumbnail, Ticket, Upload, User,
};
use crate::seed::values::{
    Audit, CustomField, Event, FieldValue, Instant, Published, Role, Told, Who,
};

impl Document {
    /// What an account holds, with its settings and its time. Secrets are left out.
    ///
    /// # Errors
    /// A store without room for all that is to be said.
    pub fn of(account: &Account) -> Result<(Self, Charge), Error> {
        let (told, settings, room) = account.told()?;
        let Seed { clock, chance, users, brands, uploads, tickets, next_ticket_id, images } = told;
        let document = Self {
            zendesk_mock: Some(env!("CARGO_PKG_VERSION").to_owned()),
            account: Some(account.name().to_owned()),
            clock: clock
                .map(|clock| Clock { now: Some(Instant(clock.at)), frozen: Some(clock.stands) }),
            chance,
            settings: Some(json::write(&settings)),
            users: users.into_iter().map(user).collect(),
            brands: brands.into_iter().map(brand).collect(),
            uploads: uploads.into_iter().map(upload).collect(),
            tickets: tickets.into_iter().map(ticket).collect(),
            next_ticket_id,
            images: images.into_iter().map(image).collect(),
            accounts: Default::default(),
        };
        Ok((document, room))
    }
}

fn user(user: SeedUser) -> User {
    let SeedUser { id, name, email, role, created_at, secrets: _ } = user;
    let role = role.map(|role| match role {
        users::Role::Admin => Role::Admin,
        users::Role::EndUser => Role::EndUser,
    });
    User { id, name, email, role, created_at: created_at.map(Instant), ..User::default() }
}

fn brand(brand: SeedBrand) -> Brand {
    let SeedBrand { id, name, subdomain, is_default, created_at } = brand;
    let (default, created_at) = (Some(is_default), created_at.map(Instant));
    Brand { id, name: Some(name), subdomain, default, created_at }
}

fn upload(upload: SeedUpload) -> Upload {
    Upload {
        token: upload.token.map(|token| token.to_string()),
        life: None,
        expires_at: end(upload.ends),
        files: upload.files.into_iter().map(file).collect(),
        attached_to: upload.attached_to,
    }
}

/// What is told of an end. The last instant there is stands for none.
fn end(ends: Ends) -> Option<Instant> {
    match ends {
        Ends::At(at) if at < Timestamp::MAX => Some(Instant(at)),
        _ => None,
    }
}

fn file(seeded: SeedFile) -> File {
    let SeedFile { names, thumbnail, file, scan_result, malware_access_override, inline } = seeded;
    let NewFile { file_name, content_type, dimensions: _, blob } = file;
    let Names { id, token } = names;
    File {
        id,
        token: token.map(|token| token.to_string()),
        name: Some(file_name),
        content_type: Some(content_type),
        base64: Some(Contents::Stored(blob)),
        thumbnail: thumbnail.id.map(|id| Thumbnail {
            id: Some(id),
            token: thumbnail.token.map(|token| token.to_string()),
        }),
        malware_scan_result: (scan_result != ScanResult::default())
            .then(|| scan_result.into_str().to_owned()),
        malware_access_override: malware_access_override.then_some(true),
        inline: inline.then_some(true),
        ..File::default()
    }
}

fn somebody(who: Somebody) -> Who {
    match who {
        Somebody::Id(id) => Who::Id(id),
        Somebody::Person(person) => Who::Person { name: person.name, email: person.email },
    }
}

fn ticket(ticket: SeedTicket) -> Ticket {
    let mut told = Ticket {
        id: ticket.id,
        created_at: ticket.created_at.map(Instant),
        updated_at: ticket.updated_at.map(Instant),
        requester: ticket.requester.map(somebody),
        submitter: ticket.submitter.map(somebody),
        comments: ticket.comments.into_iter().map(comment).collect(),
        audits: ticket.audits.map(|audits| audits.into_iter().map(audited).collect()),
        ..Ticket::default()
    };
    for property in ticket.properties {
        match property {
            Property::Subject(subject) => told.subject = subject,
            Property::Requester(id) => told.requester = Some(Who::Id(id)),
            Property::Assignee(id) => told.assignee_id = id,
            Property::Tags(tags) => told.tags = tags,
            Property::Priority(word) => told.priority = word.map(|word| word.as_str().to_owned()),
            Property::Type(word) => told.r#type = word.map(|word| word.as_str().to_owned()),
            Property::Status(status) => told.status = Some(status.as_str().to_owned()),
            Property::ExternalId(id) => told.external_id = id,
            Property::Group(id) => told.group_id = id,
            Property::Organization(id) => told.organization_id = id,
            Property::Brand(id) => told.brand_id = id,
            Property::Form(id) => told.ticket_form_id = id,
            Property::Problem(id) => told.problem_id = id,
            Property::DueAt(at) => told.due_at = at.map(Instant),
            Property::Custom(field) => told.custom_fields.push(custom(field)),
        }
    }
    told
}

fn custom(field: properties::CustomField) -> CustomField {
    let value = match field.value {
        Value::Null => FieldValue::Null(()),
        Value::Flag(flag) => FieldValue::Flag(flag),
        Value::Integer(number) => FieldValue::Integer(number),
        Value::Decimal(number) => FieldValue::Decimal(number),
        Value::Text(text) => FieldValue::Text(text),
        Value::List(texts) => FieldValue::List(texts),
    };
    CustomField { id: field.id, value }
}

fn comment(comment: SeedComment) -> Comment {
    let SeedComment { id, author, text, public, created_at, client, files } = comment;
    let (body, html_body) = match text {
        Text::Plain(text) => (Some(text), None),
        Text::Html(html) => (None, Some(html)),
    };
    let files = files.into_iter().map(file).collect();
    let (author, public) = (author.map(somebody), Some(public));
    let created_at = created_at.map(Instant);
    Comment { id, author, body, html_body, public, created_at, client, files }
}

fn audited(audit: SeedAudit) -> Audit {
    let SeedAudit { id, created_at, author_id, client, events } = audit;
    // A seed that was told has a comment only where it is said.
    let events = events.into_iter().filter_map(event).collect();
    Audit { id, created_at: Instant(created_at), author_id, client, events }
}

fn event(event: PastEvent) -> Option<Event> {
    let audit::Event { id, what } = match event {
        PastEvent::Said(id) => return Some(Event::Comment { id }),
        PastEvent::Happened(event) => event,
    };
    Some(match what {
        What::Comment(_) => return None,
        What::Create { field_name, value } => Event::Create { id, field_name, value: told(value) },
        What::Change { field_name, value, previous } => {
            let (value, previous_value) = (told(value), told(previous));
            Event::Change { id, field_name, value, previous_value }
        }
        What::AttachmentRedaction { attachment_id, comment_id } => {
            Event::AttachmentRedaction { id, attachment_id, comment_id }
        }
    })
}

fn told(told: properties::Told) -> Told {
    match told {
        properties::Told::Nothing => Told::Nothing(()),
        properties::Told::Text(text) => Told::Text(text),
        properties::Told::List(texts) => Told::List(texts),
    }
}

fn image(image: SeedImage) -> Image {
    let SeedImage { content_type, reservation, object, published } = image;
    let file = object.map(|object| File {
        content_type: object.content_type,
        base64: Some(Contents::Stored(object.blob)),
        ..File::default()
    });
    let published = published.flatten().map(|name| Published::Name(name.to_string()));
    let told = Image { content_type: Some(content_type), file, published, ..Image::default() };
    match reservation {
        None => told,
        Some(by) => Image {
            token: by.token.map(|token| token.to_string()),
            size: Some(by.size),
            host: Some(by.host),
            reserved_at: by.reserved_at.map(Instant),
            expires_at: end(by.ends),
            ..told
        },
    }
}
