//! The server as a function from requests to responses.

mod bucket;
mod control;
mod exchange;
mod files;
mod guide;
mod pipeline;
mod routes;
mod support;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ALLOW, CONNECTION, EXPECT, ORIGIN};
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use tower::{Layer as _, Service as _, service_fn};

use self::exchange::arrivals::Arrivals;
use self::exchange::context::Exchange;
use self::exchange::credentials::Credentials;
use self::exchange::extract::first_parameter;
use self::exchange::problem::Problem;
use self::exchange::refusal::Refusal;
use self::exchange::route::{AccountIn, LimitRule, Service};
use self::exchange::row::Row;
use self::exchange::state::AppState;
use self::pipeline::cors::CorsLayers;
use self::pipeline::faults::Cut;
use self::pipeline::not_modified::KnownTags;
use self::pipeline::render::{Render, render_refusal};
use self::pipeline::request_body::Leftover;
use self::pipeline::request_log::{InFlight, Sent};
use self::pipeline::response_body::{self, ResponseBody};
use self::pipeline::{
    access, account, admission, difference_header, faults, path, request_body, response_headers,
};
use self::routes::Methods;
use crate::config::ServerConfig;
use crate::core::account::Account;
use crate::core::accounts::Accounts;
use crate::core::faults::{Effect, Phase};

/// The application: its state, and the steps of every request.
#[derive(Debug)]
pub struct App {
    state: Arc<AppState>,
    router: Router,
}

/// What is known of a request before its route is.
#[derive(Clone)]
struct Unrouted {
    sent: Sent,
    /// The account's prefix of the path.
    prefix: String,
    leftover: Leftover,
}

impl App {
    /// An application for `accounts`, of which requests that name none get the default one.
    /// `local` is the host and port that the server listens on.
    pub fn new(
        accounts: Arc<Accounts>,
        default_account: Arc<Account>,
        server: Arc<ServerConfig>,
        local: String,
    ) -> Self {
        let arrivals = Arrivals::new();
        let state = Arc::new(AppState { accounts, default_account, server, arrivals, local });
        let (app, cors) = (Arc::clone(&state), Arc::new(CorsLayers::new()));
        let router = routes::router(move |methods: Arc<Methods>, request| {
            run(Arc::clone(&app), Arc::clone(&cors), methods, request)
        });
        Self { state, router }
    }

    /// How long a connection may go without a request.
    pub fn timeout(&self) -> Duration {
        self.state.server.body_timeout
    }

    /// Answers one request. These are the steps before its route is known; [`run`] has the others.
    ///
    /// # Errors
    /// A fault cuts the connection.
    pub async fn answer(
        &self,
        request: axum::http::Request<Incoming>,
    ) -> Result<Response<ResponseBody>, Cut> {
        let (mut parts, incoming) = request.into_parts();
        let expects_continue = parts.headers.contains_key(EXPECT);
        // 1. The body is put under guard, so that it is timed out and, if it is refused, drained.
        let (body, leftover) = request_body::guard(incoming, self.timeout(), expects_continue);
        // 2. The path loses the account's prefix and what clients add to it.
        let sent = Sent::start(&parts.uri);
        let prefix = path::normalize(&mut parts.uri);
        parts.extensions.insert(Unrouted { sent, prefix, leftover });
        // 3. The route is matched, and runs the other steps.
        let Ok(mut response) = self.router.clone().call(Request::from_parts(parts, body)).await;
        // 17. The response gets its body, or the connection is cut.
        if response.extensions_mut().remove::<Cut>().is_some() {
            return Err(Cut);
        }
        let effect = response.extensions_mut().remove().unwrap_or(Effect::Served);
        Ok(response_body::attach(response, effect))
    }
}

