//! Tags that are added to a ticket and removed from it, as documented.

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
        let mut tags = set.unwrap_or(&ticket.tags).clone();
        for tag in &self.added {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        tags.retain(|tag| !self.removed.contains(tag));
        Some(Property::Tags(tags))
    }
}
