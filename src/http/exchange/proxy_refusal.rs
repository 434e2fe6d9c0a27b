//! Why a request is not one that this server does as a proxy.

/// Among the extensions of a request, it refuses the request, which is then logged and recorded as
/// others are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyRefusal {
    /// The proxy does not lead there.
    Forbidden(String),
    /// The other server cannot be reached.
    Unreachable(String),
}
