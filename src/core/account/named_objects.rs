//! What tickets name and this server does not keep: groups, organizations, forms and fields. Each
//! kind has what a fresh account has, and whatever the tickets of this one name.

use std::collections::BTreeSet;

use crate::core::account::Account;
use crate::core::paging::{self, Order, Page, Window};
use crate::core::tickets::Ticket;

/// A kind of these objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedKind {
    Group,
    Organization,
    Form,
    Field,
}

/// The fields that each account has, in their order: their type and title. Their ids follow
/// [`FIRST_FIELD`].
pub const SYSTEM_FIELDS: [(&str, &str); 7] = [
    ("subject", "Subject"),
    ("description", "Description"),
    ("status", "Status"),
    ("tickettype", "Type"),
    ("priority", "Priority"),
    ("group", "Group"),
    ("assignee", "Assignee"),
];
const FIRST_FIELD: u64 = 10_021;

impl NamedKind {
    /// The ids of those that each account has.
    pub fn initial_ids(self) -> std::ops::Range<u64> {
        match self {
            Self::Group => 10_017..10_018,
            Self::Organization => 10_018..10_019,
            Self::Form => 10_019..10_020,
            Self::Field => FIRST_FIELD..FIRST_FIELD + SYSTEM_FIELDS.len() as u64,
        }
    }

    /// The type and the title of a field that each account has.
    pub fn system_field(id: u64) -> Option<(&'static str, &'static str)> {
        let place = usize::try_from(id.checked_sub(FIRST_FIELD)?).ok()?;
        SYSTEM_FIELDS.get(place).copied()
    }

    fn add_named(self, ticket: &Ticket, ids: &mut BTreeSet<u64>) {
        match self {
            Self::Group => ids.extend(ticket.group_id),
            Self::Organization => ids.extend(ticket.organization_id),
            Self::Form => ids.extend(ticket.ticket_form_id),
            Self::Field => ids.extend(ticket.custom_fields.iter().map(|field| field.id.get())),
        }
    }
}

impl Account {
    /// The ids of the objects of a kind.
    pub fn list_named(&self, kind: NamedKind, order: Order, window: Window) -> Page<u64> {
        let mut ids: BTreeSet<_> = kind.initial_ids().collect();
        for ticket in self.state().store.tickets.all() {
            kind.add_named(ticket, &mut ids);
        }
        let ids: Vec<_> = ids.into_iter().collect();
        paging::cut(&ids, |id| *id, order, window)
    }

    /// Whether there is an object of a kind with this id.
    pub fn has_named(&self, kind: NamedKind, id: u64) -> bool {
        self.list_named(kind, Order::Ascending, Window::ALL).items.binary_search(&id).is_ok()
    }
}
