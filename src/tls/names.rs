//! Which names this server has a certificate for, and which of them share one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::hosts::{find_domain, is_bucket};

/// What one certificate is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertificateNames {
    pub hosts: Vec<String>,
    pub addresses: Vec<IpAddr>,
}

/// The names of a server.
#[derive(Debug)]
pub struct ServerNames {
    domains: Vec<String>,
    /// The host of `public_url`.
    public: Option<String>,
}

impl ServerNames {
    pub fn new(domains: &[String], public_url: Option<&str>) -> Self {
        let public = public_url.and_then(|url| url.split_once("://")).map(|(_, authority)| {
            let end = authority.rfind(':').unwrap_or(authority.len());
            authority[..end].to_ascii_lowercase()
        });
        Self { domains: domains.to_vec(), public }
    }

    /// Whether the proxy leads clients of this host here. A name without a dot may be another
    /// server of this network, and `localhost` any server of this machine.
    pub fn is_proxied(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        host != "localhost"
            && (find_domain(&host, &self.domains).is_some()
                || is_bucket(&host)
                || self.public.as_deref() == Some(&*host))
    }

    /// The names of the certificate for a client that asks for `host`, or for none if it connected
    /// to an address. `local` is the address that it reached.
    pub fn certificate(&self, host: Option<&str>, local: IpAddr) -> Option<CertificateNames> {
        let Some(host) = host else { return Some(own_names(local)) };
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        if host == "localhost" {
            return Some(own_names(local));
        }
        let hosts = match find_domain(&host, &self.domains) {
            // Clients accept `*.zendesk.com`, and refuse `*.localhost`.
            Some((labels, domain)) if domain.contains('.') && !labels.contains('.') => {
                vec![domain.to_owned(), format!("*.{domain}")]
            }
            Some(_) => vec![host],
            // A name without a dot is one of this network, such as that of a container.
            None if !host.contains('.') => vec![host],
            None if is_bucket(&host) => vec![host],
            None if self.public.as_deref() == Some(&*host) => vec![host],
            None => return None,
        };
        Some(CertificateNames { hosts, addresses: Vec::new() })
    }
}

/// The names of this machine, and the address that a client reached it at.
fn own_names(local: IpAddr) -> CertificateNames {
    let mut addresses = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let local = local.to_canonical();
    if !addresses.contains(&local) {
        addresses.push(local);
    }
    CertificateNames { hosts: vec!["localhost".to_owned()], addresses }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::hosts::BUCKET_HOSTS;

    fn hosts(host: &str) -> Option<Vec<String>> {
        let domains = ["zendesk.com", "localhost", "test"].map(str::to_owned);
        let names = ServerNames::new(&domains, Some("https://Desk.example.com:8443"));
        names.certificate(Some(host), Ipv4Addr::LOCALHOST.into()).map(|names| names.hosts)
    }

    #[test]
    fn names_below_one_domain_share_a_certificate_if_clients_accept_that() {
        for (host, expected) in [
            ("acme.zendesk.com", vec!["zendesk.com", "*.zendesk.com"]),
            ("Other.Zendesk.COM.", vec!["zendesk.com", "*.zendesk.com"]),
            ("zendesk.com", vec!["zendesk.com", "*.zendesk.com"]),
            ("a.b.zendesk.com", vec!["a.b.zendesk.com"]),
            ("p14.zdusercontent.com", vec!["zdusercontent.com", "*.zdusercontent.com"]),
            ("acme.localhost", vec!["acme.localhost"]),
            ("acme.test", vec!["acme.test"]),
            ("localhost", vec!["localhost"]),
            ("zendesk", vec!["zendesk"]),
            ("desk.example.com", vec!["desk.example.com"]),
            (BUCKET_HOSTS[0], vec![BUCKET_HOSTS[0]]),
        ] {
            let expected = Some(expected.into_iter().map(str::to_owned).collect());
            assert_eq!(hosts(host), expected, "{host}");
        }
    }

    #[test]
    fn other_names_have_no_certificate() {
        for host in ["example.com", "notzendesk.com", "zendesk.com.example.com", "s3.amazonaws.com"]
        {
            assert_eq!(hosts(host), None, "{host}");
        }
    }

    #[test]
    fn an_address_is_certified_beside_the_names_of_this_machine() {
        let names = ServerNames::new(&[], None);
        let local = "::ffff:172.17.0.2".parse().expect("an address");
        let found = names.certificate(None, local).expect("names");
        let shown: Vec<_> = found.addresses.iter().map(IpAddr::to_string).collect();
        assert_eq!(
            (found.hosts, shown),
            (
                vec!["localhost".to_owned()],
                ["127.0.0.1", "::1", "172.17.0.2"].map(str::to_owned).into()
            )
        );
    }
}
