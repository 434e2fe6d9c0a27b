//! Whether a connection carries anything.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What happens on a connection.
#[derive(Default)]
pub struct Traffic {
    /// How often bytes were read or written.
    transfers: AtomicUsize,
    /// How many requests have no answer yet.
    open: AtomicUsize,
}

impl Traffic {
    /// Whether bytes were ever read or written.
    pub fn has_begun(&self) -> bool {
        self.transfers.load(Relaxed) > 0
    }

    /// Resolves once a connection has carried nothing for `timeout`, or for up to twice as long.
    pub async fn idle(&self, timeout: Duration) {
        let mut before = None;
        loop {
            let transfers = self.transfers.load(Relaxed);
            if before == Some(transfers) && self.open.load(Relaxed) == 0 {
                return;
            }
            before = Some(transfers);
            tokio::time::sleep(timeout).await;
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
}

impl<I> Tracked<I> {
    pub fn new(stream: I, traffic: Arc<Traffic>) -> Self {
        Self { stream, traffic }
    }

    fn count<T>(&self, transferred: Poll<T>) -> Poll<T> {
        if transferred.is_ready() {
            self.traffic.transfers.fetch_add(1, Relaxed);
        }
        transferred
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Tracked<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.count(read)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Tracked<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.count(written)
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
