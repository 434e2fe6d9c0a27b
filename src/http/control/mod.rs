//! `/_mock/…`: what a test does to the server rather than to Zendesk.
//!
//! Every call is one row of a table, from which its route and its place in the OpenAPI document are
//! made. Each acts on the account that the request is addressed to.

mod accounts;
mod attachments;
mod chains;
mod clock;
mod error;
mod faults;
mod fidelity;
mod input;
mod journal;
mod leaks;
mod openapi;
mod random;
mod seed;
mod settings;
mod snapshots;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderName;
use axum::http::header::{ORIGIN, REFERER};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, patch, post, put};
use serde::Serialize;

use self::error::ControlError;
pub use self::faults::of_request as fault_of_request;
use self::input::Field;
use crate::core::account;
use crate::http::exchange::extract::Context;
use crate::http::exchange::json::Json;

/// What browsers say of who asks.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// One call, as the OpenAPI document tells it.
#[derive(Debug)]
struct Call {
    method: &'static str,
    path: &'static str,
    about: &'static str,
    input: &'static [Field],
    outcome: Outcome,
}

/// What a call answers that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// 200 and JSON.
    Told,
    /// 201 and JSON.
    Made,
    /// 204.
    Nothing,
    /// 200 and events without end.
    Events,
    /// 200 and bytes.
    Bytes,
}

impl Call {
    /// Whether what it takes goes into the query.
    fn is_get(&self) -> bool {
        self.method == "get"
    }
}

/// Makes routes and their description out of one table.
macro_rules! calls {
    ($($method:ident $path:literal $handler:path, $about:literal, [$($field:expr),*] => $outcome:ident;)+) => {
        fn calls() -> Router {
            Router::new()$(.route($path, $method($handler)))+
        }

        const CALLS: &[Call] = &[$(Call {
            method: stringify!($method),
            path: $path,
            about: $about,
            input: &[$($field),*],
            outcome: Outcome::$outcome,
        }),+];
    };
}

calls! {
    get "/_mock/health" health, "Says that the server answers, and which version it is", [] => Told;
    get "/_mock/openapi.json" openapi::show, "This document", [] => Told;
    get "/_mock/capabilities" fidelity::list, "Lists what the server does, with evidence, date and tests, and where it differs from Zendesk; the filters go into the query", [
        fidelity::EVIDENCE, fidelity::DIFFERENCE
    ] => Told;
    get "/_mock/accounts" accounts::list, "Lists all accounts and what they hold", [] => Told;
    post "/_mock/accounts" accounts::create, "Makes an account that nobody has yet", [accounts::NAME, accounts::LIFE, accounts::SETTINGS, accounts::SEED] => Made;
    delete "/_mock/accounts/{name}" accounts::delete, "Forgets an account with all that it holds", [] => Nothing;
    get "/_mock/account" accounts::show, "Shows the account that the request is addressed to", [] => Told;
    post "/_mock/reset" reset, "Returns the account to its seed, or to nothing: objects, clock, settings, faults, journal and rate limits start anew", [] => Told;
    post "/_mock/seed" seed::plant, "Empties the account and gives it what the document says, now and after each reset", [seed::DOCUMENT] => Told;
    get "/_mock/export" seed::export, "Tells what the account holds as a document that a seed can be", [] => Told;
    get "/_mock/snapshots" snapshots::list, "Lists the account's snapshots and what they hold", [] => Told;
    put "/_mock/snapshots/{name}" snapshots::take, "Keeps the account as it is under a name: objects, clock and names", [] => Told;
    post "/_mock/snapshots/{name}/restore" snapshots::restore, "Makes the account what it was then; journal, faults and settings stay", [] => Told;
    delete "/_mock/snapshots/{name}" snapshots::delete, "Forgets a snapshot", [] => Nothing;
    get "/_mock/settings" settings::show, "Shows the account's settings", [] => Told;
    patch "/_mock/settings" settings::change, "Changes the settings that are named, all or none, until the account is reset", [settings::ALL] => Told;
    get "/_mock/clock" clock::show, "Tells the account's time", [] => Told;
    post "/_mock/clock/advance" clock::advance, "Moves the clock forward; what expires by that is gone at once", [clock::BY] => Told;
    post "/_mock/clock/set" clock::set, "Moves the clock to an instant; what had expired stays gone", [clock::TO] => Told;
    post "/_mock/clock/freeze" clock::freeze, "Makes the clock stand still", [clock::AT] => Told;
    post "/_mock/clock/resume" clock::resume, "Lets the clock run on from where it stands", [] => Told;
    post "/_mock/chance" random::reseed, "Makes tokens, ids and names repeat from the next one on", [random::SEED] => Told;
    get "/_mock/faults" faults::list, "Lists the account's faults, how many requests each has seen and how many it triggered", [] => Told;
    post "/_mock/faults" faults::add, "Makes requests go wrong; the oldest fault that strikes decides", [
        faults::OPERATION, faults::NTH, faults::TIMES, faults::PROBABILITY, faults::DELAY, faults::JITTER, faults::STATUS,
        faults::RETRY_AFTER, faults::CUT, faults::HANG, faults::TRUNCATE, faults::THROTTLE
    ] => Made;
    delete "/_mock/faults" faults::clear, "Removes all of the account's faults", [] => Nothing;
    delete "/_mock/faults/{id}" faults::remove, "Removes one fault", [] => Nothing;
    get "/_mock/journal" journal::list, "Lists the requests to the account, oldest first; the filters go into the query", [
        journal::METHOD, journal::PATH, journal::ROUTE, journal::STATUS, journal::OBJECT, journal::SINCE, journal::UNTIL,
        journal::AFTER
    ] => Told;
    get "/_mock/journal/events" journal::stream, "Streams the requests as server-sent events, from now on, behind `after` in the query or behind Last-Event-ID", [journal::AFTER] => Events;
    get "/_mock/journal/{number}" journal::show, "Shows one request, with the SHA-256 and the sniffed type of its body and of its file, computed now", [] => Told;
    get "/_mock/journal/{number}/body" journal::body, "Answers the bytes of a request's body as they came, as long as they are kept", [] => Bytes;
    get "/_mock/journal/{number}/file" journal::file, "Answers the bytes of the file in a request, as long as it is stored", [] => Bytes;
    delete "/_mock/journal" journal::clear, "Forgets the requests so far; numbers go on", [] => Nothing;
    post "/_mock/journal/wait" journal::wait, "Waits until so many requests match, or tells with 409 what nearly did and why not", [
        journal::METHOD, journal::PATH, journal::ROUTE, journal::STATUS, journal::OBJECT, journal::SINCE, journal::UNTIL,
        journal::AFTER, journal::COUNT, journal::TIMEOUT
    ] => Told;
    post "/_mock/journal/verify" journal::verify, "Says whether so many requests match, or all of an order do, or tells with 409 why not", [
        journal::METHOD, journal::PATH, journal::ROUTE, journal::STATUS, journal::OBJECT, journal::SINCE, journal::UNTIL,
        journal::AFTER, journal::COUNT, journal::ORDER
    ] => Told;
    get "/_mock/leaks" leaks::show, "Lists uploads that were never attached and images that were never stored or published, and which step is missing", [] => Told;
    get "/_mock/chains" chains::list, "Lists what became of each upload token and image token, step by step, and which step is missing; the filters go into the query", [
        chains::TOKEN, chains::MISSING
    ] => Told;
    get "/_mock/chains/{token}" chains::show, "Shows what became of one token", [] => Told;
    put "/_mock/attachments/{id}" attachments::edit, "Sets what only Zendesk decides of a file", [attachments::SCAN_RESULT, attachments::INLINE] => Told;
    post "/_mock/malware" attachments::scan, "Says what the malware scan of a file, or of the next files, comes to, now or later", [
        attachments::RESULT, attachments::ATTACHMENT, attachments::NEXT, attachments::AFTER
    ] => Nothing;
}

