//! Starts a server: checks its configuration, binds its address, seeds its accounts.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use socket2::SockRef;
use tokio::sync::oneshot;

use crate::config::ServerConfig;
use crate::core::accounts::{AccountName, Accounts};
use crate::handle::ServerLink;
use crate::http::{App, EventStreams};
use crate::server::ZendeskMock;
use crate::server::bad_connections::BadConnections;
use crate::server::connection_context::ConnectionContext;
use crate::server::error::StartError;
use crate::server::listener::serve;
use crate::server::places::ConnectionPlaces;
use crate::server::seeds::seed_accounts;
#[cfg(feature = "tls")]
use crate::tls::{authority::Authority, leaves::Leaves, names::ServerNames};

/// How many connections can wait in the kernel until they are accepted. When more are opened at
/// once, clients believe that they are connected and wait for an answer.
const BACKLOG: i32 = 1_024;

/// A server that has not started yet.
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    config: ServerConfig,
}

impl ZendeskMock {
    /// Starts a server on a free port of 127.0.0.1, with the default settings.
    ///
    /// # Errors
    /// A system that refuses an address or a thread.
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// A server with other settings. Its port is 0, a free one, unless it is set.
    pub fn builder() -> Builder {
        Builder { config: ServerConfig { port: 0, ..ServerConfig::default() } }
    }
}

impl Builder {
    /// Replaces the whole configuration.
    pub fn config(mut self, config: ServerConfig) -> Self {
        self.config = config;
        self
    }

    /// Changes parts of the configuration.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let zendesk = zendesk_mock::ZendeskMock::builder()
    ///     .configure(|config| config.account.upload_ttl = Duration::from_secs(72 * 60 * 60))
    ///     .start()?;
    /// # Ok::<(), zendesk_mock::StartError>(())
    /// ```
    pub fn configure(mut self, change: impl FnOnce(&mut ServerConfig)) -> Self {
        change(&mut self.config);
        self
    }

    /// Binds the port and starts the server. When this returns, the server answers.
    ///
    /// # Errors
    /// A setting or a seed that cannot be used, an address that cannot be bound, or a system that
    /// refuses a thread.
    pub fn start(self) -> Result<ZendeskMock, StartError> {
        let config = Arc::new(self.config);
        config.validate()?;
        let wanted = SocketAddr::new(config.host, config.port);
        let bind_error = |cause| StartError::Bind { address: wanted, cause };
        let listener = listen(wanted).map_err(bind_error)?;
        listener.set_nonblocking(true).map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;

        let reached_at = reachable(address);

        let accounts =
            Arc::new(Accounts::new(config.max_accounts, config.max_memory, config.initial_state()));
        let default_account = accounts
            .open(&AccountName::default_account())
            .unwrap_or_else(|_| unreachable!("validate ensures room for one account"));
        if let Some(data) = &config.seed_data {
            seed_accounts(data, &accounts)?;
        }
        #[cfg(feature = "tls")]
        let leaves = certificates(&config)?;
        #[cfg(feature = "tls")]
        let authority = Arc::clone(leaves.authority());
        let places = ConnectionPlaces::new(config.max_connections, files_per_connection(&config));
        let app = App::new(
            Arc::clone(&accounts),
            Arc::clone(&default_account),
            Arc::clone(&config),
            reached_at.to_string(),
            EventStreams::new(places.most()),
            #[cfg(feature = "tls")]
            Arc::clone(&authority),
        );
        let context = ConnectionContext {
            app,
            #[cfg(feature = "tls")]
            leaves: Arc::new(leaves),
            #[cfg(feature = "tls")]
            passthrough: config.proxy_passthrough,
            bad_connections: Arc::new(BadConnections::default()),
        };
        let served = Arc::clone(&accounts);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name("zendesk-mock")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let link =
            ServerLink { url: format!("http://{reached_at}"), runtime: runtime.handle().clone() };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("zendesk-mock-main".to_owned())
            .spawn(move || {
                runtime.block_on(serve(listener, context, served, places, stopped));
                // Requests that hang are dropped.
                runtime.shutdown_background();
            })
            .map_err(StartError::Runtime)?;
        Ok(ZendeskMock {
            address,
            accounts,
            default_account,
            link: Arc::new(link),
            #[cfg(feature = "tls")]
            authority,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// How many files a connection can take. A tunnel to another server takes two.
fn files_per_connection(config: &ServerConfig) -> usize {
    if config.proxy_passthrough { 2 } else { 1 }
}

/// Binds the address, with a longer queue than std, which lets 128 connections wait.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    SockRef::from(&listener).listen(BACKLOG)?;
    Ok(listener)
}

/// The certificates of a server: by an authority that is kept, or that ends with the server.
#[cfg(feature = "tls")]
fn certificates(config: &ServerConfig) -> Result<Leaves, StartError> {
    let make = || -> Result<Leaves, Box<dyn std::error::Error + Send + Sync>> {
        let authority = match &config.ca_dir {
            Some(directory) => Authority::kept(directory)?,
            None => Authority::generate()?,
        };
        if let Some(path) = &config.ca_file {
            authority.write_certificate(path)?;
        }
        let names = ServerNames::new(&config.domains, config.account.public_url.as_deref());
        Ok(Leaves::new(Arc::new(authority), names)?)
    };
    make().map_err(StartError::Certificates)
}

/// The address by which this machine reaches a server, which may listen on all of its addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    /// Other systems may allow less (`kern.ipc.somaxconn` of macOS is 128).
    #[cfg(target_os = "linux")]
    #[test]
    fn five_hundred_connections_wait_to_be_accepted() {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let connect = |_| TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap();
        let clients: Vec<_> = (0..500).map(connect).collect();
        listener.set_nonblocking(true).unwrap();
        let accepted: Vec<_> = std::iter::from_fn(|| listener.accept().ok()).collect();
        assert_eq!(accepted.len(), clients.len());
    }
}
