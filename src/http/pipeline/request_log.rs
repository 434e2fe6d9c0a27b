//! Logs requests, and records them in the journals of their accounts.

use std::borrow::Cow;
use std::time::Instant;

use axum::body::Body;
use axum::http::header::{REFERER, USER_AGENT};
use axum::http::{HeaderMap, Method, Response, Uri, request};
use bytes::Bytes;
use tracing::Level;

use crate::core::account::Admission;
use crate::core::blobs::WeakBlob;
use crate::core::faults::{Effect, Impairment};
use crate::core::journal::{JournalBody, JournalEntry, NotKept};
use crate::http::exchange::context::Exchange;
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::problem::name_fault;
use crate::http::exchange::refusal::RefusalReason;
use crate::http::exchange::route::Service;
use crate::http::pipeline::redact::{
    headers_without_secrets, path, shorten, shortened, target_without_secrets,
};
use crate::http::pipeline::request_body::{DrainedBody, Leftover};
use crate::http::pipeline::response_body;

/// The longest method that is recorded, in characters. Registered methods have at most 17.
const LONGEST_METHOD: usize = 32;

/// The target of the log lines of requests, which have a form of their own.
const LOG_TARGET: &str = "zendesk_mock::request";

const HEALTH: &str = "/_mock/health";

/// A request as it was sent, with the time when it came in.
#[derive(Debug, Clone)]
pub struct SentRequest {
    started: Instant,
    method: Method,
    target: Uri,
    client: Option<String>,
    /// Whether a page of this server sent it, by `Referer`.
    is_of_page: bool,
}

impl SentRequest {
    pub fn new(parts: &request::Parts) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "measures our own work, not the emulated time"
        )]
        let started = Instant::now();
        let client = parts.headers.get(USER_AGENT).and_then(|client| client.to_str().ok());
        Self {
            started,
            method: parts.method.clone(),
            target: parts.uri.clone(),
            client: client.map(shorten),
            is_of_page: is_of_page(&parts.headers),
        }
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// A request without a response. However it ends, it is logged and recorded once; it is dropped
/// when its client goes away.
pub struct OpenRequest {
    exchange: Exchange,
    sent: SentRequest,
    headers: Box<str>,
    /// What came of the body, if the request ends early.
    leftover: Leftover,
    has_ended: bool,
}

/// How a request ended.
struct Ending<'a> {
    /// A request that was cut has none.
    status: Option<u16>,
    why: Option<&'a str>,
    hint: Option<String>,
    body: DrainedBody,
    sent: u64,
    micros: u64,
}

impl OpenRequest {
    /// A request of an emulated service has its headers recorded.
    pub fn new(
        exchange: &Exchange,
        sent: SentRequest,
        headers: &HeaderMap,
        leftover: Leftover,
    ) -> Self {
        let is_recorded = !exchange.context.route.service.is_own();
        let headers = if is_recorded { headers_without_secrets(headers) } else { Box::default() };
        Self { exchange: exchange.clone(), sent, headers, leftover, has_ended: false }
    }

    /// Logs and records a request that was answered, with the reason of a refusal, or a hint.
    pub fn answered(mut self, body: DrainedBody, response: &Response<Body>, hint: Option<String>) {
        let why =
            response.extensions().get::<RefusalReason>().map(|RefusalReason(why)| why.as_str());
        let fault = self.exchange.context.admission.fault;
        self.end(Ending {
            status: Some(response.status().as_u16()),
            why,
            hint,
            body,
            sent: response_body::sent_length(response, fault),
            micros: self.sent.micros(),
        });
    }

    /// Logs and records a request that a fault cut.
    pub fn cut(mut self, body: DrainedBody) {
        let fault = name_fault(self.exchange.context.admission.fault_id);
        self.unanswered(&format!("{fault} cuts the connection"), body);
    }

    fn unanswered(&mut self, why: &str, body: DrainedBody) {
        let micros = self.sent.micros();
        self.end(Ending { status: None, why: Some(why), hint: None, body, sent: 0, micros });
    }

