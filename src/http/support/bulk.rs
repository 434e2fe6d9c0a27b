//! Bulk calls: jobs that create or update many tickets, with upload tokens per ticket.
//!
//! The items of a job are done when it is requested, each in one call to `core`. What a client
//! must fix in its program (a wrong type, too many items) refuses the call; a value that Zendesk
//! validates fails its item alone.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::core::account::{NewTicket, TicketChange, TicketChangeResult};
use crate::core::id::Id;
use crate::core::jobs::{JobKind, JobOutcome};
use crate::core::journal::EventKind;
use crate::fidelity::KnownDifference;
use crate::http::exchange::context::RequestContext;
use crate::http::exchange::extract::Client;
use crate::http::exchange::json::{NamedValue, TaggedJson};
use crate::http::exchange::json_body::BulkBody;
use crate::http::exchange::problem::Problem;
use crate::http::exchange::query;
use crate::http::exchange::recorder::Recorder;
use crate::http::exchange::refusal::Refusal;
use crate::http::support::api_warn::warn;
use crate::http::support::error::describe;
use crate::http::support::json_shape::Shape;
use crate::http::support::objects::job::JobJson;
use crate::http::support::ticket_hints::{
    explain_archiving, explain_empty_comment, explain_followup,
};
use crate::http::support::tickets::{unchecked_in_change, unchecked_in_new};
use crate::http::support::{id_list, json_input, ticket_input, ticket_shapes};

const CREATE_MANY: Shape = Shape { action: "create_many", ..ticket_shapes::CREATE_TICKET };
const IMPORT_MANY: Shape = Shape { action: "create_many", ..ticket_shapes::IMPORT_TICKET };

/// A bulk call apart from its body.
struct BulkCall {
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
}

/// One item of a job.
struct Item<'a> {
    /// The ticket to update.
    id: Option<u64>,
    /// A body such as a call for one ticket has.
    body: &'a Value,
}

/// `POST /api/v2/tickets/create_many`
pub async fn create(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    BulkBody(body, room): BulkBody,
) -> Result<Response, Refusal> {
    let call = BulkCall { context, recorder, client };
    let create = || call.create_all(JobKind::Create, body, ticket_input::ticket, &CREATE_MANY);
    call.context.long_work.run_if(room.is_long(), create).await
}

/// `POST /api/v2/imports/tickets/create_many`
pub async fn import(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    RawQuery(query): RawQuery,
    BulkBody(body, room): BulkBody,
) -> Result<Response, Refusal> {
    explain_archiving(query.as_deref(), &recorder);
    let call = BulkCall { context, recorder, client };
    let import = || call.create_all(JobKind::Import, body, ticket_input::import, &IMPORT_MANY);
    call.context.long_work.run_if(room.is_long(), import).await
}

/// `PUT /api/v2/tickets/update_many`: one change of the tickets in `ids`, or a change for each
/// ticket in the body.
pub async fn update(
    context: Arc<RequestContext>,
    recorder: Recorder,
    client: Client,
    RawQuery(query): RawQuery,
    BulkBody(body, room): BulkBody,
) -> Result<Response, Refusal> {
    let call = BulkCall { context, recorder, client };
    let update = || call.update_all(query.as_deref(), body);
    call.context.long_work.run_if(room.is_long(), update).await
}

