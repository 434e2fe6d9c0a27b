//! The properties of tickets and requests that routes use.

use crate::http::support::json_shape::Shape;
use crate::http::support::ticket_properties::{REQUEST_NAMES, TICKET_NAMES};

const REQUESTER: &str = "requester.name requester.email requester.locale_id";
const COMMENT: &str = "comment.type comment.body comment.html_body comment.value comment.public \
    comment.author_id comment.uploads";
const IMPORTED_COMMENTS: &str = "comments.type comments.body comments.html_body comments.value \
    comments.public comments.author_id comments.uploads comments.created_at";

pub const CREATE_TICKET: Shape = Shape {
    controller: "tickets",
    action: "create",
    name: "ticket",
    properties: TICKET_NAMES,
    used: &["description", REQUESTER, COMMENT],
};
pub const UPDATE_TICKET: Shape = Shape { action: "update", ..CREATE_TICKET };
pub const DELETE_TICKET: Shape =
    Shape { action: "destroy", properties: &[], used: &[], ..CREATE_TICKET };
pub const IMPORT_TICKET: Shape = Shape {
    controller: "imports/tickets",
    used: &["description", REQUESTER, COMMENT, IMPORTED_COMMENTS],
    ..CREATE_TICKET
};
pub const CREATE_REQUEST: Shape = Shape {
    controller: "requests",
    action: "create",
    name: "request",
    properties: REQUEST_NAMES,
    used: &["solved", REQUESTER, COMMENT],
};
pub const UPDATE_REQUEST: Shape =
    Shape { action: "update", properties: &[], used: &["solved", COMMENT], ..CREATE_REQUEST };
