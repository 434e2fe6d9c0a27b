//! `/api/v2/deleted_tickets`, and the deletion of many tickets.

use std::sync::Arc;

use axum::extract::{RawQuery, Request};
use axum::response::{IntoResponse, Response};
use serde_json::Map;

use crate::core::account::DeletedTicketSort;
use crate::core::jobs::{JobKind, JobOutcome};
use crate::core::journal::{EventKind, ObjectRef};
use crate::core::tickets::TicketError;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::{Client, PathIds};
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_body::{JsonBody, read_json};
use crate::http::exchange::json_list;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::api_warn::warn;
use crate::http::support::cursor::CursorKey;
use crate::http::support::error::describe;
use crate::http::support::objects::deleted_ticket::DeletedTicketJson;
use crate::http::support::objects::job::JobJson;
use crate::http::support::page::PageJson;
use crate::http::support::pagination::{BY_ID, ListRules, Paging};
use crate::http::support::ticket_pages::window_by_sort;
use crate::http::support::{id_list, ticket_shapes};

/// As documented, without the names of people.
pub(super) static DELETED_RULES: ListRules = ListRules {
    order: Some("nice_id"),
    sort_bys: &[
        "assignee",
        "created_at",
        "deleted_at",
        "group",
        "id",
        "requester",
        "status",
        "subject",
        "updated_at",
    ],
    ..BY_ID
};

/// `GET /api/v2/deleted_tickets`
pub async fn list(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let paging = Paging::read_by(query.as_deref(), &DELETED_RULES)?;
    paging.record(&recorder);
    recorder.record_difference(KnownDifference::TicketDeletion);
    let by = paging.sort().unwrap_or_default();
    let sort = match by {
        "deleted_at" => DeletedTicketSort::DeletedAt,
        by => DeletedTicketSort::Ticket(by.parse().unwrap_or_default()),
    };
    let window = window_by_sort(&paging);
    let page = context.account.list_deleted_tickets(sort, paging.order(), window);
    let page = PageJson::new(
        &paging,
        &context.urls,
        ("deleted_tickets", "deleted_tickets"),
        &page,
        |deleted| CursorKey::by_id(deleted.ticket.id),
        DeletedTicketJson::new,
    );
    Ok(json_list::list(&page, &context).await?)
}

/// `PUT /api/v2/deleted_tickets/{id}/restore`: the answer is an empty object, as recorded in 2023.
pub async fn restore(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
) -> Result<Response, Refusal> {
    context.account.restore_ticket(id)?;
    record(EventKind::Changed, id, &recorder);
    Ok(TaggedJson(Map::new()).into_response())
}

/// `PUT /api/v2/deleted_tickets/restore_many?ids=…`: restores those that are deleted.
pub async fn restore_many(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let mut restored = Err(TicketError::NotDeleted);
    for id in id_list::read(query.as_deref())? {
        match context.account.restore_ticket(id) {
            Ok(()) => {
                record(EventKind::Changed, id, &recorder);
                restored = Ok(());
            }
            Err(TicketError::NotDeleted) => {}
            Err(error) => return Err(error.into()),
        }
    }
    restored?;
    Ok(TaggedJson(Map::new()).into_response())
}

/// `DELETE /api/v2/deleted_tickets/{id}`: deletes a ticket permanently.
pub async fn destroy(
    context: Arc<RequestContext>,
    recorder: Recorder,
    PathIds([id]): PathIds<1>,
) -> Result<Response, Refusal> {
    context.account.ensure_deleted(id)?;
    let destroy = |id| context.account.destroy_ticket(id);
    run_job(JobKind::Destroy, &[id], destroy, &context, &recorder)
}

/// `DELETE /api/v2/deleted_tickets/destroy_many?ids=…`
pub async fn destroy_many(
    context: Arc<RequestContext>,
    recorder: Recorder,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let ids = id_list::read(query.as_deref())?;
    let destroy = |id| context.account.destroy_ticket(id);
    run_job(JobKind::Destroy, &ids, destroy, &context, &recorder)
}

/// `DELETE /api/v2/tickets/destroy_many?ids=…`: deletes tickets, which can be restored. Some
/// clients send a body, which brings a warning, as recorded.
pub async fn delete_many(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    // A body that cannot be read is ignored.
    let JsonBody(mut body, _room) = read_json(request, &context).await.unwrap_or_default();
    for value in body.as_object_mut().into_iter().flat_map(Map::values_mut) {
        // The warning names lists without what is in them.
        if value.is_array() {
            value.take();
        }
    }
    let delete = |id| context.account.delete_ticket(id, client.sender(), &context.settings);
    let answer = || {
        let ids = id_list::read(query.as_deref())?;
        run_job(JobKind::Delete, &ids, delete, &context, &recorder)
    };
    warn(&ticket_shapes::DELETE_TICKETS, &body, answer(), &recorder)
}

/// Does something to tickets one by one. One that fails does not keep the others from it.
fn run_job(
    kind: JobKind,
    ids: &[u64],
    act: impl Fn(u64) -> Result<(), TicketError>,
    context: &RequestContext,
    recorder: &Recorder,
) -> Result<Response, Refusal> {
    let job = context.account.start_job(kind, ids.len(), &context.settings)?;
    recorder.record_difference(KnownDifference::JobsAtOnce);
    let outcomes = ids.iter().map(|&id| match act(id) {
        Ok(()) => {
            record(EventKind::Deleted, id, recorder);
            JobOutcome::Done(id)
        }
        Err(error) => JobOutcome::failed(Some(id), describe(&error.into())),
    });
    context.account.finish_job(job.id, outcomes.collect());
    let job = JobJson::queued(&job, context);
    Ok(TaggedJson(NamedValue("job_status", job)).into_response())
}

/// Records that a ticket is deleted, restored or deleted permanently.
pub(super) fn record(kind: EventKind, id: u64, recorder: &Recorder) {
    recorder.record_object(kind, ObjectRef::Ticket(id));
    recorder.record_difference(KnownDifference::TicketDeletion);
}
