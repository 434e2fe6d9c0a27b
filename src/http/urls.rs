//! Every URL that leaves the server is built here, from the origin and the account prefix that
//! the client used.

use form_urlencoded::byte_serialize;

use super::address::Origin;
use crate::core::account::Account;
use crate::core::ids::{AccountId, Token};
use crate::core::user_images::PublishedImage;

/// The pod in bucket paths. Real ones vary; what they mean is unknown.
const POD: u32 = 1;

/// The URLs of one answer.
#[derive(Debug)]
pub struct Urls {
    api: String,
    files: String,
    origin: Origin,
    account: AccountId,
}

impl Urls {
    /// URLs for a client that used `origin` and `prefix`. A file is followed without credentials,
    /// so its URL names the account unless the host alone leads there (`at_home`).
    pub fn new(origin: Origin, prefix: &str, account: &Account, at_home: bool) -> Self {
        let files =
            if at_home { origin.to_string() } else { format!("{origin}/@{}", account.name()) };
        Self { api: format!("{origin}{prefix}"), files, origin, account: account.id() }
    }

    /// `url` of an attachment, and `Location` of an upload: always with `.json`, as recorded.
    pub fn attachment(&self, id: u64) -> String {
        format!("{}/api/v2/attachments/{id}.json", self.api)
    }

    /// `content_url`: the recorded form, with a slash before the query and `+` for a space.
    pub fn content(&self, token: Token, file_name: &str) -> String {
        let mut url = format!("{}/attachments/token/{token}/?name=", self.files);
        url.extend(byte_serialize(file_name.as_bytes()));
        url
    }

    /// The host to which presigned URLs point.
    pub fn bucket_host(&self) -> &str {
        &self.origin.authority
    }

    /// The path of an object in the bucket.
    pub fn bucket_path(&self, token: impl std::fmt::Display) -> String {
        format!("/aus-uploaded-assets/{POD}/{}/{token}", self.account)
    }

    /// A presigned URL.
    pub fn presigned(&self, path: &str, query: &str) -> String {
        format!("{}{path}?{query}", self.origin)
    }

    /// Whether a page of the given origin is our own.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.origin.to_string().eq_ignore_ascii_case(origin)
    }
}

/// The path of a published image: relative and as documented, whatever the client used.
pub fn image_path(image: &PublishedImage) -> String {
    format!("/hc/user_images/{}.{}", image.name, image.extension)
}
