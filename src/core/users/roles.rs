//! What roles allow.

use std::sync::Arc;

use crate::core::tickets::Ticket;
use crate::core::users::{Login, Role, User, UserChange, UserError, Users};

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

    /// Refuses a change of the user with this id, or of a new one, by an agent: agents change end
    /// users only, as documented. They may change their own profiles, and change no role.
    pub fn ensure_may_change(
        &self,
        login: Option<&Login>,
        change: &UserChange,
        id: Option<u64>,
    ) -> Result<(), UserError> {
        let limiting = login.and_then(|login| self.limiting_user(login));
        let Some(agent) = limiting.filter(|user| user.role != Role::Admin) else { return Ok(()) };
        let role = id.and_then(|id| self.known(id)).map_or(Role::EndUser, |user| user.role);
        let is_within_reach = role == Role::EndUser || id == Some(agent.id);
        if is_within_reach && change.role.is_none_or(|changed| changed == role) {
            return Ok(());
        }
        Err(UserError::OnlyForAdmins(agent.email.as_ref().unwrap_or(&agent.name).clone()))
    }

    /// Whether a client may see a request. End users see those that they made or get a copy of.
    pub fn may_see(&self, login: Option<&Login>, ticket: &Ticket) -> bool {
        login.and_then(|login| self.end_user(login)).is_none_or(|user| {
            ticket.requester_id == user.id || ticket.email_cc_ids.contains(&user.id)
        })
    }
}
