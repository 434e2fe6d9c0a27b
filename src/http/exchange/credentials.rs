//! The credentials that a request carries. Whether they are accepted is decided elsewhere.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::config::Credential;
use crate::config::nearest::is_typo;
use crate::core::accounts::AccountName;
use crate::core::users::{Login, Secret};
use crate::http::exchange::query;

/// The last part of an e-mail domain that names an account.
const TOP_DOMAIN: &str = "mock";

/// The credentials of one request.
#[derive(Debug)]
pub enum Credentials {
    Absent,
    /// An `Authorization` header that cannot be read, and why.
    Malformed(&'static str),
    /// `user:password`, decoded, and the place of its colon.
    Basic {
        text: String,
        colon: usize,
    },
    /// An OAuth access token.
    Bearer(String),
}

impl Credentials {
    /// Reads the `Authorization` header, else the `access_token` parameter that the Ruby client
    /// can send instead.
    pub fn read(headers: &HeaderMap, query: Option<&str>) -> Self {
        if let Some(header) = headers.get(AUTHORIZATION) {
            return Self::from_header(header.as_bytes());
        }
        let from_query = query
            .filter(|query| query.contains("access_token="))
            .and_then(|text| query::value(text, "access_token"))
            .filter(|token| !token.is_empty());
        match from_query {
            Some(token) => Self::Bearer(token),
            None => Self::Absent,
        }
    }

    fn from_header(header: &[u8]) -> Self {
        let Ok(header) = std::str::from_utf8(header) else {
            return Self::Malformed("the Authorization header is not text");
        };
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return match rest {
                "" => Self::Malformed("the bearer token is empty"),
                token => Self::Bearer(token.to_owned()),
            };
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return Self::Malformed("the Authorization scheme is neither Basic nor Bearer");
        }
        let decoded = STANDARD.decode(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        match decoded.and_then(|text| Some((text.find(':')?, text))) {
            None => Self::Malformed("the Basic credentials are not base64 of user:password"),
            Some((0, _)) => Self::Malformed("the Basic user name is empty"),
            Some((colon, text)) => Self::Basic { text, colon },
        }
    }

    /// Whether these are the listed ones.
    pub fn matches(&self, known: &Credential) -> bool {
        match (self, known) {
            (Self::Basic { text, colon }, Credential::Basic { user, password }) => {
                text[..*colon] == **user && text[*colon + 1..] == **password
            }
            (Self::Bearer(sent), Credential::Bearer(token)) => sent == token,
            _ => false,
        }
    }

    /// The secret that they prove a user by.
    pub fn secret(&self) -> Option<Secret> {
        match self {
            Self::Absent | Self::Malformed(_) => None,
            Self::Basic { text, colon } => {
                let (user, secret) = (&text[..*colon], text[*colon + 1..].to_owned());
                Some(match user.strip_suffix("/token") {
                    Some(address) => Secret::ApiToken(Login::email(address), secret),
                    None => Secret::Password(Login::email(user), secret),
                })
            }
            Self::Bearer(token) => Some(Secret::AccessToken(token.clone())),
        }
    }

    /// The user that they name.
    pub fn login(&self) -> Option<Login> {
        match self {
            Self::Absent | Self::Malformed(_) => None,
            Self::Basic { text, colon } => {
                let user = &text[..*colon];
                Some(Login::email(user.strip_suffix("/token").unwrap_or(user)))
            }
            Self::Bearer(token) => Some(Login::Bearer(token.clone())),
        }
    }

    /// The account that the e-mail domain of a Basic user names: `acme` for `me@acme.mock`.
    pub fn account(&self) -> Option<AccountName> {
        let (name, top) = self.email_domain()?;
        top.eq_ignore_ascii_case(TOP_DOMAIN).then(|| AccountName::parse(name)).flatten()
    }

    /// The e-mail domain of a Basic user, and what it was probably meant to be: `acme.mock` for
    /// `acme.mok`.
    pub fn misspelt_domain(&self) -> Option<(String, String)> {
        let (name, top) = self.email_domain()?;
        is_typo(&top.to_ascii_lowercase(), TOP_DOMAIN)
            .then(|| (format!("{name}.{top}"), format!("{name}.{TOP_DOMAIN}")))
    }

    /// What is before and after the last dot of the e-mail domain of a Basic user.
    fn email_domain(&self) -> Option<(&str, &str)> {
        let Self::Basic { text, colon } = self else {
            return None;
        };
        let user = &text[..*colon];
        let email = user.strip_suffix("/token").unwrap_or(user);
        email.rsplit_once('@')?.1.rsplit_once('.')
    }
}
