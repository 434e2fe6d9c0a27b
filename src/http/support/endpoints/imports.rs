//! Imports, bulk calls with their jobs, and incremental exports.

use schemars::SchemaGenerator;
use serde_json::json;

use crate::http::exchange::endpoint::{EndpointDescription, named, query, query_as, required};
use crate::http::support::endpoints::bodies::{body, many};
use crate::http::support::endpoints::parameters::ids;
use crate::http::support::exports::LARGEST;
use crate::http::support::job_statuses::JOB_RULES;
use crate::http::support::objects::export::{cursor_export_of, time_export_of};
use crate::http::support::objects::job::JobJson;
use crate::http::support::objects::ticket::TicketJson;
use crate::http::support::objects::ticket_event::TicketEventJson;
use crate::http::support::page::{page_of, whole_list_of};
use crate::http::support::ticket_shapes::{CREATE_TICKET, IMPORT_TICKET, UPDATE_TICKETS};
use crate::http::support::tickets::TicketEnvelope;

pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let job = named::<JobJson<'_>>(schemas, "job_status");
    let ticket = schemas.subschema_for::<TicketEnvelope<'_>>().into();
    let changes = json!({"anyOf": [body(&UPDATE_TICKETS), many(&UPDATE_TICKETS, "tickets")]});
    let time = json!({"type": "integer", "minimum": 0});
    let start =
        || query_as("start_time", "The time since which objects changed, in seconds", &time);
    let size = json!({"type": "integer", "minimum": 1, "maximum": LARGEST});
    let per_page = || query_as("per_page", "How many items a page has", &size);
    let excluded = json!({"type": "boolean"});
    let excluded =
        || query_as("exclude_deleted", "Whether deleted tickets are left out", &excluded);
    vec![
        EndpointDescription::new("tickets::import", "Creates a ticket with its history")
            .takes_json(&body(&IMPORT_TICKET))
            .with_example(json!({"ticket": {"comments": [{"body": "It burns"}]}}))
            .answers(201, &ticket),
        EndpointDescription::new("bulk::create", "Creates tickets in a job")
            .takes_json(&many(&CREATE_TICKET, "tickets"))
            .with_example(json!({"tickets": [{"comment": {"body": "It burns"}}]}))
            .answers(200, &job),
        EndpointDescription::new("bulk::import", "Creates tickets with their history in a job")
            .takes_json(&many(&IMPORT_TICKET, "tickets"))
            .with_example(json!({"tickets": [{"comments": [{"body": "It burns"}]}]}))
            .answers(200, &job),
        EndpointDescription::new(
            "bulk::update",
            "Changes tickets in a job: all in the same way, or each one",
        )
        .with_parameters([ids()])
        .takes_json(&changes)
        .with_example(json!({"tickets": [{"id": 1, "priority": "urgent"}]}))
        .answers(200, &job),
        EndpointDescription::new("job_statuses::list", "Lists jobs, the newest first")
            .with_parameters(JOB_RULES.parameters())
            .answers(200, &page_of::<JobJson<'_>>(schemas, "job_statuses")),
        EndpointDescription::new("job_statuses::show_many", "Lists the jobs with these ids")
            .with_parameters([required(query("ids", "The ids of jobs, with commas between"))])
            .answers(200, &whole_list_of::<JobJson<'_>>(schemas, "job_statuses")),
        EndpointDescription::new("job_statuses::show", "Shows a job").answers(200, &job),
        EndpointDescription::new("exports::list_tickets", "Exports tickets by time")
            .with_parameters([required(start()), per_page(), excluded()])
            .answers(200, &time_export_of::<TicketJson<'_>>(schemas, "tickets")),
        EndpointDescription::new("exports::list_tickets_by_cursor", "Exports tickets by cursor")
            .with_parameters([
                start(),
                per_page(),
                excluded(),
                query("cursor", "The cursor of an earlier page"),
            ])
            .answers(200, &cursor_export_of::<TicketJson<'_>>(schemas, "tickets")),
        EndpointDescription::new(
            "exports::list_ticket_events",
            "Exports events of tickets by time",
        )
        .with_parameters([required(start()), per_page()])
        .with_parameters([query("include", "comment_events brings comments and their files")])
        .answers(200, &time_export_of::<TicketEventJson<'_>>(schemas, "ticket_events")),
    ]
}
