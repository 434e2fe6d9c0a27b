//! The page, `/_mock/ui/`: files, requests and tickets of an account in a browser. It is a client
//! of the control API and has no access of its own.

mod assets;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    LOCATION, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use self::assets::Asset;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::Path;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;

const INDEX: &str = "index.html";
const HOME: &str = "/_mock/ui/";

/// Scripts and styles come from the assets alone. `blob:` is a file that the page shows: an image,
/// a sound or a film, or a document in a frame. The one policy of trusted types makes the frame of
/// a comment, whose markup the page has cleaned.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' blob:; media-src blob:; frame-src blob:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types comment";

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Leads a browser to the page, with the account's prefix of its path.
pub async fn redirect(context: Arc<RequestContext>) -> Response {
    let to = context.urls.home() + HOME;
    let to = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static(HOME));
    let headers = [(LOCATION, to), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::FOUND, headers).into_response()
}

pub async fn index(request: Request) -> Result<Response, Refusal> {
    find(INDEX, request.headers())
}

pub async fn asset(Path(name): Path, request: Request) -> Result<Response, Refusal> {
    find(&name, request.headers())
}

fn find(name: &str, asked: &HeaderMap) -> Result<Response, Refusal> {
    let asset = assets::ALL.iter().find(|asset| asset.name == name);
    let missing = || Problem::NotFound(format!("the page has no file {name}; it is at {HOME}"));
    Ok(serve(asset.ok_or_else(missing)?, asked))
}

fn serve(asset: &'static Asset, asked: &HeaderMap) -> Response {
    let text = HeaderValue::from_static;
    // A browser asks again each time, so that it never mixes the files of two versions.
    let headers = [
        (CONTENT_TYPE, text(asset.content_type)),
        (ETAG, asset.etag.clone()),
        (CACHE_CONTROL, text("no-cache")),
        (VARY, text("Accept-Encoding")),
        (CONTENT_SECURITY_POLICY, text(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, text("nosniff")),
        (X_FRAME_OPTIONS, text("DENY")),
        (REFERRER_POLICY, text("same-origin")),
        (OPENER_POLICY, text("same-origin")),
        (RESOURCE_POLICY, text("same-origin")),
    ];
    if accepts_gzip(asked) {
        let encoding = [(CONTENT_ENCODING, text("gzip"))];
        return (headers, encoding, Body::from(&asset.compressed[..])).into_response();
    }
    (headers, Body::from(asset.content)).into_response()
}

fn accepts_gzip(asked: &HeaderMap) -> bool {
    let lists = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = weight
            .trim()
            .strip_prefix("q=")
            .is_some_and(|weight| weight.trim().parse().is_ok_and(|weight: f32| weight == 0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}
