//! The origin by which a client knows this server. The URLs in responses begin with it.

use std::borrow::Cow;
use std::net::IpAddr;

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, request};

use crate::config::ServerConfig;
use crate::config::nearest::is_typo;
use crate::core::account::settings::{AccountSettings, is_authority};
use crate::core::accounts::AccountName;

/// The longest host and port, in bytes. It is kept in reservations and repeated in URLs.
const LONGEST_AUTHORITY: usize = 262;

/// How the requests of a connection lead to this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// The scheme of an absolute target, which a client sends to its proxy, or else this one.
    /// axios 1.6.8 sends targets of https in that form, and opens no tunnel.
    pub fn in_target(self, target: &Uri) -> Self {
        match target.scheme_str() {
            Some("https") => Self::Https,
            Some("http") => Self::Http,
            _ => self,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A scheme, a host and perhaps a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: Cow<'static, str>,
    /// The host and, unless it is the scheme's own, the port.
    pub authority: String,
}

impl Origin {
    /// No default port appears in a URL, nor in what a client signs.
    fn new(scheme: Cow<'static, str>, authority: &str) -> Self {
        let default = if scheme == "https" { "443" } else { "80" };
        // As browsers write it: a host in lower case, and a port without zeros in front.
        let mut authority = authority.to_ascii_lowercase();
        if let Some((host, port)) = authority.rsplit_once(':')
            && port.bytes().all(|byte| byte.is_ascii_digit())
        {
            authority = match port.trim_start_matches('0') {
                "" => host.to_owned(),
                port if port == default => host.to_owned(),
                port => format!("{host}:{port}"),
            };
        }
        Self { scheme, authority }
    }

    /// The origin of a request. `local` is the host and port that the server listens on, for
    /// clients that send no host.
    pub fn requested(
        parts: &request::Parts,
        scheme: Scheme,
        server: &ServerConfig,
        local: &str,
    ) -> Self {
        let forwarded =
            |name| server.trust_forwarded.then(|| first_value(&parts.headers, name)).flatten();
        let scheme = match forwarded("x-forwarded-proto") {
            Some("https") => Scheme::Https,
            Some("http") => Scheme::Http,
            _ => scheme,
        };
        // A text that cannot be a host is not repeated in URLs.
        match forwarded("x-forwarded-host").filter(|host| is_host(host)) {
            Some(host) => Self::new(scheme.name().into(), host),
            None => Self::arrived(&parts.uri, &parts.headers, scheme, local),
        }
    }

    /// The origin at which a request arrived, whatever a proxy says.
    pub fn arrived(uri: &Uri, headers: &HeaderMap, scheme: Scheme, local: &str) -> Self {
        let in_uri = uri.authority().map(Authority::as_str);
        let in_header = || headers.get(HOST).and_then(|host| host.to_str().ok());
        let authority = in_uri.or_else(in_header).filter(|host| is_host(host)).unwrap_or(local);
        Self::new(scheme.name().into(), authority)
    }

    pub fn public(settings: &AccountSettings) -> Option<Self> {
        let (scheme, authority) = settings.public_url.as_deref()?.split_once("://")?;
        Some(Self::new(Cow::Owned(scheme.to_owned()), authority))
    }

    /// Whether the host is an address or one of our names. A page of another site cannot have such
    /// a host, while DNS rebinding lets it lead any name of its own here. A name without a dot is
    /// one of this network, such as that of a container: no public name server answers for it.
    pub fn is_ours(&self, settings: &AccountSettings, server: &ServerConfig) -> bool {
        let host = self.name().trim_matches(['[', ']']).to_ascii_lowercase();
        let is_below = |domain: &String| {
            let before = host.strip_suffix(domain.as_str());
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        !host.contains('.')
            || host.parse::<IpAddr>().is_ok()
            || server.domains.iter().any(is_below)
            || Self::public(settings).is_some_and(|public| public.authority == self.authority)
    }

    /// The same server under another host name, for this machine's own names.
    pub fn other_name(&self) -> Option<Self> {
        let host = self.host();
        let is_local = |name: &str| name.eq_ignore_ascii_case("localhost");
        let other = match host {
            "127.0.0.1" | "[::1]" => "localhost",
            _ if host.rsplit('.').next().is_some_and(is_local) => "127.0.0.1",
            _ => return None,
        };
        let authority = format!("{other}{}", &self.authority[host.len()..]);
        Some(Self { scheme: self.scheme.clone(), authority })
    }

    /// The authority without its port.
    fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    /// The host without the dot that may end a full name.
    fn name(&self) -> &str {
        self.host().strip_suffix('.').unwrap_or(self.host())
    }

    /// Whether a URL, or the origin of a page, is of this origin.
    pub fn has_page(&self, url: &str) -> bool {
        let own = self.to_string();
        let (start, rest) = url.split_at_checked(own.len()).unwrap_or((url, ""));
        start.eq_ignore_ascii_case(&own) && (rest.is_empty() || rest.starts_with('/'))
    }

    /// The host that a misspelt one was probably meant to be: `acme.zendesk.com` for
    /// `acme.zendsk.com`.
    pub fn intended_host(&self, server: &ServerConfig) -> Option<String> {
        let (label, domain) = self.name().split_once('.')?;
        if domain.ends_with(|last: char| last.is_ascii_digit()) {
            // It is an IPv4 address.
            return None;
        }
        let domain = domain.to_ascii_lowercase();
        let nearest = server.domains.iter().find(|known| is_typo(&domain, known))?;
        Some(format!("{label}.{nearest}"))
    }

    /// The account that the host names: `acme` for `acme.zendesk.com`.
    pub fn account(&self, server: &ServerConfig) -> Option<AccountName> {
        let (label, domain) = self.name().split_once('.')?;
        let known = server.domains.iter().any(|known| known.eq_ignore_ascii_case(domain));
        known.then(|| AccountName::parse(label)).flatten()
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

/// Whether a text can be the host of a request, with or without a port.
pub fn is_host(text: &str) -> bool {
    text.len() <= LONGEST_AUTHORITY && is_authority(text) && text.parse::<Authority>().is_ok()
}

fn first_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_port_is_dropped() {
        for (scheme, authority, shown) in [
            (Scheme::Http, "acme.test:80", "http://acme.test"),
            (Scheme::Http, "acme.test:443", "http://acme.test:443"),
            (Scheme::Https, "acme.test:443", "https://acme.test"),
            (Scheme::Https, "[::1]:443", "https://[::1]"),
            (Scheme::Https, "acme.test:4430", "https://acme.test:4430"),
            (Scheme::Http, "ACME.test:080", "http://acme.test"),
            (Scheme::Http, "acme.test:", "http://acme.test"),
            (Scheme::Http, "[::1]", "http://[::1]"),
            (Scheme::Http, "acme.test:03375", "http://acme.test:3375"),
        ] {
            let origin = Origin::new(scheme.name().into(), authority);
            assert_eq!(origin.to_string(), shown, "{authority}");
        }
    }

    #[test]
    fn this_machine_goes_by_two_names_and_others_by_one() {
        let other = |authority: &str| {
            let origin = Origin { scheme: Cow::Borrowed("http"), authority: authority.to_owned() };
            origin.other_name().map(|other| other.authority)
        };
        assert_eq!(other("127.0.0.1:3375").as_deref(), Some("localhost:3375"));
        assert_eq!(other("localhost:3375").as_deref(), Some("127.0.0.1:3375"));
        assert_eq!(other("acme.localhost").as_deref(), Some("127.0.0.1"));
        assert_eq!(other("[::1]:3375").as_deref(), Some("localhost:3375"));
        assert_eq!(other("zendesk:3375"), None);
    }
}
