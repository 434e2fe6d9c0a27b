//! The server as a value: it runs on a thread and a runtime of its own, and stops when it is dropped.

mod accounts;

use std::collections::HashSet;
use std::fmt;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio_io_timeout::TimeoutStream;

use crate::config::{SeedData, ServerConfig};
use crate::core::account::settings::SettingError;
use crate::core::accounts::{AccountName, Accounts, DEFAULT};
use crate::handle::AccountHandle;
use crate::http::App;
use crate::seed::{Document, Files};

/// Read buffers of this size carry 1 MB uploads 30 to 60 % faster than hyper's default does.
const READ_BUFFER: usize = 64 * 1024;

/// How often the memory of what has expired is freed.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// How long to wait when the system refuses a connection, for want of file descriptors say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A running server. Dropping it stops it at once, even while requests hang.
///
/// ```
/// let zendesk = zendesk_mock::ZendeskMock::start();
/// println!("point your client at {}", zendesk.url());
/// ```
pub struct ZendeskMock {
    address: SocketAddr,
    accounts: Arc<Accounts>,
    default_account: AccountHandle,
    stop: Option<oneshot::Sender<Duration>>,
    thread: Option<JoinHandle<()>>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}; choose another host or port")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// An account cannot hold what its seed says.
    #[error("the seed of account {account}: {why}")]
    Seed {
        /// The account.
        account: String,
        /// What is wrong with it.
        why: String,
    },
    /// The runtime or its thread cannot be made.
    #[error("cannot start the server's thread: {0}")]
    Runtime(std::io::Error),
}

impl ZendeskMock {
    /// Starts a server on a free port of 127.0.0.1, with the default settings.
    ///
    /// # Panics
    /// When it cannot start, which in a test is the clearest answer. [`builder`](Self::builder) returns an error instead.
    #[must_use]
    pub fn start() -> Self {
        match Self::builder().start() {
            Ok(server) => server,
            Err(error) => panic!("{error}"),
        }
    }

    /// A server whose settings are yours. Its port is 0, a free one, until you set it.
    pub fn builder() -> Builder {
        Builder { config: ServerConfig { port: 0, ..ServerConfig::default() } }
    }

    /// The base URL, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The account of a request that names none.
    #[must_use]
    pub fn default_account(&self) -> AccountHandle {
        self.default_account.clone()
    }

    /// Bytes that stored files take from the budget now, in all accounts.
    #[must_use]
    pub fn memory_used(&self) -> u64 {
        self.accounts.budget().used()
    }

    /// Takes no more connections, lets open requests finish for at most `deadline`, and stops.
    pub fn shutdown(mut self, deadline: Duration) {
        self.stop(deadline);
    }

