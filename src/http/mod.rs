//! How Zendesk and S3 say it: the routes, and what happens to every request.

mod arrivals;
mod bucket;
mod control;
mod exchange;
mod files;
mod guide;
mod pipeline;
mod support;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONNECTION, EXPECT, ORIGIN};
use axum::http::{HeaderValue, Method, Request, Response, Uri, request};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::{any, get, post, put};
use hyper::body::Incoming;
use tower::Service as _;

use self::arrivals::Arrivals;
use self::exchange::body::Payload;
use self::exchange::credentials::Credentials;
use self::exchange::extract::{Context, Known};
use self::exchange::problem::Problem;
use self::exchange::recorder::Marks;
use self::exchange::urls::Urls;
use self::exchange::{body as response_body, etag, problem};
use self::files as content;
use self::guide::error::GuideError;
use self::guide::user_images;
use self::pipeline::account::{Address, Choice, Service};
use self::pipeline::cors::allow;
use self::pipeline::faults::Cut;
use self::pipeline::request_log::Note;
use self::pipeline::{difference_header, endpoint_limits, faults, request_body, response_headers};
use self::support::error::SupportError;
use self::support::{attachments, brands, comments, requests, tickets, uploads, users};
use crate::config::ServerConfig;
use crate::core::account::Account;
use crate::core::account::settings::Cors;
use crate::core::accounts::{AccountName, Accounts};
use crate::core::faults::{Effect, Fault, Phase};

/// All routes, grouped by who calls them: clients of Zendesk, and who holds a presigned URL.
fn routes() -> (Router, Router) {
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
    (zendesk, bucket)
}

/// Where requests are answered.
fn answers(cors: Option<Cors>) -> Router {
    let (zendesk, bucket) = routes();
    // Called by tests, and by pages of our own.
    allow(cors, zendesk).merge(bucket).merge(control::routes())
}

/// The answer to every request that is refused before it gets to its route, which the journal names all the same.
fn refusals(cors: Option<Cors>) -> Router {
    let (zendesk, bucket) = routes();
    let all = zendesk.merge(bucket).merge(control::routes());
    allow(cors, all.layer(from_fn(turn_away)))
}

async fn turn_away(context: Context, request: axum::extract::Request, _: Next) -> Response<Body> {
    refused(context, request.uri().clone()).await
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
    problem::retry_after(&problem, answer)
}

/// Zendesk decides this before it asks for credentials.
async fn unknown_endpoint() -> SupportError {
    Problem::UnknownEndpoint.into()
}

/// Where requests go in, and where they are turned away.
#[derive(Debug)]
struct Doors {
    routes: Router,
    refusals: Router,
}

impl Doors {
    fn new(cors: Option<Cors>) -> Self {
        Self { routes: answers(cors), refusals: refusals(cors) }
    }
}

/// The server as a function from requests to answers.
#[derive(Debug)]
pub struct App {
    for_pages: [(Cors, Doors); 3],
    for_others: Doors,
    accounts: Arc<Accounts>,
    default_account: Arc<Account>,
    server: Arc<ServerConfig>,
    /// Wakes who waits for entries of journals.
    arrivals: Arc<Arrivals>,
    local: String,
}

impl App {
    /// A front for `accounts`, of which requests that name none get the default one. `local` is the
    /// host and port that the server listens on.
    pub fn new(
        accounts: Arc<Accounts>,
        default_account: Arc<Account>,
        server: Arc<ServerConfig>,
        local: String,
    ) -> Self {
        Self {
            for_pages: [Cors::Open, Cors::Faithful, Cors::Off]
                .map(|cors| (cors, Doors::new(Some(cors)))),
            for_others: Doors::new(None),
            accounts,
            default_account,
            server,
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
        let (mut body, leftover) = request_body::guard(incoming, self.timeout(), expects_continue);

        let (note, known) = (Note::of(&parts), etag::Known::of(&parts));
        let is_head = note.is_head();
        let (context, service) = self.admit(&mut parts);
        let note = note.open(&context, service);
        parts.extensions.insert(context.clone());
        let fault = context.admission.fault;
        if let Some(fault) = &fault {
            if matches!(fault.effect, Effect::Hang | Effect::Cut(Phase::Before | Phase::During)) {
                // It will get to no route, and the journal names the one that it was for.
                let asked = Request::from_parts(parts.clone(), Body::empty());
                let Ok(_) = self.for_others.refusals.clone().call(asked).await;
            }
            let triggered = faults::before(fault, context.admission.fraction, &mut body).await;
            if let Err(cut) = triggered {
                // What has not been read by now is not.
                drop(body);
                note.cut(leftover.so_far());
                return Err(cut);
            }
        }
        let from_page = parts.headers.contains_key(ORIGIN);
        let doors =
            if from_page { self.for_pages(context.settings.cors) } else { &self.for_others };
        let door = if context.refused.is_some() { &doors.refusals } else { &doors.routes };
        let Ok(mut response) = door.clone().call(Request::from_parts(parts, body)).await;
        let drained = leftover.drain().await;
        if !drained.complete {
            // What is still to come would be taken for the next request.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(Fault { effect: Effect::Cut(Phase::After), .. }) = fault {
            note.cut(drained);
            return Err(Cut);
        }
        known.spare(&mut response);
        response_headers::stamp(service, context.settings.cors, &context.admission, &mut response);
        difference_header::tell(&context, &mut response);
        let response = response_body::whole(response, is_head);
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
    pub fn timeout(&self) -> std::time::Duration {
        self.server.body_timeout
    }

    /// Finds out whom a request is for, and whether it may go on. One that has no account is
    /// refused by the clock of the default account.
    fn admit(&self, parts: &mut request::Parts) -> (Context, Service) {
        let credentials = Credentials::read(&parts.headers, parts.uri.query());
        let server = &*self.server;
        let mut address = Address::of(parts, &credentials, server, &self.local);
        let (account, problem) = match self.account(&address.choice) {
            Ok(account) => (account, None),
            Err(problem) => (Arc::clone(&self.default_account), Some(problem)),
        };
        if let Some(uri) = address.rewritten.take() {
            parts.uri = uri;
        }
        let service = address.service;
        let is_api = service == Service::Guide
            || service == Service::Support && parts.uri.path().starts_with("/api/");
        // A browser asks before it calls; that is no call.
        let counts = is_api && parts.method != Method::OPTIONS;
        // What is for no account uses up nothing of one.
        let has_account = problem.is_none();
        let operation =
            faults::operation(service, &parts.method, &parts.uri).filter(|_| has_account);
        let asked = operation.and_then(|_| control::fault_of_request(&parts.headers)).transpose();
        let (asked, malformed) = match asked {
            Ok(asked) => (asked, None),
            Err(why) => (None, Some(Problem::FaultMalformed(why))),
        };
        let endpoint = || {
            let asked =
                || endpoint_limits::endpoint(service, &parts.method, &parts.uri, &credentials);
            has_account.then(asked).flatten()
        };
        let (admission, settings) =
            account.admit(counts && has_account, endpoint, operation, asked);
        address.seen_by(&settings);
        let at_home = address.is_home_of(account.name(), server);
        let limited = Problem::exceeded(&admission);
        let triggered = admission.fault.and_then(|fault| match fault.effect {
            Effect::Status { status, retry_after } => Some(Problem::Fault { status, retry_after }),
            _ => None,
        });
        let refused = problem.or(malformed).or(limited).or(triggered);
        let urls = Urls::new(
            address.origin,
            address.arrived_at,
            address.prefix,
            Arc::clone(&account),
            at_home,
        );
        let known = Known {
            settings,
            server: Arc::clone(&self.server),
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
