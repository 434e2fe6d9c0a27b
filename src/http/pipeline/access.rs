//! Checks what the row of a request demands before its handler is called.

use axum::extract::Request;
use axum::http::header::{COOKIE, ORIGIN, REFERER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::core::account::settings::Auth;
use crate::core::users::Role;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::{AppState, CSRF_TOKEN, Exchange, RequestContext};
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::origin::Origin;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::proxy_refusal::ProxyRefusal;
use crate::http::exchange::route::{Access, PUBLIC_CALLS, Service};

/// Browsers send it with every request of a page.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const WRONG_CSRF_TOKEN: &str =
    "X-CSRF-Token is not the authenticity_token of users/me, and there are no other credentials";

/// Checks a request against its row.
///
/// # Errors
/// Why it must not get to the handler.
pub fn check(exchange: &Exchange, request: &Request) -> Result<(), Problem> {
    let Exchange { app, context, recorder } = exchange;
    let headers = request.headers();
    let is_anonymous = matches!(context.credentials, Credentials::Absent);
    match request.extensions().get() {
        Some(ProxyRefusal::Forbidden(why)) => return Err(Problem::NotProxied(why.clone())),
        Some(ProxyRefusal::Unreachable(why)) => return Err(Problem::Unreachable(why.clone())),
        None => {}
    }
    let access = context.route.access;
    // A user found that a browser session with another token is refused (2026-08-19), another user
    // that it is accepted with this one (2026-09-22).
    let is_page = headers.contains_key(COOKIE) && headers.contains_key(CSRF_TOKEN);
    if access.takes_users() {
        context.ensure_impersonates(recorder)?;
    }
    match access {
        Access::Open => return Ok(()),
        Access::OwnPages => {
            ensure_own_page(request.uri(), headers, context, app)?;
            return ensure_control_token(exchange);
        }
        Access::Optional
            if is_anonymous
                && is_page
                && context.route.service == Service::Guide
                && context.settings.image_session_check
                && !context.has_session(headers) =>
        {
            recorder.record_difference(KnownDifference::ImageSession);
            return Err(Problem::Unauthenticated(WRONG_CSRF_TOKEN));
        }
        Access::Optional if is_anonymous => return Ok(()),
        Access::EndUsersOrSession | Access::EndUsersOrAnonymous
            if is_anonymous && context.has_session(headers) =>
        {
            recorder.record_difference(KnownDifference::OneCsrfToken);
            return Ok(());
        }
        Access::EndUsersOrSession | Access::EndUsersOrAnonymous
            if is_anonymous && headers.contains_key(CSRF_TOKEN) =>
        {
            return Err(Problem::Unauthenticated(WRONG_CSRF_TOKEN));
        }
        Access::EndUsersOrAnonymous
            if is_anonymous && context.settings.auth == Auth::AnonymousRequests =>
        {
            return Ok(());
        }
        Access::EndUsersUnlessFaithful if context.settings.faithful => {
            let why = "Zendesk has no such endpoint, and faithful leaves out what it does not have";
            return Err(Problem::NotEmulated(why.to_owned()));
        }
        Access::Optional
        | Access::EndUsers
        | Access::EndUsersOrSession
        | Access::EndUsersOrAnonymous
        | Access::EndUsersUnlessFaithful
        | Access::Agents
        | Access::Admins => {}
    }
    context.authenticate().map_err(Problem::Unauthenticated)?;
    ensure_role(context)
}

/// Refuses a client whose user has less than the least role of the route.
///
/// # Errors
/// [`Problem::RoleTooLow`].
fn ensure_role(context: &RequestContext) -> Result<(), Problem> {
    let least = context.route.access.least_role();
    if least == Role::EndUser {
        return Ok(());
    }
    let Some(user) = context.login().and_then(|login| context.account.limiting_user(&login)) else {
        return Ok(());
    };
    if user.role.includes(least) {
        return Ok(());
    }
    let name = user.email.as_ref().unwrap_or(&user.name).clone();
    Err(Problem::RoleTooLow { user: name, role: user.role, least })
}

/// Refuses a call without the server's control token, if it has one. Health checks of containers
/// have no place for a secret, and a client needs the certificate before it can send one.
///
/// # Errors
/// [`Problem::Unauthenticated`].
fn ensure_control_token(Exchange { app, context, .. }: &Exchange) -> Result<(), Problem> {
    let Some(token) = &app.server.control_token else { return Ok(()) };
    match &context.credentials {
        _ if context.route.pattern.is_some_and(|path| PUBLIC_CALLS.contains(&path)) => Ok(()),
        Credentials::Bearer(sent) if token.matches(sent) => Ok(()),
        Credentials::Bearer(_) => Err(Problem::Unauthenticated(
            "this is not the control token of this server: send the one that it was started with",
        )),
        _ => Err(Problem::Unauthenticated(
            "this server has a control token: send it as Authorization: Bearer TOKEN",
        )),
    }
}

/// Says at which hosts the control API is called, instead of that of the request.
fn describe_hosts(origin: &Origin, app: &AppState) -> String {
    let (host, domains) = (&origin.authority, &app.server.domains);
    let meant = origin.intended_host(&app.server);
    let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    format!(
        "the control API does not answer at {host}{meant}: call it at {}, at a name without a dot, or \
         below {}; --domains {},DOMAIN adds a domain",
        app.local,
        domains.join(", "),
        domains.join(",")
    )
}

/// Refuses a call of the control API that a page of another site can have sent. Pages of other
/// origins must not empty a developer's server. A page whose own name leads here must not read it,
/// and its browser takes it for a page of this server: only the host tells. Forwarded headers do
/// not count, because a page can send them.
///
/// # Errors
/// [`Problem::ForeignHost`], [`Problem::ForeignPage`].
fn ensure_own_page(
    uri: &Uri,
    headers: &HeaderMap,
    context: &RequestContext,
    app: &AppState,
) -> Result<(), Problem> {
    let origin = Origin::arrived(uri, headers, context.scheme, &app.local);
    let settings = &context.settings;
    if !origin.is_ours(settings, &app.server) {
        return Err(Problem::ForeignHost(describe_hosts(&origin, app)));
    }
    let public = Origin::public(settings);
    let is_own = |page: &HeaderValue| {
        let is = |own: &Origin| page.to_str().is_ok_and(|page| own.has_page(page));
        is(&origin) || public.as_ref().is_some_and(is)
    };
    let is_cross_site = headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "cross-site");
    let is_foreign = |name: HeaderName| headers.get(name).is_some_and(|page| !is_own(page));
    if is_cross_site || is_foreign(ORIGIN) || is_foreign(REFERER) {
        return Err(Problem::ForeignPage);
    }
    Ok(())
}
