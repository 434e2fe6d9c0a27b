//! The configuration of TLS for each name, made when a client first asks for it.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use rustls::{ServerConfig, SupportedProtocolVersion};

use crate::tls::authority::Authority;
use crate::tls::names::{CertificateNames, ServerNames};

/// How many certificates are kept. A client that asks for more names replaces those that were not
/// used for longest.
const MOST_KEPT: usize = 256;

static VERSIONS: [&SupportedProtocolVersion; 2] =
    [&rustls::version::TLS13, &rustls::version::TLS12];

/// The certificates of a server.
pub struct Leaves {
    authority: Arc<Authority>,
    names: ServerNames,
    key: Arc<dyn SigningKey>,
    /// A configuration without a certificate: its handshakes are refused with an alert.
    base: Arc<ServerConfig>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    configs: HashMap<CertificateNames, (Arc<ServerConfig>, u64)>,
    /// Counts uses, to find the one that was not used for longest.
    uses: u64,
}

impl Leaves {
    /// # Errors
    /// The system has no randomness.
    pub fn new(authority: Arc<Authority>, names: ServerNames) -> Result<Self, rustls::Error> {
        let provider: Arc<CryptoProvider> = ring::default_provider().into();
        let key = provider.key_provider.load_private_key(authority.leaf_key())?;
        let mut base = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&VERSIONS)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(NoCertificate));
        base.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // Sessions that clients resume are kept by the clients.
        base.ticketer = ring::Ticketer::new()?;
        Ok(Self { authority, names, key, base: Arc::new(base), kept: Mutex::default() })
    }

    pub fn authority(&self) -> &Arc<Authority> {
        &self.authority
    }

    pub fn names(&self) -> &ServerNames {
        &self.names
    }

    /// The configuration for a client that asks for `host` at the address `local`.
    ///
    /// # Errors
    /// There is no certificate for it.
    pub fn config(&self, host: Option<&str>, local: IpAddr) -> Result<Arc<ServerConfig>, NoLeaf> {
        let unknown = || NoLeaf::Unknown(host.unwrap_or_default().to_owned());
        let names = self.names.certificate(host, local).ok_or_else(unknown)?;
        if let Some(config) = self.kept.lock().find(&names) {
            return Ok(config);
        }
        let certificate = self.authority.issue(&names.hosts, &names.addresses)?;
        let certified = CertifiedKey::new(vec![certificate], Arc::clone(&self.key));
        let mut config = ServerConfig::clone(&self.base);
        config.cert_resolver = Arc::new(SingleCertAndKey::from(certified));
        let config = Arc::new(config);
        self.kept.lock().keep(names, &config);
        Ok(config)
    }

    /// A configuration that refuses its clients.
    pub fn refusal(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.base)
    }
}

/// Why there is no certificate for a name.
#[derive(Debug, thiserror::Error)]
pub enum NoLeaf {
    #[error("a client asks for {0:?}, which is not below one of `domains`")]
    Unknown(String),
    #[error("no certificate can be made: {0}")]
    Impossible(#[from] rcgen::Error),
}

impl Kept {
    fn find(&mut self, names: &CertificateNames) -> Option<Arc<ServerConfig>> {
        self.uses += 1;
        let (config, used) = self.configs.get_mut(names)?;
        *used = self.uses;
        Some(Arc::clone(config))
    }

    fn keep(&mut self, names: CertificateNames, config: &Arc<ServerConfig>) {
        if self.configs.len() >= MOST_KEPT {
            let oldest = self.configs.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(oldest) = oldest.map(|(names, _)| names.clone()) {
                self.configs.remove(&oldest);
            }
        }
        self.configs.insert(names, (Arc::clone(config), self.uses));
    }
}

#[derive(Debug)]
struct NoCertificate;

impl ResolvesServerCert for NoCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        None
    }
}

impl fmt::Debug for Leaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaves").field("names", &self.names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn as_many_certificates_are_kept_as_may_be_and_the_used_ones_longest() {
        let authority = Arc::new(Authority::generate().expect("an authority"));
        let names = ServerNames::new(&["test".to_owned()], None);
        let leaves = Leaves::new(authority, names).expect("leaves");
        let config = |name: &str| leaves.config(Some(name), Ipv4Addr::LOCALHOST.into());
        let used = config("used.test").expect("a certificate");
        for number in 0..MOST_KEPT * 2 {
            config(&format!("n{number}.test")).expect("a certificate");
            assert!(Arc::ptr_eq(&config("used.test").expect("a certificate"), &used));
        }
        assert_eq!(leaves.kept.lock().configs.len(), MOST_KEPT);
        assert!(config("example.com").is_err());
    }
}
