//! `/_mock/journal`: the requests to an account, and how they ended.

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
use crate::core::account::Account;
use crate::core::journal::{JournalBody, JournalEntry};
use crate::core::media;
use crate::http::exchange::context::Context;
use crate::http::exchange::extract::Path;
use crate::http::exchange::input::Input;
use crate::http::exchange::json::{Json, Named};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::stored::Stored;

/// `GET /_mock/journal`
pub async fn list(context: Context, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let filter = filter::read(&Input::from_query(query.as_deref(), &filter::ALL))?;
    let view = context.account.journal(0);
    let found: Vec<_> = view.entries.iter().filter(|entry| filter.matches(entry)).collect();
    Ok(list_entries(&found, &view, &context.account)?)
}

/// `DELETE /_mock/journal`
pub async fn clear(context: Context) -> StatusCode {
    context.account.clear_journal();
    StatusCode::NO_CONTENT
}

/// `GET /_mock/journal/{number}`
pub async fn show(context: Context, Path(number): Path) -> Result<Response, Refusal> {
    let found = find(&context.account, &number)?;
    Ok(Json(Named("entry", EntryJson::examined(&found).await)).into_response())
}

/// `GET /_mock/journal/{number}/body`: the bytes as they were received.
pub async fn body(context: Context, Path(number): Path) -> Result<Response, Refusal> {
    bytes(&find(&context.account, &number)?.body)
}

/// `GET /_mock/journal/{number}/file`: the file in the body, which may be a form.
pub async fn file(context: Context, Path(number): Path) -> Result<Response, Refusal> {
    bytes(&find(&context.account, &number)?.file)
}

fn bytes(kept: &JournalBody) -> Result<Response, Refusal> {
    let body = kept.find().map_err(|why| Problem::NotFound(why.to_string()))?;
    let headers = [(CONTENT_TYPE, media::UNKNOWN_TYPE), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let mut head = (headers, [(CONTENT_LENGTH, body.len())], ()).into_response();
    let whole = 0..body.len();
    head.extensions_mut().insert(Stored::new(body, whole));
    Ok(head)
}

fn find(account: &Account, number: &str) -> Result<Arc<JournalEntry>, Problem> {
    let number =
        number.parse().map_err(|_| Problem::field("number", "takes the number of a request"))?;
    account.journal_entry(number).ok_or_else(|| {
        let last = account.journal(u64::MAX).last;
        Problem::NotFound(match number {
            0 => "requests are numbered from 1 on".to_owned(),
            _ if number > last => format!("no request has this number yet; the last is {last}"),
            _ => "the journal does not have this request any more: it made room, or was cleared"
                .to_owned(),
        })
    })
}
