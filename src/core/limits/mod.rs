//! Request limits: those of the whole account and those of single endpoints.

pub mod account;
pub mod endpoint;
