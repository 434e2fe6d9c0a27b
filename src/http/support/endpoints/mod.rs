//! The endpoints of the Support API for the OpenAPI document.

mod bodies;
mod imports;
mod objects;
mod parameters;
mod requests;
mod side_conversations;
mod tickets;
mod uploads;
mod users;

use schemars::SchemaGenerator;
use serde_json::Value;

use crate::http::exchange::endpoint::EndpointDescription;
use crate::http::support::error::Envelope;

/// Describes all handlers of the Support API.
pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    [
        uploads::describe,
        tickets::describe,
        imports::describe,
        requests::describe,
        side_conversations::describe,
        users::describe,
        objects::describe,
    ]
    .into_iter()
    .flat_map(|describe| describe(schemas))
    .collect()
}

/// The schema of a refusal.
pub fn refusal(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<Envelope>().into()
}
