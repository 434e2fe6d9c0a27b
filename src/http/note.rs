//! What a request leaves behind: a line in the log, and an entry in its account's journal.

use std::borrow::Cow;
use std::time::Instant;

use axum::http::header::USER_AGENT;
use axum::http::{Method, Response, Uri, request};
use http_body::Body as _;

use super::address::Service;
use super::credentials::Credentials;
use super::error::Why;
use super::extract::Context;
use super::faults::Cut;
use super::payload::Payload;
use crate::core::journal::Entry;

/// The longest text of a journal entry, in characters.
const LONGEST: usize = 1_000;

/// What is to be told of a request, kept while the request itself goes its way.
pub struct Note {
    method: Method,
    sent_to: Uri,
    client: Option<String>,
}

impl Note {
    /// Looks at a request before anything is done to it.
    pub fn of(parts: &request::Parts) -> Self {
        let client = parts.headers.get(USER_AGENT).and_then(|client| client.to_str().ok());
        Self {
            method: parts.method.clone(),
            sent_to: parts.uri.clone(),
            client: client.map(shortened),
        }
    }

    /// Whether the answer has only a head.
    pub fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// Tells of a request that was answered. A refusal is a warning that says why.
    pub fn answered(
        self,
        context: &Context,
        service: Service,
        received: u64,
        response: &Response<Payload>,
        started: Instant,
    ) {
        let status = response.status().as_u16();
        let sent = response.body().size_hint().exact().unwrap_or(0);
        let why = response.extensions().get::<Why>().map(|Why(why)| why.as_str());
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if tracing::enabled!(tracing::Level::WARN) {
            let account = context.account.name();
            let route = context.route.get().map_or("-", |route| route.as_str());
            let (method, path) = (self.method.as_str(), self.sent_to.path());
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
        if service != Service::Control {
            let entry = self.entry(context, Some(status), why, micros);
            context.account.record(Entry { received, sent, ..entry });
            context.arrivals.notify_waiters();
        }
    }

    /// Tells of a request that was cut by a fault, and so has no answer.
    pub fn cut(self, context: &Context, started: Instant) {
        let account = context.account.name();
        let (method, path) = (self.method.as_str(), self.sent_to.path());
        let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::warn!(account, method, path, ms = milliseconds(micros), why = %Cut, "cut");
        context.account.record(self.entry(context, None, Some(&Cut.to_string()), micros));
        context.arrivals.notify_waiters();
    }

    fn entry(
        self,
        context: &Context,
        status: Option<u16>,
        why: Option<&str>,
        micros: u64,
    ) -> Entry {
        Entry {
            number: 0,
            at: context.admission.now,
            method: name(&self.method),
            target: without_secrets(&self.sent_to),
            route: context.route.get().map(|route| route.as_str().to_owned()),
            caller: caller(&context.credentials),
            client: self.client,
            status,
            why: why.map(shortened),
            struck: context.admission.fault.is_some(),
            received: 0,
            sent: 0,
            micros,
            objects: context.touched(),
        }
    }
}

/// The name of a method, of which most are known for ever.
fn name(method: &Method) -> Cow<'static, str> {
    const USUAL: [Method; 5] =
        [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD];
    const NAMES: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "HEAD"];
    match USUAL.iter().position(|usual| usual == method) {
        Some(place) => Cow::Borrowed(NAMES[place]),
        None => Cow::Owned(method.as_str().to_owned()),
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
    const SECRETS: [&str; 3] = ["access_token", "token", "X-Amz-Signature"];
    let path = target.path();
    let Some(query) = target.query() else {
        return shortened(path);
    };
    if !SECRETS.iter().any(|secret| query.contains(secret)) {
        return shortened(target.path_and_query().map_or(path, |target| target.as_str()));
    }
    let is_api = path.contains("/api/");
    let parameters = query.split('&').map(|parameter| {
        let name = parameter.split('=').next().unwrap_or_default();
        // The token of an append is the upload that it is about; that of a download is a secret.
        let is_secret = SECRETS.contains(&name) && !(is_api && name == "token");
        if is_secret { format!("{name}=…") } else { parameter.to_owned() }
    });
    shortened(&format!("{path}?{}", parameters.collect::<Vec<_>>().join("&")))
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
    }
}
