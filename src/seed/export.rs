//! Writes the state of an account as a document.

use crate::config::settings::SettingsChange;
use crate::core::account::{Account, Store};
use crate::core::attachments::{Attachment, File};
use crate::core::blobs::{Blob, Charge, OutOfMemory};
use crate::core::brands::Brand;
use crate::core::bucket::ObjectParts;
use crate::core::clock::{Clock, Timestamp};
use crate::core::id::Id;
use crate::core::malware::ScanResult;
use crate::core::tickets::Ticket;
use crate::core::tickets::audit::{Audit, AuditEvent, AuditEventDetail, Comment};
use crate::core::tickets::text::Markup;
use crate::core::uploads::{IssuedToken, UploadState};
use crate::core::users::{Role, User};
use crate::seed::base64::Contents;
use crate::seed::model::{
    Document, SeedAudit, SeedBrand, SeedClock, SeedComment, SeedFile, SeedFollowupSource,
    SeedObject, SeedThumbnail, SeedTicket, SeedUpload, SeedUser,
};
use crate::seed::values::{Published, SeedEvent, SeedPerson};

/// Bytes of an object in a document, at most about, beyond its texts.
const PER_OBJECT: u64 = 2 * 1024;

impl Document {
    /// What an account holds now, with its settings and its time. Left out are secrets, random
    /// state, idempotency keys, and scans that have not ended. Stored bytes are shared; the charge
    /// is for the rest.
    ///
    /// # Errors
    /// The budget has no room.
    pub fn export(account: &Account) -> Result<(Self, Charge), OutOfMemory> {
        let (store, settings) = account.store();
        let charge =
            account.charge(store.cost() + PER_OBJECT * store.object_counts().objects() as u64)?;
        let mut document = Self {
            zendesk_mock: Some(env!("CARGO_PKG_VERSION").to_owned()),
            account: Some(account.name().to_owned()),
            clock: Some(SeedClock {
                now: Some(store.clock.now()),
                frozen: Some(matches!(store.clock, Clock::Frozen { .. })),
            }),
            settings: Some(SettingsChange::from(&*settings)),
            users: store.users.all().iter().map(|user| seed_user(user)).collect(),
            brands: store.brands.seeded().iter().map(|brand| seed_brand(brand)).collect(),
            uploads: uploads(&store),
            tickets: store.tickets.all().iter().map(|ticket| seed_ticket(ticket, &store)).collect(),
            next_ticket_id: store.tickets.next_id().ok(),
            ..Self::default()
        };
        for (_, family, objects) in document.bucket_sections() {
            *objects = store.bucket.all_of(family).into_iter().map(seed_object).collect();
        }
        Ok((document, charge))
    }
}

fn seed_user(user: &User) -> SeedUser {
    SeedUser {
        id: Id::new(user.id),
        name: Some(user.name.clone()),
        email: user.email.clone(),
        external_id: user.external_id.clone(),
        role: (user.is_seeded || user.role == Role::Admin).then_some(user.role),
        suspended: user.is_suspended.then_some(true),
        created_at: Some(user.created_at),
        updated_at: (user.updated_at != user.created_at).then_some(user.updated_at),
        ..SeedUser::default()
    }
}

fn seed_brand(brand: &Brand) -> SeedBrand {
    SeedBrand {
        id: Id::new(brand.id),
        name: Some(brand.name.clone()),
        subdomain: Some(brand.subdomain.clone()),
        default: Some(brand.is_default),
        created_at: Some(brand.created_at),
    }
}

fn uploads(store: &Store) -> Vec<SeedUpload> {
    let uploads = store.uploads.all().map(|IssuedToken { token, expires_at, state, .. }| {
        let (files, attached_to) = match state {
            UploadState::Open(held) => (files(held, store), None),
            UploadState::Attached { ticket } => (Vec::new(), Id::new(*ticket)),
        };
        let (token, expires_at) = (Some(token), end(expires_at));
        SeedUpload { token, life: None, expires_at, files, attached_to }
    });
    uploads.collect()
}

/// The last instant there is stands for no end.
fn end(expires_at: Timestamp) -> Option<Timestamp> {
    (expires_at < Timestamp::MAX).then_some(expires_at)
}

fn files(ids: &[u64], store: &Store) -> Vec<SeedFile> {
    store.attachments.all_of(ids).iter().map(|attachment| seed_file(attachment)).collect()
}

fn seed_file(attachment: &Attachment) -> SeedFile {
    let Attachment { original, thumbnail, scan_result, malware_access_override, inline } =
        attachment;
    let names = |file: &File| SeedThumbnail { id: Id::new(file.id), token: Some(file.token) };
    SeedFile {
        id: Id::new(original.id),
        token: Some(original.token),
        name: Some(original.file_name.clone()),
        content_type: Some(original.content_type.clone()),
        base64: Some(Contents::Stored(original.blob.clone())),
        thumbnail: thumbnail.as_ref().map(names),
        malware_scan_result: Some(*scan_result).filter(|result| *result != ScanResult::default()),
        malware_access_override: malware_access_override.then_some(true),
        inline: inline.then_some(true),
        ..SeedFile::default()
    }
}

