//! What can be set on a ticket, one property at a time, so that an audit can say what changed.

use std::collections::HashSet;
use std::fmt;

use crate::core::clock::Timestamp;
use crate::core::tickets::Ticket;
use crate::core::tickets::error::TicketError;

/// How many custom fields a ticket has at most.
const MOST_FIELDS: usize = 1_000;

/// Makes an enumeration whose members have names on the wire.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Reads a name back.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// Its name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

named! {
    /// How far a ticket has come.
    TicketStatus {
        /// It has no assignee.
        New = "new",
        /// An agent has it.
        Open = "open",
        /// It waits for the requester.
        Pending = "pending",
        /// It waits for somebody else.
        Hold = "hold",
        /// It is done.
        Solved = "solved",
        /// It is done and cannot change any more.
        Closed = "closed",
    }
}

named! {
    /// How urgent a ticket is.
    Priority {
        /// At once.
        Urgent = "urgent",
        /// Soon.
        High = "high",
        /// In time.
        Normal = "normal",
        /// Some time.
        Low = "low",
    }
}

named! {
    /// What a ticket is about.
    TicketType {
        /// Something that causes incidents.
        Problem = "problem",
        /// Something that happened.
        Incident = "incident",
        /// Something to answer.
        Question = "question",
        /// Something to do.
        Task = "task",
    }
}

/// The value of a custom field: whatever the client gave it.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// Nothing.
    Null,
    /// A checkbox.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Decimal(f64),
    /// A text, a date, or the tag of a choice.
    Text(String),
    /// Several choices.
    List(Vec<String>),
}

/// A custom field of a ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomField {
    /// The id of the field.
    pub id: u64,
    /// Its value.
    pub value: FieldValue,
}

/// What can be set on a ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// What it is called.
    Subject(Option<String>),
    /// Whose it is.
    Requester(u64),
    /// Who works on it.
    Assignee(Option<u64>),
    /// Its tags.
    Tags(Vec<String>),
    /// How urgent it is.
    Priority(Option<Priority>),
    /// What it is about.
    Type(Option<TicketType>),
    /// How far it has come.
    Status(TicketStatus),
    /// The client's own id.
    ExternalId(Option<String>),
    /// Its group.
    Group(Option<u64>),
    /// Its organization.
    Organization(Option<u64>),
    /// Its brand.
    Brand(Option<u64>),
    /// Its form.
    Form(Option<u64>),
    /// The problem that it is an incident of.
    Problem(Option<u64>),
    /// When a task is due.
    DueAt(Option<Timestamp>),
    /// One custom field.
    Custom(CustomField),
}

/// A value as an audit shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditValue {
    /// There is none.
    Nothing,
    /// A text. Numbers are told as texts too, as recorded.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

impl Property {
    /// The name of the field in an audit. A custom field goes by its id.
    #[must_use]
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
            Self::Custom(field) => return field.id.to_string(),
        };
        name.to_owned()
    }

    /// The value as an audit shows it.
    #[must_use]
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
            Self::Priority(priority) => text_or_nothing(priority.map(Priority::as_str).as_ref()),
            Self::Type(kind) => text_or_nothing(kind.map(TicketType::as_str).as_ref()),
            Self::Status(status) => AuditValue::Text(status.as_str().to_owned()),
            Self::DueAt(at) => text_or_nothing(at.map(|at| format!("{at:.0}")).as_ref()),
            Self::Custom(field) => match &field.value {
                FieldValue::Null => AuditValue::Nothing,
                FieldValue::Flag(flag) => AuditValue::Text(u8::from(*flag).to_string()),
                FieldValue::Integer(number) => AuditValue::Text(number.to_string()),
                // Not with `Display`, which writes hundreds of digits.
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

/// The properties of a new ticket, all of those that an audit shows, in the recorded order.
#[must_use]
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

/// Whether a ticket will not have too many custom fields: each change looks through them all.
///
/// # Errors
/// [`TicketError::TooManyCustomFields`].
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
