//! Every knob: its meaning, its unit, its default, and where the default comes from.
//!
//! Evidence is graded as in `ARCHITECTURE.md`: recorded beats documented beats inferred.

mod settings;
mod validate;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use self::settings::Settings;
pub use self::validate::ConfigError;
pub(crate) use self::validate::is_authority;
use crate::core::account::Rules;
use crate::core::clock::{Clock, Timestamp};
pub use crate::core::limits::account::PLANS;
pub use crate::core::limits::endpoint::EndpointLimits;
pub use crate::core::uploads::BadToken;
pub use crate::core::user_images::{Reuse, TypeCheck};

/// The port of the binary: D-E-S-K on a telephone.
pub const DEFAULT_PORT: u16 = 3375;

/// Everything that can be set. Start from [`Config::default`] and change what you need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The address to listen on. Default: 127.0.0.1.
    pub host: IpAddr,
    /// The port to listen on; 0 picks a free one. Default: 3375 for the binary, 0 for
    /// [`ZendeskMock`](crate::ZendeskMock) in a test.
    pub port: u16,
    /// Scheme, host and port that every URL in an answer carries, such as
    /// `https://desk.example.test`. Default: none, which means those that the client used.
    pub public_url: Option<String>,
    /// Whether `X-Forwarded-Proto` and `X-Forwarded-Host` say what the client used. Default: no.
    pub trust_forwarded: bool,
    /// Domains below which a host name is an account, as in `acme.zendesk.com`.
    /// Default: `zendesk.com`, `localhost`, `test`.
    pub domains: Vec<String>,
    /// How many accounts may appear. One more is refused with 503. Default: 10,000.
    pub max_accounts: usize,
    /// How many connections are served at once; more wait. Default: 1,024.
    pub max_connections: usize,
    /// How long a client may pause in the middle of a body, stop reading an answer, or leave a
    /// connection without a request. Default: 30 s.
    pub body_timeout: Duration,
    /// Memory for stored files in all accounts together, in bytes. What exceeds it is refused
    /// with 503, and nothing already stored is lost. Default: 1 GiB.
    pub max_memory: u64,

    /// Who is let in. Default: [`Auth::Any`].
    pub auth: Auth,
    /// The credentials that [`Auth::Strict`] knows. Default: none.
    pub credentials: Vec<Credential>,
    /// What browsers of other origins may do. Default: [`Cors::Open`].
    pub cors: Cors,
    /// Requests that an account may make in a minute before it is answered 429. Default: no
    /// limit; the headers are sent all the same.
    pub rate_limit: Option<u32>,
    /// Which figures the limits of single endpoints have, such as updates of one ticket.
    /// Default: [`EndpointLimits::Off`]; documented for each plan.
    pub endpoint_limits: EndpointLimits,
    /// Whether to be only what Zendesk is documented or recorded to be: without
    /// `GET /api/v2/uploads/{token}`. Default: no.
    pub faithful: bool,

    /// How long an upload token and its files live. Default: 60 minutes, as documented;
    /// recordings show an `expires_at` 72 hours ahead.
    pub upload_ttl: Duration,
    /// The largest upload in bytes. Default: 52,428,800 (50 MB).
    pub max_upload_size: u64,
    /// The status of a too large upload, 413 or 422. Real status unknown. Default: 413.
    pub too_large_status: u16,
    /// How many files one upload token may hold. Each answer lists them all. Real limit unknown. Default: 100.
    pub max_files_per_upload: usize,
    /// The longest file name in characters. Real limit unknown. Default: 255.
    pub max_filename_length: usize,
    /// What becomes of a file whose type is neither declared nor known by its name.
    /// Default: [`UnknownType::Accept`].
    pub unknown_type: UnknownType,
    /// What a ticket does about an upload token that is unknown, expired or attached. Real behaviour
    /// unknown. Default: [`BadToken::Reject`], which hides nothing from a test.
    pub bad_token_on_ticket: BadToken,
    /// Whether a file is read only by callers with credentials, as in an account that demands
    /// authentication for downloads. Default: no, whoever has its URL reads it.
    pub private_attachments: bool,
    /// How a download is answered. Default: [`Downloads::Direct`].
    pub downloads: Downloads,
    /// How long the temporary URL of a download lives under [`Downloads::Redirect`]. Real life
    /// unknown. Default: 10 minutes.
    pub download_ttl: Duration,
    /// Scheme, host and port of temporary URLs, such as `http://files.example.test:3375`, which must
    /// lead to this server. Default: none, which means `127.0.0.1` for a client that uses `localhost`,
    /// `localhost` for one that uses `127.0.0.1`, and otherwise the host that it uses.
    pub download_url: Option<String>,
    /// The status for a JSON body that cannot be parsed, 422 or 400. A user reported 422 in 2013. Default: 422.
    pub malformed_json_status: u16,
    /// The content type of the answer to an upload. Default: [`UploadContentType::Accept`].
    pub upload_content_type: UploadContentType,

    /// How long an image token and its presigned URL live, at most a week. Default: 3600 s, as documented.
    pub image_ttl: Duration,
    /// The largest image in bytes, checked as declared and as stored. Default: 2,000,000, as documented.
    pub max_image_size: u64,
    /// The image types that are taken. Default: JPEG, PNG and GIF, which Zendesk's editor takes.
    pub image_types: Vec<String>,
    /// What the bucket does about sizes. Default: [`BucketSizeCheck::Max`].
    pub bucket_size_check: BucketSizeCheck,
    /// How publication compares the stored type with the reserved one. Real behaviour unknown.
    /// Default: [`TypeCheck::Declared`].
    pub image_type_check: TypeCheck,
    /// What a second publication of one token does. Real behaviour unknown. Default: [`Reuse::Conflict`].
    pub image_reuse: Reuse,
    /// The status for an image token that is unknown, expired or not stored yet, 404 or 400.
    /// Real status unknown. Default: 404.
    pub bad_image_token_status: u16,
    /// The access key id in presigned URLs. Default: the one of AWS's documentation.
    pub access_key_id: String,
    /// The secret that signs presigned URLs. Default: the one of AWS's documentation.
    pub secret_access_key: String,

    /// Makes tokens, ids and request ids repeat from run to run. Default: none, they are random.
    pub seed: Option<u64>,
    /// Where every account's clock stands until it is advanced. Default: none, it runs with the system's.
    pub frozen_at: Option<Timestamp>,
    /// What the default account, and others by name, hold from the start and after each reset. Default: nothing.
    pub seed_data: Option<SeedData>,
}

