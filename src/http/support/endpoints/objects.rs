//! Brands, groups, organizations, ticket forms and ticket fields.

use schemars::{JsonSchema, SchemaGenerator};

use crate::http::exchange::endpoint::{EndpointDescription, named};
use crate::http::support::objects::brand::BrandJson;
use crate::http::support::objects::named::{
    FormJson, GroupJson, OrganizationJson, TicketFieldJson,
};
use crate::http::support::page::page_of;
use crate::http::support::pagination::BY_ID;

pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    [
        pair::<BrandJson<'_>>(
            schemas,
            ("brands::list", "Lists the brands", "brands"),
            ("brands::show", "Shows a brand", "brand"),
        ),
        pair::<GroupJson>(
            schemas,
            ("named_objects::list_groups", "Lists the groups", "groups"),
            ("named_objects::show_group", "Shows a group", "group"),
        ),
        pair::<OrganizationJson>(
            schemas,
            ("named_objects::list_organizations", "Lists the organizations", "organizations"),
            ("named_objects::show_organization", "Shows an organization", "organization"),
        ),
        pair::<FormJson>(
            schemas,
            ("named_objects::list_forms", "Lists the ticket forms", "ticket_forms"),
            ("named_objects::show_form", "Shows a ticket form", "ticket_form"),
        ),
        pair::<TicketFieldJson>(
            schemas,
            ("named_objects::list_fields", "Lists the ticket fields", "ticket_fields"),
            ("named_objects::show_field", "Shows a ticket field", "ticket_field"),
        ),
    ]
    .concat()
}

/// The handler of a list and that of one object: each with its path, its summary and the name under
/// which it answers.
fn pair<T: JsonSchema>(
    schemas: &mut SchemaGenerator,
    list: (&'static str, &'static str, &str),
    one: (&'static str, &'static str, &str),
) -> Vec<EndpointDescription> {
    vec![
        EndpointDescription::new(list.0, list.1)
            .with_parameters(BY_ID.parameters())
            .answers(200, &page_of::<T>(schemas, list.2)),
        EndpointDescription::new(one.0, one.1).answers(200, &named::<T>(schemas, one.2)),
    ]
}
