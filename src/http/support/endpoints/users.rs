//! Users, and sessions of the help center.

use schemars::SchemaGenerator;
use serde_json::json;
use strum::VariantNames as _;

use crate::core::users::Role;
use crate::http::exchange::endpoint::{
    EndpointDescription, named, object, query, query_as, required, text,
};
use crate::http::support::endpoints::bodies::{optional, words};
use crate::http::support::endpoints::parameters::ids;
use crate::http::support::objects::count::CountJson;
use crate::http::support::objects::ticket::TicketJson;
use crate::http::support::objects::user::UserJson;
use crate::http::support::page::{page_of, whole_list_of};
use crate::http::support::pagination::{BY_ID, NO_CURSORS};
use crate::http::support::sessions::SessionJson;
use crate::http::support::ticket_pages::TICKET_RULES;

pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let user = named::<UserJson<'_>>(schemas, "user");
    let users = page_of::<UserJson<'_>>(schemas, "users");
    let count = named::<CountJson>(schemas, "count");
    let change = object(&[(
        "user",
        optional(json!({
            "name": text(),
            "email": {"type": "string"},
            "role": words(Role::VARIANTS, false),
            "external_id": {"type": ["string", "null"]},
            "suspended": {"type": "boolean"},
        })),
    )]);
    let name = json!({"type": "string", "minLength": 2});
    let mut all = vec![
        EndpointDescription::new("user_lists::list", "Lists users")
            .with_parameters(BY_ID.parameters())
            .with_parameters([
                query("role", "The role of the users"),
                query("external_id", "The external id of the users"),
            ])
            .answers(200, &users),
        EndpointDescription::new("user_changes::create", "Creates a user")
            .takes_json(&change)
            .with_example(json!({"user": {"name": "Eve", "email": "eve@example.com"}}))
            .answers(201, &user),
        EndpointDescription::new(
            "user_changes::create_or_update",
            "Creates a user, or changes the one there is",
        )
        .takes_json(&change)
        .with_example(json!({"user": {"name": "Eve", "email": "eve@example.com"}}))
        .answers(200, &user)
        .answers(201, &user),
        EndpointDescription::new(
            "user_lists::show_many",
            "Lists the users with these ids or external ids",
        )
        .with_parameters([ids(), query("external_ids", "External ids, with commas between")])
        .answers(200, &whole_list_of::<UserJson<'_>>(schemas, "users")),
        EndpointDescription::new(
            "user_lists::autocomplete",
            "Lists the users whose name or address begins so",
        )
        .with_parameters(BY_ID.parameters())
        .with_parameters([required(query_as("name", "At least two characters", &name))])
        .answers(200, &users),
        EndpointDescription::new("users::me", "Shows the user of the request").answers(200, &user),
        EndpointDescription::new("users::search", "Searches users by name, address or external id")
            .with_parameters(NO_CURSORS.parameters())
            .with_parameters([
                query("query", "What is searched for"),
                query("external_id", "The external id of the users"),
            ])
            .answers(200, &users),
        EndpointDescription::new("users::show", "Shows a user").answers(200, &user),
        EndpointDescription::new("user_changes::update", "Changes a user")
            .takes_json(&change)
            .with_example(json!({"user": {"name": "Ada Lovelace"}}))
            .answers(200, &user),
        EndpointDescription::new("counts::assigned", "Counts the tickets that a user is to solve")
            .answers(200, &count),
        EndpointDescription::new("counts::copied", "Counts the tickets that a user is copied on")
            .answers(200, &count),
        EndpointDescription::new(
            "sessions::show",
            "Shows the token of a session of the help center",
        )
        .answers(200, &named::<SessionJson<'_>>(schemas, "current_session")),
        EndpointDescription::new(
            "sessions::integration_token",
            "Shows the token of a page for other programs",
        )
        .answers(200, &named::<String>(schemas, "token")),
    ];
    let tickets = page_of::<TicketJson<'_>>(schemas, "tickets");
    all.extend(
        [
            ("user_lists::list_requested", "Lists the tickets that a user requested"),
            ("user_lists::list_assigned", "Lists the tickets that a user is to solve"),
            ("user_lists::list_copied", "Lists the tickets that a user is copied on"),
        ]
        .map(|(handler, summary)| {
            EndpointDescription::new(handler, summary)
                .with_parameters(TICKET_RULES.parameters())
                .answers(200, &tickets)
        }),
    );
    all
}
