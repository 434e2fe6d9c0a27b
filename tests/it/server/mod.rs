//! What all services share: process, connections, accounts, credentials, limits, log.

mod accounts;
mod budget;
mod budget_races;
mod connections;
mod cors;
mod credentials;
mod embedding;
mod endpoint_limits;
#[cfg(unix)]
mod exec;
mod expiry;
mod flags;
mod hints;
mod hostile_connections;
mod http2;
mod http2_limits;
mod log;
mod log_output;
mod malformed_requests;
mod process_memory;
mod proxy;
mod rate_limit;
mod ready;
mod reasons;
mod reserved_places;
mod starting;
mod timeouts;
mod tls;
mod urls;
