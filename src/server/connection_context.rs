//! What serving a connection needs, whatever it speaks.

use std::error::Error as _;
use std::io;
#[cfg(feature = "tls")]
use std::net::IpAddr;
use std::sync::Arc;

#[cfg(feature = "tls")]
use tokio::io::{AsyncRead, AsyncWrite};

use crate::http::{App, ReservedPlace};
use crate::server::bad_connections::BadConnections;
#[cfg(feature = "tls")]
use crate::tls::leaves::Leaves;

/// What all connections of a server share.
pub struct ConnectionContext {
    pub app: App,
    #[cfg(feature = "tls")]
    pub leaves: Arc<Leaves>,
    /// Whether clients of the proxy are connected to other hosts.
    #[cfg(feature = "tls")]
    pub passthrough: bool,
    pub bad_connections: Arc<BadConnections>,
}

impl ConnectionContext {
    /// The context of a connection beyond `max_connections`.
    pub fn reserve(&self, place: ReservedPlace) -> Self {
        Self {
            app: self.app.reserve(place),
            #[cfg(feature = "tls")]
            leaves: Arc::clone(&self.leaves),
            #[cfg(feature = "tls")]
            passthrough: self.passthrough,
            bad_connections: Arc::clone(&self.bad_connections),
        }
    }
}

/// What a client has connected to.
#[cfg(feature = "tls")]
#[derive(Debug, Clone)]
pub struct Reached {
    pub address: IpAddr,
    /// The host at the end of its tunnel, if there is one.
    pub host: Option<String>,
}

/// A stream of any kind. Plain HTTP/1, which is measured, needs no indirection.
#[cfg(feature = "tls")]
pub type AnyStream = Box<dyn Stream>;

#[cfg(feature = "tls")]
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

#[cfg(feature = "tls")]
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Logs how a connection ended, unless it ended well.
pub fn log_end(ended: hyper::Result<()>, bad_connections: &BadConnections) {
    match ended {
        Ok(()) => {}
        // hyper answers these with a bare status, before there is a request to log.
        Err(error) if error.is_parse() => {
            bad_connections.log(format_args!("a request could not be read: {error}"));
        }
        // An error of the system is the end of a client that has gone. Others are those of HTTP/2.
        Err(error) => match error.source() {
            Some(cause) if !cause.is::<io::Error>() => {
                bad_connections.log(format_args!("{error}: {cause}"));
            }
            _ => tracing::debug!(%error, "a connection ended badly"),
        },
    }
}
