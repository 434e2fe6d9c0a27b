//! The Support API: uploads, attachments, tickets, requests, users and brands.

mod api_warn;
pub mod attachments;
pub mod brands;
pub mod bulk;
pub mod comments;
mod cursor;
pub mod error;
pub mod exports;
mod id_list;
pub mod job_statuses;
mod json_input;
mod json_shape;
mod objects;
mod page;
mod pagination;
pub mod requests;
pub mod sessions;
mod ticket_input;
mod ticket_properties;
mod ticket_shapes;
pub mod tickets;
mod upload_form;
mod upload_input;
pub mod uploads;
pub mod user_changes;
pub mod user_lists;
pub mod users;
