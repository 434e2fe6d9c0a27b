//! Requests, and searches.

use schemars::SchemaGenerator;
use serde_json::json;

use crate::http::exchange::endpoint::{
    EndpointDescription, named, query, query_as, required, text,
};
use crate::http::support::comments::COMMENT_RULES;
use crate::http::support::endpoints::bodies::body;
use crate::http::support::endpoints::parameters::{by_offset, sort_order};
use crate::http::support::objects::request::{RequestCommentJson, RequestJson};
use crate::http::support::objects::search_result::SearchResultJson;
use crate::http::support::page::page_of;
use crate::http::support::request_lists::REQUEST_RULES;
use crate::http::support::search_export::{KINDS, LARGEST, SearchExportJson};
use crate::http::support::ticket_shapes::{CREATE_REQUEST, UPDATE_REQUEST};

pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let request = named::<RequestJson<'_>>(schemas, "request");
    let list = page_of::<RequestJson<'_>>(schemas, "requests");
    let lists = [
        ("request_lists::list", "Lists the requests of the client"),
        ("request_lists::list_open", "Lists the open requests of the client"),
        ("request_lists::list_solved", "Lists the solved requests of the client"),
        ("request_lists::list_copied", "Lists the requests that the client is copied on"),
        ("request_lists::list_of_user", "Lists the requests of a user"),
    ]
    .map(|(handler, summary)| {
        EndpointDescription::new(handler, summary)
            .with_parameters(REQUEST_RULES.parameters())
            .answers(200, &list)
    });
    let wanted = || query_as("query", "What is searched for", &text());
    let mut all = Vec::from(lists);
    all.extend([
        EndpointDescription::new("search::search_requests", "Searches the requests of the client")
            .with_parameters(by_offset())
            .with_parameters([
                wanted(),
                query_as(
                    "cc_id",
                    "Whether the client is copied on them",
                    &json!({"type": "boolean"}),
                ),
                query("status", "The statuses, with commas between"),
                query("organization_id", "The id of their organization"),
            ])
            .answers(200, &list),
        EndpointDescription::new(
            "requests::create",
            "Creates a request, and attaches uploads to its comment",
        )
        .takes_json(&body(&CREATE_REQUEST))
        .with_example(json!({"request": {"subject": "Printer", "comment": {"body": "It burns"}}}))
        .answers(201, &request),
        EndpointDescription::new("requests::show", "Shows a request").answers(200, &request),
        EndpointDescription::new(
            "requests::update",
            "Adds a comment to a request, and attaches uploads to it",
        )
        .takes_json(&body(&UPDATE_REQUEST))
        .with_example(json!({"request": {"comment": {"body": "It is out"}}}))
        .answers(200, &request),
        EndpointDescription::new(
            "requests::list_comments",
            "Lists the public comments of a request",
        )
        .with_parameters(COMMENT_RULES.parameters())
        .with_parameters([
            query_as(
                "since",
                "The time since which there are comments",
                &json!({"type": "string", "format": "date-time"}),
            ),
            query_as("role", "What their authors are", &json!({"enum": ["agent", "end_user"]})),
        ])
        .answers(200, &page_of::<RequestCommentJson<'_>>(schemas, "comments")),
        EndpointDescription::new("requests::show_comment", "Shows a public comment of a request")
            .answers(200, &named::<RequestCommentJson<'_>>(schemas, "comment")),
        EndpointDescription::new("search::search", "Searches tickets and users")
            .with_parameters(by_offset())
            .with_parameters([
                required(wanted()),
                query("sort_by", "What the results are sorted by"),
                sort_order(),
            ])
            .answers(200, &page_of::<SearchResultJson<'_>>(schemas, "results")),
        EndpointDescription::new(
            "search_export::export",
            "Exports all results of a search for one kind of objects",
        )
        .with_parameters([
            required(wanted()),
            required(query_as("filter[type]", "The kind of the objects", &json!({"enum": KINDS}))),
            query_as(
                "page[size]",
                "How many results a page has",
                &json!({"type": "integer", "minimum": 1, "maximum": LARGEST}),
            ),
            query("page[after]", "The cursor before the page, which lives for an hour"),
        ])
        .answers(200, &schemas.subschema_for::<SearchExportJson<'_>>().into()),
        EndpointDescription::new("search::count", "Counts the results of a search")
            .with_parameters([required(wanted())])
            .answers(200, &named::<u64>(schemas, "count")),
    ]);
    all
}
