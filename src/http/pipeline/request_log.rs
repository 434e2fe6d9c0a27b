//! What a request leaves behind: a line in the log, and an entry in its account's journal.

use std::borrow::Cow;
use std::time::Instant;

use axum::http::header::USER_AGENT;
use axum::http::{Method, Response, Uri, request};
use bytes::Bytes;
use http_body::Body as _;

use crate::core::blobs::WeakBlob;
use crate::core::journal::{Body, Entry};
use crate::http::exchange::body::Payload;
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::extract::Context;
use crate::http::exchange::problem::Why;
use crate::http::pipeline::account::Service;
use crate::http::pipeline::faults::Cut;
use crate::http::pipeline::request_body::Drained;

/// The longest text of a journal entry, in characters.
const LONGEST: usize = 1_000;
/// The longest method, in characters. Those that there are have at most 17.
const LONGEST_METHOD: usize = 32;

/// What is to be told of a request, kept while the request itself goes its way.
pub struct Note {
    method: Method,
    sent_to: Uri,
    client: Option<String>,
    started: Instant,
}

/// A note of a request that is under way. Whatever becomes of it is told once: if it is dropped, its
/// client went away before there was an answer.
pub struct Open {
    note: Option<Note>,
    context: Context,
    service: Service,
}

impl Note {
    /// Looks at a request before anything is done to it.
    pub fn of(parts: &request::Parts) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "measures our own work, not the emulated time"
        )]
        let started = Instant::now();
        let client = parts.headers.get(USER_AGENT).and_then(|client| client.to_str().ok());
        Self {
            method: parts.method.clone(),
            sent_to: parts.uri.clone(),
            client: client.map(shortened),
            started,
        }
    }

    /// Whether the answer has only a head.
    pub fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// The request is under way in an account.
    pub fn open(self, context: &Context, service: Service) -> Open {
        Open { note: Some(self), context: context.clone(), service }
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

impl Open {
    /// Tells of a request that was answered. A refusal is a warning that says why.
    pub fn answered(mut self, body: Drained, response: &Response<Payload>) {
        let Some(note) = self.note.take() else { return };
        let context = &self.context;
        let (micros, received) = (note.micros(), body.received);
        let status = response.status().as_u16();
        let sent = response.body().size_hint().exact().unwrap_or(0);
        let why = response.extensions().get::<Why>().map(|Why(why)| why.as_str());
        if tracing::enabled!(tracing::Level::WARN) {
            let account = context.account.name();
            let route = context.route.get().map_or("-", |route| route.as_str());
            let (method, path) = (note.method.as_str(), note.sent_to.path());
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
        self.record(note, Ended { status: Some(status), why, body, sent, micros });
    }

    /// Tells of a request that was cut by a fault, and so has no answer.
    pub fn cut(mut self, body: Drained) {
        self.unanswered(&Cut.to_string(), body);
    }

    fn unanswered(&mut self, why: &str, body: Drained) {
        let Some(note) = self.note.take() else { return };
        let (micros, received) = (note.micros(), body.received);
        let account = self.context.account.name();
        let (method, path) = (note.method.as_str(), note.sent_to.path());
        tracing::warn!(
            account,
            method,
            path,
            received,
            ms = milliseconds(micros),
            why,
            "unanswered"
        );
        self.record(note, Ended { status: None, why: Some(why), body, sent: 0, micros });
    }

    /// Writes an entry into the journal of the account that the request was for. What tests do to the
    /// server is not written down, and what was for no account concerns none.
    fn record(&self, note: Note, ended: Ended<'_>) {
        let context = &self.context;
        if self.service == Service::Control || !context.has_account {
            return;
        }
        let received = ended.body.received;
        let file = context.marks.file();
        let (body, small) = kept(ended.body, file);
        let entry = Entry {
            number: 0,
            at: context.admission.now,
            method: name(&note.method),
            target: without_secrets(&note.sent_to),
            route: context.route.get().map(|route| route.as_str().to_owned()),
            caller: caller(&context.credentials),
            client: note.client,
            status: ended.status,
            why: ended.why.map(shortened),
            triggered: context.admission.fault.is_some(),
            received,
            sent: ended.sent,
            micros: ended.micros,
            objects: context.marks.take_touched(),
            body,
            file: file.cloned().map_or(Body::None, Body::File),
        };
        context.account.record(entry, small);
        context.arrivals.of(&context.account).notify_waiters();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.unanswered(
            "the client went away, or the server stopped, before there was an answer",
            Drained::default(),
        );
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
fn kept(body: Drained, file: Option<&WeakBlob>) -> (Body, Option<Bytes>) {
    let Drained { received, complete, seen } = body;
    if !complete {
        return (Body::Broken, None);
    }
    if received == 0 {
        return (Body::None, None);
    }
    // The file of a form is smaller than its form.
    if let Some(file) = file.filter(|file| file.len() == received && file.is_there()) {
        return (Body::File(file.clone()), None);
    }
    (Body::Large, seen.into_bytes())
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
