//! `/api/v2/tickets` and `/api/v2/imports/tickets`, which attach upload tokens.

use std::sync::Arc;

use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use md5::{Digest, Md5};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::core::account::{NewTicket, TicketChange, TicketChangeResult, TicketFilter};
use crate::core::journal::{EventKind, ObjectRef};
use crate::core::tickets::NewComment;
use crate::core::tickets::copies::{CopiedUser, CopyChanges};
use crate::core::tickets::idempotency::{IdempotencyKey, IdempotencyLookup};
use crate::core::tickets::properties::Property;
use crate::fidelity::{DifferenceSet, KnownDifference};
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Client, PathIds};
use crate::http::exchange::json::TaggedJson;
use crate::http::exchange::json_body::{JsonBody, read_json};
use crate::http::exchange::json_list;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::exchange::urls::location;
use crate::http::support::api_warn::warn;
use crate::http::support::json_input::unix_time;
use crate::http::support::objects::audit::AuditJson;
use crate::http::support::objects::ticket::TicketJson;
use crate::http::support::objects::user::UserJson;
use crate::http::support::page::WholeListJson;
use crate::http::support::pagination::{Paging, read_includes};
use crate::http::support::ticket_hints::{
    explain_archiving, explain_empty_comment, explain_followup,
};
use crate::http::support::ticket_pages::{
    TICKET_RULES, answer_page, people_of, sort_of, window_by_sort,
};
use crate::http::support::{deleted_tickets, id_list, ticket_input, ticket_shapes};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENCY_LOOKUP: HeaderName = HeaderName::from_static("x-idempotency-lookup");
/// The longest idempotency key, in bytes, as documented.
pub(super) const LONGEST_KEY: usize = 255;

#[derive(Serialize, JsonSchema)]
pub(super) struct TicketEnvelope<'a> {
    ticket: TicketJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<AuditJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<UserJson<'a>>>,
}

/// `POST /api/v2/tickets`
pub async fn create(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    JsonBody(body, _room): JsonBody,
) -> Response {
    let answer = || {
        let key = idempotency_key(&headers, &body)?;
        let new = ticket_input::ticket(&body)?;
        let unchecked = unchecked_in_new(&new);
        let names_source = new.followup_source.is_some();
        let (done, lookup) =
            context.account.create_ticket(new, client.sender(), key, &context.settings)?;
        recorder.record_difference(unchecked);
        explain_followup(names_source, &done.ticket, &recorder);
        if asks_for_job(query.as_deref()) {
            recorder.record_difference(KnownDifference::TicketAtOnce);
        }
        let is_new = !matches!(lookup, Some(IdempotencyLookup::Hit));
        let lookup = lookup.map(|lookup| {
            let value = match lookup {
                IdempotencyLookup::Hit => {
                    recorder.record_difference(KnownDifference::IdempotencyHit);
                    HeaderValue::from_static("hit")
                }
                IdempotencyLookup::Miss => HeaderValue::from_static("miss"),
            };
            [(IDEMPOTENCY_LOOKUP, value)]
        });
        recorder.record_ticket(if is_new { EventKind::Created } else { EventKind::Read }, &done);
        Ok::<_, Refusal>((lookup, created(&done, true, &context, &recorder)).into_response())
    };
    warn(&ticket_shapes::CREATE_TICKET, &body, answer(), &recorder)
}

/// Whether a query has `async=true`, by which Zendesk creates a ticket in a job.
fn asks_for_job(sent: Option<&str>) -> bool {
    sent.and_then(|sent| query::value(sent, "async")).is_some_and(|value| value == "true")
}

