//! How Zendesk and S3 say it: the routes, and what happens to every request.

mod address;
mod answer;
mod arrivals;
mod attachments;
mod body;
mod brands;
mod bucket;
mod comments;
mod conditional;
mod content;
mod control;
mod credentials;
mod differences;
mod download;
mod draft;
mod error;
mod extract;
mod faults;
mod form;
mod headers;
mod json;
mod limits;
mod marks;
mod note;
mod paging;
mod payload;
mod presigned;
mod query;
mod requests;
mod seen;
mod temporary;
mod tickets;
mod uploads;
mod urls;
mod user_images;
mod users;
mod warning;
mod wire;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    CONNECTION, CONTENT_DISPOSITION, ETAG, EXPECT, LOCATION, ORIGIN, RETRY_AFTER,
};
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, Uri, request};
use axum::response::IntoResponse;
use axum::routing::{any, get, post, put};
use hyper::body::Incoming;
use tower::Service as _;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, Any, CorsLayer};

use self::address::{Address, Choice, Service};
use self::arrivals::Arrivals;
use self::body::Drained;
use self::credentials::Credentials;
use self::error::{GuideError, Problem, SupportError};
use self::extract::{Context, Known};
use self::faults::Cut;
use self::marks::Marks;
use self::note::Note;
use self::payload::Payload;
use self::urls::Urls;
use crate::config::{Cors, EndpointLimits, Settings};
use crate::core::account::Account;
use crate::core::accounts::{AccountName, Accounts};
use crate::core::faults::{End, Fault, When};

/// All routes, grouped by who calls them. `browsers` is what pages of other origins may do; requests
/// that come from no page have no use for it.
fn router(browsers: Option<Cors>) -> Router {
    // Called by Zendesk clients with credentials, or by the help center without.
    let api = Router::new()
        .route("/api/v2/uploads", post(uploads::create))
        .route("/api/v2/uploads/{token}", get(uploads::show).delete(uploads::delete))
        .route(
            "/api/v2/attachments/{id}",
            get(attachments::show).put(attachments::update).delete(attachments::delete),
        )
        .route("/api/v2/tickets", get(tickets::list).post(tickets::create))
        .route(
            "/api/v2/tickets/{id}",
            get(tickets::show).put(tickets::update).delete(tickets::delete),
        )
        .route("/api/v2/tickets/{id}/comments", get(comments::list))
        .route("/api/v2/tickets/{id}/audits", get(comments::list_audits))
        .route(
            "/api/v2/tickets/{id}/comments/{comment}/attachments/{attachment}/redact",
            put(comments::redact),
        )
        .route("/api/v2/imports/tickets", post(tickets::import))
        .route("/api/v2/requests", post(requests::create))
        .route("/api/v2/requests/{id}", get(requests::show).put(requests::update))
        .route("/api/v2/requests/{id}/comments", get(requests::list_comments))
        .route("/api/v2/brands", get(brands::list))
        .route("/api/v2/brands/{id}", get(brands::show))
        .route("/api/v2/users/me", get(users::me))
        .route("/api/v2/users/search", get(users::search))
        .route("/api/v2/users/{id}", get(users::show))
        .route("/api/v2/guide/user_images/uploads", post(user_images::reserve))
        .route("/api/v2/guide/user_images", post(user_images::publish));

    // Followed by whoever has the URL.
    let files = Router::new()
        .route("/attachments/token/{token}/", get(content::attachment))
        .route("/attachments/token/{token}", get(content::attachment))
        .route("/attachment/{account}/{token}", get(content::temporary))
        .route("/hc/user_images/{name}", get(content::user_image));

    // Called by whoever holds a presigned URL. S3 has its own way with methods and preflights.
    let bucket = Router::new()
        .route("/aus-uploaded-assets", any(bucket::object))
        .route("/aus-uploaded-assets/", any(bucket::object))
        .route("/aus-uploaded-assets/{*key}", any(bucket::object));

    let zendesk =
        api.merge(files).method_not_allowed_fallback(unknown_endpoint).fallback(unknown_endpoint);
    // Called by tests, and by pages of our own.
    allow(browsers, zendesk).merge(bucket).merge(control::routes())
}

/// The answer to every request that is refused before it has a route.
fn refusals(browsers: Option<Cors>) -> Router {
    allow(browsers, Router::new().fallback(refused))
}

/// Lets in the browsers that may come in.
fn allow(browsers: Option<Cors>, routes: Router) -> Router {
    match browsers {
        None | Some(Cors::Off) => routes,
        Some(Cors::Open) => routes.layer(everything()),
        Some(Cors::Faithful) => routes.layer(as_documented()),
    }
}

