//! Answers the requests of a connection that speaks HTTP/2.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

use crate::http::Scheme;
use crate::server::connection_context::{AnyStream, ConnectionContext, log_end};

/// How many requests a client may have open on one connection.
const MOST_STREAMS: u32 = 100;
/// How many streams a client may reset before the server has looked at them (CVE-2023-44487).
const MOST_PENDING_RESETS: usize = 20;
/// How many streams may end with an error of the client, on one connection.
const MOST_FAILED_STREAMS: usize = 1_024;
/// The longest head of a request.
const LONGEST_HEAD: u32 = 64 * 1024;
/// How much of one body, and of all bodies of a connection, may arrive before it is read.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 2 * 1024 * 1024;

pub async fn serve_http2(
    stream: AnyStream,
    scheme: Scheme,
    context: &Arc<ConnectionContext>,
    mut draining: watch::Receiver<()>,
) {
    let timeout = context.app.timeout();
    let traffic = Arc::new(Traffic::default());
    let service = service_fn(|request| {
        let context = Arc::clone(context);
        let open = OpenStream::new(&traffic);
        async move {
            let answered = context.app.answer(request, scheme).await;
            drop(open);
            answered
        }
    });
    let stream = Tracked { stream, traffic: Arc::clone(&traffic) };
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_pending_accept_reset_streams(MOST_PENDING_RESETS)
        .max_local_error_reset_streams(MOST_FAILED_STREAMS)
        .max_header_list_size(LONGEST_HEAD)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = draining.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = idle(&traffic, timeout) => {
            connection.as_mut().graceful_shutdown();
            // A client that has gone does not answer.
            tokio::time::timeout(timeout, connection).await.unwrap_or(Ok(()))
        }
    };
    log_end(ended, &context.bad_connections);
}

/// What happens on a connection.
#[derive(Default)]
struct Traffic {
    /// How often bytes were read or written.
    transfers: AtomicUsize,
    /// How many requests have no answer yet.
    open: AtomicUsize,
}

/// Resolves once a connection has carried nothing for `timeout`, or for up to twice as long.
async fn idle(traffic: &Traffic, timeout: Duration) {
    let mut before = None;
    loop {
        let transfers = traffic.transfers.load(Relaxed);
        if before == Some(transfers) && traffic.open.load(Relaxed) == 0 {
            return;
        }
        before = Some(transfers);
        tokio::time::sleep(timeout).await;
    }
}

struct OpenStream(Arc<Traffic>);

impl OpenStream {
    fn new(traffic: &Arc<Traffic>) -> Self {
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
struct Tracked {
    stream: AnyStream,
    traffic: Arc<Traffic>,
}

impl Tracked {
    fn count<T>(&self, transferred: Poll<T>) -> Poll<T> {
        if transferred.is_ready() {
            self.traffic.transfers.fetch_add(1, Relaxed);
        }
        transferred
    }
}

impl AsyncRead for Tracked {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.count(read)
    }
}

impl AsyncWrite for Tracked {
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
