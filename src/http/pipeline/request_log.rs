//! What a request leaves behind: a line in the log, and an entry in its account's journal.

use std::borrow::Cow;
use std::time::Instant;

use axum::body::Body;
use axum::http::header::USER_AGENT;
use axum::http::{Method, Response, Uri, request};
use bytes::Bytes;

use crate::core::blobs::WeakBlob;
use crate::core::journal::{Body as JournalBody, Entry};
use crate::http::exchange::context::Exchange;
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::refusal::Why;
use crate::http::exchange::route::Service;
use crate::http::pipeline::faults::Cut;
use crate::http::pipeline::request_body::Drained;
use crate::http::pipeline::response_body;

/// The longest text of a journal entry, in characters.
const LONGEST: usize = 1_000;
/// The longest method, in characters. Those that there are have at most 17.
const LONGEST_METHOD: usize = 32;

/// A request as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    started: Instant,
    target: Uri,
}

impl Sent {
    /// Starts the request's clock, before its target is rewritten.
    pub fn start(target: &Uri) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "measures our own work, not the emulated time"
        )]
        let started = Instant::now();
        Self { started, target: target.clone() }
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// A request that has no response yet. However it ends, it is logged and recorded once: if it is
/// dropped, its client went away before there was a response.
pub struct InFlight {
    exchange: Exchange,
    sent: Sent,
    method: Method,
    client: Option<String>,
    has_ended: bool,
}

impl InFlight {
    pub fn new(exchange: &Exchange, sent: Sent, parts: &request::Parts) -> Self {
        let client = parts.headers.get(USER_AGENT).and_then(|client| client.to_str().ok());
        Self {
            exchange: exchange.clone(),
            sent,
            method: parts.method.clone(),
            client: client.map(shortened),
            has_ended: false,
        }
    }

    /// Logs and records a request that was answered. A refusal is a warning with its reason.
    pub fn answered(mut self, body: Drained, response: &Response<Body>) {
        self.has_ended = true;
        let (micros, received) = (self.sent.micros(), body.received);
        let status = response.status().as_u16();
        let sent = response_body::length(response);
        let why = response.extensions().get::<Why>().map(|Why(why)| why.as_str());
        if tracing::enabled!(tracing::Level::WARN) {
            let context = &self.exchange.context;
            let account = context.account.name();
            let route = context.route.pattern.unwrap_or("-");
            let (method, path) = (self.method.as_str(), self.sent.target.path());
            let ms = milliseconds(micros);
            match why {
                Some(why) => tracing::warn!(
                    account, method, route, path, status, received, sent, ms, why, "refused"
                ),
                None => tracing::info!(
                    account, method, route, path, status, received, sent, ms, "answered"
                ),
            }
        }
        self.record(Ended { status: Some(status), why, body, sent, micros });
    }

    /// Logs and records a request that a fault cut.
    pub fn cut(mut self, body: Drained) {
        self.unanswered(&Cut.to_string(), body);
    }

    fn unanswered(&mut self, why: &str, body: Drained) {
        self.has_ended = true;
        let (micros, received) = (self.sent.micros(), body.received);
        let account = self.exchange.context.account.name();
        let (method, path) = (self.method.as_str(), self.sent.target.path());
        let ms = milliseconds(micros);
        tracing::warn!(account, method, path, received, ms, why, "unanswered");
        self.record(Ended { status: None, why: Some(why), body, sent: 0, micros });
    }

    /// Writes an entry into the journal of the request's account. Calls of the control API are not
    /// recorded, nor is a request without an account.
    fn record(&mut self, ended: Ended<'_>) {
        let Exchange { app, context, recorder } = &self.exchange;
        if context.route.service == Service::Control || !context.has_account {
            return;
        }
        let found = recorder.take();
        let received = ended.body.received;
        let (body, small) = kept(ended.body, found.file.as_ref());
        let entry = Entry {
            number: 0,
            at: context.admission.now,
            method: name(&self.method),
            target: without_secrets(&self.sent.target),
            route: context.route.pattern.map(Cow::Borrowed),
            caller: caller(&context.credentials),
            client: self.client.take(),
            status: ended.status,
            why: ended.why.map(shortened),
            triggered: context.admission.fault.is_some(),
            received,
            sent: ended.sent,
            micros: ended.micros,
            objects: found.objects,
            body,
            file: found.file.map_or(JournalBody::None, JournalBody::File),
        };
        context.account.record(entry, small);
        app.arrivals.of(&context.account).notify_waiters();
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if !self.has_ended {
            self.unanswered(
                "the client went away, or the server stopped, before there was an answer",
                Drained::default(),
            );
        }
    }
}

