//! The configuration of a server: meaning, unit and default of each field.

pub mod control_token;
pub mod field_error;
pub mod hosts;
pub mod nearest;
pub mod notations;
pub mod settings;
pub mod values;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use self::control_token::ControlToken;
use crate::core::account::settings::{
    AccountSettings, Auth, InitialState, SettingError, define_settings, ensure_valid,
};
use crate::core::clock::{Clock, Timestamp};

/// The port of the binary: D-E-S-K on a telephone.
pub const DEFAULT_PORT: u16 = 3375;

/// Calls a macro with the settings of a server, as `account_settings` does with those of an account.
macro_rules! server_settings {
    ($declare:ident! { $($start:tt)* }) => { $declare! { $($start)*
        "Server" {
            /// Address to listen on.
            host: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
            /// Port to listen on; 0 picks a free one.
            port: u16 = DEFAULT_PORT;
            /// Trust `X-Forwarded-Proto` and `X-Forwarded-Host`.
            trust_forwarded: bool = false;
            /// Domains below which a host name is an account, as in `acme.zendesk.com`.
            domains: Vec<String> = ["zendesk.com", "localhost", "test"].map(str::to_owned).into(),
                |domains: &[String]| domains.iter().all(|domain| is_domain(domain))
                    => "takes domain names without a leading dot, such as zendesk.com";
            /// How many accounts may exist; one more is refused with 503.
            max_accounts: usize = 10_000, |count| (1..=1_000_000).contains(count)
                => "takes a number of at least 1 and at most 1000000";
            /// How many connections are served at once, if the limit of open files allows. More
            /// wait, and the control API answers them.
            max_connections: usize = 1_024, |count: &usize| *count >= 1
                => "takes a number of at least 1";
            /// How long a client may pause in a body, stop reading an answer, or leave a connection
            /// without a request.
            idle_timeout: Duration = Duration::from_secs(30), |time: &Duration| !time.is_zero()
                => "takes a time longer than none";
            /// Memory for stored files in all accounts together. What exceeds it is refused with
            /// 503, and of what is stored only deleted tickets are lost.
            max_memory: u64 = 1024 * 1024 * 1024;
        }
        "TLS and proxy" {
            /// Directory that keeps the certificate authority: `ca.pem`, which clients trust, and
            /// `ca-key.pem`. One is made if there is none. Without a directory, each start makes an
            /// authority of its own.
            ca_dir: Option<PathBuf> = None;
            /// File to which the certificate of the authority is written at the start, for clients
            /// that read it from a file.
            ca_file: Option<PathBuf> = None;
            /// Connect clients of the proxy to hosts that this server does not emulate, instead of
            /// refusing them with 403. Only on a loopback address.
            proxy_passthrough: bool = false;
            /// Presigned URLs and redirected downloads name the hosts of Zendesk's bucket and
            /// downloads. Clients reach them through the proxy only.
            real_hosts: bool = false;
        }
        "Tests" {
            /// Seed of the accounts, for the start and each reset: the JSON, or the path of its
            /// file or of a directory with a `seed.json`.
            seed_data: Option<SeedData> = None;
            /// Seed of the random state, with which tokens, ids and request ids repeat from run to
            /// run.
            random_seed: Option<u64> = None;
            /// Instant at which every account's clock is frozen, such as `2026-01-01T00:00:00Z`.
            /// Without it the clock follows the system's.
            frozen_at: Option<Timestamp> = None,
                |at: &Option<Timestamp>| at.is_none_or(|at| at >= Timestamp::UNIX_EPOCH)
                    => "takes an instant from 1970-01-01T00:00:00Z on";
        }
        "Credentials and keys" {
            /// The credentials that `strict` accepts in every account: `email/token:TOKEN`,
            /// `email:password` or `Bearer TOKEN`, separated by commas.
            credentials: Vec<Credential> = Vec::new();
            /// Token that calls of the control API must send as `Authorization: Bearer TOKEN`, all
            /// but `GET /_mock/health` and `GET /_mock/ca.pem`. Without it they need none.
            control_token: Option<ControlToken> = None,
                |token: &Option<ControlToken>| token.as_ref().is_none_or(|it| is_key(it.as_str()))
                    => "takes printable ASCII without spaces";
            /// Access key id in presigned URLs.
            access_key_id: String = "AKIAIOSFODNN7EXAMPLE".to_owned(),
                |key: &str| is_key(key) && !key.contains('/')
                    => "takes printable ASCII without spaces and slashes";
            /// Secret that signs presigned URLs. The default is the one of AWS's documentation.
            secret_access_key: String = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
                is_key => "takes printable ASCII without spaces";
        }
        +
        /// The settings with which accounts are created.
        account: AccountSettings;
    } };
}
pub(crate) use server_settings;

