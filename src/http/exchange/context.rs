//! What handlers know of a request. It does not change after the admission.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::ServerConfig;
use crate::core::account::settings::{AccountSettings, Auth, Impersonation};
use crate::core::account::{Account, Admission};
use crate::core::accounts::Accounts;
use crate::core::users::{Login, Role};
use crate::fidelity::KnownDifference;
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::long_work::LongWork;
use crate::http::exchange::on_behalf_of::OnBehalfOf;
use crate::http::exchange::origin::Scheme;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::route::{Route, Service};
use crate::http::exchange::urls::Urls;
#[cfg(feature = "tls")]
use crate::tls::authority::Authority;

pub const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// What all requests of a server share. Handlers that need it ask for `State<Arc<AppState>>`.
#[derive(Debug)]
pub struct AppState {
    pub accounts: Arc<Accounts>,
    /// The account of a request that names none.
    pub default_account: Arc<Account>,
    pub server: Arc<ServerConfig>,
    /// The host and port that the server listens on.
    pub local: String,
    #[cfg(feature = "tls")]
    pub authority: Arc<Authority>,
    /// The patterns of all routes, as entries of the journal name them.
    pub patterns: Vec<&'static str>,
    /// The OpenAPI document of the emulated endpoints.
    pub emulated_document: fn() -> &'static Value,
    pub event_streams: EventStreams,
    pub long_work: LongWork,
}

/// The event streams that are open. Each holds a connection.
#[derive(Debug)]
pub struct EventStreams {
    places: Arc<Semaphore>,
    most: usize,
}

impl EventStreams {
    const MOST: usize = 256;

    /// At most half of the connections.
    pub fn new(max_connections: usize) -> Self {
        let most = (max_connections / 2).clamp(1, Self::MOST);
        Self { places: Arc::new(Semaphore::new(most)), most }
    }

    /// The place of a stream.
    ///
    /// # Errors
    /// As many are open as there can be.
    pub fn open(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_| Problem::TooManyStreams { max: self.most })
    }
}

/// What the handler of one request can extract.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub app: Arc<AppState>,
    pub context: Arc<RequestContext>,
    pub recorder: Recorder,
}

impl FromRef<Exchange> for Arc<AppState> {
    fn from_ref(exchange: &Exchange) -> Self {
        Self::clone(&exchange.app)
    }
}

/// The data of a request, shared by its handler and the steps around it.
#[derive(Debug)]
pub struct RequestContext {
    pub route: &'static Route,
    pub account: Arc<Account>,
    /// Whether the request is for that account, which otherwise only lends its clock and settings.
    pub has_account: bool,
    /// The account's settings when it admitted the request. All of the request follows them, the
    /// use case in `core` too, so that a change while the body arrives is for the next request.
    pub settings: Arc<AccountSettings>,
    pub server: Arc<ServerConfig>,
    /// That of all requests.
    pub long_work: LongWork,
    pub admission: Admission,
    pub credentials: Credentials,
    pub on_behalf_of: OnBehalfOf,
    /// The scheme of the connection, whatever a proxy says.
    pub scheme: Scheme,
    /// The URLs that this client can follow.
    pub urls: Urls,
}

impl RequestContext {
    /// Checks the credentials against the setting `auth`.
    ///
    /// # Errors
    /// Why they are not accepted.
    pub fn authenticate(&self) -> Result<(), &'static str> {
        match (self.settings.auth, &self.credentials) {
            (Auth::None, _) => Ok(()),
            (Auth::AnonymousRequests, Credentials::Absent) => {
                Err("no credentials, and only uploads and new requests need none here; see auth")
            }
            (_, Credentials::Absent) => Err("no credentials; auth = none would accept that"),
            (_, Credentials::Malformed(why)) => Err(why),
            (Auth::Any | Auth::AnonymousRequests, _) => Ok(()),
            (Auth::Strict, sent) => {
                let listed = self.server.credentials.iter().any(|known| sent.matches(known));
                let is_seeded = || sent.secret().is_some_and(|secret| self.account.knows(&secret));
                (listed || is_seeded())
                    .then_some(())
                    .ok_or("these credentials are neither listed nor seeded, and auth is strict")
            }
        }
    }

    /// Refuses a client that acts for another user and may not, or that names none.
    ///
    /// # Errors
    /// [`Problem::Unauthenticated`], [`Problem::NoImpersonation`] or
    /// [`Problem::UnknownImpersonated`].
    pub fn ensure_impersonates(&self, recorder: &Recorder) -> Result<(), Problem> {
        if self.on_behalf_of == OnBehalfOf::Itself {
            return Ok(());
        }
        self.authenticate().map_err(Problem::Unauthenticated)?;
        let has_token = matches!(self.credentials, Credentials::Bearer(_));
        if self.settings.impersonation == Impersonation::Bearer && !has_token {
            let why = "X-On-Behalf-Of needs an OAuth token, because impersonation is bearer";
            return Err(Problem::NoImpersonation(why));
        }
        let own = self.credentials.login();
        let own = own.and_then(|login| self.account.limiting_user(&login));
        if own.is_some_and(|user| user.role != Role::Admin) {
            return Err(Problem::NoImpersonation("X-On-Behalf-Of is for admins, and this is none"));
        }
        if self.on_behalf_of == OnBehalfOf::Unknown {
            return Err(Problem::UnknownImpersonated);
        }
        if !has_token {
            recorder.record_difference(KnownDifference::ImpersonationCredentials);
        }
        Ok(())
    }

    /// The user that acts: that for whom an admin does, or that of the credentials.
    pub fn login(&self) -> Option<Login> {
        match self.on_behalf_of {
            OnBehalfOf::User(id) => Some(Login::OnBehalfOf(id)),
            OnBehalfOf::Itself | OnBehalfOf::Unknown => self.credentials.login(),
        }
    }

    /// The token of help-center sessions, as text: 86 characters, as recorded.
    pub fn authenticity_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.account.authenticity_token())
    }

    /// The token that the help center itself hands out, in the form of pages since about 2024.
    pub fn help_center_token(&self) -> String {
        format!("hc:hcobject:server:{}", self.authenticity_token())
    }

    /// Whether a request belongs to a session of the help center: it has the token of `users/me`,
    /// or that of the help center. User images are refused with the second, as a user found
    /// (2026-08-19).
    pub fn has_session(&self, headers: &HeaderMap) -> bool {
        let takes_both = self.route.service != Service::Guide;
        headers.get(CSRF_TOKEN).is_some_and(|sent| {
            *sent == *self.authenticity_token()
                || (takes_both && *sent == *self.help_center_token())
        })
    }
}

impl FromRequestParts<Exchange> for Arc<RequestContext> {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, exchange: &Exchange) -> Result<Self, Infallible> {
        Ok(exchange.context.clone())
    }
}

impl FromRequestParts<Exchange> for Recorder {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, exchange: &Exchange) -> Result<Self, Infallible> {
        Ok(exchange.recorder.clone())
    }
}