/// `POST /api/v2/imports/tickets`: a ticket with its history. The response has no audit, as
/// recorded.
pub async fn import(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    RawQuery(query): RawQuery,
    JsonBody(body, _room): JsonBody,
) -> Response {
    explain_archiving(query.as_deref(), &recorder);
    let answer = || {
        let new = ticket_input::import(&body)?;
        let unchecked = unchecked_in_new(&new);
        let names_source = new.followup_source.is_some();
        let (done, _) =
            context.account.create_ticket(new, client.sender(), None, &context.settings)?;
        recorder.record_difference(unchecked);
        explain_followup(names_source, &done.ticket, &recorder);
        recorder.record_ticket(EventKind::Created, &done);
        Ok::<_, Refusal>(created(&done, false, &context, &recorder))
    };
    warn(&ticket_shapes::IMPORT_TICKET, &body, answer(), &recorder)
}

/// `GET /api/v2/tickets/{id}`
pub async fn show(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let ticket = context.account.find_ticket(id)?;
    recorder.record_object(EventKind::Read, ObjectRef::Ticket(id));
    recorder.record_difference(KnownDifference::IdsUnchecked);
    let included = read_includes(query.as_deref(), TICKET_RULES.includes, &recorder);
    let includes = |name: &str| included.iter().any(|one| one == name);
    let users = context.account.users_if(includes("users"), || people_of(&ticket));
    let envelope = TicketEnvelope {
        ticket: TicketJson::new(&ticket, &context.urls).including(&ticket, includes),
        audit: None,
        users: users
            .as_ref()
            .map(|users| users.iter().map(|user| UserJson::new(user, &context.urls)).collect()),
    };
    Ok(TaggedJson(envelope).into_response())
}

/// `PUT /api/v2/tickets/{id}`
pub async fn update(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
    client: Client,
    JsonBody(body, _room): JsonBody,
) -> Response {
    let answer = || {
        // A ticket that is unknown or closed is refused before its body is checked.
        context.account.find_ticket(id)?.ensure_open()?;
        let change = ticket_input::change(&body)?;
        let unchecked = unchecked_in_change(&change);
        let sets_status = change.properties.iter().any(|set| matches!(set, Property::Status(_)));
        let done = context.account.update_ticket(id, change, client.sender(), &context.settings)?;
        recorder.record_difference(unchecked);
        if sets_status {
            recorder.record_difference(KnownDifference::AnyStatus);
        }
        if ticket_input::lacks_stamp(&body) {
            recorder.record_difference(KnownDifference::SafeUpdateUnstamped);
        }
        explain_empty_comment(&body, &recorder);
        recorder.record_ticket(EventKind::Changed, &done);
        Ok::<_, Refusal>(TaggedJson(envelope(&done, true, &context, &recorder)).into_response())
    };
    warn(&ticket_shapes::UPDATE_TICKET, &body, answer(), &recorder)
}

/// `DELETE /api/v2/tickets/{id}`. Some clients send a body, which brings a warning, as recorded.
pub async fn delete(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
    client: Client,
    request: Request,
) -> Response {
    // A body that cannot be read is ignored.
    let JsonBody(body, _room) = read_json(request, &context).await.unwrap_or_default();
    let deleted = context.account.delete_ticket(id, client.sender(), &context.settings);
    let deleted = deleted.map_err(Refusal::from);
    if deleted.is_ok() {
        deleted_tickets::record(EventKind::Deleted, id, &recorder);
    }
    let answer = deleted.map(|()| StatusCode::NO_CONTENT);
    warn(&ticket_shapes::DELETE_TICKET, &body, answer, &recorder)
}

/// `GET /api/v2/tickets`
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &TICKET_RULES)?;
    paging.record(&recorder);
    let filter = TicketFilter {
        external_id: paging.other("external_id").map(ToOwned::to_owned),
        updated_since: paging
            .other("start_time")
            .map(|time| unix_time("start_time", time))
            .transpose()?,
        sort: sort_of(&paging),
    };
    let page = context.account.list_tickets(&filter, paging.order(), window_by_sort(&paging));
    recorder.record_difference(KnownDifference::IdsUnchecked);
    answer_page(&paging, "tickets", &page, filter.sort, &context).await
}

