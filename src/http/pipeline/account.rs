//! The account that a request is for, and the URLs by which its client reaches it.

use std::sync::Arc;

use axum::http::header::HOST;
use axum::http::{Version, request};

use crate::config::ServerConfig;
use crate::core::account::Account;
use crate::core::account::settings::AccountSettings;
use crate::core::accounts::{AccountName, DEFAULT};
use crate::core::ids::{AccountId, PublishedName};
use crate::http::exchange::context::AppState;
use crate::http::exchange::credentials::Credentials;
use crate::http::exchange::origin::{Origin, Scheme, is_host};
use crate::http::exchange::problem::Problem;
use crate::http::exchange::route::{AccountIn, Route};
use crate::http::exchange::urls::Urls;

/// How a request names its account.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    /// By a path prefix, a host name, or a Basic user.
    Named(AccountName),
    /// By a number in the path. Where no account has it, the rest of the request decides.
    Numbered { id: AccountId, otherwise: Option<AccountName> },
    /// By nothing: the default account.
    Unnamed,
    /// By a path prefix that cannot name an account.
    Impossible(String),
}

/// The account of a request, and how the request reached it. A request that has none is answered
/// by the clock and the settings of the default account.
pub struct FoundAccount {
    pub account: Arc<Account>,
    /// Why there is no account.
    pub problem: Option<Problem>,
    pub scheme: Scheme,
    /// What names no account, although the client probably meant it to.
    pub hint: Option<String>,
    prefix: String,
    arrived_at: Origin,
    /// The account that the host names.
    host: Option<AccountName>,
}

/// Finds the account of a request whose path had `prefix`. `parameter` is the first of the path.
pub fn find(
    app: &AppState,
    parts: &request::Parts,
    scheme: Scheme,
    prefix: String,
    route: &Route,
    parameter: Option<&str>,
    credentials: &Credentials,
) -> FoundAccount {
    let arrived_at = Origin::requested(parts, scheme, &app.server, &app.local);
    let host = arrived_at.account(&app.server);
    let numbered = parameter.and_then(|parameter| numbered(route.account, parameter));
    let choice = choose(&prefix, numbered, host.clone(), credentials);
    let opened = match &choice {
        _ if !has_one_host(parts) => Err(Problem::BadHost),
        // A call that changes the account creates it, once its input is read.
        Choice::Named(name) if route.service.is_own() => Ok(app.accounts.peek(name)),
        choice => open(app, choice),
    };
    let (account, problem) = match opened {
        Ok(account) => (account, None),
        Err(problem) => (Arc::clone(&app.default_account), Some(problem)),
    };
    let is_unnamed = problem.is_none() && choice == Choice::Unnamed;
    let hint = is_unnamed.then(|| misspelt(&arrived_at, app, credentials)).flatten();
    FoundAccount { account, problem, scheme, hint, prefix, arrived_at, host }
}

/// A host or a user that was probably meant to name an account.
fn misspelt(arrived_at: &Origin, app: &AppState, credentials: &Credentials) -> Option<String> {
    let (what, sent, meant) = match arrived_at.intended_host(&app.server) {
        Some(meant) => ("the host", arrived_at.authority.clone(), meant),
        None => {
            let (sent, meant) = credentials.misspelt_domain()?;
            ("the user's domain", sent, meant)
        }
    };
    Some(format!("{what} {sent} names no account; did you mean {meant}? The account default acts"))
}

/// Whether a request has a host, exactly once. HTTP/1.0 does not know it (RFC 9112, section 3.2).
fn has_one_host(parts: &request::Parts) -> bool {
    let mut hosts = parts.headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => parts.version < Version::HTTP_11,
        (Some(host), None) => host.to_str().is_ok_and(is_host),
        (Some(_), Some(_)) => false,
    }
}

impl FoundAccount {
    /// The URLs by which the client reaches the account, which has `settings`.
    pub fn urls(self, settings: &AccountSettings, server: &ServerConfig) -> Urls {
        let Self { account, prefix, arrived_at, host, .. } = self;
        let public = Origin::public(settings);
        // Behind a proxy, the host that arrives differs from that of the URLs.
        let leads_home = |host: Option<&AccountName>| match host {
            Some(name) => name.as_str() == account.name(),
            None => account.name() == DEFAULT,
        };
        let at_home = leads_home(host.as_ref())
            && public.as_ref().is_none_or(|public| leads_home(public.account(server).as_ref()));
        let origin = public.unwrap_or_else(|| arrived_at.clone());
        Urls::new(origin, arrived_at, prefix, account, at_home, server.real_hosts)
    }
}

/// The prefix goes before the number in the path, that before the host, and the host before the
/// e-mail domain of a Basic user.
fn choose(
    prefix: &str,
    numbered: Option<AccountId>,
    host: Option<AccountName>,
    credentials: &Credentials,
) -> Choice {
    if let Some(name) = prefix.strip_prefix("/@") {
        return AccountName::parse(name)
            .map_or_else(|| Choice::Impossible(name.to_owned()), Choice::Named);
    }
    let named = host.or_else(|| credentials.account());
    match numbered {
        Some(id) => Choice::Numbered { id, otherwise: named },
        None => named.map_or(Choice::Unnamed, Choice::Named),
    }
}

/// The account that a parameter names.
fn numbered(place: AccountIn, parameter: &str) -> Option<AccountId> {
    match place {
        AccountIn::Nothing => None,
        AccountIn::Segment(segment) => {
            parameter.split('/').nth(segment)?.parse().ok().map(AccountId)
        }
        AccountIn::PublishedName => {
            PublishedName::parse(parameter.split('.').next()?).map(|name| name.account())
        }
    }
}

fn open(app: &AppState, choice: &Choice) -> Result<Arc<Account>, Problem> {
    let default = || Arc::clone(&app.default_account);
    Ok(match choice {
        Choice::Named(name) => app.accounts.open(name)?,
        Choice::Numbered { id, otherwise } => match (app.accounts.by_id(*id), otherwise) {
            (Some(account), _) => account,
            (None, Some(name)) => app.accounts.open(name)?,
            (None, None) => default(),
        },
        Choice::Unnamed => default(),
        Choice::Impossible(name) => return Err(Problem::NoSuchAccount(name.clone())),
    })
}
