//! How handlers get at a request. Every rejection is an answer in the service's own shape; axum's
//! own extractors, whose rejections are not, appear only here.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Request};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::BytesMut;
use serde_json::{Map, Value};

use crate::config::ServerConfig;
use crate::core::account::settings::{AccountSettings, Auth};
use crate::core::account::{Account, Admission};
use crate::core::accounts::Accounts;
use crate::core::users::Login;
use crate::fidelity::{Differences, Differs};
use crate::http::arrivals::Arrivals;
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Marks;
use crate::http::exchange::urls::Urls;
use crate::http::guide::error::GuideError;
use crate::http::pipeline::request_body;
use crate::http::support::error::SupportError;

/// The largest JSON body of the Guide gateway, in bytes, and the largest that is not charged.
const MAX_JSON: usize = 64 * 1024;
/// The largest JSON body of the Support API, in bytes. A comment has at most 64 Ki characters.
const MAX_TICKET: usize = 512 * 1024;
/// The longest name of a program that is kept, in characters.
const LONGEST_CLIENT: usize = 255;

const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// What is known of a request before its route is: one per request, shared by all who ask.
#[derive(Debug, Clone)]
pub struct Context(Arc<Known>);

/// The contents of a [`Context`].
#[derive(Debug)]
pub struct Known {
    /// The settings of the account, as they were when it admitted the request.
    pub settings: Arc<AccountSettings>,
    /// The configuration of the server.
    pub server: Arc<ServerConfig>,
    /// All accounts, for the control API.
    pub accounts: Arc<Accounts>,
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
    /// Whether the request is for that account, and not only answered by its clock for want of another.
    pub has_account: bool,
    /// Wakes who waits for entries of journals.
    pub arrivals: Arc<Arrivals>,
    /// The route that answers, once there is one.
    pub route: OnceLock<MatchedPath>,
    /// What the request leaves for the journal.
    pub marks: Marks,
    /// What of the answer is known to differ from Zendesk's, as bits.
    pub differences: AtomicU64,
}

impl Context {
    /// Shares what is known.
    pub fn new(known: Known) -> Self {
        Self(Arc::new(known))
    }

    /// Lets a caller in, or says why not.
    pub fn caller(&self) -> Result<(), &'static str> {
        match (self.settings.auth, &self.credentials) {
            (Auth::None, _) => Ok(()),
            (_, Credentials::Absent) => Err("no credentials; auth = none would accept that"),
            (_, Credentials::Malformed(why)) => Err(why),
            (Auth::Any, _) => Ok(()),
            (Auth::Strict, sent) => {
                let listed = self.server.credentials.iter().any(|known| sent.are(known));
                let is_seeded = || sent.secret().is_some_and(|secret| self.account.knows(&secret));
                (listed || is_seeded())
                    .then_some(())
                    .ok_or("these credentials are neither listed nor seeded, and auth is strict")
            }
        }
    }
}

impl Context {
    /// Who calls. Where nobody has to say so, it is an agent all the same.
    pub fn login(&self) -> Login {
        self.credentials.login().unwrap_or_else(|| Login::email("agent@example.com"))
    }

    /// Notes that the answer differs from Zendesk's in this.
    pub fn differs(&self, differences: impl Into<Differences>) {
        self.differences.fetch_or(differences.into().bits(), Ordering::Relaxed);
    }

    /// What was noted.
    pub fn differences(&self) -> Differences {
        Differences::of_bits(self.differences.load(Ordering::Relaxed))
    }

    /// The token of help-center sessions, as text: 86 characters, as recorded.
    pub fn authenticity_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.account.authenticity_token())
    }

    /// Whether a request belongs to a session of the help center: it knows the token of `users/me`.
    pub fn has_session(&self, headers: &HeaderMap) -> bool {
        headers.get(CSRF_TOKEN).is_some_and(|sent| *sent == *self.authenticity_token())
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

/// The context of a caller, or of a session of the help center, which may upload and delete.
#[derive(Debug)]
pub struct Session(pub Context);

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = SupportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SupportError> {
        let context = Context::from_request_parts(parts, state).await?;
        let is_anonymous = matches!(context.credentials, Credentials::Absent);
        if is_anonymous && context.has_session(&parts.headers) {
            context.differs(Differs::OneCsrfToken);
            return Ok(Self(context));
        }
        Caller::admit(context).map(|Caller(context)| Self(context))
    }
}

