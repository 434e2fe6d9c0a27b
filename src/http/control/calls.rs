//! The calls of the control API: one row for each, from which its route, its place in the OpenAPI
//! document and its line in docs/control-api.md are made.

use std::sync::LazyLock;

use axum::http::Method;
use axum::response::IntoResponse;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::http::control::answer::{RawJson, Reply};
use crate::http::control::call::{self, Call};
use crate::http::control::control_row::ControlRow;
use crate::http::control::{
    accounts, attachments, ca, clock, faults, fidelity, files, health, journal, openapi, random,
    seed, settings, snapshots, tickets, tokens, usage,
};
use crate::http::exchange::json::Json;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::route::{Access, AccountIn, LimitRule, Route, Service};
use crate::http::exchange::row::Row;

macro_rules! calls {
    ($($method:ident $path:literal $handler:path, $summary:literal;)+) => {
        /// All calls of the control API.
        pub static CALLS: &[ControlRow] = &[$(ControlRow {
            row: Row {
                route: Route {
                    method: Some(Method::$method),
                    pattern: Some($path),
                    is_for_browsers: false,
                    service: Service::Control,
                    operation: None,
                    access: Access::OwnPages,
                    limit: LimitRule::None,
                    is_rate_limited: false,
                    account: AccountIn::Nothing,
                },
                handler: |request, exchange| Box::pin(call::answer($handler, request, exchange)),
                handler_path: stringify!($handler),
            },
            method: Method::$method,
            path: $path,
            summary: $summary,
            describe: |schemas| schemas.describe($handler),
        }),+];
    };
}

calls! {
    GET "/_mock" list_calls, "Lists all calls";
    GET "/_mock/health" health::show, "Returns the server's version, once it is ready";
    GET "/_mock/usage" usage::show, "Returns how much memory and how many tasks the server uses";
    GET "/_mock/ca.pem" ca::show, "Returns the certificate that clients trust for https";
    GET "/_mock/openapi.json" show_document, "Returns this document";
    GET "/_mock/emulated-openapi.json" show_emulated, "Returns the OpenAPI document of the endpoints that are emulated";
    GET "/_mock/behaviours" fidelity::list, "Lists the behaviours of the server with evidence, date and tests, and the known differences from Zendesk";
    GET "/_mock/accounts" accounts::list, "Lists all accounts and how many objects they hold";
    POST "/_mock/accounts" accounts::create, "Creates an account, under an unused name";
    DELETE "/_mock/accounts/{name}" accounts::delete, "Deletes an account and everything in it";
    GET "/_mock/account" accounts::show, "Shows the account that the request addresses";
    POST "/_mock/reset" accounts::reset, "Resets objects, clock, settings, faults, journal and rate limits of the account, to its seed if it has one";
    POST "/_mock/seed" seed::import, "Replaces the content of the account by the seed, now and after each reset";
    GET "/_mock/export" seed::export, "Returns the account as a document that is a valid seed";
    GET "/_mock/snapshots" snapshots::list, "Lists the account's snapshots and how many objects they hold";
    PUT "/_mock/snapshots/{name}" snapshots::take, "Saves objects, clock and random state of the account under a name";
    POST "/_mock/snapshots/{name}/restore" snapshots::restore, "Restores objects, clock and random state; journal, faults and settings stay";
    DELETE "/_mock/snapshots/{name}" snapshots::delete, "Deletes a snapshot";
    GET "/_mock/settings" settings::show, "Shows the account's settings";
    PATCH "/_mock/settings" settings::change, "Changes the given settings, all or none, until the account is reset";
    GET "/_mock/clock" clock::show, "Shows the account's time";
    POST "/_mock/clock/advance" clock::advance, "Moves the clock forward; objects that expire are gone at once";
    POST "/_mock/clock/set" clock::set, "Sets the clock to an instant; expired objects stay gone";
    POST "/_mock/clock/freeze" clock::freeze, "Stops the clock";
    POST "/_mock/clock/resume" clock::resume, "Starts the clock from where it stands";
    POST "/_mock/random" random::reseed, "Seeds the random state, so that the following tokens, ids and names repeat";
    GET "/_mock/faults" faults::list, "Lists the account's faults, and how many requests each has matched and been triggered by";
    POST "/_mock/faults" faults::add, "Adds a fault; of several that match a request, the oldest that triggers decides";
    DELETE "/_mock/faults" faults::clear, "Removes all of the account's faults";
    DELETE "/_mock/faults/{id}" faults::remove, "Removes one fault";
    GET "/_mock/journal" journal::list, "Lists the requests to the account, oldest first";
    GET "/_mock/journal/events" journal::stream, "Streams the requests as server-sent events, and an event `change` after a call that may change the account";
    GET "/_mock/journal/{number}" journal::show, "Shows one request, with its headers, and the SHA-256 and the sniffed type of its body and of its file";
    GET "/_mock/journal/{number}/body" journal::body, "Returns the body of a request byte for byte, while it is kept";
    GET "/_mock/journal/{number}/file" journal::file, "Returns the file in a request byte for byte, while it is stored";
    DELETE "/_mock/journal" journal::clear, "Deletes the entries so far; the numbering continues";
    POST "/_mock/journal/wait" journal::wait, "Waits until `count` requests match; answers 409 with the nearest misses after the timeout";
    POST "/_mock/journal/verify" journal::verify, "Verifies that `count` requests match, or that requests match in the given order; answers 409 with the reason if not";
    GET "/_mock/tokens" tokens::list, "Lists the histories of upload tokens and image tokens, each with its missing step";
    GET "/_mock/tokens/{token}" tokens::show, "Shows the history of one token";
    GET "/_mock/files" files::list, "Lists uploads and user images, newest first, with those that expired or were deleted";
    GET "/_mock/files/{file}/content" files::content, "Returns a file byte for byte; no request of it is recorded";
    GET "/_mock/tickets" tickets::list, "Lists the tickets, newest first";
    GET "/_mock/tickets/{id}" tickets::show, "Shows a ticket with its comments and their files";
    GET "/_mock/leaks" tokens::leaks, "Lists the tokens that miss a step, open or expired: uploads that were never attached, and images that were never stored or published";
    PUT "/_mock/attachments/{id}" attachments::edit, "Sets properties of a file that only Zendesk decides";
    POST "/_mock/malware" attachments::scan, "Sets the result of the malware scan of a file, or of the next files, at once or after a delay";
}

