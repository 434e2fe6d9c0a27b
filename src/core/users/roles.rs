//! What roles allow.

use std::sync::Arc;

use crate::core::tickets::Ticket;
use crate::core::users::{Login, Role, User, Users};

impl Role {
    /// Whether it may do what another role may.
    pub fn includes(self, other: Self) -> bool {
        // The first role may do most.
        self as u8 <= other as u8
    }
}

impl Users {
    /// The user whose role limits what a client may do: that for which it acts, or that of its
    /// credentials, if a seed or a client gave it a role. Every other client acts as an admin.
    pub fn limiting_user(&self, login: &Login) -> Option<&Arc<User>> {
        let acts_for = matches!(login, Login::OnBehalfOf(_));
        self.known_login(login).filter(|user| acts_for || user.is_seeded)
    }

    /// The same, if it is an end user.
    pub fn end_user(&self, login: &Login) -> Option<&Arc<User>> {
        self.limiting_user(login).filter(|user| user.role == Role::EndUser)
    }

    /// Whether a client may see a request. End users see those that they made or get a copy of.
    pub fn may_see(&self, login: Option<&Login>, ticket: &Ticket) -> bool {
        login.and_then(|login| self.end_user(login)).is_none_or(|user| {
            ticket.requester_id == user.id || ticket.email_cc_ids.contains(&user.id)
        })
    }
}
