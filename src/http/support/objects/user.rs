//! Users, as recorded in 2023.

use schemars::JsonSchema;
use serde::Serialize;

use crate::core::users::{Role, User};
use crate::http::exchange::urls::Urls;
use crate::http::support::objects::time::instant;
use crate::http::support::objects::via::Empty;

/// A user. What this server does not keep is `null`, `false` or empty.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct UserJson<'a> {
    id: Option<u64>,
    url: Option<String>,
    name: &'a str,
    email: Option<&'a str>,
    created_at: Option<String>,
    updated_at: Option<String>,
    time_zone: &'static str,
    iana_time_zone: &'static str,
    phone: Option<()>,
    shared_phone_number: Option<()>,
    photo: Option<()>,
    locale_id: u32,
    locale: &'static str,
    organization_id: Option<()>,
    role: &'static str,
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticity_token: Option<&'a str>,
    external_id: Option<&'a str>,
    tags: [&'static str; 0],
    alias: Option<()>,
    active: bool,
    shared: bool,
    shared_agent: bool,
    last_login_at: Option<String>,
    two_factor_auth_enabled: Option<()>,
    signature: Option<()>,
    details: Option<()>,
    notes: Option<()>,
    role_type: Option<u32>,
    custom_role_id: Option<()>,
    moderator: bool,
    ticket_restriction: Option<&'static str>,
    only_private_comments: bool,
    restricted_agent: bool,
    suspended: bool,
    default_group_id: Option<()>,
    report_csv: bool,
    user_fields: Empty,
}

impl<'a> UserJson<'a> {
    pub fn new(user: &'a User, urls: &Urls) -> Self {
        let created_at = instant(user.created_at);
        let is_admin = user.role == Role::Admin;
        let is_end_user = user.role == Role::EndUser;
        Self {
            id: Some(user.id),
            url: Some(urls.object("users", user.id)),
            name: &user.name,
            email: user.email.as_deref(),
            external_id: user.external_id.as_deref(),
            last_login_at: is_admin.then(|| created_at.clone()),
            created_at: Some(created_at),
            updated_at: Some(instant(user.updated_at)),
            role: user.role.into_str(),
            verified: is_admin,
            role_type: is_admin.then_some(4),
            moderator: is_admin,
            ticket_restriction: is_end_user.then_some("requested"),
            restricted_agent: is_end_user,
            suspended: user.is_suspended,
            report_csv: is_admin,
            ..Self::anonymous()
        }
    }

    /// The user of a request without credentials: documented as allowed, with inferred values.
    pub fn anonymous() -> Self {
        Self {
            name: "Anonymous user",
            email: Some("invalid@example.com"),
            time_zone: "UTC",
            iana_time_zone: "Etc/UTC",
            locale_id: 1,
            locale: "en-US",
            role: "end-user",
            active: true,
            ticket_restriction: Some("requested"),
            restricted_agent: true,
            ..Self::default()
        }
    }

    /// Adds the token that a session of the help center sends back in `X-CSRF-Token`.
    pub fn with_authenticity_token(self, token: &'a str) -> Self {
        Self { authenticity_token: Some(token), ..self }
    }
}
