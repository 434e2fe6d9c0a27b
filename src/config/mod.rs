//! The configuration of a server: meaning, unit and default of each field.

pub mod json;
mod validate;
pub mod values;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::core::account::settings::{AccountSettings, InitialState};
use crate::core::clock::{Clock, Timestamp};

/// The port of the binary: D-E-S-K on a telephone.
pub const DEFAULT_PORT: u16 = 3375;

/// Everything that can be set of a server. Start from [`ServerConfig::default`] and change what
/// you need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// The address to listen on. Default: 127.0.0.1.
    pub host: IpAddr,
    /// The port to listen on; 0 picks a free one. Default: 3375 for the binary, 0 for
    /// [`ZendeskMock`](crate::ZendeskMock) in a test.
    pub port: u16,
    /// Whether `X-Forwarded-Proto` and `X-Forwarded-Host` say what the client used. Default: no.
    pub trust_forwarded: bool,
    /// Domains below which a host name is an account, as in `acme.zendesk.com`.
    /// Default: `zendesk.com`, `localhost`, `test`.
    pub domains: Vec<String>,
    /// How many accounts may exist. One more is refused with 503. Default: 10,000.
    pub max_accounts: usize,
    /// How many connections are served at once; more wait. Default: 1,024.
    pub max_connections: usize,
    /// How long a client may pause in the middle of a body, stop reading an answer, or leave a
    /// connection without a request. Default: 30 s.
    pub body_timeout: Duration,
    /// Memory for stored files in all accounts together, in bytes. What exceeds it is refused
    /// with 503, and nothing already stored is lost. Default: 1 GiB.
    pub max_memory: u64,
    /// The credentials that [`Auth::Strict`](crate::Auth::Strict) accepts in every account.
    /// Default: none.
    pub credentials: Vec<Credential>,
    /// The access key id in presigned URLs. Default: the one of AWS's documentation.
    pub access_key_id: String,
    /// The secret that signs presigned URLs. Default: the one of AWS's documentation.
    pub secret_access_key: String,
    /// Makes tokens, ids and request ids repeat from run to run. Default: none, they are random.
    pub seed: Option<u64>,
    /// Where every account's clock stands until it is advanced. Default: none, it runs with the
    /// system's.
    pub frozen_at: Option<Timestamp>,
    /// What the default account, and others by name, hold from the start and after each reset.
    /// Default: nothing.
    pub seed_data: Option<SeedData>,
    /// The settings with which accounts are created.
    pub account: AccountSettings,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: DEFAULT_PORT,
            trust_forwarded: false,
            domains: ["zendesk.com", "localhost", "test"].map(str::to_owned).into(),
            max_accounts: 10_000,
            max_connections: 1_024,
            body_timeout: Duration::from_secs(30),
            max_memory: 1024 * 1024 * 1024,
            credentials: Vec::new(),
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            seed: None,
            frozen_at: None,
            seed_data: None,
            account: AccountSettings::default(),
        }
    }
}

impl ServerConfig {
    /// How accounts of this server begin.
    pub(crate) fn initial_state(&self) -> InitialState {
        InitialState {
            settings: Arc::new(self.account.clone()),
            clock: self.frozen_at.map_or(Clock::SYSTEM, |at| Clock::Frozen { at }),
            random_seed: self.seed,
        }
    }
}

/// Credentials that are accepted under [`Auth::Strict`](crate::Auth::Strict).
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// HTTP Basic: `agent@example.com` and a password, or `agent@example.com/token` and an API
    /// token.
    Basic {
        /// The user name as it is sent.
        user: String,
        /// The password or API token.
        password: String,
    },
    /// An OAuth access token.
    Bearer(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { user, .. } => write!(f, "Basic {user}:…"),
            Self::Bearer(_) => f.write_str("Bearer …"),
        }
    }
}

/// Where a seed is: the document that `docs/seeds.md` describes.
#[derive(Clone, PartialEq, Eq)]
pub enum SeedData {
    /// The document itself, as JSON. Paths in it are relative to the working directory.
    Json(String),
    /// A file, or a directory with a `seed.json`. Paths in it are relative to its directory.
    Path(PathBuf),
}

impl fmt::Debug for SeedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // It may hold passwords.
            Self::Json(_) => f.write_str("{…}"),
            Self::Path(path) => path.fmt(f),
        }
    }
}