/// A call of the control API.
#[derive(Serialize, JsonSchema)]
struct CallJson {
    method: &'static str,
    path: &'static str,
    /// What it does.
    summary: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct CallList {
    calls: Vec<CallJson>,
}

async fn list_calls(call: Call) -> Reply<CallList> {
    let calls = CALLS.iter().map(|&ControlRow { ref method, path, summary, .. }| CallJson {
        method: method.as_str(),
        path,
        summary,
    });
    call.answer(CallList { calls: calls.collect() }).await
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| openapi::document(CALLS));

async fn show_document(_: Call) -> Result<RawJson, Refusal> {
    Ok(RawJson(Json(&*DOCUMENT).into_response()))
}

async fn show_emulated(call: Call) -> Result<RawJson, Refusal> {
    Ok(RawJson(Json((call.app.emulated_document)()).into_response()))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The table of calls.
    fn calls_table() -> String {
        let mut table = "| call | what it does | takes |\n| --- | --- | --- |\n".to_owned();
        for ControlRow { method, path, summary, .. } in CALLS {
            let takes = openapi::field_names(&DOCUMENT, method, path);
            let takes: Vec<_> = takes.iter().map(|name| format!("`{name}`")).collect();
            let takes = match *path {
                "/_mock/settings" if *method == Method::PATCH => "settings".to_owned(),
                "/_mock/seed" => "a seed".to_owned(),
                _ => takes.join(", "),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(table, "| `{method} {path}` | {summary} | {takes} |");
        }
        table
    }

    #[test]
    fn the_docs_list_all_control_calls() {
        crate::docs_table::assert_table("control-api", "control", &calls_table());
    }
}