/// Says why, as the service that was asked says things.
async fn refused(context: Context, uri: Uri) -> Response<Body> {
    let problem = context.refused.clone().unwrap_or(Problem::UnknownEndpoint);
    let answer = match Service::of(uri.path()) {
        Service::Guide => GuideError::from(problem.clone()).into_response(),
        Service::Bucket => bucket::refused(problem.clone(), &context.admission),
        Service::Support | Service::Files | Service::Control => {
            SupportError::from(problem.clone()).into_response()
        }
    };
    error::retry_after(&problem, answer)
}

/// Zendesk decides this before it asks for credentials.
async fn unknown_endpoint() -> SupportError {
    Problem::UnknownEndpoint.into()
}

/// `cors = open`: any page, with credentials, may do anything and see every header of use.
fn everything() -> CorsLayer {
    const EXPOSED: [HeaderName; 15] = [
        LOCATION,
        ETAG,
        CONTENT_DISPOSITION,
        RETRY_AFTER,
        HeaderName::from_static("x-request-id"),
        HeaderName::from_static("x-rate-limit"),
        HeaderName::from_static("x-rate-limit-remaining"),
        HeaderName::from_static("ratelimit-limit"),
        HeaderName::from_static("ratelimit-remaining"),
        HeaderName::from_static("ratelimit-reset"),
        HeaderName::from_static("x-zendesk-api-warn"),
        HeaderName::from_static("x-zendesk-user-id"),
        HeaderName::from_static("x-idempotency-lookup"),
        HeaderName::from_static("content-range"),
        HeaderName::from_static("accept-ranges"),
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_credentials(true)
        .allow_private_network(true)
        .expose_headers([&EXPOSED[..], &limits::HEADERS, &[differences::HEADER]].concat())
}

/// `cors = faithful`: preflights are answered, because OAuth callers in browsers are documented;
/// what the answers themselves carry is recorded, and `headers` puts it there.
fn as_documented() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
}

/// Where requests go in, and where they are turned away.
#[derive(Debug)]
struct Doors {
    routes: Router,
    refusals: Router,
}

impl Doors {
    fn new(browsers: Option<Cors>) -> Self {
        Self { routes: router(browsers), refusals: refusals(browsers) }
    }
}

/// The server as a function from requests to answers.
#[derive(Debug)]
pub struct Front {
    for_pages: [(Cors, Doors); 3],
    for_others: Doors,
    accounts: Arc<Accounts>,
    default_account: Arc<Account>,
    settings: Arc<Settings>,
    /// Wakes who waits for entries of journals.
    arrivals: Arc<Arrivals>,
    local: String,
}

impl Front {
    /// A front for `accounts`, of which requests that name none get the default one. `local` is the
    /// host and port that the server listens on.
    pub fn new(
        accounts: Arc<Accounts>,
        default_account: Arc<Account>,
        settings: Arc<Settings>,
        local: String,
    ) -> Self {
        Self {
            for_pages: [Cors::Open, Cors::Faithful, Cors::Off]
                .map(|cors| (cors, Doors::new(Some(cors)))),
            for_others: Doors::new(None),
            accounts,
            default_account,
            settings,
            arrivals: Arc::new(Arrivals::new()),
            local,
        }
    }

    /// Answers one request. This is the whole way of a request, in order:
    ///
    /// 1. its body is put under guard, so that it is timed out and, if refused, drained;
    /// 2. its account is found, and its path loses what clients add to it;
    /// 3. the account admits it, by its clock, its rate limit and its faults;
    /// 4. its route answers (CORS is a layer of the routes);
    /// 5. what is left of its body is drained;
    /// 6. what the client has already is left out;
    /// 7. the service's own headers are put on the answer, and one that names its differences from Zendesk;
    /// 8. a line is logged, and an entry is written into the account's journal.
    pub async fn answer(&self, request: Request<Incoming>) -> Result<Response<Payload>, Cut> {
        let (mut parts, incoming) = request.into_parts();
        let expects_continue = parts.headers.contains_key(EXPECT);
        let (mut body, leftover) = body::guard(incoming, self.patience(), expects_continue);

        let (note, known) = (Note::of(&parts), conditional::Known::of(&parts));
        let is_head = note.is_head();
        let (context, service) = self.admit(&mut parts);
        let note = note.open(&context, service);
        parts.extensions.insert(context.clone());
        let fault = context.admission.fault;
        if let Some(fault) = &fault {
            let struck = faults::before(fault, context.admission.fraction, &mut body).await;
            if let Err(cut) = struck {
                note.cut(Drained::default());
                return Err(cut);
            }
        }
        let from_page = parts.headers.contains_key(ORIGIN);
        let doors = if from_page { self.for_pages(context.config.cors) } else { &self.for_others };
        let door = if context.refused.is_some() { &doors.refusals } else { &doors.routes };
        let Ok(mut response) = door.clone().call(Request::from_parts(parts, body)).await;
        let drained = leftover.drain().await;
        if !drained.complete {
            // What is still to come would be taken for the next request.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(Fault { end: End::Cut(When::After), .. }) = fault {
            note.cut(drained);
            return Err(Cut);
        }
        known.spare(&mut response);
        headers::stamp(service, context.config.cors, &context.admission, &mut response);
        differences::tell(&context, &mut response);
        let response = payload::whole(response, is_head);
        note.answered(drained, &response);
        Ok(match fault {
            Some(fault) => faults::after(fault, response),
            None => response,
        })
    }