impl Default for Config {
    fn default() -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: DEFAULT_PORT,
            public_url: None,
            trust_forwarded: false,
            domains: owned(&["zendesk.com", "localhost", "test"]),
            max_accounts: 10_000,
            max_connections: 1_024,
            body_timeout: Duration::from_secs(30),
            max_memory: 1024 * 1024 * 1024,
            auth: Auth::Any,
            credentials: Vec::new(),
            cors: Cors::Open,
            rate_limit: None,
            endpoint_limits: EndpointLimits::Off,
            faithful: false,
            upload_ttl: Duration::from_secs(60 * 60),
            max_upload_size: 50 * 1024 * 1024,
            too_large_status: 413,
            max_files_per_upload: 100,
            max_filename_length: 255,
            unknown_type: UnknownType::Accept,
            bad_token_on_ticket: BadToken::Reject,
            private_attachments: false,
            downloads: Downloads::Direct,
            download_ttl: Duration::from_secs(10 * 60),
            download_url: None,
            malformed_json_status: 422,
            upload_content_type: UploadContentType::Accept,
            image_ttl: Duration::from_secs(3600),
            max_image_size: 2_000_000,
            image_types: owned(&["image/jpeg", "image/png", "image/gif"]),
            bucket_size_check: BucketSizeCheck::Max,
            image_type_check: TypeCheck::Declared,
            image_reuse: Reuse::Conflict,
            bad_image_token_status: 404,
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            seed: None,
            frozen_at: None,
            seed_data: None,
        }
    }
}

