//! The Support API: uploads, attachments, tickets, requests, users and brands.

pub mod api_warn;
pub mod attachments;
pub mod brands;
pub mod comments;
pub mod error;
pub mod json_input;
pub mod objects;
pub mod pagination;
pub mod requests;
pub mod ticket_input;
pub mod tickets;
pub mod upload_form;
pub mod uploads;
pub mod users;
