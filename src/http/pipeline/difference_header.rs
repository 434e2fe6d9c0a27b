//! Which known differences from Zendesk a response took part in, and how it names them.
//!
//! A handler notes on its [`Context`] what it does differently; a refusal brings what is different about it.

use axum::http::{HeaderName, HeaderValue, Response};

use crate::core::Error;
use crate::fidelity::{Differences, Differs};
use crate::http::exchange::extract::Context;
use crate::http::exchange::problem::Problem;
use crate::http::support::ticket_input::TOO_MANY;

/// The header that names them.
pub const HEADER: HeaderName = HeaderName::from_static("x-zendesk-mock-difference");

/// What is different about the way in which the Support API refuses something.
pub fn of_support(problem: &Problem) -> Option<Differs> {
    match problem {
        Problem::FileTooLarge { .. } => Some(Differs::UploadLimit),
        Problem::JsonMalformed { .. } => Some(Differs::MalformedJson),
        Problem::JsonTooLarge { .. } | Problem::WrongType { must: TOO_MANY, .. } => {
            Some(Differs::TextLimits)
        }
        Problem::EndpointLimited { .. } => Some(Differs::EndpointRefusal),
        Problem::Core(error) => match error {
            Error::BadToken { .. } => Some(Differs::BadToken),
            Error::TooManyFiles { .. } => Some(Differs::FilesPerUpload),
            Error::CommentTooLong { .. } | Error::TooManyCustomFields { .. } => {
                Some(Differs::TextLimits)
            }
            _ => None,
        },
        _ => None,
    }
}

/// What is different about the way in which the Guide gateway refuses something.
pub fn of_guide(problem: &Problem) -> Option<Differs> {
    match problem {
        Problem::Core(Error::ImageTypeDiffers { .. }) => Some(Differs::StoredType),
        Problem::Core(Error::ImageAlreadyPublished) => Some(Differs::PublishedOnce),
        _ => None,
    }
}

/// Joins an answer and what is different about it.
pub fn noted<B>(mut answer: Response<B>, difference: Option<Differs>) -> Response<B> {
    if let Some(difference) = difference {
        let before = answer.extensions().get::<Differences>().copied().unwrap_or_default();
        answer.extensions_mut().insert(before.and(difference.into()));
    }
    answer
}

/// Names on an answer what it took part in.
pub fn tell<B>(context: &Context, answer: &mut Response<B>) {
    let own = answer.extensions().get::<Differences>().copied().unwrap_or_default();
    let all = context.differences().and(own);
    if all == Differences::default() {
        return;
    }
    let mut names = all.names();
    let value = match (names.next(), names.next()) {
        (Some(only), None) => Some(HeaderValue::from_static(only)),
        _ => all.names().collect::<Vec<_>>().join(", ").try_into().ok(),
    };
    if let Some(value) = value {
        answer.headers_mut().insert(HEADER, value);
    }
}
