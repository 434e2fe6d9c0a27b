//! The signed request that a reservation allows. Presigning and verifying both build it here.

use axum::http::header::CONTENT_DISPOSITION;

use crate::config::ServerConfig;
use crate::core::account::settings::AccountSettings;
use crate::core::user_images::{Reservation, extension};
use crate::sigv4::{self, Keys, Presign};

/// The header and query parameter that ask S3 to encrypt at rest.
pub const ENCRYPTION: &str = "x-amz-server-side-encryption";
pub const ENCRYPTION_VALUE: &str = "AES256";

pub struct PresignedPut<'a> {
    keys: Keys,
    reservation: &'a Reservation,
    path: &'a str,
    disposition: String,
    expires_in: u32,
}

impl<'a> PresignedPut<'a> {
    /// The PUT of a reservation to the path of its object.
    pub fn new(
        reservation: &'a Reservation,
        path: &'a str,
        settings: &AccountSettings,
        server: &ServerConfig,
    ) -> Self {
        let Reservation { token, content_type, .. } = reservation;
        let disposition = format!("attachment; filename=\"{token}.{}\"", extension(content_type));
        let expires_in =
            u32::try_from(settings.image_ttl.as_secs()).unwrap_or(sigv4::MAX_EXPIRES_IN);
        Self { keys: keys(server), reservation, path, disposition, expires_in }
    }

    /// The value that the signature demands of `Content-Disposition`.
    pub fn disposition(&self) -> &str {
        &self.disposition
    }

    /// The query that makes the path a presigned URL.
    pub fn query(&self) -> String {
        self.with_request(|request| sigv4::presign(&self.keys, request))
    }

    /// The request that was signed, to be compared with the one that arrived.
    pub fn canonical_request(&self) -> String {
        self.with_request(|request| sigv4::canonical_request(&self.keys, request))
    }

    /// The parameters are those of aws-sdk-js v2, which Zendesk's documented URLs show: the type
    /// is in the query but not signed as a header, the encryption is in both.
    fn with_request(&self, then: impl FnOnce(&Presign<'_>) -> String) -> String {
        then(&Presign {
            method: "PUT",
            host: &self.reservation.host,
            path: self.path,
            query: &[
                ("Content-Type", &self.reservation.content_type),
                (ENCRYPTION, ENCRYPTION_VALUE),
            ],
            headers: &[
                (CONTENT_DISPOSITION.as_str(), &self.disposition),
                (ENCRYPTION, ENCRYPTION_VALUE),
            ],
            at: self.reservation.reserved_at,
            expires_in: self.expires_in,
        })
    }
}

pub fn keys(server: &ServerConfig) -> Keys {
    Keys {
        access_key_id: server.access_key_id.clone(),
        secret_access_key: server.secret_access_key.clone(),
    }
}
