//! The properties of tickets and requests that routes use.

use crate::http::support::json_shape::Shape;
use crate::http::support::ticket_properties::{REQUEST_NAMES, TICKET_NAMES};

const REQUESTER: &str = "requester.name requester.email requester.locale_id";
const COPIES: &str = "collaborators collaborator_ids additional_collaborators email_ccs";
const IMPORT_DATES: &str = "created_at updated_at solved_at";
const COMMENT: &str = "comment.type comment.body comment.html_body comment.value comment.public \
    comment.author_id comment.uploads";
const IMPORTED_COMMENTS: &str = "comments.type comments.body comments.html_body comments.value \
    comments.public comments.author_id comments.uploads comments.created_at";

pub const CREATE_TICKET: Shape = Shape {
    controller: "tickets",
    action: "create",
    name: "ticket",
    properties: TICKET_NAMES,
    used: &[
        "description submitter_id via_followup_source_id",
        REQUESTER,
        COPIES,
        "followers",
        COMMENT,
    ],
};
pub const UPDATE_TICKET: Shape = Shape {
    action: "update",
    used: &["description safe_update updated_stamp", REQUESTER, COPIES, "followers", COMMENT],
    ..CREATE_TICKET
};
pub const UPDATE_TICKETS: Shape = Shape {
    action: "update_many",
    used: &[
        "description safe_update updated_stamp additional_tags remove_tags",
        REQUESTER,
        COPIES,
        "followers",
        COMMENT,
    ],
    ..CREATE_TICKET
};
pub const DELETE_TICKET: Shape =
    Shape { action: "destroy", properties: &[], used: &[], ..CREATE_TICKET };
pub const DELETE_TICKETS: Shape = Shape { action: "destroy_many", ..DELETE_TICKET };
pub const IMPORT_TICKET: Shape = Shape {
    controller: "imports/tickets",
    used: &[
        "description submitter_id via_followup_source_id followers",
        REQUESTER,
        COPIES,
        COMMENT,
        IMPORTED_COMMENTS,
        IMPORT_DATES,
    ],
    ..CREATE_TICKET
};
pub const CREATE_REQUEST: Shape = Shape {
    controller: "requests",
    action: "create",
    name: "request",
    properties: REQUEST_NAMES,
    used: &["solved via_followup_source_id", REQUESTER, COPIES, COMMENT],
};
pub const UPDATE_REQUEST: Shape = Shape {
    action: "update",
    properties: &[],
    used: &["solved", COPIES, COMMENT],
    ..CREATE_REQUEST
};
