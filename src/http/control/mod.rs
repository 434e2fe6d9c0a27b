//! The control API, `/_mock/…`: what a test does to the server rather than to Zendesk.
//!
//! Each call acts on the account that the request is addressed to.

mod accounts;
mod answer;
mod answer_examples;
mod attachments;
mod ca;
mod call;
mod calls;
mod clock;
mod control_row;
pub mod error;
mod faults;
mod fidelity;
mod files;
mod health;
mod journal;
mod notation;
mod object_counts;
mod openapi;
mod random;
mod seed;
mod settings;
mod snapshots;
mod tickets;
mod tokens;
pub mod unknown_call;
mod usage;

use crate::http::exchange::row::Row;

/// The rows of all calls.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    calls::CALLS.iter().map(|call| &call.row)
}
