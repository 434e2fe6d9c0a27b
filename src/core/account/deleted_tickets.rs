//! Tickets that are deleted.

use crate::core::account::Account;
use crate::core::tickets::TicketError;

impl Account {
    /// Deletes a ticket with its side conversations, and the files of both.
    pub fn delete_ticket(&self, id: u64) -> Result<(), TicketError> {
        let mut state = self.state();
        let store = &mut state.store;
        store.tickets.find(id)?;
        let ticket = store.tickets.delete(id)?;
        for &attachment in ticket.comments.iter().flat_map(|comment| &comment.attachments) {
            store.attachments.remove(attachment);
        }
        if store.side_conversations.all_in(id).next().is_some() {
            for attachment in store.side_conversations.remove_all_in(id) {
                store.attachments.remove(attachment);
            }
        }
        Ok(())
    }
}
