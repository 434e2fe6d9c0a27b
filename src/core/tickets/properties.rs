//! The properties of a ticket. Each is set alone, so that an audit can list the changes.

use std::collections::HashSet;
use std::fmt;

use crate::core::clock::Timestamp;
use crate::core::tickets::error::TicketError;
use crate::core::tickets::ticket::Ticket;
use crate::core::tickets::values::{
    AuditValue, CustomField, FieldValue, Priority, TicketStatus, TicketType,
};

/// The most custom fields of a ticket: each change searches them all.
const MOST_FIELDS: usize = 1_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    Subject(Option<String>),
    Requester(u64),
    Assignee(Option<u64>),
    Tags(Vec<String>),
    Priority(Option<Priority>),
    Type(Option<TicketType>),
    Status(TicketStatus),
    /// An id that the client chose.
    ExternalId(Option<String>),
    Group(Option<u64>),
    Organization(Option<u64>),
    Brand(Option<u64>),
    Form(Option<u64>),
    /// The problem of an incident.
    Problem(Option<u64>),
    /// The end of a task.
    DueAt(Option<Timestamp>),
    /// Users that get copies by e-mail.
    EmailCcs(Vec<u64>),
    Followers(Vec<u64>),
    Custom(CustomField),
}

impl Property {
    /// Its name in an audit, which is the id of a custom field.
    pub fn field_name(&self) -> String {
        let name = match self {
            Self::Subject(_) => "subject",
            Self::Requester(_) => "requester_id",
            Self::Assignee(_) => "assignee_id",
            Self::Tags(_) => "tags",
            Self::Priority(_) => "priority",
            Self::Type(_) => "type",
            Self::Status(_) => "status",
            Self::ExternalId(_) => "external_id",
            Self::Group(_) => "group_id",
            Self::Organization(_) => "organization_id",
            Self::Brand(_) => "brand_id",
            Self::Form(_) => "ticket_form_id",
            Self::Problem(_) => "problem_id",
            Self::DueAt(_) => "due_at",
            Self::EmailCcs(_) => "email_cc_ids",
            Self::Followers(_) => "follower_ids",
            Self::Custom(field) => return field.id.to_string(),
        };
        name.to_owned()
    }

    /// Its value in an audit.
    pub fn audit_value(&self) -> AuditValue {
        match self {
            Self::Subject(text) | Self::ExternalId(text) => text_or_nothing(text.as_ref()),
            Self::Requester(id) => AuditValue::Text(id.to_string()),
            Self::Assignee(id)
            | Self::Group(id)
            | Self::Organization(id)
            | Self::Brand(id)
            | Self::Form(id)
            | Self::Problem(id) => text_or_nothing(id.as_ref()),
            Self::Tags(tags) => AuditValue::List(tags.clone()),
            Self::EmailCcs(ids) | Self::Followers(ids) => {
                AuditValue::List(ids.iter().map(u64::to_string).collect())
            }
            Self::Priority(priority) => {
                text_or_nothing(priority.map(|word| word.into_str()).as_ref())
            }
            Self::Type(kind) => text_or_nothing(kind.map(|word| word.into_str()).as_ref()),
            Self::Status(status) => AuditValue::Text(status.into_str().to_owned()),
            Self::DueAt(at) => text_or_nothing(at.map(|at| format!("{at:.0}")).as_ref()),
            Self::Custom(field) => match &field.value {
                FieldValue::Null => AuditValue::Nothing,
                FieldValue::Flag(flag) => AuditValue::Text(u8::from(*flag).to_string()),
                FieldValue::Integer(number) => AuditValue::Text(number.to_string()),
                // `Display` writes hundreds of digits.
                FieldValue::Decimal(number) => AuditValue::Text(format!("{number:?}")),
                FieldValue::Text(text) => AuditValue::Text(text.clone()),
                FieldValue::List(list) => AuditValue::List(list.clone()),
            },
        }
    }

    /// Sets it on a ticket, and returns what was there before.
    pub fn set(self, on: &mut Ticket) -> Self {
        use std::mem::replace;
        match self {
            Self::Subject(new) => Self::Subject(replace(&mut on.subject, new)),
            Self::Requester(new) => Self::Requester(replace(&mut on.requester_id, new)),
            Self::Assignee(new) => Self::Assignee(replace(&mut on.assignee_id, new)),
            Self::Tags(new) => Self::Tags(replace(&mut on.tags, new)),
            Self::Priority(new) => Self::Priority(replace(&mut on.priority, new)),
            Self::Type(new) => Self::Type(replace(&mut on.kind, new)),
            Self::Status(new) => Self::Status(replace(&mut on.status, new)),
            Self::ExternalId(new) => Self::ExternalId(replace(&mut on.external_id, new)),
            Self::Group(new) => Self::Group(replace(&mut on.group_id, new)),
            Self::Organization(new) => Self::Organization(replace(&mut on.organization_id, new)),
            Self::Brand(new) => Self::Brand(replace(&mut on.brand_id, new)),
            Self::Form(new) => Self::Form(replace(&mut on.ticket_form_id, new)),
            Self::Problem(new) => Self::Problem(replace(&mut on.problem_id, new)),
            Self::DueAt(new) => Self::DueAt(replace(&mut on.due_at, new)),
            Self::EmailCcs(new) => Self::EmailCcs(replace(&mut on.email_cc_ids, new)),
            Self::Followers(new) => Self::Followers(replace(&mut on.follower_ids, new)),
            Self::Custom(new) => {
                let id = new.id;
                let old = match on.custom_fields.iter_mut().find(|field| field.id == id) {
                    Some(field) => replace(&mut field.value, new.value),
                    None => {
                        on.custom_fields.push(new);
                        FieldValue::Null
                    }
                };
                Self::Custom(CustomField { id, value: old })
            }
        }
    }
}

fn text_or_nothing(value: Option<&impl fmt::Display>) -> AuditValue {
    value.map_or(AuditValue::Nothing, |value| AuditValue::Text(value.to_string()))
}

/// The properties of a new ticket that its first audit lists, in the recorded order.
pub fn completed(given: Vec<Property>, requester: u64) -> Vec<Property> {
    let is_assigned = given.iter().any(|property| matches!(property, Property::Assignee(Some(_))));
    let status = if is_assigned { TicketStatus::Open } else { TicketStatus::New };
    let mut all = vec![
        Property::Subject(None),
        Property::Requester(requester),
        Property::Priority(None),
        Property::Type(None),
        Property::Status(status),
    ];
    for property in given {
        let same = |known: &&mut Property| {
            std::mem::discriminant(*known) == std::mem::discriminant(&property)
        };
        match all.iter_mut().find(same) {
            Some(known) if !matches!(property, Property::Custom(_)) => *known = property,
            _ => all.push(property),
        }
    }
    all
}

/// Checks the number of custom fields that a ticket has after a change.
pub fn ensure_few_fields(has: &[CustomField], gets: &[Property]) -> Result<(), TicketError> {
    let new = gets.iter().filter_map(|property| match property {
        Property::Custom(field) => Some(field.id),
        _ => None,
    });
    let all: HashSet<_> = has.iter().map(|field| field.id).chain(new).collect();
    if all.len() > MOST_FIELDS {
        return Err(TicketError::TooManyCustomFields { max: MOST_FIELDS });
    }
    Ok(())
}
