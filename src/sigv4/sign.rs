//! The signature of a string, and the constants of the algorithm.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The only region that signs and verifies.
pub const REGION: &str = "us-east-1";

/// The longest lifetime of a presigned URL, in seconds: one week (AWS documentation).
pub const MAX_EXPIRES_IN: u32 = 604_800;

pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
pub(super) const SERVICE: &str = "s3";
pub(super) const TERMINATOR: &str = "aws4_request";
pub(super) const SIGNATURE: &str = "X-Amz-Signature";
pub(super) const LONG_DATE: &str = "%Y%m%dT%H%M%SZ";
pub(super) const SHORT_DATE: &str = "%Y%m%d";

/// An AWS access key. `Debug` shows the secret, which in an emulator is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys<'a> {
    /// The public half, named in `X-Amz-Credential`.
    pub access_key_id: &'a str,
    /// The secret half, which signs.
    pub secret_access_key: &'a str,
}

pub(super) fn string_to_sign(at: Timestamp, canonical: &str) -> String {
    let date = at.strftime(LONG_DATE);
    let hash = hex(&Sha256::digest(canonical));
    format!("{ALGORITHM}\n{date}\n{}\n{hash}", scope(at))
}

pub(super) fn scope(at: Timestamp) -> String {
    let day = at.strftime(SHORT_DATE);
    format!("{day}/{REGION}/{SERVICE}/{TERMINATOR}")
}

pub(super) fn sign(keys: &Keys<'_>, at: Timestamp, string_to_sign: &str) -> String {
    let secret = format!("AWS4{}", keys.secret_access_key).into_bytes();
    let key = scope(at).split('/').fold(secret, |key, part| hmac(&key, part));
    hex(&hmac(&key, string_to_sign))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
