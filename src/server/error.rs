//! Why a server does not start.

use std::net::SocketAddr;

use crate::core::account::settings::SettingError;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}; choose another host or port")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The reason that the system gives.
        cause: std::io::Error,
    },
    /// The accounts cannot hold what the seed describes.
    #[error("{seed}: {why}")]
    Seed {
        /// The file of the seed, or the name of its setting.
        seed: String,
        /// What is wrong with the seed, with the path of the field.
        why: String,
    },
    /// The certificate authority cannot be made, kept or read.
    #[cfg(feature = "tls")]
    #[error("certificates: {0}")]
    Certificates(Box<dyn std::error::Error + Send + Sync>),
    /// The runtime or its thread cannot be created.
    #[error("cannot start the server's thread: {0}")]
    Runtime(std::io::Error),
}
