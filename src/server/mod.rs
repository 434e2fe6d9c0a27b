//! The server as a value: it runs on its own thread and runtime, and stops when it is dropped.

mod accounts;
mod bad_connections;
pub mod builder;
mod connection;
mod connection_context;
pub mod error;
#[cfg(feature = "tls")]
mod frames;
#[cfg(feature = "tls")]
mod handshake;
mod http1;
#[cfg(feature = "tls")]
mod http2;
mod listener;
mod places;
mod protocol;
#[cfg(feature = "tls")]
mod proxy;
mod seeds;
#[cfg(feature = "tls")]
mod traffic;
#[cfg(feature = "tls")]
mod tunnel;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::core::account::Account;
use crate::core::accounts::Accounts;
use crate::handle::ServerLink;
#[cfg(feature = "tls")]
use crate::tls::authority::Authority;

/// A running server. Dropping it stops it at once, even while requests hang.
///
/// ```
/// let zendesk = zendesk_mock::ZendeskMock::start()?;
/// println!("point your client at {}", zendesk.url());
/// # Ok::<(), zendesk_mock::StartError>(())
/// ```
pub struct ZendeskMock {
    address: SocketAddr,
    accounts: Arc<Accounts>,
    default_account: Arc<Account>,
    link: Arc<ServerLink>,
    #[cfg(feature = "tls")]
    authority: Arc<Authority>,
    stop: Option<oneshot::Sender<Duration>>,
    thread: Option<JoinHandle<()>>,
}

impl ZendeskMock {
    /// The base URL, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        self.link.url.clone()
    }

    /// The certificate that clients must trust to use `https://`, as PEM.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.authority.pem()
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes of the budget that stored files take in all accounts.
    #[must_use]
    pub fn memory_used(&self) -> u64 {
        self.accounts.budget().used()
    }

    /// Accepts no more connections, lets open requests finish for at most `deadline`, and stops.
    pub fn shutdown(mut self, deadline: Duration) {
        self.stop(deadline);
    }

    fn stop(&mut self, deadline: Duration) {
        if let Some(stop) = self.stop.take() {
            // A thread that has ended does not receive it.
            let _ = stop.send(deadline);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for ZendeskMock {
    fn drop(&mut self) {
        self.stop(Duration::ZERO);
    }
}

impl fmt::Debug for ZendeskMock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZendeskMock").field("url", &self.url()).finish_non_exhaustive()
    }
}