/// The steps of a request whose route is known.
async fn run(
    app: Arc<AppState>,
    cors: Arc<CorsLayers>,
    methods: Arc<Methods>,
    request: Request,
) -> Response {
    let (mut parts, mut body) = request.into_parts();
    let Some(Unrouted { sent, prefix, leftover }) = parts.extensions.remove() else {
        unreachable!("every request comes through App::answer");
    };
    let (row, allow) = methods.matched(&parts.method);
    let (route, is_head) = (&row.route, parts.method == Method::HEAD);
    let known_tags = KnownTags::read(&parts);

    // 4. Its account is found.
    let parameter = match (route.account, route.limit) {
        (AccountIn::Nothing, LimitRule::None) => None,
        _ => first_parameter(&mut parts).await,
    };
    let parameter = parameter.as_deref();
    let credentials = Credentials::read(&parts.headers, parts.uri.query());
    let found = account::find(&app, &parts, prefix, (route.account, parameter), &credentials);

    // 5. The account admits it, by its clock, its limits and its faults.
    let (exchange, refused) = admission::admit(&app, route, &parts, parameter, credentials, found);
    let context = &exchange.context;
    let in_flight = InFlight::new(&exchange, sent, &parts);

    // 6. A fault delays it, cuts it or lets it hang.
    let fault = context.admission.fault;
    if let Some(fault) = fault
        && faults::apply(fault, context.admission.fraction, &mut body).await.is_err()
    {
        // What has not been read by now is not.
        drop(body);
        in_flight.cut(leftover.so_far());
        return faults::cut();
    }

    // 7. CORS is decided, 8. to 10. around the handler.
    let is_refused = refused.is_some();
    let has_cors = is_refused || ![Service::Bucket, Service::Control].contains(&route.service);
    let layer = match parts.headers.contains_key(ORIGIN) && has_cors {
        true => cors.get(context.settings.cors),
        false => None,
    };
    let request = Request::from_parts(parts, body);
    let mut response = match layer {
        None => handle(row, exchange.clone(), refused, request).await,
        Some(layer) => {
            let handle = |request| {
                let response = handle(row, exchange.clone(), refused.clone(), request);
                async { Ok::<_, std::convert::Infallible>(response.await) }
            };
            let Ok(response) = layer.layer(service_fn(handle)).call(request).await;
            response
        }
    };

    // 11. The length of its body is announced.
    if let Some(allow) = allow {
        response.headers_mut().insert(ALLOW, allow.clone());
    }
    response_body::announce_length(&mut response, is_head);

    // 12. What is left of the request's body is drained.
    let drained = leftover.drain().await;
    if !drained.complete {
        // What is still to come would be taken for the next request.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(Effect::Cut(Phase::After)) = fault.map(|fault| fault.effect) {
        in_flight.cut(drained);
        return faults::cut();
    }

    // 13. A body that the client has is left out.
    known_tags.apply(&mut response);

    // 14. The service's headers are put on it, 15. and one that names known differences.
    response_headers::stamp(
        route.service,
        context.settings.cors,
        &context.admission,
        &mut response,
    );
    difference_header::name(exchange.recorder.differences(), &mut response);

    // 16. A line is logged, and an entry is written into the account's journal.
    in_flight.answered(drained, &response);
    if let Some(fault) = fault {
        response.extensions_mut().insert(fault.effect);
    }
    response
}

/// 8. Access is checked, 9. the handler is called, 10. and a refusal is rendered.
async fn handle(
    row: &'static Row,
    exchange: Exchange,
    refused: Option<Problem>,
    request: Request<Body>,
) -> Response {
    let checked = match refused {
        Some(problem) => Err(problem),
        None => access::check(&exchange, request.headers()),
    };
    let response = match checked {
        Ok(()) => (row.handler)(request, exchange.clone()).await,
        Err(problem) => Refusal(problem).into_response(),
    };
    render_refusal(response, &exchange, renderer(row.route.service))
}

fn renderer(service: Service) -> Render {
    match service {
        Service::Support | Service::Files => support::error::render,
        Service::Guide => guide::error::render,
        Service::Bucket => bucket::render,
        Service::Control => control::error::render,
    }
}
