//! Clients that speak TLS and HTTP/2.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::{Connection, TIMEOUT};

/// The configuration of a client that trusts one authority.
pub fn client_config(ca_pem: &str) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(ca_pem.as_bytes()).expect("a certificate");
    roots.add(certificate).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has all versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

impl Connection {
    /// Opens a connection over TLS.
    pub fn open_tls(address: SocketAddr, name: &str, ca_pem: &str) -> Self {
        Self::open(address)
            .start_tls(name, client_config(ca_pem))
            .unwrap_or_else(|error| panic!("{error} for {name}"))
    }

    /// Shakes hands on an open connection.
    pub fn start_tls(self, name: &str, config: ClientConfig) -> std::io::Result<Self> {
        let name = ServerName::try_from(name.to_owned()).expect("a name");
        let mut client = ClientConnection::new(Arc::new(config), name).expect("a client");
        let mut ended = Ok(());
        let connection = self.wrap(|mut stream| {
            while client.is_handshaking() && ended.is_ok() {
                ended = client.complete_io(&mut stream).map(drop);
            }
            StreamOwned::new(client, stream)
        });
        ended.map(|()| connection)
    }

    /// Sends a request, and reads its response.
    pub fn exchange(&mut self, request: &str) -> super::RawResponse {
        self.send(request.as_bytes());
        self.read_response()
    }
}

/// Runs a client that needs a runtime.
pub fn run_async<T>(client: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        tokio::time::timeout(TIMEOUT, client).await.expect("the client ends in time")
    })
}