fn seed_ticket(ticket: &Ticket, store: &Store) -> SeedTicket {
    let comments = ticket.comments.iter();
    SeedTicket {
        id: Id::new(ticket.id),
        created_at: Some(ticket.created_at),
        updated_at: Some(ticket.updated_at),
        generated_at: (ticket.generated_at != ticket.updated_at).then_some(ticket.generated_at),
        requester: Some(SeedPerson::Id(Id::nearest(ticket.requester_id))),
        submitter: Some(SeedPerson::Id(Id::nearest(ticket.submitter_id))),
        subject: ticket.subject.clone(),
        status: Some(ticket.status),
        priority: ticket.priority,
        r#type: ticket.kind,
        tags: ticket.tags.clone(),
        external_id: ticket.external_id.clone(),
        assignee_id: ticket.assignee_id.and_then(Id::new),
        group_id: ticket.group_id.and_then(Id::new),
        organization_id: ticket.organization_id.and_then(Id::new),
        brand_id: ticket.brand_id.and_then(Id::new),
        ticket_form_id: ticket.ticket_form_id.and_then(Id::new),
        problem_id: ticket.problem_id.and_then(Id::new),
        due_at: ticket.due_at,
        solved_at: ticket.solved_at,
        email_cc_ids: ticket.email_cc_ids.iter().copied().filter_map(Id::new).collect(),
        follower_ids: ticket.follower_ids.iter().copied().filter_map(Id::new).collect(),
        followup_source: ticket.followup_source.as_ref().map(|source| SeedFollowupSource {
            id: Id::new(source.id),
            subject: source.subject.clone(),
        }),
        followup_ids: ticket.followup_ids.iter().copied().filter_map(Id::new).collect(),
        custom_fields: ticket.custom_fields.clone(),
        comments: comments.map(|comment| seed_comment(comment, store)).collect(),
        audits: Some(ticket.audits.iter().map(|audit| seed_audit(audit)).collect()),
    }
}

fn seed_comment(comment: &Comment, store: &Store) -> SeedComment {
    let text = &comment.text;
    let (body, html_body) = match text.markup() {
        Markup::Markdown => (Some(text.body().to_owned()), None),
        Markup::Html => (None, Some(text.html().to_owned())),
    };
    SeedComment {
        id: Id::new(comment.id),
        author: Some(SeedPerson::Id(Id::nearest(comment.author_id))),
        body,
        html_body,
        public: Some(comment.public),
        created_at: Some(comment.created_at),
        client: comment.client.clone(),
        files: files(&comment.attachments, store),
    }
}

fn seed_audit(audit: &Audit) -> SeedAudit {
    SeedAudit {
        id: Id::new(audit.id),
        created_at: Some(audit.created_at),
        recorded_at: (audit.recorded_at != audit.created_at).then_some(audit.recorded_at),
        author_id: Id::new(audit.author_id),
        client: audit.client.clone(),
        events: audit.events.iter().map(seed_event).collect(),
    }
}

fn seed_event(event: &AuditEvent) -> SeedEvent {
    let id = Id::nearest(event.id);
    match event.detail.clone() {
        AuditEventDetail::Comment(comment) => SeedEvent::Comment { id: Id::nearest(comment.id) },
        AuditEventDetail::Create { field_name, value } => {
            SeedEvent::Create { id, field_name, value }
        }
        AuditEventDetail::Change { field_name, value, previous } => {
            SeedEvent::Change { id, field_name, value, previous_value: previous }
        }
        AuditEventDetail::AttachmentRedaction { attachment_id, comment_id } => {
            SeedEvent::AttachmentRedaction {
                id,
                attachment_id: Id::nearest(attachment_id),
                comment_id: Id::nearest(comment_id),
            }
        }
        AuditEventDetail::CommentRedaction { comment_id } => {
            SeedEvent::CommentRedaction { id, comment_id: Id::nearest(comment_id) }
        }
        AuditEventDetail::CommentPrivacy { comment_id } => {
            SeedEvent::CommentPrivacy { id, comment_id: Id::nearest(comment_id) }
        }
    }
}

fn seed_object(object: ObjectParts<'_>) -> SeedObject {
    let ObjectParts { reservation, body, published } = object;
    let file = |content_type: Option<&String>, blob: &Blob| SeedFile {
        content_type: content_type.cloned(),
        base64: Some(Contents::Stored(blob.clone())),
        ..SeedFile::default()
    };
    SeedObject {
        token: reservation.map(|reservation| reservation.key),
        content_type: published
            .map(|image| image.content_type.clone())
            .or_else(|| reservation.map(|reservation| reservation.content_type.clone())),
        size: reservation.map(|reservation| reservation.declared_size),
        host: reservation.map(|reservation| reservation.host.clone()),
        reserved_at: reservation.map(|reservation| reservation.reserved_at),
        life: None,
        expires_at: reservation.and_then(|reservation| end(reservation.expires_at)),
        file: body
            .map(|body| file(body.content_type.as_ref(), &body.blob))
            .or_else(|| published.map(|image| file(None, &image.blob))),
        published: published.map(|image| Published::Name(image.name)),
    }
}
