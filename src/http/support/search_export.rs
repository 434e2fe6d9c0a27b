//! `/api/v2/search/export`: all results of a search for one kind of objects, by cursor.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::Response;
use form_urlencoded::Serializer as Query;
use schemars::JsonSchema;
use serde::Serialize;

use crate::core::account::FoundObject;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::Client;
use crate::http::exchange::json_list;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::objects::search_result::SearchResultJson;
use crate::http::support::pagination::{read_number, wrong_sort};
use crate::http::support::search::{find, parse_query, record};
use crate::http::support::search_cursor::SearchCursor;

/// The most results on a page, as documented.
pub const LARGEST: usize = 1_000;
/// How many results a page has by default, as clients saw it in 2023.
const USUAL: usize = 100;

/// The kinds of objects that Zendesk exports. Here only tickets and users are found.
pub const KINDS: [&str; 4] = ["group", "organization", "ticket", "user"];

/// What a query asks for.
struct ExportRequest {
    query: String,
    kind: String,
    size: usize,
    after: Option<String>,
    /// The parameters without the cursor, which links repeat.
    others: Vec<(String, String)>,
}

/// A page, in the recorded order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SearchExportJson<'a> {
    results: Vec<SearchResultJson<'a>>,
    facets: Option<()>,
    meta: ExportMeta,
    links: ExportLinks,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ExportMeta {
    has_more: bool,
    after_cursor: Option<String>,
    before_cursor: Option<()>,
}

/// No page has a previous one, as documented.
#[derive(Debug, Serialize, JsonSchema)]
struct ExportLinks {
    prev: Option<()>,
    next: Option<String>,
}

/// `GET /api/v2/search/export`
pub async fn export(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let request = ExportRequest::read(query.as_deref())?;
    // A query that names the same kind is recorded, although the documentation refuses each `type`.
    let wanted = parse_query(&request.query, context.admission.now)?.restricted_to(&request.kind);
    let wanted = wanted.ok_or(Problem::InvalidSearch(
        "type in the query contradicts filter[type]; leave it out of the query",
    ))?;
    record(&wanted, &recorder);
    if !wanted.finds_tickets && !wanted.finds_users {
        recorder.record_hint("a search of zendesk-mock finds tickets and users only");
    }
    let now = context.admission.now;
    let start = match &request.after {
        Some(cursor) => SearchCursor::read(cursor, &request.kind, &request.query, now)?,
        None => SearchCursor::begin(&request.kind, &request.query, now),
    };
    let found = find(&wanted, &context, &client, |found| found.sort_by_key(key)).await;
    let first =
        found.partition_point(|one| start.last().is_some_and(|last| key(one) <= key_of(last)));
    let rest = &found[first..];
    let page = &rest[..rest.len().min(request.size)];
    let has_more = page.len() < rest.len();
    let next = page.last().filter(|_| has_more).map(|last| {
        let (Reverse(at), id) = key(last);
        start.behind((at, id), page.len(), now).write()
    });
    let page = SearchExportJson {
        results: page.iter().map(|one| SearchResultJson::new(one, &context.urls)).collect(),
        facets: None,
        links: ExportLinks {
            prev: None,
            next: next.as_ref().map(|cursor| request.link(cursor, &context)),
        },
        meta: ExportMeta { has_more, after_cursor: next, before_cursor: None },
    };
    Ok(json_list::list(&page, &context).await?)
}

/// The newest objects come first, and those of one instant by their ids, as recorded.
fn key(found: &FoundObject) -> (Reverse<i64>, u64) {
    let (at, id) = match found {
        FoundObject::Ticket(ticket) => (ticket.created_at, ticket.id),
        FoundObject::User(user) => (user.created_at, user.id),
    };
    key_of((at.as_millisecond(), id))
}

fn key_of((at, id): (i64, u64)) -> (Reverse<i64>, u64) {
    (Reverse(at), id)
}

impl ExportRequest {
    fn read(query: Option<&str>) -> Result<Self, Problem> {
        let (mut text, mut kind, mut size, mut after) = (String::new(), None, USUAL, None);
        let mut others = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "page[after]" => after = Some(value.into_owned()),
                // Links repeat no secret, and nothing without an effect.
                "access_token" | "sort_by" | "sort_order" => {}
                "sort" if !value.is_empty() => return Err(wrong_sort(&[])),
                // No page has a previous one, as documented.
                "page[before]" => {
                    let must = "must be left out: an export goes forward alone".into();
                    return Err(Problem::Pagination { parameter: "page[before]", must });
                }
                "page[size]" => {
                    let number = read_number("page.size", &value)?.filter(|&number| number > 0);
                    size = number.unwrap_or(USUAL).min(LARGEST);
                }
                _ => {
                    match &*name {
                        "query" => text = value.to_string(),
                        "filter[type]" => kind = Some(value.to_string()),
                        _ => {}
                    }
                    others.push((name.into_owned(), value.into_owned()));
                }
            }
        }
        let kind = kind.filter(|kind| KINDS.contains(&&**kind)).ok_or(Problem::InvalidSearch(
            "filter[type] must be ticket, user, organization or group",
        ))?;
        Ok(Self { query: text, kind, size, after, others })
    }

    /// The next page, with the parameters sorted by name, as recorded.
    fn link(&self, cursor: &str, context: &RequestContext) -> String {
        let mut parameters = self.others.clone();
        parameters.push(("page[after]".to_owned(), cursor.to_owned()));
        parameters.push(("page[size]".to_owned(), self.size.to_string()));
        parameters.sort();
        let query = Query::new(String::new()).extend_pairs(parameters).finish();
        context.urls.list("search/export", &query)
    }
}
