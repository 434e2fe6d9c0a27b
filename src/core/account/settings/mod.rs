//! What one account can have set: meaning, unit, default, and the source of the default.
//!
//! Evidence is graded as in `ARCHITECTURE.md`: recorded beats documented beats inferred.

mod choices;
mod validate;

use std::sync::Arc;
use std::time::Duration;

pub use self::choices::{Auth, BucketSizeCheck, Cors, Downloads, UnknownType, UploadContentType};
pub use self::validate::{SettingError, check, is_authority};
use crate::core::clock::Clock;
use crate::core::limits::endpoint::EndpointLimits;
use crate::core::uploads::BadToken;
use crate::core::user_images::{Reuse, TypeCheck};

/// The settings of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSettings {
    /// Scheme, host and port of every URL in a response, such as `https://desk.example.test`.
    /// Default: none, which means those that the client used.
    pub public_url: Option<String>,
    /// Which credentials are required. Default: [`Auth::Any`].
    pub auth: Auth,
    /// What pages of other origins may do. Default: [`Cors::Open`].
    pub cors: Cors,
    /// Requests per minute before the account answers 429. Default: no limit; the headers are
    /// sent all the same.
    pub rate_limit: Option<u32>,
    /// The figures of the limits of single endpoints, such as updates of one ticket.
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
    /// How many files one upload token may hold. Each answer lists them all. Real limit unknown.
    /// Default: 100.
    pub max_files_per_upload: usize,
    /// The longest file name in characters. Real limit unknown. Default: 255.
    pub max_filename_length: usize,
    /// What happens to a file whose type is neither declared nor known by its name.
    /// Default: [`UnknownType::Accept`].
    pub unknown_type: UnknownType,
    /// What a ticket does about an upload token that is unknown, expired or attached. Real
    /// behaviour unknown. Default: [`BadToken::Reject`], which hides nothing from a test.
    pub bad_token_on_ticket: BadToken,
    /// Whether a download requires credentials, as in an account that demands authentication for
    /// attachments. Default: no, the URL is enough.
    pub private_attachments: bool,
    /// How a download is answered. Default: [`Downloads::Direct`].
    pub downloads: Downloads,
    /// How long the signed URL of a download lives under [`Downloads::Redirect`]. Real
    /// lifetime unknown. Default: 10 minutes.
    pub download_ttl: Duration,
    /// Scheme, host and port of signed URLs, such as `http://files.example.test:3375`, which
    /// must lead to this server. Default: none, which means `127.0.0.1` for a client that uses
    /// `localhost`, `localhost` for one that uses `127.0.0.1`, and otherwise the host that it uses.
    pub download_url: Option<String>,
    /// The status for a JSON body that cannot be parsed, 422 or 400. A user reported 422 in 2013.
    /// Default: 422.
    pub malformed_json_status: u16,
    /// The content type of the answer to an upload. Default: [`UploadContentType::Accept`].
    pub upload_content_type: UploadContentType,

    /// How long an image token and its presigned URL live, at most a week. Default: 3600 s, as
    /// documented.
    pub image_ttl: Duration,
    /// The largest image in bytes, checked as declared and as stored. Default: 2,000,000, as
    /// documented.
    pub max_image_size: u64,
    /// The accepted image types, in lower case. Default: JPEG, PNG and GIF, which Zendesk's editor
    /// accepts.
    pub image_types: Vec<String>,
    /// What the bucket does about sizes. Default: [`BucketSizeCheck::Max`].
    pub bucket_size_check: BucketSizeCheck,
    /// How publication compares the stored type with the reserved one. Real behaviour unknown.
    /// Default: [`TypeCheck::Declared`].
    pub image_type_check: TypeCheck,
    /// What a second publication of one token does. Real behaviour unknown.
    /// Default: [`Reuse::Conflict`].
    pub image_reuse: Reuse,
    /// The status for an image token that is unknown, expired or not stored yet, 404 or 400.
    /// Real status unknown. Default: 404.
    pub bad_image_token_status: u16,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            public_url: None,
            auth: Auth::Any,
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
            image_types: ["image/jpeg", "image/png", "image/gif"].map(str::to_owned).into(),
            bucket_size_check: BucketSizeCheck::Max,
            image_type_check: TypeCheck::Declared,
            image_reuse: Reuse::Conflict,
            bad_image_token_status: 404,
        }
    }
}

/// How an account begins, and what a reset without a seed returns to.
#[derive(Debug, Clone)]
pub struct InitialState {
    pub settings: Arc<AccountSettings>,
    pub clock: Clock,
    /// Makes tokens, ids and names repeat.
    pub random_seed: Option<u64>,
}

#[cfg(test)]
impl AccountSettings {
    /// Small sizes, and one hour for each lifetime.
    pub fn for_tests() -> Self {
        Self {
            image_ttl: Self::default().upload_ttl,
            max_files_per_upload: 10,
            bad_token_on_ticket: BadToken::Ignore,
            max_image_size: 1_000,
            image_types: vec!["image/png".to_owned()],
            image_type_check: TypeCheck::Off,
            ..Self::default()
        }
    }
}
