//! What the account holds: its files and its tickets.

use std::sync::Arc;

use crate::core::account::{CommentDetail, CommentFilter, FileState, ListedFile, TicketFilter};
use crate::core::attachments::Attachment;
use crate::core::clock::Timestamp;
use crate::core::paging::{Order, Window};
use crate::core::tickets::Ticket;
use crate::core::tickets::values::TicketStatus;
use crate::core::tokens::{MissingStep, TokenRef};
use crate::handle::AccountHandle;

/// A file of an account, or what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountFile {
    /// What [`AccountHandle::file_content`] takes: the id of an attachment, or the token or the
    /// name of an image. A file without bytes has none.
    pub file: Option<String>,
    /// How far it has come.
    pub state: FileState,
    /// The token of its upload or its image, as far as the journal or the account knows it.
    pub token: Option<TokenRef>,
    /// Its name. An expired token may have had several files.
    pub file_name: Option<String>,
    /// Its content type.
    pub content_type: Option<String>,
    /// In bytes. That of a reserved image is the announced one.
    pub size: Option<u64>,
    /// When its token expires, or expired.
    pub expires_at: Option<Timestamp>,
    /// The ticket that has it.
    pub ticket: Option<u64>,
    /// The step that it still needs.
    pub missing: Option<MissingStep>,
}

/// A ticket with its comments.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountTicket {
    /// Its number.
    pub id: u64,
    /// Its subject.
    pub subject: Option<String>,
    /// Its status.
    pub status: TicketStatus,
    /// The user that asked.
    pub requester_id: u64,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Its comments, oldest first.
    pub comments: Vec<AccountComment>,
}

/// A comment of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountComment {
    /// Its id.
    pub id: u64,
    /// The user that wrote it.
    pub author_id: u64,
    /// Whether the requester sees it.
    pub public: bool,
    /// Its text, as the API's `body`.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// Its files.
    pub files: Vec<AccountFile>,
}

impl AccountHandle {
    /// The files of the account, newest first: those that it stores, and those of tokens that were
    /// not used in time or were deleted.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// // … the code under test attaches a file …
    /// let attached = account.files().into_iter().filter(|file| file.ticket.is_some());
    /// for file in attached {
    ///     let bytes = file.file.and_then(|id| account.file_content(&id));
    ///     println!("{:?} has {:?} bytes", file.file_name, bytes.map(|bytes| bytes.len()));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn files(&self) -> Vec<AccountFile> {
        self.account.list_files().iter().map(AccountFile::from).collect()
    }

    /// The bytes of a file, by [`AccountFile::file`].
    #[must_use]
    pub fn file_content(&self, file: &str) -> Option<Vec<u8>> {
        Some(self.account.find_bytes(file)?.chunks().concat())
    }

    /// The tickets of the account, newest first.
    ///
    /// ```
    /// # let zendesk = zendesk_mock::ZendeskMock::start()?;
    /// let account = zendesk.account("acme")?;
    /// // … the code under test creates a ticket …
    /// let bodies = account.tickets().into_iter().flat_map(|ticket| ticket.comments);
    /// assert!(bodies.into_iter().all(|comment| comment.public));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tickets(&self) -> Vec<AccountTicket> {
        let filter = TicketFilter::default();
        let tickets = self.account.list_tickets(&filter, Order::Descending, Window::ALL).items;
        tickets.iter().map(|ticket| self.describe_ticket(ticket)).collect()
    }

    fn describe_ticket(&self, ticket: &Ticket) -> AccountTicket {
        let comments = self.account.list_comments(
            ticket.id,
            &CommentFilter::default(),
            Order::Ascending,
            Window::ALL,
        );
        // A ticket that was deleted meanwhile has none.
        let comments = comments.map(|page| page.items).unwrap_or_default();
        AccountTicket {
            id: ticket.id,
            subject: ticket.subject.clone(),
            status: ticket.status,
            requester_id: ticket.requester_id,
            tags: ticket.tags.clone(),
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            comments: comments
                .iter()
                .map(|detail| AccountComment::new(detail, ticket.id))
                .collect(),
        }
    }
}

impl AccountComment {
    fn new(CommentDetail { comment, attachments }: &CommentDetail, ticket: u64) -> Self {
        Self {
            id: comment.id,
            author_id: comment.author_id,
            public: comment.public,
            body: comment.text.body().to_owned(),
            created_at: comment.created_at,
            files: attachments.iter().map(|file| AccountFile::attached(file, ticket)).collect(),
        }
    }
}

impl AccountFile {
    fn attached(attachment: &Arc<Attachment>, ticket: u64) -> Self {
        let original = &attachment.original;
        Self {
            file: Some(original.id.to_string()),
            state: FileState::Attached,
            token: None,
            file_name: Some(original.file_name.clone()),
            content_type: Some(original.content_type.clone()),
            size: Some(original.blob.len()),
            expires_at: None,
            ticket: Some(ticket),
            missing: None,
        }
    }
}

impl From<&ListedFile> for AccountFile {
    fn from(file: &ListedFile) -> Self {
        let original = file.attachment.as_deref().map(|attachment| &attachment.original);
        let names = (!file.file_names.is_empty()).then(|| file.file_names.join(", "));
        Self {
            file: original.map(|file| file.id.to_string()).or_else(|| file.bucket_name()),
            state: file.state,
            token: file.token,
            file_name: original.map(|file| file.file_name.clone()).or(names),
            content_type: original
                .map(|file| file.content_type.clone())
                .or_else(|| file.content_type.clone()),
            size: file.size,
            expires_at: file.expires_at,
            ticket: file.ticket,
            missing: file.missing,
        }
    }
}