server_settings!(define_settings! {
    /// Everything that can be set of a server. Start from [`ServerConfig::default`] and change what
    /// you need.
    ServerConfig, fn validate_fields;
});

impl ServerConfig {
    /// Checks what types cannot, the settings of new accounts included.
    ///
    /// # Errors
    /// The first setting that cannot be used, and what it accepts.
    pub fn validate(&self) -> Result<(), SettingError> {
        self.validate_fields()?;
        self.account.validate()?;
        for (setting, is_set) in [
            ("ca_dir", self.ca_dir.is_some()),
            ("ca_file", self.ca_file.is_some()),
            ("proxy_passthrough", self.proxy_passthrough),
            ("real_hosts", self.real_hosts),
        ] {
            let is_possible = cfg!(feature = "tls") || !is_set;
            ensure_valid(is_possible, setting, "needs a build with the feature tls")?;
        }
        ensure_valid(
            !self.proxy_passthrough || self.host.is_loopback(),
            "proxy_passthrough",
            "needs a host that only this machine reaches, such as 127.0.0.1",
        )?;
        // A seed may bring credentials.
        let has_credentials = !self.credentials.is_empty() || self.seed_data.is_some();
        ensure_valid(
            self.account.auth != Auth::Strict || has_credentials,
            "credentials",
            "takes at least one, such as agent@example.com/token:secret, when auth is strict and \
             there is no seed_data",
        )
    }

    /// How accounts of this server begin.
    pub(crate) fn initial_state(&self) -> InitialState {
        InitialState {
            settings: Arc::new(self.account.clone()),
            clock: self.frozen_at.map_or(Clock::SYSTEM, |at| Clock::Frozen { at }),
            random_seed: self.random_seed,
        }
    }
}

fn is_domain(domain: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    !domain.is_empty() && !domain.starts_with('.') && domain.bytes().all(plain)
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic())
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

impl SeedData {
    /// Text that starts like an object is JSON, and all else a path.
    pub(crate) fn from_text(text: &str) -> Self {
        if text.trim_start().starts_with('{') {
            Self::Json(text.to_owned())
        } else {
            Self::Path(text.into())
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Credential;
    use crate::core::clock::Timestamp;

    fn refused(change: impl FnOnce(&mut ServerConfig)) -> Option<&'static str> {
        let mut config = ServerConfig::default();
        change(&mut config);
        config.validate().err().map(|error| error.setting)
    }

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(refused(|_| ()), None);
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        assert_eq!(refused(|c| c.domains = vec![".test".into()]), Some("domains"));
        assert_eq!(refused(|c| c.frozen_at = Some(Timestamp::MIN)), Some("frozen_at"));
        assert_eq!(refused(|c| c.account.auth = Auth::Strict), Some("credentials"));
        assert_eq!(refused(|c| c.account.rate_limit = Some(0)), Some("rate_limit"));
    }

    #[test]
    fn a_credential_does_not_show_its_secret() {
        let basic = Credential::Basic { user: "me@example.com".into(), password: "hush".into() };
        assert!(!format!("{basic:?} {:?}", Credential::Bearer("hush".into())).contains("hush"));
    }
}
