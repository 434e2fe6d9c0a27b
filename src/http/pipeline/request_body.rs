//! Request bodies: bounded in time, and drained when their handlers leave them unread.
//!
//! A server that refuses a request while the client is still sending, and then closes, resets the
//! connection: the client sees a broken pipe instead of the refusal. So what a handler leaves
//! unread comes back here and is read to its end, within bounds, before the response goes out.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;

use crate::http::pipeline::body_capture::BodyCapture;
use crate::http::pipeline::timed_body::TimedBody;

/// How long a refused body is drained at most.
const DRAIN_TIME: Duration = Duration::from_secs(30);
/// How much of a refused body is drained at most, in bytes.
const DRAIN_BYTES: u64 = 1024 * 1024 * 1024;

/// What came of a body, shared by the handler's end and the pipeline's.
#[derive(Default)]
struct BodyState {
    received: u64,
    incomplete: bool,
    leftover: Option<TimedBody>,
    capture: BodyCapture,
}

/// The handler's end of a request body. When it is dropped, the pipeline has the rest.
struct GuardedBody {
    arriving: Option<TimedBody>,
    /// From the head of the request.
    announced: Option<u64>,
    received: u64,
    capture: BodyCapture,
    polled: bool,
    failed: bool,
    expects_continue: bool,
    state: Arc<Mutex<BodyState>>,
}

/// The pipeline's end of a request body.
#[derive(Clone)]
pub struct Leftover(Option<Arc<Mutex<BodyState>>>);

/// Puts a body under guard. `timeout` is how long it may pause; `expects_continue` says that the
/// client sends nothing before it gets `100 Continue`, and so is not drained without that.
pub fn guard(incoming: Incoming, timeout: Duration, expects_continue: bool) -> (Body, Leftover) {
    if incoming.is_end_stream() {
        return (Body::empty(), Leftover(None));
    }
    let state = Arc::new(Mutex::new(BodyState::default()));
    let announced = incoming.size_hint().exact();
    let guarded = GuardedBody {
        announced,
        capture: BodyCapture::new(announced),
        arriving: Some(TimedBody::new(timeout, incoming)),
        received: 0,
        polled: false,
        failed: false,
        expects_continue,
        state: Arc::clone(&state),
    };
    (Body::new(guarded), Leftover(Some(state)))
}

impl HttpBody for GuardedBody {
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
        let frame = ready!(arriving.poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                self.received += bytes_in(frame);
                self.capture.capture(frame);
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

impl Drop for GuardedBody {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.received = self.received;
        state.capture = std::mem::take(&mut self.capture);
        state.incomplete = self.failed || !self.is_end_stream();
        let wants_draining = !self.failed && (self.polled || !self.expects_continue);
        state.leftover = self.arriving.take().filter(|_| wants_draining);
    }
}

/// A body of which nothing more is read.
#[derive(Default)]
pub struct DrainedBody {
    pub received: u64,
    /// Whether it arrived to its end. If not, its connection carries no other request.
    pub complete: bool,
    pub capture: BodyCapture,
}

impl Leftover {
    /// Ends without reading what the handler left.
    pub fn so_far(self) -> DrainedBody {
        self.take().0
    }

    /// Reads what the handler left.
    pub async fn drain(self) -> DrainedBody {
        let (mut drained, leftover) = self.take();
        if let Some(leftover) = leftover.filter(|_| !drained.complete) {
            // What was read before a timeout is counted.
            let _ = tokio::time::timeout(DRAIN_TIME, read_on(leftover, &mut drained)).await;
        }
        drained
    }

    fn take(self) -> (DrainedBody, Option<TimedBody>) {
        let Some(state) = self.0 else {
            return (DrainedBody { complete: true, ..DrainedBody::default() }, None);
        };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let capture = std::mem::take(&mut state.capture);
        let drained =
            DrainedBody { received: state.received, complete: !state.incomplete, capture };
        (drained, state.leftover.take())
    }
}

async fn read_on(mut leftover: TimedBody, rest: &mut DrainedBody) {
    let limit = rest.received.saturating_add(DRAIN_BYTES);
    while rest.received < limit {
        match std::future::poll_fn(|cx| leftover.poll_frame(cx)).await {
            Some(Ok(frame)) => {
                rest.received += bytes_in(&frame);
                rest.capture.capture(&frame);
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
