//! Connections beyond `max_connections`. Some are accepted all the same, so that the control API
//! answers however many connections are held.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use crate::http::pipeline::reason_header::REASON;

/// How long such a connection may be silent, so that others get its place.
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
    Waiting {
        /// When its first wait ends. Later ones end with it, so that they do not go on for ever.
        until: Instant,
    },
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
            self.upgrade(place);
            return true;
        }
        if is_short {
            return true;
        }
        // Unlike a sum, this does not overflow.
        let latest = tokio::time::sleep(timeout).deadline();
        let Some(wait) = self.start_waiting(latest) else { return false };
        let mut held = self.held.subscribe();
        tokio::select! {
            place = Arc::clone(&self.ordinary).acquire_owned() => {
                place.map(|place| self.upgrade(place)).is_ok()
            }
            // Another request of the connection got it a place.
            _ = held.wait_for(|held| held.kind == PlaceKind::Ordinary) => true,
            () = tokio::time::sleep_until(wait.until) => false,
        }
    }

    /// Starts to wait, and leaves the reserved place to another connection. A connection that has
    /// waited in vain does not wait again.
    fn start_waiting(&self, latest: Instant) -> Option<Wait<'_>> {
        let mut until = latest;
        // Requests of one connection that start at once take one place.
        let starts = self.held.send_if_modified(|held| {
            match held.kind {
                PlaceKind::Reserved => {
                    let place = Arc::clone(&self.waiting).try_acquire_owned();
                    let Ok(place) = place else { return false };
                    (held.kind, held.place) = (PlaceKind::Waiting { until }, place);
                }
                PlaceKind::Waiting { until: end } if end <= Instant::now() => return false,
                PlaceKind::Waiting { until: end } => until = end,
                PlaceKind::Ordinary => {}
            }
            held.waits += 1;
            true
        });
        starts.then(|| Wait { held: &self.held, until })
    }

    /// Takes an ordinary place for the one that is held, unless that is ordinary too.
    fn upgrade(&self, place: OwnedSemaphorePermit) {
        self.held.send_modify(|held| {
            if held.kind != PlaceKind::Ordinary {
                (held.kind, held.place) = (PlaceKind::Ordinary, place);
            }
        });
    }
}

/// A request that waits for an ordinary place, until it is dropped.
struct Wait<'a> {
    held: &'a watch::Sender<Held>,
    until: Instant,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.held.send_modify(|held| held.waits -= 1);
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::task::Poll;
    use std::thread;

    use super::*;

    fn semaphore(permits: usize) -> Arc<Semaphore> {
        Arc::new(Semaphore::new(permits))
    }

    /// A place while no ordinary one is free, and one connection may wait.
    fn full() -> ReservedPlace {
        let reserved = semaphore(1).try_acquire_owned().expect("a place");
        ReservedPlace::new(reserved, semaphore(0), semaphore(1))
    }

    #[test]
    fn requests_that_start_at_once_wait_together() {
        let places: Vec<_> = (0..1_000).map(|_| full()).collect();
        let latest = Instant::now() + Duration::from_secs(60);
        let arrived = AtomicUsize::new(0);
        let count_waits = || {
            let waits = places.iter().enumerate().filter(|(index, place)| {
                // A thread that sleeps until the other one comes would come too late.
                arrived.fetch_add(1, Relaxed);
                while arrived.load(Relaxed) < 2 * (index + 1) {
                    std::hint::spin_loop();
                }
                place.start_waiting(latest).is_some()
            });
            waits.count()
        };
        let counts = thread::scope(|scope| {
            [scope.spawn(count_waits), scope.spawn(count_waits)].map(thread::ScopedJoinHandle::join)
        });
        for waits in counts {
            assert_eq!(waits.expect("no panic"), places.len());
        }
    }

    #[tokio::test]
    async fn a_request_waits_no_longer_than_the_first_one_of_its_connection() {
        let place = full();
        let mut first = std::pin::pin!(place.admits("/", Duration::from_millis(1)));
        // It starts to wait, and goes on after the second one has ended.
        assert!(std::future::poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx))).await.is_pending());
        let second = place.admits("/", Duration::from_secs(3_600));
        assert_eq!(tokio::time::timeout(Duration::from_secs(10), second).await, Ok(false));
        assert!(!first.await);
    }
}
