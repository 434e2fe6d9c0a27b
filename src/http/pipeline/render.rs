//! Renders refusals as the service of the matched row does.

use axum::http::header::RETRY_AFTER;
use axum::response::Response;

use crate::http::exchange::context::Exchange;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::{Refusal, refuse};

/// Renders a problem as one service does.
pub type Render = fn(&Problem, &Exchange) -> Response;

/// Renders a response if it is a refusal. Headers that the handler set stay.
pub fn render_refusal(mut response: Response, exchange: &Exchange, render: Render) -> Response {
    let Some(Refusal(problem)) = response.extensions_mut().remove() else {
        return response;
    };
    let mut rendered = refuse(&problem, render(&problem, exchange));
    if let Problem::Fault { retry_after: Some(seconds), .. } = problem {
        rendered.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    rendered.headers_mut().extend(std::mem::take(response.headers_mut()));
    rendered
}