/// `GET /api/v2/tickets/show_many?ids=…`: the tickets that exist, in the order of their ids, as
/// recorded.
pub async fn show_many(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let mut ids = id_list::read(query.as_deref())?;
    ids.sort_unstable();
    ids.dedup();
    let included = read_includes(query.as_deref(), TICKET_RULES.includes, &recorder);
    let tickets = context.account.find_tickets(&ids);
    let includes = |name: &str| included.iter().any(|one| one == name);
    let people = || tickets.iter().flat_map(|ticket| people_of(ticket));
    let users = context.account.users_if(includes("users"), people);
    for ticket in &tickets {
        recorder.record_object(EventKind::Read, ObjectRef::Ticket(ticket.id));
    }
    recorder.record_difference(KnownDifference::IdsUnchecked);
    let urls = &context.urls;
    let json = |ticket| TicketJson::new(ticket, urls).including(ticket, includes);
    let list = WholeListJson::new("tickets", tickets.iter().map(|ticket| json(ticket)).collect());
    Ok(json_list::list(&list.with_users(users.as_deref(), urls), &context).await?)
}

fn envelope<'a>(
    done: &'a TicketChangeResult,
    with_audit: bool,
    context: &RequestContext,
    recorder: &Recorder,
) -> TicketEnvelope<'a> {
    recorder.record_difference(KnownDifference::IdsUnchecked);
    TicketEnvelope {
        ticket: TicketJson::new(&done.ticket, &context.urls),
        audit: with_audit.then(|| AuditJson::new(&done.audit, &context.urls)),
        users: None,
    }
}

fn created(
    done: &TicketChangeResult,
    with_audit: bool,
    context: &RequestContext,
    recorder: &Recorder,
) -> Response {
    let location = location(context.urls.object("tickets", done.ticket.id));
    let answer = TaggedJson(envelope(done, with_audit, context, recorder));
    (StatusCode::CREATED, location, answer).into_response()
}

/// The known differences of a new ticket, whose properties are taken unchecked.
pub(super) fn unchecked_in_new(new: &NewTicket) -> DifferenceSet {
    let submitter = new.submitter_id.map(|_| KnownDifference::PeopleUnchecked.into());
    let unchecked = unchecked(&new.properties, new.comments.iter());
    unchecked.and(submitter.unwrap_or_default()).and(unchecked_in_copies(&new.copies))
}

/// The known differences of a change.
pub(super) fn unchecked_in_change(change: &TicketChange) -> DifferenceSet {
    let unchecked = unchecked(&change.properties, change.comment.iter());
    unchecked.and(unchecked_in_copies(&change.copies))
}

/// The known difference of CCs and followers that are named by id.
fn unchecked_in_copies(copies: &CopyChanges) -> DifferenceSet {
    let has_ids = copies.people().any(|person| matches!(person, CopiedUser::Id(_)));
    let difference = has_ids.then(|| KnownDifference::PeopleUnchecked.into());
    difference.unwrap_or_default()
}

/// The known differences of properties that are taken unchecked.
pub(super) fn unchecked<'a>(
    properties: &[Property],
    mut comments: impl Iterator<Item = &'a NewComment>,
) -> DifferenceSet {
    let mut all = DifferenceSet::default();
    for property in properties {
        all = match property {
            Property::Requester(_) => all.and(KnownDifference::PeopleUnchecked.into()),
            Property::Tags(tags) if tags.iter().any(|tag| *tag != tag.to_lowercase()) => {
                all.and(KnownDifference::TagsAsSent.into())
            }
            _ => all,
        };
    }
    if comments.any(|comment| comment.author_id.is_some()) {
        all = all.and(KnownDifference::PeopleUnchecked.into());
    }
    all
}

/// The idempotency key of a request, and a digest of its body.
fn idempotency_key(headers: &HeaderMap, body: &Value) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
    if key.is_empty() || key.len() > LONGEST_KEY {
        let attribute = "Idempotency-Key".to_owned();
        return Err(Problem::WrongType { attribute, must: "must have 1 to 255 characters" });
    }
    let fingerprint = Md5::digest(body.to_string()).into();
    Ok(Some(IdempotencyKey { key, fingerprint }))
}
