//! JSON responses with Zendesk's own `Content-Type`, which names the charset.

use std::io;

use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::core::account::Account;
use crate::core::blobs::OutOfMemory;
use crate::http::exchange::stored::Stored;

/// Recorded on Support and Guide alike.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Longer than most responses, so that most are written without growing.
const USUAL_LENGTH: usize = 2048;

/// A JSON response.
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, JSON)], serialize(&self.0)).into_response()
    }
}

/// A JSON response of the Support API, with the entity tag that all of its successes have.
pub struct TaggedJson<T>(pub T);

impl<T: Serialize> IntoResponse for TaggedJson<T> {
    fn into_response(self) -> Response {
        tagged(&self.0, JSON)
    }
}

/// The same under another content type, which Zendesk gives to some.
pub fn tagged(value: &impl Serialize, content_type: HeaderValue) -> Response {
    let json = serialize(value);
    ([(CONTENT_TYPE, content_type), (ETAG, weak_tag(&json))], json).into_response()
}

/// A list of more bytes than this is charged to the budget while it goes out: a page of the longest
/// comments has tens of millions.
const LARGE: u64 = 64 * 1024;

/// A list of the Support API, with an entity tag.
///
/// # Errors
/// A store without room.
pub fn list(value: &impl Serialize, account: &Account) -> Result<Response, OutOfMemory> {
    charged(value, account, |json| Some([(ETAG, weak_tag(json))]))
}

/// A list of the control API, which has no entity tag.
///
/// # Errors
/// A store without room.
pub fn plain_list(value: &impl Serialize, account: &Account) -> Result<Response, OutOfMemory> {
    charged(value, account, |_| None)
}

/// A list is measured before it is written, and refused where there is no room.
fn charged(
    value: &impl Serialize,
    account: &Account,
    tag: impl FnOnce(&[u8]) -> Option<[(HeaderName, HeaderValue); 1]>,
) -> Result<Response, OutOfMemory> {
    let size = measure(value);
    let room = (size > LARGE).then(|| account.receive(size)).transpose()?;
    let mut json = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    // As for `serialize`.
    let _ = serde_json::to_writer(&mut json, value);
    let head = ([(CONTENT_TYPE, JSON)], tag(&json));
    let Some(mut writer) = room else {
        return Ok((head, json).into_response());
    };
    writer.push(json.into())?;
    let mut head = (head, [(CONTENT_LENGTH, HeaderValue::from(size))], ()).into_response();
    head.extensions_mut().insert(Stored::new(writer.finish(), 0..size));
    Ok(head)
}

/// How many bytes a value is as JSON.
fn measure(value: &impl Serialize) -> u64 {
    struct Count(u64);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // As for `serialize`.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

/// A value under its name: `{"ticket": {…}}`.
pub struct Named<T>(pub &'static str, pub T);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, &self.1)])
    }
}

/// JSON with line breaks.
pub struct Pretty<T>(pub T);

impl<T: Serialize> IntoResponse for Pretty<T> {
    fn into_response(self) -> Response {
        let mut json = serde_json::to_vec_pretty(&self.0).unwrap_or_default();
        json.push(b'\n');
        ([(CONTENT_TYPE, JSON)], json).into_response()
    }
}

fn serialize(value: &impl Serialize) -> Vec<u8> {
    let mut json = Vec::with_capacity(USUAL_LENGTH);
    // Only keys that are no strings can fail here, and there are none.
    let _ = serde_json::to_writer(&mut json, value);
    json
}

/// `W/"…"` around 32 hexadecimal digits, as recorded. Zendesk's digest is unknown; most processors
/// have instructions for this one, which makes it four times as fast as MD5.
fn weak_tag(body: &[u8]) -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut tag = *b"W/\"--------------------------------\"";
    for (place, byte) in tag[3..35].chunks_exact_mut(2).zip(Sha256::digest(body)) {
        place[0] = DIGITS[usize::from(byte >> 4)];
        place[1] = DIGITS[usize::from(byte & 15)];
    }
    HeaderValue::from_bytes(&tag).unwrap_or(HeaderValue::from_static("W/\"\""))
}
