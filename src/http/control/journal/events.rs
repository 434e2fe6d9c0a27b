//! `/_mock/journal/events`: the journal as it is written, as server-sent events.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use tokio::sync::mpsc;

use crate::core::account::Account;
use crate::core::journal::Entry;
use crate::http::control::journal::entry::EntryJson;
use crate::http::control::journal::filter::AFTER;
use crate::http::exchange::context::Context;
use crate::http::exchange::input::Input;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::state::AppState;

/// Where a client that comes back goes on.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// How often something is sent while nothing happens, so that a client that is gone is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events that wait for a slow client. It gets the others later, as long as the journal has them.
const WAITING: usize = 4;

/// `GET /_mock/journal/events`: from now on, or behind `after` or `Last-Event-ID`.
pub async fn stream(
    context: Context,
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
) -> Result<Response, Refusal> {
    let in_header = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    let in_query = Input::from_query(asked.as_deref(), &[AFTER]).number(&AFTER)?;
    let after = in_header.or(in_query).unwrap_or_else(|| context.account.journal(0).last);
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(send_entries(Arc::clone(&context.account), app, after, sender));
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::new(Events(receiver))).into_response())
}

/// Sends what is written until nobody listens any more.
async fn send_entries(
    account: Arc<Account>,
    app: Arc<AppState>,
    mut after: u64,
    listener: mpsc::Sender<Bytes>,
) {
    // A client knows by this that it is heard.
    let mut said = Some(Bytes::from_static(b": listening\n\n"));
    loop {
        if let Some(said) = said
            && listener.send(said).await.is_err()
        {
            return;
        }
        let mut next = std::pin::pin!(app.arrivals.notified(&account));
        // Whatever arrives from here on wakes us, also while we look and send.
        next.as_mut().enable();
        for entry in account.journal(after).entries {
            after = entry.number;
            if listener.send(event(&entry)).await.is_err() {
                return;
            }
        }
        said = tokio::select! {
            () = next => None,
            // Real time: the connection is a real one.
            () = tokio::time::sleep(HEARTBEAT) => Some(Bytes::from_static(b":\n\n")),
        };
    }
}

fn event(entry: &Entry) -> Bytes {
    // Nothing in it can fail to be JSON, and JSON has no line breaks.
    let data = serde_json::to_string(&EntryJson::new(entry)).unwrap_or_default();
    format!("id: {}\nevent: request\ndata: {data}\n\n", entry.number).into()
}

/// Events on their way out.
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
