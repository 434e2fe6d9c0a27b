//! `/_mock/journal/events`: the entries of the journal, as server-sent events.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use tokio::sync::mpsc;

use crate::core::account::Account;
use crate::core::journal::JournalEntry;
use crate::http::control::journal::entry::EntryJson;
use crate::http::control::journal::filter::AFTER;
use crate::http::exchange::context::Context;
use crate::http::exchange::input::Input;
use crate::http::exchange::refusal::Refusal;

/// The number of the last event that a reconnecting client got.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// How often a comment is sent between events, so that a closed connection is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events that wait for a slow client. The others wait in the journal, as long as it keeps them.
const WAITING: usize = 4;

/// `GET /_mock/journal/events`: from now on, or with numbers above `after` or `Last-Event-ID`.
pub async fn stream(
    context: Context,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
) -> Result<Response, Refusal> {
    let in_header = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    let in_query = Input::from_query(asked.as_deref(), &[AFTER]).number(&AFTER)?;
    let last = context.account.journal(u64::MAX).last;
    // A larger number is that of another server or account: the client has seen nothing of this.
    let after = in_header.or(in_query).map_or(last, |after| if after > last { 0 } else { after });
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(send_entries(Arc::clone(&context.account), after, sender));
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::new(Events(receiver))).into_response())
}

/// Sends entries until the client closes the connection.
async fn send_entries(account: Arc<Account>, mut after: u64, client: mpsc::Sender<Bytes>) {
    // After it, the client receives every new entry.
    let mut comment = Some(Bytes::from_static(b": listening\n\n"));
    loop {
        if let Some(comment) = comment
            && client.send(comment).await.is_err()
        {
            return;
        }
        let recorded = account.listen();
        for entry in account.journal(after).entries {
            after = entry.number;
            if client.send(event(&entry)).await.is_err() {
                return;
            }
        }
        comment = tokio::select! {
            () = recorded => None,
            // Real time: the connection is a real one.
            () = tokio::time::sleep(HEARTBEAT) => Some(Bytes::from_static(b":\n\n")),
        };
    }
}

fn event(entry: &JournalEntry) -> Bytes {
    // It cannot fail, as all keys are strings; and JSON has no line breaks.
    let data = serde_json::to_string(&EntryJson::new(entry)).unwrap_or_default();
    format!("id: {}\nevent: request\ndata: {data}\n\n", entry.number).into()
}

/// The events as a response body.
struct Events(mpsc::Receiver<Bytes>);

impl HttpBody for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(cx).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}
