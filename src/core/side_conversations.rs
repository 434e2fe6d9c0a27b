//! Side conversations: messages to people outside of a ticket, with files of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::core::blobs::RECORD_OVERHEAD;
use crate::core::clock::Timestamp;
use crate::core::tickets::text::CommentText;

/// A person that gets messages. It need not be a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Participant {
    pub user_id: Option<u64>,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// A message without what is made for it.
#[derive(Debug)]
pub struct NewSideMessage {
    pub subject: Option<String>,
    pub text: Arc<CommentText>,
    pub to: Vec<Participant>,
    /// The ids of its files.
    pub files: Vec<Uuid>,
}

/// The first message of a conversation, or a reply.
#[derive(Debug)]
pub struct SideMessage {
    pub id: Uuid,
    pub author: Participant,
    pub created_at: Timestamp,
    pub message: NewSideMessage,
}

#[derive(Debug, Clone)]
pub struct SideConversation {
    pub id: Uuid,
    pub ticket_id: u64,
    /// The first one starts it.
    pub messages: Vec<Arc<SideMessage>>,
}

/// All conversations, and the files that messages can have.
#[derive(Debug, Clone, Default)]
pub struct SideConversations {
    all: Vec<Arc<SideConversation>>,
    /// The ids of attachments.
    files: BTreeMap<Uuid, u64>,
    cost: u64,
}

/// The conversations of a ticket that is deleted, and the files that only they have.
#[derive(Debug, Clone, Default)]
pub struct WithdrawnConversations {
    conversations: Vec<Arc<SideConversation>>,
    /// The ids of files and of their attachments.
    pub files: Vec<(Uuid, u64)>,
}

impl WithdrawnConversations {
    pub fn is_empty(&self) -> bool {
        self.conversations.is_empty()
    }
}

fn messages_of(all: &[Arc<SideConversation>]) -> impl Iterator<Item = &Arc<SideMessage>> {
    all.iter().flat_map(|conversation| &conversation.messages)
}

fn files_of(all: &[Arc<SideConversation>]) -> impl Iterator<Item = &Uuid> {
    messages_of(all).flat_map(|message| &message.message.files)
}

fn cost_of(all: &[Arc<SideConversation>]) -> u64 {
    messages_of(all).map(|message| message.cost()).sum()
}

impl NewSideMessage {
    /// At least the bytes that it adds.
    pub fn cost(&self) -> u64 {
        let people = self.to.iter().map(Participant::cost).sum::<u64>();
        let subject = self.subject.as_ref().map_or(0, String::len) + self.text.len();
        3 * RECORD_OVERHEAD + people + subject as u64 + self.files.len() as u64 * 16
    }
}

impl Participant {
    fn cost(&self) -> u64 {
        let texts = [&self.name, &self.email].into_iter().flatten();
        RECORD_OVERHEAD + texts.map(|text| text.len() as u64).sum::<u64>()
    }
}

impl SideMessage {
    fn cost(&self) -> u64 {
        self.message.cost() + self.author.cost()
    }
}

impl SideConversations {
    /// Bytes that a file is charged apart from its blob.
    pub const FILE_COST: u64 = RECORD_OVERHEAD;

    pub fn add_file(&mut self, id: Uuid, attachment: u64) {
        self.cost += Self::FILE_COST;
        self.files.insert(id, attachment);
    }

    /// The attachment of a file.
    pub fn attachment(&self, file: &Uuid) -> Option<u64> {
        self.files.get(file).copied()
    }

    pub fn all_in(&self, ticket: u64) -> impl Iterator<Item = &Arc<SideConversation>> {
        self.all.iter().filter(move |conversation| conversation.ticket_id == ticket)
    }

    pub fn find(&self, ticket: u64, id: Uuid) -> Option<&Arc<SideConversation>> {
        self.all_in(ticket).find(|conversation| conversation.id == id)
    }

    /// Adds a message to the conversation with this id, which the first one starts.
    pub fn add(&mut self, ticket_id: u64, id: Uuid, message: SideMessage) -> Arc<SideConversation> {
        self.cost += message.cost();
        let message = Arc::new(message);
        if let Some(found) = self.all.iter_mut().find(|conversation| conversation.id == id) {
            Arc::make_mut(found).messages.push(message);
            return Arc::clone(found);
        }
        let started = Arc::new(SideConversation { id, ticket_id, messages: vec![message] });
        self.all.push(Arc::clone(&started));
        started
    }

    /// Takes out the conversations of a ticket, and the files that only they have.
    pub fn withdraw_all_in(&mut self, ticket: u64) -> WithdrawnConversations {
        let (conversations, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.all)
            .into_iter()
            .partition(|conversation| conversation.ticket_id == ticket);
        self.all = kept;
        let kept: BTreeSet<_> = files_of(&self.all).collect();
        let ids: Vec<_> =
            files_of(&conversations).filter(|id| !kept.contains(id)).copied().collect();
        let taken = ids.into_iter().filter_map(|id| Some((id, self.files.remove(&id)?)));
        let files: Vec<_> = taken.collect();
        self.cost -= cost_of(&conversations) + files.len() as u64 * Self::FILE_COST;
        WithdrawnConversations { conversations, files }
    }

    /// Puts back what was taken out.
    pub fn put_back(&mut self, withdrawn: WithdrawnConversations) {
        let WithdrawnConversations { conversations, files } = withdrawn;
        self.cost += cost_of(&conversations);
        self.all.extend(conversations);
        for (id, attachment) in files {
            self.add_file(id, attachment);
        }
    }

    pub fn cost(&self) -> u64 {
        self.cost
    }

    #[cfg(test)]
    pub fn counted_cost(&self) -> u64 {
        cost_of(&self.all) + self.files.len() as u64 * Self::FILE_COST
    }
}
