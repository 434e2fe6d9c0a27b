//! Whom a request is for: the account, the path without its disguises, and the origin by
//! which the client knows this server.

use std::borrow::Cow;
use std::net::IpAddr;
use std::str::FromStr;

use axum::http::header::HOST;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, Uri, request};

use crate::config::ServerConfig;
use crate::core::account::settings::{AccountSettings, is_authority};
use crate::core::accounts::{AccountName, DEFAULT};
use crate::core::ids::{AccountId, ImageName};
use crate::http::exchange::credentials::Credentials;

/// The longest host and port, in bytes. It is kept in reservations and repeated in URLs.
const LONGEST_AUTHORITY: usize = 262;

/// The part of the server that a path belongs to. Each has its own way of saying things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// `/api/…`: Zendesk Support, and every path that nobody knows.
    Support,
    /// `/api/v2/guide/…`: the Guide gateway.
    Guide,
    /// `/aus-uploaded-assets/…`: the fake S3.
    Bucket,
    /// Files that are followed by URL.
    Files,
    /// `/_mock/…`: what a test does to the server.
    Control,
}

impl Service {
    /// The service of a path that has lost its disguises.
    pub fn of(path: &str) -> Self {
        let is_below = |root: &str| {
            path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if is_below("/api/v2/guide") {
            Self::Guide
        } else if is_below("/aus-uploaded-assets") {
            Self::Bucket
        } else if is_below("/attachments") || is_below("/attachment") || is_below("/hc") {
            Self::Files
        } else if is_below("/_mock") {
            Self::Control
        } else {
            Self::Support
        }
    }
}

/// How the account was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// By a path prefix, a host name, or a Basic user.
    Named(AccountName),
    /// By a name in the path that the server made itself, unless nobody has that number.
    Numbered {
        /// The number.
        id: AccountId,
        /// Who it is for if nobody has it.
        otherwise: Option<AccountName>,
    },
    /// By nothing: the default account.
    Unnamed,
    /// By a path prefix that cannot name an account.
    Impossible(String),
}

/// Where a request goes.
#[derive(Debug)]
pub struct Address {
    /// Who the account is.
    pub choice: Choice,
    /// The account prefix that the client put before the path, such as `/@acme`, or nothing.
    pub prefix: String,
    /// The path and query without prefix, suffix and doubled slashes, if that changed anything.
    pub rewritten: Option<Uri>,
    /// The service of the path.
    pub service: Service,
    /// The account that the host names.
    host: Option<AccountName>,
    /// The origin of the URLs in the answer.
    pub origin: Origin,
    /// The origin at which the request arrived.
    pub arrived_at: Origin,
}

impl Address {
    /// Reads the address of a request.
    pub fn of(
        parts: &request::Parts,
        credentials: &Credentials,
        server: &ServerConfig,
        local: &str,
    ) -> Self {
        let full = parts.uri.path();
        let (prefix, rest) = split_prefix(full);
        let path = undisguised(rest);
        let service = Service::of(&path);
        let requested = Origin::requested(parts, server, local);
        let host = requested.account(server);
        let choice = match prefix.strip_prefix("/@") {
            Some(name) => AccountName::parse(name)
                .map_or_else(|| Choice::Impossible(name.to_owned()), Choice::Named),
            None => {
                let named = host.clone().or_else(|| credentials.account());
                match numbered(&path) {
                    Some(id) => Choice::Numbered { id, otherwise: named },
                    None => named.map_or(Choice::Unnamed, Choice::Named),
                }
            }
        };
        let rewritten = (path != full).then(|| with_path(&parts.uri, &path)).flatten();
        Self {
            choice,
            prefix: prefix.to_owned(),
            rewritten,
            service,
            host,
            origin: Origin::public(&server.account).unwrap_or_else(|| requested.clone()),
            arrived_at: requested,
        }
    }

    /// Goes by the settings of the account that the request is for, once they are known.
    pub fn seen_by(&mut self, settings: &AccountSettings) {
        self.origin = Origin::public(settings).unwrap_or_else(|| self.arrived_at.clone());
    }

    /// Whether the host alone leads to an account: the one that arrives here, and the one in the
    /// URLs of the answer, which behind a proxy need not be the same.
    pub fn is_home_of(&self, account: &str, server: &ServerConfig) -> bool {
        let leads_here = |host: Option<&AccountName>| match host {
            Some(name) => name.as_str() == account,
            None => account == DEFAULT,
        };
        leads_here(self.host.as_ref()) && leads_here(self.origin.account(server).as_ref())
    }
}

