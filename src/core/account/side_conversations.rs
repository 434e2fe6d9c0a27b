//! Side conversations of tickets, and their files.

use std::sync::Arc;

use uuid::Uuid;

use crate::core::account::{Account, Sender, State, Store};
use crate::core::attachments::{Attachment, NewFile};
use crate::core::blobs::RECORD_OVERHEAD;
use crate::core::clock::Timestamp;
use crate::core::side_conversations::{
    NewSideMessage, Participant, SideConversation, SideConversations, SideMessage,
};
use crate::core::tickets::TicketError;

/// A conversation with the files of each message.
#[derive(Debug)]
pub struct SideConversationDetail {
    pub conversation: Arc<SideConversation>,
    pub files: Vec<Vec<(Uuid, Arc<Attachment>)>>,
}

impl Account {
    /// Keeps a file for a message. It lives until its ticket is deleted.
    pub fn add_side_file(&self, file: NewFile) -> Result<(Uuid, Arc<Attachment>), TicketError> {
        let (mut state, now) = self.reserve(|State { store, journal, .. }| {
            let now = store.sweep(journal);
            store.ids.ensure_left()?;
            Ok::<_, TicketError>((now, SideConversations::FILE_COST))
        })?;
        let store = &mut state.store;
        let attachment = store.attachments.add(file, now, Timestamp::MAX, &mut store.ids);
        store.attachments.keep(&[attachment.original.id]);
        let id = store.ids.request_id();
        store.side_conversations.add_file(id, attachment.original.id);
        Ok((id, attachment))
    }

    /// Starts a conversation, or replies in the one with this id.
    pub fn add_side_message(
        &self,
        ticket: u64,
        conversation: Option<Uuid>,
        message: NewSideMessage,
        sender: Sender<'_>,
    ) -> Result<SideConversationDetail, TicketError> {
        let (mut state, login) = self.reserve(|State { store, .. }| {
            store.tickets.find(ticket)?;
            if let Some(id) = conversation {
                let found = store.side_conversations.find(ticket, id);
                found.ok_or(TicketError::UnknownSideConversation)?;
            }
            let is_known = |id: &Uuid| store.side_conversations.attachment(id).is_some();
            if let Some(unknown) = message.files.iter().find(|id| !is_known(id)) {
                return Err(TicketError::UnknownSideFile(*unknown));
            }
            store.ids.ensure_left()?;
            let login = sender.login.ok_or(TicketError::RequesterMissing)?;
            let cost = message.cost() + store.cost_of_people(sender, None) + LARGEST_AUTHOR;
            Ok((login, cost))
        })?;
        let store = &mut state.store;
        let now = store.clock.now();
        let user = store.caller(login, now);
        let id = store.ids.request_id();
        let short = |text: &String| text.chars().take(LONGEST_NAME).collect();
        let author = Participant {
            user_id: Some(user.id),
            name: Some(short(&user.name)),
            email: user.email.as_ref().map(short),
        };
        let message = SideMessage { id, author, created_at: now, message };
        let conversation = conversation.unwrap_or_else(|| store.ids.request_id());
        let conversation = store.side_conversations.add(ticket, conversation, message);
        Ok(store.side_conversation_detail(conversation))
    }

    pub fn list_side_conversations(
        &self,
        ticket: u64,
    ) -> Result<Vec<SideConversationDetail>, TicketError> {
        let state = self.state();
        let store = &state.store;
        store.tickets.find(ticket)?;
        let all = store.side_conversations.all_in(ticket);
        Ok(all.map(|found| store.side_conversation_detail(Arc::clone(found))).collect())
    }

    pub fn find_side_conversation(
        &self,
        ticket: u64,
        id: Uuid,
    ) -> Result<SideConversationDetail, TicketError> {
        let state = self.state();
        let store = &state.store;
        store.tickets.find(ticket)?;
        let found = store.side_conversations.find(ticket, id);
        let found = found.ok_or(TicketError::UnknownSideConversation)?;
        Ok(store.side_conversation_detail(Arc::clone(found)))
    }
}

/// The longest name and address of an author that are kept, in characters.
const LONGEST_NAME: usize = 255;
/// At least the bytes that an author is charged.
const LARGEST_AUTHOR: u64 = RECORD_OVERHEAD + 2 * 4 * LONGEST_NAME as u64;

impl Store {
    fn side_conversation_detail(
        &self,
        conversation: Arc<SideConversation>,
    ) -> SideConversationDetail {
        let file = |id: &Uuid| {
            let attachment = self.side_conversations.attachment(id)?;
            self.attachments.all_of(&[attachment]).pop().map(|attachment| (*id, attachment))
        };
        let files = conversation.messages.iter();
        let files = files.map(|it| it.message.files.iter().filter_map(file).collect()).collect();
        SideConversationDetail { conversation, files }
    }
}
