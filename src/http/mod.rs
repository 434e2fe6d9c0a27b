//! The server as a function from requests to responses: [`App::answer`] and [`Pipeline::run`] have
//! the steps of every request in order.

mod bucket;
mod control;
mod emulated_openapi;
mod exchange;
mod files;
mod guide;
mod page;
mod pipeline;
mod routes;
mod support;
mod unknown_endpoint;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CONNECTION, EXPECT};
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use tower::{Layer as _, Service as _, service_fn};

pub use self::exchange::context::EventStreams;
use self::exchange::context::{AppState, Exchange};
use self::exchange::credentials::Credentials;
use self::exchange::extract::first_parameter;
use self::exchange::long_work::LongWork;
pub use self::exchange::origin::Scheme;
use self::exchange::presigned::SentPath;
use self::exchange::problem::Problem;
#[cfg(feature = "tls")]
pub use self::exchange::proxy_refusal::ProxyRefusal;
use self::exchange::refusal::Refusal;
use self::exchange::route::{AccountIn, LimitRule, Service};
use self::exchange::row::Row;
use self::pipeline::cors::CorsLayers;
use self::pipeline::faults::Cut;
use self::pipeline::not_modified::KnownTags;
use self::pipeline::request_body::Leftover;
use self::pipeline::request_log::{OpenRequest, SentRequest};
pub use self::pipeline::reserve::ReservedPlace;
use self::pipeline::response_body::{self, ResponseBody};
use self::pipeline::{
    access, account, admission, charge_answer, cors, difference_header, faults, panics, path,
    reason_header, render::render_refusal, request_body, request_head, reserve, response_headers,
};
use self::routes::Methods;
use self::unknown_endpoint::AllowedMethods;
use crate::config::ServerConfig;
use crate::core::account::Account;
use crate::core::accounts::Accounts;
use crate::core::faults::{Effect, Impairment, Phase};
use crate::fidelity::KnownDifference;
#[cfg(feature = "tls")]
use crate::tls::authority::Authority;

/// The application: the routes, and the steps that each of them runs.
#[derive(Debug)]
pub struct App {
    pipeline: Arc<Pipeline>,
    router: Router,
    /// The place of a connection beyond `max_connections`.
    reserved: Option<ReservedPlace>,
}

#[derive(Debug)]
struct Pipeline {
    state: Arc<AppState>,
    cors: CorsLayers,
}

/// What is known of a request before its route is.
#[derive(Clone)]
struct RoutingInput {
    sent: SentRequest,
    /// The account's prefix of the path.
    prefix: String,
    scheme: Scheme,
    leftover: Leftover,
}

impl App {
    /// `local` is the host and port that the server listens on.
    pub fn new(
        accounts: Arc<Accounts>,
        default_account: Arc<Account>,
        server: Arc<ServerConfig>,
        local: String,
        event_streams: EventStreams,
        #[cfg(feature = "tls")] authority: Arc<Authority>,
    ) -> Self {
        let state = Arc::new(AppState {
            accounts,
            default_account,
            server,
            local,
            #[cfg(feature = "tls")]
            authority,
            patterns: routes::patterns(),
            emulated_document: routes::emulated_document,
            event_streams,
            long_work: LongWork::default(),
        });
        let pipeline = Arc::new(Pipeline { state, cors: CorsLayers::new() });
        let router = routes::router({
            let pipeline = Arc::clone(&pipeline);
            move |methods, request| Arc::clone(&pipeline).run(methods, request)
        });
        Self { pipeline, router, reserved: None }
    }

    /// The same application for a connection beyond `max_connections`.
    pub fn reserve(&self, place: ReservedPlace) -> Self {
        let (pipeline, router) = (Arc::clone(&self.pipeline), self.router.clone());
        Self { pipeline, router, reserved: Some(place) }
    }

    /// How long a connection with an ordinary place may carry nothing.
    pub fn idle_timeout(&self) -> Duration {
        self.pipeline.state.server.idle_timeout
    }

