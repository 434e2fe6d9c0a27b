//! An authority that is kept in a directory, for clients that trust it from run to run.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use rcgen::KeyPair;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::tls::authority::{Authority, certificate, common_name, generate_key};
use crate::whole_file;

const KEY: &str = "ca-key.pem";
const CERTIFICATE: &str = "ca.pem";

/// Why an authority cannot be kept or used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error("{path}: {cause}")]
    File { path: PathBuf, cause: io::Error },
    #[error("{path} can be read by every user: run chmod 600 on it")]
    Exposed { path: PathBuf },
    #[error("{path} holds no private key of this program ({cause}): remove it to have a new one")]
    Key { path: PathBuf, cause: rcgen::Error },
    #[error(
        "{path} is not a certificate of this program for {KEY} beside it: remove both to have new ones"
    )]
    Certificate { path: PathBuf },
    #[error("no certificate authority can be made: {0}")]
    Impossible(#[from] rcgen::Error),
}

impl Authority {
    /// The authority in a directory. One is made if there is none.
    ///
    /// # Errors
    /// Files that cannot be read or written, that do not belong together, or a key that every user
    /// can read.
    pub fn kept(directory: &Path) -> Result<Self, AuthorityError> {
        fs::create_dir_all(directory).map_err(file_error(directory))?;
        let (key, path) = (directory.join(KEY), directory.join(CERTIFICATE));
        // The key is written first. A certificate alone is that of another program.
        if path.exists() && !key.exists() {
            return Err(AuthorityError::Certificate { path });
        }
        let key = read_or_make_key(&key)?;
        let pem = match fs::read_to_string(&path) {
            Ok(pem) if is_of_key(&pem, &key) => pem,
            Ok(_) => return Err(AuthorityError::Certificate { path }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let pem = certificate(&key)?.pem();
                whole_file::write(&path, &pem).map_err(file_error(&path))?;
                pem
            }
            Err(cause) => return Err(AuthorityError::File { path, cause }),
        };
        Ok(Self::from_parts(key, pem)?)
    }

    /// Writes the certificate. A reader sees the whole file or none.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_certificate(&self, path: &Path) -> Result<(), AuthorityError> {
        whole_file::write(path, self.pem()).map_err(file_error(path))
    }
}

/// Two servers that start at once get the same key: the first file stays.
fn read_or_make_key(path: &Path) -> Result<KeyPair, AuthorityError> {
    if !path.exists() {
        let partial = whole_file::partial(path);
        let written = write_secret(&partial, &generate_key()?.serialize_pem()).and_then(|()| {
            match fs::hard_link(&partial, path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    // A file system without links.
                    fs::rename(&partial, path)
                }
                _ => Ok(()),
            }
        });
        // It is renamed, or not needed any more.
        let _ = fs::remove_file(&partial);
        written.map_err(file_error(path))?;
    }
    let pem = fs::read_to_string(path).map_err(file_error(path))?;
    if is_exposed(path) {
        return Err(AuthorityError::Exposed { path: path.to_owned() });
    }
    KeyPair::from_pem(&pem).map_err(|cause| AuthorityError::Key { path: path.to_owned(), cause })
}

/// Whether a text is a certificate for this key, and nothing else that clients would get too. It
/// has the name that the certificates below it have for their issuer.
fn is_of_key(pem: &str, key: &KeyPair) -> bool {
    let name = common_name(key);
    let is_alone = pem.matches("-----BEGIN ").count() == 1;
    is_alone
        && CertificateDer::from_pem_slice(pem.as_bytes()).is_ok_and(|der| {
            let contains = |part: &[u8]| der.windows(part.len()).any(|window| window == part);
            contains(key.public_key_raw()) && contains(name.as_bytes())
        })
}

/// Writes a file that no other user can read, not even while it is written.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn is_exposed(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o007 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> AuthorityError {
    let path = path.to_owned();
    move |cause| AuthorityError::File { path, cause }
}
