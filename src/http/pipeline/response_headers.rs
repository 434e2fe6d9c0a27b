//! The headers that each service puts on every response, as recorded.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ALLOW, CACHE_CONTROL, DATE,
    RETRY_AFTER, SERVER, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::core::limits::account::RateLimitStatus;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::request_id::{host_id, s3_request_id};
use crate::http::exchange::route::Service;
use crate::http::pipeline::{cors, limits};

/// The account that a request was for. Zendesk does not send it.
const ACCOUNT: HeaderName = HeaderName::from_static("x-zendesk-mock-account");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const API_VERSION: HeaderName = HeaderName::from_static("x-zendesk-api-version");
const API_GATEWAY: HeaderName = HeaderName::from_static("x-zendesk-api-gateway");
const ZORG: HeaderName = HeaderName::from_static("x-zendesk-zorg");
const X_RATE_LIMIT: HeaderName = HeaderName::from_static("x-rate-limit");
const X_RATE_LIMIT_REMAINING: HeaderName = HeaderName::from_static("x-rate-limit-remaining");
const RATELIMIT_LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const RATELIMIT_REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RATELIMIT_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const AMZ_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");
const AMZ_ID_2: HeaderName = HeaderName::from_static("x-amz-id-2");

/// More headers than any service puts on a response, so that the map grows at most once.
const MOST_HEADERS: usize = 16;

const YES: HeaderValue = HeaderValue::from_static("yes");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "X-Zendesk-API-Warn,X-Zendesk-User-Id,X-Zendesk-User-Session-Expires-At",
);

/// Puts a service's headers on its response.
pub fn stamp<B>(context: &RequestContext, response: &mut Response<B>) {
    let RequestContext { route, admission, .. } = context;
    let service = route.service;
    let status = response.status();
    let headers = response.headers_mut();
    headers.reserve(MOST_HEADERS);
    match service {
        Service::Support => support(status, headers),
        Service::Guide => gateway(headers),
        Service::Bucket => {
            set(headers, AMZ_REQUEST_ID, s3_request_id(admission));
            set(headers, AMZ_ID_2, host_id(admission));
            headers.insert(SERVER, HeaderValue::from_static("AmazonS3"));
        }
        Service::Files | Service::Control | Service::Page => {}
    }
    if cors::is_for_every_origin(context, status) {
        headers.entry(ACCESS_CONTROL_ALLOW_ORIGIN).or_insert(HeaderValue::from_static("*"));
        headers.entry(ACCESS_CONTROL_EXPOSE_HEADERS).or_insert(EXPOSED);
    }
    if service != Service::Bucket {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let id = admission.request_id.hyphenated().encode_lower(&mut text);
        set(headers, REQUEST_ID, id);
    }
    if context.has_account
        && let Ok(name) = HeaderValue::from_maybe_shared(context.account.name_bytes())
    {
        headers.insert(ACCOUNT, name);
    }
    if let Some(rate_limit_status) = admission.rate_limit_status {
        rate_limit(service, rate_limit_status, headers);
    }
    limits::announce(&admission.limit_statuses, headers);
    if admission.emulated {
        set(headers, DATE, httpdate::fmt_http_date(admission.now.into()));
    }
}

fn support(status: StatusCode, headers: &mut HeaderMap) {
    let shows = status.is_success() || status == StatusCode::NOT_MODIFIED;
    let caching = if shows && status != StatusCode::NO_CONTENT {
        "max-age=0, private, must-revalidate"
    } else {
        "no-cache"
    };
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
    headers.insert(API_VERSION, HeaderValue::from_static("v2"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    gateway(headers);
    // Zendesk is not known to send it.
    headers.remove(ALLOW);
}

fn gateway(headers: &mut HeaderMap) {
    headers.insert(API_GATEWAY, YES);
    headers.insert(ZORG, YES);
}

/// All services announce the limit in one form; Support announces it in a second one too.
fn rate_limit(service: Service, rate_limit_status: RateLimitStatus, headers: &mut HeaderMap) {
    let RateLimitStatus { limit, remaining, reset, exceeded } = rate_limit_status;
    let (limit, remaining) = (number(limit), number(remaining));
    headers.insert(X_RATE_LIMIT, limit.clone());
    headers.insert(X_RATE_LIMIT_REMAINING, remaining.clone());
    if service == Service::Support {
        headers.insert(RATELIMIT_LIMIT, limit);
        headers.insert(RATELIMIT_REMAINING, remaining);
        headers.insert(RATELIMIT_RESET, reset.into());
    }
    if exceeded {
        headers.insert(RETRY_AFTER, reset.into());
    }
}

/// A number as a header value. Those of an account without a limit cost nothing.
fn number(value: u32) -> HeaderValue {
    match value {
        700 => HeaderValue::from_static("700"),
        699 => HeaderValue::from_static("699"),
        _ => value.into(),
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: impl AsRef<str>) {
    if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
        headers.insert(name, value);
    }
}
