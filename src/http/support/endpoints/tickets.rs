//! Tickets, their parts, and changes of their comments.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use crate::http::exchange::attachment::AttachmentJson;
use crate::http::exchange::endpoint::{EndpointDescription, named, object, query, required, text};
use crate::http::support::comments::COMMENT_RULES;
use crate::http::support::deleted_tickets::DELETED_RULES;
use crate::http::support::endpoints::bodies::{body, id, optional};
use crate::http::support::endpoints::parameters::ids;
use crate::http::support::objects::audit::AuditJson;
use crate::http::support::objects::comment::CommentJson;
use crate::http::support::objects::count::CountJson;
use crate::http::support::objects::deleted_ticket::DeletedTicketJson;
use crate::http::support::objects::job::JobJson;
use crate::http::support::objects::ticket::TicketJson;
use crate::http::support::objects::user::UserJson;
use crate::http::support::page::{page_of, whole_list_of};
use crate::http::support::pagination::BY_ID;
use crate::http::support::ticket_pages::TICKET_RULES;
use crate::http::support::ticket_shapes::{CREATE_TICKET, UPDATE_TICKET};
use crate::http::support::tickets::{LONGEST_KEY, TicketEnvelope};

pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let mut all = tickets(schemas);
    all.extend(deleted_tickets(schemas));
    all.extend(parts(schemas));
    all.extend(comment_changes(schemas));
    all
}