    /// How long the connection may carry nothing while it has the place that it has now.
    pub fn timeout(&self) -> Duration {
        let most = if self.is_reserved() { reserve::TIMEOUT } else { Duration::MAX };
        self.idle_timeout().min(most)
    }

    fn is_reserved(&self) -> bool {
        self.reserved.as_ref().is_some_and(|place| !place.is_ordinary())
    }

    /// Resolves once a connection beyond `max_connections` has to end.
    pub async fn place_ends(&self) {
        match &self.reserved {
            Some(place) => place.ends().await,
            None => std::future::pending().await,
        }
    }

    /// Whether a request for a path or a tunnel is served, now or once an ordinary place is free.
    pub async fn admits(&self, path: &str) -> bool {
        let Some(place) = &self.reserved else { return true };
        // An idle connection gives its place back after one `idle_timeout`.
        place.admits(path, self.idle_timeout().saturating_mul(2)).await
    }

    /// The response to a client whose tunnel is accepted.
    #[cfg(feature = "tls")]
    pub fn accept_tunnel(&self) -> Response<ResponseBody> {
        response_body::attach(Response::default(), Effect::Served)
    }

    /// The host and port that the server listens on.
    #[cfg(feature = "tls")]
    pub fn local(&self) -> &str {
        &self.pipeline.state.local
    }

    /// Whether the server listens on all addresses of its machine.
    #[cfg(feature = "tls")]
    pub fn listens_on_all(&self) -> bool {
        self.pipeline.state.server.host.is_unspecified()
    }

