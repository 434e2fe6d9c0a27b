//! Side conversations.

use schemars::SchemaGenerator;
use serde_json::json;

use crate::core::id::Id;
use crate::http::exchange::endpoint::{EndpointDescription, object, text};
use crate::http::support::objects::side_conversation::{
    SideConversationJson, SideEventJson, SideFileJson,
};
use crate::http::support::page::page_of;
use crate::http::support::pagination::BY_ID;
use crate::http::support::side_conversations::{CONVERSATION_RULES, SideConversationEnvelope};

pub fn describe(schemas: &mut SchemaGenerator) -> Vec<EndpointDescription> {
    let one = schemas.subschema_for::<SideConversationEnvelope<'_>>().into();
    let file = schemas.subschema_for::<SideFileJson<'_>>().into();
    let form = object(&[("file", json!({"type": "string", "format": "binary"}))]);
    let person = json!({
        "type": "object",
        "properties": {
            "email": {"type": "string", "format": "email"},
            "user_id": {"type": "integer", "minimum": Id::FIRST, "maximum": Id::LARGEST},
        },
        "anyOf": [{"required": ["email"]}, {"required": ["user_id"]}],
    });
    let mut message = object(&[
        ("body", text()),
        ("to", json!({"type": "array", "items": person, "minItems": 1})),
    ]);
    message["properties"]["subject"] = json!({"type": "string"});
    let message = object(&[("message", message)]);
    let example = json!({
        "message": {"subject": "Parts", "body": "When?", "to": [{"email": "bo@example.com"}]}
    });
    let mut list = page_of::<SideConversationJson<'_>>(schemas, "side_conversations");
    let event = schemas.subschema_for::<SideEventJson<'_>>();
    list["properties"]["events"] = json!({"type": "array", "items": event});
    vec![
        EndpointDescription::new("side_conversations::upload", "Stores a file for a message")
            .takes(&["multipart/form-data"], &form)
            .answers(201, &file),
        EndpointDescription::new("side_conversations::create", "Starts a side conversation")
            .takes_json(&message)
            .with_example(example)
            .answers(201, &one),
        EndpointDescription::new("side_conversations::reply", "Replies in a side conversation")
            .takes_json(&message)
            .answers(201, &one),
        EndpointDescription::new("side_conversations::show", "Shows a side conversation")
            .answers(200, &one),
        EndpointDescription::new("side_conversations::list", "Lists the side conversations")
            .with_parameters(CONVERSATION_RULES.parameters())
            .answers(200, &list),
        EndpointDescription::new("side_conversations::list_events", "Lists messages with files")
            .with_parameters(BY_ID.parameters())
            .answers(200, &page_of::<SideEventJson<'_>>(schemas, "events")),
    ]
}
