//! What all services share: process, connections, accounts, credentials, limits, log.

mod accounts;
mod cors;
mod credentials;
mod embedding;
mod endpoint_limits;
mod hostile;
mod limits;
mod log;
mod memory;
mod starting;
mod time;
