//! The TLS handshake of a connection.

use rustls::server::Acceptor;
use rustls::{AlertDescription, Error, PeerIncompatible};
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
    #[error(
        "its client left during the TLS handshake, perhaps because it does not trust the CA, which \
         GET /_mock/ca.pem returns"
    )]
    Left,
    #[error("its client offers no TLS 1.2 or 1.3")]
    OldVersion,
    #[error("its TLS handshake failed: {0}")]
    Failed(io::Error),
}

/// Accepts a TLS connection, with the certificate for the name that the client asks for. Says which
/// protocol the client speaks. `None` is a client that fails, or says nothing in time.
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
    let (is_http2, stream) = shaken.inspect_err(|error| context.bad_connections.log(error)).ok()?;
    if !is_http2 {
        return Some((Protocol::Http1, stream));
    }
    // async-http-client 3.0.8 to 3.0.10, the client of zendesk-java-client, negotiates HTTP/2 in a
    // tunnel and speaks HTTP/1.1 there (its issue 2241 of 2026-07-17).
    let started = tokio::select! {
        started = tokio::time::timeout(context.app.timeout(), Protocol::read(stream)) => started,
        _ = draining.changed() => return None,
    };
    let (protocol, stream) = started.ok()?.ok()??;
    Some((protocol, Box::new(stream)))
}

/// Shakes hands. Says whether HTTP/2 was negotiated.
async fn shake(
    stream: AnyStream,
    reached: &Reached,
    context: &ConnectionContext,
) -> Result<(bool, AnyStream), HandshakeError> {
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
    Ok((is_http2, Box::new(stream)))
}

fn failure(error: io::Error) -> HandshakeError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return HandshakeError::Left;
    }
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    if let Some(Error::PeerIncompatible(
        PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled
        | PeerIncompatible::SupportedVersionsExtensionRequired,
    )) = inner
    {
        return HandshakeError::OldVersion;
    }
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
