//! Why a request is not one that this server does as a proxy.

/// Among the extensions of a request, it refuses the request, which is then logged and recorded as
/// others are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "tls"), expect(dead_code, reason = "only the feature has a proxy"))]
pub enum ProxyRefusal {
    /// The proxy does not lead there.
    Forbidden(String),
    /// The other server cannot be reached.
    Unreachable(String),
}
