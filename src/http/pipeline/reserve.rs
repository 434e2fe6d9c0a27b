//! Connections beyond `max_connections`. Some are accepted all the same, so that the control API
//! answers however many connections are held.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::http::pipeline::reason_header::REASON;

/// How long such a connection may go without a request, so that others get its place.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// How long such a connection keeps its place.
const LIFE: Duration = Duration::from_secs(4);

/// Calls of the control API that last. They need a place among `max_connections`.
const LASTING: [&str; 2] = ["/_mock/journal/events", "/_mock/journal/wait"];

/// The place of a connection beyond `max_connections`. It serves calls of the control API. Other
/// requests wait for a place among the ordinary ones.
#[derive(Debug)]
pub struct ReservedPlace {
    ordinary: Arc<Semaphore>,
    /// How many connections may wait.
    waiting: Arc<Semaphore>,
    held: watch::Sender<Held>,
}

#[derive(Debug)]
struct Held {
    kind: PlaceKind,
    /// Its drop frees the place.
    place: OwnedSemaphorePermit,
    /// How many requests wait for an ordinary place.
    waits: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlaceKind {
    Reserved,
    /// Of a connection that waits for an ordinary one, or has waited in vain.
    Waiting,
    Ordinary,
}

impl ReservedPlace {
    pub fn new(
        reserved: OwnedSemaphorePermit,
        ordinary: Arc<Semaphore>,
        waiting: Arc<Semaphore>,
    ) -> Self {
        let held = Held { kind: PlaceKind::Reserved, place: reserved, waits: 0 };
        Self { ordinary, waiting, held: watch::Sender::new(held) }
    }

    /// Whether the connection has got an ordinary place.
    pub fn is_ordinary(&self) -> bool {
        self.held.borrow().kind == PlaceKind::Ordinary
    }

    /// Resolves once the connection has to end. None ends while one of its requests waits.
    pub async fn ends(&self) {
        tokio::time::sleep(LIFE).await;
        let mut held = self.held.subscribe();
        // It is closed only with the place.
        let _ = held.wait_for(|held| held.kind != PlaceKind::Ordinary && held.waits == 0).await;
    }

    /// Whether a request may be served now, or once an ordinary place is free.
    pub async fn admits(&self, path: &str, timeout: Duration) -> bool {
        let is_control = path == "/_mock" || path.starts_with("/_mock/");
        let is_short = is_control && !LASTING.contains(&path);
        if self.is_ordinary() {
            return true;
        }
        if let Ok(place) = Arc::clone(&self.ordinary).try_acquire_owned() {
            self.exchange(PlaceKind::Ordinary, place);
            return true;
        }
        if is_short {
            return true;
        }
        let Some(_wait) = self.start_waiting() else { return false };
        let mut held = self.held.subscribe();
        tokio::select! {
            place = Arc::clone(&self.ordinary).acquire_owned() => {
                place.map(|place| self.exchange(PlaceKind::Ordinary, place)).is_ok()
            }
            // Another request of the connection got it a place.
            _ = held.wait_for(|held| held.kind == PlaceKind::Ordinary) => true,
            () = tokio::time::sleep(timeout) => false,
        }
    }

    /// Starts to wait, and leaves the reserved place to another connection. A connection that has
    /// waited in vain does not wait again.
    fn start_waiting(&self) -> Option<Wait<'_>> {
        let (kind, waits) = {
            let held = self.held.borrow();
            (held.kind, held.waits)
        };
        match kind {
            PlaceKind::Reserved => {
                let place = Arc::clone(&self.waiting).try_acquire_owned().ok()?;
                self.exchange(PlaceKind::Waiting, place);
            }
            PlaceKind::Waiting if waits == 0 => return None,
            PlaceKind::Waiting | PlaceKind::Ordinary => {}
        }
        self.held.send_modify(|held| held.waits += 1);
        Some(Wait(&self.held))
    }

    /// Frees the place that is held for another one, unless that is ordinary.
    fn exchange(&self, kind: PlaceKind, place: OwnedSemaphorePermit) {
        self.held.send_modify(|held| {
            if held.kind != PlaceKind::Ordinary {
                (held.kind, held.place) = (kind, place);
            }
        });
    }
}

/// A request that waits for an ordinary place, until it is dropped.
struct Wait<'a>(&'a watch::Sender<Held>);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|held| held.waits -= 1);
    }
}

/// The answer to a request that finds no place. The rest of the connection is not read.
pub fn refusal() -> Response<Body> {
    const WHY: &str = "max_connections are in use; close some, or raise it";
    let mut response = Response::new(Body::from(format!("{WHY}\n")));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    headers.insert(REASON, HeaderValue::from_static(WHY));
    response
}
