//! Content that a fault impairs on its way out.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::http::pipeline::content::{Content, Piece};

/// How often throttled content continues, unless less than a byte goes out in that time.
const BEAT: Duration = Duration::from_millis(50);

/// The error that ends the connection of content that breaks off.
#[derive(Debug, thiserror::Error)]
#[error("the response is cut by a fault")]
struct Truncated;

/// Content that breaks off, or goes out slowly.
pub struct Impaired {
    inner: Content,
    piece: Option<Piece>,
    /// Bytes that go out before it breaks off.
    left: u64,
    /// Bytes per second.
    rate: Option<u64>,
    pause: Option<Pin<Box<Sleep>>>,
    /// Whether the last piece has had time to go out.
    paused: bool,
}

impl Impaired {
    /// Content that breaks off after so many bytes.
    pub fn truncated(inner: Content, bytes: u64) -> Self {
        Self::new(inner, bytes, None)
    }

    /// Content that goes out at so many bytes a second.
    pub fn throttled(inner: Content, rate: u64) -> Self {
        Self::new(inner, u64::MAX, Some(rate.max(1)))
    }

    fn new(inner: Content, left: u64, rate: Option<u64>) -> Self {
        Self { inner, piece: None, left, rate, pause: None, paused: false }
    }

    /// The next part of the content, which shares its memory.
    pub fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
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
                    return Poll::Ready(Some(Err(axum::Error::new(Truncated))));
                }
                // The last piece, or the head, goes out before the end.
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

    pub fn is_end_stream(&self) -> bool {
        self.piece.is_none() && self.inner.is_end_stream()
    }

    /// The head of the response announces the whole content.
    pub fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
