//! How handlers get at a request. Every rejection is an answer in the service's own shape; axum's
//! own extractors, whose rejections are not, appear only here.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use bytes::BytesMut;
use serde_json::{Map, Value};

use super::body;
use super::credentials::Credentials;
use super::error::{GuideError, Problem, SupportError};
use super::urls::Urls;
use crate::config::{Auth, Config};
use crate::core::account::{Account, Admission};

/// The largest JSON body, in bytes. The ones that we read have two short properties.
const MAX_JSON: usize = 64 * 1024;

/// What is known of a request before its route is: one per request, shared by all who ask.
#[derive(Debug, Clone)]
pub struct Context(Arc<Known>);

/// The contents of a [`Context`].
#[derive(Debug)]
pub struct Known {
    /// The settings.
    pub config: Arc<Config>,
    /// The account that the request is for.
    pub account: Arc<Account>,
    /// The request's id and time.
    pub admission: Admission,
    /// Who calls.
    pub credentials: Credentials,
    /// The URLs that this client can follow.
    pub urls: Urls,
    /// Why it must not go on, if it must not.
    pub refused: Option<Problem>,
    /// The route that answers, once there is one.
    pub route: OnceLock<MatchedPath>,
}

impl Context {
    /// Shares what is known.
    pub fn new(known: Known) -> Self {
        Self(Arc::new(known))
    }

    fn caller(&self) -> Result<(), &'static str> {
        match (self.config.auth, &self.credentials) {
            (Auth::None, _) => Ok(()),
            (_, Credentials::Absent) => Err("no credentials; auth = none would accept that"),
            (_, Credentials::Malformed(why)) => Err(why),
            (Auth::Any, _) => Ok(()),
            (Auth::Strict, sent) => {
                let known = self.config.credentials.iter().any(|known| sent.are(known));
                known.then_some(()).ok_or("unknown credentials; auth is strict")
            }
        }
    }
}

impl std::ops::Deref for Context {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = SupportError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, SupportError> {
        let context = parts.extensions.get::<Self>().cloned().ok_or(Problem::UnknownEndpoint)?;
        if let Some(route) = parts.extensions.get::<MatchedPath>() {
            // Only the first asker finds it empty, and all would say the same.
            let _ = context.route.set(route.clone());
        }
        Ok(context)
    }
}

/// The context of a caller who is let into the Support API.
#[derive(Debug)]
pub struct Caller(pub Context);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = SupportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SupportError> {
        Self::admit(Context::from_request_parts(parts, state).await?)
    }
}

impl Caller {
    /// Lets a caller in, or not.
    pub fn admit(context: Context) -> Result<Self, SupportError> {
        context.caller().map_err(Problem::Unauthenticated)?;
        Ok(Self(context))
    }
}

/// The context of anybody, anonymous or not. Credentials that are sent must still be good.
#[derive(Debug)]
pub struct Visitor(pub Context);

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = GuideError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, GuideError> {
        let Ok(context) = Context::from_request_parts(parts, state).await else {
            return Err(Problem::UnknownEndpoint.into());
        };
        if !matches!(context.credentials, Credentials::Absent) {
            context.caller().map_err(Problem::Unauthenticated)?;
        }
        Ok(Self(context))
    }
}

/// The one parameter of a path.
#[derive(Debug)]
pub struct Path(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Path {
    type Rejection = SupportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SupportError> {
        #[expect(clippy::disallowed_types, reason = "this is the door")]
        let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        match path {
            Ok(path) => Ok(Self(path.0)),
            // Percent-encoded bytes that are no text name nothing.
            Err(_) => Err(Problem::UnknownEndpoint.into()),
        }
    }
}

/// The properties of a JSON object, whatever its Content-Type says: Zendesk's own editor sends it
/// as `text/plain`, and the documentation's curl as a form. Nobody asks for properties unknown here.
#[derive(Debug)]
pub struct JsonObject(Map<String, Value>);

impl JsonObject {
    /// A property, or `None` if it is missing or null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

impl<S: Sync> FromRequest<S> for JsonObject {
    type Rejection = GuideError;

    async fn from_request(request: Request, _: &S) -> Result<Self, GuideError> {
        let (parts, mut body) = request.into_parts();
        let bytes = read_small(&parts, &mut body).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Problem::JsonMalformed(error.to_string()).into())
    }
}

async fn read_small(parts: &Parts, body: &mut Body) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = body::next_chunk(body).await {
        let patience = parts
            .extensions
            .get::<Context>()
            .map(|context| context.config.body_timeout)
            .unwrap_or_default();
        let chunk = chunk.map_err(|error| body::broken(&error, bytes.len() as u64, patience))?;
        if bytes.len() + chunk.len() > MAX_JSON {
            return Err(Problem::JsonTooLarge { max: MAX_JSON });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
