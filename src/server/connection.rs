//! Serves one connection.

use std::io;
#[cfg(feature = "tls")]
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_io_timeout::TimeoutStream;

use crate::http::Scheme;
use crate::server::connection_context::ConnectionContext;
#[cfg(feature = "tls")]
use crate::server::connection_context::{AnyStream, Reached};
#[cfg(feature = "tls")]
use crate::server::http1::Tunnel;
use crate::server::http1::serve_http1;
use crate::server::protocol::{LONGEST_START, Prefixed, Protocol};
#[cfg(feature = "tls")]
use crate::server::{
    handshake::accept,
    http2::serve_http2,
    proxy::Destination,
    tunnel::{enter, pass_through},
};

/// How long the last answer of a connection beyond `max_connections` may take.
const LAST_ANSWER: Duration = Duration::from_secs(1);

/// Serves a connection beyond `max_connections` until its place ends, whatever it carries.
pub async fn serve_reserved(
    stream: TcpStream,
    context: Arc<ConnectionContext>,
    mut draining: watch::Receiver<()>,
) {
    let (drain, drained) = watch::channel(());
    let connection = serve_connection(stream, Arc::clone(&context), drained);
    let mut connection = std::pin::pin!(connection);
    let longest = tokio::select! {
        () = connection.as_mut() => return,
        () = context.app.place_ends() => LAST_ANSWER,
        _ = draining.changed() => Duration::MAX,
    };
    let _ = drain.send(());
    let _ = tokio::time::timeout(longest, connection).await;
}

/// Serves a connection until the client closes it or `draining` changes.
pub async fn serve_connection(
    stream: TcpStream,
    context: Arc<ConnectionContext>,
    mut draining: watch::Receiver<()>,
) {
    // Small answers must not wait for acknowledgements. A socket that refuses the option still
    // works.
    let _ = stream.set_nodelay(true);
    // A connection beyond `max_connections` may get an ordinary place, or else ends soon.
    let start = start(stream, context.app.idle_timeout());
    let started = tokio::select! {
        started = tokio::time::timeout(context.app.timeout(), start) => started,
        _ = draining.changed() => return,
    };
    // The client sent nothing, or has gone.
    let Ok(Ok(Some((protocol, start)))) = started else { return };
    #[cfg(feature = "tls")]
    let tunnel = match (protocol, start) {
        // The stream that most clients use is not hidden behind a pointer.
        (Protocol::Http1, Start::Peeked(stream)) => {
            serve_http1(stream, Scheme::Http, &context, draining.clone(), true).await
        }
        (protocol, start) => {
            let (reached, stream) = start.into_stream();
            serve_stream(protocol, stream, &reached, &context, draining.clone(), true).await
        }
    };
    #[cfg(feature = "tls")]
    if let Some(tunnel) = tunnel {
        serve_tunnel(tunnel, &context, draining).await;
    }
    #[cfg(not(feature = "tls"))]
    match start {
        _ if protocol == Protocol::Tls => {
            let why = "its client speaks TLS, and this server was built without the feature tls";
            context.bad_connections.log(why);
        }
        Start::Peeked(stream) => {
            serve_http1(stream, Scheme::Http, &context, draining, false).await;
        }
        Start::Read(stream) => {
            serve_http1(stream, Scheme::Http, &context, draining, false).await;
        }
    }
}

/// A plain stream. A client that stops reading does not hold its answer for ever.
type PlainStream = std::pin::Pin<Box<TimeoutStream<TcpStream>>>;

/// The stream of a connection that has started.
enum Start {
    /// The first bytes are still unread.
    Peeked(PlainStream),
    Read(Prefixed<PlainStream>),
}

async fn start(
    stream: TcpStream,
    write_timeout: Duration,
) -> io::Result<Option<(Protocol, Start)>> {
    let mut start = [0; LONGEST_START];
    let length = stream.peek(&mut start).await?;
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(write_timeout));
    let stream = Box::pin(stream);
    if let Some(protocol) = Protocol::detect(&start[..length]) {
        return Ok(Some((protocol, Start::Peeked(stream))));
    }
    // The first segment was shorter than the name of a method.
    let read = Protocol::read(stream).await?;
    Ok(read.map(|(protocol, stream)| (protocol, Start::Read(stream))))
}

#[cfg(feature = "tls")]
impl Start {
    fn into_stream(self) -> (Reached, AnyStream) {
        let (socket, stream): (_, AnyStream) = match self {
            Self::Peeked(stream) => (stream.get_ref().local_addr(), Box::new(stream)),
            Self::Read(stream) => (stream.get_ref().get_ref().local_addr(), Box::new(stream)),
        };
        let address = socket.map_or(Ipv4Addr::LOCALHOST.into(), |socket| socket.ip());
        (Reached { address, host: None }, stream)
    }
}

/// Serves a stream of which the protocol is known. Returns the tunnel that its client opened.
#[cfg(feature = "tls")]
async fn serve_stream(
    protocol: Protocol,
    stream: AnyStream,
    reached: &Reached,
    context: &Arc<ConnectionContext>,
    draining: watch::Receiver<()>,
    may_tunnel: bool,
) -> Option<Tunnel> {
    let (scheme, protocol, stream) = match protocol {
        Protocol::Tls => {
            let (protocol, stream) = accept(stream, reached, context, draining.clone()).await?;
            (Scheme::Https, protocol, stream)
        }
        protocol => (Scheme::Http, protocol, stream),
    };
    match protocol {
        Protocol::Http2 => {
            serve_http2(stream, scheme, context, draining).await;
            None
        }
        _ => serve_http1(stream, scheme, context, draining, may_tunnel).await,
    }
}

#[cfg(feature = "tls")]
async fn serve_tunnel(
    Tunnel { upgrade, destination }: Tunnel,
    context: &Arc<ConnectionContext>,
    draining: watch::Receiver<()>,
) {
    match destination {
        Destination::Away(server) => pass_through(upgrade, server, context, draining).await,
        Destination::Here(host) => {
            let reached = Reached { address: Ipv4Addr::LOCALHOST.into(), host };
            if let Some((protocol, stream)) = enter(upgrade, context, draining.clone()).await {
                serve_stream(protocol, stream, &reached, context, draining, false).await;
            }
        }
    }
}