/// Splits `/@acme/rest` into `/@acme` and `/rest`.
fn split_prefix(path: &str) -> (&str, &str) {
    if !path.starts_with("/@") {
        return ("", path);
    }
    let end = path[1..].find('/').map_or(path.len(), |slash| slash + 1);
    match path.split_at(end) {
        (prefix, "") => (prefix, "/"),
        split => split,
    }
}

/// API paths come with and without `.json`, and from some clients with doubled slashes: all mean the same.
fn undisguised(path: &str) -> Cow<'_, str> {
    const ROOT: &str = "/api/v2";
    let Some(rest) = path.strip_prefix(ROOT).filter(|rest| rest.starts_with('/')) else {
        return Cow::Borrowed(path);
    };
    let bare = rest.trim_end_matches('/');
    let bare = bare.strip_suffix(".json").unwrap_or(bare);
    if !bare.contains("//") {
        return Cow::Borrowed(&path[..ROOT.len() + bare.len()]);
    }
    let segments = bare.split('/').filter(|segment| !segment.is_empty());
    Cow::Owned(segments.fold(ROOT.to_owned(), |path, segment| path + "/" + segment))
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let path_and_query = match uri.query() {
        Some(query) => PathAndQuery::from_str(&format!("{path}?{query}")),
        None => PathAndQuery::from_str(path),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.ok()?);
    Uri::from_parts(parts).ok()
}

