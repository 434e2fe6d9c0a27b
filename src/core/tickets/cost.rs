//! What tickets are charged: a flat cost for each object, and the length of each text that a client
//! sends. What is given back is computed from the object as well, so that both are the same.

use crate::core::blobs::RECORD_OVERHEAD;
use crate::core::tickets::audit::{Audit, AuditEvent, AuditEventDetail, Comment};
use crate::core::tickets::properties::Property;
use crate::core::tickets::text::CommentText;
use crate::core::tickets::values::{AuditValue, FieldValue};
use crate::core::tickets::{FollowupSource, NewComment, Ticket};

/// An event of an audit.
const EVENT: u64 = 128;
/// A custom field.
const FIELD: u64 = 64;
/// A text beyond its length.
const TEXT: u64 = 32;
/// An id in a list.
const ID: u64 = 8;
/// The same in an audit, where it is a text of at most 20 digits.
const ID_TEXT: u64 = TEXT + 20;
/// A property apart from a long text: its event, its name, and numbers or times, which are texts
/// in an audit.
const PROPERTY: u64 = FIELD + EVENT + 6 * TEXT;

fn len(text: &str) -> u64 {
    TEXT + text.len() as u64
}

fn text_len(text: &CommentText) -> u64 {
    TEXT + text.len() as u64
}

fn list_len(texts: &[String]) -> u64 {
    TEXT + texts.iter().map(|text| len(text)).sum::<u64>()
}

fn client_len(client: Option<&str>) -> u64 {
    client.map_or(0, len)
}

impl Ticket {
    /// Bytes that it is charged, with its comments and audits.
    pub fn cost(&self) -> u64 {
        let comments: u64 = self.comments.iter().map(|comment| comment.cost()).sum();
        let audits: u64 = self.audits.iter().map(|audit| audit.cost()).sum();
        self.own_cost() + comments + audits
    }

    /// Bytes that it is charged without its comments and audits.
    pub(super) fn own_cost(&self) -> u64 {
        let source = self.followup_source.as_ref().and_then(|source| source.subject.as_ref());
        let texts = [self.subject.as_ref(), self.external_id.as_ref(), source];
        let texts: u64 = texts.into_iter().flatten().map(|text| len(text)).sum();
        let fields: u64 = self.custom_fields.iter().map(|field| FIELD + field.value.cost()).sum();
        let ids = [&self.email_cc_ids, &self.follower_ids, &self.followup_ids];
        let ids: u64 = ids.into_iter().map(|ids| ids.len() as u64 * ID).sum();
        RECORD_OVERHEAD + texts + list_len(&self.tags) + fields + ids
    }
}

impl Comment {
    pub(super) fn cost(&self) -> u64 {
        RECORD_OVERHEAD + text_len(&self.text) + client_len(self.client.as_deref())
    }
}

impl Audit {
    pub(super) fn cost(&self) -> u64 {
        let events: u64 = self.events.iter().map(AuditEvent::cost).sum();
        RECORD_OVERHEAD + client_len(self.client.as_deref()) + events
    }
}

impl AuditEvent {
    /// Bytes that it is charged. The comment of an event is charged apart.
    pub fn cost(&self) -> u64 {
        let texts = match &self.detail {
            AuditEventDetail::Comment(_)
            | AuditEventDetail::AttachmentRedaction { .. }
            | AuditEventDetail::CommentRedaction { .. }
            | AuditEventDetail::CommentPrivacy { .. } => 0,
            AuditEventDetail::Create { field_name, value } => len(field_name) + value.cost(),
            AuditEventDetail::Change { field_name, value, previous } => {
                len(field_name) + value.cost() + previous.cost()
            }
        };
        EVENT + texts
    }
}

impl AuditValue {
    fn cost(&self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Text(text) => len(text),
            Self::List(texts) => list_len(texts),
        }
    }
}

impl FieldValue {
    fn cost(&self) -> u64 {
        match self {
            Self::Text(text) => len(text),
            Self::List(texts) => list_len(texts),
            Self::Null | Self::Flag(_) | Self::Integer(_) | Self::Decimal(_) => 0,
        }
    }
}

impl Property {
    /// At least the bytes that setting it adds. The ticket has the new value, and the audit the new
    /// one and the one before, which the ticket no longer has.
    fn cost_to_set(&self) -> u64 {
        let value = match self {
            Self::Subject(Some(text)) | Self::ExternalId(Some(text)) => len(text),
            Self::Tags(tags) => list_len(tags),
            Self::Custom(field) => field.value.cost(),
            _ => 0,
        };
        PROPERTY + 2 * value
    }
}

/// At least the bytes that a change of a ticket adds.
pub fn cost_of_change(
    comments: &[NewComment],
    properties: &[Property],
    client: Option<&str>,
) -> u64 {
    let audit = RECORD_OVERHEAD + client_len(client);
    let comment = |comment: &NewComment| 2 * audit + EVENT + text_len(&comment.text);
    let comments: u64 = comments.iter().map(comment).sum();
    // A requester that the change names by an address is one more property.
    audit + comments + PROPERTY + properties.iter().map(Property::cost_to_set).sum::<u64>()
}

/// At least the bytes that an audit with so many events adds, and a comment whose text becomes this
/// one, also where an idempotency key remembers it.
pub fn cost_of_events(events: usize, text: Option<&CommentText>, client: Option<&str>) -> u64 {
    let text = text.map_or(0, |text| 2 * text_len(text));
    RECORD_OVERHEAD + client_len(client) + events as u64 * EVENT + text
}

/// At least the bytes that a change of its CCs and followers adds to a ticket that has `before` of
/// them, and gets at most `more`.
pub fn cost_of_copies(before: usize, more: usize) -> u64 {
    let (before, after) = (before as u64, (before + more) as u64);
    2 * PROPERTY + (ID + ID_TEXT) * after + ID_TEXT * before
}

/// At least the bytes that setting a property adds beyond the change that sets it.
pub fn cost_of_property(property: &Property) -> u64 {
    property.cost_to_set()
}

/// At least the bytes that two tickets need to be linked.
pub fn cost_of_followup(source: &FollowupSource) -> u64 {
    ID + source.subject.as_deref().map_or(0, len)
}

/// At least the bytes that a new ticket adds. Its first audit has five properties, set or not.
pub fn cost_of_ticket(
    comments: &[NewComment],
    properties: &[Property],
    client: Option<&str>,
) -> u64 {
    RECORD_OVERHEAD + TEXT + 5 * PROPERTY + cost_of_change(comments, properties, client)
}