    fn for_pages(&self, cors: Cors) -> &Doors {
        let doors = self.for_pages.iter().find(|(known, _)| *known == cors);
        doors.map_or(&self.for_others, |(_, doors)| doors)
    }

    /// How long a connection may go without a request.
    pub fn patience(&self) -> std::time::Duration {
        self.settings.server().body_timeout
    }

    /// Finds out whom a request is for, and whether it may go on. One that has no account is
    /// refused by the clock of the default account.
    fn admit(&self, parts: &mut request::Parts) -> (Context, Service) {
        let credentials = Credentials::read(&parts.headers, parts.uri.query());
        let server = self.settings.server();
        let address = Address::of(parts, &credentials, server, &self.local);
        let (account, problem) = match self.account(&address.choice) {
            Ok(account) => (account, None),
            Err(problem) => (Arc::clone(&self.default_account), Some(problem)),
        };
        let at_home = address.is_home_of(account.name(), server);
        if let Some(uri) = address.rewritten {
            parts.uri = uri;
        }
        let service = address.service;
        let is_api = service == Service::Guide
            || service == Service::Support && parts.uri.path().starts_with("/api/");
        // A browser asks before it calls; that is no call.
        let counts = is_api && parts.method != Method::OPTIONS;
        // What is for no account uses up nothing of one.
        let has_account = problem.is_none();
        let leg = faults::leg(service, &parts.method, &parts.uri).filter(|_| has_account);
        let asked = leg.and_then(|_| control::fault_of_request(&parts.headers)).transpose();
        let (asked, malformed) = match asked {
            Ok(asked) => (asked, None),
            Err(why) => (None, Some(Problem::FaultMalformed(why))),
        };
        let config = self.settings.of(&account);
        let counts_endpoints = has_account && config.endpoint_limits != EndpointLimits::Off;
        let endpoint = counts_endpoints
            .then(|| limits::endpoint(service, &parts.method, &parts.uri, &credentials))
            .flatten();
        let admission = account.admit(counts && has_account, endpoint.as_ref(), leg, asked);
        let limited = Problem::exceeded(&admission);
        let struck = admission.fault.and_then(|fault| match fault.end {
            End::Status { status, retry_after } => Some(Problem::Fault { status, retry_after }),
            _ => None,
        });
        let refused = problem.or(malformed).or(limited).or(struck);
        let urls = Urls::new(
            address.origin,
            address.arrived_at,
            address.prefix,
            Arc::clone(&account),
            at_home,
        );
        let known = Known {
            config,
            settings: Arc::clone(&self.settings),
            accounts: Arc::clone(&self.accounts),
            account,
            admission,
            credentials,
            urls,
            refused,
            has_account,
            arrivals: Arc::clone(&self.arrivals),
            route: OnceLock::new(),
            marks: Marks::default(),
            differences: AtomicU64::default(),
        };
        (Context::new(known), service)
    }

    fn account(&self, choice: &Choice) -> Result<Arc<Account>, Problem> {
        let named = |name: &Option<AccountName>| match name {
            Some(name) => self.accounts.open(name),
            None => Ok(Arc::clone(&self.default_account)),
        };
        Ok(match choice {
            Choice::Numbered { id, otherwise } => match self.accounts.by_id(*id) {
                Some(account) => account,
                None => named(otherwise)?,
            },
            Choice::Named(name) => self.accounts.open(name)?,
            Choice::Unnamed => named(&None)?,
            Choice::Impossible(name) => return Err(Problem::NoSuchAccount(name.clone())),
        })
    }
}
