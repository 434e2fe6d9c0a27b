//! Connections beyond `max_connections`. Some are accepted all the same, so that the control API
//! answers however many connections are held.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::pipeline::reason_header::REASON;

/// How long such a connection may go without a request, so that others get its place.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// Calls of the control API that last. They need a place among `max_connections`.
const LASTING: [&str; 2] = ["/_mock/journal/events", "/_mock/journal/wait"];

/// The place of a connection beyond `max_connections`. It serves calls of the control API. Other
/// requests wait for a place among the ordinary ones.
#[derive(Debug)]
pub struct ReservedPlace {
    ordinary: Arc<Semaphore>,
    /// How many connections may wait.
    waiting: Arc<Semaphore>,
    held: Mutex<Option<HeldPlace>>,
}

#[derive(Debug)]
enum HeldPlace {
    Reserved(#[expect(dead_code, reason = "its drop frees the place")] OwnedSemaphorePermit),
    Ordinary(#[expect(dead_code, reason = "its drop frees the place")] OwnedSemaphorePermit),
}

impl ReservedPlace {
    pub fn new(
        reserved: OwnedSemaphorePermit,
        ordinary: Arc<Semaphore>,
        waiting: Arc<Semaphore>,
    ) -> Self {
        Self { ordinary, waiting, held: Mutex::new(Some(HeldPlace::Reserved(reserved))) }
    }

    /// Whether a request may be served now, or once an ordinary place is free.
    pub async fn admits(&self, path: &str, timeout: Duration) -> bool {
        let is_control = path == "/_mock" || path.starts_with("/_mock/");
        let is_short = is_control && !LASTING.contains(&path);
        if matches!(*self.held.lock(), Some(HeldPlace::Ordinary(_))) {
            return true;
        }
        if let Ok(place) = Arc::clone(&self.ordinary).try_acquire_owned() {
            *self.held.lock() = Some(HeldPlace::Ordinary(place));
            return true;
        }
        if is_short {
            return true;
        }
        let Ok(_waits) = self.waiting.try_acquire() else { return false };
        // Another connection gets the reserved place meanwhile.
        self.held.lock().take();
        let place = Arc::clone(&self.ordinary).acquire_owned();
        match tokio::time::timeout(timeout, place).await {
            Ok(Ok(place)) => {
                *self.held.lock() = Some(HeldPlace::Ordinary(place));
                true
            }
            _ => false,
        }
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