fn tickets(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let ticket: Value = schemas.subschema_for::<TicketEnvelope<'_>>().into();
    let key = json!({
        "name": "Idempotency-Key", "in": "header",
        "description": "Requests with the same key create one ticket",
        "schema": {"type": "string", "pattern": format!("^[!-~]{{1,{LONGEST_KEY}}}$")},
    });
    let include = TICKET_RULES.parameters().into_iter().filter(|one| one["name"] == "include");
    let include: Vec<_> = include.collect();
    vec![
        EndpointDescription::new("tickets::list", "Lists tickets")
            .with_parameters(TICKET_RULES.parameters())
            .with_parameters([
                query("external_id", "The external id of the tickets"),
                query("start_time", "The time since which the tickets changed"),
            ])
            .answers(200, &page_of::<TicketJson<'_>>(schemas, "tickets")),
        EndpointDescription::new(
            "tickets::create",
            "Creates a ticket, and attaches uploads to its comment",
        )
        .with_parameters([key])
        .takes_json(&body(&CREATE_TICKET))
        .with_example(json!({"ticket": {"subject": "Printer", "comment": {"body": "It burns"}}}))
        .answers(201, &ticket),
        EndpointDescription::new("counts::tickets", "Counts the tickets")
            .answers(200, &named::<CountJson>(schemas, "count")),
        EndpointDescription::new(
            "ticket_parts::list_recent",
            "Lists the tickets that the agent used last",
        )
        .answers(200, &whole_list_of::<TicketJson<'_>>(schemas, "tickets")),
        EndpointDescription::new("tickets::show_many", "Lists the tickets with these ids")
            .with_parameters([required(ids())])
            .with_parameters(include.clone())
            .answers(200, &whole_list_of::<TicketJson<'_>>(schemas, "tickets")),
        EndpointDescription::new("tickets::show", "Shows a ticket")
            .with_parameters(include)
            .answers(200, &ticket),
        EndpointDescription::new(
            "tickets::update",
            "Changes a ticket, and attaches uploads to its comment",
        )
        .takes_json(&body(&UPDATE_TICKET))
        .with_example(json!({"ticket": {"status": "open", "comment": {"body": "Is it out?"}}}))
        .answers(200, &ticket),
        EndpointDescription::new("tickets::delete", "Deletes a ticket")
            .answers_empty(204, "Deleted"),
    ]
}

fn deleted_tickets(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let job = named::<JobJson<'_>>(schemas, "job_status");
    let nothing = optional(json!({}));
    vec![
        EndpointDescription::new("deleted_tickets::delete_many", "Deletes tickets in a job")
            .with_parameters([required(ids())])
            .answers(200, &job),
        EndpointDescription::new("deleted_tickets::list", "Lists the tickets that can be restored")
            .with_parameters(DELETED_RULES.parameters())
            .answers(200, &page_of::<DeletedTicketJson<'_>>(schemas, "deleted_tickets")),
        EndpointDescription::new("deleted_tickets::restore", "Restores a deleted ticket")
            .answers(200, &nothing),
        EndpointDescription::new("deleted_tickets::restore_many", "Restores deleted tickets")
            .with_parameters([required(ids())])
            .answers(200, &nothing),
        EndpointDescription::new(
            "deleted_tickets::destroy",
            "Deletes a deleted ticket permanently, in a job",
        )
        .answers(200, &job),
        EndpointDescription::new(
            "deleted_tickets::destroy_many",
            "Deletes deleted tickets permanently, in a job",
        )
        .with_parameters([required(ids())])
        .answers(200, &job),
    ]
}

fn parts(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let count = named::<CountJson>(schemas, "count");
    let tags = named::<Vec<String>>(schemas, "tags");
    let tag_change = object(&[("tags", json!({"type": "array", "items": {"type": "string"}}))]);
    let inline = query("include_inline_images", "true lists inline files among the attachments");
    vec![
        EndpointDescription::new("comments::list", "Lists the comments of a ticket")
            .with_parameters(COMMENT_RULES.parameters())
            .with_parameters([inline])
            .answers(200, &page_of::<CommentJson<'_>>(schemas, "comments")),
        EndpointDescription::new("counts::comments", "Counts the comments of a ticket")
            .answers(200, &count),
        EndpointDescription::new("comments::list_audits", "Lists the audits of a ticket")
            .with_parameters(COMMENT_RULES.parameters())
            .answers(200, &page_of::<AuditJson<'_>>(schemas, "audits")),
        EndpointDescription::new("counts::audits", "Counts the audits of a ticket")
            .answers(200, &count),
        EndpointDescription::new("ticket_parts::show_audit", "Shows an audit")
            .answers(200, &named::<AuditJson<'_>>(schemas, "audit")),
        EndpointDescription::new(
            "ticket_parts::list_collaborators",
            "Lists the collaborators of a ticket",
        )
        .with_parameters(BY_ID.parameters())
        .answers(200, &page_of::<UserJson<'_>>(schemas, "users")),
        EndpointDescription::new("ticket_parts::list_email_ccs", "Lists the CCs of a ticket")
            .with_parameters(BY_ID.parameters())
            .answers(200, &page_of::<UserJson<'_>>(schemas, "users")),
        EndpointDescription::new("ticket_parts::list_followers", "Lists the followers of a ticket")
            .with_parameters(BY_ID.parameters())
            .answers(200, &page_of::<UserJson<'_>>(schemas, "users")),
        EndpointDescription::new("ticket_parts::list_tags", "Lists the tags of a ticket")
            .answers(200, &tags),
        EndpointDescription::new("ticket_parts::set_tags", "Replaces the tags of a ticket")
            .takes_json(&tag_change)
            .with_example(json!({"tags": ["printer"]}))
            .answers(201, &tags),
        EndpointDescription::new("ticket_parts::add_tags", "Adds tags to a ticket")
            .takes_json(&tag_change)
            .with_example(json!({"tags": ["printer"]}))
            .answers(200, &tags),
        EndpointDescription::new("ticket_parts::remove_tags", "Removes tags from a ticket")
            .with_parameters([query("tags", "The tags, with commas between, if no body has them")])
            .may_take_json(&tag_change)
            .with_example(json!({"tags": ["printer"]}))
            .answers(200, &tags),
    ]
}

fn comment_changes(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let comment = named::<CommentJson<'_>>(schemas, "comment");
    let nothing = optional(json!({}));
    let string = object(&[("text", text())]);
    let mut marked = object(&[("ticket_id", id())]);
    marked["properties"]["html_body"] = json!({"type": "string"});
    marked["properties"]["external_attachment_urls"] =
        json!({"type": "array", "items": {"type": "string"}});
    vec![
        EndpointDescription::new(
            "ticket_parts::make_audit_private",
            "Makes the comment of an audit private",
        )
        .answers(200, &nothing),
        EndpointDescription::new("comment_changes::redact_file", "Empties a file of a comment")
            .answers(200, &named::<AttachmentJson<'_>>(schemas, "attachment")),
        EndpointDescription::new("comment_changes::redact_string", "Redacts a text in a comment")
            .takes_json(&string)
            .with_example(json!({"text": "burning"}))
            .answers(200, &comment),
        EndpointDescription::new("comment_changes::make_private", "Makes a comment private")
            .answers(200, &nothing),
        EndpointDescription::new(
            "comment_changes::redact_comment",
            "Redacts marked texts and files",
        )
        .takes_json(&marked)
        .with_example(json!({"ticket_id": 1, "html_body": "<p>It is <redact>on fire</redact>, and burning.</p>"}))
        .answers(200, &comment),
    ]
}
