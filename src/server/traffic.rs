//! Whether a connection carries anything.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::frames::Frames;

/// What happens on a connection.
#[derive(Default)]
pub struct Traffic {
    /// How often something was read or written that counts.
    transfers: AtomicUsize,
    /// How many requests have no answer yet.
    open: AtomicUsize,
}

impl Traffic {
    /// Whether something was ever read or written that counts.
    pub fn has_begun(&self) -> bool {
        self.transfers.load(Relaxed) > 0
    }

    /// Resolves once a connection has carried nothing that counts for `timeout`, or for up to twice
    /// as long. The timeout is asked for again and again, as the place of a connection may change.
    pub async fn idle(&self, timeout: impl Fn() -> Duration) {
        let mut before = None;
        loop {
            let transfers = self.transfers.load(Relaxed);
            if before == Some(transfers) && self.open.load(Relaxed) == 0 {
                return;
            }
            before = Some(transfers);
            tokio::time::sleep(timeout()).await;
        }
    }
}

/// Counts as traffic until it is dropped.
pub struct OpenStream(Arc<Traffic>);

impl OpenStream {
    pub fn new(traffic: &Arc<Traffic>) -> Self {
        traffic.open.fetch_add(1, Relaxed);
        Self(Arc::clone(traffic))
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

/// A stream whose transfers are counted.
pub struct Tracked<I> {
    stream: I,
    traffic: Arc<Traffic>,
    counted: Counted,
}

/// Which transfers count.
enum Counted {
    All,
    Messages { read: Frames, written: Frames },
}

impl<I> Tracked<I> {
    /// Counts all bytes.
    pub fn new(stream: I, traffic: Arc<Traffic>) -> Self {
        Self { stream, traffic, counted: Counted::All }
    }

    /// Counts what requests and answers of HTTP/2 carry, at the side of the server.
    pub fn messages(stream: I, traffic: Arc<Traffic>) -> Self {
        let counted = Counted::Messages { read: Frames::client(), written: Frames::server() };
        Self { stream, traffic, counted }
    }

    fn count_read(&mut self, bytes: &[u8]) {
        let counts = match &mut self.counted {
            Counted::All => !bytes.is_empty(),
            Counted::Messages { read, .. } => read.carry_messages(bytes),
        };
        self.count(counts);
    }

    fn count_written(&mut self, bytes: &[u8]) {
        let counts = match &mut self.counted {
            Counted::All => !bytes.is_empty(),
            Counted::Messages { written, .. } => written.carry_messages(bytes),
        };
        self.count(counts);
    }

    fn count(&self, counts: bool) {
        self.traffic.transfers.fetch_add(usize::from(counts), Relaxed);
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Tracked<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.count_read(buffer.filled().get(before..).unwrap_or_default());
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Tracked<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(length)) = written {
            self.count_written(&bytes[..length.min(bytes.len())]);
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        if let Poll::Ready(Ok(mut length)) = written {
            for slice in slices {
                let (taken, _) = slice.split_at(length.min(slice.len()));
                self.count_written(taken);
                length -= taken.len();
            }
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
