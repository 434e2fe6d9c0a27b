//! The Support API: `/api/v2/…` except `/api/v2/guide`.

mod attachments;
mod pagination;
mod requests;
mod sessions;
mod tickets;
mod uploads;
mod users;
