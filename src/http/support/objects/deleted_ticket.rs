//! Deleted tickets, as documented.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::DeletedTicketDetail;
use crate::http::support::objects::time::instant;

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedTicketJson<'a> {
    id: u64,
    subject: Option<&'a str>,
    actor: Option<ActorJson<'a>>,
    deleted_at: String,
    previous_state: &'static str,
}

/// The user that deleted a ticket.
#[derive(Debug, Serialize, JsonSchema)]
struct ActorJson<'a> {
    id: u64,
    name: &'a str,
}

impl<'a> DeletedTicketJson<'a> {
    pub fn new(deleted: &'a DeletedTicketDetail) -> Self {
        let ticket = &deleted.ticket;
        let actor = deleted.actor.as_deref();
        Self {
            id: ticket.id,
            subject: ticket.subject.as_deref(),
            actor: actor.map(|user| ActorJson { id: user.id, name: &user.name }),
            deleted_at: instant(deleted.deleted_at),
            previous_state: ticket.status.into_str(),
        }
    }
}
