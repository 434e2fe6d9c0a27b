//! Request bodies: bounded in time, received chunk by chunk into the store, and drained when
//! nobody wants them.
//!
//! A server that answers a refusal while the client is still sending, and then closes, resets the
//! connection: the client sees a broken pipe instead of the refusal. So what a handler leaves
//! unread comes back here and is read to its end, within bounds, before the answer goes out.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tower_http::timeout::TimeoutBody;

use crate::http::pipeline::body_capture::Seen;

/// How long a refused body is drained at most.
const DRAIN_TIME: Duration = Duration::from_secs(30);
/// How much of a refused body is drained at most, in bytes.
const DRAIN_BYTES: u64 = 1024 * 1024 * 1024;

type Arriving = Pin<Box<TimeoutBody<Incoming>>>;

/// What came of a body, shared between the handler's end and ours.
#[derive(Default)]
struct Fate {
    received: u64,
    incomplete: bool,
    leftover: Option<Arriving>,
    seen: Seen,
}

/// The handler's end of a request body.
struct Guarded {
    arriving: Option<Arriving>,
    /// As the head of the request has it. The body that times out does not pass it on.
    announced: Option<u64>,
    received: u64,
    seen: Seen,
    polled: bool,
    failed: bool,
    expects_continue: bool,
    fate: Arc<Mutex<Fate>>,
}

/// Our end of a request body.
#[derive(Clone)]
pub struct Leftover(Option<Arc<Mutex<Fate>>>);

/// Puts a body under guard. `timeout` is how long it may pause; `expects_continue` says that the
/// client waits for our go-ahead and need not be drained if it never got it.
pub fn guard(incoming: Incoming, timeout: Duration, expects_continue: bool) -> (Body, Leftover) {
    if incoming.is_end_stream() {
        return (Body::empty(), Leftover(None));
    }
    let fate = Arc::new(Mutex::new(Fate::default()));
    let announced = incoming.size_hint().exact();
    let guarded = Guarded {
        announced,
        seen: Seen::of(announced),
        arriving: Some(Box::pin(TimeoutBody::new(timeout, incoming))),
        received: 0,
        polled: false,
        failed: false,
        expects_continue,
        fate: Arc::clone(&fate),
    };
    (Body::new(guarded), Leftover(Some(fate)))
}

impl HttpBody for Guarded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.polled = true;
        let Some(arriving) = self.arriving.as_mut() else {
            return Poll::Ready(None);
        };
        let frame = ready!(arriving.as_mut().poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                self.received += bytes_in(frame);
                self.seen.pass(frame);
            }
            Some(Err(_)) => self.failed = true,
            None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.arriving.as_ref().is_none_or(|arriving| arriving.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.announced
            .map(|announced| SizeHint::with_exact(announced.saturating_sub(self.received)))
            .unwrap_or_default()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let mut fate = self.fate.lock().unwrap_or_else(PoisonError::into_inner);
        fate.received = self.received;
        fate.seen = std::mem::take(&mut self.seen);
        fate.incomplete = self.failed || !self.is_end_stream();
        let wants_draining = !self.failed && (self.polled || !self.expects_continue);
        fate.leftover = self.arriving.take().filter(|_| wants_draining);
    }
}

/// What became of a body after all.
#[derive(Default)]
pub struct Drained {
    /// Bytes that arrived.
    pub received: u64,
    /// Whether it arrived to its end. If not, nothing else can arrive on its connection.
    pub complete: bool,
    /// The bytes, if they are few.
    pub seen: Seen,
}

impl Leftover {
    /// What came of a body of which nothing more is read.
    pub fn so_far(self) -> Drained {
        self.take().0
    }

    /// Reads what the handler left.
    pub async fn drain(self) -> Drained {
        let (mut drained, leftover) = self.take();
        if let Some(leftover) = leftover.filter(|_| !drained.complete) {
            // On a time-out, what was read until then is still known.
            let _ = tokio::time::timeout(DRAIN_TIME, read_on(leftover, &mut drained)).await;
        }
        drained
    }

    fn take(self) -> (Drained, Option<Arriving>) {
        let Some(fate) = self.0 else {
            return (Drained { complete: true, ..Drained::default() }, None);
        };
        let Fate { received, incomplete, leftover, seen } =
            std::mem::take(&mut *fate.lock().unwrap_or_else(PoisonError::into_inner));
        (Drained { received, complete: !incomplete, seen }, leftover)
    }
}

async fn read_on(mut leftover: Arriving, rest: &mut Drained) {
    let limit = rest.received.saturating_add(DRAIN_BYTES);
    while rest.received < limit {
        match std::future::poll_fn(|cx| leftover.as_mut().poll_frame(cx)).await {
            Some(Ok(frame)) => {
                rest.received += bytes_in(&frame);
                rest.seen.pass(&frame);
            }
            Some(Err(_)) => return,
            None => {
                rest.complete = true;
                return;
            }
        }
    }
}

/// How many bytes a frame brings. Trailers bring none.
fn bytes_in(frame: &Frame<Bytes>) -> u64 {
    frame.data_ref().map_or(0, |data| data.len() as u64)
}