    /// Why a request that is dropped had no answer.
    fn why_unanswered(&self) -> Cow<'static, str> {
        let Admission { fault, fault_id, .. } = &self.exchange.context.admission;
        match fault {
            _ if std::thread::panicking() => Cow::Borrowed(
                "a defect of this server: it panicked outside of the handler; its standard error \
                 shows where",
            ),
            Some(Impairment { effect: Effect::Hang, .. }) => Cow::Owned(format!(
                "{} let the request hang until the client went away, or the server stopped",
                name_fault(*fault_id)
            )),
            _ => Cow::Borrowed(
                "the client went away, or the server stopped, before there was an answer",
            ),
        }
    }

    fn end(&mut self, ending: Ending<'_>) {
        self.has_ended = true;
        self.log(&ending);
        self.record(ending);
    }

    /// Logs refusals and hints as warnings, and what comes every few seconds for debugging.
    fn log(&self, ending: &Ending<'_>) {
        let context = &self.exchange.context;
        let admission = &context.admission;
        /// The formatter of text lines shows the fields in this order.
        macro_rules! log {
            ($level:expr, $message:literal) => {
                tracing::event!(
                    target: LOG_TARGET,
                    $level,
                    method = self.sent.method.as_str(),
                    path = &*shortened(path(&self.sent.target)),
                    route = context.route.pattern.unwrap_or("-"),
                    status = ending.status,
                    received = ending.body.received,
                    sent = ending.sent,
                    ms = ending.micros as f64 / 1000.0,
                    account = context.account.name(),
                    request_id = &*admission.request_id.hyphenated().encode_lower(&mut [0; 36]),
                    account_time =
                        admission.emulated.then(|| format!("{:.0}", admission.now)).as_deref(),
                    reason = ending.why.map(shortened).as_deref(),
                    hint = ending.hint.as_deref().map(shortened).as_deref(),
                    $message
                )
            };
        }
        match (ending.status, ending.why, &ending.hint) {
            (None, ..) => log!(Level::WARN, "unanswered"),
            // A handler panicked.
            (Some(500), ..) if admission.fault.is_none() => {
                log!(Level::ERROR, "failed");
            }
            (_, Some(_), _) => log!(Level::WARN, "refused"),
            (.., Some(_)) => log!(Level::WARN, "answered"),
            _ if self.is_routine() => log!(Level::DEBUG, "answered"),
            _ => log!(Level::INFO, "answered"),
        }
    }

    /// Whether it is a health check, the page, or what the page reads to show it.
    fn is_routine(&self) -> bool {
        let route = self.exchange.context.route;
        let is_read_by_page = self.sent.is_of_page && route.method == Some(Method::GET);
        route.pattern == Some(HEALTH)
            || route.service == Service::Page
            || route.service == Service::Control && is_read_by_page
    }

    /// Writes an entry into the journal of the request's account. Calls of the control API are not
    /// recorded, nor is a request without an account.
    fn record(&mut self, ending: Ending<'_>) {
        let Exchange { context, recorder, .. } = &self.exchange;
        if context.route.service.is_own() || !context.has_account {
            return;
        }
        let found = recorder.take();
        let received = ending.body.received;
        let (body, small) = kept_body(ending.body, found.file.as_ref());
        let entry = JournalEntry {
            number: 0,
            at: context.admission.now,
            method: method_name(&self.sent.method),
            target: target_without_secrets(&self.sent.target),
            route: context.route.pattern.map(Cow::Borrowed),
            caller: caller(&context.credentials),
            client: self.sent.client.take(),
            headers: std::mem::take(&mut self.headers),
            status: ending.status,
            reason: ending.why.map(shorten),
            hint: ending.hint.as_deref().map(shorten),
            triggered: context.admission.fault.is_some(),
            received,
            sent: ending.sent,
            micros: ending.micros,
            events: found.events,
            body,
            file: found.file.map_or(JournalBody::Missing(NotKept::None), JournalBody::File),
        };
        context.account.record(entry, small);
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        if !self.has_ended {
            let why = self.why_unanswered();
            self.unanswered(&why, self.leftover.clone().so_far());
        }
    }
}

fn is_of_page(headers: &HeaderMap) -> bool {
    let page = headers.get(REFERER).and_then(|page| page.to_str().ok());
    page.is_some_and(|page| page.contains("/_mock/ui/"))
}

/// Where the body of a request is kept: by the account, if all of it is a file; else by the
/// journal, if it is small. The second value is what the journal is to keep.
fn kept_body(body: DrainedBody, file: Option<&WeakBlob>) -> (JournalBody, Option<Bytes>) {
    let DrainedBody { received, complete, capture } = body;
    if !complete {
        return (JournalBody::Missing(NotKept::Broken), None);
    }
    if received == 0 {
        return (JournalBody::Missing(NotKept::None), None);
    }
    // The file of a form is smaller than its form.
    if let Some(file) = file.filter(|file| file.len() == received && file.is_there()) {
        return (JournalBody::File(file.clone()), None);
    }
    (JournalBody::Missing(NotKept::Large), capture.into_bytes())
}

/// The name of a method, without an allocation for the usual ones.
fn method_name(method: &Method) -> Cow<'static, str> {
    const USUAL: [Method; 5] =
        [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD];
    const NAMES: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "HEAD"];
    match USUAL.iter().position(|usual| usual == method) {
        Some(place) => Cow::Borrowed(NAMES[place]),
        None => Cow::Owned(method.as_str().chars().take(LONGEST_METHOD).collect()),
    }
}

/// The caller, without a secret.
fn caller(credentials: &Credentials) -> Option<String> {
    match credentials {
        Credentials::Absent => None,
        Credentials::Malformed(_) => Some("malformed".to_owned()),
        Credentials::Basic { text, colon } => Some(shorten(&text[..*colon])),
        Credentials::Bearer(_) => Some("bearer".to_owned()),
    }
}
