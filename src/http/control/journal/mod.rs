//! `/_mock/journal`: what was asked of an account, and what became of it.

mod entry;
mod events;
mod expect;
mod filter;
mod listing;

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};

use self::entry::EntryJson;
pub use self::events::stream;
pub use self::expect::{COUNT, ORDER, TIMEOUT, verify, wait};
pub use self::filter::{AFTER, METHOD, OBJECT, PATH, ROUTE, SINCE, STATUS, UNTIL};
use self::listing::list_entries;
use crate::core::account::{Account, JournalView};
use crate::core::journal::{Body, Entry, Filter};
use crate::core::media;
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::Path;
use crate::http::exchange::input::Input;
use crate::http::exchange::json::{Json, Named};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::stored::Stored;

/// The entries that a filter matches.
fn matching<'a>(filter: &Filter, look: &'a JournalView) -> Vec<&'a Arc<Entry>> {
    look.entries.iter().filter(|entry| filter.matches(entry)).collect()
}

/// `GET /_mock/journal`
pub async fn list(context: Context, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let filter = filter::read(&Input::from_query(query.as_deref(), &filter::ALL))?;
    let look = context.account.journal(0);
    Ok(list_entries(&matching(&filter, &look), &look, &context.account)?)
}

/// `DELETE /_mock/journal`
pub async fn clear(context: Context) -> StatusCode {
    context.account.clear_journal();
    StatusCode::NO_CONTENT
}

/// `GET /_mock/journal/{number}`
pub async fn show(context: Context, Path(number): Path) -> Result<Response, Refusal> {
    let found = find(&context.account, &number)?;
    Ok(Json(Named("entry", EntryJson::whole(&found).await)).into_response())
}

/// `GET /_mock/journal/{number}/body`: the bytes as they came, and shared with whoever keeps them.
pub async fn body(context: Context, Path(number): Path) -> Result<Response, Refusal> {
    bytes(&find(&context.account, &number)?.body)
}

/// `GET /_mock/journal/{number}/file`: the file in it, which a form has more around.
pub async fn file(context: Context, Path(number): Path) -> Result<Response, Refusal> {
    bytes(&find(&context.account, &number)?.file)
}

fn bytes(kept: &Body) -> Result<Response, Refusal> {
    let body = kept.find().map_err(|why| Problem::NotFound(why.to_string()))?;
    let headers = [(CONTENT_TYPE, media::UNKNOWN_TYPE), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let mut head = (headers, [(CONTENT_LENGTH, body.len())], ()).into_response();
    let whole = 0..body.len();
    head.extensions_mut().insert(Stored::new(body, whole));
    Ok(head)
}

fn find(account: &Account, number: &str) -> Result<Arc<Entry>, Problem> {
    let number =
        number.parse().map_err(|_| Problem::field("number", "takes the number of a request"))?;
    account.journal_entry(number).ok_or_else(|| {
        let last = account.journal(0).last;
        Problem::NotFound(match number {
            0 => "requests are numbered from 1 on".to_owned(),
            _ if number > last => format!("no request has this number yet; the last is {last}"),
            _ => "the journal does not have this request any more: it made room, or was cleared"
                .to_owned(),
        })
    })
}
