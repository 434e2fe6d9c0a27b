//! What all requests of a server share.

use std::sync::Arc;

use crate::config::ServerConfig;
use crate::core::account::Account;
use crate::core::accounts::Accounts;
use crate::http::exchange::arrivals::Arrivals;

/// The state of the application. Handlers that need it ask for `State<Arc<AppState>>`.
#[derive(Debug)]
pub struct AppState {
    pub accounts: Arc<Accounts>,
    /// The account of a request that names none.
    pub default_account: Arc<Account>,
    pub server: Arc<ServerConfig>,
    /// Wakes requests that wait for entries of a journal.
    pub arrivals: Arrivals,
    /// The host and port that the server listens on.
    pub local: String,
}
