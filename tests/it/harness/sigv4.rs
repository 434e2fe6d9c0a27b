//! A second presigner, written from the AWS documentation and from nothing under `src`. Tests
//! compare the server's signatures with it, and make the requests that the server must refuse.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

pub const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SIGNED_HEADERS: &str = "content-disposition;host;x-amz-server-side-encryption";

/// A request in the form that Zendesk presigns, usually a PUT.
#[derive(Clone)]
pub struct PresignInput<'a> {
    pub access_key_id: &'a str,
    pub secret_access_key: &'a str,
    pub method: &'a str,
    pub host: &'a str,
    pub path: &'a str,
    pub content_type: &'a str,
    pub disposition: &'a str,
    /// For example `20260101T000000Z`.
    pub date: &'a str,
    pub expires: &'a str,
}

impl PresignInput<'_> {
    /// The query string as Zendesk's documentation orders it.
    pub fn query(&self) -> String {
        let day = &self.date[..8];
        let credential = format!("{}/{day}/us-east-1/s3/aws4_request", self.access_key_id);
        let before = format!(
            "Content-Type={}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}",
            encoded(self.content_type),
            encoded(&credential),
            self.date,
            self.expires,
        );
        let after = format!(
            "X-Amz-SignedHeaders={}&x-amz-server-side-encryption=AES256",
            encoded(SIGNED_HEADERS)
        );
        let canonical = format!(
            "{}\n{}\n{before}&{after}\ncontent-disposition:{}\nhost:{}\n\
             x-amz-server-side-encryption:AES256\n\n{SIGNED_HEADERS}\nUNSIGNED-PAYLOAD",
            self.method, self.path, self.disposition, self.host,
        );
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{}\n{day}/us-east-1/s3/aws4_request\n{}",
            self.date,
            hex(&Sha256::digest(canonical)),
        );
        let key = format!("AWS4{}", self.secret_access_key).into_bytes();
        let key =
            [day, "us-east-1", "s3", "aws4_request"].iter().fold(key, |key, part| hmac(&key, part));
        format!("{before}&X-Amz-Signature={}&{after}", hex(&hmac(&key, &to_sign)))
    }
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
        encoded
    })
}

/// The expected signature was computed without this code.
#[test]
fn our_presigner_gives_the_golden_signature_of_zendesks_documented_url() {
    let documented = PresignInput {
        access_key_id: ACCESS_KEY_ID,
        secret_access_key: SECRET_ACCESS_KEY,
        method: "PUT",
        host: "aus-uploaded-assets-production.s3-accelerate.amazonaws.com",
        path: "/20/13633840/01GC9JEN2X052BAKW905PH9C36",
        content_type: "image/jpeg",
        disposition: "attachment; filename=\"01GC9JEN2X052BAKW905PH9C36.jpeg\"",
        date: "20220906T141448Z",
        expires: "3600",
    };
    let golden = "66adfa5088ec86372d5b5e4a397a75d859f8a0feb7d30d95affef1b60482a3a7";
    let query = documented.query();
    assert!(query.contains(&format!("&X-Amz-Signature={golden}&")), "{query}");
}
