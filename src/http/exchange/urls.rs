//! All URLs in responses, built from the origin and the account's prefix that the client used.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue};
use form_urlencoded::byte_serialize;

use crate::config::hosts::{BUCKET_HOSTS, DOWNLOAD_DOMAIN, is_bucket};
use crate::core::account::Account;
use crate::core::account::settings::AccountSettings;
use crate::core::bucket::PublishedObject;
use crate::core::ids::FileToken;
use crate::http::exchange::origin::Origin;

/// Longer than most URLs, so that most are written without growing.
const USUAL_LENGTH: usize = 128;

/// The pod in bucket paths and in hosts of downloads. Real ones vary; their meaning is unknown.
pub const POD: u32 = 1;

/// The URLs of one response.
#[derive(Debug)]
pub struct Urls {
    origin: Origin,
    /// The origin at which the request arrived, which is another one under `public_url`.
    arrived_at: Origin,
    /// The account's prefix that the client put before API paths, such as `/@acme`, or nothing.
    api_prefix: String,
    account: Arc<Account>,
    /// Whether the host alone leads to the account.
    at_home: bool,
    /// Whether files are on Zendesk's own hosts.
    real_hosts: bool,
}

impl Urls {
    /// A file is read without credentials, so its URL names the account unless the host alone leads
    /// there (`at_home`).
    pub fn new(
        origin: Origin,
        arrived_at: Origin,
        api_prefix: String,
        account: Arc<Account>,
        at_home: bool,
        real_hosts: bool,
    ) -> Self {
        Self { origin, arrived_at, api_prefix, account, at_home, real_hosts }
    }

    /// The URL of an object below `path`, such as `tickets`: always with `.json`, as recorded.
    pub fn object(&self, path: impl std::fmt::Display, id: impl std::fmt::Display) -> String {
        self.api(format_args!("{path}/{id}.json"))
    }

    /// The URL by which the client reached the account: no URL leads away from this server.
    pub fn home(&self) -> String {
        format!("{}{}", self.at_origin(), self.api_prefix)
    }

    /// A page of the list at `path`, such as `tickets`.
    pub fn list(&self, path: &str, query: &str) -> String {
        self.api(format_args!("{path}.json?{query}"))
    }

    /// The base URL of an account, for clients that cannot name it otherwise.
    pub fn account(&self, name: &str) -> String {
        format!("{}/@{name}", self.origin)
    }

    fn api(&self, rest: std::fmt::Arguments<'_>) -> String {
        let mut url = self.at_origin();
        // Writing to a String cannot fail, here and below.
        let _ = write!(url, "{}/api/v2/{rest}", self.api_prefix);
        url
    }

    /// `content_url`: the recorded form, with a slash before the query and `+` for a space.
    pub fn content(&self, token: FileToken, file_name: &str) -> String {
        let mut url = self.at_origin();
        if !self.at_home {
            url.extend(["/@", self.account.name()]);
        }
        url.extend(["/attachments/token/", token.as_str(), "/?name="]);
        url.extend(byte_serialize(file_name.as_bytes()));
        url
    }

    fn at_origin(&self) -> String {
        let mut url = String::with_capacity(USUAL_LENGTH);
        let _ = write!(url, "{}", self.origin);
        url
    }

    /// The host of presigned URLs.
    pub fn bucket_host(&self) -> &str {
        if self.real_hosts { BUCKET_HOSTS[0] } else { self.host() }
    }

    /// The host and port that the client uses.
    pub fn host(&self) -> &str {
        &self.origin.authority
    }

    /// The host and port at which the request arrived.
    pub fn arrived_host(&self) -> &str {
        &self.arrived_at.authority
    }

    /// A signed URL, on another host if one leads here too: clients drop credentials only there.
    pub fn signed(&self, path_and_query: &str, settings: &AccountSettings) -> String {
        format!("{}{path_and_query}", self.download_origin(settings))
    }

    /// Whether signed URLs lead to another host than the one that the client uses.
    pub fn leaves_for_downloads(&self, settings: &AccountSettings) -> bool {
        self.download_origin(settings) != self.origin.to_string()
    }

    fn download_origin(&self, settings: &AccountSettings) -> String {
        match (&settings.download_url, self.origin.other_name()) {
            (Some(origin), _) => origin.clone(),
            (None, _) if self.real_hosts => format!("https://p{POD}.{DOWNLOAD_DOMAIN}"),
            (None, Some(other)) => other.to_string(),
            (None, None) => self.origin.to_string(),
        }
    }

    /// The URL of an object in the bucket, which was reserved at `host`.
    pub fn presigned(&self, host: &str, path: &str, query: &str) -> String {
        if is_bucket(host) {
            return format!("https://{host}{path}?{query}");
        }
        format!("{}{path}?{query}", self.origin)
    }
}

/// A URL as the `Location` of a response.
pub fn location(url: String) -> Option<[(HeaderName, HeaderValue); 1]> {
    HeaderValue::try_from(url).ok().map(|url| [(LOCATION, url)])
}

/// The path of a published image: relative, as documented.
pub fn image_path(image: &PublishedObject) -> String {
    format!("/hc/user_images/{}.{}", image.name, image.extension)
}
