//! The admission of a request to its account: by the account's clock, limits and faults.

use std::sync::Arc;

use axum::http::{Method, request};

use crate::core::account::Admission;
use crate::core::faults::{Effect, Impairment};
use crate::http::exchange::context::{AppState, Exchange, RequestContext};
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::fault_json;
use crate::http::exchange::on_behalf_of::OnBehalfOf;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::route::{Route, Service};
use crate::http::pipeline::account::FoundAccount;
use crate::http::pipeline::limits;

/// Admits a request. Returns what its handler can extract, and why the request is refused before
/// its handler. A request without an account counts toward no limit and triggers no fault.
pub fn admit(
    app: &Arc<AppState>,
    route: &'static Route,
    parts: &request::Parts,
    parameter: Option<&str>,
    credentials: Credentials,
    mut found: FoundAccount,
) -> (Exchange, Option<Problem>) {
    let has_account = found.problem.is_none();
    // A preflight is no call.
    let is_call = has_account && parts.method != Method::OPTIONS;
    let operation = route.operation.filter(|_| is_call);
    let requested = operation.and_then(|_| fault_json::read_header(&parts.headers)).transpose();
    let (requested, malformed) = match requested {
        Ok(fault) => (fault, None),
        Err(why) => (None, Some(Problem::FaultMalformed(why))),
    };
    // A request with a malformed fault counts toward nothing.
    let is_call = is_call && malformed.is_none();
    let operation = operation.filter(|_| is_call);
    let counts = is_call && route.is_rate_limited;
    let counted = || {
        limits::counted(route.limit, parts.uri.query(), parameter, &credentials).filter(|_| is_call)
    };
    let recorder = Recorder::default();
    if let Some(hint) = found.hint.take() {
        recorder.record_hint(&hint);
    }
    let account = Arc::clone(&found.account);
    let (admission, settings) = account.admit(counts, counted, operation, requested);
    let refused = found
        .problem
        .take()
        .or(malformed)
        .or_else(|| limits::exceeded(&admission))
        .or_else(|| failed(&admission));
    let on_behalf_of = match route.service {
        Service::Support | Service::Guide | Service::Files => {
            OnBehalfOf::read(&parts.headers, &account)
        }
        _ => OnBehalfOf::Itself,
    };
    let context = RequestContext {
        route,
        account,
        has_account,
        scheme: found.scheme,
        urls: found.urls(&settings, &app.server),
        settings,
        server: Arc::clone(&app.server),
        long_work: app.long_work.clone(),
        admission,
        credentials,
        on_behalf_of,
    };
    (Exchange { app: Arc::clone(app), context: Arc::new(context), recorder }, refused)
}

/// The status that a fault answers with instead of the handler.
fn failed(admission: &Admission) -> Option<Problem> {
    let Impairment { effect, retry_after, .. } = admission.fault?;
    match effect {
        Effect::Status(status) => {
            Some(Problem::Fault { id: admission.fault_id, status, retry_after })
        }
        _ => None,
    }
}
