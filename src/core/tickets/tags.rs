//! Tags that are added to a ticket and removed from it, as documented.

use std::collections::BTreeSet;

use crate::core::tickets::properties::Property;
use crate::core::tickets::ticket::Ticket;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagChanges {
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

impl TagChanges {
    /// The tags of a ticket after a change that may set them too, if it changes any.
    pub fn apply(&self, ticket: &Ticket, properties: &[Property]) -> Option<Property> {
        if self.added.is_empty() && self.removed.is_empty() {
            return None;
        }
        let set = properties.iter().rev().find_map(|property| match property {
            Property::Tags(tags) => Some(tags),
            _ => None,
        });
        let own = set.unwrap_or(&ticket.tags);
        let mut known: BTreeSet<_> = own.iter().collect();
        let added = self.added.iter().filter(|tag| known.insert(tag));
        let removed: BTreeSet<_> = self.removed.iter().collect();
        let left = own.iter().chain(added).filter(|tag| !removed.contains(tag));
        Some(Property::Tags(left.cloned().collect()))
    }
}
