//! The properties of tickets and requests that routes use.

use crate::http::support::json_shape::Shape;

const PROPERTIES: &str = "subject description requester_id requester.name requester.email \
    requester.locale_id assignee_id group_id organization_id brand_id ticket_form_id external_id \
    problem_id due_at status priority type tags custom_fields fields";
const COMMENT: &str = "comment.type comment.body comment.html_body comment.value comment.public \
    comment.author_id comment.uploads";
const IMPORTED_COMMENTS: &str = "comments.type comments.body comments.html_body comments.value \
    comments.public comments.author_id comments.uploads comments.created_at";

pub const TICKET: Shape = Shape { name: "ticket", used: &[PROPERTIES, COMMENT] };
pub const IMPORT: Shape = Shape { name: "ticket", used: &[PROPERTIES, COMMENT, IMPORTED_COMMENTS] };
pub const REQUEST: Shape = Shape {
    name: "request",
    used: &[
        "subject requester.name requester.email requester.locale_id priority type custom_fields \
         fields due_at ticket_form_id solved",
        COMMENT,
    ],
};
pub const REQUEST_CHANGE: Shape = Shape { name: "request", used: &["solved", COMMENT] };
pub const NOTHING: Shape = Shape { name: "", used: &[] };
