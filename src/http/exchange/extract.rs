//! Extractors of path parameters and headers. Axum's own, whose rejections are not Zendesk's,
//! appear only here.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;

use crate::core::account::Sender;
use crate::core::users::Login;
use crate::fidelity::ZendeskRoute;
use crate::http::exchange::context::Exchange;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::route::Access;

/// The longest name of a program that is kept, in characters.
const LONGEST_CLIENT: usize = 255;

/// The only parameter of a path.
#[derive(Debug)]
pub struct Path(pub String);

impl FromRequestParts<Exchange> for Path {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, exchange: &Exchange) -> Result<Self, Refusal> {
        #[expect(clippy::disallowed_types, reason = "its rejection is replaced here")]
        let path = axum::extract::Path::<String>::from_request_parts(parts, exchange).await;
        match path {
            Ok(path) => Ok(Self(path.0)),
            // Percent-encoded bytes that are no text name nothing.
            Err(_) => Err(Problem::UnknownEndpoint.into()),
        }
    }
}

/// The two parameters of a path.
#[derive(Debug)]
pub struct PathPair(pub String, pub String);

impl FromRequestParts<Exchange> for PathPair {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, exchange: &Exchange) -> Result<Self, Refusal> {
        type Pair = (String, String);
        #[expect(clippy::disallowed_types, reason = "its rejection is replaced here")]
        let path = axum::extract::Path::<Pair>::from_request_parts(parts, exchange).await;
        match path {
            Ok(path) => Ok(Self(path.0.0, path.0.1)),
            Err(_) => Err(Problem::UnknownEndpoint.into()),
        }
    }
}

/// The ids in a path, in order.
#[derive(Debug)]
pub struct PathIds<const N: usize>(pub [u64; N]);

impl<const N: usize> FromRequestParts<Exchange> for PathIds<N> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, exchange: &Exchange) -> Result<Self, Refusal> {
        let not_an_id = |text: &str| Problem::NotAnId(text.to_owned());
        let Ok(parameters) = RawPathParams::from_request_parts(parts, exchange).await else {
            return Err(not_an_id("").into());
        };
        let mut ids = [0; N];
        for (id, (_, text)) in ids.iter_mut().zip(&parameters) {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|_| is_number);
            *id = number.ok_or_else(|| {
                // Such as `recent` in the place of a ticket's id.
                let path = parts.uri.path();
                match ZendeskRoute::find(path).filter(|route| route.has_literal(text)) {
                    Some(route) => Problem::NotEmulated(route.explain(parts.method.as_str())),
                    None => not_an_id(text),
                }
            })?;
        }
        Ok(Self(ids))
    }
}

/// The first parameter of a path, for the steps before the handler, and for the bucket, which
/// refuses as S3 does.
pub async fn first_parameter(parts: &mut Parts) -> Option<String> {
    let parameters = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    parameters.iter().next().map(|(_, text)| text.to_owned())
}

/// The user and the program that send a ticket, a request or a comment.
#[derive(Debug)]
pub struct Client {
    login: Option<Login>,
    program: Option<String>,
}

impl Client {
    pub fn sender(&self) -> Sender<'_> {
        Sender { login: self.login.as_ref(), client: self.program.as_deref() }
    }
}

impl FromRequestParts<Exchange> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        exchange: &Exchange,
    ) -> Result<Self, Infallible> {
        let Exchange { context, .. } = exchange;
        let name = parts.headers.get(USER_AGENT).and_then(|name| name.to_str().ok());
        // Where credentials are required and `auth` asks for none, the sender is an agent.
        let agent = || {
            let is_required = context.route.access != Access::Optional;
            is_required.then(|| Login::email("agent@example.com"))
        };
        Ok(Self {
            login: context.login().or_else(agent),
            program: name.map(|name| name.chars().take(LONGEST_CLIENT).collect()),
        })
    }
}
