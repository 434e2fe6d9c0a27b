//! Checks what the row of a request demands before its handler is called.

use axum::http::header::{ORIGIN, REFERER};
use axum::http::{HeaderMap, HeaderName};

use crate::fidelity::KnownDifference;
use crate::http::exchange::context::{Context, Exchange};
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::route::Access;

/// Browsers send it with every request of a page.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Checks a request against its row.
///
/// # Errors
/// Why it must not get to the handler.
pub fn check(exchange: &Exchange, headers: &HeaderMap) -> Result<(), Problem> {
    let Exchange { context, recorder, .. } = exchange;
    let is_anonymous = matches!(context.credentials, Credentials::Absent);
    let access = context.route.access;
    match access {
        Access::Open => return Ok(()),
        Access::OwnPages => return own_pages_only(context, headers),
        Access::Optional if is_anonymous => return Ok(()),
        Access::RequiredOrSession if is_anonymous && context.has_session(headers) => {
            recorder.record_difference(KnownDifference::OneCsrfToken);
            return Ok(());
        }
        Access::RequiredUnlessFaithful if context.settings.faithful => {
            let why = "Zendesk has no such endpoint, and faithful leaves out what it does not have";
            return Err(Problem::NotEmulated(why.to_owned()));
        }
        Access::Optional
        | Access::Required
        | Access::RequiredOrSession
        | Access::RequiredUnlessFaithful => {}
    }
    context.authenticate().map_err(Problem::Unauthenticated)
}

/// Pages of other origins must not empty a developer's server, and pages of another site whose name
/// leads here must not read it. The latter send no `Origin` with GET, but a sign that a page asks.
fn own_pages_only(context: &Context, headers: &HeaderMap) -> Result<(), Problem> {
    let is_own =
        |origin: &str| context.urls.is_own_origin(origin, &context.settings, &context.server);
    let is_foreign = match headers.get(ORIGIN) {
        Some(origin) => !origin.to_str().is_ok_and(is_own),
        None => {
            let is_page = headers.contains_key(REFERER) || headers.contains_key(SEC_FETCH_SITE);
            is_page && !context.urls.is_ours(&context.settings, &context.server)
        }
    };
    if is_foreign { Err(Problem::ForeignPage) } else { Ok(()) }
}
