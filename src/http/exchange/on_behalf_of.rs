//! `X-On-Behalf-Of`: the user for whom an admin acts.

use axum::http::{HeaderMap, HeaderName};

use crate::core::account::Account;

const HEADER: HeaderName = HeaderName::from_static("x-on-behalf-of");

/// The user for whom a client acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnBehalfOf {
    /// That of its credentials.
    Itself,
    /// Another one, by its id.
    User(u64),
    /// One that the account does not have.
    Unknown,
}

impl OnBehalfOf {
    /// Reads the header, which has an id or an address. Several that differ name no user.
    pub fn read(headers: &HeaderMap, account: &Account) -> Self {
        let mut sent = headers.get_all(HEADER).iter();
        let Some(first) = sent.next() else { return Self::Itself };
        let name = std::str::from_utf8(first.as_bytes()).ok();
        let name = name.filter(|_| sent.all(|other| other == first));
        name.and_then(|name| account.find_user_named(name)).map_or(Self::Unknown, Self::User)
    }
}
