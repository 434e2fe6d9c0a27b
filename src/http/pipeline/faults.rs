//! What a fault does to a request before its handler is called.

use axum::body::Body;
use axum::http::Response;
use std::time::Duration;
use tokio::time::sleep;

use crate::core::faults::{Effect, Fault, Phase};
use crate::http::exchange::receive::next_chunk;

/// How long a request hangs at most, should its client never go away.
const LONGEST_HANG: Duration = Duration::from_secs(60 * 60);

/// A connection that is closed on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is cut by a fault")]
pub struct Cut;

/// Waits as long as a fault asks for, and reads as much of the body. `fraction` decides how much of
/// the jitter is added.
///
/// # Errors
/// The request goes no further.
pub async fn apply(fault: Fault, fraction: f64, body: &mut Body) -> Result<(), Cut> {
    let wait = fault.delay.saturating_add(fault.jitter.mul_f64(fraction));
    if !wait.is_zero() {
        // Real time: the client that waits is a real one.
        sleep(wait).await;
    }
    match fault.effect {
        Effect::Cut(Phase::Before) => Err(Cut),
        Effect::Cut(Phase::During) => {
            // One chunk is the middle of most bodies, and the end of small ones.
            let _ = next_chunk(body).await;
            Err(Cut)
        }
        Effect::Hang => {
            // A client that goes away is noticed only where nothing of its body is left to read.
            while let Some(chunk) = next_chunk(body).await {
                chunk.map_err(|_| Cut)?;
            }
            sleep(LONGEST_HANG).await;
            Err(Cut)
        }
        Effect::Served
        | Effect::Status { .. }
        | Effect::Cut(Phase::After)
        | Effect::Truncated(_)
        | Effect::Throttled(_) => Ok(()),
    }
}

/// Stands for the response of a request whose connection is cut.
pub fn cut() -> Response<Body> {
    let mut response = Response::default();
    response.extensions_mut().insert(Cut);
    response
}
