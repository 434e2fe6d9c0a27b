//! The requesters of tickets.

use crate::core::account::store::Store;
use crate::core::tickets::TicketError;
use crate::core::tickets::properties::Property;
use crate::core::users::{Login, Requester};

/// The requester of a new ticket.
pub enum PlannedRequester<'a> {
    Named(&'a Requester),
    Given(u64),
    Caller(&'a Login),
}

/// The requester that properties set last.
pub fn requester_id(properties: &[Property]) -> Option<u64> {
    properties.iter().rev().find_map(|property| match property {
        Property::Requester(id) => Some(*id),
        _ => None,
    })
}

impl Store {
    /// Refuses a requester that is suspended.
    pub(super) fn ensure_not_suspended(
        &self,
        requester: &PlannedRequester<'_>,
    ) -> Result<(), TicketError> {
        let user = match requester {
            PlannedRequester::Named(requester) => self.users.known_requester(requester),
            PlannedRequester::Given(id) => self.users.known(*id),
            PlannedRequester::Caller(login) => self.users.known_login(login),
        };
        match user {
            Some(user) if user.is_suspended => {
                Err(TicketError::RequesterSuspended { name: user.name.clone() })
            }
            _ => Ok(()),
        }
    }
}