    fn stop(&mut self, deadline: Duration) {
        if let Some(stop) = self.stop.take() {
            // A thread that is gone already has stopped.
            let _ = stop.send(deadline);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What is done to the server is done to its default account: `zendesk.advance(…)`.
impl Deref for ZendeskMock {
    type Target = AccountHandle;

    fn deref(&self) -> &AccountHandle {
        &self.default_account
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

/// Settings for a server that is not started yet.
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    config: ServerConfig,
}

impl Builder {
    /// Replaces all settings.
    pub fn config(mut self, config: ServerConfig) -> Self {
        self.config = config;
        self
    }

    /// Changes some settings.
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
    /// A setting that cannot be used, an address that cannot be bound, or a system without threads to give.
    pub fn start(self) -> Result<ZendeskMock, StartError> {
        let config = Arc::new(self.config);
        config.validate()?;
        let wanted = SocketAddr::new(config.host, config.port);
        let bind_error = |cause| StartError::Bind { address: wanted, cause };
        let listener = StdListener::bind(wanted).map_err(bind_error)?;
        listener.set_nonblocking(true).map_err(bind_error)?;
        let address = listener.local_addr().map_err(bind_error)?;

        let accounts =
            Arc::new(Accounts::new(config.max_accounts, config.max_memory, config.initial_state()));
        let default_account = accounts
            .open(&AccountName::default_account())
            .unwrap_or_else(|_| unreachable!("there is room for one account, says validate"));
        let front = App::new(
            Arc::clone(&accounts),
            Arc::clone(&default_account),
            Arc::clone(&config),
            address.to_string(),
        );
        if let Some(data) = &config.seed_data {
            plant(data, &accounts)?;
        }
        let served = Arc::clone(&accounts);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name("zendesk-mock")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("zendesk-mock-main".to_owned())
            .spawn(move || {
                runtime.block_on(serve(listener, front, served, config.max_connections, stopped));
                // Requests that hang are dropped where they stand.
                runtime.shutdown_background();
            })
            .map_err(StartError::Runtime)?;
        Ok(ZendeskMock {
            address,
            accounts,
            default_account: AccountHandle::new(default_account),
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// Gives accounts their seeds: the default account the document itself, and others those that it names them.
fn plant(data: &SeedData, accounts: &Accounts) -> Result<(), StartError> {
    let failed = |account: &str, error: &dyn fmt::Display| {
        let account = account.chars().take(LONGEST_TOLD).collect();
        let why = error.to_string();
        StartError::Seed { account, why }
    };
    let read = match data {
        SeedData::Json(text) => Document::read(text.as_bytes()).map(|read| (read, PathBuf::new())),
        SeedData::Path(path) => Document::open(path),
    };
    let (mut document, directory) = read.map_err(|error| failed(DEFAULT, &error))?;
    let others = document.take_accounts();
    let default = AccountName::default_account();
    let mut seen = HashSet::from([default.clone()]);
    let mut all = vec![(DEFAULT.to_owned(), default, document)];
    for (name, document) in others {
        let known = AccountName::parse(&name).filter(|known| seen.insert(known.clone()));
        let known = known.ok_or_else(|| {
            failed(&name, &"takes a name for an account that the seed names once")
        })?;
        all.push((name, known, document));
    }
    for (name, known, document) in all {
        let account = accounts.open(&known).map_err(|error| failed(&name, &error))?;
        let planted = document.plant(&account, Files::In(&directory));
        let holds = planted.map_err(|error| failed(&name, &error))?;
        tracing::info!(account = %account.name(), objects = holds.objects(), "seeded");
    }
    Ok(())
}

/// How much of the name of an account is told, in characters: what is no name may be long.
const LONGEST_TOLD: usize = 63;

/// Accepts connections until told to stop, then waits for them as long as it was told to.
async fn serve(
    listener: StdListener,
    front: App,
    accounts: Arc<Accounts>,
    max_connections: usize,
    mut stopped: oneshot::Receiver<Duration>,
) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "cannot listen");
            return;
        }
    };
    let sweeper = tokio::spawn(sweep(accounts));
    let front = Arc::new(front);
    let places = Arc::new(Semaphore::new(max_connections));
    let (draining, _) = watch::channel(());
    let deadline = loop {
        let accepted = tokio::select! {
            deadline = &mut stopped => break deadline.unwrap_or_default(),
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, place)) => {
                let connection = connection(stream, Arc::clone(&front), draining.subscribe());
                tokio::spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    };
    tracing::info!(?deadline, "stopping");
    drop(listener);
    sweeper.abort();
    // Idle connections end here; busy ones end with their answer.
    let _ = draining.send(());
    let _ = tokio::time::timeout(deadline, draining.closed()).await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}

async fn connection(stream: TcpStream, front: Arc<App>, mut draining: watch::Receiver<()>) {
    // Small answers must not wait for acknowledgements. A socket that refuses the option still works.
    let _ = stream.set_nodelay(true);
    let timeout = front.timeout();
    let service = service_fn(move |request| {
        let front = Arc::clone(&front);
        async move { front.answer(request).await }
    });
    // Whoever stops reading an answer must not keep it, and its place, for ever.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(timeout));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeout)
        .max_buf_size(READ_BUFFER)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = draining.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    match ended {
        Ok(()) => {}
        // Answered by hyper itself, with a bare status, before there was a request to log.
        Err(error) if error.is_parse() => {
            tracing::warn!(%error, "a request could not be read, and its connection is closed");
        }
        Err(error) => tracing::debug!(%error, "a connection ended badly"),
    }
}

async fn sweep(accounts: Arc<Accounts>) {
    let mut tick = tokio::time::interval(SWEEP_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        accounts.sweep();
    }
}