/// What became of a request.
struct Ended<'a> {
    status: Option<u16>,
    why: Option<&'a str>,
    body: Drained,
    sent: u64,
    micros: u64,
}

/// Where the body of a request is kept: by the account, if all of it is a file; else by the journal, if it is
/// small enough to be handed over.
fn kept(body: Drained, file: Option<&WeakBlob>) -> (JournalBody, Option<Bytes>) {
    let Drained { received, complete, seen } = body;
    if !complete {
        return (JournalBody::Broken, None);
    }
    if received == 0 {
        return (JournalBody::None, None);
    }
    // The file of a form is smaller than its form.
    if let Some(file) = file.filter(|file| file.len() == received && file.is_there()) {
        return (JournalBody::File(file.clone()), None);
    }
    (JournalBody::Large, seen.into_bytes())
}

/// The name of a method, of which most are known for ever.
fn name(method: &Method) -> Cow<'static, str> {
    const USUAL: [Method; 5] =
        [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD];
    const NAMES: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "HEAD"];
    match USUAL.iter().position(|usual| usual == method) {
        Some(place) => Cow::Borrowed(NAMES[place]),
        None => Cow::Owned(method.as_str().chars().take(LONGEST_METHOD).collect()),
    }
}

/// Whole microseconds say all that there is to say.
fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

/// Who called, without what proves it.
fn caller(credentials: &Credentials) -> Option<String> {
    match credentials {
        Credentials::Absent => None,
        Credentials::Malformed(_) => Some("malformed".to_owned()),
        Credentials::Basic { text, colon } => Some(shortened(&text[..*colon])),
        Credentials::Bearer(_) => Some("bearer".to_owned()),
    }
}

/// A target whose query proves nothing to who reads it.
fn without_secrets(target: &Uri) -> String {
    let path = target.path();
    let Some(query) = target.query() else {
        return shortened(path);
    };
    let is_api = path.contains("/api/");
    // Most queries have none, and those are not taken apart and put together again.
    if !query.split('&').any(|parameter| is_secret(parameter, is_api)) {
        return shortened(target.path_and_query().map_or(path, |target| target.as_str()));
    }
    let parameters = query.split('&').map(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default();
        if is_secret(parameter, is_api) { format!("{name}=…") } else { parameter.to_owned() }
    });
    shortened(&format!("{path}?{}", parameters.collect::<Vec<_>>().join("&")))
}

/// Whether a parameter proves who calls. Its name is read as the server reads it.
fn is_secret(parameter: &str, is_api: bool) -> bool {
    const SECRETS: [&str; 5] =
        ["access_token", "token", "authenticity_token", "x-amz-signature", "x-amz-security-token"];
    let name = parameter.split('=').next().unwrap_or_default();
    let is = |name: &str| {
        let secret = SECRETS.into_iter().find(|secret| name.eq_ignore_ascii_case(secret));
        // The token of an append is the upload that it is about; that of a download is a secret.
        secret.is_some_and(|secret| !(is_api && secret == "token"))
    };
    if name.contains(['%', '+']) {
        form_urlencoded::parse(name.as_bytes()).any(|(name, _)| is(&name))
    } else {
        is(name)
    }
}

fn shortened(text: &str) -> String {
    // Bytes are counted at once, and are never fewer than characters.
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_written_down_and_what_a_request_is_about_is() {
        let told = |target: &str| without_secrets(&target.parse().expect("a target"));
        assert_eq!(
            told("/api/v2/uploads?filename=a.txt&token=T&access_token=S"),
            "/api/v2/uploads?filename=a.txt&token=T&access_token=…"
        );
        assert_eq!(told("/attachment/1/T?token=S"), "/attachment/1/T?token=…");
        assert_eq!(
            told("/b/1?X-Amz-Date=D&X-Amz-Signature=S"),
            "/b/1?X-Amz-Date=D&X-Amz-Signature=…"
        );
        assert_eq!(told("/api/v2/tickets"), "/api/v2/tickets");
        assert_eq!(told("/attachment/1/T?%74oken=S"), "/attachment/1/T?%74oken=…");
        assert_eq!(
            told("/api/v2/uploads?a=b&%61ccess_token=S&authenticity_token=S"),
            "/api/v2/uploads?a=b&%61ccess_token=…&authenticity_token=…"
        );
        assert_eq!(told("/b/1?X-Amz-Security-Token=S"), "/b/1?X-Amz-Security-Token=…");
    }
}
