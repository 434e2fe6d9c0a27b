//! How to serve: each setting is one flag, one variable and one field of [`ServerConfig`] or
//! [`AccountSettings`], which document it.
//!
//! Long because it declares each of the forty settings.

use std::net::IpAddr;
use std::time::Duration;

use clap::{ArgAction, Args};
use strum::{EnumString, VariantNames};
use tracing::level_filters::LevelFilter;
use zendesk_mock::{
    AccountSettings, Auth, BadToken, BucketSizeCheck, Cors, Credential, Downloads, EndpointLimits,
    Reuse, SeedData, ServerConfig, Timestamp, TypeCheck, UnknownType, UploadContentType,
};

use super::values::*;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The settings of a server.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address to listen on
    #[arg(
        long,
        env = "ZENDESK_MOCK_HOST",
        value_name = "ADDRESS",
        default_value = "127.0.0.1",
        value_parser = address
    )]
    host: IpAddr,
    /// Port to listen on; 0 picks a free one
    #[arg(
        long,
        env = "ZENDESK_MOCK_PORT",
        value_name = "PORT",
        default_value = "3375",
        value_parser = port
    )]
    port: u16,
    /// Scheme, host and port of the URLs in answers, such as https://desk.example.test.
    /// Default: those that the client used
    #[arg(long, env = "ZENDESK_MOCK_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Trust X-Forwarded-Proto and X-Forwarded-Host
    #[arg(
        long,
        env = "ZENDESK_MOCK_TRUST_FORWARDED",
        value_name = "BOOL",
        default_value = "false",
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true,
        action = ArgAction::Set,
        value_parser = boolean
    )]
    trust_forwarded: bool,
    /// Domains below which a host name is an account
    #[arg(
        long,
        env = "ZENDESK_MOCK_DOMAINS",
        value_name = "DOMAINS",
        default_value = "zendesk.com,localhost,test",
        value_delimiter = ','
    )]
    domains: Vec<String>,
    /// How many accounts may exist; one more is refused with 503
    #[arg(
        long,
        env = "ZENDESK_MOCK_MAX_ACCOUNTS",
        value_name = "COUNT",
        default_value = "10000",
        value_parser = number::<usize>
    )]
    max_accounts: usize,
    /// How many connections are served at once; more wait
    #[arg(
        long,
        env = "ZENDESK_MOCK_MAX_CONNECTIONS",
        value_name = "COUNT",
        default_value = "1024",
        value_parser = number::<usize>
    )]
    max_connections: usize,
    /// How long a client may pause in a body, stop reading an answer, or leave a connection
    /// without a request
    #[arg(
        long,
        env = "ZENDESK_MOCK_BODY_TIMEOUT",
        value_name = "TIME",
        default_value = "30s",
        value_parser = time
    )]
    body_timeout: Duration,
    /// Memory for stored files in all accounts together; beyond it uploads are refused with
    /// 503
    #[arg(
        long,
        env = "ZENDESK_MOCK_MAX_MEMORY",
        value_name = "SIZE",
        default_value = "1GiB",
        value_parser = size
    )]
    max_memory: u64,
    /// Credentials that endpoints require if Zendesk requires some: any well-formed ones, none,
    /// or only listed and seeded ones
    #[arg(
        long,
        env = "ZENDESK_MOCK_AUTH",
        value_name = "MODE",
        default_value = "any",
        value_parser = variant::<Auth>()
    )]
    auth: Auth,
    /// The credentials that `strict` accepts: `email/token:TOKEN`, `email:password` or
    /// `Bearer TOKEN`, separated by commas
    #[arg(
        long,
        env = "ZENDESK_MOCK_CREDENTIALS",
        value_name = "LIST",
        value_delimiter = ',',
        value_parser = credential,
        hide_env_values = true
    )]
    credentials: Vec<Credential>,
    /// What pages of other origins may do: everything, what Zendesk and S3 allow, or
    /// nothing
    #[arg(
        long,
        env = "ZENDESK_MOCK_CORS",
        value_name = "MODE",
        default_value = "open",
        value_parser = variant::<Cors>()
    )]
    cors: Cors,
    /// Requests per minute and account, beyond which the answer is 429: a number, a plan (team,
    /// growth, professional, enterprise, enterprise-plus) or off. The headers are always sent
    #[arg(
        long,
        env = "ZENDESK_MOCK_RATE_LIMIT",
        value_name = "COUNT",
        default_value = "off",
        value_parser = rate_limit
    )]
    rate_limit: RateLimitValue,
    /// Limits of single endpoints, such as 30 updates of a ticket by one user in ten
    /// minutes: none, or those of an ordinary plan, of the High Volume API add-on, or of a
    /// sandbox or trial
    #[arg(
        long,
        env = "ZENDESK_MOCK_ENDPOINT_LIMITS",
        value_name = "PLAN",
        default_value = "off",
        value_parser = variant::<EndpointLimits>()
    )]
    endpoint_limits: EndpointLimits,
    /// Leave out what Zendesk does not have: GET /api/v2/uploads/{token}
    #[arg(
        long,
        env = "ZENDESK_MOCK_FAITHFUL",
        value_name = "BOOL",
        default_value = "false",
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true,
        action = ArgAction::Set,
        value_parser = boolean
    )]
    faithful: bool,
    /// Lifetime of an upload token and its files. Recordings show 72h
    #[arg(
        long,
        env = "ZENDESK_MOCK_UPLOAD_TTL",
        value_name = "TIME",
        default_value = "60m",
        value_parser = time
    )]
    upload_ttl: Duration,
    /// The largest upload
    #[arg(
        long,
        env = "ZENDESK_MOCK_MAX_UPLOAD_SIZE",
        value_name = "SIZE",
        default_value = "50MiB",
        value_parser = size
    )]
    max_upload_size: u64,
    /// Status for an upload that is too large
    #[arg(
        long,
        env = "ZENDESK_MOCK_TOO_LARGE_STATUS",
        value_name = "STATUS",
        default_value = "413",
        value_parser = one_of::<u16>(TOO_LARGE_STATUS)
    )]
    too_large_status: u16,
    /// How many files one upload token may hold
    #[arg(
        long,
        env = "ZENDESK_MOCK_MAX_FILES_PER_UPLOAD",
        value_name = "COUNT",
        default_value = "100",
        value_parser = number::<usize>
    )]
    max_files_per_upload: usize,
    /// The longest file name, in characters
    #[arg(
        long,
        env = "ZENDESK_MOCK_MAX_FILENAME_LENGTH",
        value_name = "COUNT",
        default_value = "255",
        value_parser = number::<usize>
    )]
    max_filename_length: usize,
    /// A file whose type is neither declared nor known by its name: store it as
    /// application/octet-stream, or refuse it with 422
    #[arg(
        long,
        env = "ZENDESK_MOCK_UNKNOWN_TYPE",
        value_name = "MODE",
        default_value = "accept",
        value_parser = variant::<UnknownType>()
    )]
    unknown_type: UnknownType,
    /// What a ticket does about an upload token that is unknown, expired or attached: it is
    /// refused with 422, or created without the files of the token
    #[arg(
        long,
        env = "ZENDESK_MOCK_BAD_TOKEN_ON_TICKET",
        value_name = "MODE",
        default_value = "reject",
        value_parser = variant::<BadToken>()
    )]
    bad_token_on_ticket: BadToken,
    /// Require credentials to download attachments
    #[arg(
        long,
        env = "ZENDESK_MOCK_PRIVATE_ATTACHMENTS",
        value_name = "BOOL",
        default_value = "false",
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true,
        action = ArgAction::Set,
        value_parser = boolean
    )]
    private_attachments: bool,
    /// How a download is answered: with the file, or with a 302 to a signed URL on
    /// another host
    #[arg(
        long,
        env = "ZENDESK_MOCK_DOWNLOADS",
        value_name = "MODE",
        default_value = "direct",
        value_parser = variant::<Downloads>()
    )]
    downloads: Downloads,
    /// Lifetime of a signed URL
    #[arg(
        long,
        env = "ZENDESK_MOCK_DOWNLOAD_TTL",
        value_name = "TIME",
        default_value = "10m",
        value_parser = time
    )]
    download_ttl: Duration,
    /// Scheme, host and port of signed URLs. Default: 127.0.0.1 for a client that uses
    /// localhost, localhost for one that uses 127.0.0.1, and otherwise the host that the client
    /// uses
    #[arg(long, env = "ZENDESK_MOCK_DOWNLOAD_URL", value_name = "URL")]
    download_url: Option<String>,
    /// Status for a JSON body that cannot be parsed
    #[arg(
        long,
        env = "ZENDESK_MOCK_MALFORMED_JSON_STATUS",
        value_name = "STATUS",
        default_value = "422",
        value_parser = one_of::<u16>(MALFORMED_JSON_STATUS)
    )]
    malformed_json_status: u16,
    /// Content type of the answer to an upload: by the request's Accept header, always
    /// JSON, or always text/plain
    #[arg(
        long,
        env = "ZENDESK_MOCK_UPLOAD_CONTENT_TYPE",
        value_name = "MODE",
        default_value = "accept",
        value_parser = variant::<UploadContentType>()
    )]
    upload_content_type: UploadContentType,
    /// Lifetime of an image token and its presigned URL, at most 168h
    #[arg(
        long,
        env = "ZENDESK_MOCK_IMAGE_TTL",
        value_name = "TIME",
        default_value = "3600s",
        value_parser = time
    )]
    image_ttl: Duration,
    /// The largest image, as declared and as stored
    #[arg(
        long,
        env = "ZENDESK_MOCK_MAX_IMAGE_SIZE",
        value_name = "SIZE",
        default_value = "2MB",
        value_parser = size
    )]
    max_image_size: u64,
    /// The accepted image types
    #[arg(
        long,
        env = "ZENDESK_MOCK_IMAGE_TYPES",
        value_name = "TYPES",
        default_value = "image/jpeg,image/png,image/gif",
        value_delimiter = ','
    )]
    image_types: Vec<String>,
    /// What the bucket refuses: more than the largest image, any size but the declared one,
    /// or nothing below 5 GiB
    #[arg(
        long,
        env = "ZENDESK_MOCK_BUCKET_SIZE_CHECK",
        value_name = "MODE",
        default_value = "max",
        value_parser = variant::<BucketSizeCheck>()
    )]
    bucket_size_check: BucketSizeCheck,
    /// What publishing compares with the reserved type: the Content-Type of the PUT if it
    /// had one, the first bytes, or nothing
    #[arg(
        long,
        env = "ZENDESK_MOCK_IMAGE_TYPE_CHECK",
        value_name = "MODE",
        default_value = "declared",
        value_parser = variant::<TypeCheck>()
    )]
    image_type_check: TypeCheck,
    /// The answer to a second publication of one token: 409, or the first answer
    #[arg(
        long,
        env = "ZENDESK_MOCK_IMAGE_REUSE",
        value_name = "MODE",
        default_value = "conflict",
        value_parser = variant::<Reuse>()
    )]
    image_reuse: Reuse,
    /// Status for an image token that is unknown, expired or not stored yet
    #[arg(
        long,
        env = "ZENDESK_MOCK_BAD_IMAGE_TOKEN_STATUS",
        value_name = "STATUS",
        default_value = "404",
        value_parser = one_of::<u16>(BAD_IMAGE_TOKEN_STATUS)
    )]
    bad_image_token_status: u16,
    /// Access key id in presigned URLs
    #[arg(
        long,
        env = "ZENDESK_MOCK_ACCESS_KEY_ID",
        value_name = "ID",
        default_value = "AKIAIOSFODNN7EXAMPLE"
    )]
    access_key_id: String,
    /// Secret that signs presigned URLs
    #[arg(
        long,
        env = "ZENDESK_MOCK_SECRET_ACCESS_KEY",
        value_name = "SECRET",
        default_value = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        hide_env_values = true
    )]
    secret_access_key: String,
    /// Seed of the random state, with which tokens, ids and request ids repeat from run to run
    #[arg(long, env = "ZENDESK_MOCK_SEED", value_name = "NUMBER", value_parser = number::<u64>)]
    seed: Option<u64>,
    /// Instant at which every account's clock is frozen, such as 2026-01-01T00:00:00Z. Default:
    /// the clock follows the system's
    #[arg(long, env = "ZENDESK_MOCK_FROZEN_AT", value_name = "INSTANT", value_parser = instant)]
    frozen_at: Option<Timestamp>,
    /// Seed of the accounts, for the start and each reset: the JSON, or the path of its file or
    /// of a directory with a seed.json
    #[arg(
        long,
        env = "ZENDESK_MOCK_SEED_DATA",
        value_name = "SEED",
        value_parser = seed_data,
        hide_env_values = true
    )]
    seed_data: Option<SeedData>,
    /// Level of the log on standard error. The line of a request is info, that of a refusal
    /// warn
    #[arg(
        long,
        env = "ZENDESK_MOCK_LOG",
        value_name = "LEVEL",
        default_value = "info",
        value_parser = one_of::<LevelFilter>(LOG)
    )]
    pub(super) log: LevelFilter,
    /// Format of log lines
    #[arg(
        long,
        env = "ZENDESK_MOCK_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text",
        value_parser = variant::<LogFormat>()
    )]
    pub(super) log_format: LogFormat,
}

