//! Renders refusals as the service of the matched row does.

use axum::http::header::RETRY_AFTER;
use axum::response::Response;

use crate::core::account::ObjectError;
use crate::core::tickets::TicketError;
use crate::core::tokens::TokenRef;
use crate::core::uploads::{BadTokenError, SentToken, UploadError};
use crate::http::exchange::context::Exchange;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::{Refusal, refuse};
use crate::http::pipeline::token_hint;

/// Renders a problem as one service does.
pub type Render = fn(&Problem, &Exchange) -> Response;

/// Renders a response if it is a refusal. Headers that the handler set stay.
pub fn render_refusal(mut response: Response, exchange: &Exchange, render: Render) -> Response {
    let Some(Refusal(problem)) = response.extensions_mut().remove() else {
        return response;
    };
    let mut rendered = refuse(&explain(&problem, exchange), render(&problem, exchange));
    if let Problem::Fault { retry_after: Some(seconds), .. } = problem {
        rendered.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    rendered.headers_mut().extend(std::mem::take(response.headers_mut()));
    rendered
}

/// What became of a token that cannot be used, and otherwise the problem.
fn explain(problem: &Problem, exchange: &Exchange) -> String {
    let Exchange { context, recorder, .. } = exchange;
    let account = &*context.account;
    let became = match problem {
        Problem::Ticket(TicketError::BadToken(BadTokenError { token, cause })) => {
            let is_unknown = cause == &UploadError::Unknown;
            let became = match token {
                SentToken::Token(token) => {
                    token_hint::explain(account, Some(TokenRef::Upload(*token)), is_unknown)
                }
                SentToken::Malformed(text) => is_unknown.then(|| {
                    let object =
                        token_hint::explain_object_as_upload(account, account.find_token(text));
                    // A ticket may name several tokens, so that the text says which one is meant.
                    let named = format!("upload token {text:?}");
                    object.unwrap_or_else(|| token_hint::explain_unknown(account, &named))
                }),
            };
            became.map(|became| became + "; bad_token_on_ticket is reject")
        }
        Problem::Upload(cause) => {
            let token = recorder.token();
            token_hint::explain_object_as_upload(account, token)
                .or_else(|| token_hint::explain(account, token, cause == &UploadError::Unknown))
        }
        Problem::Object(cause) => token_hint::explain_object(
            account,
            recorder.token(),
            matches!(cause, ObjectError::UnknownToken(_)),
        ),
        _ => None,
    };
    became.unwrap_or_else(|| problem.to_string())
}
