//! Receives request bodies chunk by chunk, and files into the store.

use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame};

use crate::core::account::Account;
use crate::core::blobs::{BlobWriter, OutOfMemory};
use crate::http::exchange::problem::Problem;

/// The next bytes of a body, or `None` at its end.
pub async fn next_chunk(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    loop {
        let frame = std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => return Some(Ok(data)),
            // Trailers mean nothing here.
            Ok(Err(_trailers)) => {}
            Err(error) => return Some(Err(error)),
        }
    }
}

/// Receives a file. Each chunk is charged to the account's budget before it is kept; `look` sees
/// it first.
///
/// # Errors
/// [`ReceiveError::TooLarge`] for more than `max` bytes; else a broken body or a full store.
pub async fn receive_file(
    body: &mut Body,
    account: &Account,
    max: u64,
    timeout: Duration,
    mut look: impl FnMut(&Bytes),
) -> Result<BlobWriter, ReceiveError> {
    let announced = body.size_hint().exact().unwrap_or(0);
    if announced > max {
        return Err(ReceiveError::TooLarge { size: announced });
    }
    let mut writer = account.receive(announced)?;
    while let Some(chunk) = next_chunk(body).await {
        let chunk = chunk.map_err(|error| broken(&error, writer.received(), timeout))?;
        let size = writer.received() + chunk.len() as u64;
        if size > max {
            return Err(ReceiveError::TooLarge { size });
        }
        look(&chunk);
        writer.push(chunk)?;
    }
    Ok(writer)
}

/// Why a file could not be received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// So many bytes are announced, or have arrived.
    #[error("too large: {size} bytes announced or arrived")]
    TooLarge { size: u64 },
    #[error(transparent)]
    Problem(#[from] Problem),
}

impl From<OutOfMemory> for ReceiveError {
    fn from(error: OutOfMemory) -> Self {
        Self::Problem(error.into())
    }
}

/// Nothing of a body arrived for as long as it may pause.
#[derive(Debug, thiserror::Error)]
#[error("the body stopped arriving")]
pub struct BodyPaused;

/// The problem of a body that cannot be read on.
pub fn broken(error: &axum::Error, received: u64, timeout: Duration) -> Problem {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut last = String::new();
    while let Some(error) = cause {
        if error.is::<BodyPaused>() {
            return Problem::BodyTimedOut { received, timeout };
        }
        last = error.to_string();
        cause = error.source();
    }
    Problem::BodyBroken { received, cause: last }
}
