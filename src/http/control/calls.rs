//! The calls of the control API: one row for each, from which its route, its place in the OpenAPI
//! document and its line in docs/control-api.md are made.

use std::sync::LazyLock;

use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::http::control::call::{Call, Outcome};
use crate::http::control::{
    accounts, attachments, clock, faults, fidelity, health, journal, openapi, random, seed,
    settings, snapshots, tokens,
};
use crate::http::exchange::fault_json;
use crate::http::exchange::json::Json;
use crate::http::exchange::route::{Access, AccountIn, LimitRule, Route, Service};
use crate::http::exchange::row::Row;

macro_rules! calls {
    ($($method:ident $path:literal $handler:path, $about:literal, [$($field:expr),*] => $outcome:ident;)+) => {
        /// All calls of the control API.
        pub static CALLS: &[Call] = &[$(Call {
            row: Row {
                route: Route {
                    method: Some(Method::$method),
                    pattern: Some($path),
                    service: Service::Control,
                    operation: None,
                    access: Access::OwnPages,
                    limit: LimitRule::None,
                    is_rate_limited: false,
                    account: AccountIn::Nothing,
                },
                handler: |request, exchange| {
                    axum::handler::Handler::call($handler, request, exchange)
                },
            },
            method: Method::$method,
            path: $path,
            about: $about,
            input: &[$($field),*],
            outcome: Outcome::$outcome,
        }),+];
    };
}