/// All routes below `/_mock`.
pub fn routes() -> Router {
    calls()
        .route("/_mock", any(unknown))
        .route("/_mock/", any(unknown))
        .route("/_mock/{*rest}", any(unknown))
        .method_not_allowed_fallback(unknown)
        .layer(from_fn(own_pages_only))
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

/// `GET /_mock/health`: the server answers.
async fn health() -> Response {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") }).into_response()
}

#[derive(Serialize)]
struct Reset<'a> {
    account: &'a str,
    removed: ObjectCounts,
}

/// What is in an account, or was.
#[derive(Serialize)]
struct ObjectCounts {
    uploads: usize,
    attachments: usize,
    tickets: usize,
    users: usize,
    image_tokens: usize,
    published_images: usize,
}

impl From<account::ObjectCounts> for ObjectCounts {
    fn from(held: account::ObjectCounts) -> Self {
        let account::ObjectCounts {
            uploads,
            attachments,
            tickets,
            users,
            image_tokens,
            published_images,
        } = held;
        Self { uploads, attachments, tickets, users, image_tokens, published_images }
    }
}

/// `POST /_mock/reset`: empties the account that the request is addressed to.
async fn reset(context: Context) -> Response {
    let removed = context.account.reset().into();
    Json(Reset { account: context.account.name(), removed }).into_response()
}

/// Any other path or method below `/_mock`.
async fn unknown() -> ControlError {
    ControlError::NotFound(
        "no such path or method below /_mock; /_mock/openapi.json lists them".to_owned(),
    )
}

/// Pages of other origins must not empty a developer's server, and pages of a name that somebody else made lead here
/// must not read it. Those send no `Origin` with what they get, but say that a page asks.
async fn own_pages_only(context: Context, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_own =
        |origin: &str| context.urls.is_own_origin(origin, &context.settings, &context.server);
    let is_foreign = match headers.get(ORIGIN) {
        Some(origin) => !origin.to_str().is_ok_and(is_own),
        None => {
            let is_page = headers.contains_key(REFERER) || headers.contains_key(SEC_FETCH_SITE);
            is_page && !context.urls.is_ours(&context.settings, &context.server)
        }
    };
    if is_foreign { ControlError::ForeignPage.into_response() } else { next.run(request).await }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The README's table of calls.
    fn calls_table() -> String {
        let mut table = "| call | what it does | takes |\n| --- | --- | --- |\n".to_owned();
        for Call { method, path, about, input, .. } in CALLS {
            let takes: Vec<_> = input.iter().map(Field::told).collect();
            let (method, takes) = (method.to_uppercase(), takes.join(", "));
            // Writing to a String cannot fail.
            let _ = writeln!(table, "| `{method} {path}` | {about} | {takes} |");
        }
        table
    }

    #[test]
    fn the_readme_lists_every_call() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
        let readme = std::fs::read_to_string(path).expect("a README");
        let (_, rest) = readme.split_once("<!-- control -->\n").expect("the table's beginning");
        let (table, _) = rest.split_once("<!-- /control -->").expect("the table's end");
        assert_eq!(table, calls_table(), "README.md should hold this table:\n{}", calls_table());
    }
}
