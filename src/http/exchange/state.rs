//! What all requests of a server share.

use std::sync::Arc;

use crate::config::ServerConfig;
use crate::core::account::Account;
use crate::core::accounts::Accounts;

/// The state of the application. Handlers that need it ask for `State<Arc<AppState>>`.
#[derive(Debug)]
pub struct AppState {
    pub accounts: Arc<Accounts>,
    /// The account of a request that names none.
    pub default_account: Arc<Account>,
    pub server: Arc<ServerConfig>,
    /// The host and port that the server listens on.
    pub local: String,
}