calls! {
    GET "/_mock/health" health::show, "Returns the server's version, once it is ready", [] => Told;
    GET "/_mock/openapi.json" show_document, "Returns this document", [] => Told;
    GET "/_mock/behaviours" fidelity::list, "Lists the behaviours of the server with evidence, date and tests, and the known differences from Zendesk; filters are query parameters", [
        fidelity::EVIDENCE, fidelity::DIFFERENCE
    ] => Told;
    GET "/_mock/accounts" accounts::list, "Lists all accounts and how many objects they hold", [] => Told;
    POST "/_mock/accounts" accounts::create, "Creates an account, under an unused name", [accounts::NAME, accounts::LIFE, accounts::SETTINGS, accounts::SEED] => Made;
    DELETE "/_mock/accounts/{name}" accounts::delete, "Deletes an account and everything in it", [] => Nothing;
    GET "/_mock/account" accounts::show, "Shows the account that the request addresses", [] => Told;
    POST "/_mock/reset" accounts::reset, "Resets objects, clock, settings, faults, journal and rate limits of the account, to its seed if it has one", [] => Told;
    POST "/_mock/seed" seed::plant, "Replaces the content of the account by the seed, now and after each reset", [seed::DOCUMENT] => Told;
    GET "/_mock/export" seed::export, "Returns the account as a document that is a valid seed", [] => Told;
    GET "/_mock/snapshots" snapshots::list, "Lists the account's snapshots and how many objects they hold", [] => Told;
    PUT "/_mock/snapshots/{name}" snapshots::take, "Saves objects, clock and random state of the account under a name", [] => Told;
    POST "/_mock/snapshots/{name}/restore" snapshots::restore, "Restores objects, clock and random state; journal, faults and settings stay", [] => Told;
    DELETE "/_mock/snapshots/{name}" snapshots::delete, "Deletes a snapshot", [] => Nothing;
    GET "/_mock/settings" settings::show, "Shows the account's settings", [] => Told;
    PATCH "/_mock/settings" settings::change, "Changes the given settings, all or none, until the account is reset", [settings::ALL] => Told;
    GET "/_mock/clock" clock::show, "Shows the account's time", [] => Told;
    POST "/_mock/clock/advance" clock::advance, "Moves the clock forward; objects that expire are gone at once", [clock::BY] => Told;
    POST "/_mock/clock/set" clock::set, "Sets the clock to an instant; expired objects stay gone", [clock::TO] => Told;
    POST "/_mock/clock/freeze" clock::freeze, "Stops the clock", [clock::AT] => Told;
    POST "/_mock/clock/resume" clock::resume, "Starts the clock from where it stands", [] => Told;
    POST "/_mock/chance" random::reseed, "Seeds the random state, so that the following tokens, ids and names repeat", [random::SEED] => Told;
    GET "/_mock/faults" faults::list, "Lists the account's faults, how many requests each has seen, and how often it triggered", [] => Told;
    POST "/_mock/faults" faults::add, "Adds a fault; of several that match a request, the oldest that triggers decides", [
        fault_json::OPERATION, fault_json::NTH, fault_json::TIMES, fault_json::PROBABILITY, fault_json::DELAY, fault_json::JITTER, fault_json::STATUS,
        fault_json::RETRY_AFTER, fault_json::CUT, fault_json::HANG, fault_json::TRUNCATE, fault_json::THROTTLE
    ] => Made;
    DELETE "/_mock/faults" faults::clear, "Removes all of the account's faults", [] => Nothing;
    DELETE "/_mock/faults/{id}" faults::remove, "Removes one fault", [] => Nothing;
    GET "/_mock/journal" journal::list, "Lists the requests to the account, oldest first; filters are query parameters", [
        journal::METHOD, journal::PATH, journal::ROUTE, journal::STATUS, journal::OBJECT, journal::SINCE, journal::UNTIL,
        journal::AFTER
    ] => Told;
    GET "/_mock/journal/events" journal::stream, "Streams the requests as server-sent events, from now on, or after the number in `after` (a query parameter) or Last-Event-ID", [journal::AFTER] => Events;
    GET "/_mock/journal/{number}" journal::show, "Shows one request, with the SHA-256 and the sniffed type of its body and of its file", [] => Told;
    GET "/_mock/journal/{number}/body" journal::body, "Returns the body of a request byte for byte, while it is kept", [] => Bytes;
    GET "/_mock/journal/{number}/file" journal::file, "Returns the file in a request byte for byte, while it is stored", [] => Bytes;
    DELETE "/_mock/journal" journal::clear, "Deletes the entries so far; the numbering continues", [] => Nothing;
    POST "/_mock/journal/wait" journal::wait, "Waits until `count` requests match; answers 409 with the nearest misses after the timeout", [
        journal::METHOD, journal::PATH, journal::ROUTE, journal::STATUS, journal::OBJECT, journal::SINCE, journal::UNTIL,
        journal::AFTER, journal::COUNT, journal::TIMEOUT
    ] => Told;
    POST "/_mock/journal/verify" journal::verify, "Verifies that `count` requests match, or that requests match in the given order; answers 409 with the reason if not", [
        journal::METHOD, journal::PATH, journal::ROUTE, journal::STATUS, journal::OBJECT, journal::SINCE, journal::UNTIL,
        journal::AFTER, journal::COUNT, journal::ORDER
    ] => Told;
    GET "/_mock/tokens" tokens::list, "Lists the histories of upload tokens and image tokens, each with its missing step; filters are query parameters", [
        tokens::TOKEN, tokens::MISSING
    ] => Told;
    GET "/_mock/tokens/{token}" tokens::show, "Shows the history of one token", [] => Told;
    GET "/_mock/leaks" tokens::leaks, "Lists the tokens that miss a step, open or expired: uploads that were never attached, and images that were never stored or published", [] => Told;
    PUT "/_mock/attachments/{id}" attachments::edit, "Sets properties of a file that only Zendesk decides", [attachments::SCAN_RESULT, attachments::INLINE] => Told;
    POST "/_mock/malware" attachments::scan, "Sets the result of the malware scan of a file, or of the next files, at once or after a delay", [
        attachments::RESULT, attachments::ATTACHMENT, attachments::NEXT, attachments::AFTER
    ] => Nothing;
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| openapi::document(CALLS));

/// `GET /_mock/openapi.json`
async fn show_document() -> Response {
    Json(&*DOCUMENT).into_response()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::http::exchange::input::Field;

    /// The table of calls.
    fn calls_table() -> String {
        let mut table = "| call | what it does | takes |\n| --- | --- | --- |\n".to_owned();
        for Call { method, path, about, input, .. } in CALLS {
            let takes: Vec<_> = input.iter().map(Field::label).collect();
            let takes = takes.join(", ");
            // Writing to a String cannot fail.
            let _ = writeln!(table, "| `{method} {path}` | {about} | {takes} |");
        }
        table
    }

    #[test]
    fn the_docs_list_all_control_calls() {
        crate::docs_table::assert_table("control-api", "control", &calls_table());
    }
}
