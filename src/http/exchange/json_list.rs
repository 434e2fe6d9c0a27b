//! Lists as JSON responses. A long one is charged while it goes out.

use std::io;

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::core::account::Account;
use crate::core::blobs::{Blob, BlobWriter, OutOfMemory};
use crate::http::exchange::blob_range::BlobRange;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::json::{JSON, LARGE, USUAL_LENGTH, weak_tag};
use crate::http::exchange::long_work::LongWork;

/// A list of the Support API, with an entity tag.
///
/// # Errors
/// A store without room.
pub async fn list(
    value: &impl Serialize,
    context: &RequestContext,
) -> Result<Response, OutOfMemory> {
    if let Some(json) = serialize_small(value) {
        let headers = [(CONTENT_TYPE, JSON), (ETAG, weak_tag(&[&json]))];
        return Ok((headers, json).into_response());
    }
    context.long_work.run(|| large_list(value, &context.account)).await
}

fn large_list(value: &impl Serialize, account: &Account) -> Result<Response, OutOfMemory> {
    let json = serialize_large(value, account.receive(0)?)?;
    let tag = weak_tag(json.chunks());
    Ok(([(ETAG, tag)], stored(json)).into_response())
}

/// A list of the control API, which has no entity tag. A full store answers all the same, so that
/// tests can see what to delete.
///
/// # Errors
/// A store without room, for a list that has none beside the budget either.
pub async fn plain_list(
    value: &impl Serialize,
    payer: &Account,
    long_work: &LongWork,
) -> Result<Response, OutOfMemory> {
    if let Some(json) = serialize_small(value) {
        return Ok(([(CONTENT_TYPE, JSON)], json).into_response());
    }
    long_work.run(|| large_plain_list(value, payer)).await
}

/// The same for a list that is large, and for work that takes long anyway.
///
/// # Errors
/// As [`plain_list`].
pub fn large_plain_list(value: &impl Serialize, payer: &Account) -> Result<Response, OutOfMemory> {
    let beside = payer.receive_beside().and_then(|rest| serialize_large(value, rest));
    let json = beside.or_else(|_| serialize_large(value, payer.receive(0)?))?;
    Ok(stored(json))
}

fn stored(json: Blob) -> Response {
    let size = json.len();
    let headers = [(CONTENT_TYPE, JSON), (CONTENT_LENGTH, HeaderValue::from(size))];
    let mut response = (headers, ()).into_response();
    response.extensions_mut().insert(BlobRange::new(json, 0..size));
    response
}

/// `None` is a list that is large.
fn serialize_small(value: &impl Serialize) -> Option<Vec<u8>> {
    let mut writer = SmallWriter(Vec::with_capacity(USUAL_LENGTH));
    // Keys are strings, so only a large list can fail.
    serde_json::to_writer(&mut writer, value).is_ok().then_some(writer.0)
}

fn serialize_large(value: &impl Serialize, rest: BlobWriter) -> Result<Blob, OutOfMemory> {
    let mut writer = ListWriter { segment: Vec::with_capacity(LARGE), rest, full: None };
    // Keys are strings, so only a store without room can fail, and that is kept in `full`.
    let _ = serde_json::to_writer(&mut writer, value);
    let ListWriter { segment, mut rest, full } = writer;
    if let Some(full) = full {
        return Err(full);
    }
    rest.push(segment.into())?;
    Ok(rest.finish())
}

/// Collects the bytes of a small list.
struct SmallWriter(Vec<u8>);

impl io::Write for SmallWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Collects the bytes of a large list, and charges them segment by segment.
struct ListWriter {
    segment: Vec<u8>,
    /// The segments before, which are charged.
    rest: BlobWriter,
    /// Why the list cannot be written.
    full: Option<OutOfMemory>,
}

impl ListWriter {
    fn charge_segment(&mut self) -> Result<(), OutOfMemory> {
        let segment = std::mem::replace(&mut self.segment, Vec::with_capacity(LARGE));
        self.rest.push(segment.into())
    }
}

impl io::Write for ListWriter {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::account::settings::{AccountSettings, InitialState};
    use crate::core::accounts::{AccountName, Accounts};
    use crate::core::clock::{Clock, Timestamp};

    #[test]
    fn a_long_list_is_charged_beside_the_budget_first_while_it_goes_out() {
        const MIB: usize = 1024 * 1024;
        let initial = InitialState {
            settings: Arc::new(AccountSettings::for_tests()),
            clock: Clock::Frozen { at: Timestamp::UNIX_EPOCH },
            random_seed: Some(1),
        };
        let accounts = Accounts::new(1, 10 * MIB as u64, initial);
        let account = accounts.open(&AccountName::default_account()).expect("there is room");
        let (budget, long) = (accounts.budget(), "x".repeat(9 * MIB));
        let first = large_plain_list(&long, &account).expect("there is room beside the budget");
        assert_eq!(budget.used(), 0);
        assert!(budget.beside().used() > 9 * MIB as u64);
        let second = large_plain_list(&long, &account).expect("there is room in the budget");
        assert!(budget.used() > 9 * MIB as u64);
        assert!(large_plain_list(&long, &account).is_err());
        assert!(
            large_list(&long, &account).is_err(),
            "a list of the Support API has no room beside"
        );
        drop((first, second));
        assert_eq!((budget.used(), budget.beside().used()), (0, 0));
    }
}
