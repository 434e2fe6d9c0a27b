//! The hosts that the clients of a command reach without the proxy.

use std::env;

/// The hosts of this machine.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// The same for Java.
const LOCAL_JAVA: [&str; 3] = ["localhost", "127.*", "[::1]"];

/// What the user has set, without what leads past the server.
#[derive(Debug, PartialEq, Eq)]
pub struct NoProxy {
    kept: Vec<String>,
    /// Entries that cover the hosts of the server.
    pub dropped: Vec<String>,
}

impl NoProxy {
    /// Reads the variable in both spellings. Some clients read only one of them.
    pub fn read(hosts: &[String]) -> Self {
        let values = ["NO_PROXY", "no_proxy"].map(|name| env::var(name).unwrap_or_default());
        Self::parse(&values.join(","), hosts)
    }

    fn parse(text: &str, hosts: &[String]) -> Self {
        let mut entries: Vec<String> = Vec::new();
        for entry in text.split([',', ' ']).filter(|entry| !entry.is_empty()) {
            if !LOCAL.contains(&entry) && !entries.iter().any(|known| known == entry) {
                entries.push(entry.to_owned());
            }
        }
        let (dropped, kept) =
            entries.into_iter().partition(|entry| hosts.iter().any(|host| covers(entry, host)));
        Self { kept, dropped }
    }

    /// The value of `NO_PROXY`.
    pub fn variable(&self) -> String {
        let kept = self.kept.iter().map(String::as_str);
        kept.chain(LOCAL).collect::<Vec<_>>().join(",")
    }

    /// The value of `http.nonProxyHosts`. It has no ports, and patterns for names below others.
    pub fn java(&self) -> String {
        let kept = self.kept.iter().map(|entry| match without_port(entry) {
            below if below.starts_with('.') => format!("*{below}"),
            host => host.to_owned(),
        });
        kept.chain(LOCAL_JAVA.map(str::to_owned)).collect::<Vec<_>>().join("|")
    }
}

/// Whether an entry covers a host, one below it, or one above it.
fn covers(entry: &str, host: &str) -> bool {
    let name = without_port(entry).trim_start_matches('*').trim_matches('.').to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let is_below = |name: &str, domain: &str| {
        name.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    name.is_empty() || is_below(&host, &name) || is_below(&name, &host)
}

/// An entry without its port. An IPv6 address has more than one colon.
fn without_port(entry: &str) -> &str {
    match entry.split_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_lead_past_the_server_are_dropped() {
        let hosts = ["zendesk.com".to_owned(), "p1.zdusercontent.com".to_owned()];
        for dropped in [
            "*",
            "zendesk.com",
            ".Zendesk.com",
            "*.zendesk.com.",
            "acme.zendesk.com:443",
            "com",
            ".zdusercontent.com",
        ] {
            assert_eq!(NoProxy::parse(dropped, &hosts).dropped, [dropped]);
        }
        let kept = "db,.internal,10.0.0.0/8,fd00::1,notzendesk.com,cache:6379";
        let all = NoProxy::parse(&format!("{kept},db,localhost,zendesk.com"), &hosts);
        assert_eq!(all.variable(), format!("{kept},localhost,127.0.0.1,::1"));
        assert_eq!(
            all.java(),
            "db|*.internal|10.0.0.0/8|fd00::1|notzendesk.com|cache|localhost|127.*|[::1]"
        );
    }
}
