//! The TLS handshake of a connection.

use rustls::server::Acceptor;
use rustls::{AlertDescription, Error};
use std::io;
use tokio::sync::watch;
use tokio_rustls::LazyConfigAcceptor;

use crate::server::connection_context::{AnyStream, ConnectionContext, Reached};
use crate::server::protocol::Protocol;
use crate::tls::leaves::NoLeaf;

/// Why there is no TLS connection.
#[derive(Debug, thiserror::Error)]
enum HandshakeError {
    #[error("its TLS handshake did not end in time, idle_timeout")]
    Late,
    #[error(transparent)]
    NoLeaf(#[from] NoLeaf),
    #[error("its client does not trust the CA of this server, which GET /_mock/ca.pem returns")]
    Untrusted,
    #[error("its TLS handshake failed: {0}")]
    Failed(io::Error),
}

/// Accepts a TLS connection, with the certificate for the name that the client asks for. Says which
/// protocol was negotiated.
pub async fn accept(
    stream: AnyStream,
    reached: &Reached,
    context: &ConnectionContext,
    mut draining: watch::Receiver<()>,
) -> Option<(Protocol, AnyStream)> {
    let shaken = tokio::time::timeout(context.app.timeout(), shake(stream, reached, context));
    let shaken = tokio::select! {
        shaken = shaken => shaken.unwrap_or(Err(HandshakeError::Late)),
        _ = draining.changed() => return None,
    };
    shaken.inspect_err(|error| context.bad_connections.log(error)).ok()
}

async fn shake(
    stream: AnyStream,
    reached: &Reached,
    context: &ConnectionContext,
) -> Result<(Protocol, AnyStream), HandshakeError> {
    let started = LazyConfigAcceptor::new(Acceptor::default(), stream).await.map_err(failure)?;
    let hello = started.client_hello();
    let config =
        context.leaves.config(hello.server_name().or(reached.host.as_deref()), reached.address);
    let (config, problem) = match config {
        Ok(config) => (config, None),
        Err(problem) => (context.leaves.refusal(), Some(problem)),
    };
    let accepted = started.into_stream(config).await;
    if let Some(problem) = problem {
        return Err(problem.into());
    }
    let stream = accepted.map_err(failure)?;
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let protocol = if is_http2 { Protocol::Http2 } else { Protocol::Http1 };
    Ok((protocol, Box::new(stream)))
}

fn failure(error: io::Error) -> HandshakeError {
    let alert = error.get_ref().and_then(|inner| match inner.downcast_ref() {
        Some(Error::AlertReceived(alert)) => Some(*alert),
        _ => None,
    });
    match alert {
        Some(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown,
        ) => HandshakeError::Untrusted,
        _ => HandshakeError::Failed(error),
    }
}
