//! What pages of other origins may do.

use axum::http::header::{CONTENT_DISPOSITION, ETAG, LOCATION, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderName, Method, StatusCode, request};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, Any, CorsLayer};

use crate::core::account::settings::Cors;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::route::{Route, Service};
use crate::http::pipeline::{difference_header, limits, reason_header};

/// Whether CORS is decided here. The bucket has its own rules, and the control API answers no page
/// of another origin; but a page reads why a request did not get to them.
pub fn applies(route: &Route, parts: &request::Parts, is_refused: bool) -> bool {
    let is_elsewhere = route.service == Service::Bucket || route.service.is_own();
    parts.headers.contains_key(ORIGIN) && (is_refused || !is_elsewhere)
}

/// The layers for the values of the setting `cors`, made once.
#[derive(Debug)]
pub struct CorsLayers {
    open: CorsLayer,
    faithful: CorsLayer,
}

impl CorsLayers {
    pub fn new() -> Self {
        Self { open: open(), faithful: faithful() }
    }

    pub fn get(&self, cors: Cors, method: &Method) -> Option<&CorsLayer> {
        match cors {
            Cors::Open => Some(&self.open),
            Cors::Faithful if *method == Method::OPTIONS => Some(&self.faithful),
            Cors::Faithful | Cors::Off => None,
        }
    }
}

/// Whether a response has `access-control-allow-origin: *`, whether a page has asked or not.
///
/// Recorded in 2023 and 2024: of 300 answers to Basic credentials, the 6 to uploads have it. It is
/// documented for OAuth tokens and new requests, and not for 403 and 429.
pub fn is_for_every_origin(context: &RequestContext, status: StatusCode) -> bool {
    const NEVER: [StatusCode; 2] = [StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
    const ALWAYS: [&str; 2] = ["/api/v2/uploads", "/api/v2/requests"];
    let RequestContext { route, settings, credentials, .. } = context;
    match settings.cors {
        Cors::Off => false,
        // So that nothing differs for a page that does not ask.
        Cors::Open => route.service == Service::Support && status != StatusCode::NO_CONTENT,
        Cors::Faithful if NEVER.contains(&status) => false,
        Cors::Faithful => match (route.service, route.pattern) {
            (Service::Support, Some(pattern))
                if ALWAYS.contains(&pattern) && route.method == Some(Method::POST) =>
            {
                true
            }
            (Service::Support | Service::Guide, _) => {
                matches!(credentials, Credentials::Bearer(_))
            }
            _ => false,
        },
    }
}

/// Any page, with credentials, may do anything and read every header of use.
fn open() -> CorsLayer {
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
        .expose_headers(
            [
                &EXPOSED[..],
                &limits::HEADERS,
                &[difference_header::HEADER, reason_header::REASON, reason_header::HINT],
            ]
            .concat(),
        )
}

/// Preflights are answered, because OAuth callers in browsers are documented, and a user saw the
/// answer to one before a request that was not allowed (2022). `response_headers` does the rest.
fn faithful() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
}