impl BulkCall {
    /// Reads all items, which may refuse the call, and then does them one by one. Each is read
    /// again for it: 100 changes may share one long body, and only one copy is held at a time.
    fn run_job<T>(
        &self,
        kind: JobKind,
        items: &[Item<'_>],
        read: impl Fn(&Value) -> Result<T, Problem>,
        change: impl Fn(Option<u64>, T) -> Result<TicketChangeResult, Problem>,
    ) -> Result<Response, Refusal> {
        let Self { context, recorder, .. } = self;
        for item in items {
            match read(item.body) {
                Ok(_) | Err(Problem::NotAllowed { .. }) => {}
                Err(problem) => return Err(problem.into()),
            }
        }
        let job = context.account.start_job(kind, items.len(), &context.settings)?;
        recorder.record_difference(KnownDifference::JobsAtOnce);
        let outcomes = items.iter().map(|item| {
            let result = read(item.body).and_then(|read| change(item.id, read));
            match result {
                Ok(done) => JobOutcome::Done(done.ticket.id),
                Err(problem) => JobOutcome::failed(item.id, describe(&problem)),
            }
        });
        context.account.finish_job(job.id, outcomes.collect());
        let job = JobJson::queued(&job, context);
        Ok(TaggedJson(NamedValue("job_status", job)).into_response())
    }

    /// Creates a ticket for each item of the body.
    fn create_all(
        &self,
        kind: JobKind,
        body: Value,
        read: impl Fn(&Value) -> Result<NewTicket, Problem>,
        shape: &Shape,
    ) -> Result<Response, Refusal> {
        let bodies = ticket_bodies(body)?;
        let answer =
            self.run_job(kind, &new_items(&bodies), read, |_, new| self.create_ticket(new));
        Ok(warn(shape, &bodies.into(), answer, &self.recorder))
    }

    /// Makes one change of the tickets in `ids`, or a change for each ticket in the body.
    fn update_all(&self, query: Option<&str>, body: Value) -> Result<Response, Refusal> {
        let is_one_change = query::value(query.unwrap_or_default(), "ids").is_some();
        let (ids, mut bodies) =
            if is_one_change { (id_list::read(query)?, vec![body]) } else { ids_and_bodies(body)? };
        let items = ids.into_iter().zip(bodies.iter().cycle());
        let items: Vec<_> = items.map(|(id, body)| Item { id: Some(id), body }).collect();
        let update = |id: Option<u64>, change| self.update_ticket(id.unwrap_or_default(), change);
        let answer = self.run_job(JobKind::Update, &items, ticket_input::change_of_many, update);
        if let Some(body) = bodies.iter().find(|body| ticket_input::has_empty_comment(body)) {
            explain_empty_comment(body, &self.recorder);
        }
        let sent = if is_one_change { bodies.remove(0) } else { bodies.into() };
        Ok(warn(&ticket_shapes::UPDATE_TICKETS, &sent, answer, &self.recorder))
    }

    fn create_ticket(&self, new: NewTicket) -> Result<TicketChangeResult, Problem> {
        let Self { context, recorder, client } = self;
        let unchecked = unchecked_in_new(&new);
        let names_source = new.followup_source.is_some();
        let (done, _) =
            context.account.create_ticket(new, client.sender(), None, &context.settings)?;
        explain_followup(names_source, &done.ticket, recorder);
        recorder.record_difference(unchecked);
        recorder.record_ticket(EventKind::Created, &done);
        Ok(done)
    }

    fn update_ticket(&self, id: u64, change: TicketChange) -> Result<TicketChangeResult, Problem> {
        let Self { context, recorder, client } = self;
        let unchecked = unchecked_in_change(&change);
        let done = context.account.update_ticket(id, change, client.sender(), &context.settings)?;
        recorder.record_difference(unchecked);
        recorder.record_ticket(EventKind::Changed, &done);
        Ok(done)
    }
}

fn new_items(bodies: &[Value]) -> Vec<Item<'_>> {
    bodies.iter().map(|body| Item { id: None, body }).collect()
}

/// The tickets of a body, each as a call for one ticket has it.
fn ticket_bodies(body: Value) -> Result<Vec<Value>, Problem> {
    let list = match body {
        Value::Object(mut body) => body.remove("tickets"),
        _ => None,
    };
    let wrong = |must| Problem::WrongType { attribute: "tickets".to_owned(), must };
    let Some(Value::Array(list)) = list else { return Err(wrong("must be an array")) };
    if list.is_empty() {
        return Err(wrong("must have an item"));
    }
    id_list::ensure_few(list.len())?;
    let bodies = list.into_iter().map(|ticket| match ticket {
        Value::Object(_) => Ok(Map::from_iter([("ticket".to_owned(), ticket)]).into()),
        _ => Err(wrong("must be an array of objects")),
    });
    bodies.collect()
}

/// The ids and the changes of the tickets in a body.
fn ids_and_bodies(body: Value) -> Result<(Vec<u64>, Vec<Value>), Problem> {
    let mut bodies = ticket_bodies(body)?;
    let ids = bodies.iter_mut().map(|body| {
        let ticket = body.get_mut("ticket").and_then(Value::as_object_mut);
        let id = ticket.map(|ticket| {
            let id = json_input::id(ticket, "id");
            ticket.remove("id");
            id
        });
        let missing = || Problem::WrongType { attribute: "id".into(), must: "must be an integer" };
        id.transpose()?.flatten().flatten().map(Id::get).ok_or_else(missing)
    });
    let ids = ids.collect::<Result<_, _>>()?;
    Ok((ids, bodies))
}
