//! What handlers find out about a request, for its entry in the journal and the header of known
//! differences.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::core::account::TicketChangeResult;
use crate::core::blobs::{Blob, WeakBlob};
use crate::core::journal::{EventKind, JournalEvent, ObjectRef};
use crate::core::tokens::TokenRef;
use crate::core::uploads::Upload;
use crate::fidelity::DifferenceSet;

/// How many events without a token an entry of the journal has at most.
const MOST_EVENTS: usize = 32;

/// What handlers have found out about one request so far.
#[derive(Debug, Default)]
pub struct Findings {
    /// What the request did.
    pub events: Vec<JournalEvent>,
    /// The file that it stored. The journal finds its bytes where they are stored.
    pub file: Option<WeakBlob>,
    /// In what its response is known to differ from Zendesk's.
    pub differences: DifferenceSet,
    /// The token that the request is about.
    pub token: Option<TokenRef>,
    /// What the client probably did not mean, where Zendesk does not refuse it.
    pub hint: Option<String>,
    /// Whether the handler looked at what the query asks to be brought along.
    pub reads_includes: bool,
}

/// Collects the findings of one request. A request that is cut leaves what was found until then.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Findings>>);

impl Recorder {
    fn findings(&self) -> MutexGuard<'_, Findings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes all findings out.
    pub fn take(&self) -> Findings {
        std::mem::take(&mut *self.findings())
    }

    /// Records what the request did. Events of tokens are always recorded: without them, a token
    /// history would be wrong.
    pub fn record(&self, event: JournalEvent) {
        let events = &mut self.findings().events;
        if events.is_empty() {
            // Most requests have one event, and the journal is charged for the capacity.
            events.reserve_exact(1);
        }
        if event.token.is_some() || events.len() < MOST_EVENTS {
            events.push(event);
        }
    }

    /// Records what the request did to an object.
    pub fn record_object(&self, kind: EventKind, object: ObjectRef) {
        self.record(JournalEvent::new(kind, object));
    }

    /// Records what the request did to an upload, with its newest file.
    pub fn record_upload(&self, kind: EventKind, upload: &Upload) {
        let token = TokenRef::Upload(upload.token);
        let newest = upload.attachments.last();
        let object = newest.map_or(token.into(), |file| ObjectRef::Attachment(file.original.id));
        self.record(match kind {
            EventKind::Issued => JournalEvent::issued(token, object, upload.expires_at),
            _ => JournalEvent::with_token(kind, token, object),
        });
    }

    /// Records what the request did to a ticket, and what it attached.
    pub fn record_ticket(&self, kind: EventKind, done: &TicketChangeResult) {
        let ticket = ObjectRef::Ticket(done.ticket.id);
        self.record_object(kind, ticket);
        for &token in &done.attached {
            let token = TokenRef::Upload(token);
            self.record(JournalEvent::with_token(EventKind::Attached, token, ticket));
        }
        for file in &done.audit.attachments {
            self.record_object(EventKind::Attached, ObjectRef::Attachment(file.original.id));
        }
    }

    /// Records which token the request is about, for the reason of its refusal.
    pub fn name_token(&self, token: TokenRef) {
        self.findings().token = Some(token);
    }

    pub fn token(&self) -> Option<TokenRef> {
        self.findings().token
    }

    /// Records what the client probably did not mean, after what is recorded of it so far.
    pub fn record_hint(&self, hint: &str) {
        let hints = &mut self.findings().hint;
        let text = hints.get_or_insert_default();
        // Many items of a bulk call can have the same one.
        if text.contains(hint) {
            return;
        }
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(hint);
    }

    pub fn hint(&self) -> Option<String> {
        self.findings().hint.clone()
    }

    /// Records the file that the request stored.
    pub fn store_file(&self, file: &Blob) {
        self.findings().file = Some(file.downgrade());
    }

    /// Records that the handler looked at what the query asks to be brought along.
    pub fn mark_includes_read(&self) {
        self.findings().reads_includes = true;
    }

    pub fn reads_includes(&self) -> bool {
        self.findings().reads_includes
    }

    /// Records that the response differs from Zendesk's in this.
    pub fn record_difference(&self, differences: impl Into<DifferenceSet>) {
        let found = &mut self.findings().differences;
        *found = found.and(differences.into());
    }

    pub fn differences(&self) -> DifferenceSet {
        self.findings().differences
    }
}