/// Who is let in where Zendesk demands credentials. User images and files take anonymous callers anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Any well-formed credentials.
    Any,
    /// Everybody, credentials or not.
    None,
    /// Only the [`credentials`](Config::credentials) that are listed.
    Strict,
}

impl Auth {
    /// Its words on the command line and in the control API.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("any", Self::Any), ("none", Self::None), ("strict", Self::Strict)];
}

/// Credentials that are let in under [`Auth::Strict`].
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// HTTP Basic: `agent@example.com` and a password, or `agent@example.com/token` and an API token.
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

/// Where a seed is: the document that the README describes.
#[derive(Clone, PartialEq, Eq)]
pub enum SeedData {
    /// The document itself, as JSON. Paths in it start at the working directory.
    Json(String),
    /// A file, or a directory with a `seed.json`. Paths in it start where it lies.
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

/// What browsers of other origins may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cors {
    /// Everything, with credentials, on the API and the bucket.
    Open,
    /// What is recorded and documented: `*` on API answers, and preflights as S3 answers them.
    Faithful,
    /// Nothing.
    Off,
}

impl Cors {
    /// Its words on the command line and in the control API.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("open", Self::Open), ("faithful", Self::Faithful), ("off", Self::Off)];
}

/// What becomes of a file whose type is neither declared nor known by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownType {
    /// It is stored as `application/octet-stream`.
    Accept,
    /// It is refused with 422, as users reported in 2018.
    Reject,
}

impl UnknownType {
    /// Its words on the command line and in the control API.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("accept", Self::Accept), ("reject", Self::Reject)];
}

/// The content type of the answer to an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadContentType {
    /// `application/json` if the request's `Accept` names it, else `text/plain`, as recorded.
    Accept,
    /// Always `application/json`.
    Json,
    /// Always `text/plain`.
    Text,
}

impl UploadContentType {
    /// Its words on the command line and in the control API.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("accept", Self::Accept), ("json", Self::Json), ("text", Self::Text)];
}

/// How a download is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Downloads {
    /// With the file.
    Direct,
    /// With a 302 to a temporary URL, as documented for callers with credentials.
    Redirect,
}

impl Downloads {
    /// Its words on the command line and in the control API.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("direct", Self::Direct), ("redirect", Self::Redirect)];
}

/// What the bucket does about the size of a PUT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketSizeCheck {
    /// Refuses more than [`max_image_size`](Config::max_image_size), as the documentation says.
    Max,
    /// Refuses any size but the declared one.
    Declared,
    /// Refuses nothing below S3's own 5 GiB, as plain S3 does.
    Off,
}

impl BucketSizeCheck {
    /// Its words on the command line and in the control API.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("max", Self::Max), ("declared", Self::Declared), ("off", Self::Off)];
}

impl Config {
    /// The part that accounts go by.
    #[must_use]
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            upload_ttl: self.upload_ttl,
            max_files_per_upload: self.max_files_per_upload,
            bad_token_on_ticket: self.bad_token_on_ticket,
            image_ttl: self.image_ttl,
            max_image_size: self.max_image_size,
            image_types: self.image_types.clone(),
            image_type_check: self.image_type_check,
            image_reuse: self.image_reuse,
            rate_limit: self.rate_limit,
            endpoint_limits: self.endpoint_limits,
            max_memory: self.max_memory,
            max_accounts: self.max_accounts,
            seed: self.seed,
            clock: self.frozen_at.map_or(Clock::SYSTEM, |at| Clock::Frozen { at }),
        }
    }
}
