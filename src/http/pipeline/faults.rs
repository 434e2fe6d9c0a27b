//! What a fault does to a request and to its answer.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Response, Uri};
use bytes::Buf;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::core::faults::{Effect, Fault, Operation, Phase};
use crate::http::exchange::body::{Payload, Piece};
use crate::http::pipeline::account::Service;
use crate::http::pipeline::request_body;

/// How often a throttled answer goes on, unless less than a byte goes out in it.
const BEAT: Duration = Duration::from_millis(50);

/// How long a request hangs at most, should its client never go away.
const LONGEST_HANG: Duration = Duration::from_secs(60 * 60);

/// A connection that is closed on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is cut by a fault")]
pub struct Cut;

/// The operation that a request is, by which faults go. What a test does to the server is none.
pub fn operation(service: Service, method: &Method, uri: &Uri) -> Option<Operation> {
    let path = uri.path();
    let changes = *method == Method::POST || *method == Method::PUT;
    let is_below = |root: &str| {
        let rest = path.strip_prefix("/api/v2/").and_then(|rest| rest.strip_prefix(root));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match service {
        Service::Control => None,
        _ if *method == Method::OPTIONS => None,
        Service::Bucket => Some(Operation::Put),
        Service::Files => Some(Operation::Download),
        Service::Guide if changes && is_below("guide/user_images/uploads") => {
            Some(Operation::Reserve)
        }
        Service::Guide if changes && is_below("guide/user_images") => Some(Operation::Publish),
        Service::Support if changes && is_below("uploads") => Some(Operation::Upload),
        Service::Support
            if changes && ["tickets", "requests", "imports/tickets"].into_iter().any(is_below) =>
        {
            Some(Operation::Ticket)
        }
        Service::Guide | Service::Support => Some(Operation::Other),
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
    match fault.effect {
        Effect::Cut(Phase::Before) => Err(Cut),
        Effect::Cut(Phase::During) => {
            // One chunk is the middle of most bodies, and the end of small ones.
            let _ = request_body::next_chunk(body).await;
            Err(Cut)
        }
        Effect::Hang => {
            // A client that goes away is noticed only where nothing of its body is left to read.
            while let Some(chunk) = request_body::next_chunk(body).await {
                chunk.map_err(|_| Cut)?;
            }
            sleep(LONGEST_HANG).await;
            Err(Cut)
        }
        Effect::Served
        | Effect::Status { .. }
        | Effect::Cut(Phase::After)
        | Effect::Truncated(_)
        | Effect::Throttled(_) => Ok(()),
    }
}

/// What a fault does to an answer.
pub fn after(fault: Fault, answer: Response<Payload>) -> Response<Payload> {
    match fault.effect {
        Effect::Truncated(bytes) => answer.map(|inner| Impaired::truncated(inner, bytes)),
        Effect::Throttled(rate) => answer.map(|inner| Impaired::throttled(inner, rate)),
        Effect::Served | Effect::Status { .. } | Effect::Cut(_) | Effect::Hang => answer,
    }
}

/// An answer that breaks off, or goes out slowly.
pub struct Impaired {
    inner: Payload,
    piece: Option<Piece>,
    /// Bytes after which it breaks off.
    left: u64,
    /// Bytes that go out in a second.
    rate: Option<u64>,
    pause: Option<Pin<Box<Sleep>>>,
    /// Whether what was given has had its time to go out before the end.
    paused: bool,
}

impl Impaired {
    fn truncated(inner: Payload, left: u64) -> Payload {
        Self::through(inner, left, None)
    }

    fn throttled(inner: Payload, rate: u64) -> Payload {
        Self::through(inner, u64::MAX, Some(rate.max(1)))
    }

    fn through(inner: Payload, left: u64, rate: Option<u64>) -> Payload {
        let impaired = Self { inner, piece: None, left, rate, pause: None, paused: false };
        Payload::Impaired(Box::new(impaired))
    }

    /// The next part of the answer. None is copied: what goes out in part shares its memory.
    pub fn poll_frame(
        &mut self,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, axum::Error>>> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
                self.paused = true;
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
                if self.paused {
                    return Poll::Ready(Some(Err(axum::Error::new(Cut))));
                }
                // What was given so far, and be it the head, goes out before the end.
                self.piece = Some(piece);
                self.pause = Some(Box::pin(sleep(BEAT)));
                continue;
            }
            let now = piece.remaining().min(self.at_once());
            let part = piece.split_to(now);
            self.left -= now as u64;
            self.paused = false;
            if let Some(rate) = self.rate {
                self.pause =
                    Some(Box::pin(sleep(Duration::from_secs_f64(now as f64 / rate as f64))));
            }
            if piece.has_remaining() {
                self.piece = Some(piece);
            }
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
    }

    /// How many bytes may go out at once.
    fn at_once(&self) -> usize {
        let in_a_beat = self.rate.map_or(u64::MAX, |rate| {
            let beats = Duration::from_secs(1).as_millis() / BEAT.as_millis();
            u64::try_from(u128::from(rate) / beats).unwrap_or(u64::MAX).max(1)
        });
        usize::try_from(in_a_beat.min(self.left)).unwrap_or(usize::MAX)
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
