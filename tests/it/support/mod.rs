//! The Support API: `/api/v2/…` except `/api/v2/guide`.

mod attachments;
mod brands;
mod bulk;
mod deleted_tickets;
mod exports;
mod impersonation;
mod lists;
mod named_objects;
mod pagination;
mod redactions;
mod request_lists;
mod requesters;
mod requests;
pub mod roles;
mod search;
mod search_export;
mod sessions;
mod suspended;
mod tickets;
mod uploads;
mod user_changes;
mod user_lists;
mod user_roles;
mod users;
