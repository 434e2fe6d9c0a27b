//! JSON responses with Zendesk's own `Content-Type`, which names the charset.

use std::io;

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::core::account::Account;
use crate::core::blobs::{Blob, BlobWriter, OutOfMemory};
use crate::http::exchange::blob_range::BlobRange;

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
    ([(CONTENT_TYPE, content_type), (ETAG, weak_tag(&[&json]))], json).into_response()
}

/// A list of more bytes than this is charged to the budget while it goes out: a page of the longest
/// comments has tens of millions.
const LARGE: usize = 64 * 1024;

/// A list of the Support API, with an entity tag.
///
/// # Errors
/// A store without room.
pub fn list(value: &impl Serialize, account: &Account) -> Result<Response, OutOfMemory> {
    Ok(match List::serialize(value, account)? {
        List::Small(json) => {
            ([(CONTENT_TYPE, JSON), (ETAG, weak_tag(&[&json]))], json).into_response()
        }
        List::Large(json) => ([(ETAG, weak_tag(json.chunks()))], stored(json)).into_response(),
    })
}

/// A list of the control API, which has no entity tag.
///
/// # Errors
/// A store without room.
pub fn plain_list(value: &impl Serialize, account: &Account) -> Result<Response, OutOfMemory> {
    Ok(match List::serialize(value, account)? {
        List::Small(json) => ([(CONTENT_TYPE, JSON)], json).into_response(),
        List::Large(json) => stored(json),
    })
}

fn stored(json: Blob) -> Response {
    let size = json.len();
    let headers = [(CONTENT_TYPE, JSON), (CONTENT_LENGTH, HeaderValue::from(size))];
    let mut response = (headers, ()).into_response();
    response.extensions_mut().insert(BlobRange::new(json, 0..size));
    response
}

/// A list as JSON.
enum List {
    Small(Vec<u8>),
    Large(Blob),
}

impl List {
    fn serialize(value: &impl Serialize, account: &Account) -> Result<Self, OutOfMemory> {
        let mut writer = ListWriter {
            account,
            segment: Vec::with_capacity(USUAL_LENGTH),
            rest: None,
            full: None,
        };
        // As for `serialize`, only a store without room can fail, and that is kept in `full`.
        let _ = serde_json::to_writer(&mut writer, value);
        let ListWriter { segment, rest, full, .. } = writer;
        if let Some(full) = full {
            return Err(full);
        }
        let Some(mut blob) = rest else { return Ok(Self::Small(segment)) };
        blob.push(segment.into())?;
        Ok(Self::Large(blob.finish()))
    }
}

/// Collects bytes, and charges them segment by segment once they are many.
struct ListWriter<'a> {
    account: &'a Account,
    segment: Vec<u8>,
    /// The segments before, which are charged.
    rest: Option<BlobWriter>,
    /// Why the list cannot be written.
    full: Option<OutOfMemory>,
}

impl ListWriter<'_> {
    fn charge_segment(&mut self) -> Result<(), OutOfMemory> {
        let blob = match &mut self.rest {
            Some(blob) => blob,
            None => self.rest.insert(self.account.receive(0)?),
        };
        let segment = std::mem::replace(&mut self.segment, Vec::with_capacity(LARGE));
        blob.push(segment.into())
    }
}

impl io::Write for ListWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.segment.len() == LARGE
            && let Err(full) = self.charge_segment()
        {
            self.full = Some(full);
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        let taken = bytes.len().min(LARGE - self.segment.len());
        self.segment.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A value under its name: `{"ticket": {…}}`.
pub struct NamedValue<T>(pub &'static str, pub T);

impl<T: Serialize> Serialize for NamedValue<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, &self.1)])
    }
}

/// JSON with line breaks.
pub struct PrettyJson<T>(pub T);

impl<T: Serialize> IntoResponse for PrettyJson<T> {
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
fn weak_tag(body: &[impl AsRef<[u8]>]) -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digest = Sha256::new();
    body.iter().for_each(|piece| digest.update(piece));
    let mut tag = *b"W/\"--------------------------------\"";
    for (place, byte) in tag[3..35].chunks_exact_mut(2).zip(digest.finalize()) {
        place[0] = DIGITS[usize::from(byte >> 4)];
        place[1] = DIGITS[usize::from(byte & 15)];
    }
    HeaderValue::from_bytes(&tag).unwrap_or(HeaderValue::from_static("W/\"\""))
}
