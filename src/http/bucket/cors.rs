//! CORS of the bucket, as S3 has it.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_LENGTH, ORIGIN, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::core::account::settings::Cors;
use crate::http::bucket::error::S3Refusal;

const PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");
const TRUE: HeaderValue = HeaderValue::from_static("true");

/// The methods that a CORS rule of S3 can have. Three other servers of S3's protocol refuse others
/// with the error that S3 has for none.
const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];

/// Answers a preflight. The origin itself is allowed by [`allow`].
pub fn preflight(asked: &HeaderMap, cors: Cors) -> Result<Response, S3Refusal> {
    if !asked.contains_key(ORIGIN) {
        return Err(preflight_without_origin());
    }
    let method = asked.get(ACCESS_CONTROL_REQUEST_METHOD);
    let name = method.map(|method| String::from_utf8_lossy(method.as_bytes()));
    if cors == Cors::Off {
        // Recorded on S3, 2023-07: also without a method.
        return Err(cors_disabled(name.as_deref().unwrap_or("OPTIONS")));
    }
    let (Some(method), Some(name)) = (method, name) else {
        return Err(preflight_without_method());
    };
    if !METHODS.contains(&&*name) {
        return Err(preflight_for_unknown_method(&name));
    }
    if cors == Cors::Faithful && name != "PUT" {
        return Err(preflight_forbidden(&name));
    }
    let mut response = (StatusCode::OK, [(CONTENT_LENGTH, HeaderValue::from(0))]).into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    let wanted = asked.get(ACCESS_CONTROL_REQUEST_HEADERS).and_then(|wanted| wanted.to_str().ok());
    if let Some(wanted) = wanted
        && let Ok(allowed) = HeaderValue::try_from(list_headers(wanted))
    {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3000"));
    if cors == Cors::Open && asked.contains_key(PRIVATE_NETWORK) {
        headers.insert(ALLOW_PRIVATE_NETWORK, TRUE);
    }
    Ok(response)
}

/// The names of headers as S3 repeats them: in lower case, with a comma and a blank between,
/// recorded 2025-07.
fn list_headers(wanted: &str) -> String {
    let names = wanted.split(',').map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Allows a page of another origin to read a response. S3 does nothing without an `Origin`.
pub fn allow(parts: &Parts, cors: Cors, headers: &mut HeaderMap) {
    let Some(origin) = parts.headers.get(ORIGIN) else {
        return;
    };
    match cors {
        Cors::Off => return,
        Cors::Faithful if parts.method != Method::PUT && parts.method != Method::OPTIONS => return,
        Cors::Faithful => {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        }
        Cors::Open => {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        }
    }
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag"));
    let vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
    headers.insert(VARY, HeaderValue::from_static(vary));
}

fn preflight_without_origin() -> S3Refusal {
    let message = "Insufficient information. Origin request header needed.";
    S3Refusal::bad_request("BadRequest", message, "the preflight lacks Origin")
}

fn preflight_without_method() -> S3Refusal {
    let why = "the preflight lacks Access-Control-Request-Method";
    invalid_preflight("null", why.into())
}

/// A preflight for a method that no CORS rule can have.
fn preflight_for_unknown_method(method: &str) -> S3Refusal {
    let why = format!("S3 refuses preflights for {method}: send GET, PUT, HEAD, POST or DELETE");
    invalid_preflight(method, why)
}

fn invalid_preflight(method: &str, why: String) -> S3Refusal {
    let message = format!("Invalid Access-Control-Request-Method: {method}");
    S3Refusal::bad_request("BadRequest", &message, why)
}

/// A preflight where CORS is off. S3 does not look at what it asks for.
fn cors_disabled(method: &str) -> S3Refusal {
    let message = "CORSResponse: CORS is not enabled for this bucket.";
    S3Refusal::new(StatusCode::FORBIDDEN, "AccessForbidden", message, "cors is off")
        .with("Method", method)
        .with("ResourceType", "BUCKET")
}

/// A preflight for a method that is not allowed.
fn preflight_forbidden(method: &str) -> S3Refusal {
    // S3 spells it like this.
    let message = "CORSResponse: This CORS request is not allowed. This is usually because the \
                   evalution of Origin, request method / Access-Control-Request-Method or \
                   Access-Control-Request-Headers are not whitelisted by the resource's CORS \
                   spec.";
    let why = format!("CORS does not allow {method}; cors is faithful");
    S3Refusal::new(StatusCode::FORBIDDEN, "AccessForbidden", message, why)
        .with("Method", method)
        .with("ResourceType", "OBJECT")
}
