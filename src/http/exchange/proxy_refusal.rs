//! Why a request is not one that this server does as a proxy.

/// Among the extensions of a request, it refuses the request, which is then logged and recorded as
/// others are.
#[derive(Debug, Clone)]
pub struct ProxyRefusal(pub String);