    /// Answers one request of a connection that has this scheme: the steps before its route is
    /// known, and the last one.
    ///
    /// # Errors
    /// A fault cuts the connection.
    pub async fn answer(
        &self,
        request: hyper::Request<Incoming>,
        scheme: Scheme,
    ) -> Result<Response<ResponseBody>, Cut> {
        let (mut parts, incoming) = request.into_parts();
        if let Some(refusal) = request_head::refuse(&parts) {
            return Ok(response_body::attach(refusal, Effect::Served));
        }

        // 1. Take from the path what does not belong to the route.
        let sent = SentRequest::new(&parts);
        bucket::normalize(&mut parts);
        let prefix = path::normalize(&mut parts.uri);
        request_head::name_host(&mut parts);
        if let Some(routed) = path::bucket_path(parts.uri.path())
            && let Some(uri) = path::with_path(&parts.uri, &routed)
        {
            parts.extensions.insert(SentPath(parts.uri.path().to_owned()));
            parts.uri = uri;
        }
        if !self.admits(parts.uri.path()).await {
            return Ok(response_body::attach(reserve::refusal(), Effect::Served));
        }

        // 2. Guard the body, so that it is timed out and, if it is refused, drained.
        let expects_continue = parts.headers.contains_key(EXPECT);
        let (body, leftover) = request_body::guard(incoming, self.timeout(), expects_continue);

        // 3. Match the route, which runs the other steps.
        parts.extensions.insert(RoutingInput { sent, prefix, scheme, leftover });
        let Ok(mut response) = self.router.clone().call(Request::from_parts(parts, body)).await;

        // 18. Attach the body that the connection sends, or cut the connection.
        if response.extensions_mut().remove::<Cut>().is_some() {
            return Err(Cut);
        }
        if self.is_reserved() {
            // Another connection gets the place.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let effect = response.extensions_mut().remove().unwrap_or(Effect::Served);
        Ok(response_body::attach(response, effect))
    }
}

impl Pipeline {
    /// The steps of a request whose route is known.
    async fn run(self: Arc<Self>, methods: Arc<Methods>, request: Request) -> Response {
        let (mut parts, body) = request.into_parts();
        let Some(RoutingInput { sent, prefix, scheme, leftover }) = parts.extensions.remove()
        else {
            unreachable!("every request comes from App::answer");
        };
        let (row, allow) = methods.find(&parts);
        let route = &row.route;
        let is_head = parts.method == Method::HEAD;
        let known_tags = KnownTags::read(&parts);
        if let Some(methods) = allow {
            parts.extensions.insert(AllowedMethods(methods.clone()));
        }

        // 4. Find the account.
        let parameter = match (route.account, route.limit) {
            (AccountIn::Nothing, LimitRule::None) => None,
            _ => first_parameter(&mut parts).await,
        };
        let credentials = Credentials::read(&parts.headers, parts.uri.query());
        let place = parameter.as_deref();
        let found = account::find(&self.state, &parts, scheme, prefix, route, place, &credentials);

        // 5. Admit the request to the account, by its clock, its limits and its faults.
        let (exchange, refused) =
            admission::admit(&self.state, route, &parts, place, credentials, found);
        let context = &exchange.context;
        let open_request = OpenRequest::new(&exchange, sent, &parts.headers, leftover.clone());
        // Dropped before the request in flight, which then has what arrived.
        let mut body = body;

        // 6. Apply the fault that a rule or the request asks for.
        let fault = context.admission.fault;
        if let Some(fault) = fault
            && faults::apply(fault, context.admission.fraction, &mut body).await.is_err()
        {
            // The rest of the body is not read.
            drop(body);
            open_request.cut(leftover.so_far());
            return faults::cut();
        }

        // 7. Apply CORS around steps 8 to 10.
        let cors = cors::applies(route, &parts, refused.is_some());
        let layer = cors.then(|| self.cors.get(context.settings.cors, &parts.method)).flatten();
        let request = Request::from_parts(parts, body);
        let mut response = match layer {
            None => handle(row, exchange.clone(), refused, request).await,
            Some(layer) => {
                let service = service_fn(|request| {
                    let response = handle(row, exchange.clone(), refused.clone(), request);
                    async { Ok::<_, Infallible>(response.await) }
                });
                let Ok(response) = layer.layer(service).call(request).await;
                response
            }
        };

        // 11. Announce the length of the body.
        response_body::announce(&mut response, allow, is_head);

        // 12. Drain what is left of the request's body.
        let drained = leftover.drain().await;
        if !drained.complete {
            // The rest would be taken for the next request.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(Impairment { effect: Effect::Cut(Phase::After), .. }) = fault {
            open_request.cut(drained);
            return faults::cut();
        }

        // 13. Leave out a body that the client has.
        known_tags.apply(&mut response);

        // 14. Put the service's headers on the response.
        response_headers::stamp(context, &mut response);

        // 15. Name the known differences from Zendesk.
        difference_header::name(exchange.recorder.differences(), &mut response);

        // 16. Say why it is refused, or what the client probably did not mean.
        let hint = exchange.recorder.hint();
        reason_header::set(hint.as_deref(), &mut response);

        // 17. Log the request and record it in the journal.
        open_request.answered(drained, &response, hint);
        if let Some(fault) = fault {
            response.extensions_mut().insert(fault.effect);
        }
        response
    }
}

async fn handle(
    row: &'static Row,
    exchange: Exchange,
    refused: Option<Problem>,
    request: Request,
) -> Response {
    // 8. Check what the row demands.
    let problem = refused.or_else(|| access::check(&exchange, &request).err());

    // 9. Call the handler.
    let is_support = matches!(row.route.service, Service::Support);
    let asks = is_support && support::pagination::asks_for_includes(request.uri().query());
    let method = request.method().clone();
    let response = match problem {
        None => panics::catch((row.handler)(request, exchange.clone())).await,
        Some(problem) => Refusal(problem).into_response(),
    };

    // 10. Render a refusal as the service does, and charge a large answer.
    let render = match row.route.service {
        Service::Support | Service::Files => support::error::render,
        Service::Guide => guide::error::render,
        Service::Bucket => bucket::render,
        Service::Control | Service::Page => control::error::render,
    };
    let response = render_refusal(response, &exchange, render);
    let response = charge_answer::charge(response, &method, &exchange, render).await;
    // A handler that does not know what it is asked for brings nothing along.
    if asks && response.status().is_success() && !exchange.recorder.reads_includes() {
        exchange.recorder.record_difference(KnownDifference::SortAndInclude);
    }
    response
}
