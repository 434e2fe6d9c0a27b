//! What is known of a request once its path and method are matched.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, Method};

use crate::core::faults::Operation;
use crate::core::users::Role;

/// The calls of the control API that need no control token. What they return is public.
pub const PUBLIC_CALLS: [&str; 2] = ["/_mock/health", "/_mock/ca.pem"];

/// The part of the server that a path belongs to. Each has its own headers and its own shape of
/// refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// `/api/…`: Zendesk Support, and every path that is no service's.
    Support,
    /// `/api/v2/guide/…`: the Guide gateway.
    Guide,
    /// `/aus-uploaded-assets/…`: the fake S3.
    Bucket,
    /// Files that are followed by URL.
    Files,
    /// `/_mock/…`: the control API.
    Control,
    /// `/_mock/ui/…`: the page, which calls the control API.
    Page,
}

impl Service {
    /// Whether it is neither Zendesk's nor S3's. Its requests are in no journal, trigger no fault
    /// and create no account by being read.
    pub fn is_own(self) -> bool {
        matches!(self, Self::Control | Self::Page)
    }
}

/// A row of the route table without its handler.
#[derive(Debug)]
pub struct Route {
    /// `None` is every method. GET serves HEAD too.
    pub method: Option<Method>,
    /// The path as the journal and the log show it. `None` is a path or a method that no row has.
    pub pattern: Option<&'static str>,
    /// Whether it takes only requests of browsers. Others match no row of the path.
    pub is_for_browsers: bool,
    pub service: Service,
    /// What faults match on. Calls of the control API have none, so that no fault triggers them.
    pub operation: Option<Operation>,
    pub access: Access,
    /// The limits of single endpoints that count it.
    pub limit: LimitRule,
    /// Whether the account's rate limit counts it.
    pub is_rate_limited: bool,
    /// Where the path names an account.
    pub account: AccountIn,
}

impl Route {
    /// Whether a request with this method and these headers is for this row.
    pub fn takes(&self, method: &Method, headers: &HeaderMap) -> bool {
        if self.is_for_browsers && !accepts_html(headers) {
            return false;
        }
        match &self.method {
            None => true,
            Some(Method::GET) => [Method::GET, Method::HEAD].contains(method),
            Some(own) => own == method,
        }
    }
}

/// Whether a client names HTML among what it accepts. Browsers do, and clients of APIs do not.
fn accepts_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|types| types.to_str().ok());
    accepted.flat_map(|types| types.split(',')).any(|accepted| {
        let essence = accepted.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("text/html")
    })
}

/// What a request needs to get to its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Open,
    /// No credentials. Those that are sent must be good.
    Optional,
    /// Credentials that `auth` accepts, of any user.
    EndUsers,
    /// The same, or the token of a session of the help center, which may upload and delete.
    EndUsersOrSession,
    /// The same, or under `auth = anonymous-requests` no credentials.
    EndUsersOrAnonymous,
    /// The same as `EndUsers`. Under `faithful` there is no such route.
    EndUsersUnlessFaithful,
    /// Credentials that `auth` accepts, of an agent or an admin.
    Agents,
    /// Credentials that `auth` accepts, of an admin.
    Admins,
    /// No page of another origin.
    OwnPages,
}

impl Access {
    /// Whether it depends on the user.
    pub fn takes_users(self) -> bool {
        !matches!(self, Self::Open | Self::OwnPages)
    }

    /// The least role that gets to the handler.
    pub fn least_role(self) -> Role {
        match self {
            Self::Agents => Role::Agent,
            Self::Admins => Role::Admin,
            Self::Open
            | Self::Optional
            | Self::EndUsers
            | Self::EndUsersOrSession
            | Self::EndUsersOrAnonymous
            | Self::EndUsersUnlessFaithful
            | Self::OwnPages => Role::EndUser,
        }
    }
}

/// What single endpoints are limited by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitRule {
    None,
    ListTickets,
    CreateTicket,
    /// The first id in the path is the ticket's, here and below.
    UpdateTicket,
    TouchTicket,
    Export,
    ListDeleted,
    SearchExport,
    /// The first parameter in the path is the file's token.
    Content,
}

/// Where a path that is followed without credentials names its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountIn {
    Nothing,
    /// The number in this segment of the first parameter.
    Segment(usize),
    /// The name of a published object, which is the first parameter.
    PublishedName,
}
