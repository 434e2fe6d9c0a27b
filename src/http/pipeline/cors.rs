//! What cors may do: CORS for all routes but the bucket's, which has a way of its own.

use axum::Router;
use axum::http::header::{CONTENT_DISPOSITION, ETAG, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, Method};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, Any, CorsLayer};

use crate::core::account::settings::Cors;
use crate::http::pipeline::{difference_header, endpoint_limits};

/// Lets in the cors that may come in. `cors` is what pages of other origins may do; requests that come from no
/// page have no use for it.
pub fn allow(cors: Option<Cors>, routes: Router) -> Router {
    match cors {
        None | Some(Cors::Off) => routes,
        Some(Cors::Open) => routes.layer(everything()),
        Some(Cors::Faithful) => routes.layer(as_documented()),
    }
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
        .expose_headers(
            [&EXPOSED[..], &endpoint_limits::HEADERS, &[difference_header::HEADER]].concat(),
        )
}

/// `cors = faithful`: preflights are answered, because OAuth callers in cors are documented;
/// what the answers themselves carry is recorded, and `headers` puts it there.
fn as_documented() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
}
