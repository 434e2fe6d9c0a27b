//! The properties of tickets and requests that routes use.

use crate::http::support::json_shape::Shape;

const PROPERTIES: &str = "subject description requester_id requester.name requester.email \
    requester.locale_id assignee_id group_id organization_id brand_id ticket_form_id external_id \
    problem_id due_at status priority type tags custom_fields fields";
const COMMENT: &str = "comment.type comment.body comment.html_body comment.value comment.public \
    comment.author_id comment.uploads";
const IMPORTED_COMMENTS: &str = "comments.type comments.body comments.html_body comments.value \
    comments.public comments.author_id comments.uploads comments.created_at";

pub const CREATE_TICKET: Shape =
    Shape { controller: "tickets", action: "create", name: "ticket", used: &[PROPERTIES, COMMENT] };
pub const UPDATE_TICKET: Shape = Shape { action: "update", ..CREATE_TICKET };
pub const DELETE_TICKET: Shape = Shape { action: "destroy", used: &[], ..CREATE_TICKET };
pub const IMPORT_TICKET: Shape = Shape {
    controller: "imports/tickets",
    used: &[PROPERTIES, COMMENT, IMPORTED_COMMENTS],
    ..CREATE_TICKET
};
pub const CREATE_REQUEST: Shape = Shape {
    controller: "requests",
    action: "create",
    name: "request",
    used: &[
        "subject requester.name requester.email requester.locale_id priority type custom_fields \
         fields due_at ticket_form_id solved",
        COMMENT,
    ],
};
pub const UPDATE_REQUEST: Shape =
    Shape { action: "update", used: &["solved", COMMENT], ..CREATE_REQUEST };