/// The context of anybody in the Support API, anonymous or not. Credentials that are sent must still be good.
#[derive(Debug)]
pub struct Guest(pub Context);

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = SupportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SupportError> {
        let context = Context::from_request_parts(parts, state).await?;
        if !matches!(context.credentials, Credentials::Absent) {
            context.caller().map_err(Problem::Unauthenticated)?;
        }
        Ok(Self(context))
    }
}

/// The same in the Guide gateway, which refuses in its own shape.
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

/// The two parameters of a path.
#[derive(Debug)]
pub struct PathPair(pub String, pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathPair {
    type Rejection = SupportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SupportError> {
        #[expect(clippy::disallowed_types, reason = "this is the door")]
        let path = axum::extract::Path::<(String, String)>::from_request_parts(parts, state).await;
        match path {
            Ok(path) => Ok(Self(path.0.0, path.0.1)),
            Err(_) => Err(Problem::UnknownEndpoint.into()),
        }
    }
}

/// The ids in a path, in order.
#[derive(Debug)]
pub struct Ids<const N: usize>(pub [u64; N]);

impl<S: Send + Sync, const N: usize> FromRequestParts<S> for Ids<N> {
    type Rejection = SupportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SupportError> {
        #[expect(clippy::disallowed_types, reason = "this is the door")]
        let path = axum::extract::Path::<Vec<String>>::from_request_parts(parts, state).await;
        let Ok(path) = path else {
            return Err(Problem::NotAnId(String::new()).into());
        };
        let mut ids = [0; N];
        for (id, text) in ids.iter_mut().zip(path.0) {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit()).then_some(&*text);
            *id = digits
                .and_then(|digits| digits.parse().ok())
                .ok_or_else(|| Problem::NotAnId(text.clone()))?;
        }
        Ok(Self(ids))
    }
}

/// The program that calls, as it calls itself.
#[derive(Debug)]
pub struct Client(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let name = parts.headers.get(USER_AGENT).and_then(|name| name.to_str().ok());
        Ok(Self(name.map(|name| name.chars().take(LONGEST_CLIENT).collect())))
    }
}

/// What a client of the Support API sends as JSON, whatever its Content-Type says. Nothing at all is `null`.
#[derive(Debug)]
pub struct Sent(pub Value);

impl<S: Sync> FromRequest<S> for Sent {
    type Rejection = SupportError;

    async fn from_request(request: Request, _: &S) -> Result<Self, SupportError> {
        Ok(read_json(request).await.map(Self)?)
    }
}

/// Reads a JSON body. Nothing at all is `null`.
///
/// # Errors
/// A body that is too large, breaks off or is no JSON; a store without room.
pub async fn read_json(request: Request) -> Result<Value, Problem> {
    let (parts, mut body) = request.into_parts();
    let context = parts.extensions.get::<Context>().ok_or(Problem::UnknownEndpoint)?;
    let bytes = read_whole(context, &mut body, MAX_TICKET).await?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let status = context.settings.malformed_json_status;
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::JsonMalformed { cause: error.to_string(), status })
}

/// Reads a body of at most `max` bytes. A small one is free, so that a full store can still be told to
/// let go of something; a larger one is charged while it arrives.
async fn read_whole(context: &Context, body: &mut Body, max: usize) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    let mut charge = None;
    while let Some(chunk) = request_body::next_chunk(body).await {
        let timeout = context.server.body_timeout;
        let chunk =
            chunk.map_err(|error| request_body::broken(&error, bytes.len() as u64, timeout))?;
        let length = bytes.len() + chunk.len();
        if length > max {
            return Err(Problem::JsonTooLarge { max });
        }
        if length > MAX_JSON && charge.is_none() {
            charge = Some(context.account.charge(max as u64)?);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
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
        let context = parts.extensions.get::<Context>().ok_or(Problem::UnknownEndpoint)?;
        let bytes = read_whole(context, &mut body, MAX_JSON).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Problem::JsonMalformed { cause: error.to_string(), status: 400 }.into()
        })
    }
}
