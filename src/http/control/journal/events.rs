//! `/_mock/journal/events`: the entries of the journal, as server-sent events. Another event says
//! that a call of the control API changed the account.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::core::account::Account;
use crate::core::accounts::Accounts;
use crate::core::journal::JournalEntry;
use crate::http::control::answer::RawEvents;
use crate::http::control::call::{Call, Fields};
use crate::http::control::journal::entry::EntryJson;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

/// The number of the last event that a reconnecting client received.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// How often a comment is sent between events. It detects a closed connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many events are queued for a slow client. The journal has the others while it keeps them.
const QUEUED: usize = 4;

/// The event of a change by the control API. It has no number: the client has to read what it shows.
const CHANGE: &[u8] = b"event: change\ndata: {}\n\n";

/// Where the events begin.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventStart {
    /// The number after which events begin; without it: that in Last-Event-ID, or the last request.
    after: Option<u64>,
}

impl Fields for EventStart {
    const EXAMPLE: &'static str = r#"{"after": 0}"#;
}

pub async fn stream(call: Call<EventStart>) -> Result<RawEvents, Refusal> {
    let place = call.app.event_streams.open()?;
    let in_header = call.headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    // The events are those of the account that a later request creates.
    let account = &call.app.accounts.adopt(&call.account).map_err(Problem::from)?;
    let last = account.journal(u64::MAX).last;
    // A larger number is from another server or account: the client has received no event of this.
    let after = in_header.or(call.input.after);
    let after = after.map_or(last, |after| if after > last { 0 } else { after });
    let (sender, receiver) = mpsc::channel(QUEUED);
    let accounts = Arc::clone(&call.app.accounts);
    tokio::spawn(send_entries(accounts, Arc::clone(account), after, sender));
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok(RawEvents((headers, Body::new(Events { receiver, _place: place })).into_response()))
}

/// Sends entries until the client closes the connection or the account is deleted.
async fn send_entries(
    accounts: Arc<Accounts>,
    account: Arc<Account>,
    mut after: u64,
    client: mpsc::Sender<Bytes>,
) {
    let mut changes = account.changes();
    // Every entry after this comment is sent.
    let mut comment = Some(Bytes::from_static(b": listening\n\n"));
    loop {
        if let Some(comment) = comment
            && client.send(comment).await.is_err()
        {
            return;
        }
        let recorded = account.listen();
        let is_deleted = !accounts.has(&account);
        for entry in account.journal(after).entries {
            after = entry.number;
            if client.send(event(&entry)).await.is_err() {
                return;
            }
        }
        if is_deleted {
            return;
        }
        let made = account.changes();
        if made != changes {
            changes = made;
            if client.send(Bytes::from_static(CHANGE)).await.is_err() {
                return;
            }
        }
        comment = tokio::select! {
            () = recorded => None,
            // Real time, because the connection is real.
            () = tokio::time::sleep(HEARTBEAT) => Some(Bytes::from_static(b":\n\n")),
        };
    }
}

fn event(entry: &JournalEntry) -> Bytes {
    // All keys are strings, so it cannot fail. Compact JSON has no line breaks.
    let data = serde_json::to_string(&EntryJson::new(entry)).unwrap_or_default();
    format!("id: {}\nevent: request\ndata: {data}\n\n", entry.number).into()
}

/// The events as a response body.
struct Events {
    receiver: mpsc::Receiver<Bytes>,
    _place: OwnedSemaphorePermit,
}

impl HttpBody for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.receiver.poll_recv(cx).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}
