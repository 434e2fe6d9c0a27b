//! Handlers that panic: a defect of this server, which its client must not take for a lost
//! connection.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use axum::response::{IntoResponse, Response};

use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

/// The response of a handler, or a refusal if it panics. The state of accounts is whole: no method
/// leaves it half changed.
pub async fn catch(mut handler: Pin<Box<dyn Future<Output = Response> + Send>>) -> Response {
    std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context)))
            .unwrap_or_else(|_| Poll::Ready(Refusal(Problem::Panicked).into_response()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_panic_of_a_handler_is_a_refusal() {
        let caught = pin!(catch(Box::pin(async { panic!("a defect") })));
        let Poll::Ready(mut response) = caught.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("it waits");
        };
        let refusal = response.extensions_mut().remove::<Refusal>();
        assert!(matches!(refusal, Some(Refusal(Problem::Panicked))), "{refusal:?}");
    }
}
