//! The signed request that a reservation allows. Presigning and verifying both build it here.
//!
//! No setting that can change takes part, so a request is compared with the one that was signed.

use axum::http::header::CONTENT_DISPOSITION;
use schemars::JsonSchema;
use serde::Serialize;

use crate::config::ServerConfig;
use crate::config::hosts::is_bucket;
use crate::core::bucket::Reservation;
use crate::core::ids::AccountId;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::urls::POD;
use crate::sigv4::{self, Keys, MAX_EXPIRES_IN, UnsignedRequest};

/// The header and query parameter that ask S3 to encrypt at rest.
pub const ENCRYPTION: &str = "x-amz-server-side-encryption";
pub const ENCRYPTION_VALUE: &str = "AES256";

/// The path of the bucket on a host of this server.
pub const ROOT: &str = "/aus-uploaded-assets";

/// The path of the bucket on a host. It is the root of hosts of its own.
fn root(host: &str) -> &'static str {
    if is_bucket(host) { "" } else { ROOT }
}

/// The path of a request to the bucket as it was sent, where its route has another spelling. It is
/// among the request's extensions: a signature covers the path as sent.
#[derive(Debug, Clone)]
pub struct SentPath(pub String);

pub struct PresignedPut<'a> {
    keys: Keys<'a>,
    reservation: &'a Reservation,
    path: String,
    disposition: String,
}

impl<'a> PresignedPut<'a> {
    pub fn new(reservation: &'a Reservation, account: AccountId, keys: Keys<'a>) -> Self {
        Self {
            keys,
            reservation,
            path: format!("{}/{POD}/{account}/{}", root(&reservation.host), reservation.key),
            disposition: format!("attachment; filename=\"{}\"", reservation.file_name()),
        }
    }

    /// The query that makes the path a presigned URL.
    fn query(&self) -> String {
        self.with_request(|request| sigv4::presign(&self.keys, request))
    }

    /// The request that was signed, to be compared with the one that arrived.
    pub fn canonical_request(&self) -> String {
        self.with_request(|request| sigv4::canonical_request(&self.keys, request))
    }

    /// The parameters are those of aws-sdk-js v2, which Zendesk's documented URLs show: the type
    /// is in the query but not signed as a header, the encryption is in both.
    fn with_request(&self, then: impl FnOnce(&UnsignedRequest<'_>) -> String) -> String {
        then(&UnsignedRequest {
            method: "PUT",
            host: &self.reservation.host,
            path: &self.path,
            query: &[
                ("Content-Type", &self.reservation.content_type),
                (ENCRYPTION, ENCRYPTION_VALUE),
            ],
            headers: &[
                (CONTENT_DISPOSITION.as_str(), &self.disposition),
                (ENCRYPTION, ENCRYPTION_VALUE),
            ],
            at: self.reservation.reserved_at,
            expires_in: u32::try_from(self.reservation.lifetime().as_secs())
                .unwrap_or(MAX_EXPIRES_IN),
        })
    }
}

/// What a client gets to store a reserved object.
#[derive(Serialize, JsonSchema)]
pub struct PresignedUploadJson<'a> {
    headers: PutHeaders<'a>,
    token: String,
    url: String,
}

/// The headers that the PUT must carry, spelled as documented.
#[derive(Serialize, JsonSchema)]
struct PutHeaders<'a> {
    #[serde(rename = "Content-Disposition")]
    content_disposition: String,
    #[serde(rename = "Content-Type")]
    content_type: &'a str,
    #[serde(rename = "X-Amz-Server-Side-Encryption")]
    encryption: &'static str,
}

impl<'a> PresignedUploadJson<'a> {
    pub fn new(reservation: &'a Reservation, context: &RequestContext) -> Self {
        let put = PresignedPut::new(reservation, context.account.id(), keys(&context.server));
        let url = context.urls.presigned(&reservation.host, &put.path, &put.query());
        Self {
            headers: PutHeaders {
                content_disposition: put.disposition,
                content_type: &reservation.content_type,
                encryption: ENCRYPTION_VALUE,
            },
            token: reservation.key.to_string(),
            url,
        }
    }
}

pub fn keys(server: &ServerConfig) -> Keys<'_> {
    Keys { access_key_id: &server.access_key_id, secret_access_key: &server.secret_access_key }
}
