//! The CCs and followers of tickets.

use crate::core::account::store::Store;
use crate::core::clock::Timestamp;
use crate::core::tickets::copies::{CopiedUser, CopyChanges, CopyList};
use crate::core::tickets::cost_of_copies;
use crate::core::tickets::properties::Property;

impl Store {
    /// At least the bytes that CCs and followers add to a ticket.
    pub(super) fn cost_of_copies(
        &self,
        ccs: &[u64],
        followers: &[u64],
        copies: &CopyChanges,
    ) -> u64 {
        if copies.is_empty() {
            return 0;
        }
        let users: u64 = copies.people().map(|person| self.cost_of_person(person)).sum();
        users + cost_of_copies(ccs.len() + followers.len(), copies.people().count())
    }

    fn cost_of_person(&self, person: &CopiedUser) -> u64 {
        match person {
            CopiedUser::Id(_) => 0,
            CopiedUser::Named(named) => self.users.cost_of_requester(named),
        }
    }

    /// The CCs and followers of a ticket after a change, as properties.
    pub(super) fn copy_properties(
        &mut self,
        ccs: &[u64],
        followers: &[u64],
        copies: &CopyChanges,
        now: Timestamp,
    ) -> Vec<Property> {
        if copies.is_empty() {
            return Vec::new();
        }
        let (ccs, followers) = copies.apply(ccs, followers, |person, is_made| match person {
            CopiedUser::Id(id) => Some(*id),
            CopiedUser::Named(named) if is_made => Some(self.requester(named, now).id),
            CopiedUser::Named(named) => self.users.known_requester(named).map(|user| user.id),
        });
        let changes = |list: CopyList| copies.changes.iter().any(|change| change.list == list);
        let mut properties = Vec::new();
        if copies.collaborators.is_some() || changes(CopyList::EmailCcs) {
            properties.push(Property::EmailCcs(ccs));
        }
        if changes(CopyList::Followers) {
            properties.push(Property::Followers(followers));
        }
        properties
    }
}
