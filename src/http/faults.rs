//! What a fault does to a request and to its answer.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Response, Uri};
use bytes::Buf;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::address::Service;
use super::body;
use super::payload::{Payload, Piece};
use crate::core::faults::{End, Fault, Leg, When};

/// How often a throttled answer goes on.
const BEAT: Duration = Duration::from_millis(50);

/// A connection that is closed on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is cut by a fault")]
pub struct Cut;

/// The leg that a request is, by which faults go. What a test does to the server is none.
pub fn leg(service: Service, method: &Method, uri: &Uri) -> Option<Leg> {
    let path = uri.path();
    let changes = *method == Method::POST || *method == Method::PUT;
    let is_below = |root: &str| {
        let rest = path.strip_prefix("/api/v2/").and_then(|rest| rest.strip_prefix(root));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match service {
        Service::Control => None,
        _ if *method == Method::OPTIONS => None,
        Service::Bucket => Some(Leg::Put),
        Service::Files => Some(Leg::Download),
        Service::Guide if changes && is_below("guide/user_images/uploads") => Some(Leg::Reserve),
        Service::Guide if changes && is_below("guide/user_images") => Some(Leg::Publish),
        Service::Support if changes && is_below("uploads") => Some(Leg::Upload),
        Service::Support
            if changes && ["tickets", "requests", "imports/tickets"].into_iter().any(is_below) =>
        {
            Some(Leg::Ticket)
        }
        Service::Guide | Service::Support => Some(Leg::Other),
    }
}

/// What a fault does before a request is answered: it waits, and may go no further. `fraction` decides
/// how much of the jitter is added.
pub async fn before(fault: &Fault, fraction: f64, body: &mut Body) -> Result<(), Cut> {
    let wait = fault.delay.saturating_add(fault.jitter.mul_f64(fraction));
    if !wait.is_zero() {
        // Real time: whoever waits for the answer is a real client.
        sleep(wait).await;
    }
    match fault.end {
        End::Cut(When::Before) => Err(Cut),
        End::Cut(When::During) => {
            // One chunk is the middle of most bodies, and the end of small ones.
            let _ = body::next_chunk(body).await;
            Err(Cut)
        }
        // Until the client goes away, which ends this request.
        End::Hang => std::future::pending().await,
        End::Served
        | End::Status { .. }
        | End::Cut(When::After)
        | End::Truncated(_)
        | End::Throttled(_) => Ok(()),
    }
}

/// What a fault does to an answer.
pub fn after(fault: &Fault, answer: Response<Payload>) -> Result<Response<Payload>, Cut> {
    match fault.end {
        End::Cut(_) => Err(Cut),
        End::Truncated(bytes) => Ok(answer.map(|inner| Impaired::truncated(inner, bytes))),
        End::Throttled(rate) => Ok(answer.map(|inner| Impaired::throttled(inner, rate))),
        End::Served | End::Status { .. } | End::Hang => Ok(answer),
    }
}

/// An answer that breaks off, or goes out slowly.
pub struct Impaired {
    inner: Payload,
    piece: Option<Piece>,
    /// Bytes after which it breaks off.
    left: u64,
    /// Bytes that go out at each beat.
    at_once: usize,
    beat: Option<Pin<Box<Sleep>>>,
}

impl Impaired {
    fn truncated(inner: Payload, left: u64) -> Payload {
        let impaired = Self { inner, piece: None, left, at_once: usize::MAX, beat: None };
        Payload::Impaired(Box::new(impaired))
    }

    fn throttled(inner: Payload, rate: u64) -> Payload {
        let beats = u64::try_from(Duration::from_secs(1).as_nanos() / BEAT.as_nanos());
        let at_once = usize::try_from(rate / beats.unwrap_or(1)).unwrap_or(usize::MAX).max(1);
        let impaired = Self { inner, piece: None, left: u64::MAX, at_once, beat: None };
        Payload::Impaired(Box::new(impaired))
    }

    /// The next part of the answer.
    pub fn poll_frame(
        &mut self,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, axum::Error>>> {
        if let Some(beat) = &mut self.beat {
            ready!(beat.as_mut().poll(cx));
            self.beat = None;
        }
        let mut piece = match self.piece.take() {
            Some(piece) => piece,
            None => match ready!(Pin::new(&mut self.inner).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) => piece,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => return Poll::Ready(end),
            },
        };
        if self.left == 0 && piece.has_remaining() {
            return Poll::Ready(Some(Err(axum::Error::new(Cut))));
        }
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let now = piece.remaining().min(self.at_once).min(left);
        let part = piece.copy_to_bytes(now);
        self.left -= now as u64;
        if piece.has_remaining() {
            self.piece = Some(piece);
            // Whoever waits lets what was given so far go out first, also before the end.
            self.beat = Some(Box::pin(sleep(BEAT)));
        }
        Poll::Ready(Some(Ok(Frame::data(Piece::Written(part)))))
    }

    /// Whether nothing comes any more.
    pub fn is_end_stream(&self) -> bool {
        self.piece.is_none() && self.inner.is_end_stream()
    }

    /// What the head of the answer announces, which is the whole.
    pub fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
