//! The files that clients of one command read. They are removed at its end.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use super::trust_store::trust_store;
use crate::cli::stderr::report;

/// The variables that name authorities which the command trusts already. It gets them all.
const AUTHORITIES: [&str; 4] =
    ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"];

/// Where systems keep the authorities that they trust.
const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/opt/homebrew/etc/openssl@3/cert.pem",
];

/// Redirects connections of Node, of which most versions and many libraries know no proxy.
const NODE_HOOK: &str = include_str!("node_hook.cjs");

/// A directory with the certificate of the server, alone and beside those of the system.
pub struct ClientFiles {
    directory: PathBuf,
}

impl ClientFiles {
    /// # Errors
    /// The directory cannot be written.
    pub fn write(ca_pem: &str, server: SocketAddr, hosts: &[String]) -> Result<Self, String> {
        let name = format!("zendesk-mock-exec-{}-{}", std::process::id(), server.port());
        let directory = env::temp_dir().join(name);
        Self::write_in(&directory, ca_pem, server, hosts).map_err(|error| {
            format!(
                "cannot write the certificates for the command into {}: {error}; set TMPDIR to a \
                 directory that can be written",
                directory.display()
            )
        })
    }

    fn write_in(
        directory: &Path,
        ca_pem: &str,
        server: SocketAddr,
        hosts: &[String],
    ) -> io::Result<Self> {
        let files = Self { directory: std::path::absolute(directory)? };
        create_private(&files.directory)?;
        let bundle = with_trusted(&AUTHORITIES, &SYSTEM_BUNDLES, ca_pem);
        fs::write(files.bundle(), &bundle)?;
        fs::write(files.node_certificates(), with_trusted(&["NODE_EXTRA_CA_CERTS"], &[], ca_pem))?;
        fs::write(files.java_trust_store(), trust_store(&bundle))?;
        let node_hook = format!(
            "const server = {{ host: '{}', port: {} }};\nconst hosts = {hosts:?};\n{NODE_HOOK}",
            server.ip(),
            server.port(),
        );
        fs::write(files.node_hook(), node_hook)?;
        Ok(files)
    }

    /// All authorities, as PEM.
    pub fn bundle(&self) -> PathBuf {
        self.directory.join("bundle.pem")
    }

    /// The authorities that Node adds to its own.
    pub fn node_certificates(&self) -> PathBuf {
        self.directory.join("node.pem")
    }

    pub fn java_trust_store(&self) -> PathBuf {
        self.directory.join("trust.jks")
    }

    pub fn node_hook(&self) -> PathBuf {
        self.directory.join("node-hook.cjs")
    }
}

impl Drop for ClientFiles {
    fn drop(&mut self) {
        // A command may have removed it.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Creates a directory that is new and that no other user can enter.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The certificates that are trusted already, by the files that variables name and by the system,
/// and that of the server.
fn with_trusted(variables: &[&str], system: &[&str], ca_pem: &str) -> String {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for variable in variables {
        let Some(path) = env::var_os(variable).filter(|path| !path.is_empty()) else { continue };
        let path = PathBuf::from(path);
        if files.iter().any(|(known, _)| *known == path) {
            continue;
        }
        match fs::read(&path) {
            Ok(bytes) => files.push((path, bytes)),
            Err(error) => {
                let path = path.display();
                report(&format!("{variable} names {path}, which cannot be read: {error}"));
            }
        }
    }
    if let Some(path) = system.iter().map(PathBuf::from).find(|path| path.is_file())
        && !files.iter().any(|(known, _)| *known == path)
        && let Ok(bytes) = fs::read(&path)
    {
        files.push((path, bytes));
    }
    let mut all = String::new();
    for (_, bytes) in &files {
        // A comment may have any encoding.
        all.push_str(&String::from_utf8_lossy(bytes));
        if !all.is_empty() && !all.ends_with('\n') {
            all.push('\n');
        }
    }
    all + ca_pem
}
