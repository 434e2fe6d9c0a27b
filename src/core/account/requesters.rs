//! The requesters of tickets.

use crate::core::account::store::Store;
use crate::core::tickets::TicketError;
use crate::core::tickets::copies::CopyChanges;
use crate::core::tickets::properties::Property;
use crate::core::users::{Login, Requester, is_address};

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
    /// Refuses a requester that is suspended, or of which no user can be made.
    pub(super) fn ensure_usable(
        &self,
        requester: &PlannedRequester<'_>,
    ) -> Result<(), TicketError> {
        let user = match requester {
            PlannedRequester::Named(requester) => self.users.known_requester(requester),
            PlannedRequester::Given(id) => self.users.known(*id),
            PlannedRequester::Caller(login) => self.users.known_login(login),
        };
        match (user, requester) {
            (Some(user), _) if user.is_suspended => {
                Err(TicketError::RequesterSuspended { name: user.name.clone() })
            }
            (None, PlannedRequester::Named(Requester { name, email: Some(email) })) => {
                if !is_address(email) {
                    return Err(TicketError::RequesterMalformed { email: email.clone() });
                }
                if name.is_none() {
                    return Err(TicketError::RequesterUnnamed);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Refuses CCs and followers of which no user can be made.
    pub(super) fn ensure_valid_copies(&self, copies: &CopyChanges) -> Result<(), TicketError> {
        for email in copies.new_people().filter_map(|person| person.email.as_ref()) {
            if !is_address(email) && !self.users.has_login(&Login::email(email)) {
                return Err(TicketError::CopyMalformed { email: email.clone() });
            }
        }
        Ok(())
    }
}
