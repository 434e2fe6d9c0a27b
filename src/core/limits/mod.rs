//! Request limits: of the whole account, and of single endpoints.

pub mod account;
pub mod endpoint;