impl From<Serve> for ServerConfig {
    fn from(serve: Serve) -> Self {
        let account = AccountSettings {
            public_url: serve.public_url,
            auth: serve.auth,
            cors: serve.cors,
            rate_limit: serve.rate_limit.0,
            endpoint_limits: serve.endpoint_limits,
            faithful: serve.faithful,
            upload_ttl: serve.upload_ttl,
            max_upload_size: serve.max_upload_size,
            too_large_status: serve.too_large_status,
            max_files_per_upload: serve.max_files_per_upload,
            max_filename_length: serve.max_filename_length,
            unknown_type: serve.unknown_type,
            bad_token_on_ticket: serve.bad_token_on_ticket,
            private_attachments: serve.private_attachments,
            downloads: serve.downloads,
            download_ttl: serve.download_ttl,
            download_url: serve.download_url,
            malformed_json_status: serve.malformed_json_status,
            upload_content_type: serve.upload_content_type,
            image_ttl: serve.image_ttl,
            max_image_size: serve.max_image_size,
            image_types: serve.image_types,
            bucket_size_check: serve.bucket_size_check,
            image_type_check: serve.image_type_check,
            image_reuse: serve.image_reuse,
            bad_image_token_status: serve.bad_image_token_status,
        };
        Self {
            host: serve.host,
            port: serve.port,
            trust_forwarded: serve.trust_forwarded,
            domains: serve.domains,
            max_accounts: serve.max_accounts,
            max_connections: serve.max_connections,
            body_timeout: serve.body_timeout,
            max_memory: serve.max_memory,
            credentials: serve.credentials,
            access_key_id: serve.access_key_id,
            secret_access_key: serve.secret_access_key,
            seed: serve.seed,
            frozen_at: serve.frozen_at,
            seed_data: serve.seed_data,
            account,
        }
    }
}
