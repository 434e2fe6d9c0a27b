//! Lists as JSON responses. A long one is charged while it goes out.

use std::io;

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::Account;
use crate::core::blobs::{Blob, BlobWriter, OutOfMemory};
use crate::http::exchange::blob_range::BlobRange;
use crate::http::exchange::json::{JSON, USUAL_LENGTH, weak_tag};

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
        // Keys are strings, so only a store without room can fail, and that is kept in `full`.
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
