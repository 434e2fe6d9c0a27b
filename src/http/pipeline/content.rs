//! The content of a response: what a handler wrote, or stored bytes.

use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::http::exchange::blob_range::BlobRange;

pub enum Content {
    Written(Body),
    /// `None` after the connection took them.
    Stored(Option<BlobRange>),
}

/// Bytes of either kind of content.
pub enum Piece {
    Written(Bytes),
    Stored(BlobRange),
}

impl Piece {
    /// Splits off the first bytes. Both halves share their memory.
    pub fn split_to(&mut self, amount: usize) -> Self {
        match self {
            Self::Written(bytes) => Self::Written(bytes.split_to(amount.min(bytes.len()))),
            Self::Stored(stored) => Self::Stored(stored.split_to(amount)),
        }
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        match self {
            Self::Written(bytes) => bytes.remaining(),
            Self::Stored(stored) => stored.remaining(),
        }
    }

    fn chunk(&self) -> &[u8] {
        match self {
            Self::Written(bytes) => bytes.chunk(),
            Self::Stored(stored) => stored.chunk(),
        }
    }

    fn chunks_vectored<'a>(&'a self, into: &mut [IoSlice<'a>]) -> usize {
        match self {
            Self::Written(bytes) => bytes.chunks_vectored(into),
            Self::Stored(stored) => stored.chunks_vectored(into),
        }
    }

    fn advance(&mut self, amount: usize) {
        match self {
            Self::Written(bytes) => bytes.advance(amount),
            Self::Stored(stored) => stored.advance(amount),
        }
    }
}

impl HttpBody for Content {
    type Data = Piece;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, axum::Error>>> {
        match self.get_mut() {
            Self::Written(body) => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map(|frame| frame.map_data(Piece::Written)))),
            Self::Stored(stored) => {
                Poll::Ready(stored.take().map(|stored| Ok(Frame::data(Piece::Stored(stored)))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Written(body) => body.is_end_stream(),
            Self::Stored(stored) => stored.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Written(body) => body.size_hint(),
            Self::Stored(stored) => {
                SizeHint::with_exact(stored.as_ref().map_or(0, |stored| stored.remaining() as u64))
            }
        }
    }
}