/// The account in a path that is followed without credentials.
fn numbered(path: &str) -> Option<AccountId> {
    let mut segments = path.split('/').skip(1);
    match segments.next() {
        Some("aus-uploaded-assets") => {
            segments.nth(1).and_then(|id| id.parse().ok()).map(AccountId)
        }
        Some("attachment") => segments.next().and_then(|id| id.parse().ok()).map(AccountId),
        Some("hc") => segments
            .nth(1)
            .and_then(|file| file.split('.').next())
            .and_then(ImageName::parse)
            .map(|name| name.account()),
        _ => None,
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
    /// The origin that the client used. `local` is the address that the server listens on, for
    /// clients that name none.
    fn requested(parts: &request::Parts, server: &ServerConfig, local: &str) -> Self {
        let forwarded =
            |name| server.trust_forwarded.then(|| first_value(&parts.headers, name)).flatten();
        let scheme = match forwarded("x-forwarded-proto") {
            Some("https") => Cow::Borrowed("https"),
            _ => Cow::Borrowed("http"),
        };
        let in_uri = parts.uri.authority().map(Authority::as_str);
        let in_header = || parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let authority = forwarded("x-forwarded-host")
            .or(in_uri)
            .or_else(in_header)
            // What cannot be a host is not repeated in URLs.
            .filter(|authority| authority.len() <= LONGEST_AUTHORITY && is_authority(authority))
            .unwrap_or(local);
        Self { scheme, authority: authority.to_owned() }
    }

    fn public(settings: &AccountSettings) -> Option<Self> {
        let (scheme, authority) = settings.public_url.as_deref()?.split_once("://")?;
        Some(Self { scheme: Cow::Owned(scheme.to_owned()), authority: authority.to_owned() })
    }

    /// Whether the host is an address or one of the names that are ours: nobody else can make a
    /// browser believe that such a host is theirs, as DNS rebinding does with a name of their own.
    pub fn is_ours(&self, settings: &AccountSettings, server: &ServerConfig) -> bool {
        let host = self.host().trim_matches(['[', ']']).to_ascii_lowercase();
        let is_below = |domain: &String| {
            let before = host.strip_suffix(domain.as_str());
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        host == "localhost"
            || host.parse::<IpAddr>().is_ok()
            || server.domains.iter().any(is_below)
            || Self::public(settings).is_some_and(|public| public == *self)
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

    /// The account that the host names: `acme` for `acme.zendesk.com`.
    pub fn account(&self, server: &ServerConfig) -> Option<AccountName> {
        let (label, domain) = self.host().split_once('.')?;
        let known = server.domains.iter().any(|known| known.eq_ignore_ascii_case(domain));
        known.then(|| AccountName::parse(label)).flatten()
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

fn first_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use proptest::prelude::*;

    use super::*;

    fn address(uri: &str, host: &str, authorization: Option<&str>) -> Address {
        let mut request = Request::builder().uri(uri).header(HOST, host);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let credentials = Credentials::read(&parts.headers, parts.uri.query());
        Address::of(&parts, &credentials, &ServerConfig::default(), "127.0.0.1:3375")
    }

    fn named(address: &Address) -> Option<&str> {
        match &address.choice {
            Choice::Named(name) => Some(name.as_str()),
            _ => None,
        }
    }

    /// `me@mail.mock/token:x`
    const MAIL: &str = "Basic bWVAbWFpbC5tb2NrL3Rva2VuOng=";

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

    #[test]
    fn the_prefix_goes_before_the_host_and_the_host_before_the_mail_domain() {
        let both = address("/@path/api/v2/uploads", "host.localhost:3375", Some(MAIL));
        assert_eq!(named(&both), Some("path"));
        assert_eq!(both.rewritten.expect("rewritten").path(), "/api/v2/uploads");
        let host = address("/api/v2/uploads", "host.localhost:3375", Some(MAIL));
        assert_eq!(named(&host), Some("host"));
        let mail = address("/api/v2/uploads", "localhost:3375", Some(MAIL));
        assert_eq!(named(&mail), Some("mail"));
        let none = address("/api/v2/uploads", "localhost:3375", None);
        assert_eq!(none.choice, Choice::Unnamed);
    }

    #[test]
    fn only_one_label_below_a_known_domain_is_an_account() {
        for host in
            ["127.0.0.1:3375", "[::1]:3375", "localhost", "acme.example.com", "a.b.zendesk.com"]
        {
            assert_eq!(address("/", host, None).choice, Choice::Unnamed, "{host}");
        }
        assert_eq!(named(&address("/", "ACME.Zendesk.com", None)), Some("acme"));
    }

    #[test]
    fn a_proxied_request_names_its_host_in_the_target() {
        let proxied = address("http://acme.zendesk.com/api/v2/uploads", "ignored", None);
        assert_eq!(named(&proxied), Some("acme"));
        assert_eq!(proxied.origin.to_string(), "http://acme.zendesk.com");
    }

    #[test]
    fn names_of_our_own_carry_their_account() {
        let bucket =
            address("/aus-uploaded-assets/1/13633840/01GC9JEN2X052BAKW905PH9C36", "x", None);
        let id = AccountId(13_633_840);
        assert_eq!(bucket.choice, Choice::Numbered { id, otherwise: None });
        assert_eq!(bucket.service, Service::Bucket);
        let elsewhere = address("/aus-uploaded-assets/1/13633840/x", "acme.localhost", Some(MAIL));
        let otherwise = AccountName::parse("acme");
        assert_eq!(elsewhere.choice, Choice::Numbered { id, otherwise });
    }

    #[test]
    fn suffixes_and_doubled_slashes_after_the_root_mean_nothing() {
        for disguised in [
            "/api/v2/uploads/abc",
            "/api/v2/uploads/abc.json",
            "/api/v2//uploads//abc.json",
            "/api/v2/uploads/abc/",
        ] {
            assert_eq!(undisguised(disguised), "/api/v2/uploads/abc", "{disguised}");
        }
        for plain in ["/attachments/token/abc/", "/aus-uploaded-assets//1.json", "/api/v20//x.json"]
        {
            assert_eq!(undisguised(plain), plain);
        }
    }

    #[test]
    fn an_impossible_account_is_no_account() {
        let impossible = address("/@not%20a%20name/api/v2/uploads", "acme.localhost", None);
        assert_eq!(impossible.choice, Choice::Impossible("not%20a%20name".to_owned()));
    }

    proptest! {
        #[test]
        fn any_path_has_an_address(path in "/[!-~]{0,60}", host in "[!-~]{1,40}") {
            let Ok(request) = Request::builder().uri(&path).header(HOST, &host).body(()) else {
                return Ok(());
            };
            let (parts, ()) = request.into_parts();
            let address = Address::of(&parts, &Credentials::Absent, &ServerConfig::default(), "local");
            let path = address.rewritten.unwrap_or(parts.uri);
            prop_assert_eq!(Service::of(path.path()), address.service);
        }
    }
}
