//! Answers the requests of a connection that speaks HTTP/2.

use std::sync::Arc;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::watch;

use crate::http::Scheme;
use crate::server::connection_context::{AnyStream, ConnectionContext, log_end};
use crate::server::proxy::proxy;
use crate::server::traffic::{OpenStream, Tracked, Traffic};

/// How many requests a client may have open on one connection.
const MOST_STREAMS: u32 = 100;
/// How many streams a client may reset before the server has looked at them (CVE-2023-44487).
const MOST_PENDING_RESETS: usize = 20;
/// How many streams may end with an error of the client, on one connection.
const MOST_FAILED_STREAMS: usize = 1_024;
/// The longest head of a request.
const LONGEST_HEAD: u32 = 64 * 1024;
/// How much of one body may arrive before it is read. A request that waits leaves room for others.
const STREAM_WINDOW: u32 = 64 * 1024;
/// How much of all bodies of a connection may arrive before it is read. No budget is charged for
/// it: with a frame that is being read, 16 KiB, it is as much as HTTP/1 may hold.
const CONNECTION_WINDOW: u32 = 112 * 1024;

pub async fn serve_http2(
    stream: AnyStream,
    scheme: Scheme,
    context: &Arc<ConnectionContext>,
    mut draining: watch::Receiver<()>,
) {
    let traffic = Arc::new(Traffic::default());
    let service = service_fn(|mut request| {
        let context = Arc::clone(context);
        let open = OpenStream::new(&traffic);
        async move {
            // No tunnel is opened by a stream.
            let _ = proxy(&mut request, &context, false).await;
            let answered = context.app.answer(request, scheme).await;
            drop(open);
            answered
        }
    });
    // PING, SETTINGS and WINDOW_UPDATE keep no connection.
    let stream = Tracked::messages(stream, Arc::clone(&traffic));
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
        () = traffic.idle(|| context.app.timeout()) => {
            connection.as_mut().graceful_shutdown();
            // A client that has gone does not answer.
            tokio::time::timeout(context.app.timeout(), connection).await.unwrap_or(Ok(()))
        }
    };
    log_end(ended, &context.bad_connections);
}
