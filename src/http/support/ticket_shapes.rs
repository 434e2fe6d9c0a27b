//! The properties of tickets and requests that routes use.

use crate::http::support::json_shape::Shape;

const REQUESTER: Shape = Shape(&[("name", None), ("email", None), ("locale_id", None)]);
const COMMENT: Shape = Shape(&[
    ("type", None),
    ("body", None),
    ("html_body", None),
    ("value", None),
    ("public", None),
    ("author_id", None),
    ("uploads", None),
]);
const IMPORTED_COMMENT: Shape = Shape(&[
    ("type", None),
    ("body", None),
    ("html_body", None),
    ("value", None),
    ("public", None),
    ("author_id", None),
    ("uploads", None),
    ("created_at", None),
]);

macro_rules! ticket_shape {
    ($($more:expr),* $(,)?) => {
        Shape(&[
            ("subject", None),
            ("description", None),
            ("requester_id", None),
            ("requester", Some(REQUESTER)),
            ("assignee_id", None),
            ("group_id", None),
            ("organization_id", None),
            ("brand_id", None),
            ("ticket_form_id", None),
            ("external_id", None),
            ("problem_id", None),
            ("due_at", None),
            ("status", None),
            ("priority", None),
            ("type", None),
            ("tags", None),
            ("custom_fields", None),
            ("fields", None),
            $($more),*
        ])
    };
}

pub const TICKET: Shape = Shape(&[("ticket", Some(ticket_shape!(("comment", Some(COMMENT)))))]);
pub const IMPORT: Shape = Shape(&[(
    "ticket",
    Some(ticket_shape!(("comment", Some(COMMENT)), ("comments", Some(IMPORTED_COMMENT)))),
)]);
pub const REQUEST: Shape = Shape(&[(
    "request",
    Some(Shape(&[
        ("subject", None),
        ("comment", Some(COMMENT)),
        ("requester", Some(REQUESTER)),
        ("priority", None),
        ("type", None),
        ("custom_fields", None),
        ("fields", None),
        ("due_at", None),
        ("ticket_form_id", None),
        ("solved", None),
    ])),
)]);

pub const REQUEST_CHANGE: Shape =
    Shape(&[("request", Some(Shape(&[("comment", Some(COMMENT)), ("solved", None)])))]);
