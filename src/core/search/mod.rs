//! Searches for tickets and users. Terms and keywords are documented.

pub mod dates;
pub mod query;
pub mod terms;
pub mod tickets;
