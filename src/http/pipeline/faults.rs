//! Faults that strike a request before its handler is called.

use axum::body::Body;
use axum::http::Response;
use tokio::time::sleep;

use crate::core::faults::{Effect, Impairment, LONGEST, Phase};
use crate::http::exchange::receive::next_chunk;

/// A connection that is closed on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is cut by a fault")]
pub struct Cut;

/// Delays a request, cuts it or lets it hang. `fraction` says how much of the jitter is added.
///
/// # Errors
/// The connection is to be cut.
pub async fn apply(fault: Impairment, fraction: f64, body: &mut Body) -> Result<(), Cut> {
    let wait = fault.delay.saturating_add(fault.jitter.mul_f64(fraction));
    if !wait.is_zero() {
        // Real time: the client is real.
        sleep(wait).await;
    }
    match fault.effect {
        Effect::Cut(Phase::Before) => Err(Cut),
        Effect::Cut(Phase::During) => {
            // The first chunk ends in the middle of most bodies, and at the end of small ones.
            let _ = next_chunk(body).await;
            Err(Cut)
        }
        Effect::Hang => {
            // hyper notices that a client goes away only when its body is read.
            while let Some(chunk) = next_chunk(body).await {
                chunk.map_err(|_| Cut)?;
            }
            sleep(LONGEST).await;
            Err(Cut)
        }
        Effect::Served
        | Effect::Status(_)
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
